"""A small fictitious city of six wijken in two stadsdelen, and a week with everything a page can show."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.calendar import Week, Window
from genk_geo.results import (
    Concentrated,
    Density,
    Driver,
    Environment,
    NearRepeat,
    Outlook,
    Overlay,
    PastOutlook,
    Quality,
    Snapping,
    ThemeWeek,
    Traffic,
    WeekResult,
    YearAccidents,
    Zone,
)
from genk_geo.schema import check_table

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TILE_HOST = "https://geo.api.vlaanderen.be/"
CRS = 31370
WEEK = Week(2026, 46)
WIJKEN = {
    "Kastanjehof": "Noorderveld",
    "Molenakker": "Noorderveld",
    "Sint-Odulf": "Noorderveld",
    "Bruggeneinde": "Zuiderpoort",
    "Lindelo": "Zuiderpoort",
    "'t Vossenhol & Co": "Zuiderpoort",
}
SEEDS = [(0.2, 0.8), (0.55, 0.72), (0.85, 0.85), (0.25, 0.3), (0.6, 0.25), (0.88, 0.4)]


@pytest.fixture(scope="session")
def wijken():
    corner, size = np.array([226_000.0, 183_000.0]), np.array([5200.0, 6000.0])
    points = shapely.MultiPoint([tuple(corner + size * np.array(seed)) for seed in SEEDS])
    hull = shapely.box(*corner, *(corner + size)).buffer(-900).buffer(900)
    cells = gpd.GeoSeries(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=hull)), crs=CRS)
    cells = cells.intersection(hull)
    order = [cells.contains(point).idxmax() for point in points.geoms]
    return gpd.GeoDataFrame(
        {"wijk_code": [f"W{n}" for n in range(6)], "wijk": list(WIJKEN), "stadsdeel": list(WIJKEN.values())},
        geometry=cells.loc[order].to_numpy(),
        crs=CRS,
    )


@pytest.fixture(scope="session")
def stadsdelen(wijken):
    return wijken[["stadsdeel", "geometry"]].dissolve("stadsdeel").reset_index()


def counts(rows: dict[str, tuple], *, wijken: bool = False) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            (trend[-1], (low + high) / 2, float(low), float(high), last_year, trend)
            for trend, low, high, last_year in rows.values()
        ],
        index=pd.Index(list(rows), name="name"),
        columns=["observed", "expected", "low", "high", "last_year", "trend"],
    )
    if wijken:
        frame["stadsdeel"] = [WIJKEN[name] for name in rows]
    return frame


def summed(rows: dict[str, tuple], names: dict[str, str]) -> pd.DataFrame:
    """Totals of the wijken, with a range that is narrower than the sum of theirs."""
    groups: dict[str, list[tuple]] = {}
    for name, row in rows.items():
        groups.setdefault(names[name], []).append(row)
    return counts(
        {
            group: (
                tuple(int(n) for n in np.sum([row[0] for row in members], axis=0)),
                round(0.9 * sum(row[1] for row in members)),
                round(0.9 * sum(row[2] for row in members)),
                sum(row[3] for row in members),
            )
            for group, members in groups.items()
        }
    )


def square_area(wijken, wijk: str, offset: tuple[float, float], shape: list[tuple[int, int]]):
    middle = wijken.set_index("wijk").geometry[wijk].representative_point()
    x0, y0 = (round(middle.x / 100) * 100 + offset[0], round(middle.y / 100) * 100 + offset[1])
    cells = [
        shapely.box(x0 + 100 * i, y0 + 100 * j, x0 + 100 * i + 100, y0 + 100 * j + 100) for i, j in shape
    ]
    return cells, shapely.union_all(cells)


BLOB = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (1, 2)]
BAR = [(0, 0), (1, 0), (2, 0), (3, 0), (2, 1), (3, 1)]


def make_areas(wijken, theme: str, rows: list[dict]) -> gpd.GeoDataFrame:
    records = []
    for at, row in enumerate(rows):
        _, shape = square_area(wijken, row["wijk"], row.pop("offset", (0, 0)), row.pop("shape", BLOB))
        records.append(
            {
                "hotspot_id": f"{theme[:3]}-{at + 1:03d}",
                "theme": theme,
                "since": "2026-W46",
                "hotspot_class": "hot 99",
                "q_value": 0.004,
                "relative_risk": row["observed"] / row["expected"],
                "peak_days": (),
                "peak_from": float("nan"),
                "peak_to": float("nan"),
                "peak_share": float("nan"),
                "stadsdeel": WIJKEN[row["wijk"]],
                "area_m2": shape.area,
                "geometry": shape,
                **row,
            }
        )
    columns = [
        "hotspot_id", "theme", "status", "since", "observed", "expected", "this_week", "hotspot_class",
        "q_value", "area_m2", "wijk", "stadsdeel", "number", "place", "relative_risk", "peak_days",
        "peak_from", "peak_to", "peak_share", "geometry",
    ]  # fmt: skip
    if not records:
        return gpd.GeoDataFrame({name: [] for name in columns[:-1]}, geometry=[], crs=CRS)
    return check_table(gpd.GeoDataFrame(records, crs=CRS)[columns], "areas", epsg=CRS)


def make_cells(areas: gpd.GeoDataFrame, theme: str) -> gpd.GeoDataFrame:
    rows = []
    for area in areas.itertuples():
        xmin, ymin, xmax, ymax = area.geometry.bounds
        for x in np.arange(xmin, xmax, 100):
            for y in np.arange(ymin, ymax, 100):
                if area.geometry.contains(shapely.Point(x + 50, y + 50)):
                    rows.append((f"{x:.0f}_{y:.0f}", shapely.box(x, y, x + 100, y + 100), len(rows) % 9))
    return gpd.GeoDataFrame(
        {
            "cell_id": [row[0] for row in rows],
            "theme": theme,
            "period": "2026-W34/2026-W46",
            "observed": [row[2] for row in rows],
            "expected": 0.6,
            "relative_risk": [row[2] / 0.6 for row in rows],
            "z": 3.0,
            "p_value": 0.001,
            "q_value": 0.01,
            "hotspot_class": "hot 99",
        },
        geometry=[row[1] for row in rows],
        crs=CRS,
    )


def make_density(wijken, centres: list[tuple[float, float, float]]) -> Density:
    xmin, ymin, xmax, ymax = (float(edge) for edge in wijken.total_bounds)
    cell = 50.0
    xs, ys = np.arange(xmin, xmax, cell) + cell / 2, np.arange(ymin, ymax, cell)[::-1] + cell / 2
    grid_x, grid_y = np.meshgrid(xs, ys)
    values = np.zeros_like(grid_x)
    for x, y, peak in centres:
        values += peak * np.exp(-((grid_x - x) ** 2 + (grid_y - y) ** 2) / (2 * 260.0**2))
    return Density(values, (xmin, ymin, xs[-1] + cell / 2, ys[0] + cell / 2), cell)


def make_theme(wijken, theme: str, weeks: int, rows, areas, *, located: int, too_few: bool = False):
    layer = make_areas(wijken, theme, areas)
    middles = layer.geometry.representative_point() if len(layer) else []
    peaks = [(point.x, point.y, 90.0 * (at + 1)) for at, point in enumerate(middles)]
    return ThemeWeek(
        theme=theme,
        window=Window(WEEK, weeks),
        located=located,
        in_window=located + 4,
        too_few=too_few,
        hotspots=make_cells(layer, theme),
        areas=layer,
        density=make_density(wijken, peaks),
        hours=np.full(168, located / 168),
        city=summed(rows, dict.fromkeys(rows, "Fictiestad")),
        stadsdelen=summed(rows, WIJKEN),
        wijken=counts(rows, wijken=True),
    )


#: Counts of the last four weeks, expected from and to, same week last year.
NUISANCE = {
    "Kastanjehof": ((9, 12, 11, 23), 7, 15, 10),
    "Molenakker": ((6, 5, 8, 7), 4, 10, 6),
    "Sint-Odulf": ((13, 9, 12, 8), 6, 14, 3),
    "Bruggeneinde": ((7, 9, 6, 5), 6, 12, 8),
    "Lindelo": ((3, 2, 4, 3), 0, 5, 2),
    "'t Vossenhol & Co": ((17, 16, 20, 14), 15, 24, 19),
}
BURGLARY = {
    "Kastanjehof": ((1, 0, 2, 4), 0, 2, 1),
    "Molenakker": ((0, 1, 0, 1), 0, 1, 0),
    "Sint-Odulf": ((2, 0, 1, 0), 0, 2, 3),
    "Bruggeneinde": ((0, 0, 0, 0), 0, 1, 1),
    "Lindelo": ((1, 0, 0, 1), 0, 1, 0),
    "'t Vossenhol & Co": ((0, 1, 0, 0), 0, 1, 0),
}
TRAFFIC = {name: ((0, 1, 0, at % 2), 0, 2, 1) for at, name in enumerate(WIJKEN)}


@pytest.fixture(scope="session")
def week_result(wijken, stadsdelen) -> WeekResult:
    nuisance = [
        {
            "number": 1, "wijk": "Kastanjehof", "status": "new", "observed": 21, "expected": 5.2,
            "this_week": 9, "place": ("Klokkenweg", "Zilverberkstraat"), "peak_days": (4, 5),
            "peak_from": 22.0, "peak_to": 26.0,
        },
        {
            "number": 2, "wijk": "'t Vossenhol & Co", "status": "kept", "observed": 18, "expected": 6.1,
            "this_week": 5, "place": "Stationsdreef", "since": "2026-W40", "shape": BAR,
            "hotspot_class": "hot 95",
        },
        {
            "number": 3, "wijk": "Sint-Odulf", "status": "moved", "observed": 11, "expected": 3.9,
            "this_week": 3, "place": ("Odulfusplein", "Hoge Weg"), "since": "2026-W43",
            "peak_days": tuple(range(7)), "peak_from": 16.0, "peak_to": 20.0, "hotspot_class": "hot 90",
        },
        {
            "number": 4, "wijk": "Bruggeneinde", "status": "merged", "observed": 9, "expected": 3.0,
            "this_week": 2, "place": "Brugstraat", "since": "2025-W51", "peak_days": (6,),
        },
        {
            "number": 5, "wijk": "Molenakker", "status": "split", "observed": 8, "expected": 2.5,
            "this_week": 1, "place": "Molenpad", "since": "2026-W45", "shape": BAR,
        },
        {
            "number": 0, "wijk": "Lindelo", "status": "gone", "observed": 4, "expected": 3.3, "this_week": 0,
            "place": "Lindeplein", "since": "2026-W38", "hotspot_class": "not significant", "q_value": 1.0,
        },
    ]  # fmt: skip
    burglary = [
        {
            "number": 1, "wijk": "Kastanjehof", "status": "new", "observed": 7, "expected": 1.1,
            "this_week": 3, "place": "Notelaarstraat", "peak_days": (4, 5), "peak_from": 18.0,
            "peak_to": 22.0, "offset": (-500, 300),
        }
    ]  # fmt: skip
    return WeekResult(
        week=WEEK,
        as_of=pd.Timestamp("2026-11-16 06:00", tz="Europe/Brussels").as_unit("us"),
        city_name="Fictiestad",
        boundary_note="indicative",
        grouping_note="assumed",
        attribution="Grenzen: verzonnen voor de tests",
        wijken=wijken,
        stadsdelen=stadsdelen,
        themes=(
            make_theme(wijken, "nuisance", 4, NUISANCE, nuisance, located=212),
            make_theme(wijken, "burglary", 13, BURGLARY, burglary, located=38),
            make_theme(wijken, "traffic", 52, TRAFFIC, [], located=6, too_few=True),
        ),
        quality=Quality(
            rows_in=1234,
            incidents=1198,
            duplicates=24,
            rejects=12,
            located_share={"nuisance": 0.914, "burglary": 0.973, "traffic": 0.88},
            late_share={"nuisance": 0.031, "burglary": 0.112, "traffic": float("nan")},
        ),
        demo=True,
    )


@pytest.fixture(scope="session")
def calm_result(week_result, wijken) -> WeekResult:
    """A week in which there is nothing to report."""
    rows = dict.fromkeys(WIJKEN, ((6, 7, 6, 7), 4, 10, 7))
    themes = tuple(
        make_theme(wijken, theme, weeks, rows, [], located=60)
        for theme, weeks in (("nuisance", 4), ("traffic", 52))
    )
    return replace(week_result, themes=themes, demo=False, boundary_note="", grouping_note="")


@pytest.fixture(scope="session")
def empty_result(week_result, wijken) -> WeekResult:
    """A week for which nothing came in."""
    rows = dict.fromkeys(WIJKEN, ((0, 0, 0, 0), 0, 0, 0))
    themes = tuple(
        make_theme(wijken, theme, 4, rows, [], located=0, too_few=True) for theme in ("nuisance", "burglary")
    )
    return replace(week_result, themes=themes, quality=Quality(0, 0, 0, 0))


@pytest.fixture(scope="session")
def published(week_result, tmp_path_factory):
    from genk_geo.render import publish

    folder = tmp_path_factory.mktemp("weken") / "2026-W46"
    publish(
        week_result,
        folder,
        contact="wijkcel@fictiestad.example",
        other_weeks=["2026-W45", "2026-W47", "2025-W52"],
    )
    return folder


def make_signals(wijken, rows: list[dict]) -> gpd.GeoDataFrame:
    """Clusters that are alive, as the weekly job hands them over."""
    shapes = [square_area(wijken, row["wijk"], row.pop("offset"), BLOB)[1] for row in rows]
    told = [
        {"stadsdeel": WIJKEN[row["wijk"]], "days": 13, "radius_m": 250.0, "p_value": 0.004, **row}
        for row in rows
    ]
    return gpd.GeoDataFrame(told, geometry=shapes, crs=CRS)


def make_near_repeat(wijken) -> NearRepeat:
    shape = square_area(wijken, "Molenakker", (-300, -300), BAR)[1]
    zones = gpd.GeoDataFrame(
        [
            {
                "number": 1, "place": ("Molenpad", "Hoge Weg"), "wijk": "Molenakker",
                "stadsdeel": "Noorderveld", "incidents": 6, "until": dt.date(2026, 11, 22),
            }
        ],
        geometry=[shape],
        crs=CRS,
    )  # fmt: skip
    strings = pd.DataFrame(
        [
            {
                "number": 1, "place": ("Molenpad",), "wijk": "Molenakker", "stadsdeel": "Noorderveld",
                "incidents": 7, "first": dt.date(2026, 10, 29), "last": dt.date(2026, 11, 13),
            }
        ]
    )  # fmt: skip
    table = pd.DataFrame(
        [[0, 200, 0, 14, 18, 7.9, 2.3, 0.001]],
        columns=["from_m", "to_m", "from_days", "to_days", "observed", "expected", "ratio", "p_value"],
    )
    since = pd.Timestamp("2025-11-17", tz="Europe/Brussels")
    return NearRepeat(table, 200, 14, 2.3, 0.001, since, zones, strings)


def make_outlook(wijken) -> Outlook:
    rows = [
        ("Kastanjehof", (-700, -500), ("Klokkenweg",), (4, 5), 18.0, 22.0),
        ("Sint-Odulf", (-400, 300), ("Odulfusplein", "Hoge Weg"), (), float("nan"), float("nan")),
        ("Lindelo", (200, 200), ("Lindeplein",), (0, 1, 2), 14.0, 18.0),
    ]
    shapes = [square_area(wijken, row[0], row[1], [(0, 0), (1, 0)])[1] for row in rows]
    places = gpd.GeoDataFrame(
        {
            "number": range(1, 4),
            "place": [row[2] for row in rows],
            "wijk": [row[0] for row in rows],
            "stadsdeel": [WIJKEN[row[0]] for row in rows],
            "area_m2": [shape.area for shape in shapes],
            "expected": [0.8, 0.5, 0.4],
            "peak_days": [row[3] for row in rows],
            "peak_from": [row[4] for row in rows],
            "peak_to": [row[5] for row in rows],
        },
        geometry=shapes,
        crs=CRS,
    )
    scores = pd.DataFrame(
        [
            ("boosted", 0.02, 12, 130, 0.31, 0.24, 0.39, 15.5, 0.52, 0.9, -4.1, 1.11, 0.96, 1.3, False, True),
            ("decayed", 0.02, 12, 130, 0.28, 0.21, 0.36, 14.0, 0.47, 0.9, -4.3, 1.0, 1.0, 1.0, True, False),
        ],
        columns=[
            "model", "budget", "weeks", "incidents", "capture", "capture_low", "capture_high", "pai", "pei",
            "rri", "log_score", "gain", "gain_low", "gain_high", "baseline", "chosen",
        ],
    )  # fmt: skip
    return Outlook("boosted", 0.02, places, PastOutlook(19, 8, 6), scores)


def make_points(wijken, theme: str) -> gpd.GeoDataFrame:
    middle = wijken.set_index("wijk").geometry["Kastanjehof"].representative_point()
    spots = [shapely.Point(middle.x + 37.3 * at, middle.y + 11.7 * at) for at in range(5)]
    moments = pd.date_range("2026-11-09 20:15", periods=5, freq="19h", tz="Europe/Brussels")
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"{theme}-{at}" for at in range(5)],
            "category": "geluidshinder",
            "moment": moments,
            "from": moments,
            "to": moments,
        },
        geometry=spots,
        crs=CRS,
    )


def make_traffic(wijken) -> Traffic:
    """Three dangerous points and a stretch in one stadsdeel, a point in the other, and all the rest."""
    middles = wijken.set_index("wijk").geometry.representative_point()

    def layer(shapes, **columns):
        return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)

    def line(wijk, east, length):
        x, y = middles[wijk].x + east, middles[wijk].y - 600
        return shapely.LineString([(x, y), (x + length, y)])

    at = ["Kastanjehof", "Molenakker", "Sint-Odulf", "Lindelo"]
    points = layer(
        [shapely.Point(middles[wijk].x + 300, middles[wijk].y - 500) for wijk in at],
        status=["listed", "listed", "watch", "watch"], kind=["junction", "stretch", "junction", ""],
        score=[24.6, 15.3, 12.0, 9.0], accidents=[12, 7, 6, 3], fatal=[1, 0, 0, 0], serious=[2, 3, 5, 0],
        light=[9, 4, 1, 3], weak=[6, 5, 2, 3],
        place=[("Ringlaan", "Klokkenweg"), ("Dwarsstraat",), ("Odulfusplein",), ("Lindeplein",)],
        length_m=400.0, expected=[1.5, 0.4, 1.1, 0.9], p_value=1e-5, q_value=[1e-4, 0.05, 0.4, 0.5],
        listed_in=[4, 2, 1, 0], wijk=at, stadsdeel=[WIJKEN[wijk] for wijk in at],
    )  # fmt: skip
    points.index = pd.RangeIndex(1, 5, name="number")
    stretches = layer(
        [line("Kastanjehof", 0, 400)], place=[("Ringlaan",)], window_m=400.0, length_m=400.0, observed=[11],
        expected=[2.2], relative_risk=5.0, llr=9.0, p_value=0.01, wijk=["Kastanjehof"],
        stadsdeel=["Noorderveld"],
    )  # fmt: skip
    stretches.index = pd.RangeIndex(1, 2, name="number")
    two = {"wijk": ["Kastanjehof", "Lindelo"], "stadsdeel": ["Noorderveld", "Zuiderpoort"]}
    segments = layer(
        [line("Kastanjehof", 0, 500), line("Lindelo", 0, 300)], name=["Ringlaan", None],
        road_class=["primary", "residential"], length_m=[500.0, 300.0], events=[20.0, 4.0],
        density_per_km=[40.0, 13.0], **two,
    )  # fmt: skip
    schools = layer(
        [shapely.box(*middles[wijk].buffer(250).bounds) for wijk in two["wijk"]],
        name=["School De Klok", "Lindeschool"], accidents=[11, 2], weak=[6, 1], school_time=[5, 2],
        street_m=[900.0, 500.0], **two,
    )  # fmt: skip
    years = pd.DataFrame(
        {
            "accidents": [20, 26, 9], "low": [12.2, 17.0, 4.1], "high": [30.9, 38.1, 17.1], "weak": [8, 9, 5],
            "whole": [True, True, False], "against": ["unclear", "above", ""],
        },
        index=pd.Index([2024, 2025, 2026], name="year"),
    )  # fmt: skip
    injury = [22, 9, 8, 6, 5, 5]
    by_wijk = pd.DataFrame(
        {"stadsdeel": list(WIJKEN.values()), "injury": injury, "fatal": 0, "serious": 1, "weak": injury},
        index=pd.Index(list(WIJKEN), name="wijk"),
    )
    ways = pd.DataFrame(
        {
            "school": "School De Klok", "length_m": 700.0, "accidents": 3.2, "safest_length_m": 820.0,
            "safest_accidents": 0.7,
        },
        index=pd.Index(list(WIJKEN), name="wijk"),
    )  # fmt: skip
    light = pd.DataFrame({"injury": [41, 14], "share": [0.75, 0.25]}, index=["dag", "nacht"])
    return Traffic(
        start=pd.Timestamp("2023-10-01", tz="Europe/Brussels"),
        end=pd.Timestamp("2026-10-01", tz="Europe/Brussels"), network="verzonnen straten", attribution="",
        fictitious=True, length_km=3.0, radius_m=100.0, bandwidth_m=300.0,
        snapping=Snapping(70, 55, 49, {"too_far": 6}, 50.0), segments=segments, points=points,
        radii_m=(50.0, 75.0, 100.0, 150.0), by_chance=0.4, stretches=stretches,
        concentrated=Concentrated(2, 49, 0.5, ((0.5, 0.1, 0.3),)), years=years, target=15.0, wijken=by_wijk,
        schools=schools, walk_minutes=5.0, ways=ways,
        conditions=(("kept_circumstance_licht", light), ("kept_remark", light)),
        as_of=pd.Timestamp("2026-10-29", tz="Europe/Brussels"),
        by_year=tuple(
            YearAccidents(
                year, sum(injury), 9,
                pd.DataFrame({"injury": injury, "weak": [6, 0, 2, 1, 0, 0]}, index=by_wijk.index),
                (("kept_circumstance_licht", light), ("kept_remark", light)),
            )
            for year, injury in ((2024, [9, 5, 3, 2, 1, 0]), (2025, [10, 5, 5, 3, 2, 1]))
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def full_result(week_result, wijken) -> WeekResult:
    """A week in which everything that a page can show is found."""
    nuisance, burglary, traffic = week_result.themes
    signals = make_signals(
        wijken,
        [
            {
                "number": 1, "place": ("Molenpad",), "wijk": "Molenakker", "since": dt.date(2026, 11, 3),
                "observed": 14, "expected": 1.2, "every_weeks": 156.0, "offset": (-200, 400),
            },
            {
                "number": 2, "place": ("Brugstraat",), "wijk": "Bruggeneinde", "since": dt.date(2026, 11, 10),
                "observed": 4, "expected": 0.4, "every_weeks": 60.0, "offset": (0, 0),
            },
        ],
    )  # fmt: skip
    middle = wijken.geometry.iloc[0].representative_point()
    driver = Driver(
        "bus_stop", "bushaltes", "proximity", "within", 100.0, 2.3, absent=False, quality="zichtbaarheid"
    )
    zone = Zone(
        "nuisance-01", 1, "nuisance", ("Klokkenweg",), wijken["wijk"].iloc[0], wijken["stadsdeel"].iloc[0],
        9.0, 40_000.0, (driver,), ("Snoei het groen.",), (("preventie", ("Verlichting",)),), ("nui-001",),
        shapely.box(*middle.buffer(150).bounds),
    )  # fmt: skip
    cameras = gpd.GeoDataFrame(
        {"name": ["Camera Klokkenweg", ""]},
        geometry=[shapely.Point(middle.x + 400, middle.y), shapely.Point(middle.x - 300, middle.y + 250)],
        crs=CRS,
    )
    themes = (
        replace(
            nuisance, signals=signals, near_repeat=make_near_repeat(wijken), outlook=make_outlook(wijken),
            points=make_points(wijken, "nuisance"),
        ),
        replace(burglary, signals=signals.iloc[:0]),
        traffic,
    )  # fmt: skip
    return replace(
        week_result,
        themes=themes,
        environments=(Environment("nuisance", (zone,), 0.02, 0.21, 0.27),),
        overlays=(Overlay("cameras", "Camera's", cameras),),
        traffic=make_traffic(wijken),
    )


@pytest.fixture(scope="session")
def full_published(full_result, tmp_path_factory):
    """The same week for a wijkmanager and an analist, in Dutch and English, and for the public."""
    from genk_geo.config import ReleaseSettings
    from genk_geo.render import publish

    top = tmp_path_factory.mktemp("uitgaven")
    for name, lang, profile in (
        ("nl", "nl", "wijkmanager"),
        ("en", "en", "wijkmanager"),
        ("analist", "nl", "analist"),
        ("publiek", "nl", "publiek"),
    ):
        publish(
            full_result, top / name, lang=lang, profile=ReleaseSettings(profile=profile),
            contact="cel@stad.example", other_weeks=["2026-W45"],
        )  # fmt: skip
    return top


@pytest.fixture(scope="module")
def browser(chromium):
    """One browser for all tests of a module; a second playwright beside it would be refused."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Opens a page and fails the test at its end when the page complained or asked for something."""
    complaints, contexts = [], []

    def route(request):
        if request.request.url.startswith(("file:", "data:")):
            request.continue_()
        else:
            request.abort()

    def open_page(path, *, width=1280, height=900, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: (
                m.type in {"error", "warning"}
                and not m.location["url"].startswith(TILE_HOST)
                and complaints.append(m.text)
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda r: r.url.startswith(TILE_HOST) or complaints.append(r.url))
        page.route("**/*", route)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
