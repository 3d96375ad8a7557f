"""The scan for clusters that are alive today, fast enough for a thousand shuffled data sets.

Shuffling the days keeps the circles and the number of events of each age. So all that a shuffled data set
changes is *which* events are recent, and those are few. Three things follow from that:

- Each event knows its slots, one in the list of every centre that it lies near to, nearest event first. The
  recent events of a data set set a bit in their slots; walking the bits gives every centre its recent events
  in the order of distance, and nothing else is touched.
- The cases of all windows stand side by side in the lanes of a few 64-bit words, so that an event is added
  to them, and all are judged, by one operation a word.
- A count that a window needs to reach a level of the likelihood ratio depends on the circle and the window
  only. Those counts are worked out once, for a ladder of levels; logarithms are taken of the few cylinders
  that reach the level just below the best so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from genk_geo.stats._scan import log_ratio

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Ints32 = npt.NDArray[np.int32]
    Shorts = npt.NDArray[np.int16]
    Words = npt.NDArray[np.uint64]

#: Levels of the likelihood ratio, close together where the largest of a data set mostly lies.
_LADDER = np.array([0, 1, 2, 3, 4, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5, 10, 11, 12, 14, 16, 20])
#: Shuffled data sets that are walked over together.
_TOGETHER = 32
#: Distances that differ by less are equal: coordinates such as those of cells carry rounding.
_SAME_PLACES = 6
_ZERO, _ONE = np.uint64(0), np.uint64(1)
#: Position of the only bit of a word, by its product with a de Bruijn sequence (Leiserson et al. 1998).
_DE_BRUIJN, _TOP_SIX = np.uint64(0x022FDD63CC95386D), np.uint64(58)
_BIT = np.zeros(64, dtype=np.int64)
_BIT[[((int(_DE_BRUIJN) << bit) % 2**64) >> 58 for bit in range(64)]] = np.arange(64)


class Circles(NamedTuple):
    """Events around each centre, nearest first.

    Attributes
    ----------
    start : numpy.ndarray of int, shape (centres + 1,)
        What belongs to centre i stands at ``start[i]:start[i + 1]``.
    held : numpy.ndarray of int, shape (m, 2)
        An event, and how many the smallest circle holds that reaches it, others at its distance included.
    distance : numpy.ndarray
        From the centre.
    word : numpy.ndarray of int, shape (centres + 1,)
        First word of the bits of each centre.
    own, slot : numpy.ndarray of int
        Bits of event e: ``slot[own[e]:own[e + 1]]``.
    """

    start: Ints
    held: Ints32
    distance: Floats
    word: Ints
    own: Ints
    slot: Ints32


class Windows(NamedTuple):
    """Windows that end today, side by side in lanes of words.

    Attributes
    ----------
    recent : numpy.ndarray of int, shape (days + 1,)
        Events of age below 0, 1, 2, ... days in the whole study.
    total : float
        All events.
    floor : int
        Smallest number of cases of a cylinder.
    lane_bits : int
        Width of a lane; the highest bit of each is for judging.
    high : numpy.uint64
        The highest bit of every lane.
    step : numpy.ndarray of uint64, shape (days, words)
        What an event of each age adds.
    level : numpy.ndarray
        Ladder of likelihood ratios, and infinity.
    need : numpy.ndarray of uint64, shape (levels, sizes, words)
        Cases that each window of a circle of each size needs to get above a level.
    """

    recent: Ints
    total: float
    floor: int
    lane_bits: int
    high: np.uint64
    step: Words
    level: Floats
    need: Words


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


def circles(centres: Floats, events: Floats, radius_m: float) -> Circles:
    """Find the events within a radius of each centre, the radius included."""
    from scipy.spatial import KDTree

    found = KDTree(centres).sparse_distance_matrix(KDTree(events), radius_m, output_type="ndarray")
    apart = np.round(found["v"], _SAME_PLACES)
    order = np.argsort(found["i"] * (apart.max(initial=0.0) + 1.0) + apart, kind="stable")
    owner, member, distance = found["i"][order], found["j"][order].astype(np.int32), apart[order]
    start = _running(np.bincount(owner, minlength=len(centres)))
    word = _running(-(-np.diff(start) // 64))
    own = _running(np.bincount(member, minlength=len(events)))
    return Circles(
        start,
        np.column_stack([member, _sizes(start, distance)]),
        distance,
        word,
        own,
        _slots(start, member, word, own),
    )


def windows(recent: Ints, total: int, floor: int, largest: int) -> Windows:
    """Lay out the windows and work out what each needs.

    Parameters
    ----------
    recent : numpy.ndarray of int, shape (days + 1,)
        Events of age below 0, 1, 2, ... days in the whole study.
    total : int
        All events.
    floor : int
        Smallest number of cases of a cylinder.
    largest : int
        Events in the largest circle.
    """
    days, most = recent.size - 1, int(min(recent[-1], largest))
    # Half of a lane must hold every count.
    lane_bits = 8 if most < 2**7 else 16 if most < 2**15 else 32
    high = np.uint64(sum(1 << bit for bit in range(lane_bits - 1, 64, lane_bits)))
    step = _steps(days, lane_bits)
    need = _needed(_LADDER, recent, float(total), floor, most, largest, lane_bits)
    return Windows(recent, float(total), floor, lane_bits, high, step, np.append(_LADDER, np.inf), need)


def _running(lengths: Ints) -> Ints:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)])


@njit(cache=True, nogil=True)
def _sizes(start: Ints, distance: Floats) -> Ints32:
    sizes = np.empty(distance.size, dtype=np.int32)
    for i in range(start.size - 1):
        held = start[i + 1] - start[i]
        for k in range(start[i + 1] - 1, start[i] - 1, -1):
            if k + 1 < start[i + 1] and distance[k + 1] > distance[k]:
                held = k + 1 - start[i]
            sizes[k] = held
    return sizes


@njit(cache=True, nogil=True)
def _slots(start: Ints, member: Ints32, word: Ints, own: Ints) -> Ints32:
    slot, place = np.empty(member.size, dtype=np.int32), own.copy()
    for i in range(start.size - 1):
        for k in range(start[i], start[i + 1]):
            slot[place[member[k]]] = 64 * word[i] + k - start[i]
            place[member[k]] += 1
    return slot


@njit(cache=True, nogil=True)
def _steps(days: int, lane_bits: int) -> Words:
    """One in the lane of every window that holds an event of each age."""
    lanes = 64 // lane_bits
    step = np.zeros((days, (days + lanes - 1) // lanes), dtype=np.uint64)
    for age in range(days):
        for lane in range(age, days):
            step[age, lane // lanes] |= _ONE << np.uint64(lane % lanes * lane_bits)
    return step


@njit(cache=True, nogil=True)
def _limit(count: float, total: float, level: float) -> float:
    """Largest expected count with which `count` still gets above a level."""
    low, high = 0.0, count
    for _ in range(40):
        middle = 0.5 * (low + high)
        if log_ratio(count, middle, total) > level:
            low = middle
        else:
            high = middle
    return high


@njit(cache=True, nogil=True)
def _needed(
    ladder: Floats, recent: Ints, total: float, floor: int, most: int, largest: int, lane_bits: int
) -> Words:
    """Smallest count of each window and size of circle that gets above a level; never too large."""
    days, lanes = recent.size - 1, 64 // lane_bits
    out_of_reach = np.uint64(1 << (lane_bits - 1))
    need = np.zeros((ladder.size, largest + 1, (days + lanes - 1) // lanes), dtype=np.uint64)
    limit = np.empty(most + 1)
    for rung in range(ladder.size):
        for count in range(most + 1):
            limit[count] = _limit(float(count), total, ladder[rung]) * (1.0 + 1e-9)
        for lane in range(need.shape[2] * lanes):
            shift = np.uint64(lane % lanes * lane_bits)
            count = max(floor, 1)
            for size in range(largest + 1):
                if lane < days:
                    while count <= most and limit[count] < size * recent[lane + 1] / total:
                        count += 1
                enough = np.uint64(count) if lane < days and count <= most else out_of_reach
                need[rung, size, lane // lanes] |= enough << shift
    return need


@njit(cache=True, nogil=True)
def _mark(events: Ints, around: Circles, bits: Words) -> None:
    """Set the bits of events in the lists of all centres that they are near to."""
    own, slot = around.own, around.slot
    for event in events:
        for k in range(own[event], own[event + 1]):
            bits[slot[k] >> 6] |= _ONE << np.uint64(slot[k] & 63)


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
def _walk(age: Shorts, bits: Words, around: Circles, span: Windows, best: Floats, found: Found) -> None:
    """Walk from every centre outward over the recent events, and wipe their bits.

    Parameters
    ----------
    age : numpy.ndarray of int, shape (runs, n)
        Ages of the recent events of each data set. Data sets go together, so that the list of a centre is
        fetched once for all.
    bits : numpy.ndarray of uint64, shape (runs, words)
        Slots of the recent events.
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
                    old, reached, above = age[run, held[k, 0]], held[k, 1], _ZERO
                    for j in range(words):
                        cases[j] += step[old, j]
                        above |= (cases[j] | high) - need[rung[run], reached, j]
                    if above & high:
                        ratio, days, count = _judge(cases, reached, rung[run], best[run], span)
                        if ratio > best[run]:
                            best[run] = ratio
                            rung[run] = _rung(ratio, level)
                            if each:
                                found.ratio[i], found.reach[i] = ratio, reached
                                found.length[i], found.cases[i] = days, count


@njit(cache=True, nogil=True)
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
    short = np.zeros((1, age.size), dtype=np.int16)
    short[0] = np.minimum(age, days)
    _mark(np.flatnonzero(age < days), around, bits[0])
    found = _room(centres)
    _walk(short, bits, around, span, np.zeros(1), found)
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
    n, runs = around.own.size - 1, len(picks)
    largest, nothing = np.zeros(runs), _room(0)
    age = np.zeros((_TOGETHER, n), dtype=np.int16)
    bits = np.zeros((_TOGETHER, around.word[-1]), dtype=np.uint64)
    for begin in range(0, runs, _TOGETHER):
        end = min(begin + _TOGETHER, runs)
        for run in range(begin, end):
            events = np.arange(n)
            for j in range(ages.size):
                other = j + picks[run, j]
                events[j], events[other] = events[other], events[j]
                age[run - begin, events[j]] = ages[j]
            _mark(events[: ages.size], around, bits[run - begin])
        _walk(age, bits, around, span, largest[begin:end], nothing)
    return largest


@njit(cache=True, nogil=True)
def _room(centres: int) -> Found:
    return Found(
        np.zeros(centres),
        np.zeros(centres, dtype=np.int64),
        np.zeros(centres, dtype=np.int64),
        np.zeros(centres, dtype=np.int64),
    )
