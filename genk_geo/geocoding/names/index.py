"""The known street names of a city under every key they may be written with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.geocoding.normalise import packaged_words, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

#: How a key was made, the most trusted first.
WAYS = ("exact", "abbreviated", "reversed", "shortened")
EXACT, ABBREVIATED, REVERSED, SHORTENED = range(4)

_MOST_FORMS = 96
# Shorter stems say too little to weigh misspellings of an abbreviated or turned name.
_SHORTEST_STEM = {ABBREVIATED: 3, REVERSED: 4}


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Keys of all street names.

    Attributes
    ----------
    names : tuple of str
        Street names as shown, sorted; a street is its position here.
    keys : dict
        Key -> (way, streets). A key that fits several streets by the same way keeps them all.
    fuzzy_keys, fuzzy_streets, fuzzy_stems, fuzzy_ways : list and arrays
        Keys to compare misspellings with; the stem is the number of letters before the street type.
    """

    names: tuple[str, ...]
    keys: dict[str, tuple[int, tuple[int, ...]]]
    fuzzy_keys: list[str]
    fuzzy_streets: npt.NDArray[np.int64]
    fuzzy_stems: list[tuple[int, int]]
    fuzzy_ways: npt.NDArray[np.int64]

    @classmethod
    def build(cls, names: Iterable[str]) -> NameIndex:
        """Index street names.

        Parameters
        ----------
        names : iterable of str
            Every street of the city; repeated names count once.

        Returns
        -------
        NameIndex
            The index; the order of `names` makes no difference.
        """
        ordered = tuple(sorted({name for name in names if tokens_of(name)}))
        found: dict[str, tuple[int, list[int]]] = {}
        fuzzy: dict[tuple[str, int], tuple[int, int, int]] = {}
        for street, name in enumerate(ordered):
            for way, key, *_ in written_forms(bare_name(name)):
                _add(found, key, way, street)
            for way, key, begin, end in written_forms(bare_name(name), shorts=1):
                if way != SHORTENED and (way == EXACT or end - begin >= _SHORTEST_STEM[way]):
                    fuzzy.setdefault((key, street), (begin, end, way))
        keys = {key: (way, tuple(streets)) for key, (way, streets) in sorted(found.items())}
        rows = sorted((key, street, *rest) for (key, street), rest in fuzzy.items())
        return cls(
            names=ordered,
            keys=keys,
            fuzzy_keys=[row[0] for row in rows],
            fuzzy_streets=np.array([row[1] for row in rows], dtype=np.int64),
            fuzzy_stems=[(row[2], row[3]) for row in rows],
            fuzzy_ways=np.array([row[4] for row in rows], dtype=np.int64),
        )


def bare_name(name: str) -> str:
    """A street name without the municipality that tells it apart: "Kerkstraat (Zonhoven)"."""
    return name.split(" (", maxsplit=1)[0]


def _add(found: dict[str, tuple[int, list[int]]], key: str, way: int, street: int) -> None:
    known = found.get(key)
    if known is None or way < known[0]:
        found[key] = (way, [street])
    elif way == known[0] and street not in known[1]:
        known[1].append(street)


def split_type(word: str) -> tuple[str, str]:
    """Split a last word into stem and street type: ``"kerkstraat"`` -> ``("kerk", "straat")``."""
    types, lengths = _types()
    for length in lengths:
        if word[-length:] in types and len(word) > length + 1:
            return word[:-length], word[-length:]
    return word, ""


@cache
def _types() -> tuple[frozenset[str], tuple[int, ...]]:
    """Street types, and their lengths from the longest on: a longer type goes before one that it ends on."""
    types = frozenset(packaged_words("words.toml")["types"])
    return types, tuple(sorted({len(kind) for kind in types}, reverse=True))


def written_forms(name: str, *, shorts: int | None = None) -> Iterator[tuple[int, str, int, int]]:
    """Every key a name may be written with.

    Parameters
    ----------
    name : str
        Street name as shown.
    shorts : int, optional
        How many short forms of a word to use; all of them by default.

    Yields
    ------
    tuple
        Way (position in :data:`WAYS`), key, and where the stem begins and ends in the key.
    """
    tokens = tokens_of(name)
    *first, last = tokens
    stem, kind = split_type(last)
    if kind == "" and len(tokens) > 1 and last in packaged_words("words.toml")["types"]:
        *first, stem = first
        kind = last
    full = [*first, stem] if stem else first
    kinds = (kind, *packaged_words("words.toml")["types"].get(kind, [])[:shorts])

    yield _form(EXACT, full, kind)
    for words in _shortened_words(full, shorts):
        for end in kinds:
            yield _form(ABBREVIATED, words, end)
        if kind:
            yield from _turned(words, kinds)
    yield from _turned_words(tokens)
    for words in _without_first_names(full):
        for end in kinds:
            yield _form(SHORTENED, words, end)


def _form(way: int, words: Sequence[str], kind: str) -> tuple[int, str, int, int]:
    stem = "".join(words)
    return way, stem + kind, 0, len(stem)


def _turned(words: Sequence[str], kinds: Sequence[str]) -> Iterator[tuple[int, str, int, int]]:
    """Type first: "laan Europa", "plein Sint-Martinus"."""
    stem = "".join(words)
    for kind in kinds:
        yield REVERSED, kind + stem, len(kind), len(kind) + len(stem)
        if len(words) > 1:
            turned = "".join(reversed(words))
            yield REVERSED, kind + turned, len(kind), len(kind) + len(turned)


def _turned_words(tokens: Sequence[str]) -> Iterator[tuple[int, str, int, int]]:
    """Last word first ("Dumontlaan André"), and all words turned ("As naar Weg")."""
    for words in ([tokens[-1], *tokens[:-1]], list(reversed(tokens)), [*tokens[1:], tokens[0]]):
        key = "".join(words)
        if len(tokens) > 1:
            yield REVERSED, key, 0, len(key)


def _shortened_words(words: Sequence[str], shorts: int | None) -> list[tuple[str, ...]]:
    """The words of a name, each in full or shortened ("burg gerard bijnens", "g gezelle")."""
    titles = packaged_words("words.toml")["titles"]
    apart = set(packaged_words("words.toml")["telling_apart"]["words"])
    choices = []
    for position, word in enumerate(words):
        forms = [word, *titles.get(word, [])[:shorts]]
        if shorts is not None:
            forms = [form for form in forms if form == word or len(form) > 1]
        is_name = len(words) > 1 and position < len(words) - 1 and len(word) > 2
        if shorts is None and is_name and word not in apart and word not in titles:
            forms.append(word[0])
        choices.append(tuple(dict.fromkeys(forms)))
    return list(islice(product(*choices), _MOST_FORMS))


def _without_first_names(words: Sequence[str]) -> list[tuple[str, ...]]:
    """A name of a person without title or first name: "Dumontlaan" for "André Dumontlaan"."""
    apart = set(packaged_words("words.toml")["telling_apart"]["words"])
    if len(words) < 2 or apart & set(words):
        return []
    return [tuple(words[start:]) for start in range(1, len(words)) if len("".join(words[start:])) > 3]
