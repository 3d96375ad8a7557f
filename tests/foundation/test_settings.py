"""Every setting of every table, found by walking the models: nobody has to remember to test a new one."""

from __future__ import annotations

import datetime as dt
import json
import re
import types
import typing
from dataclasses import dataclass
from pathlib import Path

import pytest
from annotated_types import Ge, Gt, Le, Lt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from genk_geo.config import CitySettings, Settings, path_fields
from genk_geo.config._frozen import Frozen
from genk_geo.config.readers.theme_words import Link
from genk_geo.errors import ConfigError
from tests.examples import examples

NEEDED = {"name": "x", "path": "x.csv", "profile": "traffic", "label": "x"}
A_THEME = "burglary"
#: What is checked against other settings, with values that pass there.
THEMES = st.lists(st.sampled_from(["nuisance", "burglary", "traffic"]), min_size=1, max_size=3)
BANDS = st.lists(st.integers(1, 500), min_size=1, max_size=6, unique=True).map(sorted)
#: Neither is said without the other.
TOGETHER = {"unit_one": "unit_other", "unit_other": "unit_one"}
WORDS = st.text("abcé", min_size=1, max_size=30)
ADVICE = st.dictionaries(st.sampled_from(typing.get_args(Link)), WORDS, max_size=4)
WITH_RULES = {
    **{f"themes.burglary.{lang}.advice": ADVICE for lang in ("nl", "en")},
    **{
        f"themes.burglary.{lang}.{name}": WORDS
        for lang in ("nl", "en")
        for name in ("named", "article", "unit_one", "unit_other")
    },
    "show": THEMES,
    "dossiers.path": st.text("abc/é ", min_size=1, max_size=8).map(lambda name: f"{name}a.xlsx"),
    "retention": st.dictionaries(st.sampled_from(["nuisance", "burglary", "traffic"]), st.integers(1, 999)),
    "cpted.themes": THEMES,
    "cpted.network": st.just(value=False),  # true needs a file beside it
    "dossiers.themes": THEMES,
    "traffic.theme": st.sampled_from(["nuisance", "burglary", "traffic"]),
    "themes.burglary.near_repeat_m": BANDS,
    "themes.burglary.near_repeat_days": BANDS,
    "releases.0.folder": st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,39}", fullmatch=True),
    "overlays.0.name": st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True),
    "overlays.0.label": st.text(
        st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=60
    ),
    "shares.0.release": st.just(""),  # another names a release
    "notify.smtp": st.sampled_from(["", "mail.stad.example:587"]),
    "notify.webhook": st.sampled_from(["", "https://stad.example/haak"]),
    "city.crs": st.sampled_from([31370, 3812, 28992, 32615]),
    "city.areas_crs": st.sampled_from([31370, 4326, 3857]),
    "city.points_crs": st.sampled_from([31370, 4326, 3857]),
    "reference.layers": st.lists(st.sampled_from(["addresses", "osm", "stops"]), min_size=1, max_size=3),
    "reference.municipality": st.from_regex(r"[0-9]{5}", fullmatch=True),
    "reference.addresses_of": st.dictionaries(
        st.sampled_from(["addresses", "osm"]), st.just("https://register.example/a.zip"), max_size=2
    ),
    "city.timezone": st.sampled_from(["Europe/Brussels", "America/Chicago", "UTC"]),
}


@dataclass(frozen=True)
class Setting:
    """One setting and where it stands."""

    table: tuple[str, ...]
    model: type[BaseModel]
    name: str

    @property
    def place(self) -> str:
        return ".".join((*self.table, self.name))

    @property
    def field(self):
        return self.model.model_fields[self.name]

    @property
    def annotation(self):
        """As it is written, limits included."""
        return typing.Annotated[typing.get_type_hints(self.model, include_extras=True)[self.name], self.field]

    def told(self, value):
        """A whole file that says this one thing, and what else its tables cannot do without."""
        content = {self.name: value}
        if value and self.name in TOGETHER:
            content[TOGETHER[self.name]] = value
        return in_table(self.table, self.model, content)

    def read(self, whole):
        """Its value in the settings that were read."""
        for part in (*self.table, self.name):
            whole = (
                whole[int(part)]
                if part.isdigit()
                else whole[part]
                if isinstance(whole, dict)
                else getattr(whole, part)
            )
        return whole


def in_table(table, model, content):
    needed = {name: NEEDED[name] for name, field in model.model_fields.items() if field.is_required()}
    told = needed | content
    for part in reversed(table):
        told = [told] if part == "0" else {part: told}
    return told


def parts_of(annotation):
    """The types in an annotation, however deep."""
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal or not inner:
        return [annotation]
    return [found for part in inner for found in parts_of(part)]


def model_in(annotation):
    models = (part for part in parts_of(annotation) if isinstance(part, type) and issubclass(part, BaseModel))
    return next(models, None)


def walk(model=Settings, table=()):
    """Tables and settings of a model, those of its tables after its own."""
    yield table, model
    for name, field in model.model_fields.items():
        if inner := model_in(field.annotation):
            kind = typing.get_origin(field.annotation)
            yield from walk(
                inner, (*table, name, *(["0"] if kind is tuple else [A_THEME] if kind is dict else []))
            )


TABLES = list(walk())
SETTINGS = [Setting(table, model, name) for table, model in TABLES for name in model.model_fields]
LEAVES = [one for one in SETTINGS if model_in(one.field.annotation) is None]
PATHS = [one for one in LEAVES if Path in parts_of(one.field.annotation)]
every_setting = pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.place)
every_table = pytest.mark.parametrize(
    ("table", "model"), TABLES, ids=lambda part: part.__name__ if isinstance(part, type) else ".".join(part)
)


def toml(value):
    """A value as TOML writes it, tables in one line; what is None is left out."""
    if isinstance(value, dict):
        told = (f"{json.dumps(key)} = {toml(part)}" for key, part in value.items() if part is not None)
        return "{" + ", ".join(told) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return (
        json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        if isinstance(value, str | bool)
        else repr(value)
    )


def load(folder, told):
    file = folder / "genk-geo.toml"
    file.write_text("\n".join(f"{key} = {toml(part)}" for key, part in told.items()), encoding="utf-8")
    return Settings.load(file)


def paths_in(value):
    if isinstance(value, Path):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from paths_in(getattr(value, name))
    elif isinstance(value, tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from paths_in(part)


def test_the_walk_finds_them_all():
    assert {model for _, model in TABLES} == set(Frozen.__subclasses__())
    assert len(LEAVES) > 90
    assert {one.place for one in PATHS} >= {
        "store",
        "out",
        "city.areas",
        "cpted.factors.0.path",
        "overlays.0.path",
    }


@pytest.mark.parametrize("setting", PATHS, ids=lambda one: one.place)
def test_every_path_counts_from_the_file(setting, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    listed = typing.get_origin(setting.field.annotation) is tuple
    absolute = str(tmp_path / "elders" / "b.csv")
    for told, expected in (("a/b.csv", tmp_path / "a" / "b.csv"), (absolute, Path(absolute))):
        read = setting.read(load(tmp_path, setting.told([told] if listed else told)))
        assert read == ((expected,) if listed else expected)


def test_every_path_of_the_defaults_counts_from_the_file(tmp_path):
    found = list(paths_in(load(tmp_path, {})))
    assert len(found) >= 2
    assert all(path.is_relative_to(tmp_path) for path in found)


def test_files_of_a_source_count_from_the_file_and_a_shipped_profile_is_a_name(tmp_path):
    own = {"path": "in/*.csv", "profile": "eigen.toml"}
    source, shipped = load(tmp_path, {"sources": [own, own | {"profile": "traffic"}]}).sources
    assert source.path == str(tmp_path / "in" / "*.csv")
    assert source.profile == str(tmp_path / "eigen.toml")
    assert shipped.profile == "traffic"


def test_without_a_file_paths_count_from_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Settings(store="h.duckdb").store == tmp_path / "h.duckdb"
    assert Settings.load(out="kaarten").out == tmp_path / "kaarten"


def test_a_city_file_of_its_own_knows_the_same_paths():
    assert set(path_fields(CitySettings)) == {one.name for one in PATHS if one.model is CitySettings}


@every_table
def test_an_unknown_key_is_refused_with_the_known_ones(table, model, tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, in_table(table, model, {"qqq": 1}))
    place = ".".join((*table, "qqq"))
    assert f"{place}: unknown key (known here: {', '.join(sorted(model.model_fields))})" in str(caught.value)


@every_setting
def test_a_slip_of_the_pen_is_recognised(setting, tmp_path):
    slip = setting.name[:-1] + "__" + setting.name[-1] if len(setting.name) > 4 else setting.name + "s"
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, in_table(setting.table, setting.model, {slip: 1}))
    message = str(caught.value)
    if len(setting.name) > 1:  # of x and y nothing is left to recognise
        assert f"{slip}: unknown key, did you mean {setting.name}?" in message


def test_a_key_in_the_wrong_table_is_sent_to_its_own(tmp_path):
    with pytest.raises(
        ConfigError, match=r"cell_m: unknown key, did you mean grid\.cell_m or cpted\.cell_m\?"
    ):
        load(tmp_path, {"cell_m": 100})
    with pytest.raises(ConfigError, match=r"sources\.0\.store: unknown key, store belongs to the whole file"):
        load(tmp_path, {"sources": [{"path": "a.csv", "profile": "traffic", "store": "h.duckdb"}]})


@every_setting
def test_a_wrong_type_is_refused_and_named(setting, tmp_path):
    holds_tables = model_in(setting.annotation) or typing.get_origin(setting.field.annotation) is dict
    with pytest.raises(ConfigError, match=re.escape(setting.place)):
        load(tmp_path, setting.told(3 if holds_tables else {"wrong": "type"}))


def bounds_in(annotation):
    """Type and limits of the numbers in an annotation, beside None or in a list."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        kind, *told = inner
        limits = [limit for part in told for limit in getattr(part, "metadata", [part])]
        return [(found, known + limits) for found, known in bounds_in(kind)]
    if origin in {types.UnionType, typing.Union, tuple}:
        return [pair for part in inner for pair in bounds_in(part)]
    return [(annotation, [])] if annotation in {int, float} else []


NUMBERS = [(one, kind, limits) for one in LEAVES for kind, limits in bounds_in(one.annotation)]


def beside(kind, limits):
    """Values just within and just outside each limit."""
    step = 1 if kind is int else 1e-6
    for limit in limits:
        match limit:
            case Ge(ge=bound):
                yield bound, bound - step
            case Gt(gt=bound):
                yield bound + step, bound
            case Le(le=bound):
                yield bound, bound + step
            case Lt(lt=bound):
                yield bound - step, bound


@pytest.mark.parametrize(("setting", "kind", "limits"), NUMBERS, ids=lambda part: getattr(part, "place", ""))
def test_the_bounds_of_a_number_hold(setting, kind, limits, tmp_path):
    listed = typing.get_origin(setting.field.annotation) is tuple

    def told(value):
        return setting.told([value] if listed else value)

    checked = list(beside(kind, limits))
    assert checked or setting.place in {
        "city.crs",
        "city.areas_crs",
        "city.points_crs",
        "cpted.factors.0.crs",
    }
    for good, bad in checked:
        read = setting.read(load(tmp_path, told(good)))
        assert (read[0] if listed else read) == good
        with pytest.raises(ConfigError, match=rf"{re.escape(setting.place)}.*given {re.escape(str(bad))}"):
            load(tmp_path, told(bad))
    if kind is float:
        for endless in (float("inf"), float("nan")):
            with pytest.raises(ConfigError, match=re.escape(setting.place)):
                load(tmp_path, told(endless))


CHOICES = [one for one in LEAVES if typing.get_origin(one.field.annotation) is typing.Literal]


@pytest.mark.parametrize("setting", CHOICES, ids=lambda one: one.place)
def test_a_choice_is_one_of_those_named(setting, tmp_path):
    known = typing.get_args(setting.field.annotation)
    assert len(known) > 1
    for choice in known:
        assert setting.read(load(tmp_path, setting.told(choice))) == choice
    with pytest.raises(ConfigError, match=rf"{re.escape(setting.place)}.*{known[0]}.*given 'iets'"):
        load(tmp_path, setting.told("iets"))


@every_setting
def test_a_default_may_be_said_aloud(setting, tmp_path):
    plain = load(tmp_path, in_table(setting.table, setting.model, {}))
    default = json.loads(plain.model_dump_json())
    for part in (*setting.table, setting.name):
        default = default[int(part)] if part.isdigit() else default[part]
    if default is None or setting.place in {"releases", "releases.0.folder"}:
        return  # absent has no word in TOML, and the folder's default is to be named like the profile
    assert load(tmp_path, setting.told(default)) == plain


PLAIN = {
    bool: st.booleans(),
    str: st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20),
    Path: st.text("abc/.é ", min_size=1, max_size=12),
    dt.datetime: st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1)),  # noqa: DTZ001 - local
}


def numbers(kind, limits):
    """Strategy for a number within its limits."""
    low = next((one.ge if isinstance(one, Ge) else one.gt for one in limits if isinstance(one, Ge | Gt)), 0)
    high = [one.le if isinstance(one, Le) else one.lt for one in limits if isinstance(one, Le | Lt)]
    high = high[0] if high else low + 999
    if kind is int:
        return st.integers(low, high)
    return st.floats(low, high, exclude_min=True, exclude_max=True, allow_subnormal=False)


def values_of(annotation):
    """Strategy for the values of a setting."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        return st.lists(values_of(inner[0]), max_size=4)
    if origin is dict:
        return st.dictionaries(st.text("abcdé ", min_size=1), values_of(inner[1]), max_size=3)
    several = inner and typing.get_origin(inner[0]) is tuple
    if not several and (bounds := bounds_in(annotation)):
        return numbers(*bounds[0])
    return PLAIN[annotation] if annotation in PLAIN else values_of(inner[0])


@settings(
    max_examples=examples(300),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_is_said_is_what_is_read_and_survives_being_written_again(data, tmp_path):
    setting = data.draw(st.sampled_from(LEAVES))
    own = WITH_RULES[setting.place] if setting.place in WITH_RULES else values_of(setting.annotation)
    value = data.draw(own, label=setting.place)
    read = load(tmp_path, setting.told(value))
    got = json.loads(read.model_dump_json())
    for part in (*setting.table, setting.name):
        got = got[int(part)] if part.isdigit() else got[part]
    if isinstance(value, list) and setting in PATHS:
        assert [Path(one) for one in got] == [tmp_path / one for one in value]
    elif setting in PATHS or setting.place in {"sources.0.path", "shares.0.path"}:
        assert Path(got) == tmp_path / value
    elif setting.place == "sources.0.profile":
        assert got in {value, str(tmp_path / value)}
    elif isinstance(value, dt.datetime):
        assert dt.datetime.fromisoformat(got) == value
    else:
        assert got == value
    again = json.loads(read.model_dump_json(exclude_none=True))
    for release in again["releases"]:  # a folder that is not told is empty, which nobody may tell
        if not release["folder"]:
            del release["folder"]
    assert load(tmp_path, again) == read


def test_every_setting_is_asked_for_somewhere(root):
    """A setting that nothing reads would be obeyed by nobody, in silence."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (root / "genk_geo").rglob("*.py"))
    unread = [one.place for one in SETTINGS if not re.search(rf"\.{one.name}\b", source)]
    assert unread == []
