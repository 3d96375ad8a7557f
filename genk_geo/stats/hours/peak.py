"""The hours and days on which incidents stand out, for one plain sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.errors import SchemaError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_LENGTHS = range(2, 7)
# Blocks that are looked at: 24 starts, 5 lengths and 127 sets of weekdays; a p-value has to pay for all.
_LOOKS = 24 * len(_LENGTHS) * 127
_LEVEL = 0.05
# A block that holds less than this over what its length gives is not worth a sentence.
_MIN_RATIO = 1.5
_MIN_SHARE = 0.15


@dataclass(frozen=True)
class Peak:
    """A block of hours on some weekdays that holds more incidents than chance.

    Attributes
    ----------
    days : tuple of int
        Weekdays on which the block begins, 0 = Monday.
    from_hour, to_hour : int
        Hours of the clock; to_hour is not part of it and may pass 24 (26: two at night, the next day).
    share : float
        Share of all incidents that falls in the block.

    Examples
    --------
    Friday and Saturday evening stand out:

    >>> hours = np.ones(168)
    >>> hours[[4 * 24 + 22, 4 * 24 + 23, 5 * 24 + 22, 5 * 24 + 23]] = 30
    >>> found = gg.stats.peak(hours)
    >>> found.days, found.from_hour, found.to_hour, round(found.share, 2)
    ((4, 5), 22, 24, 0.42)
    """

    days: tuple[int, ...]
    from_hour: int
    to_hour: int
    share: float


def peak(hours: npt.ArrayLike) -> Peak | None:
    """Find the days and hours that stand out.

    The block of 2 to 6 hours on any set of weekdays with the largest likelihood ratio against an even week
    (Kulldorff's scan statistic in time), if its binomial tail survives a Bonferroni correction for every
    block that could have been chosen.

    Parameters
    ----------
    hours : array_like
        168 sums, Monday 00:00 first, as :func:`aoristic` gives them.

    Returns
    -------
    Peak or None
        None when nothing stands out, or there are too few incidents to say so.

    Raises
    ------
    SchemaError
        If there are not 168 numbers of 0 or more.

    Examples
    --------
    An even week has no peak:

    >>> gg.stats.peak(np.ones(168)) is None
    True
    >>> early_wednesday = np.zeros(168)
    >>> early_wednesday[48:52] = 10
    >>> gg.stats.peak(early_wednesday)
    Peak(days=(2,), from_hour=0, to_hour=4, share=1.0)
    """
    week = np.asarray(hours, dtype=float)
    if week.shape != (168,) or not (np.isfinite(week) & (week >= 0)).all():
        raise SchemaError(
            "The hours of the week: needed 168 numbers of 0 or more, given shape {shape}.", shape=week.shape
        )
    n = float(week.sum())
    if n == 0:
        return None
    best: tuple[float, float, float, Peak] | None = None
    for length in _LENGTHS:
        inside, order = _blocks(week, length)
        for days in range(1, 8):
            held = inside[days - 1]
            hour = int(held.argmax())
            found, expected_share = float(held[hour]), days * length / 168.0
            ratio = _log_ratio(found, n, expected_share)
            if best is None or ratio > best[0] + 1e-9:
                chosen = tuple(sorted(order[:days, hour].tolist()))
                best = (ratio, found, expected_share, Peak(chosen, hour, hour + length, found / n))
    assert best is not None
    return best[3] if _stands_out(best[1], n, best[2]) else None


def _blocks(week: Floats, length: int) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Most incidents in 1 to 7 days' blocks for each start hour, and the days from most to least."""
    around = np.concatenate([week, week[:length]])
    running = np.concatenate([[0.0], np.cumsum(around)])
    by_day = (running[length : length + 168] - running[:168]).reshape(7, 24)
    order = np.argsort(-by_day, axis=0, kind="stable")
    return np.cumsum(np.take_along_axis(by_day, order, axis=0), axis=0), order


def _log_ratio(found: float, n: float, share: float) -> float:
    """Log likelihood ratio of a block against an even week; 0 where it holds less than its part."""
    expected = n * share
    if found <= expected:
        return 0.0
    rest = n - found
    outside = rest * np.log(rest / (n - expected)) if rest > 0 else 0.0
    return float(found * np.log(found / expected) + outside)


def _stands_out(found: float, n: float, share: float) -> bool:
    from scipy.special import betainc

    if found / n < _MIN_SHARE or found < _MIN_RATIO * n * share:
        return False
    tail = float(betainc(found, n - found + 1.0, share))
    return tail * _LOOKS < _LEVEL
