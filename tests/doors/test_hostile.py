"""Whatever stands in a file or in the settings stays text: nothing of it runs, opens, asks or steers."""

from __future__ import annotations

import csv
import datetime as dt
import json
import socketserver
import threading
from html.parser import HTMLParser

import geopandas as gpd
import pytest
import shapely

from genk_geo import City, ingest, weekly
from genk_geo.config import Settings
from genk_geo.errors import GenkGeoError
from genk_geo.ingestion import propose_profile
from genk_geo.store import Store
from tests.doors.hostile import DONE, HOSTILE, hostile

NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
X, Y, SIDE = 226_000, 183_000, 300
STEERING = set("\x1b\x00\x07\u202e\u2066\u2028\n\r")


class Trap:
    """A host that writes down who comes, and a file that no command may make."""

    def __init__(self, host, mark):
        self.texts = hostile(host, str(mark))
        self.asked, self.mark = [], mark

    def check(self):
        assert self.asked == []
        assert not self.mark.exists()


@pytest.fixture(scope="module")
def trap(tmp_path_factory):
    asked = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            asked.append(self.request.recv(1024))

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        found = Trap(f"127.0.0.1:{server.server_address[1]}", tmp_path_factory.mktemp("trap") / "mark")
        found.asked = asked
        yield found
        server.shutdown()


def told(work, *arguments, **options):
    """The message of what is refused, which is of our family, on one line; empty where it is taken."""
    try:
        work(*arguments, **options)
    except GenkGeoError as error:
        message = str(error)
        assert message
        assert not set(message) & STEERING, message[:200]
        assert len(message) <= 2000
        return message
    return ""


def test_there_are_sixty():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


SETTINGS = (
    "{0} = 1", "lang = {0}", "out = {0}", "store = {0}", "contact = {0}", "show = [{0}]", "as_of = {0}",
    "aliases = {0}", "[city]\nname = {0}", '[city]\nname = "x"\ntimezone = {0}', "[themes.{0}]",
    '[city]\nname = "x"\nareas = {0}', "[themes.burglary]\nlabel_nl = {0}", "[cpted]\nnetwork = {0}",
    '[[sources]]\npath = {0}\nprofile = "traffic"', '[[sources]]\npath = "x.csv"\nprofile = {0}',
    '[[overlays]]\nname = {0}\nlabel = "x"\npath = "x"', '[[overlays]]\nname = "x"\nlabel = {0}\npath = "x"',
    '[[overlays]]\nname = "x"\nlabel = "x"\npath = {0}', "[[releases]]\nfolder = {0}", "[limits]\n{0} = 1",
    "[traffic]\nvictims = {{fatal = {0}}}", "overlay_folders = [{0}]",
)  # fmt: skip


def test_every_setting_takes_a_text_as_text_or_says_no(trap, tmp_path):
    path = tmp_path / "genk-geo.toml"
    refused = 0
    for place in SETTINGS:
        for text in trap.texts:
            path.write_text(place.format(json.dumps(text)), encoding="utf-8")
            refused += bool(told(Settings.load, path))
    assert refused > 500
    for text in trap.texts:  # not even TOML, and names of a week, a theme, a profile and a file
        path.write_text(text, encoding="utf-8")
        told(Settings.load, path)
        assert told(weekly, Settings(store=tmp_path / "h.duckdb"), week=text, now=NOW)
        assert told(Settings.load, tmp_path / "x" / text)
        assert told(City.from_files, tmp_path / "x" / text, name=text)
    for deep in ("a = " + "[" * 100_000, "a = " + "9" * 10_000, "a." * 5_000 + "a = 1"):
        path.write_text(deep, encoding="utf-8")
        told(Settings.load, path)
    trap.check()


def test_every_file_name_is_a_name(trap, tmp_path, city, genk_geo):
    names = [text.replace("/", "_").replace("\0", "_")[:200] for text in trap.texts]
    row = "TG.1/26;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"
    head = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
    bytes_only = [name.encode() for name in names] + [b"\xff\xfe.csv"]
    import os

    for at, name in enumerate(bytes_only):
        path = os.fsdecode(os.path.join(os.fsencode(tmp_path), name))  # noqa: PTH118 - a name that is no text
        with open(path, "w", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write(head + (row if at else "1;2\n"))
        message = told(ingest, path, profile="burglary", city=city, now=NOW)
        assert message
        if at % 10 == 1 or path.endswith(".csv"):
            result = ingest(path, profile="traffic", city=city, now=NOW)
            assert not set(result.report.file) & STEERING
            result.report.file.encode()
    done = genk_geo("ingest", path, "--profile", "traffic", cwd=tmp_path)
    assert (done.returncode, "\x1b" in done.stdout + done.stderr) == (0, False)
    trap.check()


def test_every_column_name_is_a_name(trap, tmp_path, city):
    cells = [json.dumps(text)[1:-1].replace("\\", "").replace('"', '""') for text in trap.texts]
    head = ";".join(f'"{cell}"' for cell in cells)
    good = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
    row = "1;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan;228500;184800" + ";x" * len(cells)
    rows = [f"{good};{head}", row]
    (tmp_path / "a.csv").write_text("\n".join(rows), encoding="utf-8")
    assert len(ingest(tmp_path / "a.csv", profile="traffic", city=city, now=NOW).incidents) == 1
    (tmp_path / "b.csv").write_text(head + "\n" + ";".join("x" * len(cells)), encoding="utf-8")
    assert told(ingest, tmp_path / "b.csv", profile="traffic", city=city, now=NOW)
    import tomllib

    tomllib.loads(propose_profile(tmp_path / "a.csv"))
    told(propose_profile, tmp_path / "b.csv")
    trap.check()


@pytest.fixture(scope="module")
def week(trap, tmp_path_factory):
    """One run in which every name of a city, a source, a layer and the settings is one of the texts."""
    folder = tmp_path_factory.mktemp("week")
    texts = trap.texts
    boxes = [shapely.box(x, y, x + SIDE, y + SIDE) for x, y in places()]
    column = texts[3]
    areas = gpd.GeoDataFrame(
        {column: [f"{text} {at}" for at, text in enumerate(texts)], texts[18]: texts[-1]},
        geometry=boxes,
        crs=31370,
    )
    areas["deel"] = [f"{texts[at % 2]} deel {at % 2}" for at in range(len(texts))]
    (folder / "wijken.geojson").write_text(areas.to_json(), encoding="utf-8")
    middles = [(x + 151, y + 152) for x, y in places()]
    aside = shapely.points([(x + 60, y) for x, y in middles])
    layer = gpd.GeoDataFrame({"naam": texts}, geometry=aside, crs=31370)
    (folder / "laag.geojson").write_text(layer.to_json(), encoding="utf-8")
    source = folder / "inbraken <script>{{7*7}} $(touch x).csv"
    rows = [["nr", "datum", "soort", "straat", "x", "y", "vrij"]]
    for again in range(4):
        rows += [
            [f"{text} {again}", "10/11/2026", text, text, *map(str, middles[0 if again else at]), text]
            for at, text in enumerate(texts)
        ]
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([cell.replace("\0", "") for cell in row] for row in rows)
    profile = {"source": texts[0], "theme": "burglary", "keep": ["vrij"]}
    columns = {
        "source_id": "nr",
        "from_date": "datum",
        "category": "soort",
        "street": "straat",
        "x": "x",
        "y": "y",
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in profile.items()] + ["[columns]"]
    lines += [f'{key} = "{value}"' for key, value in columns.items()]
    (folder / "profiel.toml").write_text("\n".join(lines), encoding="utf-8")
    quoted = json.dumps
    config = f"""
show = ["burglary"]
tiles = "none"
contact = {quoted(texts[2])}
[city]
name = {quoted(texts[16])}
areas = "wijken.geojson"
wijk = {quoted(column)}
stadsdeel = "deel"
attribution = {quoted(texts[4])}
[themes.burglary]
label_nl = {quoted(texts[1])}
[outlook]
wanted = false
[[sources]]
path = {quoted(str(source.with_suffix(".csv")).replace("[", "[[]"))}
profile = "profiel.toml"
[[overlays]]
name = "laag"
label = {quoted(texts[2][:60])}
path = "laag.geojson"
public = true
[[releases]]
profile = "analist"
[[releases]]
profile = "wijkmanager"
[[releases]]
profile = "publiek"
"""
    (folder / "genk-geo.toml").write_text(config, encoding="utf-8")
    return folder, weekly(folder / "genk-geo.toml", week="2026-W46", now=NOW)


def places():
    return [(X + SIDE * (at % 10), Y + SIDE * (at // 10)) for at in range(len(HOSTILE))]


def test_a_week_of_such_names_is_published_and_nothing_ran(week, trap):
    folder, publication = week
    assert publication.reports[0].incidents > 200
    assert len(publication.releases) == 3
    with Store.open(folder / "data" / "history.duckdb") as store:
        assert len(store.incidents()) == publication.reports[0].incidents
    assert not list(folder.rglob("x")) + list(folder.rglob("mark"))
    trap.check()


class Elements(HTMLParser):
    """Elements of a page that run something or fetch it."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            fetched = name in {"src", "href", "action", "data"} and "127.0.0.1" in str(value)
            if name.startswith("on") or fetched:
                self.found.append((tag, name, value))
        if tag in {"iframe", "base", "object", "embed"}:
            self.found.append((tag, "", ""))


def test_no_page_holds_an_element_of_them_and_no_template_ran(week):
    folder, _ = week
    pages = sorted((folder / "maps").rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        text = path.read_text(encoding="utf-8")
        elements = Elements()
        elements.feed(text)
        assert elements.found == [], path
        assert DONE not in text, path
        assert not set(text) & (STEERING - {"\n", "\u2028"}), path


def test_no_table_computes_and_no_layer_is_broken(week):
    folder, _ = week
    tables = sorted((folder / "maps").rglob("*.csv"))
    assert tables
    for path in tables:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            cells = [cell for row in csv.reader(stream, delimiter=";") for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r"))], path
    for path in (folder / "maps").rglob("*.gpkg"):
        assert len(gpd.read_file(path, layer="wijken")) == len(HOSTILE)
    assert all(len(path.name) < 120 for path in (folder / "maps").rglob("*"))
