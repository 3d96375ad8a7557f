"""What each reader sees of the accidents on the streets."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from genk_geo.errors import ConfigError, QualityGateError
from genk_geo.release import release, release_traffic
from genk_geo.release.suppress import SECRET, Count
from genk_geo.render.files.traffic_files import traffic_gis_layers
from genk_geo.render.maps.dangerous_layers import dangerous_layers
from genk_geo.render.maps.traffic_layers import traffic_layers
from genk_geo.render.pages.site import Site
from genk_geo.render.pages.traffic_page import traffic_page
from genk_geo.render.words.dangerous_places import point_row
from genk_geo.render.words.texts import Texts
from genk_geo.render.words.traffic import condition_blocks
from genk_geo.results import Concentrated, Snapping, Traffic, YearAccidents
from tests.examples import examples

X, Y = 228500.0, 184800.0


def frame(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=31370)


def year(number, injury):
    """A year with so many injury accidents in Noord, Zuid and West, and two that are in no wijk."""
    wijken = pd.DataFrame({"injury": injury, "weak": [9, 1, 0]}, index=["Noord", "Zuid", "West"])
    light = pd.DataFrame({"injury": [sum(injury) - 7, 6, 3]}, index=["dag", "nacht", "schemer"])
    conditions = (("kept_circumstance_licht", light), ("kept_remark", light), ("weak_road_user", light))
    return YearAccidents(number, sum(injury) + 2, 10, wijken, conditions)


@pytest.fixture(scope="module")
def found():
    """A listed junction with 9 accidents, a listed stretch with 3, two streets, two schools, three wijken."""
    place = {"wijk": ["Noord", "Zuid"], "stadsdeel": ["A", "B"]}
    points = frame(
        [Point(X + 13, Y + 17), Point(X + 413, Y + 17)],
        status=["listed", "listed"], kind=["junction", "stretch"], score=[18.3, 15.3], accidents=[9, 3],
        fatal=[0, 0], serious=[2, 3], light=[7, 0], weak=[6, 3], place=[("Ringlaan",), ("Dwarsstraat",)],
        length_m=[400.0, 200.0], expected=[1.5, 0.4], p_value=[1e-5, 0.008], q_value=[1e-4, 0.4],
        listed_in=[4, 1], **place,
    )  # fmt: skip
    points.index = pd.RangeIndex(1, 3, name="number")
    stretches = frame(
        [LineString([(X, Y), (X + 200, Y)]), LineString([(X + 400, Y), (X + 500, Y)])],
        place=[("Ringlaan",), ("Dwarsstraat",)], window_m=[200.0, 200.0], length_m=[200.0, 100.0],
        observed=[9, 3], expected=[1.2, 0.3], relative_risk=[7.5, 10.0], llr=[9.0, 4.0], p_value=[0.01, 0.04],
        **place,
    )  # fmt: skip
    stretches.index = pd.RangeIndex(1, 3, name="number")
    segments = frame(
        [LineString([(X, Y), (X + 200, Y)]), LineString([(X + 400, Y), (X + 500, Y)])],
        name=["Ringlaan", None], road_class=["primary", "residential"], length_m=[200.0, 100.0],
        events=[4.0, 0.6], density_per_km=[20.0, 6.0], **place,
    )  # fmt: skip
    schools = frame(
        [box(X, Y, X + 300, Y + 300), box(X + 400, Y, X + 700, Y + 300)],
        name=["Grote school", "Kleine school"], accidents=[11, 2], weak=[6, 1], school_time=[5, 2],
        street_m=[900.0, 500.0], **place,
    )  # fmt: skip
    years = pd.DataFrame(
        {
            "accidents": [54, 52, 3], "low": [40.2, 38.6, 0.6], "high": [70.9, 68.8, 8.8],
            "weak": [10, 10, 2], "whole": [True, True, False], "against": ["above", "above", ""],
        },
        index=pd.Index([2024, 2025, 2026], name="year"),
    )  # fmt: skip
    wijken = pd.DataFrame(
        {
            "stadsdeel": ["A", "B", "B"],
            "injury": [16, 1, 7],
            "fatal": 0,
            "serious": [2, 1, 2],
            "weak": [9, 1, 0],
        },
        index=pd.Index(["Noord", "Zuid", "West"], name="wijk"),
    )
    ways = pd.DataFrame(
        {
            "school": ["Grote school"], "length_m": [700.0], "accidents": [3.2], "safest_length_m": [820.0],
            "safest_accidents": [0.7],
        },
        index=pd.Index(["Noord"], name="wijk"),
    )  # fmt: skip
    light = pd.DataFrame({"injury": [21, 2], "share": [0.91, 0.09]}, index=["dag", "nacht"])
    return Traffic(
        start=pd.Timestamp("2023-11-16", tz="Europe/Brussels"),
        end=pd.Timestamp("2026-11-16", tz="Europe/Brussels"), network="streets.osm", attribution="",
        fictitious=False, length_km=3.0, radius_m=100.0, bandwidth_m=300.0,
        snapping=Snapping(30, 24, 23, {"too_far": 1}, 50.0), segments=segments, points=points,
        radii_m=(50.0, 75.0, 100.0, 150.0), by_chance=0.4, stretches=stretches,
        concentrated=Concentrated(2, 23, 0.5, ((0.5, 0.1, 0.3),)), years=years, target=15.0, wijken=wijken,
        schools=schools, walk_minutes=5.0, ways=ways,
        conditions=(("kept_circumstance_licht", light), ("kept_remark", light)),
        by_year=(year(2024, [40, 3, 9]), year(2025, [41, 1, 8])),
    )  # fmt: skip


@pytest.mark.parametrize(("level", "told"), [("points", True), ("areas", False), ("wijken", False)])
def test_what_a_profile_keeps_is_for_analysts(found, level, told):
    """Circumstances are words of a fixed list; any other kept column may hold anything."""
    years = tuple(year(number, [400, 1, 8]) for number in (2024, 2025))
    names = [name for name, _ in release_traffic(replace(found, by_year=years), level=level).conditions]
    assert "kept_circumstance_licht" in names
    assert ("kept_remark" in names) is told


def test_analysts_see_everything(found):
    shown = release_traffic(found, level="points")
    assert [point.accidents for point in shown.points] == [Count(9), Count(3)]
    assert [point.score for point in shown.points] == [18.3, 15.3]
    assert shown.points[1].geometry.centroid.distance(Point(X + 413, Y + 17)) < 1e-6
    assert [stretch.accidents for stretch in shown.stretches] == [Count(9), Count(3)]
    assert shown.streets["density_per_km"].tolist() == [20.0]
    assert shown.schools[1].accidents == Count(2)


class TestWijkmanagers:
    @pytest.fixture
    def shown(self, found):
        return release_traffic(found, level="areas", small_count=5)

    def test_small_counts_and_what_follows_from_them_are_absent(self, shown):
        (listed,) = shown.points  # not the other: that it is on the list would say that it has three or four
        assert listed.accidents.ends == (5, 9)
        assert listed.expected in {1.0, 2.0}
        assert (listed.score, listed.serious, listed.weak) == (None, SECRET, SECRET)
        assert shown.schools[0].accidents.ends == (10, 19)
        assert shown.schools[1].accidents == Count(None, 5)

    def test_figures_are_sums_of_what_was_told_of_whole_years(self, shown):
        """Of a year with one small wijk the total is as wide as a small count, and two years twice that."""
        assert [row.injury.ends for row in shown.wijken] == [(81, 81), (0, 8), (17, 17)]
        assert [row.weak.ends for row in shown.wijken] == [(18, 18), (0, 8), (0, 8)]
        assert (shown.injury.ends, shown.span) == ((102, 110), (2024, 2025))
        assert [(row.year, row.accidents.ends) for row in shown.years] == [
            (2024, (51, 55)),
            (2025, (51, 55)),
        ]
        assert {row.low for row in shown.years} == {None}

    def test_of_a_circumstance_the_largest_value_is_not_told(self, found, shown):
        assert shown.conditions == ()  # two years of fifty: "dag" is not by far the largest
        years = tuple(year(number, [400, 1, 8]) for number in (2024, 2025))
        shown = release_traffic(replace(found, by_year=years), level="areas", small_count=5)
        told = {name: {value: count.ends for value, count in counts} for name, counts in shown.conditions}
        # The small value is not named; the column of weak road users stands by wijk.
        assert told == {"kept_circumstance_licht": {"dag": (14, None), "nacht": (12, 12)}}

    def test_a_year_that_was_told_stays_as_it_is(self, found, shown):
        told = {str(number): table.record() for number, table in shown.by_year.items()}
        late = replace(found, by_year=(year(2024, [43, 5, 9]), year(2025, [41, 1, 8])))
        again = release_traffic(late, level="areas", small_count=5, told=told)
        assert again.by_year == shown.by_year
        assert release_traffic(late, level="areas", small_count=5).by_year != shown.by_year
        other = {"2024": told["2024"] | {"injury": {"Noord": "40"}}}
        with pytest.raises(QualityGateError, match="2024 were told before of other wijken"):
            release_traffic(found, level="areas", small_count=5, told=other)

    def test_a_stretch_with_few_accidents_is_not_drawn(self, shown):
        assert [stretch.accidents.ends for stretch in shown.stretches] == [(5, 9)]

    def test_a_place_between_junctions_is_coarse(self, found):
        """A junction is a junction; an accident's own place is told to 50 m."""
        more = replace(found, points=found.points.assign(accidents=[9, 8]))
        junction, place = release_traffic(more, level="areas", small_count=5).points
        assert junction.geometry.centroid.distance(Point(X + 13, Y + 17)) < 1e-6
        assert place.geometry.centroid.distance(Point(X + 400, Y)) < 1e-6

    def test_streets_are_classes_without_figures(self, shown):
        assert shown.streets["street_class"].tolist() == [2]
        assert "density_per_km" not in shown.streets

    def test_no_layer_holds_what_is_held_back(self, shown):
        layers = traffic_layers(shown, Texts("nl"))
        assert [layer.key for layer in layers] == ["schools", "streets", "stretches", "points"]
        assert [layer.features["features"][-1]["properties"]["rows"][0] for layer in layers[::3]] == [
            ["Letselongevallen", "< 5"],
            ["Letselongevallen", "5\N{EN DASH}9"],
        ]
        rows = layers[-1].features["features"][0]["properties"]["rows"]
        assert not [row for row in rows if row[0] == "Score"]
        tables = traffic_gis_layers(shown)
        assert tables["verkeer_punten"][["accidents", "weak", "serious", "score"]].isna().all(axis=None)
        assert np.isnan(tables["verkeer_scholen"]["accidents"].iloc[1])

    def test_chance_says_nothing_of_a_few(self, found):
        more = replace(found, points=found.points.assign(accidents=[12, 9]))
        shown = release_traffic(more, level="areas", small_count=5)
        assert [(one.accidents.ends, one.chance) for one in shown.points] == [
            ((10, 19), "clear"), ((5, 9), "untold"),
        ]  # fmt: skip
        (stretch,) = shown.stretches
        assert stretch.chance == "untold"
        assert np.isnan(stretch.p_value)

    def test_layers_of_a_stadsdeel(self, found):
        shown = release_traffic(replace(found, points=found.points.assign(accidents=[9, 8])), level="areas")
        (switch,) = dangerous_layers(shown, "B", Texts("en"))
        assert switch.choice.counts == {"traffic": 1}
        (feature,) = switch.layers[0].layer.data["features"]
        assert feature["properties"]["card"]["title"] == "Dangerous point 2: Dwarsstraat (Zuid)"
        assert feature["geometry"]["type"] == "Polygon"


class TestPublic:
    def test_only_counts_by_wijk_year_and_circumstance(self, found):
        shown = release_traffic(found, level="wijken", small_count=5)
        assert shown.points == ()
        assert shown.schools == ()
        assert len(shown.streets) == len(shown.stretches) == len(shown.ways) == 0
        assert traffic_layers(shown, Texts("nl")) == ()
        assert traffic_gis_layers(shown) == {}
        assert [row.year for row in shown.years] == [2024, 2025]
        assert shown.wijken[0].injury == Count(81)

    def test_an_unknown_level_is_refused(self, found):
        with pytest.raises(ConfigError, match="points, areas, wijken"):
            release_traffic(found, level="all")


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.booleans()),
        min_size=1, max_size=4,
    )
)  # fmt: skip
@settings(
    deadline=None, max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_score_gives_serious_and_weak_accidents_back(found, rows):
    """Severity and road users change about with the counts and the list as they are: nothing else is told."""
    shown = []
    for swap in (False, True):
        points = frame(
            [Point(X + 500 * at, Y) for at in range(len(rows))],
            status=["listed" if listed else "watch" for *_, listed in rows], kind="junction",
            score=[3.0 * b + a + 1.7 * c + swap for a, b, c, _ in rows], accidents=[a for a, *_ in rows],
            fatal=0, serious=[c if swap else b for _, b, c, _ in rows], light=1,
            weak=[b if swap else c for _, b, c, _ in rows], place=[("Dreef",)] * len(rows), length_m=400.0,
            expected=1.5, p_value=1e-5, q_value=1e-4, listed_in=4, wijk="Noord", stadsdeel="A",
        )  # fmt: skip
        points.index = pd.RangeIndex(1, len(rows) + 1, name="number")
        shown.append(release_traffic(replace(found, points=points), level="areas").points)
    assert shown[0] == shown[1]
    assert [point.number for point in shown[0]] == list(range(1, len(shown[0]) + 1))


def test_the_order_of_schools_does_not_rank_what_is_held_back(found):
    rows = found.schools.assign(name=["Zonneschool", "Appelschool"], accidents=[4, 1], school_time=[4, 1])
    shown = release_traffic(replace(found, schools=rows), level="areas", small_count=5).schools
    assert [row.name for row in shown] == ["Appelschool", "Zonneschool"]
    shown = release_traffic(replace(found, schools=rows), level="points").schools
    assert [row.name for row in shown] == ["Zonneschool", "Appelschool"]


def test_a_count_of_which_nothing_is_said_reads_as_on_the_other_pages(full_result):
    """Not as "0 or more", which is no count of anything."""
    week = release(full_result)
    traffic = replace(
        week.traffic,
        points=tuple(replace(point, accidents=SECRET, weak=SECRET) for point in week.traffic.points),
        schools=tuple(
            replace(school, accidents=SECRET, weak=Count(7), school_time=Count(7))
            for school in week.traffic.schools
        ),
        wijken=tuple(replace(wijk, injury=SECRET) for wijk in week.traffic.wijken),
        conditions=(("severity", (("light", SECRET),)),),
    )
    page = traffic_page(Site(week, Texts("nl"), "none", "", ()), traffic)
    body = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    told = len(traffic.wijken) + len(traffic.points) + len(traffic.schools) + 1
    assert body.count("niet getoond</td>") == told
    assert "≥ 0" not in page
    cards = [
        dict(feature["properties"]["rows"])
        for layer in traffic_layers(traffic, Texts("en"))
        if layer.key in {"points", "schools"}
        for feature in layer.features["features"]
    ]
    assert {card["Injury accidents"] for card in cards} == {"not shown"}


def test_where_neither_street_nor_wijk_is_known_a_place_is_a_dash(found):
    """A button without words can be neither seen nor heard."""
    shown = release_traffic(found).points[0]
    assert point_row(replace(shown, streets=(), wijk=""), Texts("nl"))["whole_place"] == "–"


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"light": Count(None, 63, over=True), "serious": Count(61)}, ["de meeste", "61"]),
        (
            {"light": Count(None, 63, over=True), "serious": Count(None, 52, over=True)},
            ["63 of meer", "52 of meer"],
        ),
        ({"light": Count(70), "serious": Count(None, 12, least=7)}, ["70", "7\N{EN DASH}11"]),
    ],
)
def test_the_largest_circumstance_is_called_the_most(full_result, counts, told):
    """Where it is that in every year; where another is in some year, both are so many or more."""
    traffic = replace(release(full_result).traffic, conditions=(("severity", tuple(counts.items())),))
    (block,) = condition_blocks(traffic, Texts("nl"))
    assert [shown for _, shown in block["rows"]] == told
