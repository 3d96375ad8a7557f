"""The same report twice in one file: equal rows are duplicates, of changed rows the last one counts."""

from __future__ import annotations

import numpy as np
import pandas as pd


def find_duplicates(identity: pd.Series, contents: pd.Series, lines: np.ndarray) -> pd.DataFrame:
    """Tell which rows give way to another row with the same identity.

    Parameters
    ----------
    identity : pandas.Series of str
        Identity of each row.
    contents : pandas.Series of str
        The whole row as one text, same index.
    lines : numpy.ndarray of int
        Line number of each row, ascending.

    Returns
    -------
    pandas.DataFrame
        The rows that give way (index labels of `identity`): ``reason``, ``detail``. Of rows that agree wholly
        with the one that counts, the first stays; where the content differs, the last row in the file counts
        and the earlier ones are ``superseded``.
    """
    table = pd.DataFrame({"identity": identity, "content": contents, "line": lines})
    repeated = table.loc[table["identity"].duplicated(keep=False)]
    # the version that counts is the last row's; the row that stands for it is the first with that content
    last = repeated.groupby("identity", sort=False)["content"].transform("last")
    current = repeated["content"] == last
    stays = repeated.loc[current].drop_duplicates("identity", keep="first")
    away = repeated.loc[~repeated.index.isin(stays.index)]
    by = away["identity"].map(stays.set_index("identity")["line"])
    same = current.loc[away.index].to_numpy()
    detail = np.where(same, "same as line ", "replaced by line ").astype(object) + by.astype(str).to_numpy(
        object
    )
    return pd.DataFrame(
        {"reason": np.where(same, "duplicate", "superseded"), "detail": detail}, index=away.index
    ).astype("str")
