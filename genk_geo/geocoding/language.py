"""How likely a written name is a real Flemish street name rather than a misspelling of a known one."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from genk_geo.geocoding.normalise import key_of, packaged_words

if TYPE_CHECKING:
    from collections.abc import Iterable

_LETTERS = 27
_ORDER = 4


@dataclass(frozen=True)
class LetterModel:
    """Letters given the three before them, interpolated down to single letters (Witten and Bell, 1991)."""

    followers: dict[str, dict[str, float]]
    weights: dict[str, float]
    _known: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def train(cls, words: Iterable[str]) -> LetterModel:
        """Count the letters of words."""
        counts: dict[str, Counter[str]] = {}
        for word in words:
            text = "^" * (_ORDER - 1) + word + "$"
            for position in range(_ORDER - 1, len(text)):
                for size in range(_ORDER):
                    context = text[position - size : position]
                    counts.setdefault(context, Counter())[text[position]] += 1
        followers = {
            context: {letter: count / total for letter, count in letters.items()}
            for context, letters in counts.items()
            if (total := letters.total())
        }
        weights = {
            context: letters.total() / (letters.total() + len(letters)) for context, letters in counts.items()
        }
        return cls(followers, weights)

    def log_probability(self, word: str) -> float:
        """Natural logarithm of the probability of a word, its end included."""
        text = "^" * (_ORDER - 1) + word + "$"
        return sum(
            self._log_one(text[position - _ORDER + 1 : position + 1])
            for position in range(_ORDER - 1, len(text))
        )

    def _log_one(self, gram: str) -> float:
        found = self._known.get(gram)
        if found is None:
            found = self._known[gram] = math.log(self._one(gram[:-1], gram[-1]))
        return found

    def _one(self, context: str, letter: str) -> float:
        chance = 1.0 / _LETTERS
        for start in range(len(context), -1, -1):
            part = context[start:]
            weight = self.weights.get(part)
            if weight is None:
                break
            chance = weight * self.followers[part].get(letter, 0.0) + (1 - weight) * chance
        return chance


@cache
def flemish_stems() -> frozenset[str]:
    """Stems of street names that are common in Flanders, from the packaged list."""
    listed = packaged_words("stems.toml")["stems"]
    return frozenset(key_of(word) for group in listed for word in listed[group].split() if group != "parts")


@cache
def rare_stems() -> frozenset[str]:
    """Stems of streets that few municipalities have: weaker evidence than a common stem."""
    listed = packaged_words("stems.toml")["rare"]
    return frozenset(key_of(word) for group in listed for word in listed[group].split())


@cache
def flemish_letters() -> LetterModel:
    """Letter model of the packaged stems."""
    return LetterModel.train(sorted(flemish_stems() | _parts() | rare_stems()))


@cache
def _parts() -> frozenset[str]:
    return frozenset(key_of(word) for word in packaged_words("stems.toml")["stems"]["parts"].split())


# Log-probability that a street of elsewhere has one certain rare stem: a letter taken for another does not
# explain such a name, a letter left out does.
_RARE = -6.0
_JOINTS = ("", "s", "e", "en", "n", "er", "ers")
_SHORTEST_PART = 3


def is_listed(stem: str) -> bool:
    """Whether a stem is on the packaged list of stems that name streets in Flanders."""
    stems = flemish_stems()
    if stem in stems:
        return True
    saint = stem.removeprefix("sint")
    return saint != stem and (saint in stems or saint.removesuffix("s") in stems)


@lru_cache(maxsize=1 << 16)
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
    ways = [flemish_letters().log_probability(stem)]
    one = -math.log(len(flemish_stems()))
    if is_listed(stem):
        ways.append(one)
    if stem in rare_stems() or stem in _parts():
        ways.append(_RARE)
    if any(stem.endswith(end) and is_listed(stem[: -len(end)]) for end in _JOINTS if end):
        ways.append(one - math.log(len(_JOINTS)))
    if _is_joined(stem):
        ways.append(-2 * math.log(len(_parts())) - math.log(len(_JOINTS)))
    return max(ways)


def _is_joined(stem: str) -> bool:
    parts = _parts()
    for cut in range(_SHORTEST_PART, len(stem) - _SHORTEST_PART + 1):
        head, tail = stem[:cut], stem[cut:]
        if tail not in parts:
            continue
        for joint in _JOINTS:
            if head.endswith(joint) and head[: len(head) - len(joint)] in parts:
                return True
    return False
