"""The cells that take part in a local statistic: checked, lined up, with their links."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.errors import SchemaError, some_rows
from genk_geo.stats.local.neighbours import Links, build_links

if TYPE_CHECKING:
    import numpy.typing as npt
    from libpysal.graph import Graph

    Floats = npt.NDArray[np.float64]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cells:
    """Counts and links of the cells that take part.

    Attributes
    ----------
    y : numpy.ndarray
        Counts; 0 for cells that take no part.
    part : numpy.ndarray of bool
        Who takes part.
    links : Links
        Neighbours among those.
    n : int
        How many.
    """

    y: Floats
    part: npt.NDArray[np.bool_]
    links: Links
    n: int


def graph_of(counted: Any, graph: Graph | Links | None) -> Graph | Links:
    """The graph that was given, or the eight (six) neighbours in the grid of what was counted."""
    if graph is not None:
        return graph
    grid = getattr(counted, "grid", None)
    if grid is None:
        raise SchemaError(
            "graph: needed for counts that know no grid. Give grid.graph(), or count with Grid.count."
        )
    found: Graph = grid.graph()
    return found


def taking_part(counts: pd.Series[float], graph: Graph | Links, possible: pd.Series[bool] | None) -> Cells:
    """Check the input and leave out the cells without report and those where nothing can happen."""
    if not isinstance(counts, pd.Series):
        raise SchemaError(
            "The counts: needed a pandas Series by cell, given {kind}.", kind=type(counts).__name__
        )
    around = build_links(graph, counts.index)
    y = checked_values(counts, counts.index, "counts")
    part: npt.NDArray[np.bool_] = np.isfinite(y)
    if possible is not None:
        can: npt.NDArray[np.bool_] = lined_up(possible, counts.index, "mask of possible cells").to_numpy(
            dtype=bool
        )
        lost = part & ~can & (y > 0)
        if lost.any():
            _log.warning(
                "%d incidents lie in %d cells where nothing can happen and are not counted (%s).",
                y[lost].sum(),
                lost.sum(),
                some_rows(counts.index[lost]),
            )
        part &= can
    return Cells(np.where(part, y, 0.0), part, around.among(part), int(part.sum()))


def lined_up(series: pd.Series[Any], index: pd.Index, what: str) -> pd.Series[Any]:
    """A series in the order of an index, of which it must have each cell once."""
    if series.index.equals(index):
        return series
    if not series.index.is_unique or len(series) != len(index) or not series.index.isin(index).all():
        raise SchemaError(
            "The {what}: needed one value for each of the {count} cells of the counts, given {series_count} "
            "on another index.",
            what=what,
            count=len(index),
            series_count=len(series),
        )
    return series.reindex(index)


def checked_values(series: pd.Series[float], index: pd.Index, what: str) -> Floats:
    """Floats in the order of the index; NaN allowed, negative and infinite not."""
    lined = lined_up(series, index, what)
    try:
        values = np.asarray(lined.to_numpy(dtype=float, na_value=np.nan))
    except (TypeError, ValueError) as error:
        raise SchemaError(
            "The {what}: needed numbers, given {dtype}.", what=what, dtype=series.dtype
        ) from error
    wrong = (values < 0) | np.isinf(values)
    if wrong.any():
        raise SchemaError(
            "The {what}: needed values of 0 or more, given {values:g} (cells {rows}).",
            what=what,
            values=values[wrong][0],
            rows=some_rows(index[wrong]),
        )
    return values
