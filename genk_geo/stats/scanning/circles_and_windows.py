"""What the scan for clusters that are alive today works out once: circles, windows, needed counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from genk_geo.stats.inference.likelihood_ratio import log_ratio

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Ints32 = npt.NDArray[np.int32]
    Words = npt.NDArray[np.uint64]

#: Levels of the likelihood ratio, close together where the largest of a data set mostly lies.
_LADDER = np.array([0, 1, 2, 3, 4, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5, 10, 11, 12, 14, 16, 20])
#: Distances that differ by less are equal: coordinates such as those of cells carry rounding.
_SAME_PLACES = 6
_ONE = np.uint64(1)


class Circles(NamedTuple):
    """Places of events around each centre, nearest first.

    Events at one place are always in a circle together, so that only the places are listed: in a history of
    years there are far more events than cells.

    Attributes
    ----------
    start : numpy.ndarray of int, shape (centres + 1,)
        What belongs to centre i stands at ``start[i]:start[i + 1]``.
    held : numpy.ndarray of int, shape (m, 2)
        A place, and how many events the smallest circle holds that reaches it, all at its distance included.
    distance : numpy.ndarray
        From the centre.
    word : numpy.ndarray of int, shape (centres + 1,)
        First word of the bits of each centre.
    own, slot : numpy.ndarray of int
        Bits of place p: ``slot[own[p]:own[p + 1]]``.
    place : numpy.ndarray of int
        Place of each event.
    first, event : numpy.ndarray of int
        Events of place p: ``event[first[p]:first[p + 1]]``.
    """

    start: Ints
    held: Ints32
    distance: Floats
    word: Ints
    own: Ints
    slot: Ints32
    place: Ints32
    first: Ints
    event: Ints32

    def within(self, centre: int, size: int) -> Ints32:
        """Events of the circle around a centre that holds so many, nearest first."""
        places = self.held[self.start[centre] : self.start[centre + 1]]
        reached = places[places[:, 1] <= size, 0]
        return np.concatenate([self.event[self.first[one] : self.first[one + 1]] for one in reached])

    def radius(self, centre: int, size: int) -> float:
        """Distance to the last event of the circle around a centre that holds so many."""
        begin, end = self.start[centre], self.start[centre + 1]
        return float(self.distance[begin + np.searchsorted(self.held[begin:end, 1], size, side="right") - 1])


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


def build_circles(centres: Floats, events: Floats, radius_m: float) -> Circles:
    """Find the places of events within a radius of each centre, the radius included."""
    from scipy.spatial import KDTree

    there, back = np.unique(events, axis=0, return_inverse=True)
    place = back.ravel().astype(np.int32)
    number = np.bincount(place, minlength=len(there))
    found = KDTree(centres).sparse_distance_matrix(KDTree(there), radius_m, output_type="ndarray")
    apart = np.round(found["v"], _SAME_PLACES)
    order = np.argsort(found["i"] * (apart.max(initial=0.0) + 1.0) + apart, kind="stable")
    owner, member, distance = found["i"][order], found["j"][order].astype(np.int32), apart[order]
    start = _running(np.bincount(owner, minlength=len(centres)))
    word = _running(-(-np.diff(start) // 64))
    own = _running(np.bincount(member, minlength=len(there)))
    return Circles(
        start,
        np.column_stack([member, _sizes(start, distance, number[member])]),
        distance,
        word,
        own,
        _slots(start, member, word, own),
        place,
        _running(number),
        np.argsort(place, kind="stable").astype(np.int32),
    )


def build_windows(recent: Ints, total: int, floor: int, largest: int) -> Windows:
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
def _sizes(start: Ints, distance: Floats, number: Ints) -> Ints32:
    sizes = np.empty(distance.size, dtype=np.int32)
    for i in range(start.size - 1):
        inside = number[start[i] : start[i + 1]].sum()
        held = inside
        for k in range(start[i + 1] - 1, start[i] - 1, -1):
            if k + 1 < start[i + 1] and distance[k + 1] > distance[k]:
                held = inside
            sizes[k] = held
            inside -= number[k]
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
