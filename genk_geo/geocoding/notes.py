"""What the geocoder says of an answer: what it did to the string, or why there is no place."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from genk_geo.geocoding.normalise import packaged_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Lang = Literal["nl", "en"]


class Note(NamedTuple):
    """One thing to say: a key of ``notes.toml`` and what is filled in."""

    key: str
    filled: tuple[tuple[str, str], ...] = ()

    def words(self, lang: Lang) -> str:
        """The note as a reader of this language reads it."""
        return _sentences(lang)[self.key].format_map(dict(self.filled))


def say(key: str, **filled: str) -> Note:
    """A note, with what stands in its braces."""
    return Note(key, tuple(filled.items()))


def in_words(notes: Iterable[Note], lang: Lang) -> str:
    """Notes as one text."""
    return "; ".join(note.words(lang) for note in notes)


@lru_cache
def _sentences(lang: Lang) -> Mapping[str, str]:
    sentences: Mapping[str, str] = packaged_words("notes.toml")[lang]
    return sentences
