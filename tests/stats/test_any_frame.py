"""Every public function that takes a table: whatever carries the same facts gives the same value.

Odd but equal tables (another name of the geometry, any index, nullable and Arrow columns, feet, another
order) give what the plain one gives, or are refused by one error of the family; no row counts twice or is
lost in silence.
"""

from __future__ import annotations

import datetime as dt
import inspect
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo import cpted, stats
from genk_geo.calendar import Week
from genk_geo.crs import reproject
from genk_geo.errors import GenkGeoError, SchemaError

BOX = shapely.box(0, 0, 3000, 3000)
EXTENT = (0, 0, 3000, 3000)
GRID = stats.Grid.cover(BOX, 250, crs=31370)
WEEK = Week(2026, 46)
ROWS = 90
rng = np.random.default_rng(12)
XY = np.vstack([rng.uniform(200, 2800, (60, 2)), rng.normal(1500, 60, (30, 2))]).round(1)
WHEN = (
    pd.Series(pd.Timestamp("2026-05-04") + pd.to_timedelta(rng.uniform(0, 189, ROWS).round(3), unit="D"))
    .dt.round("s")
    .dt.tz_localize("Europe/Brussels")
    .sort_values(ignore_index=True)
)
STREETS = gpd.GeoDataFrame(
    {"name": [f"s{i}" for i in range(16)], "highway": "residential"},
    geometry=[
        *(shapely.LineString([(0, y), (3000, y)]) for y in range(200, 2900, 350)),
        *(shapely.LineString([(x, 200), (x, 2650)]) for x in range(100, 3000, 400)),
    ],
    crs=31370,
)  # fmt: skip


def reports():
    """Incidents of a town that does not exist, by the contract of incidents."""
    table = pd.DataFrame({"incident_id": [f"i{at:03}" for at in range(ROWS)], "source": "police"})
    table["theme"], table["category"] = "traffic", np.where(np.arange(ROWS) % 3, "a", "b")
    table["from"], table["to"] = WHEN, WHEN + pd.Timedelta(hours=2)
    table["reported"] = WHEN + pd.Timedelta(hours=5)
    table["weight"] = np.arange(ROWS) % 4 + 1.0
    table["severity"] = np.array(["light", "serious", "fatal", "light"])[np.arange(ROWS) % 4]
    table["weak_road_user"] = np.arange(ROWS) % 2 == 0
    table["geocode_level"] = pd.Series(["coordinate"] * ROWS)
    table["geocode_uncertainty_m"], table["area"] = 5.0, np.where(XY[:, 0] < 1500, "west", "east")
    table["days"], table["x"], table["y"] = np.arange(ROWS) * 2.0, XY[:, 0], XY[:, 1]
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*XY.T), crs=31370)


def cells(table):
    return GRID.count(table)


def random():
    return np.random.default_rng(4)


def record(table):
    return stats.WeekRecord.from_incidents(table, table["from"], GRID, first=Week(2026, 19), last=WEEK)


def weekly(table):
    return stats.weekly_counts(table["from"], table["area"], first=Week(2026, 19), last=WEEK)


def factors(table):
    return [cpted.factor_of("bars", features=table.iloc[:20][[table.geometry.name]])]


#: What each function says of a table of reports.
ASKED = {
    "kernel_density": lambda t: stats.kernel_density(t[["x", "y"]], extent=EXTENT, weights=t["weight"]),
    "adaptive_density": lambda t: stats.adaptive_density(
        t[["x", "y"]], extent=EXTENT, cell_m=50, weights=t["weight"]
    ),
    "likelihood_bandwidth": lambda t: stats.likelihood_bandwidth(t[["x", "y"]], bounds=EXTENT, candidates=5),
    "maximal_bandwidth": lambda t: stats.maximal_bandwidth(t[["x", "y"]]),
    "scott_bandwidth": lambda t: stats.scott_bandwidth(t[["x", "y"]]),
    "relative_risk_surface": lambda t: (
        stats.relative_risk_surface(
            t[["x", "y"]], t[["y", "x"]], extent=EXTENT, cell_m=100, weights=(t["weight"], None)
        ).log_risk
    ),
    "density_clusters": lambda t: stats.density_clusters(t, radius_m=90, weights=t["weight"]).labels,
    "density_clusters ": lambda t: stats.density_clusters(t.geometry, radius_m=90).areas.area,
    "Grid.assign": lambda t: GRID.assign(t).to_numpy(),
    "Grid.count": lambda t: GRID.count(t, weights=t["weight"]),
    "space_time_cube": lambda t: stats.space_time_cube(
        t, t["from"], GRID, first=Week(2026, 19), last=WEEK, weights=t["weight"]
    ),
    "shifted_hot": lambda t: stats.shifted_hot(t, GRID, weights=t["weight"]),
    "knox": lambda t: stats.knox(t[["x", "y"]], t["days"], permutations=9, rng=random()).observed,
    "near_repeat": lambda t: stats.near_repeat(t[["x", "y"]], t["days"], permutations=9, rng=random()).bands,
    "near_repeat_zones": lambda t: (
        stats.near_repeat_zones(t[["x", "y"]], t["days"], GRID, distance_m=100, reach_days=7, today=180).area
    ),
    "near_repeat_strings": lambda t: stats.near_repeat_strings(
        t[["x", "y"]], t["days"], distance_m=300, reach_days=9
    ),
    "scan": lambda t: stats.scan(
        t[["x", "y"]], t["days"].astype(int), today=178, replicates=9, rng=random()
    ).clusters["observed"],
    "scan_counts": lambda t: stats.scan_counts(
        t[["x", "y"]],
        t["weight"].to_numpy(float)[:, None],
        np.full((len(t), 1), 2.0),
        replicates=9,
        rng=random(),
    ).clusters["observed"],
    "scan_cases": lambda t: stats.scan_cases(
        t[["x", "y"]], t["weight"].to_numpy(float) % 2, t["weight"], replicates=9, rng=random()
    ).clusters["observed"],
    "planar_k": lambda t: (
        stats.planar_k(
            t[["x", "y"]], window=EXTENT, distances_m=[100, 300], simulations=3, rng=random()
        ).table
    ),
    "clark_evans": lambda t: stats.clark_evans(t[["x", "y"]], window=EXTENT, simulations=9, rng=random()),
    "quadrat_test": lambda t: stats.quadrat_test(t["weight"], t["days"] + 1, simulations=9, rng=random()),
    "space_time_k": lambda t: (
        stats.space_time_k(
            t[["x", "y"]],
            t["days"],
            window=EXTENT,
            period=(0, 180),
            distances_m=[100],
            days_apart=[7],
            permutations=9,
            rng=random(),
        ).k
    ),
    "self_exciting": lambda t: (
        stats.self_exciting(t[["x", "y"]], t["days"], bounds=EXTENT, period=(0, 180)).log_likelihood
    ),
    "bundle_reports": lambda t: stats.bundle_reports(t).number,
    "learn_links": lambda t: vars(stats.learn_links(t)),
    "aoristic": lambda t: stats.aoristic(t["from"], t["to"], weights=t["weight"]),
    "aoristic_by": lambda t: stats.aoristic_by(t["from"], t["to"], t["area"]),
    "aoristic_share": lambda t: stats.aoristic_share(t["from"], t["to"], np.arange(168) < 60),
    "weekly_counts": weekly,
    "expect": lambda t: stats.expect(weekly(t), week=WEEK)["high"],
    "alerts": lambda t: stats.alerts(weekly(t), week=WEEK)["p_value"],
    "overdispersion": lambda t: stats.overdispersion(weekly(t)),
    "place_odds": lambda t: stats.place_odds(
        GRID, t, t["days"] // 7 + 1, pd.Series(1.0, GRID.cells.index), spans={4: 0.5, 13: 0.5}, window=13
    ),
    "concentration": lambda t: stats.concentration(cells(t), rng=random()).gini,
    "eb_rates": lambda t: stats.eb_rates(t["weight"], t["days"] + 1)["rate"],
    "mann_kendall": lambda t: stats.mann_kendall(t["weight"]).s,
    "poisson_tail": lambda t: stats.poisson_tail(t["weight"], t["days"]),
    "q_values": lambda t: stats.q_values(t["weight"] / 10),
    "WeekRecord": lambda t: [record(t).week, record(t).cell],
    "forecast": lambda t: stats.forecast(record(t), models=("decayed",), rng=random()),
    "accident_scores": lambda t: stats.accident_scores(t)["score"],
    "yearly_accidents": lambda t: stats.yearly_accidents(t, end="2026-11-09"),
    "at_school_time": lambda t: stats.at_school_time(t).to_numpy(),
    "dangerous_points": lambda t: stats.dangerous_points(t, end="2026-11-09")["score"],
    "dangerous_points ": lambda t: stats.dangerous_points(t, STREETS, end="2026-11-09")["score"],
    "dangerous_by_radius": lambda t: stats.dangerous_by_radius(t, radii_m=(50.0, 150.0), end="2026-11-09"),
    "dangerous_by_chance": lambda t: stats.dangerous_by_chance(
        t, STREETS, end="2026-11-09", simulations=3, rng=random()
    ),
    "dangerous_stretches": lambda t: stats.dangerous_stretches(STREETS, t, replicates=9, rng=random())[
        ["observed", "p_value"]
    ],
    "network_density": lambda t: stats.network_density(STREETS, t, lixel_m=100, weights=t["weight"]).drop(
        columns="geometry"
    ),
    "network_k": lambda t: (
        stats.network_k(
            STREETS, t, distances_m=[100, 300], simulations=3, max_distance_m=400, rng=random()
        ).table
    ),
    "snap_to_network": lambda t: stats.snap_to_network(t, STREETS)["distance_m"],
    "events_around": lambda t: stats.events_around(STREETS, t.iloc[:3], t, reach_m=300, max_place_m=400)[
        "distance_m"
    ],
    "walking_zones": lambda t: stats.walking_zones(STREETS, t.iloc[:3], max_distance_m=400).area,
    "ways_to_school": lambda t: stats.ways_to_school(STREETS, t, t.iloc[:2], np.ones(len(STREETS))).iloc[
        :, 1:
    ],
    "factor_of": lambda t: cpted.factor_of("bars", features=t).label,
    "risk_terrain": lambda t: cpted.risk_terrain(t, factors(t), GRID, steps=2, stability=0).cells["score"],
}
#: Functions that take no table of reports, or whose tables are made by others of these.
ELSEWHERE = {
    "backtest", "choose_model", "scorecard", "contour_polygons", "displacement", "emerging_category",
    "emerging_hotspots", "farrington", "global_g", "global_moran", "hotspot_areas", "lixelise", "local_g",
    "local_moran", "patrol_slots", "peak", "quartic_radius", "reporting_step", "segment_density",
    "shrunken_risk", "slot_hours", "suggest", "track", "walking_reach_m", "whole_extent", "window_dispersion",
    "window_family", "write_geotiff",
    "effects", "weeks_needed",
    "agreement", "change", "checklist", "factors_from_osm", "load_catalogue", "network_factors",
    "qualities_of", "quality_index", "raster_means", "read_factor", "read_forms", "relative_risk_value",
    "risk_score", "risk_zones", "write_template", "zones_layer",
}  # fmt: skip


def test_every_public_function_is_asked_or_named():
    public = {
        name
        for room in (stats, cpted)
        for name in getattr(room, "__all__", dir(room))
        if inspect.isfunction(getattr(room, name))
    }
    assert public == {name.strip() for name in ASKED if name[0].islower()} | ELSEWHERE


def renamed(table):
    return table.rename_geometry("plek")


def indexed(index):
    return lambda table: table.set_axis(index, axis=0)


def nullable(table):
    """As a database hands it over."""
    names = {
        "weight": "Float64",
        "days": "Float64",
        "x": "Float64",
        "y": "Float64",
        "weak_road_user": "boolean",
    }
    return table.astype(names | dict.fromkeys(["severity", "area", "category", "theme"], "string"))


def arrow(table):
    names = dict.fromkeys(["weight", "days", "x", "y"], "double[pyarrow]")
    names |= dict.fromkeys(["severity", "area", "category", "theme"], "string[pyarrow]")
    return table.astype(names | {"weak_road_user": "bool[pyarrow]"})


def arrow_times(table):
    return table.astype(
        dict.fromkeys(["from", "to", "reported"], "timestamp[us, tz=Europe/Brussels][pyarrow]")
    )


def in_utc(table):
    return table.assign(**{name: table[name].dt.tz_convert("UTC") for name in ("from", "to", "reported")})


def naive(table):
    return table.assign(**{name: table[name].dt.tz_localize(None) for name in ("from", "to", "reported")})


def categories(table):
    return table.astype(dict.fromkeys(["severity", "area", "category"], "category"))


def objects(table):
    return table.astype(dict.fromkeys(["weight", "days", "x", "y", "weak_road_user", "area", "from"], object))


def in_degrees(table):
    return reproject(table, 4326)


def in_another_system(table):
    return reproject(table, 3812)


def in_feet(table):
    return reproject(table, 2277)


def without_crs(table):
    return table.set_crs(None, allow_override=True)


def heights(table):
    return table.set_geometry(shapely.force_3d(table.geometry.to_numpy(), 12.0), crs=31370)


def second_geometry(table):
    return table.assign(other=table.geometry.buffer(5))


SAME = {
    "a copy": lambda table: table.copy(),
    "another name of the geometry": renamed,
    "one label for all": indexed([7] * ROWS),
    "strings": indexed([f"r{at}" for at in range(ROWS)]),
    "backwards": indexed(range(ROWS, 0, -1)),
    "two levels": indexed(pd.MultiIndex.from_product([["a", "b", "c"], range(ROWS // 3)])),
    "missing labels": indexed([None, np.nan, *range(ROWS - 2)]),
    "moments as labels": indexed(pd.DatetimeIndex(WHEN)),
    "nullable": nullable,
    "arrow": arrow,
    "arrow times": arrow_times,
    "utc": in_utc,
    "naive": naive,
    "categories": categories,
    "objects": objects,
    "degrees": in_degrees,
    "another system": in_another_system,
    "feet": in_feet,
    "no system": without_crs,
    "heights": heights,
    "a second geometry": second_geometry,
}


#: What a function may refuse, if it says so.
MAY_REFUSE = {"naive", "objects", "degrees", "another system", "feet", "no system", "arrow times"}
#: Tables whose labels have to tell rows apart, for functions that answer by label.
ONCE = {"one label for all", "missing labels"}
BY_LABEL = {"bundle_reports", "eb_rates"}
#: Hours of the day are those of the clock that the moments carry.
BY_THE_CLOCK = {"aoristic", "aoristic_by", "aoristic_share", "at_school_time"}
#: Reprojected, and back: within centimetres.
MOVED = {"degrees", "another system", "feet"}


def plain(value):
    """A result as nested numbers and texts, without labels."""
    if isinstance(value, gpd.GeoDataFrame):
        value = pd.DataFrame(
            value.assign(**{value.geometry.name: value.geometry.to_wkt(rounding_precision=1)})
        )
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, pd.DataFrame):
        return {str(name): plain(value[name]) for name in value.columns}
    if isinstance(value, pd.Series):
        value = value.to_numpy(dtype=object, na_value=np.nan)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, pd.Timestamp):
        return value.timestamp()
    if isinstance(value, dt.date) or value is None or value is pd.NA:
        return str(value)
    return value


def alike(one, other, off=1e-6):
    if isinstance(one, dict):
        return set(one) == set(other) and all(alike(one[name], other[name], off) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(alike(*both, off) for both in zip(one, other, strict=True))
    if isinstance(one, int | float) and isinstance(other, int | float):
        if math.isfinite(one) and math.isfinite(other):
            return abs(one - other) <= off * max(1.0, abs(other))  # pytest.approx, for half a million of them
        return one == other or (math.isnan(one) and math.isnan(other))
    return one == other


@pytest.fixture(scope="module")
def told():
    table = reports()
    return {name: plain(ask(table)) for name, ask in ASKED.items()}


@pytest.fixture(scope="module")
def the_same():
    """Tables that carry the same facts, for all functions: at the end none of them has been changed."""
    made = {what: change(reports()) for what, change in SAME.items()}
    yield made
    for what, change in SAME.items():
        pd.testing.assert_frame_equal(pd.DataFrame(made[what]), pd.DataFrame(change(reports())))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ASKED)
def test_tables_that_say_the_same_give_the_same(name, told, the_same):
    refused = 0
    for what, table in the_same.items():
        try:
            found = plain(ASKED[name](table))
        except GenkGeoError:
            if what not in MAY_REFUSE | (ONCE if name in BY_LABEL else set()):
                raise
            refused += 1
            continue
        if (what == "utc" and name in BY_THE_CLOCK) or (what in MOVED and name == "learn_links"):
            continue
        assert alike(found, told[name], 2e-2 if what in MOVED else 1e-6), what
    assert refused <= len(MAY_REFUSE | ONCE)


def emptied(table):
    return table.iloc[:0]


def lacking(kind):
    def change(table):
        shapes = table.geometry.to_numpy().copy()
        shapes[::9] = kind
        gone = np.arange(ROWS) % 9 == 0
        changed = table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))
        return changed.assign(x=table["x"].mask(gone), y=table["y"].mask(gone))

    return change


LACKING = {
    "empty": emptied,
    "none": lacking(None),
    "point empty": lacking(shapely.Point()),
    "one row": lambda table: table.iloc[:1],
    "no times": lambda table: table.assign(
        **{name: table[name].where([False] * ROWS) for name in ("from", "to")}
    ),
    "all missing": lambda table: lacking(None)(table).iloc[::9],
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ASKED)
def test_tables_that_lack_something_give_a_value_or_one_clear_error(name):
    table = reports()
    for change in LACKING.values():
        try:
            ASKED[name](change(table))
        except GenkGeoError:
            continue


def test_times_with_labels_go_to_the_places_of_these_labels():
    """By order, a sorted column would give each place the time of another one, and nothing would be seen."""
    rng = np.random.default_rng(2)
    begin = pd.Timestamp("2026-01-01", tz="Europe/Brussels")
    places = gpd.GeoDataFrame(
        {"from": begin + pd.to_timedelta(rng.uniform(0, 200, 120), unit="D")},
        geometry=gpd.points_from_xy(*rng.uniform(0, 900, (2, 120)), crs=31370),
        index=[f"m{at}" for at in range(120)],
    )
    days = (places["from"] - begin) / pd.Timedelta(days=1)
    bands = {"distance_bands": [0, 100, 300], "time_bands": [0, 7, 28], "permutations": 19, "rng": 1}
    wanted = stats.knox(places, days, **bands).observed
    for given in (
        days.sort_values(),
        days.sample(frac=1, random_state=1),
        days.to_numpy(),
        days.reset_index(drop=True),
    ):
        assert np.array_equal(stats.knox(places, given, **bands).observed, wanted)
    grid = stats.Grid.cover(places.union_all().envelope, 300, crs=31370)
    cube = stats.space_time_cube(places, places["from"].sort_values(), grid=grid, step=4)
    pd.testing.assert_frame_equal(
        pd.DataFrame(cube), pd.DataFrame(stats.space_time_cube(places, grid=grid, step=4))
    )
    after_something_else = days.rename(lambda label: f"x{label}")
    assert np.array_equal(stats.knox(places, after_something_else, **bands).observed, wanted)
    shifted = days.set_axis([*places.index[1:], "m999"])
    with pytest.raises(SchemaError, match="only in part those of the places"):
        stats.knox(places, shifted, **bands)
