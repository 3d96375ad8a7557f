"""A seeded generator of the ways in which people write street names, right and wrong."""

from __future__ import annotations

import random
import re
import string
import unicodedata

import pytest

SUFFIXES = {
    "straat": ("str.", "str"),
    "laan": ("ln.", "ln"),
    "steenweg": ("stwg.", "stwg", "stw"),
    "plein": ("pl.", "pl"),
}
TITLES = {
    "Sint-": ("St.-", "St ", "St. ", "St-"),
    "Koningin ": ("Kon. ", "Kon "),
    "Koning ": ("Kon. ", "Kon "),
    "Burgemeester ": ("Burg. ", "Burg "),
    "Pastoor ": ("Past. ", "Past "),
    "Dr. ": ("Dr ", "Dokter "),
}
TYPES = ("straat", "laan", "steenweg", "plein", "plaats", "weg", "park", "hof", "baan", "steeg", "ring")


#: Rows of the keyboard that people in Flanders type on.
KEYBOARD = ("azertyuiop", "qsdfghjklm", "wxcvbn")


def near_keys(letter: str) -> str:
    """Keys beside the key of a letter."""
    for row, keys in enumerate(KEYBOARD):
        if (at := keys.find(letter.lower())) >= 0:
            beside = [keys[i] for i in (at - 1, at + 1) if 0 <= i < len(keys)]
            other = [KEYBOARD[r] for r in (row - 1, row + 1) if 0 <= r < len(KEYBOARD)]
            near = [line[i] for line in other for i in (at - 1, at) if 0 <= i < len(line)]
            return "".join(beside + near)
    return string.ascii_lowercase


class Noise:
    """Ways of writing a name; all drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def typo(self, name: str) -> str:
        """One letter wrong, added, gone, or swapped with its neighbour; never the same text."""
        return self._slipped(name, lambda _: string.ascii_lowercase, "wrong before gone swapped")

    def mistyped(self, name: str) -> str:
        """A finger beside its key, a key twice or beside the right one too, a letter gone, or two swapped."""
        return self._slipped(name, near_keys, "wrong behind double gone swapped")

    def _slipped(self, name: str, letters, kinds: str) -> str:
        while True:
            at = self.random.choice([i for i, letter in enumerate(name) if letter.isalpha()])
            letter, kind = self.random.choice(letters(name[at])), self.random.choice(kinds.split())
            before, here, after = name[:at], name[at], name[at + 1 :]
            swapped = after[:1] + here + after[1:] if after[:1].isalpha() else here + after
            made = (
                before
                + {
                    "wrong": letter + after,
                    "before": letter + here + after,
                    "behind": here + letter + after,
                    "double": here + here.lower() + after,
                    "gone": after,
                    "swapped": swapped,
                }[kind]
            )
            if made.lower() != name.lower():
                return made

    def two_typos(self, name: str) -> str:
        while True:
            made = self.typo(self.typo(name))
            if made.lower() != name.lower():
                return made

    def mistyped_twice(self, name: str) -> str:
        while True:
            made = self.mistyped(self.mistyped(name))
            if made.lower() != name.lower():
                return made

    def abbreviated(self, name: str) -> str | None:
        """Type or title shortened; None when the name has neither."""
        made = name
        for full, shorts in TITLES.items():
            if made.startswith(full):
                made = self.random.choice(shorts) + made[len(full) :]
                break
        for full, shorts in SUFFIXES.items():
            if made.endswith(full) and (made == name or self.random.random() < 0.7):
                made = made[: -len(full)] + self.random.choice(shorts)
                break
        return None if made == name else made

    def abbreviated_with_typo(self, name: str) -> str | None:
        made = self.abbreviated(name)
        return None if made is None else self.typo(made)

    def turned(self, name: str) -> str | None:
        """Type first, or last word first."""
        words = name.split()
        forms = (
            [f"{words[-1]} {' '.join(words[:-1])}", f"{words[-1]}, {' '.join(words[:-1])}"]
            if len(words) > 1
            else []
        )
        for kind in TYPES:
            if name.lower().endswith(kind) and len(name) > len(kind) + 1:
                stem = name[: -len(kind)].rstrip(" -")
                forms.append(f"{kind} {stem}")
                break
        return self.random.choice(forms) if forms else None

    def other_case(self, name: str) -> str:
        return self.random.choice((name.upper(), name.lower(), name.swapcase(), name.title()))

    def without_spaces(self, name: str) -> str:
        return name.replace(" ", "").replace("-", "")

    def with_space(self, name: str) -> str:
        for kind in TYPES:
            if name.lower().endswith(kind) and len(name) > len(kind) + 1:
                return f"{name[: -len(kind)].rstrip(' -')} {name[-len(kind) :]}"
        return name

    def without_accents(self, name: str) -> str:
        apart = unicodedata.normalize("NFD", name)
        return "".join(letter for letter in apart if not unicodedata.combining(letter))

    def dressed(self, street: str, wijk: str = "") -> str:
        """The street inside a whole address."""
        number = self.random.randint(1, 80)
        bare = re.sub(r"\s+", " ", street)
        return self.random.choice(
            (
                bare,
                f"{bare} {number}",
                f"{bare} {number}, 3600 Genk",
                f"{bare} {number} 3600 Genk",
                f"3600 Genk, {bare} {number}",
                f"{bare} {number} bus 2, Genk",
                f"Genk, {bare} {number}",
                f"{bare}, {number}",
                f"{bare} {number}A" + (f" ({wijk})" if wijk else ""),
                f"{bare}, Genk",
            )
        )


@pytest.fixture
def noise() -> Noise:
    return Noise(71016)


@pytest.fixture
def noise_of() -> type[Noise]:
    return Noise
