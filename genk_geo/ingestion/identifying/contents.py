"""What a row says, as one text: the same however its columns lie and whatever stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.ingestion.profiles.profile import Columns
from genk_geo.ingestion.reading.header import Header, comparison_key

if TYPE_CHECKING:
    from genk_geo.ingestion.profiles.profile import Profile
    from genk_geo.ingestion.reading.raw_table import Points
    from genk_geo.ingestion.rows import Rows
    from genk_geo.ingestion.windows import Windows

# Told by the moments that were read of them, so that another way of writing a day is no other content.
_TIMES = {"from_date", "from_time", "to_date", "to_time", "reported_date", "reported_time"}


def row_contents(rows: Rows, profile: Profile, windows: Windows, points: Points | None) -> pd.Series:
    """What each row says in the fields that the profile reads, in the order of the fields.

    A column more, an empty one, or columns in another order change nothing. Rows of one file that agree in
    all that is read and differ in something else are different reports: they are numbered.

    Parameters
    ----------
    rows : Rows
        Text of the file.
    profile : Profile
        Names the fields, and the columns that are kept.
    windows : Windows
        Moments of the rows.
    points : Points, optional
        Of a geometry layer.

    Returns
    -------
    pandas.Series of str
        Aligned with the rows.
    """
    told = _told(rows, profile, windows, points)
    twice = told.duplicated(keep=False)
    if not twice.any():
        return told
    whole = _whole(rows.frame.loc[twice])
    order = whole.groupby(told[twice], sort=False).transform(lambda texts: pd.factorize(texts)[0])
    further = order.astype("int64")
    text = "\x1f#" + further.astype(str)
    return told.mask(twice & (further.reindex(told.index, fill_value=0) > 0), told + text.reindex(told.index))


def _told(rows: Rows, profile: Profile, windows: Windows, points: Points | None) -> pd.Series:
    told = pd.Series("", index=rows.frame.index, dtype="str")
    for moments in (windows.begin, windows.end, windows.reported):
        texts = moments.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
        told = told + "\x1f" + texts.astype("str").fillna("")
    for field in Columns.model_fields:
        if field not in _TIMES and rows.has(field):
            told = told + f"\x1f{field}=" + rows.text(field).str.casefold()
    header = Header(list(rows.frame.columns))
    besides = {name: (name,) for name in profile.keep} | dict(profile.circumstances)
    for name in sorted(besides, key=comparison_key):
        if (column := header.find(besides[name])) is not None:
            told = told + f"\x1f{comparison_key(name)}=" + rows.frame[column].str.strip()
    if points is not None:
        told = told + "\x1f" + pd.Series(points.x, index=told.index).round(3).astype(str)
        told = told + "\x1f" + pd.Series(points.y, index=told.index).round(3).astype(str)
    return told.astype("str")


def _whole(frame: pd.DataFrame) -> pd.Series:
    """Everything that stands in the rows, by name of the column; nothing of columns without a value."""
    whole = pd.Series("", index=frame.index, dtype="str")
    for name in sorted(frame.columns):
        texts = frame[name].str.strip()
        if (texts != "").any():
            whole = whole + "\x1f" + texts
    return whole
