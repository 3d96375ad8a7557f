"""How likely a known name is to be typed as the written one: a weighted edit distance, compiled.

A name passes through a channel that drops, adds, replaces and swaps letters. Every kind of error and every
place in the name is as likely; which letter comes out is not: half of the wrong letters are any letter, half
are the letters beside the right one on the Belgian keyboard, or those that sound the same. A letter more or
less beside its like ("Beerkenlaan") can have happened in two places, so it counts twice.

The weights are whole numbers (thousandths of a natural logarithm), so that every machine finds the same.
The recursion is the optimal string alignment of Damerau (1964) with the costs of Kernighan, Church and Gale
(1990).
"""

from __future__ import annotations

import math
import string
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Letters = npt.NDArray[np.uint8]
    Sets = npt.NDArray[np.uint64]

#: One natural logarithm, as a whole number.
UNIT = 1000
#: Cost of one more error, whatever it is.
ONE_MORE = round(math.log(20) * UNIT)
#: Longest key that can be weighed: one letter a bit.
LONGEST = 64
#: Streets that are kept as alternatives of a written name.
KEPT = 6
#: Columns of the answer: row of the known key, cost, errors, where the written stem ends, cost and errors
#: up to there.
ROW, COST, ERRORS, SPLIT, COST_BEFORE, ERRORS_BEFORE = range(6)

_ALPHABET = string.ascii_lowercase + string.digits
_BAND = 3
_FAR = 1 << 30
# Streets this much less likely than the best are no alternatives.
_BEHIND = 8 * UNIT
_KEYBOARD = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_SOUNDS = ("aeiouy", "dt", "bp", "fvw", "sz", "ckq", "gh", "mn", "ijy", "uw", "lr")
_ANY = round(math.log(2 * len(string.ascii_lowercase)) * UNIT)
_LIKELY = round(math.log(10) * UNIT)
_DOUBLED = round(math.log(4) * UNIT)
_TWICE = round(math.log(2) * UNIT)


def _likely_pairs() -> set[tuple[str, str]]:
    """Letters that are taken for each other: beside each other on the keyboard, or of one sound."""
    pairs = {(one, other) for group in _SOUNDS for one in group for other in group}
    for row in _KEYBOARD:
        pairs |= {pair for one, other in pairwise(row) for pair in ((one, other), (other, one))}
    for above, below in pairwise(_KEYBOARD):
        for place, letter in enumerate(below):
            for upper in above[place : place + 2]:
                pairs |= {(letter, upper), (upper, letter)}
    return pairs


def _letter_costs() -> npt.NDArray[np.int64]:
    """Cost of typing one letter for another."""
    costs = np.full((len(_ALPHABET), len(_ALPHABET)), _ANY, dtype=np.int64)
    for one, other in _likely_pairs():
        costs[_ALPHABET.index(one), _ALPHABET.index(other)] = _LIKELY
    np.fill_diagonal(costs, 0)
    return costs


_COSTS = _letter_costs()
_CODE = np.full(256, 255, dtype=np.uint8)
_CODE[np.frombuffer(_ALPHABET.encode(), dtype=np.uint8)] = np.arange(len(_ALPHABET), dtype=np.uint8)


class Keys:
    """Keys as numbers, one after the other, with the set of letters of each."""

    def __init__(self, keys: Sequence[str]) -> None:
        text = "".join(keys).encode("ascii")
        self.sizes = np.fromiter(map(len, keys), np.int64, len(keys))
        self.letters = _CODE[np.frombuffer(text, dtype=np.uint8)]
        self.starts = np.concatenate(([0], np.cumsum(self.sizes)))
        self.sets = _letter_sets(self.letters, self.starts)


def nearest(
    written: Keys,
    known: Keys,
    streets: npt.NDArray[np.int64],
    cuts: npt.NDArray[np.int64],
    reach: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Find the streets that each written key most likely means.

    Parameters
    ----------
    written, known : Keys
        Keys as written, and keys of the known streets; these from the shortest to the longest.
    streets : numpy.ndarray
        Street of each known key.
    cuts : numpy.ndarray
        Place in each known key that parts stem and type.
    reach : numpy.ndarray, shape (written, 2)
        Most errors allowed: in keys as they are, and in abbreviated ones (where ``cuts`` is negative, the
        key is abbreviated and its place is ``-cuts``).

    Returns
    -------
    numpy.ndarray, shape (written, KEPT, 6)
        The likeliest streets, best first, each once; see the column names of this module. Row -1 fills up.
    """
    places = np.array(
        [0] + [round(math.log(4 * size) * UNIT) + ONE_MORE for size in range(1, LONGEST + _BAND + 1)],
        dtype=np.int64,
    )
    of_size = np.searchsorted(known.sizes, np.arange(LONGEST + 2 * _BAND + 2))
    found: npt.NDArray[np.int64] = _nearest(
        written.letters, written.starts, written.sets, known.letters, known.starts, known.sets, of_size,
        streets, cuts, reach, places, _COSTS,
    )  # fmt: skip
    return found


@njit(cache=True, nogil=True)
def _letter_sets(
    letters: Letters,
    starts: Ints,
) -> Sets:
    sets = np.zeros(len(starts) - 1, dtype=np.uint64)
    for row in range(len(starts) - 1):
        for place in range(starts[row], starts[row + 1]):
            sets[row] |= np.uint64(1) << np.uint64(letters[place])
    return sets


@njit(cache=True, nogil=True)
def _differences(one: int, other: int) -> int:
    """Letters in one set and not in the other: the bits of a word, counted in parallel."""
    bits = np.uint64(one) ^ np.uint64(other)
    bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def _added(
    costs: Ints,
    letter: int,
    before: int,
    after: int,
) -> int:
    """Cost of a letter too many between two known ones (-1: none)."""
    if letter in (before, after):
        return _DOUBLED
    if before >= 0 and costs[before, letter] == _LIKELY:
        return _LIKELY
    if after >= 0 and costs[after, letter] == _LIKELY:
        return _LIKELY
    return _ANY


@njit(cache=True, nogil=True)
def _align(  # noqa: C901, PLR0912, PLR0913, PLR0917 # one recursion, four errors
    known: Letters,
    written: Letters,
    cut: int,
    place: int,
    most: int,
    limit: int,
    costs: Ints,
    table: Ints,
    answer: Ints,
) -> bool:
    """Fill `answer` with cost, errors and where the cut lies; False when too far."""
    rows, columns = len(known), len(written)
    # table[layer, row, column]: cost, errors, column at the cut, cost at the cut, errors at the cut
    for i in range(rows + 1):
        low, high = max(0, i - _BAND), min(columns, i + _BAND)
        nearest_row = _FAR
        if low > 0:
            table[0, i, low - 1] = _FAR
        if high < columns:
            table[0, i, high + 1] = _FAR
        for j in range(low, high + 1):
            best, from_i, from_j = _FAR, -1, -1
            if i == 0 and j == 0:
                best = 0
            if i > 0 and j > 0 and table[0, i - 1, j - 1] < _FAR:
                one = costs[known[i - 1], written[j - 1]]
                if one > 0:
                    one += place
                best, from_i, from_j = table[0, i - 1, j - 1] + one, i - 1, j - 1
            if i > 0 and j <= i - 1 + _BAND and table[0, i - 1, j] < _FAR:
                like = i > 1 and known[i - 1] == known[i - 2]
                value = table[0, i - 1, j] + place - (_TWICE if like else 0)
                if value < best:
                    best, from_i, from_j = value, i - 1, j
            if j > low and table[0, i, j - 1] < _FAR:
                before = known[i - 1] if i > 0 else -1
                after = known[i] if i < rows else -1
                value = table[0, i, j - 1] + place + _added(costs, written[j - 1], before, after)
                if value < best:
                    best, from_i, from_j = value, i, j - 1
            if (
                i > 1 and j > 1 and known[i - 1] == written[j - 2] and known[i - 2] == written[j - 1]
                and known[i - 1] != known[i - 2] and table[0, i - 2, j - 2] + place < best
            ):  # fmt: skip
                best, from_i, from_j = table[0, i - 2, j - 2] + place, i - 2, j - 2
            table[0, i, j] = best
            if from_i < 0:
                table[1, i, j] = 0
            else:
                wrong = 1 if best > table[0, from_i, from_j] else 0
                table[1, i, j] = table[1, from_i, from_j] + wrong
                for layer in range(2, 5):
                    table[layer, i, j] = table[layer, from_i, from_j]
            if i == cut or (i == cut + 1 and from_i == cut - 1):
                table[2, i, j] = j if i == cut else j - 1
                table[3, i, j] = best
                table[4, i, j] = table[1, i, j]
            nearest_row = min(nearest_row, best)
        if nearest_row > limit:
            return False
    if table[0, rows, columns] > limit or table[1, rows, columns] > most:
        return False
    for layer in range(5):
        answer[layer + 1] = table[layer, rows, columns]
    return True


@njit(cache=True, nogil=True)
def _keep(
    found: Ints,
    answer: Ints,
    street: int,
    streets: Ints,
) -> None:
    """Put an answer among the kept ones: the cheapest of each street, then the first known key."""
    last = KEPT - 1
    for slot in range(KEPT):
        row = found[slot, ROW]
        if row >= 0 and streets[row] == street:
            if found[slot, COST] <= answer[COST]:
                return
            last = slot
            break
        if row < 0:
            last = slot
            break
    else:
        if found[last, COST] <= answer[COST]:
            return
    # Cell by cell: a row at once takes numba seconds to compile.
    while last > 0 and found[last - 1, COST] > answer[COST]:
        for column in range(6):
            found[last, column] = found[last - 1, column]
        last -= 1
    for column in range(6):
        found[last, column] = answer[column]


@njit(cache=True, nogil=True)
def _errors(masks: Sets, size: int, known: Letters, most: int) -> int:
    """Optimal string alignment distance in bits, one word a key (Hyyrö, 2003); more than `most` if so.

    Every letter that is left can bring the distance down by one, no more: when that is not enough, it stops.
    """
    one, last = np.uint64(1), np.uint64(1) << np.uint64(size - 1)
    rises, falls, zeros, before = ~np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    distance = size
    left = len(known)
    for letter in known:
        here = masks[letter]
        swapped = (((~zeros) & here) << one) & before
        zeros = (((here & rises) + rises) ^ rises) | here | falls | swapped
        up = falls | ~(zeros | rises)
        down = zeros & rises
        if up & last:
            distance += 1
        if down & last:
            distance -= 1
        left -= 1
        if distance - left > most:
            return most + 1
        up = (up << one) | one
        rises = (down << one) | ~(zeros | up)
        falls = up & zeros
        before = here
    return distance


@njit(cache=True, nogil=True)
def _within(  # noqa: PLR0913, PLR0917 # arrays of two sets of keys
    key: Letters,
    key_set: int,
    own: Letters,
    own_starts: Ints,
    own_sets: Sets,
    of_size: Ints,
    cuts: Ints,
    reach: Ints,
    masks: Sets,
    rows: Ints,
    errors: Ints,
) -> int:
    """Known keys within reach, and at most one error further than the nearest.

    Keys of the same length go first: the nearest is found early and little is left to look at.

    Returns
    -------
    int
        The number of keys found; rows and errors are filled in.
    """
    size = len(key)
    masks[:] = 0
    for place in range(size):
        masks[key[place]] |= np.uint64(1) << np.uint64(place)
    count, least, most = 0, _FAR, max(reach[0], reach[1])
    for step in range(2 * _BAND + 1):
        away = (step + 1) // 2
        if away > most:
            break
        length = size + (away if step % 2 else -away)
        if length < 1:
            continue
        for other in range(of_size[length], of_size[length + 1]):
            limit = min(reach[1] if cuts[other] < 0 else reach[0], most)
            if away > limit or _differences(key_set, own_sets[other]) > 2 * limit:
                continue
            distance = _errors(masks, size, own[own_starts[other] : own_starts[other + 1]], limit)
            if distance <= limit:
                rows[count], errors[count] = other, distance
                count += 1
                least = min(least, distance)
                most = min(most, least + 1)
    kept = 0
    for place in range(count):
        if errors[place] <= least + 1:
            rows[kept] = rows[place]
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _nearest(  # noqa: PLR0913, PLR0917 # arrays of two sets of keys
    letters: Letters,
    starts: Ints,
    sets: Sets,
    own: Letters,
    own_starts: Ints,
    own_sets: Sets,
    of_size: Ints,
    streets: Ints,
    cuts: Ints,
    reach: Ints,
    places: Ints,
    costs: Ints,
) -> Ints:
    count = len(starts) - 1
    found = np.full((count, KEPT, 6), -1, dtype=np.int64)
    table = np.zeros((5, LONGEST + _BAND + 2, LONGEST + _BAND + 2), dtype=np.int64)
    answer = np.zeros(6, dtype=np.int64)
    near = np.zeros(len(own_starts), dtype=np.int64)
    errors = np.zeros(len(own_starts), dtype=np.int64)
    masks = np.zeros(256, dtype=np.uint64)
    for row in range(count):
        key = letters[starts[row] : starts[row + 1]]
        size = _within(
            key, sets[row], own, own_starts, own_sets, of_size, cuts, reach[row], masks, near, errors
        )
        for place in range(size):
            other = near[place]
            allowed = reach[row, 1] if cuts[other] < 0 else reach[row, 0]
            length = own_starts[other + 1] - own_starts[other]
            limit = allowed * (places[length] + _ANY)
            if found[row, 0, ROW] >= 0:
                limit = min(limit, found[row, 0, COST] + _BEHIND)
            known = own[own_starts[other] : own_starts[other + 1]]
            if _align(known, key, abs(cuts[other]), places[length], allowed, limit, costs, table, answer):
                answer[ROW] = other
                _keep(found[row], answer, streets[other], streets)
        for slot in range(1, KEPT):
            if found[row, slot, COST] > found[row, 0, COST] + _BEHIND:
                for column in range(6):
                    found[row, slot, column] = -1
    return found
