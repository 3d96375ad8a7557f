"""The scan for clusters that are alive today, fast enough for a thousand shuffled data sets.

Shuffling the days keeps the circles and the number of events of each age. So all that a shuffled data set
changes is *which* events are recent, and those are few. Three things follow from that:

- Each place knows its slots, one in the list of every centre that it lies near to, nearest place first. The
  places of the recent events of a data set set a bit in their slots; walking the bits gives every centre its
  recent events in the order of distance, and nothing else is touched.
- The cases of all windows stand side by side in the lanes of a few 64-bit words, so that an event is added
  to them, and all are judged, by one operation a word.
- A count that a window needs to reach a level of the likelihood ratio depends on the circle and the window
  only. Those counts are worked out once, for a ladder of levels (:mod:`.circles_and_windows`); logarithms
  are taken of the few cylinders that reach the level just below the best so far. What is laid out there is
  handed to the compiled loops as named tuples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from genk_geo.stats.inference.likelihood_ratio import log_ratio

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.scanning.circles_and_windows import Circles, Windows

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Ints32 = npt.NDArray[np.int32]
    Words = npt.NDArray[np.uint64]

#: Shuffled data sets that are walked over together.
_TOGETHER = 32
_ZERO, _ONE = np.uint64(0), np.uint64(1)
#: Position of the only bit of a word, by its product with a de Bruijn sequence (Leiserson et al. 1998).
_DE_BRUIJN, _TOP_SIX = np.uint64(0x022FDD63CC95386D), np.uint64(58)
_BIT = np.zeros(64, dtype=np.int64)
_BIT[[((int(_DE_BRUIJN) << bit) % 2**64) >> 58 for bit in range(64)]] = np.arange(64)


class Found(NamedTuple):
    """Best cylinder of each centre.

    Attributes
    ----------
    ratio : numpy.ndarray
        Log-likelihood ratio, 0 for none.
    reach, length, cases : numpy.ndarray of int
        Events in the circle over all time, days, events in the cylinder.
    """

    ratio: Floats
    reach: Ints
    length: Ints
    cases: Ints


@njit(cache=True, nogil=True)
def _mark(events: Ints, around: Circles, bits: Words, begun: Ints32, following: Ints32) -> None:
    """Set the bits of the places of events in the lists of all centres that they are near to.

    The events of a place are chained: `begun` says where the chain of a place begins, `following` what comes
    after each event, both as numbers from 1, 0 at the end.
    """
    own, slot = around.own, around.slot
    for j in range(events.size):
        place = around.place[events[j]]
        if begun[place] == 0:
            for k in range(own[place], own[place + 1]):
                bits[slot[k] >> 6] |= _ONE << np.uint64(slot[k] & 63)
        following[j] = begun[place]
        begun[place] = j + 1


@njit(cache=True, nogil=True)
def _add(chain: int, following: Ints32, ages: Ints, step: Words, cases: Words) -> None:
    """Add the recent events of a place to the cases of all windows."""
    while chain:
        for j in range(cases.size):
            cases[j] += step[ages[chain - 1], j]
        chain = following[chain - 1]


@njit(cache=True, nogil=True)
def _judge(cases: Words, size: int, rung: int, best: float, span: Windows) -> tuple[float, int, int]:
    """Best window of one circle, if it beats the best so far: its ratio, days and cases."""
    days = count = 0
    lanes = 64 // span.lane_bits
    mask = np.uint64((1 << span.lane_bits) - 1)
    for lane in range(span.recent.size - 1):
        shift = np.uint64(lane % lanes * span.lane_bits)
        here = (cases[lane // lanes] >> shift) & mask
        if here >= (span.need[rung, size, lane // lanes] >> shift) & mask:
            ratio = log_ratio(float(here), size * span.recent[lane + 1] / span.total, span.total)
            if ratio > best:
                best, days, count = ratio, lane + 1, int(here)
    return best, days, count


@njit(cache=True, nogil=True)
def _rung(ratio: float, level: Floats) -> int:
    """The highest level that is not above the ratio."""
    rung = 0
    while level[rung + 1] <= ratio:
        rung += 1
    return rung


@njit(cache=True, nogil=True)
def _walk(
    ages: Ints,
    begun: Ints32,
    following: Ints32,
    bits: Words,
    around: Circles,
    span: Windows,
    best: Floats,
    found: Found,
) -> None:
    """Walk from every centre outward over the recent events, and wipe their bits.

    Parameters
    ----------
    ages : numpy.ndarray of int
        Ages of the recent events, the same in each data set. Data sets go together, so that the list of a
        centre is fetched once for all.
    begun, following : numpy.ndarray of int, a row a data set
        The recent events of each place, from :func:`_mark`.
    bits : numpy.ndarray of uint64, shape (runs, words)
        Slots of the places of the recent events.
    around : Circles
        Events around the centres.
    span : Windows
        The windows.
    best : numpy.ndarray, shape (runs,)
        Largest ratio of each data set.
    found : Found
        Best cylinder of each centre, for a single data set; without room for the centres only `best` is
        kept, and cylinders that do not beat it are passed over.
    """
    start, held, word = around.start, around.held, around.word
    step, need, level, high = span.step, span.need, span.level, span.high
    words, each = step.shape[1], found.ratio.size > 0
    cases, rung = np.zeros(words, dtype=np.uint64), np.zeros(best.size, dtype=np.int64)
    for i in range(start.size - 1):
        for run in range(best.size):
            cases[:] = _ZERO
            if each:
                best[run], rung[run] = 0.0, 0
            for w in range(word[i], word[i + 1]):
                left = bits[run, w]
                bits[run, w] = _ZERO
                while left != _ZERO:
                    k = start[i] + 64 * (w - word[i])
                    k += _BIT[((left & (~left + _ONE)) * _DE_BRUIJN) >> _TOP_SIX]
                    left &= left - _ONE
                    reached, above, chain = held[k, 1], _ZERO, begun[run, held[k, 0]]
                    _add(chain, following[run], ages, step, cases)
                    for j in range(words):
                        above |= (cases[j] | high) - need[rung[run], reached, j]
                    if above & high:
                        ratio, days, count = _judge(cases, reached, rung[run], best[run], span)
                        if ratio > best[run]:
                            best[run] = ratio
                            rung[run] = _rung(ratio, level)
                            if each:
                                found.ratio[i], found.reach[i] = ratio, reached
                                found.length[i], found.cases[i] = days, count


def alive_cylinders(age: Ints, around: Circles, span: Windows) -> Found:
    """Best cylinder of every centre among those that end today.

    Parameters
    ----------
    age : numpy.ndarray of int
        Age in days of each event, 0 = today.
    around : Circles
        Events around the centres.
    span : Windows
        The windows.
    """
    days, centres = span.recent.size - 1, around.start.size - 1
    bits = np.zeros((1, around.word[-1]), dtype=np.uint64)
    events = np.flatnonzero(age < days)
    begun = np.zeros((1, around.first.size - 1), dtype=np.int32)
    following = np.zeros((1, events.size), dtype=np.int32)
    _mark(events, around, bits[0], begun[0], following[0])
    found = _room(centres)
    _walk(age[events], begun, following, bits, around, span, np.zeros(1), found)
    return found


@njit(cache=True, nogil=True)
def best_alive(picks: Ints, ages: Ints, around: Circles, span: Windows) -> Floats:
    """Largest log-likelihood ratio over all centres, of each shuffled data set.

    Parameters
    ----------
    picks : numpy.ndarray of int, shape (runs, recent events)
        Which of the events that are left each recent one becomes: a whole number below n, n - 1, ...
    ages : numpy.ndarray of int, shape (recent events,)
        Ages of the recent events.
    around : Circles
        Events around the centres.
    span : Windows
        The windows.

    Returns
    -------
    numpy.ndarray, shape (runs,)
    """
    n, runs = around.place.size, len(picks)
    largest, nothing = np.zeros(runs), _room(0)
    begun = np.zeros((_TOGETHER, around.first.size - 1), dtype=np.int32)
    following = np.zeros((_TOGETHER, ages.size), dtype=np.int32)
    bits = np.zeros((_TOGETHER, around.word[-1]), dtype=np.uint64)
    for begin in range(0, runs, _TOGETHER):
        end = min(begin + _TOGETHER, runs)
        begun[:] = 0
        for run in range(begin, end):
            events = np.arange(n)
            for j in range(ages.size):
                other = j + picks[run, j]
                events[j], events[other] = events[other], events[j]
            row = run - begin
            _mark(events[: ages.size], around, bits[row], begun[row], following[row])
        _walk(ages, begun, following, bits, around, span, largest[begin:end], nothing)
    return largest


@njit(cache=True, nogil=True)
def _room(centres: int) -> Found:
    return Found(
        np.zeros(centres),
        np.zeros(centres, dtype=np.int64),
        np.zeros(centres, dtype=np.int64),
        np.zeros(centres, dtype=np.int64),
    )
