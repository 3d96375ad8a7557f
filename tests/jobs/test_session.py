"""One session: every command sees the same city, and what weeks have in common is read and made once."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial

import numpy as np
import pandas as pd
import pytest

from genk_geo import cpted, ingest, weekly
from genk_geo.calendar import Week, Window
from genk_geo.config import Settings
from genk_geo.crs import transform_xy
from genk_geo.jobs.desk.accident_layers import look_at_traffic
from genk_geo.jobs.desk.backtest import backtest_theme
from genk_geo.jobs.desk.evaluate import Period, evaluate_measure
from genk_geo.jobs.desk.export import incidents_of_weeks
from genk_geo.jobs.desk.hot_cells import hot_cells_of_week
from genk_geo.jobs.desk.risk import risk_of_theme
from genk_geo.jobs.session import Session
from genk_geo.jobs.week import environment, releases
from genk_geo.jobs.week.made import weeks
from genk_geo.reference import City, StreetNetwork
from genk_geo.reference.best import COLUMNS
from genk_geo.stats import Grid
from genk_geo.store import Store

# The last weeks of both releases show the same quarter of accidents.
WEEK, NOW = Week(2026, 49), dt.datetime(2026, 12, 8, 9, tzinfo=dt.UTC)
MIDDLE = (228_900.0, 184_600.0)
CONFIG = """store = "h.duckdb"
out = "maps"
tiles = "none"
show = ["traffic"]
addresses = "adressen.parquet"
[grid]
cell_m = 250
[outlook]
wanted = false
[signals]
replicates = 99
[[sources]]
path = "ongevallen.csv"
profile = "traffic"
[network]
path = "straten.geojson"
[traffic]
replicates = 19
draws = 0
[cpted]
network = true
cell_m = 250
[[cpted.factors]]
name = "bars"
path = "bars.csv"
[[overlays]]
name = "cameras"
label = "camera's"
path = "cameras.geojson"
[[releases]]
profile = "analist"
[[releases]]
profile = "wijkmanager"
[[releases]]
profile = "publiek"
delay_weeks = 4
"""


def degrees(dx, dy):
    return np.transpose(transform_xy(MIDDLE[0] + np.asarray(dx), MIDDLE[1] + np.asarray(dy), 31370, 4326))


def geojson(path, kind, shapes):
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": shape}}
        for shape in shapes
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def place(tmp_path_factory, kleinstad):
    """Accidents of two years, most of them along a cross of streets; addresses near it only."""
    folder, rng = tmp_path_factory.mktemp("session"), np.random.default_rng(5)
    arms = [degrees([0, dx], [0, dy]).tolist() for dx, dy in ((900, 0), (-900, 0), (0, 900), (0, -900))]
    geojson(folder / "straten.geojson", "LineString", arms)
    geojson(folder / "cameras.geojson", "Point", degrees([10.0], [10.0]).tolist())
    bars = pd.DataFrame(degrees([0, 300, -500], [40, 0, 0]), columns=["lon", "lat"])
    bars.to_csv(folder / "bars.csv", index=False)
    along, off = rng.uniform(-850, 850, 150), rng.uniform(-1400, 1400, (2, 100))
    even = np.arange(150) % 2 == 0
    where = degrees(*np.hstack([np.where([even, ~even], along, 0), off]))
    days = pd.date_range("2024-12-02", "2026-12-04", periods=len(where))[rng.permutation(len(where))]
    rows = [
        f"T.{at};{day:%d/%m/%Y};14:30;licht gewond;1;auto;fietser;;{x:.7f};{y:.7f}".replace(".", ",")
        for at, (day, (x, y)) in enumerate(zip(days, where, strict=True))
    ]
    header = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
    (folder / "ongevallen.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    doors = pd.DataFrame(degrees(*rng.uniform(-600, 600, (2, 500))), columns=["lon", "lat"]).assign(
        street="Hoekstraat", house_number=[str(at + 1) for at in range(500)], postcode="3600",
        municipality="Genk",
    )  # fmt: skip
    doors[list(COLUMNS)].to_parquet(folder / "adressen.parquet", index=False)
    (folder / "c.toml").write_text(CONFIG + kleinstad, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def settings(place):
    """With a history of its own, for commands that look at one."""
    own = Settings.load(place / "c.toml", store=place / "known.duckdb")
    city = City.from_settings(own.city)
    read = ingest(place / "ongevallen.csv", profile="traffic", city=city, now=NOW)
    with Store.open(own.store, crs=city.crs, timezone=city.timezone) as store:
        store.add(read)
    return own


@pytest.fixture
def count(monkeypatch):
    """Count the calls of something, which goes on to do what it does."""

    def watched(owner, name):
        calls = []
        kept = owner.__dict__[name]
        inner = kept.__func__ if isinstance(kept, classmethod) else kept

        def spy(*arguments, **options):
            calls.append((arguments, options))
            return inner(*arguments, **options)

        monkeypatch.setattr(owner, name, classmethod(spy) if isinstance(kept, classmethod) else spy)
        return calls

    return watched


@pytest.fixture
def measure(place):
    """Areas around the middle, to evaluate."""
    squares = [
        [degrees(np.array([0, 200, 200, 0, 0]) + at, np.array([0, 0, 200, 200, 0])).tolist()]
        for at in (-100, 400)
    ]
    path = place / "maatregel.geojson"
    geojson(path, "Polygon", squares)
    table = json.loads(path.read_text(encoding="utf-8"))
    for feature, role in zip(table["features"], ("treated", "control"), strict=True):
        feature["properties"]["role"] = role
    path.write_text(json.dumps(table), encoding="utf-8")
    return path


def evaluated(settings, measure):
    before, after = (Period.parse(f"{year}-02-02/{year}-05-31") for year in (2025, 2026))
    return evaluate_measure(settings, measure=measure, theme="traffic", before=before, after=after)


@pytest.mark.parametrize(
    "command",
    [
        partial(hot_cells_of_week, theme="traffic", week=WEEK),
        partial(incidents_of_weeks, theme="traffic"),
        partial(backtest_theme, theme="traffic", weeks=4, last=WEEK),
        partial(risk_of_theme, theme="traffic"),
        partial(look_at_traffic, week=str(WEEK)),
        evaluated,
    ],
    ids=["hotspots", "export", "backtest", "risk", "traffic", "evaluate"],
)
def test_every_command_takes_the_addresses_of_the_settings(command, settings, measure, count):
    asked = count(City, "from_settings")
    command(settings, measure) if command is evaluated else command(settings)
    assert [options["addresses"] for _, options in asked] == [settings.addresses]


class Measured(Exception):  # noqa: N818 - no fault: it ends the work once the yardstick is known
    """The share that each cell was expected to have."""


def test_risk_judges_by_the_yardstick_of_the_weekly_run(settings, monkeypatch):
    def measured(incidents, factors, grid, *, exposure, **_):
        raise Measured(exposure)

    monkeypatch.setattr(cpted, "risk_terrain", measured)
    with pytest.raises(Measured) as by_command:
        risk_of_theme(settings, theme="traffic")

    session = Session(settings)
    with session.on_record() as store:
        incidents = store.incidents(theme="traffic")
    history = session.history("traffic", incidents)
    with pytest.raises(Measured) as by_week:
        environment.environments(
            session, [], {"traffic": history}, [type("Look", (), {"theme": "traffic"})], week=WEEK
        )
    yardstick = by_command.value.args[0]
    assert yardstick.equals(by_week.value.args[0])

    # It is the register's: without it dwellings are spread over the whole city.
    bare = settings.model_copy(update={"addresses": None})
    with pytest.raises(Measured) as without:
        risk_of_theme(bare, theme="traffic")
    near = session.ground_in(250).cells.distance(history.incidents.union_all().centroid) < 700
    assert yardstick[near].sum() > 1.2 * without.value.args[0][near].sum()


def test_what_weeks_have_in_common_is_read_and_made_once(place, count):
    made = {
        "city": count(City, "from_settings"),
        "grid": count(Grid, "cover"),
        "streets": count(StreetNetwork, "load"),
        "nodes": count(StreetNetwork, "from_segments"),
        "factors": count(cpted, "read_factor"),
        "street factors": count(cpted, "network_factors"),
        "overlays": count(weeks, "checked_overlays"),
        "blocks": count(releases, "build_blocks"),
        "accidents": count(weeks, "traffic_of"),
    }
    read = count(Store, "incidents")
    publication = weekly(place / "c.toml", week=WEEK, now=NOW)
    assert [one.folder.name for one in publication.releases] == ["2026-W49", "2026-W49", "2026-W45"]
    handed_on = [call for call in made.pop("nodes") if not isinstance(call[0][1], StreetNetwork)]
    assert len(handed_on) == 1
    assert {name: len(calls) for name, calls in made.items()} == dict.fromkeys(made, 1)
    # One reading for each week that is shown, and one for the quarter of accidents that both show; overlays
    # are held against the places near them alone.
    assert len(read) == 3
    read = [call for call in read if "reported_before" in call[1]]
    early = Window(Week(2026, 45), 1).end("Europe/Brussels") + pd.DateOffset(days=1)
    assert sorted(str(options["reported_before"]) for _, options in read)[1] == str(early)
