"""How likely a written name is a real Flemish street name rather than a misspelling of a known one."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from genk_geo.geocoding.normalise import key_of, packaged_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

_ORDER = 4
# Letters, and the end of a word: what can follow.
_LETTERS = 27
# Numbers of the letters in the tables: the front of a word, a to z, any other sign, the end of a word.
_FRONT, _FIRST, _OTHER, _END, _SIGNS = 0, 1, 27, 28, 29
_CODES = np.full(256, _OTHER, dtype=np.int64)
_CODES[ord("a") : ord("z") + 1] = np.arange(_FIRST, _OTHER)
_CODES[ord("^")], _CODES[ord("$")] = _FRONT, _END
# Whole numbers, so that every machine finds the same: thousandths of a natural logarithm.
_UNIT = 1000


class LetterModel:
    """Letters given the three before them, interpolated down to single letters (Witten and Bell, 1991)."""

    def __init__(self, words: Iterable[str]) -> None:
        text = "".join("^" * (_ORDER - 1) + word + "$" for word in words)
        signs = _CODES[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]
        ends = np.flatnonzero(signs != _FRONT)
        chance = np.full((1, _SIGNS), 1.0 / _LETTERS)
        gram = np.zeros(len(ends), dtype=np.int64)
        for size in range(_ORDER):
            if size:
                gram += signs[ends - size] * _SIGNS ** (size - 1)
                chance = np.tile(chance, (_SIGNS, 1))
            counts = np.bincount(gram * _SIGNS + signs[ends], minlength=_SIGNS ** (size + 1))
            counts = counts.reshape(-1, _SIGNS)
            total = counts.sum(axis=1, keepdims=True)
            weight = total / np.maximum(total + (counts > 0).sum(axis=1, keepdims=True), 1)
            chance = weight * counts / np.maximum(total, 1) + (1 - weight) * chance
        self._logs = np.rint(np.log(chance) * _UNIT).astype(np.int32).ravel()

    def log_probability(self, word: str) -> float:
        """Natural logarithm of the probability of a word, its end included."""
        letters = np.frombuffer(word.encode("ascii"), dtype=np.uint8)
        return float(_sum_of_logs(letters, _CODES, self._logs)) / _UNIT


@njit(cache=True, nogil=True)
def _sum_of_logs(
    letters: npt.NDArray[np.uint8], codes: npt.NDArray[np.int64], logs: npt.NDArray[np.int32]
) -> int:
    total, context = 0, 0
    for letter in letters:
        gram = context * _SIGNS + codes[letter]
        total += logs[gram]
        context = gram % _SIGNS ** (_ORDER - 1)
    return int(total + logs[context * _SIGNS + _END])


@cache
def flemish_stems() -> frozenset[str]:
    """Stems of street names in Flanders, from the packaged lists."""
    return general_stems() | _stems_in("names/stems_towns.toml") | _stems_in("names/stems_themes.toml")


@cache
def general_stems() -> frozenset[str]:
    """Stems that are widespread: most of them words, few of them names of persons."""
    return common_stems() | _stems_in("names/stems.toml")


def _stems_in(name: str) -> frozenset[str]:
    groups = packaged_words(name)["stems"]
    return frozenset(key_of(word) for group in groups if group != "parts" for word in groups[group].split())


@cache
def common_stems() -> frozenset[str]:
    """Stems of streets that most municipalities have."""
    return frozenset(key_of(word) for word in packaged_words("names/stems.toml")["common"]["names"].split())


@cache
def rare_stems() -> frozenset[str]:
    """Stems of streets that few municipalities have: weaker evidence than a common stem."""
    listed = packaged_words("names/stems.toml")["rare"]
    return frozenset(key_of(word) for group in listed for word in listed[group].split())


@cache
def flemish_letters() -> LetterModel:
    """Letter model of the packaged stems."""
    return LetterModel(sorted(flemish_stems() | _parts() | rare_stems()))


@cache
def _parts() -> frozenset[str]:
    return frozenset(key_of(word) for word in packaged_words("names/stems.toml")["stems"]["parts"].split())


#: Log-probability that a street of elsewhere has one certain rare stem: a letter taken for another does not
#: explain such a name, a letter left out does.
RARE = -6.0
_JOINTS = ("", "s", "e", "en", "n", "er", "ers")
_SHORTEST_PART = 3


def is_listed(stem: str, stems: frozenset[str] | None = None) -> bool:
    """Whether a stem, with or without "Sint" before it, is on a list; that of all stems unless told."""
    stems = flemish_stems() if stems is None else stems
    if stem in stems:
        return True
    saint = stem.removeprefix("sint")
    return saint != stem and (saint in stems or saint.removesuffix("s") in stems)


def log_probability_elsewhere(stem: str) -> float:
    """Log-probability that a street of somewhere else has this stem.

    The best of four ways to make a name: a listed stem, a listed stem with a joint (``kern`` + ``e``), two
    listed parts with or without a joint (``stad`` + ``s`` + ``park``), or letters that follow each other as
    they do in listed stems.

    Parameters
    ----------
    stem : str
        Key of a name without its street type.

    Returns
    -------
    float
        Natural logarithm, negative.
    """
    stems, parts = flemish_stems(), _parts()
    ways = [flemish_letters().log_probability(stem)]
    one = -math.log(len(stems))
    if is_listed(stem):
        ways.append(one)
    if stem in rare_stems() or stem in parts:
        ways.append(RARE)
    if stem.endswith(_JOINTS[1:]) and any(
        stem.endswith(end) and is_listed(stem[: -len(end)]) for end in _JOINTS[1:]
    ):
        ways.append(one - math.log(len(_JOINTS)))
    if _is_joined(stem):
        ways.append(-2 * math.log(len(parts)) - math.log(len(_JOINTS)))
    return max(ways)


def _is_joined(stem: str) -> bool:
    parts = _parts()
    for cut in range(_SHORTEST_PART, len(stem) - _SHORTEST_PART + 1):
        if stem[cut:] not in parts:
            continue
        head = stem[:cut]
        for joint in _JOINTS:
            if head.endswith(joint) and head[: len(head) - len(joint)] in parts:
                return True
    return False
