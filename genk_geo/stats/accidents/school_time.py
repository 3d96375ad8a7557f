"""Which incidents happened on the way to or from school."""

from __future__ import annotations

import numpy as np
import pandas as pd

from genk_geo.errors import SchemaError

# Half-open clock hours by weekday (0 = Monday): to school, and home; on Wednesday school ends at noon.
_TO_SCHOOL = (7.5, 9.0)
_HOME = dict.fromkeys((0, 1, 3, 4), (15.0, 17.5)) | {2: (11.5, 13.5)}
# The long holiday is the same every year; the others move and count as school days.
_HOLIDAY_MONTHS = (7, 8)
# A window longer than this does not say at which hour it was.
_LONGEST = pd.Timedelta(hours=3)


def at_school_time(incidents: pd.DataFrame) -> pd.Series[bool]:
    """Tell which incidents happened on a school day around the beginning or the end of school.

    Monday to Friday from 7.30 to 9.00 and from 15.00 to 17.30 (on Wednesday from 11.30 to 13.30), not in July
    and August. Short holidays count as school days.

    Parameters
    ----------
    incidents : pandas.DataFrame
        ``from`` and ``to`` (tz-aware, `to` may be empty), on the clock of the city.

    Returns
    -------
    pandas.Series of boolean
        Same index; missing where the window is longer than three hours, so that nobody knows.

    Examples
    --------
    Tuesday morning, Tuesday evening and Saturday morning:

    >>> moments = ["2026-11-10 08:10", "2026-11-10 20:00", "2026-11-14 08:10"]
    >>> begin = pd.to_datetime(moments).tz_localize("Europe/Brussels")
    >>> gg.stats.at_school_time(pd.DataFrame({"from": begin, "to": begin})).tolist()
    [True, False, False]
    """
    for name in ("from", "to"):
        if getattr(incidents[name].dtype, "kind", "O") != "M":
            raise SchemaError(
                "Column {name!r}: needed moments, given {dtype}.", name=name, dtype=incidents[name].dtype
            )
    start = incidents["from"]
    length = (incidents["to"] - start).fillna(pd.Timedelta(0))
    middle = start + length / 2
    hour = middle.dt.hour + middle.dt.minute / 60.0
    day = middle.dt.day_of_week
    home = [_HOME.get(weekday, (np.inf, np.inf)) for weekday in day]
    begins, ends = (pd.Series([span[at] for span in home], index=incidents.index) for at in (0, 1))
    going = (hour >= _TO_SCHOOL[0]) & (hour < _TO_SCHOOL[1])
    coming = (hour >= begins) & (hour < ends)
    found = (going | coming) & (day < 5) & ~middle.dt.month.isin(_HOLIDAY_MONTHS)
    return found.astype("boolean").where(length <= _LONGEST)
