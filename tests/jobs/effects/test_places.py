"""Measures at places of a town: counted where and when they were, compared with squares of their own size."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.calendar import Week
from genk_geo.config import ThemeSettings
from genk_geo.jobs.effects.counting import CountedCells
from genk_geo.jobs.effects.places import Treated, _Place, _shared, effects_at, measured
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.schema import geocode_level_dtype
from genk_geo.stats import Grid

TZ = "Europe/Brussels"
LAST = Week(2026, 46)
FIRST = LAST.shift(-129)
START = LAST.shift(-51).monday
AS_OF = LAST.end(TZ) + pd.Timedelta(days=1)
#: Where something works, and where nothing was done but seems so.
WORKS, NULL = shapely.box(600, 600, 900, 900), shapely.box(1800, 1500, 2100, 1800)


def history(x, y, moment, *, reported=None):
    n = len(x)
    known = moment + pd.Timedelta(hours=2) if reported is None else reported
    incidents = gpd.GeoDataFrame(
        {
            "incident_id": [f"i{at}" for at in range(n)],
            "from": moment, "to": moment, "reported": known, "source": "meldpunt", "wijk": "Kern",
            "geocode_level": pd.Categorical(["coordinate"] * n, dtype=geocode_level_dtype()),
            "geocode_uncertainty_m": 10.0,
        },
        geometry=gpd.points_from_xy(x, y), crs=31370,
    )  # fmt: skip
    town = shapely.box(0, 0, 3000, 3000)
    wijken = gpd.GeoDataFrame(
        {"wijk": ["Kern", "Rand"]}, crs=31370,
        geometry=[shapely.box(0, 0, 1700, 3000), shapely.box(1700, 0, 3000, 3000)],
    )  # fmt: skip
    city = SimpleNamespace(timezone=TZ, wijken=wijken)
    ground = Ground(city, Grid.cover(town, 100, crs=31370))
    return ThemeHistory("nuisance", ThemeSettings(bundle=False), incidents, ground)


@pytest.fixture(scope="module")
def town():
    """Ten thousand reports; from a day on four in ten of them at one place stay away."""
    rng = np.random.default_rng(5)
    weeks = LAST.minus(FIRST) + 1
    busy = rng.gamma(2.0, 1.0, (10, 10))
    busy[2, 2] = 5.0
    place = rng.choice(100, size=14_000, p=(busy / busy.sum()).ravel())
    # A first report on the record begins a week that may not be whole.
    day = FIRST.shift(-1).monday
    moment = pd.Timestamp(day, tz=TZ) + pd.to_timedelta(rng.integers(0, (weeks + 1) * 7 * 24, 14_000), "h")
    x, y = (
        300 * (place // 10) + rng.uniform(1, 299, 14_000),
        300 * (place % 10) + rng.uniform(1, 299, 14_000),
    )
    order = np.argsort(moment)
    x, y, moment = x[order], y[order], moment[order]
    inside = shapely.contains_xy(WORKS, x, y) & (moment >= pd.Timestamp(START, tz=TZ))
    kept = ~(inside & (rng.random(14_000) < 0.5))
    return history(x[kept], y[kept], pd.Series(moment[kept]))


def test_weeks_and_cells_are_counted_where_they_are(town):
    counted = CountedCells.of(town, LAST, AS_OF)
    assert counted.first == FIRST
    assert len(counted.counts) == 130
    assert str(counted.mondays[-1].date()) == str(LAST.monday)
    inside = town.incidents.intersects(WORKS) & (town.moment >= pd.Timestamp(FIRST.monday, tz=TZ))
    cells = counted.within(WORKS)
    assert cells.sum() == 9
    assert counted.counts[:, cells].sum() == inside.sum()
    ring = counted.around(cells)
    assert ring.sum() == 5 * 5 - 9
    table = counted.table({"A": cells}, [cells, ring], 3)
    assert not any(table["A"].equals(table[name]) for name in table.columns[1:])
    # The ring spoils the squares around: of 100 squares of three cells nine are no place to compare with.
    assert len(table.columns) == 1 + 100 - 9


def test_what_is_reported_later_than_the_last_week_can_have_been_counts_in_no_week(town):
    late = town.moment + pd.Timedelta(days=20)
    slow = ThemeHistory(
        town.theme, town.settings, town.incidents.assign(reported=late.where(town.incidents.index % 2 == 0)),
        town.ground,
    )  # fmt: skip
    every = CountedCells.of(town, LAST, AS_OF).counts.sum()
    assert CountedCells.of(slow, LAST, AS_OF).counts.sum() == pytest.approx(every / 2, rel=0.05)


def test_what_works_is_told_and_what_does_not_is_not(town):
    asked = [
        Treated("works", WORKS, START), Treated("null", NULL, START),
        Treated("later", NULL.buffer(-1), LAST.shift(1).monday, begun=False),
        Treated("shared", shapely.box(1900, 1500, 2200, 1800), START, LAST.shift(-30).sunday),
        Treated("early", shapely.box(0, 2700, 300, 3000), dt.date(2020, 1, 6)),
        Treated("everything", shapely.box(0, 0, 2900, 2900), LAST.shift(1).monday, begun=False),
        Treated("nowhere", shapely.box(-500, -500, -400, -400), START),
    ]  # fmt: skip
    found = effects_at(town, asked, week=LAST, as_of=AS_OF)
    assert set(found) == {"works", "null", "later", "shared", "early"}
    assert found["works"].verdict == "helped"
    assert 0.3 < found["works"].change.ratio < 0.7
    assert found["works"].ring is not None
    assert found["null"].verdict != "helped"
    assert (found["later"].verdict, found["later"].weeks_seen) == ("too_early", 0)
    assert found["later"].weeks_needed is None or found["later"].weeks_needed > 13
    assert found["shared"].weeks_seen == 22
    assert np.isnan(found["early"].per_week)
    assert found["early"].verdict == "cannot_tell"
    kept = measured(
        found["works"], dossier="2026-001", measures=("light",), ground=WORKS, city=town.ground.city
    )
    assert (kept.wijken, kept.planned) == (("Kern",), False)
    assert kept.observed == found["works"].change.observed


def test_places_that_share_ground_are_nothing_to_compare_each_other_with(town):
    one, other = Treated("one", NULL, START), Treated("other", NULL.buffer(50), LAST.shift(-20).monday)
    rows = _shared([_Place(each, np.array([True, False])) for each in (other, one)], "nuisance")
    assert [(row["area"], row["start"]) for row in rows] == [("other", START)]


def test_nothing_is_told_of_a_record_of_a_week(town):
    assert effects_at(town, [Treated("a", WORKS, START)], week=FIRST, as_of=FIRST.end(TZ)) == {}
