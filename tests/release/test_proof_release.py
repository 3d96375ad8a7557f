"""On how many grids a hotspot stays, and what could have been proven: for an analist, and for nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genk_geo.config import ReleaseSettings
from genk_geo.release import release
from genk_geo.render.words.attention import power_rows
from genk_geo.render.words.hotspots import hotspot_row
from genk_geo.render.words.texts import Texts


@pytest.fixture
def told(full_result):
    """What a profile is told of the first theme, of which every hotspot stays on nine grids."""
    first = full_result.themes[0]
    week = replace(
        full_result,
        themes=(replace(first, areas=first.areas.assign(steady=9)), *full_result.themes[1:]),
    )
    return lambda profile: release(week, reader=ReleaseSettings(profile=profile))


def test_an_analist_reads_both(told):
    week = told("analist")
    theme = week.themes[0]
    assert {spot.steady for spot in theme.hotspots} == {9}
    row = hotspot_row(theme.hotspots[0], week, Texts("nl"))
    assert row["steady"] == "blijft staan in 9 van 10 roosters"
    assert any("9 van 10 roosters" in text for _, text in row["card"]["rows"])
    rows = power_rows(theme, Texts("nl"))
    assert [one["place"] for one in rows] == ["Rustig", "Midden"]
    assert [times for times, _ in rows[0]["chances"]] == ["2 keer", "3 keer", "5 keer", "10 keer"]


@pytest.mark.parametrize("profile", ["wijkmanager", "publiek"])
def test_others_read_neither(told, profile):
    for theme in told(profile).themes:
        assert theme.power == ()
        assert all(spot.steady is None for spot in theme.hotspots)
