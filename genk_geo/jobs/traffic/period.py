"""The years that the page on traffic looks back on."""

from __future__ import annotations

import pandas as pd

#: What came in later than this after a quarter counts from the next one on.
LATE = pd.DateOffset(days=28)


def whole_quarter(end: pd.Timestamp, as_of: pd.Timestamp) -> pd.Timestamp:
    """End of the last quarter that is over, with the reports that come in late.

    Counts over years that were published every week would, subtracted from one another, tell the accidents
    of a single week. So they change once a quarter, and late reports wait for the next one.

    Parameters
    ----------
    end : pandas.Timestamp
        End of the week that is shown.
    as_of : pandas.Timestamp
        Reports from this moment on are not known.

    Returns
    -------
    pandas.Timestamp
        Midnight at which a quarter ended, not after `end` and at least 28 days before `as_of`.
    """
    known = as_of.tz_convert(end.tz) - LATE
    last = min(end, known)
    return pd.Timestamp(last.year, (last.month - 1) // 3 * 3 + 1, 1, tz=end.tz)
