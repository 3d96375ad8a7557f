"""Where places most probably are busier than usual: the odds of each, whatever its size and since whenever.

References
----------
Neill, Moore & Cooper (2006), Advances in Neural Information Processing Systems 18, for a scan that weighs
places by their chance instead of taking the largest ratio; Good (1950), Probability and the Weighing of
Evidence, for a mean of likelihood ratios as odds; McCullagh & Nelder (1989), Generalized Linear Models,
section 9.2, for the quasi-likelihood of what is more restless than chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.checks import places_of, plain_numbers
from genk_geo.stats.places.circles import RADII, Circles

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from genk_geo.stats.checks import Places
    from genk_geo.stats.grid.grid import Grid

    Floats = npt.NDArray[np.float64]

#: Times the usual that a place may have become, each as likely as the others.
TIMES = (1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
#: Size of circle by which places are compared; part of them that is too busy to be usual; and what is left of
#: a variance by chance without that part (of a normal one).
_JUDGED, _BUSIEST, _LEFT = 2, 0.05, 0.759


def place_odds(
    grid: Grid | Circles,
    points: Places,
    weeks: npt.ArrayLike,
    share: pd.Series[float],
    *,
    spans: Mapping[int, float],
    window: int,
    dispersion: pd.Series[float] | None = None,
) -> pd.Series[float]:
    """Weigh for each place what speaks for it being busier than usual against all being as usual.

    A place is a circle of one of four sizes (1, 1.5, 2.5 and 4 cells) around the middle of a cell, that is
    1.5 to 20 times as busy since one of the given spans. Each of these has the likelihood ratio of a Poisson
    count; they are averaged, because nobody knows which of them it is. A place is the likelier beforehand the
    more is usual there; and as its middle is hardly known better than to a cell, the odds of the cells beside
    it count with its own. Where nothing is hot, the odds of all cells before that are 1 together on average.

    Dwellings do not explain all: where places differ for good, whole years would make each that was always
    a little busier surer than any that is new. So a span longer than the window counts for less the more
    places differ over the longest span; the twentieth that differs most, which is what is looked for, has no
    say in that.

    Parameters
    ----------
    grid : Grid or Circles
        The cells, or the circles around them where these are at hand.
    points : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
        Incidents.
    weeks : array_like of int
        In which week each was, counted back: 1 is the last. What lies before all spans is not looked at.
    share : pandas.Series
        Share of the incidents that each cell has if all is as usual; 0 or NaN where nothing can happen.
    spans : mapping of int to float
        Since when places may be busier, in weeks, and how likely each is.
    window : int
        Weeks that the question is about; one of the spans.
    dispersion : pandas.Series, optional
        Variance over mean of what is usual at each place: so much less do its incidents say.

    Returns
    -------
    pandas.Series
        Logarithm of the odds of each cell, named ``log_odds``; NaN where nothing can happen.

    Raises
    ------
    SchemaError
        If cells or points are not those of the grid.
    ConfigError
        If there is no span, one is no whole number of weeks above 0, or the window is none of them.

    Examples
    --------
    Six of sixteen incidents of the last month lie around one corner:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> there = [[550, 450]] * 6 + [[50 + 100 * k, 950 - 100 * k] for k in range(10)]
    >>> usual = pd.Series(0.01, grid.cells.index)
    >>> odds = gg.stats.place_odds(grid, there, [1, 2] * 8, usual, spans={1: 0.2, 4: 0.8}, window=4)
    >>> odds.idxmax(), round(float(odds.max()), 1)
    ('100m_E5_N4', 8.5)
    """
    circles = grid if isinstance(grid, Circles) else Circles.of(grid)
    lengths, parts = _checked(spans, window)
    usual = np.nan_to_num(np.asarray(share, dtype=np.float64))
    cells = circles.grid.cells.index
    if not share.index.equals(cells) or (dispersion is not None and not dispersion.index.equals(cells)):
        raise SchemaError("The places: needed a value for each cell of the grid, in its order.")
    ratio = np.ones(usual.size) if dispersion is None else np.asarray(dispersion, dtype=np.float64)
    expected = circles.sums(usual / max(usual.sum(), 1e-300))
    lived = np.flatnonzero((usual > 0) & (expected[0] > 0))
    counts, totals = _by_span(circles, points, plain_numbers(weeks), lengths)
    odds = np.full(usual.size + 1, -np.inf)
    before = np.log(expected[0, lived] / expected[0, lived].sum())
    seen, mean = counts[:, lived], expected[:, lived, None] * totals
    spread = 1.0 + _unevenness(seen[_JUDGED, :, -1], mean[_JUDGED, :, -1]) * mean
    weight = np.minimum(spread[..., lengths == window] / spread, 1.0) / ratio[lived, None]
    odds[lived] = before + _evidence(seen, mean, weight, np.log(parts))
    beside = np.logaddexp.reduce(odds[circles.beside], axis=1)
    return pd.Series(np.where(np.isfinite(odds[:-1]), beside, np.nan), index=cells, name="log_odds")


def _checked(spans: Mapping[int, float], window: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Lengths in weeks, ascending, and the part of each."""
    lengths = np.array(sorted(spans), dtype=np.float64)
    parts = np.array([spans[key] for key in sorted(spans)], dtype=np.float64)
    if not lengths.size or (lengths < 1).any() or (lengths % 1 > 0).any() or not (parts > 0).all():
        raise ConfigError(
            "spans: given {spans}, needed whole weeks from 1 up, each with a part above 0.", spans=dict(spans)
        )
    if window not in spans:
        raise ConfigError("window: given {window}, needed one of the spans.", window=window)
    return lengths.astype(np.int64), parts / parts.sum()


def _by_span(
    circles: Circles, points: Places, weeks: Floats, lengths: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Points of each circle (sizes, cells) over each span, and those of the whole grid."""
    xy, cell = places_of(points), circles.grid.positions(points)
    if weeks.shape != (len(xy),):
        raise SchemaError("The weeks: needed one for each of the {points} points.", points=len(xy))
    seen = np.flatnonzero((weeks >= 1) & (weeks <= lengths[-1]))
    group = np.searchsorted(lengths, weeks[seen])
    found = circles.counts(xy[seen], cell[seen], group, lengths.size)
    totals = np.bincount(group[cell[seen] >= 0], minlength=lengths.size)
    return found.cumsum(axis=-1), totals.cumsum().astype(np.float64)


def _unevenness(seen: npt.NDArray[np.int64], mean: Floats) -> float:
    """Squared coefficient of variation of lasting risks, of all places but those that differ most."""
    if not mean.any():
        return 0.0
    square = (seen - mean) ** 2
    usual = square <= np.quantile(square / mean, 1.0 - _BUSIEST) * mean
    beyond = square[usual].sum() / _LEFT - mean[usual].sum()
    return max(float(beyond / (mean[usual] ** 2).sum()), 0.0) if beyond > 0 else 0.0


def _evidence(counts: npt.NDArray[np.int64], expected: Floats, weight: Floats, log_parts: Floats) -> Floats:
    """Logarithm of the mean likelihood ratio of each cell, over sizes, times and spans."""
    found = np.full(counts.shape[1:], -np.inf)
    for seen, usual, counted in zip(counts, expected, weight, strict=True):
        for times in TIMES:
            np.logaddexp(found, counted * (seen * np.log(times) - (times - 1.0) * usual), out=found)
    mean: Floats = np.logaddexp.reduce(found + log_parts, axis=1) - np.log(len(RADII) * len(TIMES))
    return mean
