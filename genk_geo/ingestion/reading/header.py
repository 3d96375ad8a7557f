"""Finding a profile's columns among the names that a file really has."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def comparison_key(name: str) -> str:
    """Name without case, accents, spaces and punctuation: ``"PV-nummer "`` and ``"pv_nummer"`` agree."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9+*]", "", letters)


class Header:
    """The column names of a file, looked up the way people write them.

    Parameters
    ----------
    names : sequence of str
        Names as they stand in the file.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._by_key: dict[str, str] = {}
        for name in names:
            self._by_key.setdefault(comparison_key(name), name)

    def find(self, accepted: Iterable[str]) -> str | None:
        """First of the accepted names that the file has, as the file writes it."""
        for name in accepted:
            if name in self.names:
                return name
            if found := self._by_key.get(comparison_key(name)):
                return found
        return None

    def find_parts(self, accepted: Iterable[str]) -> tuple[str, ...]:
        """Columns of the first accepted name whose parts (joined by `` + ``) the file all has."""
        for name in accepted:
            whole = self.find((name,))
            if whole is not None:
                return (whole,)
            parts = [self.find((part,)) for part in name.split(" + ")]
            if all(parts):
                return tuple(part for part in parts if part)
        return ()

    def likely(self, accepted: Iterable[str], least: float = 70.0) -> str | None:
        """Name in the file that looks most like one of the accepted names, if any looks like it."""
        best: tuple[float, str] | None = None
        choices = {name: comparison_key(name) for name in self.names}
        for name in accepted:
            found = process.extractOne(comparison_key(name), choices, scorer=fuzz.ratio, score_cutoff=least)
            if found is not None and (best is None or found[1] > best[0]):
                best = (found[1], found[2])
        return best[1] if best else None
