"""Words of maps, plots and summaries, in the reader's language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from genk_geo.errors import ConfigError

LANGUAGES = ("nl", "en")


class Words:
    """Words in one language.

    Parameters
    ----------
    lang : str
        ``nl`` or ``en``.

    Raises
    ------
    ConfigError
        If the language is not one of these.
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise ConfigError(
                "lang: given {lang!r}, needed one of {known}.",
                lang=lang,
                known=", ".join(LANGUAGES),
            )
        self.lang = lang
        self._table = table(lang)

    def __call__(self, key: str, **values: Any) -> str:
        """Words under a dotted key, with values filled in."""
        room, _, name = key.partition(".")
        return self._table[room][name].format(**values)

    def note(self, key: str, **values: Any) -> str:
        """A sentence of a result; its numbers stand as the reader writes them."""
        told = {
            name: self.value(value) if isinstance(value, str) else self.number(value)
            for name, value in values.items()
        }
        return self(f"note.{key}", **told)

    def share(self, value: float) -> str:
        """A share in per cent; a dash where it is not known."""
        return "-" if value != value else f"{self.number(100.0 * value)} %"  # noqa: PLR0124 - NaN is not itself

    def column(self, name: str) -> str:
        """What a reader calls a column; its own name where nothing better is known."""
        return self._table["column"].get(name, name)

    def value(self, name: str) -> str:
        """What a reader calls a value of a column of names."""
        return self._table["value"].get(name, name)

    def number(self, value: float) -> str:
        """A number with three figures at most, as the reader writes it."""
        whole = float(value).is_integer() and abs(value) < 1e15
        text = f"{value:,.0f}" if whole or abs(value) >= 1000 else f"{value:.3g}"
        if "e" in text:
            text = f"{value:,.4f}".rstrip("0").rstrip(".")
        return text if self.lang == "en" else text.translate(str.maketrans(",.", ".,"))


@cache
def table(lang: str) -> dict[str, dict[str, str]]:
    """All words of a language, by room and name."""
    text = files("genk_geo.show").joinpath(f"words_{lang}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
