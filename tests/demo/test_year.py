"""From hotspot to agreement to effect: from what partners write in the register to the words of the page.

Here the hotspots are given and the reports need no geocoder; GENK_GEO_DEMO_YEAR=1 makes the whole demo, with
its supplier files, both Mondays and all pages. Either way the verdicts are read back from the page itself.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re
from dataclasses import replace
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from genk_geo.config import Settings, ThemeSettings
from genk_geo.config.readers.release import ReleaseSettings
from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate
from genk_geo.demo.incidents import draw_incidents
from genk_geo.demo.measures import planted
from genk_geo.demo.measures.agreed import Agreed, agree
from genk_geo.demo.measures.year import run_year, score_of
from genk_geo.demo.places import Terrain
from genk_geo.errors import ConfigError
from genk_geo.jobs.dossiers.effects import effects_of
from genk_geo.jobs.dossiers.places import drawn_places
from genk_geo.jobs.dossiers.register.write import Proposal, add_proposals
from genk_geo.jobs.dossiers.remembered import rows_of
from genk_geo.jobs.dossiers.week import dossiers_of
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.release import release
from genk_geo.render.pages.dossier_page import dossier_pages
from genk_geo.render.pages.site import Site
from genk_geo.render.words.texts import Texts
from genk_geo.results import Book, Dossier
from genk_geo.schema import geocode_level_dtype
from genk_geo.store import Store

WHOLE = "GENK_GEO_DEMO_YEAR" in os.environ
TZ = "Europe/Brussels"
FIRST = DEMO_WEEK.shift(-planted.WEEKS)
THEN = dt.datetime.combine(FIRST.shift(1).monday, dt.time(10), ZoneInfo(TZ))


def verdicts_of(page, agreed):
    """Measures of which the page says that they helped, by dossier and, where a row names it, by place."""
    articles = dict(re.findall(r'<article class="dossier" id="d-([\d-]+)">(.*?)</article>', page, re.DOTALL))
    helped, told = set(), set()
    for name, one in agreed.items():
        for sentence in re.findall(r'<p class="effect[^"]*">(.*?)</p>', articles[one.dossier], re.DOTALL):
            words = html.unescape(sentence)
            if ("(M" in words.split(", sinds")[0]) if not one.place else (f"({one.place})" not in words):
                continue
            told.add(name)
            if "het hielp. " in words:
                helped.add(name)
    assert told == set(agreed)
    return helped


@pytest.fixture(scope="module")
def town(city):
    """Reports of the busier city, each where it was, and its measures."""
    terrain, seed = Terrain.from_city(city), 12
    rng = np.random.default_rng(seed)
    drawn, hotspots = draw_incidents("nuisance", DEMO_WEEK, 3, terrain, rng, times=np.ones(len(terrain.xy)))
    found, measures = planted.with_measures(drawn, hotspots, terrain, week=DEMO_WEEK, years=3, seed=seed)
    moment = pd.DatetimeIndex(found["moment"]).tz_localize(TZ, ambiguous=True, nonexistent="shift_forward")
    n = len(found)
    incidents = gpd.GeoDataFrame(
        {
            "incident_id": [f"i{at}" for at in range(n)], "from": moment, "to": moment,
            "reported": moment + pd.Timedelta(hours=2), "source": "meldpunt", "wijk": "",
            "geocode_level": pd.Categorical(["coordinate"] * n, dtype=geocode_level_dtype()),
            "geocode_uncertainty_m": 10.0,
        },
        geometry=gpd.points_from_xy(found["x"], found["y"]), crs=city.crs,
    )  # fmt: skip
    ground = Ground.cover(city, 100)
    return ThemeHistory("nuisance", ThemeSettings(bundle=False), incidents, ground), measures


@pytest.fixture(scope="module")
def desk(town, tmp_path_factory):
    """A register in which every second measure had a hotspot, and two of them share one."""
    folder, (_, measures) = tmp_path_factory.mktemp("jaar"), town
    planted.write_measures(folder, measures)
    settings = Settings(
        store=folder / "h.duckdb",
        dossiers={"path": folder / "acties.xlsx", "places": folder / planted.FILE},
    )
    spots = [shapely.box(one.x - 200, one.y - 200, one.x + 200, one.y + 200) for one in measures[::2]]
    spots[-2:] = [spots[-1].union(spots[-2])]
    dossiers = tuple(
        Dossier(
            f"2025-{at:03d}", "nuisance", str(FIRST), str(FIRST), by_hand=False, state="proposed",
            state_since=FIRST.monday, state_by="weekly", hotspots=(f"N-{at}",), ground=spot, wijk="Kolderbos",
            last_hot=str(FIRST),
        )
        for at, spot in enumerate(spots, 101)
    )  # fmt: skip
    with Store.open(settings.store) as store:
        store.save_book(rows_of(Book(str(FIRST), FIRST.sunday, dossiers)))
    proposals = [Proposal(one.number, "ergens in Kolderbos", "Voorstel") for one in dossiers]
    add_proposals(settings.dossiers.path, proposals)
    return settings, agree(settings, folder=folder, now=THEN)


def test_each_measure_stands_once_in_the_dossier_of_its_place(town, desk):
    settings, agreed = desk
    sheet = openpyxl.load_workbook(settings.dossiers.path)["acties"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    done = [(row[0], row[8]) for row in rows if row[6]]
    assert len(done) == planted.MEASURES
    # Beside a proposal that is theirs alone nothing is written about the place; else the place is named.
    names = {one.name for one in town[1]}
    assert {(number, place if place in names else "") for number, place in done} == set(agreed.values())
    alone = [one for one in agreed.values() if not one.place]
    assert len(alone) == 18
    assert all(number.startswith("2025-") for number, _ in done)
    assert {row[2] for row in rows if not row[6]} == {"buurtoverleg"}
    assert {row[1] for row in rows} <= set(settings.dossiers.known_partners)


def test_the_page_finds_what_works_and_is_fooled_less_than_a_plain_before_after(town, desk, calm_result):
    (history, measures), (settings, agreed) = town, desk
    as_of = DEMO_WEEK.end(TZ) + pd.Timedelta(days=1)
    drawn = drawn_places(settings.dossiers, history.ground.city)
    with Store.open(settings.store) as store:
        book = dossiers_of(settings.dossiers, store, (), {}, week=DEMO_WEEK, as_of=as_of)
        effects = effects_of(
            book, store, {"nuisance": history}, week=DEMO_WEEK, as_of=as_of, blocks=None, drawn=drawn
        )
    assert book.notes == ()
    result = replace(calm_result, week=DEMO_WEEK, dossiers=book, effects=effects)
    week = release(result, reader=ReleaseSettings(profile="analist"))
    page = dossier_pages(Site(week, Texts("nl"), "none", "", ()))["aanpak.html"]
    helped = verdicts_of(page, agreed)
    works = {one.name: one.works for one in measures}
    score = score_of(effects, agreed, works)
    assert (score.working, score.null) == (planted.WORKING, planted.MEASURES - planted.WORKING)
    assert len({name for name in helped if works[name]}) == score.found >= 7
    assert len({name for name in helped if not works[name]}) == score.fooled <= 2
    assert score.plain >= 15


def test_a_score_counts_by_dossier_and_place():
    def told(place, verdict, ratio):
        return SimpleNamespace(
            dossier="2025-101", place=place, verdict=verdict, plain_ratio=ratio, planned=False
        )

    effects = [told("", "helped", 0.6), told("M2", "helped", 0.9), told("M3", "cannot_tell", 0.9)]
    agreed = {name: Agreed("2025-101", place) for name, place in (("M1", ""), ("M2", "M2"), ("M3", "M3"))}
    # One that the page says nothing of, for its ground was forgotten, is neither found nor a success.
    agreed["M4"] = Agreed("2025-102", "")
    score = score_of(effects, agreed, {"M1": True, "M2": False, "M3": False, "M4": True})
    assert tuple(vars(score).values()) == (2, 2, 1, 1, 2)


def test_files_of_a_year_ago_hold_what_was_told_by_then_and_in_the_same_words(tmp_path):
    """Rows still to come would be rejected as lying in the future, and their file not be read again."""
    now = generate(tmp_path / "now", seed=3, years=1)
    until = DEMO_WEEK.shift(-20)
    then = generate(tmp_path / "then", seed=3, years=1, told_until=until)
    for theme, days in {"burglary": 5, "traffic": 1}.items():
        rows, early = (
            {line.strip() for line in one.files[theme][0].read_bytes().decode("latin-1").splitlines()} - {""}
            for one in (now, then)
        )
        assert early < rows
        last = max(
            dt.date(*map(int, reversed(row.split(";")[days].split("/"))))
            for row in early
            if re.fullmatch(r"\d\d/\d\d/\d{4}", row.split(";")[days])
        )
        assert until.shift(-2).monday < last <= until.sunday
    first = then.files["nuisance"][0].name
    assert first == "meldpunt_overlast_2025.csv.gz"
    assert (tmp_path / "then" / first).read_bytes() == (tmp_path / "now" / first).read_bytes()


def test_a_folder_that_knows_the_year_is_refused(tmp_path):
    (tmp_path / "acties.xlsx").write_bytes(b"")
    with pytest.raises(ConfigError, match="begins a year ago"):
        run_year(tmp_path, None, seed=1, lang="nl")


@pytest.mark.skipif(not WHOLE, reason="the whole year of the demo is made by hand")
def test_the_whole_demo_says_on_its_pages_what_is_true(tmp_path):
    settings, done, score = run_year(tmp_path / "data", None, seed=20261, lang="nl")
    assert done.trouble == ()
    truth = json.loads((tmp_path / "data" / planted.TRUTH).read_text(encoding="utf-8"))["measures"]
    agreed = {one["name"]: Agreed(one["dossier"], one["place"]) for one in truth}
    page = settings.out / "analist" / str(DEMO_WEEK) / "aanpak.html"
    helped = verdicts_of(page.read_text(encoding="utf-8"), agreed)
    works = {one["name"] for one in truth if one["works"]}
    assert (len(helped & works), len(helped - works)) == (score.found, score.fooled)
    assert score.found >= 7
    assert score.fooled <= 2
    assert score.plain >= 15
    assert done.publications[-1].as_of <= pd.Timestamp(DEMO_NOW) + pd.Timedelta(days=1)
