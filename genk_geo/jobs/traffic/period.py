"""The years that the page on traffic looks back on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from genk_geo.config import TrafficSettings

#: What came in later than this after a quarter counts from the next one on.
LATE = pd.DateOffset(days=28)


class AccidentPeriod(NamedTuple):
    """Where the years end that are looked back on, and what is known of them.

    Attributes
    ----------
    end : pandas.Timestamp
        End of the period, itself not in it.
    known_before : pandas.Timestamp
        Reports from this moment on are left out.
    frozen : bool
        Whether the period waits for a whole quarter, so that weeks of one quarter show the same.
    """

    end: pd.Timestamp
    known_before: pd.Timestamp
    frozen: bool


def period_until(end: pd.Timestamp, as_of: pd.Timestamp, settings: TrafficSettings) -> AccidentPeriod:
    """The period that the page of a week shows.

    Parameters
    ----------
    end : pandas.Timestamp
        End of the week, on the clock of the city.
    as_of : pandas.Timestamp
        Reports from this moment on are not known.
    settings : TrafficSettings
        ``until`` says whether it ends with the week or with the last whole quarter before.

    Returns
    -------
    AccidentPeriod
        The same for all weeks that show one quarter.
    """
    if settings.until == "week":
        return AccidentPeriod(end, as_of, frozen=False)
    quarter = whole_quarter(end, as_of)
    return AccidentPeriod(quarter, quarter + LATE, frozen=True)


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
