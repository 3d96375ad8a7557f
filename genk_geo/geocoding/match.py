"""Which street a written name means: the known one, none of them, or too close to call.

A written name is first looked up under every key a known street can be written with. What is left is
weighed as a noisy channel: how likely would the known name be misspelt like this, against how likely the
letters are the name of a street that the city does not have. Both the second best street and the unknown
street must be clearly less likely, otherwise the answer is that it is not known.

The weighing of misspellings follows Kernighan, Church and Gale (1990), "A spelling correction program based
on a noisy channel model".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from genk_geo.geocoding.language import is_listed, log_probability_elsewhere
from genk_geo.geocoding.names import ABBREVIATED, EXACT, REVERSED, SHORTENED, NameIndex, split_type
from genk_geo.geocoding.normalise import key_of, packaged_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

#: Scores of a street name by how it was written; each misspelt letter costs more.
SCORES = {EXACT: 1.0, ABBREVIATED: 0.98, REVERSED: 0.96, SHORTENED: 0.9}
EDIT_COST = 0.06

_MOST_EDITS = 3
_SHORT_FORM = 7
_BATCH = 1000
_MOST_ALTERNATIVES = 5
# Log-odds that a name nobody knows is a street of elsewhere, and how clear the best must be.
_FOREIGN = math.log(1e-3)
_CLEAR = math.log(5.0)
# Log-probability of one more typing error.
_ONE_MORE = math.log(0.05)


@dataclass(frozen=True, slots=True)
class StreetMatch:
    """What a written street name means.

    Attributes
    ----------
    street : int
        Position in the index, -1 when none is sure.
    score : float
        0-1, 1 for the name as written in the register.
    how : str
        ``exact``, ``abbreviated``, ``reversed``, ``shortened``, ``misspelt``, ``ambiguous`` or ``unknown``.
    alternatives : tuple of int
        Streets that could be meant when none is sure, the likeliest first.
    """

    street: int
    score: float
    how: str
    alternatives: tuple[int, ...] = ()


UNKNOWN = StreetMatch(-1, 0.0, "unknown")
_HOW = {EXACT: "exact", ABBREVIATED: "abbreviated", REVERSED: "reversed", SHORTENED: "shortened"}


def most_edits(length: int) -> int:
    """How many letters may be wrong in a name of so many letters."""
    return 1 if length <= 3 else 2 if length <= 7 else 3


class StreetMatcher:
    """Finds the street that a written name means, among the streets of one city."""

    def __init__(self, index: NameIndex) -> None:
        self.index = index
        plain = np.flatnonzero(index.fuzzy_ways <= ABBREVIATED)
        turned = np.flatnonzero(index.fuzzy_ways == REVERSED)
        self._tiers = [(rows, [index.fuzzy_keys[row] for row in rows]) for rows in (plain, turned)]
        self._log_streets = math.log(max(len(index.names), 1))
        self._types = frozenset(packaged_words("words.toml")["types"])

    def lookup(self, key: str) -> StreetMatch | None:
        """Match a key without weighing misspellings; None when it is not a known form."""
        found = self.index.keys.get(key)
        if found is None:
            return None
        way, streets = found
        if len(streets) > 1:
            return StreetMatch(-1, 0.0, "ambiguous", streets[:_MOST_ALTERNATIVES])
        if way == SHORTENED and self._is_elsewhere(key):
            return StreetMatch(-1, 0.0, "unknown", streets)
        return StreetMatch(streets[0], SCORES[way], _HOW[way])

    def _is_elsewhere(self, key: str) -> bool:
        stem, kind = split_type(key)
        return bool(kind) and is_listed(stem)

    def match(self, names: Iterable[str]) -> dict[str, StreetMatch]:
        """Match written names; each distinct name is weighed once.

        Parameters
        ----------
        names : iterable of str
            Street names as written.

        Returns
        -------
        dict
            Match of every name. A name's match depends on nothing but the name.
        """
        keys = {name: key_of(name) for name in dict.fromkeys(names)}
        found = {key: self.lookup(key) for key in dict.fromkeys(keys.values())}
        missed = [key for key, match in found.items() if match is None]
        found |= self._weigh(missed)
        return {name: found[key] or UNKNOWN for name, key in keys.items()}

    def _weigh(self, keys: list[str]) -> dict[str, StreetMatch]:
        result = dict.fromkeys(keys, UNKNOWN)
        asked = [key for key in keys if 3 <= len(key) <= 80]
        for turned, (rows, known) in enumerate(self._tiers):
            if not known:
                continue
            for start in range(0, len(asked), _BATCH):
                batch = asked[start : start + _BATCH]
                edits = process.cdist(
                    batch, known, scorer=OSA.distance, score_cutoff=_MOST_EDITS, dtype=np.uint8, workers=1
                )
                for key, row in zip(batch, edits, strict=True):
                    match = self._decide(key, rows, row, turned=bool(turned))
                    if match.street >= 0 or not result[key].alternatives:
                        result[key] = match
            asked = [key for key in asked if result[key].how == "unknown"]
        return result

    def _decide(
        self, key: str, rows: npt.NDArray[np.int64], edits: npt.NDArray[np.uint8], *, turned: bool
    ) -> StreetMatch:
        """Weigh the known names within reach against each other and against a street from elsewhere."""
        reach = most_edits(len(key)) - turned
        # A short abbreviated form says too little for a second error.
        short = len(key) <= _SHORT_FORM
        near = np.flatnonzero(edits <= reach)
        if short:
            abbreviated = self.index.fuzzy_ways[rows[near]] == ABBREVIATED
            near = near[edits[near] <= reach - abbreviated]
        if near.size == 0:
            return UNKNOWN
        nearest = int(edits[near].min())
        near = near[edits[near] <= nearest + 1]
        weighed: dict[int, tuple[float, float, int]] = {}
        for place in near.tolist():
            row = int(rows[place])
            street = int(self.index.fuzzy_streets[row])
            chance, odds = self._log_chances(key, row, int(edits[place]))
            if street not in weighed or chance > weighed[street][0]:
                weighed[street] = (chance, odds, int(edits[place]))
        ordered = sorted(weighed.items(), key=lambda item: (-item[1][0], item[0]))
        names = tuple(street for street, _ in ordered[:_MOST_ALTERNATIVES])
        street, (chance, odds, count) = ordered[0]
        if odds < 0:
            return StreetMatch(-1, 0.0, "unknown", names)
        if len(ordered) > 1 and chance - ordered[1][1][0] < _CLEAR:
            return StreetMatch(-1, 0.0, "ambiguous", names)
        return StreetMatch(street, round(SCORES[ABBREVIATED] - EDIT_COST * count, 4), "misspelt")

    def _log_chances(self, key: str, row: int, edits: int) -> tuple[float, float]:
        """Log-probability of this misspelling, and its log-odds against a street from elsewhere."""
        known = self.index.fuzzy_keys[row]
        begin, end = self.index.fuzzy_stems[row]
        operations = [(op.tag, op.src_pos) for op in Levenshtein.editops(known, key)]
        swaps = len(operations) - edits
        chance = _typing_chance([tag for tag, _ in operations], swaps, len(known)) + edits * _ONE_MORE
        stem, kind, wrong = _written_parts(key, known, begin, end, operations)
        if not wrong:
            return chance, (-math.inf if kind in self._types else math.inf)
        if self._is_elsewhere(key) and stem + "s" != known[begin:end] != stem.removesuffix("s"):
            return chance, -math.inf
        misspelt = _typing_chance(wrong, swaps, len(known)) - self._log_streets
        return chance, misspelt - _FOREIGN - log_probability_elsewhere(stem)


_GROWTH = {"insert": 1, "delete": -1, "replace": 0}


def _written_parts(
    key: str, known: str, begin: int, end: int, operations: list[tuple[str, int]]
) -> tuple[str, str, list[str]]:
    """Stem and type as they were written, and the errors in the stem."""
    own_kind = known[end:] if begin == 0 else ""
    if own_kind and key.endswith(own_kind):
        # The type is untouched, so every error is in the stem, also one where the two meet.
        return key[: -len(own_kind)], own_kind, [tag for tag, _ in operations]
    grown_before = sum(_GROWTH[tag] for tag, place in operations if place < begin)
    grown_until = sum(_GROWTH[tag] for tag, place in operations if place < end)
    stem = key[begin + grown_before : end + grown_until]
    kind = key[end + grown_until :] if begin == 0 else key[: begin + grown_before]
    return stem, kind, [tag for tag, place in operations if begin <= place < end]


def _typing_chance(errors: list[str], swaps: int, length: int) -> float:
    """Log-probability of typing errors: each kind and place as likely, each wrong letter as likely.

    Of the errors, each pair that is a swap of two neighbours counts as one.
    """
    place = -math.log(4.0 * length)
    letter = place - math.log(25.0)
    inserted, deleted, replaced = (errors.count(tag) for tag in ("insert", "delete", "replace"))
    swapped = min(swaps, replaced // 2)
    replaced -= 2 * swapped
    more = min(swaps - swapped, inserted, deleted)
    swapped, inserted, deleted = swapped + more, inserted - more, deleted - more
    return (swapped + deleted) * place + (inserted + replaced) * letter
