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
import re
from collections import Counter
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.geocoding.names import typing_errors as typed
from genk_geo.geocoding.names.elsewhere import (
    RARE,
    common_stems,
    general_stems,
    is_listed,
    log_probability_elsewhere,
)
from genk_geo.geocoding.names.index import (
    ABBREVIATED,
    EXACT,
    REVERSED,
    SHORTENED,
    NameIndex,
    bare_name,
    split_type,
)
from genk_geo.geocoding.normalise import key_of, packaged_words, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

#: Scores of a street name by how it was written; each misspelt letter costs more.
SCORES = {EXACT: 1.0, ABBREVIATED: 0.98, REVERSED: 0.96, SHORTENED: 0.9}
EDIT_COST = 0.06

_FEW_LETTERS, _SHORT_FORM = 3, 7
_SHORTEST = 3
_MOST_ALTERNATIVES = 5
# Log-odds that a name nobody knows is a street of elsewhere.
_FOREIGN = math.log(2.5e-4)
# How clear the best must be. That a single letter can have been left out in two places ("Kerstraat") decides
# nothing; names with more errors are weighed finer, or too many that a reader understands would be refused.
_CLEAR = round(math.log(2.1) * typed.UNIT)
_CLEAR_WITH_MORE = round(math.log(1.2) * typed.UNIT)
# More than two typing errors in one name are rarer still than their number says.
_USUAL_ERRORS, _UNUSUAL = 2, 5.0
# How much likelier a listed stem is for a street of elsewhere than its even share of the list: any stem, and
# one that most towns have (log-odds).
_WELL_KNOWN, _COMMON = 3.8, 5.5
# How much a rare street type may say against a street of elsewhere (log-odds).
_LEAST_TYPE = -4.0
# Log-share of street names that end in no street type ("Kouter").
_WITHOUT_TYPE = math.log(0.1)


class StreetMatch(NamedTuple):
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
    tied : int
        How many of these are about as likely as the first.
    """

    street: int
    score: float
    how: str
    alternatives: tuple[int, ...] = ()
    tied: int = 0


class Initial(IntEnum):
    """What the capitals of a written name say about its first letter."""

    UNSAID = 0  # all letters are small, or none is
    CAPITAL = 1  # "Kerfstraat"
    SMALL = 2  # "guido Gezellelaan"
    BEFORE_CAPITAL = 3  # "kErkstraat"


class Written(NamedTuple):
    """What is weighed of a written name: its key, its first letter, and whether it has several words."""

    key: str
    initial: Initial
    several: bool


# Cost of a name without its capital, or with one inside, by one who writes capitals: once in twenty.
_WRONG_CASE = round(math.log(20) * typed.UNIT)
# Cost of a wrong letter that was written as the capital of a name: errors in the first letter are rarer than
# in the others (Yannakoudakis and Fawthrop, 1983), and a letter too many has seldom got the capital.
_WRONG_CAPITAL = round(math.log(6) * typed.UNIT)

UNKNOWN = StreetMatch(-1, 0.0, "unknown")
# The number of a king or a pope at the end of a stem.
_REGNAL = re.compile(r"(?:x{0,3}(?:ii|iii|iv|vi{1,3}|ix))$")
_NUMERAL = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_HOW = {EXACT: "exact", ABBREVIATED: "abbreviated", REVERSED: "reversed", SHORTENED: "shortened"}


def most_edits(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many letters may be wrong in a name of so many letters."""
    return 1 + (sizes > _FEW_LETTERS).astype(np.int64) + (sizes > _SHORT_FORM)


class StreetMatcher:
    """Finds the street that a written name means, among the streets of one city."""

    def __init__(self, index: NameIndex) -> None:
        self.index = index
        plain = np.flatnonzero(index.fuzzy_ways <= ABBREVIATED)
        turned = np.flatnonzero(index.fuzzy_ways == REVERSED)
        self._tiers = [_Tier(index, rows) for rows in (plain, turned) if rows.size]
        self._log_streets = math.log(max(len(index.names), 1))
        self._type_shares = _shares_of_types(index)
        self._streets: list[int] = index.fuzzy_streets.tolist()
        self._first_letters = np.array([ord(key[0]) for key in index.fuzzy_keys], dtype=np.int64)
        self._types = frozenset(packaged_words("words.toml")["types"])

    def lookup(self, key: str) -> StreetMatch | None:
        """Match a key without weighing misspellings; None when it is not a known form."""
        found = self.index.keys.get(key)
        if found is None:
            return None
        way, streets = found
        if len(streets) > 1:
            names = streets[:_MOST_ALTERNATIVES]
            return StreetMatch(-1, 0.0, "ambiguous", names, len(names))
        if way == SHORTENED and _is_elsewhere(key, general_stems()):
            return StreetMatch(-1, 0.0, "unknown", streets)
        return StreetMatch(streets[0], SCORES[way], _HOW[way])

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
        asked = {
            name: Written(key_of(name), _initial(name), _has_words(name)) for name in dict.fromkeys(names)
        }
        known = {key: self.lookup(key) for key in dict.fromkeys(written.key for written in asked.values())}
        found = self._weigh(
            [written for written in dict.fromkeys(asked.values()) if known[written.key] is None]
        )
        return {name: known[written.key] or found[written] for name, written in asked.items()}

    def _weigh(self, questions: list[Written]) -> dict[Written, StreetMatch]:
        """Weigh names that are no known form."""
        result = dict.fromkeys(questions, UNKNOWN)
        asked = [question for question in questions if _SHORTEST <= len(question.key) <= typed.LONGEST]
        for tier in self._tiers:
            if not asked:
                break
            found = self._by_capitals(asked, tier.nearest([question.key for question in asked]))
            costs = found[:, :, typed.COST]
            clear = np.where(found[:, :1, typed.ERRORS] > 1, _CLEAR_WITH_MORE, _CLEAR)
            near = (costs < costs[:, :1] + clear) & (found[:, :, typed.ROW] >= 0)
            tied = near.sum(axis=1).tolist()
            best = found[:, 0].tolist()
            for place in np.flatnonzero(found[:, 0, typed.ROW] >= 0).tolist():
                question = asked[place]
                match = self._decide(question, best[place], tied[place], found[place, :, typed.ROW])
                if match.street >= 0 or not result[question].alternatives:
                    result[question] = match
            asked = [question for question in asked if result[question].how == "unknown"]
        return result

    def _by_capitals(self, asked: list[Written], found: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Order the candidates by what the capitals say, besides the letters.

        "Kerfstraat" is Kerkstraat rather than Erfstraat with a letter before it; "bZandstraat" is
        Zandstraat, and less likely a street that begins with a small B.
        """
        first = np.array([ord(question.key[0]) for question in asked])[:, None]
        second = np.array([ord(question.key[1]) for question in asked])[:, None]
        initial = np.array([question.initial for question in asked])[:, None]
        rows = found[:, :, typed.ROW]
        begins = self._first_letters[rows]
        # A street of elsewhere has two letters of the wrong case in "bZandstraat", Zandstraat has none.
        spared = np.where(begins == second, 2, np.where(begins == first, 0, 1)) * (
            initial == Initial.BEFORE_CAPITAL
        )
        costs = found[:, :, typed.COST] - spared * _WRONG_CASE
        against = np.where(
            begins == first,
            (initial == Initial.SMALL) * _WRONG_CASE,
            (initial == Initial.CAPITAL) * _WRONG_CAPITAL,
        )
        last = np.iinfo(np.int64).max
        order = np.argsort(np.where(rows >= 0, costs + against, last), axis=1, kind="stable")
        ordered = np.take_along_axis(found, order[:, :, None], axis=1)
        costs, against = (np.take_along_axis(part, order, axis=1) for part in (costs, against))
        # The best keeps its own cost, so that its capital makes no name more like one from elsewhere.
        ordered[:, :, typed.COST] = costs + against - against[:, :1]
        return ordered

    def _decide(
        self, written: Written, best: list[int], tied: int, rows: npt.NDArray[np.int64]
    ) -> StreetMatch:
        """Weigh the likeliest streets against each other and against a street from elsewhere."""
        name = self.index.names[self._streets[best[typed.ROW]]]
        # Words in a name that has none are one more error ("Acht-Meistraat" for Achterstraat).
        parted = typed.ONE_MORE / typed.UNIT if written.several and not _has_words(name) else 0.0
        elsewhere = self._log_odds(written.key, best) < parted
        if not elsewhere and tied == 1:
            score = SCORES[ABBREVIATED] - EDIT_COST * best[typed.ERRORS]
            return StreetMatch(self._streets[best[typed.ROW]], round(score, 4), "misspelt")
        names = tuple(self._streets[row] for row in rows[:_MOST_ALTERNATIVES].tolist() if row >= 0)
        if elsewhere:
            return StreetMatch(-1, 0.0, "unknown", names)
        return StreetMatch(-1, 0.0, "ambiguous", names, min(tied, len(names)))

    def _log_odds(self, key: str, found: list[int]) -> float:
        """Log-odds of a known street, misspelt, against a street from elsewhere as it is written."""
        row, cost, errors, split, cost_before, errors_before = found
        known = self.index.fuzzy_keys[row]
        begin, end = self.index.fuzzy_stems[row]
        kind = known[end:] if begin == 0 else ""
        if _has_other_number(key, known[begin:end], kind):
            return -math.inf
        written_stem, written = split_type(key)
        elsewhere = math.inf
        if kind and written and not kind.endswith(written):
            elsewhere = self._against_type(found, written_stem, written)
            if elsewhere == -math.inf or len(written_stem) == split:
                return elsewhere
        if kind and key.endswith(kind):
            # The type is untouched, so every error is in the stem, also one where the two meet.
            stem = key[: -len(kind)]
        elif begin == 0:
            stem, kind, cost, errors = key[:split], key[split:], cost_before, errors_before
        else:
            stem, kind, cost, errors = key[split:], key[:split], cost - cost_before, errors - errors_before
        if errors == 0 and kind in self._types:
            return -math.inf
        odds = elsewhere
        if kind not in self._types:
            # Perhaps the end that is no street type belongs to a name without one.
            odds = min(
                odds,
                self._against(key, found[typed.COST], found[typed.ERRORS]) - _WITHOUT_TYPE,
            )
        if errors > 0:
            odds = min(odds, self._against(stem, cost, errors, kind))
        if _is_elsewhere(key) and stem + "s" != known[begin:end] != stem.removesuffix("s"):
            likelier = _COMMON if split_type(key)[0] in common_stems() else _WELL_KNOWN
            return odds - likelier if errors == 1 else -math.inf
        return odds

    def _against_type(self, found: list[int], stem: str, kind: str) -> float:
        """Log-odds of a misspelt street type against a street of the type that is written."""
        _, cost, errors, split, _, errors_before = found
        if len(stem) != split:
            # "Stadsplei" is a misspelt "Stadsplein" rather than the "lei" of a "Stadsp".
            return self._against(stem, cost, errors, kind) if errors - errors_before <= 1 else -math.inf
        if errors > 1 or is_listed(stem) or log_probability_elsewhere(stem) >= RARE:
            # "Astridplein" is no misspelt "Astridlaan": another type in full is another street.
            return -math.inf
        # "Troisdorfbaan" is one letter off; the name is no more than rare elsewhere, however odd its letters.
        misspelt = -(cost - typed.ONE_MORE) / typed.UNIT - self._log_streets
        return misspelt - _FOREIGN - RARE - self._type_shares[kind]

    def _against(self, stem: str, cost: int, errors: int, kind: str = "") -> float:
        """Log-odds of typing errors of this cost against a stem from elsewhere with this street type."""
        misspelt = -(cost - typed.ONE_MORE) / typed.UNIT - self._log_streets
        if errors > _USUAL_ERRORS:
            misspelt -= _UNUSUAL
        return misspelt - _FOREIGN - log_probability_elsewhere(stem) - self._type_shares.get(kind, 0.0)


def _shares_of_types(index: NameIndex) -> dict[str, float]:
    """Log-share of each street type, against the commonest one ("baan" is much rarer than "straat")."""
    counts = Counter(split_type(key_of(bare_name(name)))[1] for name in index.names)
    del counts[""]
    most = max(counts.values(), default=1)
    return {
        kind: max(math.log((counts[kind] + 1) / (most + 1)), _LEAST_TYPE)
        for kind in packaged_words("words.toml")["types"]
    }


def _initial(name: str) -> Initial:
    """What the capitals of a written name say about its first letter."""
    if name.islower() or name.isupper() or not name[:1].isalpha():
        return Initial.UNSAID
    if name[0].isupper():
        return Initial.CAPITAL
    return Initial.BEFORE_CAPITAL if name[1:2].isupper() else Initial.SMALL


def _is_elsewhere(key: str, stems: frozenset[str] | None = None) -> bool:
    """Whether a key is a listed stem with a street type."""
    stem, kind = split_type(key)
    return bool(kind) and is_listed(stem, stems)


def _has_words(name: str) -> bool:
    """Whether a name has several words, besides its street type and its initials."""
    if name.isalpha():
        return False
    types = packaged_words("words.toml")["types"]
    return sum(len(word) > 1 and word not in types for word in tokens_of(name)) > 1


def _has_other_number(key: str, stem: str, kind: str) -> bool:
    """Whether a key has another number than a known stem: Leopold II is not Leopold III."""
    digits = _digits(stem)
    if digits and digits != _digits(key):
        return True
    if key[0].isdigit() and not stem[:1].isdigit():
        return True  # "1 Meilaan" names another street than any without a number, as "Meilaan" does
    number = _REGNAL.search(stem)
    if number is None:
        return False
    before = stem[: number.start()][-_SHORTEST:]
    written = re.search(before + "([ivx]+)(.*)", key)
    if written is None or written[1] == number[0]:
        return False
    # "Leopold IIII-laan" and "Leopold ITII-laan" have no number: they are misspelt.
    return _NUMERAL.fullmatch(written[1]) is not None and len(written[2]) <= len(kind) + 1


def _digits(key: str) -> str:
    return "".join(letter for letter in key if letter.isdigit())


class _Tier:
    """Keys of the known streets that are weighed together, from the shortest to the longest."""

    def __init__(self, index: NameIndex, rows: npt.NDArray[np.int64]) -> None:
        sizes = np.array([len(index.fuzzy_keys[row]) for row in rows], dtype=np.int64)
        self._rows = rows = rows[np.argsort(sizes, kind="stable")]
        self._keys = typed.Keys([index.fuzzy_keys[row] for row in rows])
        self._streets = index.fuzzy_streets[rows]
        self._turned = bool((index.fuzzy_ways[rows] == REVERSED).all())
        cuts = [end if begin == 0 else begin for begin, end in (index.fuzzy_stems[row] for row in rows)]
        self._cuts = np.where(index.fuzzy_ways[rows] == ABBREVIATED, -1, 1) * np.array(cuts, dtype=np.int64)

    def nearest(self, keys: list[str]) -> npt.NDArray[np.int64]:
        """Likeliest streets of each key, with rows of the index."""
        written = typed.Keys(keys)
        sizes = written.sizes
        most = np.minimum(most_edits(sizes), 1) if self._turned else most_edits(sizes)
        # A short abbreviated form says too little for a second error.
        reach = np.column_stack([most, most - (sizes <= _SHORT_FORM)])
        found = typed.nearest(written, self._keys, self._streets, self._cuts, reach)
        rows = found[:, :, typed.ROW]
        found[:, :, typed.ROW] = np.where(rows >= 0, self._rows[rows], -1)
        return found
