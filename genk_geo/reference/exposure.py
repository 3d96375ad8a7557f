"""Dwellings spread over the ground where people live (dasymetric mapping by streets).

A wijk counts its dwellings as a whole, and half of it may be wood. The figure is spread over a fine lattice
of places inside the wijk by a kernel around its known streets and addresses; where no street is known it is
spread evenly.

Source: Eicher & Brewer (2001), Dasymetric mapping and areal interpolation, Cartography and Geographic
Information Science 28(2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: People are taken to live within this distance of the point of their street.
REACH_M = 250.0
#: Lines are represented by points at this distance.
_STEP_M = 50.0
_MOST_PLACES = 400_000
_HOUSES = "median_house_number"


def lattice(
    wijken: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    sectors: pd.DataFrame,
) -> tuple[Floats, Floats]:
    """Places in the city and the dwellings at each.

    A street weighs by its number of houses where that is known (the median house number), a line by its
    length, an address as one house; with figures per sector, the streets of a sector share its figure. The
    kernel is quartic with a reach of 250 m and stays inside the wijk.

    Parameters
    ----------
    wijken : geopandas.GeoDataFrame
        Polygons with ``wijk`` and ``exposure``.
    streets, addresses : geopandas.GeoDataFrame
        Where people live; may be empty.
    sectors : pandas.DataFrame
        May have ``exposure`` per sector.

    Returns
    -------
    places : numpy.ndarray, shape (n, 2)
        Coordinates in metres, 25 m apart (further in a large city).
    dwellings : numpy.ndarray, shape (n,)
        Adds up to the wijk's figure over each wijk; NaN in a wijk without a figure.
    """
    homes, weight = _homes(streets, addresses, sectors)
    step_m = max(25.0, float(np.ceil(np.sqrt(wijken.area.sum() / _MOST_PLACES) / 25) * 25))
    places, shares = [], []
    for shape, figure in zip(wijken.geometry, wijken["exposure"], strict=True):
        inside = _lattice_in(shape, step_m)
        living = shapely.intersects_xy(shape, homes[:, 0], homes[:, 1]) if len(homes) else []
        share = _kernel_share(inside, homes[living], weight[living]) if np.any(living) else np.zeros(1)
        total = share.sum()
        even = np.full(len(inside), 1 / len(inside))
        places.append(inside)
        shares.append(figure * (share / total if total > 0 else even))
    return np.concatenate(places), np.concatenate(shares)


def dwellings_of(cells: gpd.GeoDataFrame, places: Floats, dwellings: Floats) -> pd.Series:
    """Add up what lies in each cell.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame
        Polygons; a place on the border of two counts for the first.
    places, dwellings : numpy.ndarray
        From :func:`lattice`.

    Returns
    -------
    pandas.Series
        Index of `cells`; NaN where every place in the cell is unknown.
    """
    place, cell = shapely.STRtree(cells.geometry.to_numpy()).query(shapely.points(places), "intersects")
    order = np.lexsort((cell, place))
    place, cell = place[order], cell[order]
    first = np.flatnonzero(np.diff(place, prepend=-1))
    place, cell = place[first], cell[first]
    known = np.isfinite(dwellings[place])
    total = np.bincount(cell[known], dwellings[place][known], minlength=len(cells))
    touched, counted = (np.bincount(part, minlength=len(cells)) > 0 for part in (cell, cell[known]))
    total[touched & ~counted] = np.nan
    return pd.Series(total, index=cells.index, name="exposure")


def _lattice_in(shape: shapely.Polygon, step_m: float) -> Floats:
    """Middles of squares of `step_m`, anchored on its multiples, that lie in the shape."""
    west, south, east, north = shape.bounds
    x = np.arange(np.floor(west / step_m), np.ceil(east / step_m)) * step_m + step_m / 2
    y = np.arange(np.floor(south / step_m), np.ceil(north / step_m)) * step_m + step_m / 2
    grid = np.column_stack([np.tile(x, len(y)), np.repeat(y, len(x))])
    shapely.prepare(shape)
    inside: Floats = grid[shapely.contains_xy(shape, grid[:, 0], grid[:, 1])]
    return inside if len(inside) else shapely.get_coordinates(shapely.point_on_surface(shape))


def _kernel_share(places: Floats, homes: Floats, weight: Floats) -> Floats:
    """Quartic kernel sums around the homes; each home hands out its whole weight inside the wijk."""
    share = np.zeros(len(places))
    tree = KDTree(places)
    nearest = tree.query(homes)[1]
    for home, amount, closest, around in zip(
        homes, weight, nearest, tree.query_ball_point(homes, REACH_M), strict=True
    ):
        squared = ((places[around] - home) ** 2).sum(axis=1) / REACH_M**2
        kernel = (1 - squared) ** 2
        if kernel.sum() > 0:
            share[around] += amount * kernel / kernel.sum()
        else:
            share[closest] += amount
    return share


def _homes(
    streets: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame, sectors: pd.DataFrame
) -> tuple[Floats, Floats]:
    """Points where people live, and how many of them."""
    known = pd.concat([_points_of(streets), _points_of(addresses)], ignore_index=True)
    if "exposure" in sectors.columns and known["sector"].notna().any():
        figure = known["sector"].map(sectors.set_index("sector")["exposure"]).astype(float)
        shared = known["weight"] / known.groupby("sector")["weight"].transform("sum")
        known["weight"] = np.where(figure.notna(), figure * shared, 0.0)
    return known[["x", "y"]].to_numpy(dtype=float), known["weight"].to_numpy(dtype=float)


def _points_of(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    usable = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    lines = usable[usable.length > 0]
    dotted = lines.geometry.segmentize(_STEP_M).extract_unique_points().explode()
    points = usable[usable.length == 0]
    houses = points[_HOUSES].astype(float) if _HOUSES in points.columns else pd.Series(1.0, points.index)
    per_dot = lines.length / dotted.groupby(level=0).size().reindex(lines.index)
    parts = [
        pd.DataFrame({"weight": houses, "geometry": np.asarray(points.geometry.centroid)}),
        pd.DataFrame({"weight": per_dot.reindex(dotted.index), "geometry": np.asarray(dotted)}),
    ]
    found = pd.concat([part for part in parts if len(part)] or parts)
    sector = usable["sector"] if "sector" in usable.columns else pd.Series(None, usable.index, dtype=object)
    x, y = shapely.get_coordinates(found["geometry"].to_numpy()).T
    weight, code = found["weight"].to_numpy(dtype=float), sector.reindex(found.index).to_numpy()
    return pd.DataFrame({"x": x, "y": y, "weight": weight, "sector": code})
