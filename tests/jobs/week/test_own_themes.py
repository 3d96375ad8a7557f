"""A city with three themes of its own, by configuration only: every claim on one run of its files."""

from __future__ import annotations

import gzip
import re
import runpy
from html import unescape

import geopandas as gpd
import pytest
from shapely.testing import assert_geometries_equal

from genk_geo import weekly
from genk_geo.config import Settings

THEMES = ("fietsdiefstal", "sluikstort", "overlast")


@pytest.fixture(scope="module")
def example(root):
    return root / "examples" / "gent"


@pytest.fixture(scope="module")
def pages(example, tmp_path_factory):
    """Texts of all pages of one run, by language and file."""
    top = tmp_path_factory.mktemp("gent")
    settings = Settings.load(example / "gent.toml")
    few = settings.outlook.model_copy(update={"weeks": 4})  # all models, for their names are read here
    often = settings.signals.model_copy(update={"replicates": 99})
    changed = {"outlook": few, "signals": often, "store": top / "history.duckdb", "out": top / "maps"}
    with pytest.MonkeyPatch.context() as patch:
        # How hotspots keep their identity for a year is tested on the demo.
        patch.setattr("genk_geo.jobs.week.hotspots.IDENTITY_WEEKS", 2)
        run = weekly(settings.model_copy(update=changed), week="2026-W46")
    assert not any(look.too_few for look in run.result.themes)
    folders = {"nl": top / "maps" / "wijkmanager", "en": top / "maps" / "english"}
    return {
        lang: {path.name: text_of(path) for path in sorted((folder / "2026-W46").glob("*.html"))}
        for lang, folder in folders.items()
    }


def text_of(path):
    page = path.read_text(encoding="utf-8")
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    lines = unescape(re.sub(r"<[^>]+>", "\n", bare)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def test_the_script_makes_the_files_again(example, tmp_path):
    made = runpy.run_path(str(example / "make.py"))
    made["main"](tmp_path)
    assert len(made["wijken"]()) == 25
    for path in (example / "files").iterdir():
        again = tmp_path / path.name
        if path.suffix == ".gz":
            assert gzip.decompress(again.read_bytes()) == gzip.decompress(path.read_bytes())
        else:
            one, other = gpd.read_file(path), gpd.read_file(again)
            assert one.drop(columns="geometry").equals(other.drop(columns="geometry"))
            assert_geometries_equal(one.geometry.to_numpy(), other.geometry.to_numpy(), tolerance=0.11)


def test_the_city_is_as_large_as_it_says(pages, example):
    assert len(gpd.read_file(example / "files" / "straten.geojson")) == 120
    assert sum(name.startswith("stadsdeel-") for name in pages["nl"]) == 5


@pytest.mark.parametrize(
    ("lang", "units"),
    [
        ("nl", ("fietsdiefstallen", "sluikstorten", "overlastmeldingen")),
        ("en", ("bicycle thefts", "fly-tips", "nuisance reports")),
    ],
)
def test_the_city_in_one_sentence_names_each_theme(pages, lang, units):
    said = r"In Leiestede kwamen er deze week (.*?)\." if lang == "nl" else r"In Leiestede there were (.*?)\."
    sentence = re.search(said, pages[lang]["index.html"]).group(1)
    for unit in units:
        assert re.search(rf"\d+ {unit}\b", sentence), sentence


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_nothing_is_counted_without_its_name(pages, lang):
    """A bare number of incidents, a word of another theme or of dwellings stands nowhere."""
    foreign = {
        "nl": r"\d+ (incidenten|meldingen)\b|inbra\w+|woning\w*",
        "en": r"\d+ (incidents|reports)\b|burglar\w+|dwelling\w*",
    }
    for name, text in pages[lang].items():
        if name.startswith("zone-"):
            continue
        assert not re.search(foreign[lang], text), (name, re.search(f".{{40}}({foreign[lang]}).{{40}}", text))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_word_is_said_twice(pages, lang):
    for name, text in pages[lang].items():
        assert not re.search(r"\b([^\W\d]{3,}) \1\b", text), name
        for theme in THEMES:
            assert not re.search(rf"{theme}: [^.:\n]*\b{theme}", text, flags=re.IGNORECASE), name
        assert not re.search(r"\b([A-Z][\w-]+) (?:en|and) \1\b", text), name
        assert "{" not in text, name
        assert "}" not in text, name
