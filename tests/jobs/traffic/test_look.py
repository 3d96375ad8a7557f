"""Accidents from supplier files and real layers, through the network, to the page."""

from __future__ import annotations

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from libpysal.examples import get_path

from genk_geo import ingest, stats
from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.crs import transform_xy
from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.accident_layers import look_at_traffic
from genk_geo.jobs.session import Session
from genk_geo.jobs.traffic.look import analyse_traffic, traffic
from genk_geo.jobs.traffic.period import period_until, whole_quarter
from genk_geo.reference import StreetNetwork
from genk_geo.release import checked_release
from genk_geo.render import publish
from genk_geo.results import Quality, WeekResult
from genk_geo.store import Store

WEEK = Week(2026, 46)
SIZE, BLOCK, CORNER = 6, 150.0, (228300.0, 184300.0)


def osm_town(path):
    """Lattice of 6 x 6 blocks in Genk, rows primary roads, columns residential, a school in the middle."""
    xy = [(CORNER[0] + BLOCK * i, CORNER[1] + BLOCK * j) for j in range(SIZE + 1) for i in range(SIZE + 1)]
    school = (CORNER[0] + 3.5 * BLOCK, CORNER[1] + 3.5 * BLOCK)
    lon, lat = transform_xy(*np.transpose([*xy, school]), 31370, 4326)
    nodes = [
        f'<node id="{at}" lat="{b}" lon="{a}"' for at, (a, b) in enumerate(zip(lon, lat, strict=True), 1)
    ]
    tagged = f'{nodes[-1]}><tag k="amenity" v="school"/><tag k="name" v="De Proefschool"/></node>'
    lines = ['<osm version="0.6">', *(f"{node}/>" for node in nodes[:-1]), tagged]
    n = SIZE + 1
    rows = [[j * n + i + 1 for i in range(n)] for j in range(n)]
    columns = [[j * n + i + 1 for j in range(n)] for i in range(n)]
    for kind, name, ways in (("primary", "Rijweg", rows), ("residential", "Dwarsweg", columns)):
        for at, way in enumerate(ways):
            inside = "".join(f'<nd ref="{node}"/>' for node in way)
            tags = f'<tag k="highway" v="{kind}"/><tag k="name" v="{name} {at}"/>'
            lines.append(f'<way id="{1000 * (kind == "primary") + at + 1}">{inside}{tags}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def police_file(path):
    """Four years: many on one crossing, some along the streets, some off them or without a place."""
    rng = np.random.default_rng(7)
    rows = []

    def add(x, y, day, time="08:15", severity="licht gewond", user="personenwagen"):
        place = f"{x:.2f};{y:.2f}".replace(".", ",") if np.isfinite(x) else ";"
        rows.append(f"TV.{len(rows) + 1};{day:%d/%m/%Y};{time};{severity};;{user};;Onbekendlaan 999;{place}")

    crossing = (CORNER[0] + 2 * BLOCK, CORNER[1] + 4 * BLOCK)
    days = pd.date_range("2024-01-08", periods=40, freq="25D")
    for at in range(12):  # a listed crossing, half of it with cyclists, on school mornings
        add(
            crossing[0] + rng.uniform(-15, 15),
            crossing[1],
            days[at * 3],
            user=("fietser", "personenwagen")[at % 2],
        )
    for at in range(40):  # along the streets
        add(CORNER[0] + rng.uniform(0, SIZE * BLOCK), CORNER[1] + BLOCK * (at % 7), days[at], time="22:10")
    for at in range(5):  # in the fields
        add(CORNER[0] + (at + 0.5) * BLOCK, CORNER[1] + 0.5 * BLOCK, days[at])
    for at in range(3):  # damage only
        add(CORNER[0], CORNER[1], days[at], severity="stoffelijke schade")
    for at in range(4):  # before the period
        add(
            CORNER[0],
            CORNER[1] + BLOCK,
            pd.Timestamp("2022-05-04") + pd.Timedelta(days=at),
            severity="dodelijk",
        )
    add(np.nan, np.nan, days[5])
    header = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("town")
    osm_town(place / "stad.osm")
    police_file(place / "ongevallen.csv")
    (place / "genk-geo.toml").write_text(
        'store = "h.duckdb"\n[network]\npath = "stad.osm"\n[traffic]\nreplicates = 99\ndraws = 9\n'
        'target = 5\nschools = "stad.osm"\n',
        encoding="utf-8",
    )
    return place


@pytest.fixture(scope="module")
def settings(folder):
    return Settings.load(folder / "genk-geo.toml")


def shown_in(week, settings, store):
    """What the page of a week shows, made the day after that week."""
    end = week.end()
    return traffic(Session(settings), store, period_until(end, end + pd.DateOffset(days=1), settings.traffic))


@pytest.fixture(scope="module")
def found(folder, settings, city):
    read = ingest(folder / "ongevallen.csv", profile="traffic", city=city, now="2026-11-20")
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        store.add(read)
        return shown_in(WEEK, settings, store)


class TestSupplierFile:
    def test_every_accident_is_accounted_for(self, found):
        snapping = found.snapping
        assert snapping.accidents == 61  # those before the period are not in it
        assert snapping.injury == 58
        assert snapping.on_network == 52
        assert snapping.lost == {"no_place": 1, "too_far": 5}

    def test_the_crossing_is_listed(self, found, city):
        first = found.points.iloc[0]
        assert first["status"] == "listed"
        assert first["kind"] == "junction"
        assert first["accidents"] >= 12
        assert first["weak"] == 6
        assert "Rijweg 4" in first["place"]
        assert first["listed_in"] == 4
        assert first["p_value"] < 1e-6
        assert first["wijk"] in set(city.wijken["wijk"])
        assert found.by_chance < 2

    def test_the_stretch_is_found_too(self, found):
        assert found.stretches["p_value"].iloc[0] == pytest.approx(0.01)
        assert found.stretches.distance(found.points.geometry.iloc[0]).iloc[0] < 30

    def test_the_density_adds_up_to_what_is_on_the_network(self, found):
        assert found.segments["events"].sum() == pytest.approx(52, abs=1e-3)
        assert found.segments["density_per_km"].is_monotonic_decreasing
        assert found.concentrated.events == 52
        assert [share for share, _, _ in found.concentrated.shares] == [0.25, 0.5, 0.8]

    def test_years_against_the_target(self, found):
        assert found.years.loc[2022, "accidents"] == 4
        assert found.years["whole"].tolist() == [False, True, True, True, False]
        assert found.years.loc[2024, "against"] == "above"
        assert found.years["accidents"].sum() == 62

    def test_the_school_and_the_way_to_it(self, found):
        school = found.schools.iloc[0]
        assert school["name"] == "De Proefschool"
        assert school["accidents"] >= 12  # the crossing is 225 m away over the streets
        assert 0 < school["school_time"] <= 12
        assert school.geometry.area > 10_000
        centre = found.ways.loc["Genk-Centrum"]
        assert centre["school"] == "De Proefschool"
        assert (found.ways["safest_length_m"] >= found.ways["length_m"] - 1e-6).all()
        assert (found.ways["safest_accidents"] <= found.ways["accidents"] + 1e-9).all()

    def test_circumstances(self, found):
        told = dict(found.conditions)
        assert told["weak_road_user"]["injury"].to_dict() == {"no": 52, "yes": 6}
        assert told["severity"]["injury"].to_dict() == {"light": 58}
        assert told["hour"]["injury"].to_dict() == {"06-09": 18, "21-24": 40}
        assert told["weekday"]["injury"].sum() == 58

    def test_the_same_history_gives_the_same(self, by_week, settings):
        """A week that is named is the end of the period, whatever the settings say."""
        again = look_at_traffic(settings, week="2026-W46")
        assert again.end == by_week.end == WEEK.end()
        assert again.as_of is None
        assert again.stretches.equals(by_week.stretches)
        assert again.by_chance == by_week.by_chance
        assert again.points.equals(by_week.points)

    def test_the_period_ends_with_a_quarter(self, found, by_week):
        assert (found.end, found.as_of) == (midnight("2026-10-01"), midnight("2026-10-29"))
        assert found.start == midnight("2023-10-01")
        assert by_week.years.index[-1] == found.years.index[-1] == 2026


def midnight(day):
    return pd.Timestamp(day, tz="Europe/Brussels")


@pytest.fixture(scope="module")
def by_week(found, settings, city):
    assert found is not None  # the history is filled
    own = settings.model_copy(update={"traffic": settings.traffic.model_copy(update={"until": "week"})})
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        return shown_in(WEEK, own, store)


class TestQuarter:
    """Pages of the weeks of a quarter say the same, so that none tells the accidents of a week."""

    @pytest.mark.parametrize(
        ("end", "as_of", "quarter"),
        [
            ("2026-11-16", "2026-11-17", "2026-10-01"),
            ("2026-10-26", "2026-10-28", "2026-07-01"),  # late reports are still coming in
            ("2026-10-26", "2026-10-29", "2026-10-01"),
            ("2026-01-05", "2026-01-06", "2025-10-01"),
            ("2026-06-29", "2026-12-31", "2026-04-01"),  # a week of long ago, told anew
            ("2024-01-01", "2024-02-01", "2024-01-01"),
        ],
    )
    def test_the_last_whole_quarter(self, end, as_of, quarter):
        assert whole_quarter(midnight(end), midnight(as_of).tz_convert("UTC")) == midnight(quarter)

    def test_it_moves_four_times_a_year(self):
        weeks = [Week(2026, 1).shift(at) for at in range(52)]
        ends = [whole_quarter(week.end(), week.end() + pd.DateOffset(days=1)) for week in weeks]
        assert len(set(ends)) == 5
        assert ends == sorted(ends)

    def test_pages_of_two_weeks_say_the_same_whatever_came_in(self, settings, folder, city, tmp_path):
        own = settings.model_copy(update={"store": tmp_path / "own.duckdb"})
        late = tmp_path / "laat.csv"
        header = "PV-nummer;Datum;Uur;Ernst;Weggebruiker 1;Plaats;X;Y;Datum vaststelling"
        x, y = CORNER[0] + 2 * BLOCK, CORNER[1] + 4 * BLOCK
        late.write_text(
            f"{header}\nL1;20/09/2026;08u15;licht gewond;fietser;Rijweg;{x};{y};18/11/2026\n"
            f"L2;17/11/2026;08u15;licht gewond;fietser;Rijweg;{x};{y};17/11/2026\n",
            encoding="utf-8",
        )
        seen = []
        with Store.open(own.store, crs=city.crs, timezone=city.timezone) as store:
            store.add(ingest(folder / "ongevallen.csv", profile="traffic", city=city, now="2026-11-16"))
            for week in (WEEK, WEEK.shift(1)):
                seen.append(shown_in(week, own, store))
                store.add(ingest(late, profile="traffic", city=city, now="2026-11-24"))
        first, second = seen
        assert first.points.equals(second.points)
        assert first.stretches.equals(second.stretches)
        assert first.years.equals(second.years)
        assert (first.by_chance, first.snapping) == (second.by_chance, second.snapping)


@pytest.fixture(scope="module")
def published(found, city, tmp_path_factory):
    out = tmp_path_factory.mktemp("pages")
    result = WeekResult(
        week=WEEK, as_of=WEEK.end(city.timezone) + pd.DateOffset(days=1), city_name=city.name,
        boundary_note="", grouping_note="", attribution="", wijken=city.wijken, stadsdelen=city.stadsdelen,
        themes=(), quality=Quality(1, 1, 0, 0), demo=False, traffic=found,
    )  # fmt: skip
    publish(checked_release(result), out, tiles="none")
    return out


class TestPage:
    def test_the_streets_of_the_osm_file_are_on_the_map(self, published, found):
        page = (published / "verkeer.html").read_text(encoding="utf-8")
        layers = json.loads(re.search(r"layers: (\[.*\]),\n", page)[1])
        by_key = {layer["key"]: layer["features"]["features"] for layer in layers}
        assert {feature["properties"]["title"] for feature in by_key["streets"]} <= {
            f"{kind} {at}" for kind in ("Rijweg", "Dwarsweg") for at in range(SIZE + 1)
        }
        assert len(by_key["points"]) == len(found.points)
        assert by_key["schools"][0]["properties"]["title"] == "De Proefschool"
        assert "Rijweg 4" in page
        assert "OpenStreetMap" in page

    def test_the_layers_are_in_a_geopackage(self, published):
        names = {name for name, _ in pyogrio.list_layers(published / "verkeer.gpkg")}
        assert {"verkeer_punten", "verkeer_straten", "verkeer_wegvakken", "verkeer_scholen"} == names

    def test_small_counts_are_nowhere(self, published):
        page = (published / "verkeer.html").read_text(encoding="utf-8")
        text = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
        assert "&lt; 5" in text
        numbers = [int(n) for n in re.findall(r'<td class="num">(\d+)</td>', text)]
        ranks = list(range(1, 4))
        assert not [n for n in numbers if n in range(1, 5) and n not in ranks]


@pytest.fixture(scope="module")
def layers():
    return {
        name: gpd.read_file(get_path(f"{name}.shp")).to_crs(26949)
        for name in ("streets", "crimes", "schools")
    }


class TestRealLayers:
    """The streets, crimes and schools that libpysal carries (part of an American city)."""

    def test_end_to_end(self, layers):
        network = StreetNetwork.from_lines(layers["streets"], crs=26949, source="geodanet")
        assert len(network) == 293
        placed = stats.snap_to_network(layers["crimes"], network, max_distance_m=30)
        near = layers["crimes"].distance(layers["streets"].union_all()) <= 30
        assert placed["reason"].tolist() == ["" if close else "too_far" for close in near]
        assert 100 < near.sum() < 287
        assert placed.loc[placed["reason"] == "", "distance_m"].max() <= 30
        crimes = layers["crimes"]
        density = stats.network_density(network, crimes, bandwidth_m=200, max_distance_m=30)
        assert density["events"].sum() == pytest.approx((placed["reason"] == "").sum(), rel=1e-6)
        rng = np.random.default_rng(1)
        stretches = stats.dangerous_stretches(
            network, crimes, windows_m=(200, 400), max_distance_m=30, replicates=99, rng=rng
        )
        assert len(stretches) >= 1
        assert stretches["relative_risk"].min() > 1
        shares = stats.concentration(
            np.bincount(placed.loc[placed["segment"] >= 0, "segment"], minlength=293)
        )
        assert shares.gini_corrected > 0.5
        cross = stats.network_k(
            network, layers["schools"], others=crimes, distances_m=[200, 400], max_distance_m=200,
            simulations=19, rng=rng,
        )  # fmt: skip
        assert cross.table["k"].is_monotonic_increasing


class TestStatbel:
    def test_the_open_data_counts_for_years_and_places(self, tmp_path, folder, city, settings):
        """Month and hour, no day: enough for points and years, not for school time."""
        header = (
            "DT_YEAR_COLLISION|DT_MONTH_COLLISION|DT_TIME|CD_NIS|MS_X_COORD|MS_Y_COORD|CD_CLASS_ACCIDENTS|"
            "TX_ROAD_USR_TYPE1_NL|TX_ROAD_USR_TYPE2_NL|TX_LIGHT_CONDITION_NL"
        )
        x, y = CORNER[0] + BLOCK, CORNER[1] + BLOCK
        rows = [
            f"2025|{1 + at}|{8 + at}|71016|{x + at:.2f}|{y:.2f}|3|Fietser|Auto|Klaarlichte dag".replace(
                ".", ","
            )
            for at in range(6)
        ]
        file = tmp_path / "statbel.csv"
        file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8-sig")
        read = ingest(file, profile="statbel_accidents", city=city, now="2026-11-20")
        streets = StreetNetwork.load(folder / "stad.osm", crs=city.crs)
        end = pd.Timestamp("2026-01-01", tz=city.timezone)
        found = analyse_traffic(read.incidents, streets, city, settings, end=end, seed=[1])
        assert found.points["score"].tolist() == pytest.approx([6 * 3 * 1.7])
        assert found.schools["school_time"].sum() == 0
        assert "weekday" not in dict(found.conditions)
        assert dict(found.conditions)["hour"]["injury"].sum() == 6
        light = dict(found.conditions)["kept_circumstance_lichtgesteldheid"]
        assert light["injury"].to_dict() == {"Klaarlichte dag": 6}


class TestSettings:
    def test_without_a_network_there_is_nothing_to_look_at(self):
        assert shown_in(WEEK, Settings(), None) is None
        with pytest.raises(ConfigError, match="No street network"):
            look_at_traffic(Settings())

    def test_without_a_history_nothing_either(self, tmp_path, folder):
        with pytest.raises(ConfigError, match="genk-geo weekly"):
            look_at_traffic(Settings.load(folder / "genk-geo.toml", store=tmp_path / "none.duckdb"))

    @pytest.mark.parametrize(
        ("victims", "says"),
        [({"heavy": "x"}, "heavy is not one of"), ({"fatal": "kept_doden"}, "no column kept_doden")],
    )
    def test_columns_of_victims(self, settings, folder, city, victims, says):
        read = ingest(folder / "ongevallen.csv", profile="traffic", city=city, now="2026-11-20")
        own = settings.model_copy(
            update={"traffic": settings.traffic.model_copy(update={"victims": victims})}
        )
        streets = StreetNetwork.load(folder / "stad.osm", crs=city.crs)
        with pytest.raises(ConfigError, match=says):
            analyse_traffic(
                read.incidents, streets, city, own, end=pd.Timestamp("2026-01-01", tz=city.timezone), seed=[1]
            )

    def test_victims_of_the_file_count(self, settings, folder, city):
        read = ingest(folder / "ongevallen.csv", profile="traffic", city=city, now="2026-11-20")
        told = read.incidents.assign(kept_doden="0", kept_licht="2")
        victims = {"fatal": "kept_doden", "light": "kept_licht"}
        own = settings.model_copy(
            update={"traffic": settings.traffic.model_copy(update={"victims": victims})}
        )
        streets = StreetNetwork.load(folder / "stad.osm", crs=city.crs)
        end = pd.Timestamp("2026-11-16", tz=city.timezone)
        found = analyse_traffic(told, streets, city, own, end=end, seed=[1])
        assert found.points["light"].iloc[0] == 2 * found.points["accidents"].iloc[0]
