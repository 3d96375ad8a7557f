"""Keys for comparing written names; never for showing them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_WORD = re.compile(r"[a-z0-9]+")
# Letters that Unicode does not take apart into a base letter and an accent.
_LIGATURES = str.maketrans(
    {
        "\N{LATIN SMALL LETTER AE}": "ae",
        "\N{LATIN SMALL LIGATURE OE}": "oe",
        "\N{LATIN SMALL LETTER O WITH STROKE}": "o",
        "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
        "\N{LATIN SMALL LETTER SHARP S}": "ss",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{LATIN SMALL LIGATURE IJ}": "ij",
        "\N{RIGHT SINGLE QUOTATION MARK}": None,
        "\N{LEFT SINGLE QUOTATION MARK}": None,
        "\N{ACUTE ACCENT}": None,
        "`": None,
        "'": None,
    }
)


@cache
def packaged_words(name: str) -> dict[str, Any]:
    """Read one of the packaged word lists (a TOML file beside this module)."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """Lower case without accents; apostrophes vanish, everything else stays.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Text for comparing.
    """
    lowered = text.lower()
    if lowered.isascii():
        return lowered.replace("'", "").replace("`", "")
    taken_apart = unicodedata.normalize("NFKD", lowered)
    lowered = "".join(letter for letter in taken_apart if not unicodedata.combining(letter)).lower()
    return lowered.translate(_LIGATURES)


def tokens_of(text: str) -> list[str]:
    """Words and numbers of a text, in order: ``"Sint-Janspark"`` -> ``["sint", "janspark"]``."""
    return _WORD.findall(plain(text))


@lru_cache(maxsize=1 << 16)
def key_of(text: str) -> str:
    """Comparison key: the words and numbers without anything between them.

    Case, accents, spaces, hyphens, full stops and apostrophes make no difference:
    ``"Wet straat"`` and ``"WETSTRAAT"`` have the same key.

    Parameters
    ----------
    text : str
        A name as written.

    Returns
    -------
    str
        The key, ``""`` when there is no letter or digit.
    """
    key = plain(text)
    return key if key.isalnum() and key.isascii() else "".join(_WORD.findall(key))
