"""Single values of a supplier's row: blanks, words of a closed list, identities."""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from genk_geo.ingestion.reading.header import comparison_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

#: Ways of writing "nothing"; compared without case.
BLANKS = (
    "",
    "-",
    "--",
    "?",
    ".",
    "null",
    "none",
    "nan",
    "n/a",
    "na",
    "<na>",
    "nat",
    "#n/a",
    "#n/b",
    "(null)",
    "<null>",
    "[null]",
    "\\n",
    "(leeg)",
    "(blank)",
    "nvt",
    "n.v.t.",
    "onbekend",
    "inconnu",
)

# Spaces of all kinds, in the notation of RE2.
_SPACES = r"[\s\x{a0}\x{202f}\x{feff}]+"


def text_array(texts: pd.Series) -> pa.Array:
    """Text as one Arrow array, for the functions of Arrow that are fast on it."""
    array = pa.array(texts, pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def cleaned(texts: pd.Series) -> pd.Series:
    """Text without outer and repeated spaces; ways of writing "nothing" become empty."""
    tidy = pc.utf8_trim_whitespace(pc.replace_substring_regex(text_array(texts), _SPACES, " "))
    nothing = pc.is_in(pc.utf8_lower(tidy), pa.array(BLANKS, pa.large_string()))
    return pd.Series(pc.if_else(nothing, "", tidy), index=texts.index, dtype="str")


def mapped(texts: pd.Series, words: Mapping[str, Sequence[str]]) -> pd.Series:
    """Our word for each of the supplier's, by the first pattern that fits; missing where none does.

    Parameters
    ----------
    texts : pandas.Series of str
        Supplier's words.
    words : mapping of str to sequence of str
        Our word -> supplier's words; ``*`` stands for any text, case and punctuation do not matter.

    Returns
    -------
    pandas.Series of str
        Same index.
    """
    patterns = [(comparison_key(pattern), ours) for ours, written in words.items() for pattern in written]

    def ours_for(text: str) -> str | None:
        key = comparison_key(text)
        return next((ours for pattern, ours in patterns if key and fnmatchcase(key, pattern)), None)

    known = {text: ours_for(text) for text in texts.unique()}
    return texts.map(known).astype("str")


def matches_any(texts: pd.Series, patterns: Sequence[str]) -> npt.NDArray[np.bool_]:
    """True where a text fits one of the patterns (see :func:`mapped`)."""
    return np.asarray(mapped(texts, {"yes": tuple(patterns)}).notna(), dtype=bool)


def joined(parts: Sequence[pd.Series], separator: str) -> pd.Series:
    """Columns joined row by row, empty values passed over."""
    result = parts[0]
    for part in parts[1:]:
        between = np.where((result != "") & (part != ""), separator, "")
        result = result + pd.Series(between, index=result.index, dtype="str") + part
    return result


def hashed(source: str, keys: pd.Series, contents: pd.Series) -> pd.Series:
    """Stable identity of each row: 16 hexadecimal digits of SHA-256.

    Parameters
    ----------
    source : str
        Who delivers.
    keys : pandas.Series of str
        The supplier's own number; empty where there is none.
    contents : pandas.Series of str
        The whole row; it identifies the rows without a number.

    Returns
    -------
    pandas.Series of str
        Same index.
    """
    texts = np.where(keys != "", "id\x1f" + keys, "row\x1f" + contents)
    hashes = [hashlib.sha256(f"{source}\x1f{text}".encode()).hexdigest()[:16] for text in texts]
    return pd.Series(hashes, index=keys.index, dtype="str")


def hashed_number(source: str, number: str) -> str:
    """Identity of one number of a supplier, as :func:`hashed` gives it."""
    return hashlib.sha256(f"{source}\x1fid\x1f{number}".encode()).hexdigest()[:16]
