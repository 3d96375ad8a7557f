"""The reader's language."""

import ast
import re
import tomllib
from string import Formatter

import pytest

from genk_geo import stats
from genk_geo.calendar import Week
from genk_geo.errors import ConfigError
from genk_geo.render.words.texts import LANGUAGES, Texts


def flat(table, path=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{key}.")
        else:
            yield path + key, value


@pytest.fixture(scope="module")
def tables(root):
    folder = root / "genk_geo" / "render" / "words"
    return {
        lang: dict(flat(tomllib.loads((folder / f"texts_{lang}.toml").read_text(encoding="utf-8"))))
        for lang in LANGUAGES
    }


def test_the_languages_have_the_same_texts_with_the_same_places_to_fill(tables):
    dutch, english = tables["nl"], tables["en"]
    assert dutch.keys() == english.keys()

    def places(text):
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key, text in dutch.items():
        if isinstance(text, str):
            assert places(text) == places(english[key]), key


def test_every_text_is_used_and_every_used_text_exists(tables, root):
    rooms = [root / "genk_geo" / room for room in ("render", "cli", "jobs")]
    files = [path for room in rooms for kind in ("*.py", "*.jinja") for path in room.rglob(kind)]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    asked = set(re.findall(r"""\bt(?:exts)?(?:\.plural|\.names)?\(\s*["']([\w.]+)["']""", source))
    known = set(tables["nl"])
    groups = {key.rpartition(".")[0] for key in known}
    assert asked
    assert not {key for key in asked if key not in known and key.rstrip(".") not in groups}
    named = set(re.findall(r"""["']([\w.]+)["']""", source))
    built = tuple(
        set(re.findall(r"""f["']((?:\w+\.)+\w*)\{""", source))
        | {"theme.", "named.", "article.", "exposure.", "unit.", "model.", "advice."}
    )
    single = {"decimal", "thousands", "and", "weekdays", "weekdays_short", "months"}
    forms = {"one", "other", "zero"}
    used = {
        key
        for key in known
        if key in named
        or key.startswith(built)
        or key in single
        or (key.rpartition(".")[2] in forms and key.rpartition(".")[0] in named)
    }
    assert known == used


def strings_in(tree):
    constants = (part.value for part in ast.walk(tree) if isinstance(part, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def test_the_console_speaks_from_the_texts(tables, root):
    """No word stands in what `cli` says, and no text of the console is used on a page."""
    known = set(tables["nl"]) | {key.rpartition(".")[0] for key in tables["nl"]}
    for path in (root / "genk_geo" / "cli").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"say", "warn", "say_rows"}:
                words = {text for text in strings_in(call) if re.search("[a-z]{2}", text)}
                assert {word.rstrip(".") for word in words} <= known, path.name
    pages = (root / "genk_geo" / "render").rglob("*.py")
    assert not any("console." in path.read_text(encoding="utf-8") for path in pages)


def test_every_model_has_a_name_and_every_name_a_model(tables):
    for table in tables.values():
        named = {key.removeprefix("model.") for key in table if key.startswith("model.")}
        assert named == set(stats.MODELS)
    assert Texts("nl").model(stats.BASELINE).startswith("gewone telling")


@pytest.mark.parametrize(("lang", "text"), [("nl", "1.234,5"), ("en", "1,234.5")])
def test_numbers(lang, text):
    assert Texts(lang).number(1234.5, 1) == text


def test_weeks_and_dates():
    nl = Texts("nl")
    assert nl.dates(Week(2026, 46)) == "9-15 november 2026"
    assert nl.dates(Week(2026, 44)) == "26 oktober - 1 november 2026"
    assert nl.dates(Week(2026, 53)) == "28 december 2026 - 3 januari 2027"
    assert nl.week(Week(2025, 52), beside=Week(2026, 1)) == "week 52 van 2025"
    assert nl.weeks(1) == "week"
    assert nl.weeks(13) == "13 weken"


def test_enumerations_and_plurals():
    nl = Texts("nl")
    assert nl.listed(["a", "b", "c"]) == "a, b en c"
    assert nl.weekdays((5, 4)) == "vrijdag en zaterdag"
    assert nl.weekdays((0, 1, 2, 3, 4)) == "maandag tot en met vrijdag"
    assert nl.weekdays((0, 2, 4), short=True) == "ma, wo en vr"
    assert [nl.unit("burglary", n) for n in (0, 1, 2, None)] == [
        "inbraken",
        "inbraak",
        "inbraken",
        "inbraken",
    ]
    assert [nl.plural("index.hotspots", n) for n in (0, 1, 2)] == ["geen hotspots", "1 hotspot", "2 hotspots"]
    assert nl.theme("noise_nuisance") == "Noise nuisance"


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="nl, en"):
        Texts("de")
