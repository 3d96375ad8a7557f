"""School time, on the clock of the city."""

from __future__ import annotations

import pandas as pd
import pytest

from genk_geo.stats import at_school_time


@pytest.mark.parametrize(
    ("start", "end", "school"),
    [
        ("2026-11-09 08:20", None, True),  # Monday morning
        ("2026-11-09 07:29", None, False),
        ("2026-11-09 09:00", None, False),
        ("2026-11-11 12:00", None, True),  # Wednesday noon
        ("2026-11-11 16:00", None, False),
        ("2026-11-13 16:00", None, True),
        ("2026-11-14 08:20", None, False),  # Saturday
        ("2026-07-06 08:20", None, False),  # summer
        ("2026-11-09 08:00", "2026-11-09 08:30", True),
        ("2026-11-01", "2026-12-01", pd.NA),  # some day of the month
    ],
)
def test_school_time(start, end, school):
    moments = {"from": [start], "to": [end]}
    table = pd.DataFrame(
        {name: pd.to_datetime(values).tz_localize("Europe/Brussels") for name, values in moments.items()}
    )
    got = at_school_time(table).iloc[0]
    assert got is pd.NA if school is pd.NA else got == school
