"""What others than analysts are told to expect follows from what they are told of the past."""

from __future__ import annotations

import numpy as np
import pytest

from genk_geo.calendar import Week
from genk_geo.release.areas.likely import likely_as_told
from genk_geo.release.suppress import held_back
from genk_geo.release.told import WeekTable

WEEK = Week(2026, 46)
PARENTS = ["noord", "noord", "noord", "zuid", "zuid", "zuid"]
NAMES = [["stad"], ["noord", "zuid"], [f"w{i}" for i in range(6)]]


def told(counts):
    """One week as the rule tells it."""
    above = {part: sum(n for n, own in zip(counts, PARENTS, strict=True) if own == part) for part in NAMES[1]}
    table = held_back(counts, PARENTS, above, sum(counts), 5)
    return WeekTable(
        {"stad": table.city}, table.stadsdelen, dict(zip(NAMES[2], table.wijken, strict=True)), {}
    )


@pytest.mark.parametrize(("factor", "found"), [(2.0, True), (1.0, False)])
def test_a_step_is_seen_in_what_is_told(factor, found):
    rng = np.random.default_rng(4)
    tables = {
        WEEK.shift(back - 156): told(rng.poisson(12 * (factor if back >= 148 else 1.0), 6).tolist())
        for back in range(157)
    }
    likely = likely_as_told(tables, WEEK, NAMES, PARENTS)
    assert (likely.step is not None) == found
    usual = 6 * 12 * factor
    assert likely.city.loc["stad", "low"] < usual < likely.city.loc["stad", "high"]
