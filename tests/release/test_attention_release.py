"""Points of attention as each reader gets them: whole blocks, classes of chance, nothing of few."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import pytest
import shapely

from genk_geo.config import ReleaseSettings
from genk_geo.release import release
from genk_geo.release.thresholds import CHANCES, NEEDED


def points_of(wijken, rows):
    """Places a hundred metres wide in the first wijk, from the chance and the events behind each."""
    x, y = wijken.geometry.iloc[0].representative_point().coords[0]
    return gpd.GeoDataFrame(
        {
            "number": range(1, len(rows) + 1), "place": [("Lindeplein",)] * len(rows),
            "wijk": wijken["wijk"].iloc[0], "stadsdeel": wijken["stadsdeel"].iloc[0],
            "chance": [chance for chance, _ in rows], "risk": 3.25, "known": [known for _, known in rows],
            "past": 52,
        },
        geometry=[shapely.box(x + 10 * at, y, x + 10 * at + 100, y + 100) for at in range(len(rows))],
        crs=wijken.crs,
    )  # fmt: skip


@pytest.fixture
def told(week_result):
    """What a profile is told of the first theme, given the points and the number that is needed."""

    def tell(profile, rows, needed=6, **changed):
        points = points_of(week_result.wijken, rows)
        first = replace(week_result.themes[0], attention=points, needed=needed, **changed)
        result = replace(week_result, themes=(first, *week_result.themes[1:]))
        return release(result, reader=ReleaseSettings(profile=profile)).themes[0]

    return tell


def test_an_analyst_gets_the_figures(told):
    theme = told("analist", [(0.62, 9), (0.3, 2)])
    assert [(one.least, one.most, one.times) for one in theme.attention] == [
        (0.62, 0.62, 3.25),
        (0.3, 0.3, 3.25),
    ]
    assert theme.needed == 6


@pytest.mark.parametrize(("chance", "told_as"), [(0.25, 0), (0.49, 0), (0.5, 1), (0.75, 1), (1.0, 1)])
def test_others_get_the_class_of_the_chance(told, chance, told_as):
    (place,) = told("wijkmanager", [(chance, 9)]).attention
    assert (place.least, place.most) == list(pairwise(CHANCES))[told_as]
    assert place.times is None


def test_of_few_events_others_are_told_nothing(told):
    assert told("wijkmanager", [(0.9, 4)]).attention == ()
    assert len(told("wijkmanager", [(0.9, 5)]).attention) == 1
    assert len(told("analist", [(0.9, 4)]).attention) == 1


def test_the_public_gets_none(told):
    theme = told("publiek", [(0.9, 50)])
    assert theme.attention is None
    assert theme.needed is None


def test_the_order_says_nothing_of_the_risk(told):
    rows = [(0.9, 30), (0.3, 9), (0.6, 12)]
    straight, turned = (told("wijkmanager", some).attention for some in (rows, rows))
    by_place = sorted(
        straight, key=lambda one: (one.wijk, one.streets, shapely.to_wkb(shapely.normalize(one.geometry)))
    )
    assert list(straight) == by_place == list(turned)
    assert [one.number for one in straight] == [1, 2, 3]


def test_what_is_needed_is_told_in_steps_upward(told):
    for needed in (3, 4, 8, 100):
        step = told("wijkmanager", [], needed=needed).needed
        assert step in NEEDED
        assert step >= needed
    assert told("wijkmanager", [], needed=101).needed is None
    assert told("analist", [], needed=101).needed == 101


def test_with_too_few_incidents_neither_is_told(told):
    theme = told("wijkmanager", [(0.9, 9)], too_few=True)
    assert theme.attention is None
    assert theme.needed is None


def test_drawn_alike_is_told_once(week_result, full_result):
    """Two places in one block are one outline, with the highest chance of the two."""
    result = full_result if full_result.blocks is not None else week_result
    if result.blocks is None:
        result = replace(result, blocks=_one_block(result.wijken))
    rows = [(0.3, 9), (0.8, 9)]
    first = replace(result.themes[0], attention=points_of(result.wijken, rows), points=None)
    places = release(replace(result, themes=(first,))).themes[0].attention
    assert len({shapely.to_wkb(shapely.normalize(one.geometry)) for one in places}) == len(places)
    assert max(one.least for one in places) == 0.5


def _one_block(wijken):
    blocks = wijken.dissolve().assign(
        addresses=100,
        place=[("Lindeplein",)],
        wijk=wijken["wijk"].iloc[0],
        stadsdeel=wijken["stadsdeel"].iloc[0],
    )
    return blocks[["addresses", "place", "wijk", "stadsdeel", "geometry"]]


def test_reports_stand_beside_events_for_an_analyst_only(week_result):
    areas = week_result.themes[0].areas
    result = replace(
        week_result,
        themes=(
            replace(week_result.themes[0], areas=areas.assign(reports=areas["observed"] + 5)),
            *week_result.themes[1:],
        ),
    )
    shown = {
        profile: release(result, reader=ReleaseSettings(profile=profile)).themes[0].hotspots
        for profile in ("analist", "wijkmanager")
    }
    assert all(spot.reports == spot.observed.value + 5 for spot in shown["analist"])
    assert all(spot.reports is None for spot in shown["wijkmanager"])
