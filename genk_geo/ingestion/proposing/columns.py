"""Which column is which field: names first, unless the values contradict; then values alone."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from genk_geo.ingestion.reading.header import comparison_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genk_geo.ingestion.proposing.values_seen import Pair, Seen

    Found = dict[str, list[str]]

# Below this likeness (0 to 100) a name is not proposed for a field.
_LEAST = 82.0
_REPORTED = (
    "report", "rptd", "gemeld", "creat", "open", "melding", "aangifte", "aangemaakt", "received", "constat",
)  # fmt: skip
_CLOSED = (
    "clos", "updat", "resol", "modif", "due", "afge", "sluit", "wijzig", "einde", "end", "tot", "fin",
)  # fmt: skip
_KINDS = (
    "type", "soort", "categ", "desc", "offen", "crime", "natu", "aard", "feit", "delict", "delikt", "kind",
    "problem",
)  # fmt: skip
_DAYS = ("datum", "date", "dat", "dag", "jour", "tag", "dt", "dia", "fecha")
_CLOCKS = ("uur", "tijd", "time", "hour", "heure", "zeit", "hora", "hrmn", "stunde")
# How long something took is written as a time of the day is.
_LENGTHS = (
    "respon",
    "duur",
    "durat",
    "duree",
    "dauer",
    "reac",
    "aanrij",
    "wacht",
    "wait",
    "elapsed",
    "interval",
)
_NUMBERS = ("id", "nr", "num", "key", "ref", "code", "case", "no", "dossier", "zaak")


@cache
def synonyms() -> dict[str, list[str]]:
    """Field -> words that suppliers use for it."""
    return tomllib.loads(
        (resources.files("genk_geo.ingestion.proposing") / "synonyms.toml").read_text(encoding="utf-8")
    )


def assigned(
    names: Sequence[str], seen: Seen, *, located: bool, nameless: bool = False
) -> tuple[Found, Pair | None]:
    """Columns of each field.

    Parameters
    ----------
    names : sequence of str
        Column names of the file.
    seen : Seen
        Their values.
    located : bool
        True for a geometry layer, which needs no columns to say where.
    nameless : bool
        True where the file gives no names: only the values say what a column is.

    Returns
    -------
    found : dict of str to list of str
        Field -> columns, in the order of the fields.
    pair : Pair or None
        The coordinates, with their system.
    """
    found = {} if nameless else _by_name(names, seen)
    pair = None if located else _coordinates(names, found, seen)
    if pair is not None:
        found["x"], found["y"] = [pair.x], [pair.y]
    elif not located and {"x", "y"} <= set(found) and len(seen.filled(found["x"][0])) > 1:
        del found["x"], found["y"]  # numbers, but nowhere near the city in any system
    _by_value(names, found, seen, located=located or pair is not None, nameless=nameless)
    return {field: found[field] for field in synonyms() if field in found}, pair


def _by_name(names: Sequence[str], seen: Seen) -> Found:
    """Best pairs of field and column first, each column once; weak road users take several columns."""
    scores = sorted(
        (
            (_likeness(name, words), -order, -position, field, name)
            for order, (field, words) in enumerate(synonyms().items())
            for position, name in enumerate(names)
        ),
        reverse=True,
    )
    found: Found = {}
    used: set[str] = set()
    for score, _, _, field, name in scores:
        if score < _LEAST or name in used or (field in found and field != "weak_road_user"):
            continue
        if seen.contradicts(name, field):
            continue
        found.setdefault(field, []).append(name)
        used.add(name)
    return found


def _likeness(name: str, words: Sequence[str]) -> float:
    key = comparison_key(name)
    if not key:
        return 0.0
    best = 0.0
    for position, word in enumerate(words):
        other = comparison_key(word)
        # short names agree by chance: they must be equal
        score = fuzz.ratio(key, other) if min(len(key), len(other)) > 3 else 100.0 * (key == other)
        best = max(best, score - 0.01 * position)
    return best


def _coordinates(names: Sequence[str], found: Found, seen: Seen) -> Pair | None:
    """The columns with the places: as named, else the pair of numbers that lies in the city."""
    if {"x", "y"} <= set(found):
        named = seen.pair_of(found["x"][0], found["y"][0])
        if named is not None:
            return named
    taken = {name for field, columns in found.items() if field not in {"x", "y"} for name in columns}
    free = [name for name in names if name not in taken and seen.filled(name).size > 1]
    numeric = [name for name in free if not seen.contradicts(name, "x")]
    best: Pair | None = None
    for place, one in enumerate(numeric[:12]):
        for other in numeric[place + 1 : 12]:
            pair = seen.pair_of(one, other)
            if pair is not None and pair.share > 0.5 and (best is None or pair.share > best.share + 0.01):
                best = pair
    return best


def _by_value(
    names: Sequence[str], found: Found, seen: Seen, *, located: bool, nameless: bool = False
) -> None:
    """Fill what is missing by the values of the columns that are left."""

    def left(fits: Callable[[str], bool], words: Sequence[str], *, only: bool = False) -> str | None:
        used = {name for columns in found.values() for name in columns}
        free = [name for name in names if name not in used]
        told = [name for name in free if any(word in comparison_key(name) for word in words)]
        others = [] if only else [name for name in free if name not in told]
        return next((name for name in (*told, *others) if len(seen.filled(name)) > 1 and fits(name)), None)

    if "from_date" not in found and not {"year", "month"} <= set(found):
        free = left(lambda name: seen.is_date(name) and not _means(name, (*_REPORTED, *_CLOSED)), ())
        if free is None:  # whole numbers are days where the name says so
            told = [
                name for name in names if _means(name, _DAYS) and not _means(name, (*_REPORTED, *_CLOSED))
            ]
            free = left(lambda name: name in told and seen.is_packed_date(name), ())
        if free is not None:
            found["from_date"] = [free]
        elif "reported_date" not in found and (free := left(seen.is_date, _REPORTED)) is not None:
            found["reported_date"] = [free]
    if "from_time" not in found and "from_date" in found and not seen.has_clock(found["from_date"][0]):
        others = (*_REPORTED, *_CLOSED, *_LENGTHS)
        free = left(
            lambda name: seen.is_clock(name, named=_means(name, _CLOCKS)) and not _means(name, others),
            _CLOCKS,
        )
        found |= {} if free is None else {"from_time": [free]}
    wanted = [
        ("source_id", left(seen.is_number_of_reports, _NUMBERS, only=not nameless)),
        ("category", left(lambda name: seen.is_category(name) and _worded(name, seen), _KINDS)),
    ]
    found |= {field: [free] for field, free in wanted if field not in found and free is not None}
    if not (located or "address" in found or "street" in found):
        free = left(seen.is_pair, ()) or left(seen.is_address, ())
        found |= {"address": [free]} if free is not None else {}


def _means(name: str, words: Sequence[str]) -> bool:
    key = comparison_key(name)
    return any(word in key for word in words)


def _worded(name: str, seen: Seen) -> bool:
    """Whether the values are words: a column of flags or codes is no category."""
    return bool(seen.filled(name).str.contains(r"[^\W\d_]{3}", regex=True).mean() > 0.8)
