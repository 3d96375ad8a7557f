"""Text that a spreadsheet shows instead of computing, and that a page shows as it stands.

Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

# Also in full width, which some spreadsheets in East Asian languages take for the plain sign.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 # meant
#: Signs that turn the direction of what follows, and those that no text needs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
#: Signs without width that are no control characters: fillers, joiners, variants of the sign before.
_WITHOUT_WIDTH = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# In a string of a script. Begins with what is seldom there, so that a page is gone through at once.
_ESCAPED = re.compile(
    r"(\\+)u(?:00(?:0[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF]|[89][0-9a-fA-F])|061[cC]|200[eEfF]"
    r"|202[a-eA-E]|206[6-9]|[fF][eE][fF][fF])"
)


def visible(text: str) -> str:
    """Drop control characters and signs that turn the direction of a text; keep tabs and ends of lines.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The same without what nobody sees.
    """
    return _UNSEEN.sub("", text)


def alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """Names that read the same.

    They differ only in capitals, spaces, accents in two parts, signs without width or letters in full width.

    Parameters
    ----------
    names : iterable of str
        Names.

    Returns
    -------
    list of tuple of str
        Pairs of different names that read the same; a name that is there twice is no pair.
    """
    first: dict[str, str] = {}
    return [
        (first[key], name)
        for name in dict.fromkeys(names)
        if first.setdefault(key := _as_read(name), name) != name
    ]


def _as_read(name: str) -> str:
    plain = unicodedata.normalize("NFKC", _WITHOUT_WIDTH.sub("", name))
    seen = "".join(sign for sign in plain if unicodedata.category(sign) not in {"Cf", "Cc"} or sign.isspace())
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def visible_page(page: str) -> str:
    """The same for a page with scripts, where such signs may also be written as escapes.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    str
        The same without what nobody sees.
    """

    def without(match: re.Match[str]) -> str:
        # of an even number of backslashes each stands for one that is shown, and no sign is escaped
        return match[1][:-1] if len(match[1]) % 2 else match[0]

    return _ESCAPED.sub(without, visible(page))


def harmless(cell: str) -> str:
    """A text that a spreadsheet shows instead of computing.

    Parameters
    ----------
    cell : str
        Any text.

    Returns
    -------
    str
        Without control characters; with an apostrophe before what would be a formula. Lines end in a line
        feed: a bare carriage return goes into a CSV without quotes, and what follows it would be a cell.
    """
    bare = visible(cell).replace("\r\n", "\n").replace("\r", "\n")
    seen = bare.lstrip(" \u00a0")
    risky = bare.startswith(_FORMULA) or seen.startswith(_FORMULA) or _begins_unseen(seen)
    return f"'{bare}" if risky else bare


def _begins_unseen(text: str) -> bool:
    """Whether signs without width hide a formula."""
    rest = text.lstrip("".join(sign for sign in text[:20] if unicodedata.category(sign) == "Cf"))
    return rest != text and rest.startswith(_FORMULA)


def harmless_table(table: pd.DataFrame) -> pd.DataFrame:
    """A table of which a spreadsheet shows every text instead of computing it.

    Parameters
    ----------
    table : pandas.DataFrame
        Any table.

    Returns
    -------
    pandas.DataFrame
        New table; texts in cells and in the names of columns as :func:`harmless` gives them, all else as
        it was.
    """
    safe = table.copy()
    for at in range(safe.shape[1]):
        column = safe.iloc[:, at]
        if any(isinstance(value, str) for value in column.unique()):
            safe.isetitem(at, column.astype(object).map(_harmless_value).to_numpy())
    safe.columns = [_harmless_value(name) for name in safe.columns]
    return safe


def _harmless_value(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
