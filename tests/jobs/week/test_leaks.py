"""Nothing in a published folder says where one incident was, in whatever form."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import re
import zlib
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pypdfium2
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genk_geo import weekly
from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.crs import transform_xy
from genk_geo.errors import DisclosureError
from genk_geo.jobs.week.manifest import Inputs
from genk_geo.jobs.week.releases import publish_all
from genk_geo.render.files.pdf import write_pdfs
from genk_geo.store import Store

if TYPE_CHECKING:
    from pathlib import Path

#: Cities and settings that are tried; more by hand.
LEAKS = int(os.environ.get("GENK_GEO_LEAKS", "2"))
NOW = dt.datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Europe/Brussels"))
WEEK = Week(2026, 46)
X, Y, SIDE = 226_000, 183_000, 800
WIJKEN = {
    "Noord": "West",
    "Zuid": "West",
    "Kern": "Midden",
    "Haven": "Midden",
    "Duin": "Midden",
    "Eiland": "Oost",
}
#: Doors lie well away from the corners and the middles of cells (of 50 m too), blocks and wijken.
EAST, NORTH = (12, 37, 62), (12, 38, 63)
NEAR_M = 10.0
HEAD = "PV-nummer;Datum van;Uur van;Datum tot;Uur tot;Datum vaststelling;Feit;Straat;Nr;Postcode;Gemeente;X;Y"


@dataclass(frozen=True)
class Planted:
    """A small fictitious city with its incidents."""

    config: Path
    incidents: pd.DataFrame


def plant(folder: Path, *, seed: int, weeks: int = 30) -> Planted:
    """Write a city of six wijken, the last one a stadsdeel of its own, and burglaries at doors in it."""
    boxes = [
        shapely.box(
            X + SIDE * (at // 2), Y + SIDE * (at % 2), X + SIDE * (at // 2 + 1), Y + SIDE * (at % 2 + 1)
        )
        for at in range(6)
    ]
    areas = {
        "wijk": list(WIJKEN),
        "stadsdeel": list(WIJKEN.values()),
        "dwellings": [700, 500, 900, 300, 400, 350],
    }
    gpd.GeoDataFrame(areas, geometry=boxes, crs=31370).to_file(folder / "wijken.gpkg")
    lines = [shapely.LineString([(X, Y + 100 * n + 55), (X + 3 * SIDE, Y + 100 * n + 55)]) for n in range(16)]
    streets = gpd.GeoDataFrame({"street": [f"{n}e Dreef" for n in range(16)]}, geometry=lines, crs=31370)
    streets.to_file(folder / "straten.gpkg")
    rng = np.random.default_rng(seed)
    doors = np.array(
        [
            (X + 100 * i + e, Y + 100 * j + n)
            for i in range(24)
            for j in range(16)
            for e in EAST
            for n in NORTH
        ]
    )
    favourite, other = doors[rng.integers(len(doors), size=2)]
    rows = []
    for back in range(weeks):
        monday = WEEK.shift(-back).monday
        places = [*doors[rng.integers(len(doors), size=rng.poisson(5))]]
        if back < 9:
            places += [favourite] * int(rng.integers(1, 3))
        if back == 0:
            places += [other] * 2
        rows += [(monday + dt.timedelta(days=int(rng.integers(7))), *place) for place in places]
    incidents = pd.DataFrame(rows, columns=["day", "x", "y"])
    incidents["nr"] = [f"PV.{seed}.{n:05d}/26" for n in range(len(incidents))]
    lines = [
        f"{row.nr};{row.day:%d/%m/%Y};19:00;{row.day:%d/%m/%Y};20:00;{row.day:%d/%m/%Y};woning;"
        f"{int(row.y - Y) // 100}e Dreef;{int(row.x - X)};3600;Stad;{row.x};{row.y}"
        for row in incidents.itertuples()
    ]
    (folder / "inbraken_Janssens.csv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    config = folder / "stad.toml"
    config.write_text(
        'store = "history.duckdb"\nshow = ["burglary"]\ntiles = "none"\n[city]\nname = "Stad"\n'
        'areas = "wijken.gpkg"\nstadsdeel = "stadsdeel"\nexposure = "dwellings"\nstreets = "straten.gpkg"\n'
        '[[sources]]\npath = "inbraken_Janssens.csv"\nprofile = "burglary"\n'
        "[themes.burglary]\nmin_incidents = 5\n[outlook]\nweeks = 4\n",
        encoding="utf-8",
    )
    return Planted(config, incidents)


def layers_of(data: bytes) -> list[bytes]:
    """A file and everything that is packed in it, at any depth: base64, deflated parts, print."""
    found, todo = [], [data]
    while todo:
        part = todo.pop()
        found.append(part)
        if part[:5] == b"%PDF-":
            found.append(printed_on(part).encode())
        packed = re.findall(rb"base64,([A-Za-z0-9+/=]{16,})", part)
        todo += [base64.b64decode(text + b"=" * (-len(text) % 4)) for text in packed]
        if part[:8] == b"\x89PNG\r\n\x1a\n":
            marks = [match.start() for match in re.finditer(rb"IDAT", part)]
            sizes = [int.from_bytes(part[at - 4 : at]) for at in marks]
            idat = b"".join(part[at + 4 : at + 4 + size] for at, size in zip(marks, sizes, strict=True))
            todo.append(zlib.decompress(idat))
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", part, flags=re.DOTALL):
            try:
                todo.append(zlib.decompressobj().decompress(stream))
            except zlib.error:
                continue
    return found


def printed_on(pdf: bytes) -> str:
    """What stands on the pages of a PDF, glyph by glyph."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def pairs_in(data: bytes) -> np.ndarray:
    """Every two numbers that follow each other, in writing or as doubles."""
    text = data.decode("latin-1")
    written = np.array([float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)], dtype=float)
    runs = [written]
    with np.errstate(all="ignore"):
        for offset in range(8):
            whole = data[offset : offset + (len(data) - offset) // 8 * 8]
            runs += [np.frombuffer(whole, dtype=order).astype(float) for order in ("<f8", ">f8")]
        pairs = [np.column_stack([run[:-1], run[1:]]) for run in runs if len(run) > 1]
    every = np.concatenate(pairs) if pairs else np.empty((0, 2))
    return every[np.isfinite(every).all(axis=1)]


def betrayed(folder: Path, x: np.ndarray, y: np.ndarray) -> list[str]:
    """Files in which two numbers together lie within ten metres of a door."""
    lon, lat = transform_xy(x, y, 31370, 4326)
    metres = 111_000.0
    flat = np.cos(np.radians(51.0))
    places = {
        "metres": (np.column_stack([x, y]), (1.0, 1.0)),
        "degrees": (np.column_stack([lon, lat]), (metres * flat, metres)),
    }
    found = []
    for path in sorted(folder.rglob("*")):
        for part in layers_of(path.read_bytes()) if path.is_file() else ():
            pairs = pairs_in(part)
            for name, (doors, scale) in places.items():
                for turned in (pairs, pairs[:, ::-1]):
                    low, high = doors.min(axis=0) - 1, doors.max(axis=0) + 1
                    close = turned[((turned >= low) & (turned <= high)).all(axis=1)]
                    away = (close[:, None, :] - doors[None, :, :]) * np.array(scale)
                    if len(close) and (np.hypot(away[..., 0], away[..., 1]) < NEAR_M).any():
                        found.append(f"{path.name} ({name})")
    return found


def everything(folder: Path) -> bytes:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(part for path in files for part in [path.name.encode(), *layers_of(path.read_bytes())])


def run(planted: Planted, out: Path, **told):
    chosen = Settings.load(planted.config, **told)
    return weekly(chosen, week=WEEK, out=out, now=NOW), chosen


@pytest.mark.parametrize("form", ["text", "swapped", "degrees", "base64", "png", "pdf", "gpkg"])
def test_the_search_finds_what_is_hidden_in_every_form(tmp_path, form):
    x, y = np.array([226_123.0]), np.array([183_219.0])
    lon, lat = (float(value[0]) for value in transform_xy(x, y, 31370, 4326))
    told = f"[{lat:.4f}, {lon:.4f}]".encode()
    if form == "gpkg":
        place = gpd.GeoDataFrame(geometry=[shapely.Point(lon, lat)], crs=4326)
        place.to_file(tmp_path / "f.gpkg")
    else:
        forms = {
            "text": b"x = 226123, y=183219",
            "swapped": b"183219;226123",
            "degrees": told,
            "base64": b"data:image/png;base64," + base64.b64encode(b"...." * 5 + told),
            "png": b"\x89PNG\r\n\x1a\n" + (n := zlib.compress(told)).__len__().to_bytes(4) + b"IDAT" + n,
            "pdf": b"stream\n" + zlib.compress(told) + b"\nendstream",
        }
        (tmp_path / "f").write_bytes(forms[form])
    assert betrayed(tmp_path, x, y)
    assert not betrayed(tmp_path, x + 40, y)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stad")
    planted = plant(folder, seed=7)
    releases = [{"profile": "analist"}, {"profile": "wijkmanager"}, {"profile": "publiek"}]
    publication, chosen = run(planted, folder / "maps", releases=releases)
    return planted, publication, chosen


def no_leak(planted: Planted, folder: Path, chosen: Settings) -> None:
    x, y = planted.incidents["x"].to_numpy(dtype=float), planted.incidents["y"].to_numpy(dtype=float)
    assert betrayed(folder, x, y) == []
    text = everything(folder).decode("latin-1")
    assert not [nr for nr in planted.incidents["nr"] if nr in text]
    with Store.open(chosen.store, crs=31370) as store:
        ids = store.incidents()["incident_id"]
    assert not [name for name in ids if name in text]
    assert "Janssens" not in text
    doors = {f"{int(b - Y) // 100}e Dreef {int(a - X)}" for a, b in zip(x, y, strict=True)}
    assert not [door for door in doors if door in text]
    assert str(planted.config.parent) not in text


def test_every_release_stands_in_a_folder_of_its_own(published):
    _, publication, _ = published
    names = [(one.release.profile, one.folder.parent.name, one.folder.name) for one in publication.releases]
    assert names == [
        ("analist", "analist", "2026-W46"),
        ("wijkmanager", "wijkmanager", "2026-W46"),
        ("publiek", "publiek", "2026-W42"),
    ]
    for one in publication.releases:
        manifest = json.loads((one.folder / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["release"]["profile"] == one.release.profile
        assert ("inputs" in manifest) == (one.release.profile == "analist")
        assert (one.folder / "told.json").is_file() == (one.release.profile != "analist")


def test_no_door_no_report_and_no_file_name_is_anywhere(published):
    planted, publication, chosen = published
    assert publication.result.themes[0].points is not None
    assert len(publication.result.themes[0].areas) > 0
    for one in publication.releases[1:]:
        no_leak(planted, one.folder, chosen)


def test_outlines_for_others_hold_eight_addresses_and_no_count_is_small(published):
    _, publication, _ = published
    found, folder = publication.result, publication.releases[1].folder
    areas = gpd.read_file(folder / "hotspots.gpkg", layer="areas")
    assert len(areas) == len(found.themes[0].areas)
    blocks = found.blocks
    for shape in areas.geometry:
        own = blocks[blocks.representative_point().within(shape)]
        assert own["addresses"].sum() >= 8
        assert shape.symmetric_difference(own.union_all()).area < 1
    for column in ("this_week", "observed"):
        assert not (areas[column] < 5).any()
    assert len(gpd.read_file(folder / "hotspots.gpkg", layer="cells")) == 0
    wijken = gpd.read_file(folder / "hotspots.gpkg", layer="wijken")
    exact = found.themes[0].wijken["observed"]
    assert (exact < 5).any()
    assert not (wijken["burglary_observed"] < 5).any()


def test_the_public_gets_wijken_and_nothing_finer(published):
    _, publication, _ = published
    folder = publication.releases[2].folder
    assert len(gpd.read_file(folder / "hotspots.gpkg", layer="areas")) == 0
    html = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    assert "L.imageOverlay(" not in html
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    for week in told["themes"]["burglary"]["weeks"].values():
        for kind in week.values():
            # A range has at least five values; a single number is none of the small ones.
            ends = [
                (int(low), int(high or low)) for low, _, high in (t.partition("-") for t in kind.values())
            ]
            assert all(high - low >= 4 if high > low else low >= 5 for low, high in ends)


def test_the_same_run_gives_the_same_bytes(published, tmp_path):
    _, publication, chosen = published
    again = weekly(chosen.model_copy(update={"out": tmp_path}), week=WEEK, now=NOW)
    for one, two in zip(publication.releases, again.releases, strict=True):
        first, second = ({p.name: p.read_bytes() for p in r.folder.iterdir()} for r in (one, two))
        assert first == second


def test_a_page_that_is_made_again_says_so_whatever_has_changed(published, tmp_path):
    """Also where nothing has changed: said of what has changed only, it would tell that something came in."""
    _, publication, chosen = published
    placed = chosen.model_copy(update={"out": tmp_path, "releases": chosen.releases[:2]})
    result, week = publication.result, publication.result.week
    for times in range(2):
        releases = publish_all(placed, {week: result}, week, Inputs(publication.reports))
        pages = [(one.folder / "index.html").read_text(encoding="utf-8") for one in releases]
        assert not any(one.kept for one in releases)
        assert 'class="again"' not in pages[0]
        assert ('<p class="again">Deze week is opnieuw gemaakt' in pages[1]) == (times == 1)


def test_a_page_that_is_made_again_is_no_other_than_one_that_stays(published, tmp_path):
    """With a week after it by then: a link to that would say that nothing was corrected."""
    _, publication, chosen = published
    placed = chosen.model_copy(update={"out": tmp_path, "releases": chosen.releases[1:2]})
    week = publication.result.week
    results = {week: publication.result}
    (first,) = publish_all(placed, results, week, Inputs(publication.reports))
    pages = {path.name: path.read_bytes() for path in first.folder.glob("*.html")}
    later = first.folder.with_name(str(week.shift(1)))
    later.mkdir()
    (later / "index.html").write_bytes(pages["index.html"])
    (again,) = publish_all(placed, results, week, Inputs(publication.reports))
    assert not again.kept
    for name, page in pages.items():
        shown = (again.folder / name).read_bytes()
        assert shown.replace(b'<p class="again">', b'<p class="again" hidden>') == page


def test_a_page_that_would_change_stays_as_it_was_published(published, tmp_path):
    _, publication, chosen = published
    placed = chosen.model_copy(update={"out": tmp_path, "releases": chosen.releases[:2]})
    result, week = publication.result, publication.result.week
    first = publish_all(placed, {week: result}, week, Inputs(publication.reports))
    before = [{path.name: path.read_bytes() for path in one.folder.iterdir()} for one in first]
    theme = result.themes[0]
    changed = replace(theme, areas=theme.areas.iloc[1:])
    other = replace(result, themes=(changed, *result.themes[1:]))
    again = publish_all(placed, {week: other}, week, Inputs(publication.reports))
    assert [(one.release.profile, one.kept) for one in again] == [("analist", False), ("wijkmanager", True)]
    after = [{path.name: path.read_bytes() for path in one.folder.iterdir()} for one in again]
    assert before[0] != after[0]
    # What is kept is what it was, but for the sentence that it was made again, which says nothing of why.
    pages = {name for name in before[1] if before[1][name] != after[1][name]}
    assert {"index.html", "manifest.json"} <= pages
    for name in pages - {"manifest.json"}:
        shown = after[1][name].replace(b'<p class="again">', b'<p class="again" hidden>')
        assert shown == before[1][name]
    checksums = json.loads(after[1]["manifest.json"])["files"]
    assert checksums["index.html"] == hashlib.sha256(after[1]["index.html"]).hexdigest()
    assert checksums.keys() == json.loads(before[1]["manifest.json"])["files"].keys()
    assert again[1].manifest["release"]["profile"] == "wijkmanager"
    # Under another name the wijkmanagers would have both.
    releases = [chosen.releases[1].model_copy(update={"folder": "elders"})]
    with pytest.raises(DisclosureError, match="published before"):
        publish_all(
            placed.model_copy(update={"releases": tuple(releases)}),
            {week: other},
            week,
            Inputs(publication.reports),
        )


@pytest.mark.browser
def test_the_search_reads_what_is_printed(tmp_path, chromium):
    page = tmp_path / "f.html"
    page.write_text("<p>Deur op 226123 - 183219, PV.7.00012/26</p>", encoding="utf-8")
    (paper,) = write_pdfs([page], chromium=chromium)
    page.unlink()
    x, y = np.array([226_123.0]), np.array([183_219.0])
    assert betrayed(tmp_path, x, y)
    assert not betrayed(tmp_path, x + 40, y)
    assert b"PV.7.00012/26" in everything(tmp_path)
    assert b"PV.7.00012/26" not in paper.read_bytes()


@pytest.mark.browser
def test_pages_on_paper_tell_no_more(tmp_path, chromium):
    assert chromium
    planted = plant(tmp_path, seed=3, weeks=16)
    releases = [{"profile": "wijkmanager", "pdf": True}]
    publication, chosen = run(planted, tmp_path / "maps", releases=releases, outlook={"wanted": False})
    (one,) = publication.releases
    names = {path.stem for path in one.folder.glob("*.pdf")}
    assert names == {path.stem for path in one.folder.glob("*.html") if not path.stem.startswith("zone-")}
    assert all(path.read_bytes().startswith(b"%PDF") for path in one.folder.glob("*.pdf"))
    no_leak(planted, one.folder, chosen)


@given(
    seed=st.integers(0, 10_000),
    small_count=st.sampled_from([2, 5, 8]),
    min_addresses=st.sampled_from([1, 8, 30]),
    cell_m=st.sampled_from([50, 100]),
    public=st.booleans(),
)
@settings(deadline=None, max_examples=LEAKS, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_no_settings_make_a_leak(tmp_path_factory, seed, small_count, min_addresses, cell_m, public):
    folder = tmp_path_factory.mktemp("fuzz")
    planted = plant(folder, seed=seed, weeks=16)
    releases = [
        {
            "profile": "wijkmanager",
            "small_count": max(small_count, 5 if public else 0),
            "min_addresses": min_addresses,
        }
    ]
    if public:
        releases.append({"profile": "publiek", "small_count": max(small_count, 5)})
    ahead = {"models": ["density"], "weeks": 6}
    publication, chosen = run(
        planted, folder / "maps", releases=releases, grid={"cell_m": cell_m}, outlook=ahead
    )
    for one in publication.releases:
        no_leak(planted, one.folder, chosen)
        limit = one.release.small_count
        layer = gpd.read_file(one.folder / "hotspots.gpkg", layer="wijken")
        assert not (layer["burglary_observed"] < limit).any()
