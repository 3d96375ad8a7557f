"""The Flemish rule for dangerous points, by cases worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson
from shapely import LineString, Point

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import (
    accident_scores,
    dangerous_by_chance,
    dangerous_by_radius,
    dangerous_points,
    yearly_accidents,
)


def accidents(*rows, tz="Europe/Brussels", **columns):
    """Rows of x, y, severity, weak road user, and moment (1 July 2025 by default)."""
    full = [(*row, "2025-07-01")[:5] if len(row) == 4 else row for row in rows]
    return gpd.GeoDataFrame(
        {
            "severity": [row[2] for row in full],
            "weak_road_user": pd.array([row[3] for row in full], dtype="boolean"),
            "from": pd.to_datetime([row[4] for row in full]).tz_localize(tz),
            **columns,
        },
        geometry=[Point(row[0], row[1]) for row in full],
        index=[f"a{at}" for at in range(len(full))],
        crs=31370,
    )


def many(n, x, y, severity="light", *, weak=False, when="2025-07-01"):
    return [(x + at, y, severity, weak, when) for at in range(n)]


@pytest.fixture
def streets():
    """A cross of two streets of 2 km, a side road of 1 km, and far off a lane."""
    return gpd.GeoDataFrame(
        {
            "name": ["Westerring", "Westerring", "Onderwijslaan", "Onderwijslaan", "Zijweg", None],
            "road_class": ["primary"] * 2 + ["secondary"] * 2 + ["residential"] * 2,
        },
        geometry=[
            LineString([(-1000, 0), (0, 0)]),
            LineString([(0, 0), (1000, 0)]),
            LineString([(0, -1000), (0, 0)]),
            LineString([(0, 0), (0, 1000)]),
            LineString([(600, 0), (600, 1000)]),
            LineString([(0, 60), (1000, 60)]),
        ],
        crs=31370,
    )


class TestScores:
    @pytest.mark.parametrize(
        ("severity", "weak", "score"),
        [
            ("fatal", False, 5), ("serious", False, 3), ("light", False, 1), ("fatal", True, 8.5),
            ("serious", True, 5.1), ("light", True, 1.7), ("material", True, 0), (None, True, 0),
            ("light", pd.NA, 1),
        ],
    )  # fmt: skip
    def test_one_victim(self, severity, weak, score):
        got = accident_scores(accidents((0, 0, severity, weak)))
        assert got["score"].tolist() == pytest.approx([score])

    def test_numbers_of_victims(self):
        """1 killed and 2 seriously injured, of whom 1 on a bicycle, and 3 lightly: 5 + 3 + 5.1 + 3."""
        told = pd.DataFrame({"fatal": [1], "serious": [2], "weak_serious": [1], "light": [3]})
        assert accident_scores(told)["score"].tolist() == pytest.approx([16.1])
        assert accident_scores(told)["weak"].tolist() == [True]

    def test_the_accident_says_it_for_all_victims_without_numbers(self):
        told = pd.DataFrame({"light": [2, 2, 0], "weak_road_user": [True, False, True]})
        assert accident_scores(told)["score"].tolist() == pytest.approx([3.4, 2, 0])
        assert accident_scores(told)["weak"].tolist() == [True, False, False]

    def test_faults_are_told(self):
        with pytest.raises(SchemaError, match="neither severity nor victims"):
            accident_scores(pd.DataFrame({"from": []}))
        with pytest.raises(SchemaError, match="negative number in light"):
            accident_scores(pd.DataFrame({"light": [-1]}))
        with pytest.raises(SchemaError, match="more in weak_light"):
            accident_scores(pd.DataFrame({"light": [1], "weak_light": [2]}))


class TestList:
    @pytest.mark.parametrize(
        ("rows", "status", "score"),
        [
            (many(3, 0, 0, "fatal"), "listed", 15),  # exactly on the threshold
            (many(2, 0, 0, "fatal", weak=True), "watch", 17),  # the score without the third accident
            (many(14, 0, 0), "watch", 14),  # just under it
            (many(15, 0, 0), "listed", 15),
            (many(9, 0, 0, weak=True), "listed", 15.3),  # the factor lifts nine light ones over it
            (many(8, 0, 0, weak=True), "watch", 13.6),
            (many(5, 0, 0, "serious"), "listed", 15),
            (many(10, 0, 0), "watch", 10),
            (many(9, 0, 0), None, None),
            (many(3, 0, 0, "serious", weak=True), "listed", 15.3),
            ([*many(14, 0, 0), *many(40, 5, 5, "material")], "watch", 14),
        ],
    )
    def test_thresholds(self, rows, status, score):
        got = dangerous_points(accidents(*rows), radius_m=100)
        if status is None:
            assert got.empty
        else:
            assert got["status"].tolist() == [status]
            assert got["score"].tolist() == pytest.approx([score])

    def test_the_period_is_half_open(self):
        edge = [
            (0, 0, "fatal", False, "2022-12-31 23:59:59"),
            (1, 0, "fatal", False, "2023-01-01 00:00:00"),
            (2, 0, "fatal", False, "2024-06-01 12:00:00"),
            (3, 0, "fatal", False, "2025-12-31 23:59:59"),
            (4, 0, "fatal", False, "2026-01-01 00:00:00"),
        ]
        got = dangerous_points(accidents(*edge), end="2026-01-01")
        assert got["members"].tolist() == [("a1", "a2", "a3")]
        later = dangerous_points(accidents(*edge), end="2026-01-01 00:00:01")
        assert later["members"].tolist() == [("a2", "a3", "a4")]

    def test_without_an_end_the_last_month_is_whole(self):
        rows = [
            (0, 0, "fatal", False, "2022-11-30 23:00"),
            (1, 0, "fatal", False, "2022-12-01 01:00"),
            (2, 0, "fatal", False, "2025-11-10 08:00"),
            (3, 0, "fatal", False, "2025-11-12 08:00"),
        ]
        assert dangerous_points(accidents(*rows))["members"].tolist() == [("a1", "a2", "a3")]

    def test_the_radius_is_closed(self):
        rows = [(0, 0, "fatal", False), (100, 0, "fatal", False), (-100, 0, "fatal", False)]
        assert dangerous_points(accidents(*rows), radius_m=100)["status"].tolist() == ["listed"]
        assert dangerous_points(accidents(*rows), radius_m=99.9)["accidents"].tolist() == []

    def test_no_accident_counts_twice(self):
        rows = [*many(15, 0, 0), *many(15, 150, 0)]
        got = dangerous_points(accidents(*rows), radius_m=100)
        assert got["accidents"].sum() == 30
        assert len({label for labels in got["members"] for label in labels}) == 30
        assert got.index.tolist() == [1, 2]

    def test_listed_points_come_first(self):
        rows = [*many(2, 0, 0, "fatal", weak=True), *many(5, 5000, 0, "serious")]
        got = dangerous_points(accidents(*rows))
        assert got["status"].tolist() == ["listed", "watch"]
        assert got["score"].tolist() == pytest.approx([15, 17])

    def test_the_order_of_the_rows_does_not_matter(self):
        rng = np.random.default_rng(3)
        rows = [(*xy, "serious", at % 3 == 0) for at, xy in enumerate(rng.uniform(0, 600, (120, 2)))]
        table = accidents(*rows)
        mixed = table.sample(frac=1, random_state=5)
        one, other = dangerous_points(table), dangerous_points(mixed)
        assert [sorted(m) for m in one["members"]] == [sorted(m) for m in other["members"]]

    def test_nothing_is_an_answer(self):
        assert dangerous_points(accidents((0, 0, "light", False)).iloc[:0]).empty
        assert dangerous_points(accidents((0, 0, "material", False))).empty

    def test_faults_are_told(self):
        with pytest.raises(ConfigError, match="radius_m"):
            dangerous_points(accidents((0, 0, "light", False)), radius_m=0)
        with pytest.raises(SchemaError, match="tz-aware"):
            dangerous_points(accidents((0, 0, "light", False)).drop(columns="from"))


class TestOnStreets:
    def test_a_junction_and_a_stretch(self, streets):
        rows = [
            *[(0, 30 - at, "serious", False) for at in range(5)],
            *[(-700 + at, 3, "serious", False) for at in range(6)],
        ]
        got = dangerous_points(accidents(*rows), streets)
        assert got["kind"].tolist() == ["stretch", "junction"]
        assert got["place"].tolist() == [("Westerring",), ("Onderwijslaan",)]
        assert got.geometry.iloc[1].equals(Point(0, 0))  # not one of the accidents beside it
        assert got["length_m"].to_numpy() == pytest.approx([200, 400], abs=65)

    def test_streets_that_do_not_meet_are_apart(self, streets):
        """40 m apart as the crow flies, half a kilometre by street."""
        rows = [
            *[(300 + at, 5, "serious", False) for at in range(3)],
            *[(300 + at, 55, "serious", False) for at in range(3)],
        ]
        assert dangerous_points(accidents(*rows))["score"].tolist() == [18]
        assert dangerous_points(accidents(*rows), streets).empty

    def test_the_chance_is_poisson_of_length_and_class(self, streets):
        rows = [
            *[(-700 + at, 0, "serious", False) for at in range(6)],
            *[(0, -900 + 90 * at, "light", False) for at in range(9)],
        ]
        got = dangerous_points(accidents(*rows), streets)
        assert got["accidents"].tolist() == [6]
        # 6 accidents on 2,000 m of primary road, 200 m of it within the radius.
        assert got["length_m"].iloc[0] == pytest.approx(200, abs=10)
        assert got["expected"].iloc[0] == pytest.approx(6 / 2000 * got["length_m"].iloc[0])
        assert got["p_value"].iloc[0] == pytest.approx(poisson.sf(5, got["expected"].iloc[0]))
        assert got["p_value"].iloc[0] <= got["q_value"].iloc[0] <= got["p_value"].iloc[0] * 30.01

    def test_accidents_off_the_streets_do_not_count(self, streets):
        rows = [*[(-700 + at, 0, "serious", False) for at in range(4)], (-700, 51, "serious", False)]
        assert dangerous_points(accidents(*rows), streets)["accidents"].tolist() == [4]

    def test_other_radii(self, streets):
        """Five close together stay listed; five spread over 160 m only from 100 m on."""
        rows = [
            *[(-700 + at, 0, "serious", False) for at in range(5)],
            *[(100 + 40 * at, 0, "serious", False) for at in range(5)],
        ]
        got = dangerous_by_radius(accidents(*rows), streets, radii_m=(50, 75, 100, 150))
        assert got["listed_in"].sort_values().tolist() == [2, 4]
        assert got.loc[got["listed_in"] == 2, [50.0, 75.0, 100.0, 150.0]].to_numpy().tolist() == [
            [False, False, True, True]
        ]

    def test_chance_alone_lists_points(self, streets):
        rng = np.random.default_rng(1)
        few = accidents(*[(x, 0, "serious", False) for x in np.linspace(-900, 900, 8)])
        much = accidents(*[(x, 0, "serious", False) for x in np.linspace(-900, 900, 60)])
        assert dangerous_by_chance(few, streets, simulations=9, rng=rng).max() == 0
        assert dangerous_by_chance(much, streets, simulations=9, rng=rng).min() >= 3
        again = [
            dangerous_by_chance(much, streets, simulations=4, rng=np.random.default_rng(2)) for _ in range(2)
        ]
        assert again[0].tolist() == again[1].tolist()


class TestYears:
    def test_limits_and_target(self):
        rows = [
            *[(0, 0, "light", at % 2 == 0, f"2023-{1 + at % 12:02}-15") for at in range(24)],
            *[(0, 0, "light", False, f"2024-{1 + at % 12:02}-15") for at in range(60)],
            *[(0, 0, "material", False, "2024-03-01")] * 5,
            *[(0, 0, "light", False, "2025-02-10")] * 3,
        ]
        table = accidents(*rows)
        table.index = range(len(table))
        got = yearly_accidents(table, end="2025-03-01", target=40)
        assert got.index.tolist() == [2023, 2024, 2025]
        assert got["accidents"].tolist() == [24, 60, 3]
        assert got["weak"].tolist() == [12, 0, 0]
        assert got["whole"].tolist() == [True, True, False]
        assert got["against"].tolist() == ["below", "above", ""]
        # Exact limits: with the low one so many or more, with the high one so few or fewer, has chance 2.5 %.
        assert poisson.sf(got["accidents"] - 1, got["low"]) == pytest.approx([0.025] * 3)
        assert poisson.cdf(got["accidents"], got["high"]) == pytest.approx([0.025] * 3)

    def test_a_year_without_accidents_is_a_year(self):
        table = accidents((0, 0, "light", False, "2022-01-05"), (0, 0, "light", False, "2024-12-30"))
        got = yearly_accidents(table)
        assert got["accidents"].tolist() == [1, 0, 1]
        assert got["low"].iloc[1] == 0
        assert got["against"].tolist() == ["", "", ""]

    def test_nothing_is_an_answer(self):
        assert yearly_accidents(accidents((0, 0, "material", False))).empty


class TestWhatIsRefused:
    def test_degrees_without_streets(self):
        with pytest.raises(SchemaError, match="in degrees"):
            dangerous_points(accidents(*many(3, 0, 0, "fatal")).to_crs(4326))

    def test_a_severity_that_is_not_known(self):
        with pytest.raises(SchemaError, match=r"Rows a1: the severity 'ernstig\?' is not known"):
            accident_scores(accidents((0, 0, "light", False), (0, 0, "ernstig?", False)))

    def test_a_weak_road_user_that_is_not_true_or_false(self):
        rows = accidents(*many(2, 0, 0)).assign(weak_road_user=["fiets", True])
        with pytest.raises(SchemaError, match="Rows a0: weak_road_user is 'fiets'"):
            accident_scores(rows)

    def test_places_that_are_no_points(self):
        rows = accidents(*many(2, 0, 0))
        with pytest.raises(SchemaError, match="a0, a1 are no Point"):
            dangerous_points(rows.set_geometry(rows.buffer(1)))

    @pytest.mark.parametrize("end", ["soon", "2026-10-25 02:30", "2026-03-29 02:30"])
    def test_an_end_that_is_no_one_moment(self, end):
        with pytest.raises(ConfigError, match="end of the period"):
            dangerous_points(accidents(*many(2, 0, 0)), end=end)

    def test_a_table_without_geometry(self):
        with pytest.raises(SchemaError, match="no coordinate reference system"):
            dangerous_points(pd.DataFrame(accidents(*many(2, 0, 0)).drop(columns="geometry")))


@pytest.mark.parametrize("with_streets", [False, True])
def test_labels_that_stand_twice_count_once_each(streets, with_streets):
    rows = accidents(*many(5, 0, 0, "serious")).set_axis(["a", "a", "a", "b", "b"])
    found = dangerous_points(rows, streets if with_streets else None)
    assert found[["score", "accidents"]].to_numpy().tolist() == [[15.0, 5]]


def test_accidents_without_any_time_are_no_dangerous_points():
    rows = accidents(*many(3, 0, 0, "fatal"))
    assert dangerous_points(rows.assign(**{"from": rows["from"].where(rows["from"].isna())})).empty


@pytest.mark.parametrize(
    ("written", "points"),
    [("Fatal", 5), ("dodelijk", 5), ("zwaar gewond", 3), (" Slight ", 1), ("material", 0), (None, 0)],
)
def test_plain_words_for_severity(written, points):
    assert accident_scores(accidents((0, 0, written, False)))["score"].tolist() == [points]
