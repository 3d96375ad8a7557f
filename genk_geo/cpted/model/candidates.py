"""Factors turned into yes-or-no questions about each cell, such as whether one is near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import epsg_of
from genk_geo.errors import ConfigError, Message, SchemaError, some_rows
from genk_geo.stats import kernel_density

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.cpted.factors.factor import Factor
    from genk_geo.stats import Grid

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

#: A question that fewer cells answer with yes (or with no) cannot be learned from.
MIN_CELLS = 10
#: Parts into which a line is cut for its density, as a share of the cell.
_LINE_PARTS = 4


@dataclass(frozen=True)
class Candidates:
    """Every operationalisation of every factor.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a candidate: ``factor``, ``kind`` (proximity, density, value), ``distance_m`` (radius or
        bandwidth, NaN for a value), ``rule`` (``within``, ``above_2sd``, ``top_quarter``,
        ``bottom_quarter``), ``cells`` (number that say yes).
    member : numpy.ndarray of bool
        Cells x candidates.
    """

    table: pd.DataFrame
    member: Flags


def operationalise(factors: Sequence[Factor], grid: Grid, *, steps: int, step_m: float) -> Candidates:
    """Make the candidates of all factors.

    Proximity: the middle of the cell lies within 1, 2, ... `steps` steps of a feature. Density: the kernel
    density (quartic, bandwidth 1, 2, ... steps; lines count by their length, areas by their middle) is more
    than two standard deviations above the mean of the cells. Values: the same, and the upper and lower
    quarter. What all cells answer alike, or what asks the same as an earlier candidate of the same factor,
    is left out.

    Parameters
    ----------
    factors : sequence of Factor
        What may matter.
    grid : Grid
        Square cells.
    steps : int
        How many steps away a feature may still work.
    step_m : float
        Length of a step.

    Returns
    -------
    Candidates
        In the order of the factors.

    Raises
    ------
    ConfigError
        If the grid has no square cells, or a name occurs twice.
    SchemaError
        If features are in another coordinate system than the grid, or values miss cells.
    """
    if grid.shape != "square":
        raise ConfigError("A risk terrain needs square cells, given {shape}.", shape=grid.shape)
    names = [factor.name for factor in factors]
    if len(set(names)) < len(names):
        raise ConfigError("Every factor needs a name of its own, given {names}.", names=", ".join(names))
    rows, columns = [], []
    for factor in factors:
        seen: set[bytes] = set()
        for kind, distance_m, rule, member in _questions(factor, grid, steps, step_m):
            yes, key = int(member.sum()), np.packbits(member).tobytes()
            if min(yes, len(grid) - yes) < MIN_CELLS or key in seen:
                continue
            seen.add(key)
            rows.append((factor.name, kind, distance_m, rule, yes))
            columns.append(member)
    table = pd.DataFrame(rows, columns=["factor", "kind", "distance_m", "rule", "cells"])
    member = np.column_stack(columns) if columns else np.zeros((len(grid), 0), dtype=bool)
    return Candidates(table, member)


def _questions(
    factor: Factor, grid: Grid, steps: int, step_m: float
) -> Iterator[tuple[str, float, str, Flags]]:
    if factor.per_cell is not None:
        yield from _of_values(factor, grid)
        return
    assert factor.features is not None
    features = _known(factor, factor.features, grid)
    if not len(features):
        return
    reaches = [step * step_m for step in range(1, steps + 1)]
    if "proximity" in factor.kinds:
        distance = _distances(features, grid)
        for reach in reaches:
            yield "proximity", reach, "within", distance <= reach
    if "density" in factor.kinds:
        xy, weight = _as_points(features, grid.cell_m / _LINE_PARTS)
        for reach in reaches:
            yield "density", reach, "above_2sd", _far_above_mean(_density(xy, weight, grid, reach))


def _known(factor: Factor, features: gpd.GeoDataFrame, grid: Grid) -> npt.NDArray[Any]:
    epsg = epsg_of(features, Message("Factor {factor}", factor=factor.name))
    if epsg != grid.crs:
        raise SchemaError(
            "Factor {factor} is in EPSG:{epsg}, needed EPSG:{crs} like the grid. Use genk_geo.crs.reproject.",
            factor=factor.name,
            epsg=epsg,
            crs=grid.crs,
        )
    shapes = features.geometry.to_numpy()
    return np.asarray(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))], dtype=object)


def _of_values(factor: Factor, grid: Grid) -> Iterator[tuple[str, float, str, Flags]]:
    assert factor.per_cell is not None
    missing = grid.cells.index.difference(factor.per_cell.index)
    if len(missing):
        raise SchemaError(
            "Factor {factor} has no value for cells {missing}.",
            factor=factor.name,
            missing=some_rows(missing),
        )
    values = factor.per_cell.reindex(grid.cells.index).to_numpy(dtype=float)
    known = values[np.isfinite(values)]
    if not known.size:
        return
    low, high = np.quantile(known, [0.25, 0.75])
    with np.errstate(invalid="ignore"):  # a cell of unknown value answers no
        yield "value", np.nan, "above_2sd", _far_above_mean(values)
        yield "value", np.nan, "top_quarter", values > high
        yield "value", np.nan, "bottom_quarter", values < low


def _far_above_mean(values: npt.NDArray[Any]) -> Flags:
    flags: Flags = values > np.nanmean(values) + 2 * np.nanstd(values)
    return flags


def _distances(features: npt.NDArray[Any], grid: Grid) -> Floats:
    """From the middle of each cell to the nearest feature."""
    middles = shapely.centroid(grid.cells.geometry.to_numpy())
    tree = shapely.STRtree(features)
    (_, _), distance = tree.query_nearest(middles, return_distance=True, all_matches=False)
    return np.asarray(distance, dtype=float)


def _as_points(features: npt.NDArray[Any], part_m: float) -> tuple[Floats, Floats]:
    """Points that stand for the features: lines by points along them, areas by their middle."""
    parts = shapely.get_parts(features)
    lines = np.isin(shapely.get_type_id(parts), [1, 2])
    single = shapely.get_coordinates(shapely.centroid(parts[~lines]))
    xy, weight = [single], [np.ones(len(single))]
    for line in parts[lines]:
        n = max(int(np.ceil(line.length / part_m)), 1)
        along = shapely.line_interpolate_point(line, (np.arange(n) + 0.5) * line.length / n)
        xy.append(shapely.get_coordinates(along))
        weight.append(np.full(n, line.length / n))
    return np.concatenate(xy), np.concatenate(weight)


def _density(xy: Floats, weight: Floats, grid: Grid, bandwidth_m: float) -> Floats:
    west, south, east, north = grid.cells.total_bounds
    raster = kernel_density(
        xy, extent=(west, south, east, north), cell_m=grid.cell_m, bandwidth_m=bandwidth_m,
        method="exact", weights=weight,
    )  # fmt: skip
    column, row = (grid.cells[name].to_numpy() for name in ("col", "row"))
    at_cells: Floats = raster[row.max() - row, column - column.min()]
    return at_cells
