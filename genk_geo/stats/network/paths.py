"""Compiled spreading of events along a network.

The paths out of an end of a segment are found once, for all events on it. Lengths are whole micrometres, so
that paths over the same streets in another order have exactly the same length and are taken together. Paths
are followed in order of their length: what is to be added to a state has arrived when its turn comes.

Where streets are short against the bandwidth there are more paths than can be followed one by one. What
leaves such an end goes on as a wave instead: all that enters an arm after about the same distance is one
number. The equal-split rule is linear and knows no past, so this is the same sum, with distances rounded.
"""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.network.reach import Spots
    from genk_geo.stats.network.streets import Streets

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

log = logging.getLogger(__name__)

#: With more paths than this out of one end, its events travel as a wave.
MOST_PATHS = 4096
# Fewer busy segments than this are done before a thread has started.
_WORTH_A_THREAD = 200
#: Steps of the wave in a bandwidth; splitting between two steps errs by about a millionth of the peak.
WAVE_STEPS = 1024


class Rule(NamedTuple):
    """How events spread.

    Attributes
    ----------
    bandwidth_m : float
        Reach of the kernel.
    kernel : tuple of float
        Coefficients of u, u^3 and u^5 in the kernel's integral from 0 to u.
    continuous : bool
        Equal-split continuous rule, else discontinuous.
    tolerance : float
        Paths that carry less than this part of an event are left.
    """

    bandwidth_m: float
    kernel: tuple[float, float, float]
    continuous: bool
    tolerance: float


class _Events(NamedTuple):
    """Events by segment: those of ``busy[i]`` stand at ``bounds[i]:bounds[i + 1]``, in its direction."""

    busy: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int64]
    along_m: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]


class _Load(NamedTuple):
    """Events of one segment by their distance from one of its ends, nearest first."""

    away_m: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]


class _Paths(NamedTuple):
    """Room for the paths out of one end: a heap of those to follow, and those found with what they carry."""

    keys: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    found: npt.NDArray[np.int64]
    shares: npt.NDArray[np.float64]


def spread(
    streets: Streets,
    piece_start: Ints,
    spots: Spots,
    weight: Floats,
    rule: Rule,
    *,
    most_paths: int = MOST_PATHS,
) -> Floats:
    """Mass of all events on each piece.

    Parameters
    ----------
    streets : Streets
        The network.
    piece_start : numpy.ndarray of int, shape (segments + 1,)
        Its pieces, as in ``Pieces``.
    spots : Spots, n of them
        Where each event is.
    weight : numpy.ndarray, shape (n,)
        Of each event.
    rule : Rule
        Kernel and what happens at nodes.
    most_paths : int
        From where on a wave is used.

    Returns
    -------
    numpy.ndarray, shape (pieces,)
        Weight of events; continuous: adds up to the sum of the weights.
    """
    events = _by_segment(streets, spots, weight)
    busy = events.busy
    workers = min(os.cpu_count() or 1, max(1, len(busy) // _WORTH_A_THREAD))

    def run(part: Ints) -> tuple[Floats, Ints]:
        mass, many = _spread(streets, piece_start, events, part, rule, most_paths)
        return mass, many

    # Threads that let go of the interpreter cost less than numba's own: those take long to compile.
    parts = [np.arange(worker, len(busy), workers) for worker in range(workers)]
    if workers == 1:
        found = [run(parts[0])]
    else:
        with ThreadPoolExecutor(workers) as pool:
            found = list(pool.map(run, parts))
    mass: Floats = np.sum([part for part, _ in found], axis=0)
    many = np.sort(np.concatenate([ends for _, ends in found]))
    if len(many):
        log.info("%d of %d ends of streets have more than %d paths", len(many), 2 * len(busy), most_paths)
        mass += _wave(streets, piece_start, events, many, rule, WAVE_STEPS)
    return mass


def _by_segment(streets: Streets, spots: Spots, weight: Floats) -> _Events:
    order = np.lexsort((spots.offset_m, spots.segment))
    ordered = spots.segment[order]
    busy, first = np.unique(ordered, return_index=True)
    bounds = np.append(first, len(ordered)).astype(np.int64)
    along = np.clip(spots.offset_m[order], 0.0, streets.length_um[ordered] / 1e6)
    return _Events(busy, bounds, along, np.ascontiguousarray(weight[order], dtype=np.float64))


@njit(cache=True, nogil=True)
def _beyond(u: float, kernel: tuple[float, float, float]) -> float:
    """Mass of a kernel further away than u bandwidths, on one side."""
    if u >= 1.0:
        return 0.0
    square = u * u
    return float(0.5 - u * (kernel[0] + square * (kernel[1] + square * kernel[2])))


@njit(cache=True, nogil=True)
def _push(keys: Ints, weights: Floats, size: int, key: int, weight: float) -> int:
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if keys[parent] <= key:
            break
        keys[at], weights[at] = keys[parent], weights[parent]
        at = parent
    keys[at], weights[at] = key, weight
    return size + 1


@njit(cache=True, nogil=True)
def _pop(keys: Ints, weights: Floats, size: int) -> int:
    """Take the first away."""
    size -= 1
    key, weight = keys[size], weights[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[at], weights[at] = keys[child], weights[child]
        at = child
    keys[at], weights[at] = key, weight
    return size


@njit(cache=True, nogil=True)
def _deposit(
    mass: Floats,
    arm: int,
    walked: float,
    share: float,
    load: _Load,
    streets: Streets,
    piece_start: Ints,
    rule: Rule,
) -> None:
    """Mass of events on the pieces of an arm that is entered `walked` metres beyond the end of theirs."""
    away, weight, bandwidth, kernel = load.away_m, load.weight, rule.bandwidth_m, rule.kernel
    first, count = piece_start[arm >> 1], piece_start[(arm >> 1) + 1] - piece_start[arm >> 1]
    step = streets.length_um[arm >> 1] / 1e6 / count
    before = 0.0
    for i in range(away.size):
        before += weight[i] * _beyond((away[i] + walked) / bandwidth, kernel)
    for k in range(count):
        reached = walked + (k + 1) * step
        after = 0.0
        for i in range(away.size):
            u = (away[i] + reached) / bandwidth
            if u >= 1.0:
                break
            after += weight[i] * _beyond(u, kernel)
        mass[first + k if arm % 2 == 0 else first + count - 1 - k] += share * (before - after)
        if after == 0.0:
            break
        before = after


@njit(cache=True, nogil=True)
def _direct(mass: Floats, segment: int, load: _Load, streets: Streets, piece_start: Ints, rule: Rule) -> None:
    """Mass of events on the pieces of their own segment, before any junction."""
    along, weight, bandwidth, kernel = load.away_m, load.weight, rule.bandwidth_m, rule.kernel
    first, count = piece_start[segment], piece_start[segment + 1] - piece_start[segment]
    step = streets.length_um[segment] / 1e6 / count
    for i in range(along.size):
        low = max(0, int((along[i] - bandwidth) / step))
        high = min(count, int((along[i] + bandwidth) / step) + 1)
        for k in range(low, high):
            left, right = k * step - along[i], (k + 1) * step - along[i]
            part = _beyond(abs(left) / bandwidth, kernel) - _beyond(abs(right) / bandwidth, kernel)
            if left < 0.0 < right:
                part = 1.0 - _beyond(-left / bandwidth, kernel) - _beyond(right / bandwidth, kernel)
            mass[first + k] += weight[i] * abs(part)


@njit(cache=True, nogil=True)
def _passed(share: float, degree: int, back: bool, continuous: bool) -> float:  # noqa: FBT001 - compiled
    """What goes on over one arm of what arrives at a node."""
    if continuous:
        return share * (2.0 / degree - (1.0 if back else 0.0))
    return 0.0 if back else share / (degree - 1)


@njit(cache=True, nogil=True)
def _follow(streets: Streets, first: int, nearest: float, total: float, rule: Rule, paths: _Paths) -> int:
    """Find the paths out of the end of an arm (``walked um x arms + arm entered``); -1: too many."""
    arm_start, arm, head = streets.arm_start, streets.arm, streets.head
    keys, weights, found, shares = paths.keys, paths.weights, paths.found, paths.shares
    bandwidth, kernel = rule.bandwidth_m, rule.kernel
    arms, size, count = arm.size, 0, 0
    arriving, walked, share = first, 0, 1.0
    while True:
        node = head[arriving]
        degree = arm_start[node + 1] - arm_start[node]
        if size + degree > keys.size:
            return -1
        for k in range(arm_start[node], arm_start[node + 1]):
            passed = _passed(share, degree, arm[k] == (arriving ^ 1), rule.continuous)
            if passed != 0.0:
                size = _push(keys, weights, size, walked * arms + arm[k], passed)
        followed = False
        while size > 0 and not followed:
            key, share = keys[0], weights[0]
            size = _pop(keys, weights, size)
            while size > 0 and keys[0] == key:
                share += weights[0]
                size = _pop(keys, weights, size)
            walked, arriving = key // arms, key % arms
            if abs(share) * _beyond((nearest + walked / 1e6) / bandwidth, kernel) * total < rule.tolerance:
                continue
            if count == found.size:
                return -1
            found[count], shares[count] = key, share
            count += 1
            walked += streets.length_um[arriving >> 1]
            followed = nearest + walked / 1e6 < bandwidth
        if not followed:
            return count


@njit(cache=True, nogil=True)
def _spread(
    streets: Streets, piece_start: Ints, events: _Events, part: Ints, rule: Rule, most_paths: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Mass on the pieces, and the ends (2 x place in ``busy`` + side) that have too many paths."""
    arms = streets.arm.size
    mass = np.zeros(piece_start[-1])
    many, left = np.empty(2 * part.size, dtype=np.int64), 0
    paths = _Paths(
        np.empty(4 * most_paths + 64, dtype=np.int64),
        np.empty(4 * most_paths + 64),
        np.empty(most_paths, dtype=np.int64),
        np.empty(most_paths),
    )
    for at in part:
        s = events.busy[at]
        here = events.along_m[events.bounds[at] : events.bounds[at + 1]]
        weight = events.weight[events.bounds[at] : events.bounds[at + 1]]
        length = streets.length_um[s] / 1e6
        _direct(mass, s, _Load(here, weight), streets, piece_start, rule)
        for side in range(2):
            away = length - here[::-1] if side == 0 else here.copy()  # from the end that is left, ascending
            load = _Load(away, weight[::-1].copy() if side == 0 else weight.copy())
            if away[0] >= rule.bandwidth_m:
                continue
            count = _follow(streets, 2 * s + side, away[0], load.weight.sum(), rule, paths)
            if count < 0:
                many[left] = 2 * at + side
                left += 1
            for k in range(count):
                entered, walked = paths.found[k] % arms, (paths.found[k] // arms) / 1e6
                _deposit(mass, entered, walked, paths.shares[k], load, streets, piece_start, rule)
    return mass, many[:left]


@njit(cache=True, nogil=True)
def _arrive(wave: Floats, arriving: int, step: float, share: float, streets: Streets, rule: Rule) -> None:
    """Scatter what arrives at the end of an arm after so many steps, split between two whole ones."""
    arm_start, arm = streets.arm_start, streets.arm
    whole = int(step)
    if whole >= wave.shape[0]:
        return
    late = step - whole
    node = streets.head[arriving]
    degree = arm_start[node + 1] - arm_start[node]
    for k in range(arm_start[node], arm_start[node + 1]):
        passed = _passed(share, degree, arm[k] == (arriving ^ 1), rule.continuous)
        wave[whole, arm[k]] += passed * (1.0 - late)
        if whole + 1 < wave.shape[0]:
            wave[whole + 1, arm[k]] += passed * late


@njit(cache=True, nogil=True)
def _wave(
    streets: Streets, piece_start: Ints, events: _Events, many: Ints, rule: Rule, steps: int
) -> npt.NDArray[np.float64]:
    """Mass on the pieces of what left the ends in `many`."""
    length_um, arms = streets.length_um, streets.arm.size
    quantum = rule.bandwidth_m / steps
    wave = np.zeros((steps, arms))
    for end in many:
        at, side = end >> 1, end & 1
        s = events.busy[at]
        for i in range(events.bounds[at], events.bounds[at + 1]):
            away = length_um[s] / 1e6 - events.along_m[i] if side == 0 else events.along_m[i]
            _arrive(wave, 2 * s + side, away / quantum, events.weight[i], streets, rule)
    mass = np.zeros(piece_start[-1])
    one = _Load(np.zeros(1), np.ones(1))
    for step in range(steps):
        again = True
        while again:  # what passes a street shorter than a step may arrive in the same step
            again = False
            for entered in range(arms):
                share = wave[step, entered]
                if abs(share) < rule.tolerance:
                    continue
                wave[step, entered] = 0.0
                length = length_um[entered >> 1] / 1e6
                _deposit(mass, entered, step * quantum, share, one, streets, piece_start, rule)
                _arrive(wave, entered, step + length / quantum, share, streets, rule)
                again = again or length < quantum
    return mass
