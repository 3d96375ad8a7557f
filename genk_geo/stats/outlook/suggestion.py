"""Micro-areas for preventive presence: where most is to be expected within a budget of ground or street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.show import Look, MappedFrame, Note
from genk_geo.stats.outlook.budget import Patches, group_codes, joined, neighbour_table

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.grid.grid import Grid

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_LOOK = Look("suggestion", colour="zone", tips=("number", "expected", "area_m2"))


def suggest(
    expected: pd.Series[float],
    grid: Grid,
    *,
    budget_km2: float | None = None,
    budget_km: float | None = None,
    length_m: pd.Series[float] | None = None,
    min_patch_cells: int = 4,
    spread_over: pd.Series[str] | None = None,
) -> gpd.GeoDataFrame:
    """Choose micro-areas of touching cells within a budget.

    Greedy: at every step either the best cell that touches what was chosen, or the best new patch, whichever
    has more to be expected for its ground (or street).

    Parameters
    ----------
    expected : pandas.Series
        Expected incidents of each cell of the grid, as a column of :func:`genk_geo.stats.forecast`.
    grid : Grid
        Square cells.
    budget_km2 : float, optional
        Ground, in whole cells. Either this or `budget_km` with `length_m`.
    budget_km : float, optional
        Street.
    length_m : pandas.Series, optional
        Metres of street of each cell; cells without street are not suggested.
    min_patch_cells : int, default 4
        Touching cells (corners included) that a micro-area has at least.
    spread_over : pandas.Series, optional
        Group of each cell, such as its stadsdeel: the best patch of every group comes first, best group first
        as long as the budget lasts; the rest goes where most is to be expected.

    Returns
    -------
    geopandas.GeoDataFrame
        Micro-areas by rank (most expected for the cost first): ``number`` (from 1), ``cells`` (tuple of cell
        ids), ``area_m2``, ``length_m`` (where given), ``expected``, geometry: whole cells together. Empty
        where the budget buys no patch.

    Raises
    ------
    ConfigError
        If the budget or patch size is impossible, or not exactly one budget is given.
    SchemaError
        If a column does not fit the cells.

    Examples
    --------
    Four cells that touch, and not the one far away:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> expected = grid.count([[50, 50], [150, 50], [50, 150], [150, 150], [950, 950]]).astype(float)
    >>> found = gg.stats.suggest(expected, grid, budget_km2=0.04)
    >>> found[["number", "area_m2", "expected"]].to_dict("records")
    [{'number': 1, 'area_m2': 40000.0, 'expected': 4.0}]
    """
    cost, budget = _cost(grid, budget_km2, budget_km, length_m)
    if min_patch_cells < 1:
        raise ConfigError(
            "min_patch_cells: given {min_patch_cells}, needed 1 or more.", min_patch_cells=min_patch_cells
        )
    priority = _fitting(expected, grid, "expected").to_numpy(float)
    if not (np.isfinite(priority) & (priority >= 0)).all():
        raise SchemaError("The expected counts: needed finite numbers of 0 or more.")
    around = neighbour_table(grid)
    groups = None if spread_over is None else group_codes(_fitting(spread_over, grid, "spread_over"))
    cells = Patches(priority, cost, around, least=min_patch_cells).within(budget, groups=groups)
    return _areas(grid, cells, joined(cells, around), priority, cost, length_m)


def _cost(
    grid: Grid, budget_km2: float | None, budget_km: float | None, length_m: pd.Series[float] | None
) -> tuple[Floats, float]:
    """Cost of each cell and the budget, in m2 or m."""
    if (budget_km2 is None) == (budget_km is None) or (budget_km is None) != (length_m is None):
        raise ConfigError(
            "Give either budget_km2, or budget_km with length_m (metres of street of each cell)."
        )
    budget = budget_km2 if budget_km2 is not None else budget_km
    if budget is None or not (np.isfinite(budget) and budget > 0):
        raise ConfigError("The budget: given {budget}, needed more than 0.", budget=budget)
    if length_m is None:
        return np.full(len(grid), grid.cell_m**2), budget * 1e6
    length = _fitting(length_m, grid, "length_m").to_numpy(float)
    if not (np.isfinite(length) & (length >= 0)).all():
        raise SchemaError("length_m: needed finite metres of 0 or more.")
    return length, budget * 1e3


def _areas(
    grid: Grid, cells: Ints, patch: Ints, priority: Floats, cost: Floats, length_m: pd.Series[float] | None
) -> gpd.GeoDataFrame:
    members = [np.sort(cells[patch == one]) for one in range(int(patch.max(initial=-1)) + 1)]
    members.sort(key=lambda one: (-priority[one].sum() / cost[one].sum(), int(one[0])))
    table: dict[str, list[object]] = {
        "number": list(range(1, len(members) + 1)),
        "cells": [tuple(grid.cells.index[one]) for one in members],
        "area_m2": [len(one) * grid.cell_m**2 for one in members],
    }
    if length_m is not None:
        table["length_m"] = [float(cost[one].sum()) for one in members]
    table["expected"] = [float(priority[one].sum()) for one in members]
    shapes = [grid.cells.geometry.iloc[one].union_all() for one in members]
    frame = pd.DataFrame(table).astype({"number": "int64", "area_m2": float, "expected": float})
    places = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=grid.crs))
    return MappedFrame.of(places, _LOOK, (("cells", grid.chosen),), _says, grid.outline)


def _says(table: pd.DataFrame) -> tuple[Note, ...]:
    """How much is to be expected on how much ground."""
    values = {"places": len(table), "km2": table["area_m2"].sum() / 1e6, "expected": table["expected"].sum()}
    return (Note("suggestion", values),)


def _fitting(column: pd.Series, grid: Grid, what: str) -> pd.Series:
    """The column in the order of the cells."""
    if not isinstance(column, pd.Series) or not grid.cells.index.isin(column.index).all():
        raise SchemaError("{what}: needed a Series with every cell of the grid on its index.", what=what)
    found: pd.Series = column.reindex(grid.cells.index)
    return found
