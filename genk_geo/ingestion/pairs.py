"""Two coordinates in one text: "(50.9655, 5.5001)", "POINT (5.5001 50.9655)", also behind an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

_MARK = r"\s*[°]?\s*[NEOneo]?"
# Enough decimals or digits, so that no pair of house numbers is taken for a place.
_POINT = r"[+-]?(?:[0-9]{1,3}\.[0-9]{2,}|[0-9]{5,7}(?:\.[0-9]+)?)"
_COMMA = r"[+-]?(?:[0-9]{1,3},[0-9]{2,}|[0-9]{5,7}(?:,[0-9]+)?)"
_PAIR = (
    rf"(?:(?P<x>{_POINT}){_MARK}\s*[,;\s]\s*(?P<y>{_POINT})"
    rf"|(?P<x2>{_COMMA}){_MARK}(?:\s*;\s*|\s+|,\s+)(?P<y2>{_COMMA})){_MARK}"
)
_WHOLE = rf"^(?:SRID=\d+;)?\s*(?:POINT\s*Z?M?\s*)?[\[(]*\s*{_PAIR}\s*(?:[\s,]+[0-9.]+)?[\])]*$"
_BEHIND = rf"^.*[\[(]\s*{_PAIR}\s*[\])]$"


def read_pairs(texts: pd.Series) -> tuple[pd.Series, pd.Series, npt.NDArray[np.bool_]]:
    """Take two coordinates out of one text.

    Parameters
    ----------
    texts : pandas.Series of str
        Places as written.

    Returns
    -------
    x, y : pandas.Series of str
        The two numbers as written, in their order; empty where there are none.
    whole : numpy.ndarray of bool
        True where the text is nothing else.

    Examples
    --------
    >>> from genk_geo.ingestion.pairs import read_pairs
    >>> x, y, whole = read_pairs(pd.Series(["(50.9655, 5.5001)", "Europalaan 12"]))
    >>> x.tolist(), y.tolist(), whole.tolist()
    (['50.9655', ''], ['5.5001', ''], [True, False])
    """
    x, y = pd.Series("", index=texts.index, dtype="str"), pd.Series("", index=texts.index, dtype="str")
    whole = np.zeros(len(texts), dtype=bool)
    # a quick look first: most addresses hold no such number
    likely = texts.str.contains(r"[0-9][.,][0-9]{2}|[0-9]{5}", regex=True)
    if not likely.any():
        return x, y, whole
    some = texts[likely]
    for pattern, alone in ((_WHOLE, True), (_BEHIND, False)):
        found = some.str.extract(f"(?i){pattern}")
        first, second = found["x"].fillna(found["x2"]), found["y"].fillna(found["y2"])
        rows = first.index[first.notna() & (x[first.index] == "")]
        x[rows], y[rows] = first[rows], second[rows]
        if alone:
            whole[texts.index.get_indexer(rows)] = True
    return x, y, whole
