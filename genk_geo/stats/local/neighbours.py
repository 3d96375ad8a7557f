"""A graph's links as plain arrays, lined up with a series of counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import SchemaError, some_rows

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from libpysal.graph import Graph

    from genk_geo.stats.grid.grid import Grid

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Links:
    """Who counts as whose neighbour.

    Attributes
    ----------
    focal, neighbour : numpy.ndarray
        Positions in the series of counts, one pair a link, no cell to itself.
    weight : numpy.ndarray or None
        Weight of each link; None when all links of a cell weigh the same (binary or row-standardised), and
        then they count as 1.
    own : numpy.ndarray
        Weight of each cell to itself for the starred statistics.
    n : int
        Number of cells.
    """

    focal: Ints
    neighbour: Ints
    weight: Floats | None
    own: Floats
    n: int

    @classmethod
    def of(cls, grid: Grid) -> Links:
        """Those of the graph of a grid, without making that: to load libpysal takes half a second."""
        place = grid.around()
        linked = (place >= 0) & (place != np.arange(len(place))[:, None])
        return cls(np.nonzero(linked)[0], place[linked], None, np.ones(len(place)), len(place))

    def sum(self, values: Floats) -> Floats:
        """Weighted sum over the neighbours of each cell."""
        taken = values[self.neighbour]
        return _sums(self.focal, taken if self.weight is None else taken * self.weight, self.n)

    def power_sums(self) -> tuple[Floats, Floats, Floats]:
        """Sums of the weights, their squares and their cubes for each cell."""
        if self.weight is None:
            degree = np.bincount(self.focal, minlength=self.n).astype(float)
            return degree, degree, degree
        w = self.weight
        return (
            _sums(self.focal, w, self.n),
            _sums(self.focal, w * w, self.n),
            _sums(self.focal, w * w * w, self.n),
        )

    def among(self, keep: npt.NDArray[np.bool_]) -> Links:
        """Links between the cells that are kept; positions stay those of all cells."""
        if keep.all():
            return self
        inside = keep[self.focal] & keep[self.neighbour]
        weight = None if self.weight is None else self.weight[inside]
        return Links(self.focal[inside], self.neighbour[inside], weight, self.own, self.n)


def _sums(focal: Ints, values: Floats, n: int) -> Floats:
    return np.bincount(focal, weights=values, minlength=n).astype(float, copy=False)


def build_links(graph: Graph | Links, index: pd.Index) -> Links:
    """Line a graph up with an index.

    Parameters
    ----------
    graph : libpysal.graph.Graph or Links
        Any weights; those to the cell itself only count for the starred statistics. Links are of these cells
        in this order.
    index : pandas.Index
        Unique; exactly the graph's cells, in any order.

    Returns
    -------
    Links
        Arrays in the order of `index`.

    Raises
    ------
    SchemaError
        If the index is not that of the graph.
    """
    if isinstance(graph, Links):
        return graph
    adjacency = graph.adjacency
    _check_same(graph.unique_ids, index)
    focal, neighbour = (
        _positions(codes, level, index)
        for codes, level in zip(adjacency.index.codes, adjacency.index.levels, strict=True)
    )
    weight = adjacency.to_numpy(dtype=float)
    if (weight < 0).any():
        raise SchemaError("The graph has negative weights. Needed: weights of 0 or more.")
    own = np.zeros(len(index))
    itself = focal == neighbour
    if itself.any():
        own[focal[itself]] = weight[itself]
    real = ~itself & (weight > 0)
    if not real.all():
        focal, neighbour, weight = focal[real], neighbour[real], weight[real]
    if _equal_by_cell(focal, weight, len(index)):
        return Links(focal, neighbour, None, np.ones(len(index)), len(index))
    largest = np.zeros(len(index))
    np.maximum.at(largest, focal, weight)
    own = np.where(own > 0, own, np.where(largest > 0, largest, 1.0))
    return Links(focal, neighbour, weight, own, len(index))


def _equal_by_cell(focal: Ints, weight: Floats, n: int) -> bool:
    """Whether the links of each cell weigh the same, as in binary and row-standardised graphs."""
    if weight.size == 0 or (weight == weight[0]).all():
        return True
    one_of_row = np.ones(n)
    one_of_row[focal] = weight
    return bool(np.allclose(weight, one_of_row[focal], rtol=1e-9, atol=0))


def _positions(codes: npt.NDArray[np.integer], level: pd.Index, index: pd.Index) -> Ints:
    if level.equals(index):
        return np.asarray(codes, dtype=np.intp)
    return np.asarray(index.get_indexer(level)[codes], dtype=np.intp)


def _check_same(ids: pd.Index, index: pd.Index) -> None:
    if not index.is_unique:
        doubles = index[index.duplicated()].unique()
        raise SchemaError(
            "The counts name a cell more than once ({doubles}). Needed: one count a cell.",
            doubles=some_rows(doubles),
        )
    if index.equals(ids):
        return
    missing, extra = ids.difference(index, sort=False), index.difference(ids, sort=False)
    if len(missing) or len(extra):
        raise SchemaError(
            "Counts and graph are not about the same cells: needed {count} counts, given {index_count}; "
            "{missing_count} cells of the graph have no count ({missing}), {extra_count} counts are not in "
            "the graph ({extra}). Reindex the counts to graph.unique_ids, with NaN where nothing is "
            "reported.",
            count=len(ids),
            index_count=len(index),
            missing_count=len(missing),
            missing=some_rows(missing),
            extra_count=len(extra),
            extra=some_rows(extra),
        )
