"""The public page on traffic that once gave a count away: 802 in all, 796 shown, a "< 5" and a "≥ 5"."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from genk_geo.config import ReleaseSettings
from genk_geo.release import checked_release
from genk_geo.release.suppress import Count, small
from genk_geo.render import publish
from genk_geo.results import YearAccidents

LIMIT = 5
SHOWN = (300, 250, 200, 46, 5)


def week_of(result, few):
    """A year with `few` injury accidents in the last wijk, and so many less or more in the city."""
    found = result.traffic
    injury = [*SHOWN, few]
    wijken = pd.DataFrame({"injury": injury, "weak": 0}, index=found.wijken.index)
    year = YearAccidents(2025, sum(injury), 0, wijken, ())
    years = found.years.assign(
        accidents=[700, sum(injury), 30], low=sum(injury) * 0.9, high=sum(injury) * 1.1
    )
    return replace(result, traffic=replace(found, by_year=(year,), years=years))


@pytest.fixture(scope="module")
def pages(full_result, tmp_path_factory):
    """What the public gets, by how many there were in the last wijk."""
    folder, reader = tmp_path_factory.mktemp("verkeer"), ReleaseSettings(profile="publiek")
    told = {}
    for few in (0, 1, LIMIT - 1, LIMIT):
        publish(checked_release(week_of(full_result, few), reader=reader), folder / str(few), tiles="none")
        told[few] = {path.name: path.read_bytes() for path in (folder / str(few)).iterdir()}
    return told


def test_of_802_accidents_nothing_follows(pages):
    """Every file is the same to the last byte, be it none, one or four."""
    text = pages[1]["verkeer.html"].decode()
    assert "801\N{EN DASH}805" in text
    assert "802" not in text
    assert "≥ 5" not in text
    assert pages[0] == pages[1] == pages[LIMIT - 1]
    assert pages[LIMIT] != pages[1]


def before(injury):
    """The rule of before, for the public: the total, and the smallest other count as cover."""
    told = [small(count, LIMIT) for count in injury]
    cover = min((at for at, count in enumerate(told) if count.value), key=lambda at: injury[at])
    told[cover] = Count(None, LIMIT, over=True)
    return sum(injury), *told


def test_the_attacker_finds_it_under_the_rule_of_before(backwards):
    """Who knows that the smallest is the cover reads it backwards: 6 are left, so 5 and 1, or 6 and none."""

    def rule(counts):
        return before([*SHOWN[:4], *counts]), [False, counts[1] < LIMIT]

    inputs = [(cover, few) for cover in range(LIMIT, 10) for few in range(LIMIT)]
    found = [one for one in backwards.narrowed(rule, inputs, LIMIT) if one.told[0] == 802]
    assert [(one.at, sorted(one.possible)) for one in found] == [(1, [0, 1])]
