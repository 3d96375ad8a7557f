"""Whether a hotspot depends on where the lines of the grid run, and on places not known to the metre.

Ten times the grid is laid anew, and every incident is put somewhere within what its address leaves open; then
the same tests are asked again. A hotspot that stays in nine of ten is one of the place, not of the grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.jobs.chance import stream
from genk_geo.jobs.week.hotspots import discs_of, past_of, restless
from genk_geo.stats.local.getis_ord import hot_q

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo import stats
    from genk_geo.calendar import Window
    from genk_geo.config import GridSettings
    from genk_geo.jobs.history import ThemeHistory

    Floats = npt.NDArray[np.float64]

#: Grids that are tried.
GRIDS = 10
#: A hotspot stays where at least so much of it is hot.
_STAYS = 0.5
#: A radius that holds the true place nine times in ten is so many standard deviations in each direction.
_NINE_IN_TEN = np.sqrt(2.0 * np.log(10.0))
#: Where in each cell of a hotspot is asked, in cells from its middle.
_QUARTERS = ((-0.25, -0.25), (-0.25, 0.25), (0.25, -0.25), (0.25, 0.25))


def steadiness(
    areas: gpd.GeoDataFrame, history: ThemeHistory, window: Window, *, grid: GridSettings, seed: int
) -> pd.Series:
    """Count on how many of ten grids each hotspot stays.

    What every disc needs and how restless the theme is are those of the page: only incidents and dwellings
    are laid on the new cells, the dwellings of a cell spread evenly over it.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Hotspots of the page, with their `cells`.
    history : ThemeHistory
        Events of the theme.
    window : Window
        Weeks of the page.
    grid : GridSettings
        `max_q` is used.
    seed : int
        Seed of the settings.

    Returns
    -------
    pandas.Series
        0 to 10, index of the areas; missing for those that are gone.
    """
    stays = pd.Series(pd.NA, index=areas.index, dtype="Int64")
    here = areas.index[areas["status"] != "gone"]
    if not len(here):
        return stays
    asked = [_places_in(list(cells), history) for cells in areas.loc[here, "cells"]]
    incidents = history.within(window)
    middle = incidents.geometry.get_coordinates().to_numpy()
    open_m = incidents["geocode_uncertainty_m"].to_numpy(dtype=float) / _NINE_IN_TEN
    rng = stream(seed, f"{history.theme} grids", window.last.monday.toordinal())
    discs, spread = discs_of(history, window, grid), restless(history, window, past_of(history, window))
    found = np.zeros(len(here), dtype=np.int64)
    for shift in _shifts(history.ground.grid.cell_m):
        moved = middle + open_m[:, None] * rng.standard_normal(middle.shape) - shift
        hot = _hot_cells(moved, shift, history, discs, spread, grid)
        assign = history.ground.grid.assign
        found += [bool(assign(places - shift).isin(hot).mean() >= _STAYS) for places in asked]
    stays[here] = found
    return stays


def _shifts(cell_m: float) -> Floats:
    """Where the grids begin, spread evenly over a cell (Roberts' sequence); the first is that of the page."""
    step = np.array([0.7548776662466927, 0.5698402909980532])
    return np.asarray(cell_m * ((np.arange(GRIDS)[:, None] * step + 0.5) % 1.0 - 0.5))


def _places_in(cells: list[str], history: ThemeHistory) -> Floats:
    """Four places in each cell of a hotspot."""
    middle = history.ground.cells.geometry[cells].centroid.get_coordinates().to_numpy()
    return np.concatenate([middle + np.array(at) * history.ground.grid.cell_m for at in _QUARTERS])


def _hot_cells(
    places: Floats,
    shift: Floats,
    history: ThemeHistory,
    discs: stats.WindowFamily,
    spread: pd.Series | None,
    grid: GridSettings,
) -> set[str]:
    """Cells that are hot with the incidents at these places."""
    ground = history.ground
    counts = ground.grid.count(places)
    share = _laid(history.expected_share, shift, ground.grid)
    possible = (share > 0) | (counts > 0)
    q = hot_q(counts, ground.links, share, possible=possible, dispersion=spread)
    return set(counts.index[(q <= grid.max_q) | np.isfinite(discs.surest(counts))])


def _laid(values: pd.Series, shift: Floats, grid: stats.Grid) -> pd.Series:
    """Values of cells on cells that lie elsewhere, each spread evenly over its own ground."""
    from scipy.ndimage import shift as shifted

    col, row = (grid.cells[name].to_numpy() - grid.cells[name].min() for name in ("col", "row"))
    raster = np.zeros((int(row.max()) + 1, int(col.max()) + 1))
    raster[row, col] = values.to_numpy(dtype=float)
    # A cell that begins further east holds what lay further east.
    laid = shifted(raster, (-shift[1] / grid.cell_m, -shift[0] / grid.cell_m), order=1, mode="constant")
    found = np.maximum(laid[row, col], 0.0)
    return pd.Series(found / max(found.sum(), 1e-300), index=values.index)
