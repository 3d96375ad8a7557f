"""Which places hold more than chance explains, of all places and sizes at once.

Every disc of cells, of several sizes, has its own exact tail; the family of all of them errs on a map without
any hotspot with a stated chance. The level that gives that chance is found without drawing whole maps: the
chance that any disc passes is the sum of their chances, times the mean of one over the number of discs that
pass together, given that one of them passes (importance sampling of Naiman and Priebe).

References
----------
Naiman & Priebe (2001), Journal of Computational and Graphical Statistics 10, for the sampling; Kulldorff
(1997), Communications in Statistics 26, for a maximum over windows of several sizes and for secondary
clusters that do not overlap; Tarone (1990), Biometrics 46, for what whole numbers leave of a level.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.inference.tails import upper_tail
from genk_geo.stats.local.window_dispersion import fit_dispersion
from genk_geo.stats.places.discs import Discs
from genk_geo.stats.places.tail_ladders import Ladders

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from genk_geo.stats.grid.grid import Grid
    from genk_geo.stats.places.tail_ladders import Drawer

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: More than any count: what is needed where nothing can happen.
NEVER = np.int64(2**62)
#: Fewer incidents than this are no hotspot, however little was expected.
LEAST = 3
#: Discs that are drawn to learn how many pass together: known to 3 %, and always the same ones.
_DRAWS, _SEED = 400, 1
#: Discs of which the same is expected but for so small a part are judged alike, as the busiest of them.
_ALIKE = 0.005
#: Of discs that pass about half do alone; where the search for the level begins.
_FIRST_ALONE = 0.5
#: Discs that are looked at together.
_TOGETHER = 64


@dataclass(frozen=True, eq=False)
class WindowFamily:
    """All discs of a city, judged together.

    Attributes
    ----------
    discs : Discs
        The places.
    index : pandas.Index
        Cells.
    expected, dispersion : numpy.ndarray
        Of each disc, a row a size.
    needed : numpy.ndarray of int
        So many incidents prove a disc.
    level : float
        Tail that each disc must stay under.
    alone : float
        One over the number of discs that pass together, on average.
    error : float
        Chance of one or more proven discs on a map without hotspots.

    Examples
    --------
    Twelve incidents around one corner, where nothing else happens:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    >>> family = gg.stats.window_family(grid, pd.Series(0.1, grid.cells.index))
    >>> counts = grid.count([[450, 450], [450, 550], [550, 450], [550, 550]] * 3)
    >>> family.proven(counts)[["observed", "cells"]].map(lambda it: it if np.isscalar(it) else len(it)).values
    array([[12,  9]])

    So many would be needed in nine cells somewhere in the middle:

    >>> int(family.needed[0, 210])
    7
    """

    discs: Discs
    index: pd.Index
    expected: Floats
    dispersion: Floats
    needed: Ints
    level: float
    alone: float
    error: float
    _ladders: Ladders

    def proven(self, counts: pd.Series[float]) -> pd.DataFrame:
        """Discs that hold more than chance explains; of those that overlap the most surprising.

        Parameters
        ----------
        counts : pandas.Series
            Incidents by cell.

        Returns
        -------
        pandas.DataFrame
            One row a disc, the most surprising first: ``middle`` and ``cells`` (names), ``observed``,
            ``expected``, ``p_value`` (of the disc), ``family_p`` (of the disc among all).

        Raises
        ------
        SchemaError
            If the cells are not those of the family.
        """
        return self._named(self._proven(counts))

    def surest(self, counts: pd.Series[float]) -> Floats:
        """The ``family_p`` of the proven disc that each cell lies in, infinite outside them.

        What :meth:`proven` tells, of the cells and without a table.

        Parameters
        ----------
        counts : pandas.Series
            Incidents by cell.

        Returns
        -------
        numpy.ndarray
            In the order of the cells.
        """
        found = np.full(self.discs.cells, np.inf)
        for _, members, *_, among in self._proven(counts):
            found[members] = among
        return found

    def _proven(self, counts: pd.Series[float]) -> list[tuple[Any, ...]]:
        if not counts.index.equals(self.index):
            raise SchemaError("The counts: needed one for each cell of the family, in its order.")
        observed = self.discs.sums(np.nan_to_num(counts.to_numpy(dtype=float)))
        size, middle = np.nonzero((observed >= LEAST) & (observed > self.expected) & (self.expected > 0))
        seen, mean = observed[size, middle], self.expected[size, middle]
        p = upper_tail(seen, _upward(mean), self.dispersion[size, middle])
        among = np.minimum(self.alone * self._ladders.together(p), 1.0)
        rows, taken = [], np.zeros(self.discs.cells + 1, dtype=bool)
        order = np.lexsort((middle, size, -seen / mean, p))
        asked = order[among[order] <= self.error]
        # Where much is proven nearly all discs overlap others: those are passed over many at a time.
        for some in np.split(asked, np.arange(_TOGETHER, asked.size, _TOGETHER)):
            for at in some[~self._held(taken, size[some], middle[some])]:
                members = self.discs.members[size[at]][middle[at]]
                members = members[members < self.discs.cells]
                if taken[members].any():
                    continue
                taken[members] = True
                rows.append((middle[at], members, int(seen[at]), mean[at], p[at], among[at]))
        return rows

    def _held(self, taken: npt.NDArray[np.bool_], size: Ints, middle: Ints) -> npt.NDArray[np.bool_]:
        """Which discs have a cell that is taken."""
        held = np.zeros(size.size, dtype=bool)
        for at, members in enumerate(self.discs.members):
            own = size == at
            held[own] = taken[members[middle[own]]].any(axis=1)
        return held

    def _named(self, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
        """The same with names of cells, all looked up at once."""
        sizes = [members.size for _, members, *_ in rows]
        names = iter(self.index[np.concatenate([members for _, members, *_ in rows])] if rows else ())
        middles = self.index[[middle for middle, *_ in rows]]
        rows = [
            (middle, tuple(islice(names, size)), *row[2:])
            for middle, size, row in zip(middles, sizes, rows, strict=True)
        ]
        return pd.DataFrame(rows, columns=["middle", "cells", "observed", "expected", "p_value", "family_p"])

    def power(self, times: float) -> pd.DataFrame:
        """Chance that each place is proven by its own disc if its risk is so many times the usual one.

        Parameters
        ----------
        times : float
            Risk against what is expected.

        Returns
        -------
        pandas.DataFrame
            Index of the cells; a column a size of disc, the smallest first, named after the number of its
            cells. Discs around it can only add to the chance.
        """
        if times < 1:
            raise ConfigError("times: given {times:g}, needed 1 or more.", times=times)
        found = upper_tail(self.needed.astype(float), self.expected * times, self.dispersion)
        found = np.where(self.expected > 0, found, 0.0)
        names = [members.shape[1] for members in self.discs.members]
        return pd.DataFrame(found.T, index=self.index, columns=names)


def window_family(
    grid: Grid | Discs,
    expected: pd.Series[float],
    *,
    past: Sequence[pd.Series[float]] = (),
    parts: pd.Series[str] | None = None,
    error: float = 0.05,
) -> WindowFamily:
    """Discs of several sizes around every cell, and the level at which all together err with a stated chance.

    Parameters
    ----------
    grid : Grid or Discs
        The cells, or their discs where these are at hand.
    expected : pandas.Series
        Incidents that are expected in each cell; 0 or NaN where nothing can happen.
    past : sequence of pandas.Series
        Counts by cell of past periods as long as the one to judge, none overlapping another: they say how
        restless each size of disc is, as :func:`genk_geo.stats.window_dispersion`; not at all with fewer
        than two.
    parts : pandas.Series of str, optional
        Part of the city of each cell.
    error : float, default 0.05
        Chance of one or more proven discs on a map without hotspots.

    Returns
    -------
    WindowFamily
        Ask it for :meth:`~WindowFamily.proven` discs and its :meth:`~WindowFamily.power`.

    Raises
    ------
    ConfigError, SchemaError
        If the chance is none, or something is not of these cells.

    Examples
    --------
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    >>> family = gg.stats.window_family(grid, pd.Series(0.1, grid.cells.index))
    >>> family.power(10.0).loc["100m_E10_N10"].round(2).to_dict()
    {9: 0.79, 21: 1.0}
    """
    if not 0 < error < 1:
        raise ConfigError("error: given {reason}, needed a chance between 0 and 1.", reason=error)
    discs = grid if isinstance(grid, Discs) else Discs.of(grid)
    usual: Floats = np.nan_to_num(np.asarray(expected, dtype=np.float64))
    if usual.size != discs.cells or any(not counts.index.equals(expected.index) for counts in past):
        raise SchemaError(
            "Expected and past counts: needed one for each of the {cells} cells.", cells=discs.cells
        )
    mean = discs.sums(usual)
    ratio = _dispersion(discs, mean, past, parts)
    possible = mean > 0
    ladders = Ladders.of(_upward(mean[possible]), ratio[possible], LEAST)
    alone = _FIRST_ALONE
    needed = np.full(mean.shape, NEVER)
    needed[possible], tail = ladders.threshold(ladders.level_for(error / alone))
    if tail.sum() > 0:
        # It hardly depends on the level: once is enough.
        alone = _alone(discs, usual, ratio, needed, ladders.drawer(tail), np.argwhere(possible))
    level = ladders.level_for(error / alone)
    needed[possible] = ladders.threshold(level)[0]
    return WindowFamily(discs, expected.index, mean, ratio, needed, level, alone, error, ladders)


def _upward(mean: Floats) -> Floats:
    """Expected counts in steps of half a percent, each told a little too high: no disc passes more easily."""
    step = np.log1p(_ALIKE)
    upward: Floats = np.exp(np.ceil(np.round(np.log(mean) / step, 6)) * step)
    return upward


def _dispersion(
    discs: Discs, mean: Floats, past: Sequence[pd.Series[float]], parts: pd.Series[str] | None
) -> Floats:
    if len(past) < 2:
        return np.ones(mean.shape)
    counts: list[Floats] = [np.nan_to_num(np.asarray(period, dtype=np.float64)) for period in past]
    totals = np.array([period.sum() for period in counts])
    windows = np.stack([discs.sums(period) for period in counts], axis=1)
    return np.stack([
        fit_dispersion(windows[at], totals, mean[at], parts=parts, cells=members.shape[1])
        for at, members in enumerate(discs.members)
    ])  # fmt: skip


def _alone(discs: Discs, usual: Floats, ratio: Floats, needed: Ints, drawer: Drawer, possible: Ints) -> float:
    """Mean of one over the number of discs that pass, given that one passes that is drawn by its chance."""
    rng = np.random.default_rng(_SEED)
    which, number = drawer(_DRAWS, rng)
    size, middle = possible[which].T
    over = np.maximum(ratio[size, middle] - 1.0, 0.0)
    padded, n = np.append(usual, 0.0), discs.cells
    maps = np.zeros((_DRAWS, n + 1), dtype=np.float32)  # whole numbers, far below what that holds exactly
    row = np.arange(_DRAWS)
    # Everything that a disc nearby can hold; then the disc itself, given its count.
    around = discs.around[middle]
    maps[row[:, None], around] = _counts(padded[around], over[:, None], rng)
    maps[:, n] = 0.0
    for at in range(len(discs.members)):
        own = size == at
        members = discs.members[at][middle[own]]
        maps[row[own, None], members] = _shared(number[own], padded[members], over[own], rng)
    maps[:, n] = 0.0
    passing = np.zeros(_DRAWS)
    limits = np.append(needed, np.full((len(needed), 1), NEVER), axis=1)
    near, flat, begin = discs.near[middle], maps.ravel(), (row * (n + 1))[:, None]
    for at, columns in enumerate(discs.columns):
        # Whole numbers add up exactly, in whatever order.
        sums = sum(flat.take(begin + column[near]) for column in columns)
        passing += (sums >= limits[at][near]).sum(axis=1)
    return float(np.mean(1.0 / np.maximum(passing, 1.0)))


def _counts(mean: Floats, over: Floats, rng: np.random.Generator) -> Floats:
    """Negative binomial counts with variance (1 + over) times the mean, Poisson where over is 0."""
    shape = np.divide(mean, over, out=np.zeros_like(mean), where=over > 0)
    rate = np.where(over > 0, rng.gamma(shape) * over, mean)
    return rng.poisson(rate).astype(float)


def _shared(number: Ints, mean: Floats, over: Floats, rng: np.random.Generator) -> Floats:
    """Counts of the cells of discs of which the totals are given."""
    spread = over[:, None] > 0
    shape = np.divide(mean, over[:, None], out=np.zeros_like(mean), where=spread)
    weight = np.where(spread, rng.gamma(shape), mean)
    empty = weight.sum(axis=1) <= 0
    weight[empty] = mean[empty]
    return rng.multinomial(number, weight / weight.sum(axis=1, keepdims=True)).astype(float)
