"""Hostile values for every setting there is, by the type of the setting: one line and its code, no trace."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import time
import typing
from pathlib import Path

import pytest

from genk_geo.cli import main
from tests.foundation.test_settings import LEAVES, parts_of

INFINITE = "1" + "0" * 400
NUMBERS = [
    "inf", "-inf", "nan", "-1", "0", "1e300", "-1e300", "1e-300", INFINITE, "9" * 5000, "true", "''", "[]",
    "1979-05-27", "{}", "'\\u0000'", "[[1]]",
]  # fmt: skip
TEXTS = [
    "''", "'   '", '"\\u0000"', '"\\u202e"', '"\\ud7ff"', "'" + "x" * 100_000 + "'", "'../../etc'",
    "'{braces}'",
    "'<script>'", "1", "true", "[]", "[1]", "{}", "1e300", "07:32:00", '"a\\nb"', "'C:\\con'",
]  # fmt: skip
PATHS = [
    "''", "'.'", "'/'", "'~'", "'/dev/zero'", "'/dev/stdin'", "'/proc/self/mem'", '"a\\u0000b"',
    "'http://x/y'",
    "'/vsicurl/x'", "'" + "d/" * 3000 + "'", "'" + "n" * 300 + "'", "'pijp'", "1", "[]", "'*'", "'**/**/**'",
]  # fmt: skip
LISTS = ["[]", "'x'", "[[]]", "[1, 'x']", "[" + "[" * 200 + "]" * 200 + "]", "[{}]", "{}", "[nan]", "[-1]"]
MOMENTS = [
    "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-11-09T00:00:00+99:00", "2026-02-30T00:00:00",
    "'0001-W01'", "'gisteren'", "99999999999999", "-1e18", "12:00:00", "2026-11-09T00:00:00-23:59",
]  # fmt: skip
OWN = {
    "city.crs": ["1", "999999", "4326", "3857", "-31370", "2**3", "'EPSG:999999'", "2147483648", "9" * 30],
    "city.timezone": ["'Mars/Base'", "'../../etc/passwd'", "'UTC+99'", "''", "'Europe'", "'posixrules'"],
    "show": ["[]", "['']", "['burglary', 'burglary']", "['__proto__']", "'burglary'"],
}
WHOLE = [
    "a = " + "[" * 20_000 + "]" * 20_000, "[" + "a." * 3000 + "a]", "[[[a]]]", "seed = 1\nseed = 2",
    "\x00", "\ufeffseed = 1", "[show]\n", "show.x = 1", "[themes]\n[themes.burglary]\n[themes]",
    "[themes.'" + "x" * 5000 + "']", '[themes."\\u202e"]', "[[sources]]", "[sources]",
    "[[releases]]\n" * 2000,
    "[[releases]]\nprofile = 'analist'\n" * 3, "[[overlays]]\n" * 50,
    "\n".join(f"k{i} = {i}" for i in range(20_000)),
    "[grid.grid.grid]", "seed = 0x" + "f" * 100, "seed = 1_0_0", "lang = nl", "= 1",
    "[limits]\nfile_mb = 1e9",
    "[city]\ncrs = 31370\ncrs = 31370", "out = '" + "/" * 10_000 + "'", "as_of = 2026-11-09", "\r\r\r",
    "#" * 10**6,
]  # fmt: skip


def hostile():
    """Every setting with the values of its type; some of them are odd and right."""
    for one in LEAVES:
        kinds = {part for part in parts_of(one.field.annotation) if isinstance(part, type)}
        if one.place in OWN:
            values = OWN[one.place] + NUMBERS[:9]
        elif dt.datetime in kinds:
            values = MOMENTS
        elif Path in kinds:
            values = PATHS
        elif typing.get_origin(one.field.annotation) in {tuple, dict, list}:
            values = LISTS
        elif kinds & {int, float, bool}:
            values = NUMBERS
        else:
            values = TEXTS
        for value in values:
            yield one, value


def written(one, value):
    """The one setting, in its table, and what else that needs."""
    told = json.loads(json.dumps(one.told("\x01HERE"), default=str))

    def lines(table, place=()):
        plain = {key: part for key, part in table.items() if not isinstance(part, dict | list)}
        for key, part in plain.items():
            yield f"{key} = {value if part == chr(1) + 'HERE' else json.dumps(part)}"
        for key, part in table.items():
            if isinstance(part, dict):
                yield f"[{'.'.join((*place, key))}]"
                yield from lines(part, (*place, key))
            elif isinstance(part, list) and part and isinstance(part[0], dict):
                yield f"[[{'.'.join((*place, key))}]]"
                yield from lines(part[0], (*place, key))

    return "\n".join(lines(told)) + "\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "review.csv").write_text("address;correction\n", encoding="utf-8")
    os.mkfifo(tmp_path / "pijp")
    return tmp_path


def run(desk, capsys, content, *words):
    """Code and message of a command with these settings."""
    (desk / "c.toml").write_bytes(content.encode("utf-8", "surrogatepass"))
    code, began = 0, time.process_time()
    try:
        main([*words, "--config", "c.toml"])
    except SystemExit as end:
        code = end.code or 0
    told = capsys.readouterr().err
    assert time.process_time() - began < 20
    return code, told


def judge(code, told, content):
    assert code in {0, 2}, (content[:200], told)
    assert "Traceback" not in told
    if code:
        assert len(told.strip().splitlines()) == 1, (content[:200], told[:500])
        assert told.startswith("genk-geo: ")
        assert len(told) < 20_000, content[:200]


CASES = list(hostile())
#: One in so many is tried; all of them with `GENK_GEO_HOSTILE=1`, by hand.
EVERY = int(os.environ.get("GENK_GEO_HOSTILE", "6"))


@pytest.mark.parametrize("part", range(12))
def test_every_setting_with_hostile_values_of_its_type(part, desk, capsys):
    refused = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tried = CASES[part::12][part % EVERY :: EVERY]
    for one, value in tried:
        content = written(one, value)
        code, told = run(desk, capsys, content, "aliases", "review.csv", "--aliases", "a.toml")
        judge(code, told, content)
        refused += code != 0
    assert refused > 0.5 * len(tried)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_500_000  # kB


def test_there_are_many_of_them():
    assert len({one.place for one, _ in CASES}) > 90
    assert len(CASES) > 1000


@pytest.mark.parametrize("content", WHOLE, ids=range(len(WHOLE)))
def test_hostile_files_of_settings(content, desk, capsys):
    judge(*run(desk, capsys, content, "aliases", "review.csv", "--aliases", "a.toml"), content)


@pytest.mark.parametrize("name", ["pijp", "/dev/zero", ".", "nergens.toml", "review.csv"])
def test_what_is_no_file_of_settings(name, desk, capsys):
    with pytest.raises(SystemExit) as end:
        main(["aliases", "review.csv", "--aliases", "a.toml", "--config", name])
    judge(end.value.code, capsys.readouterr().err, name)
    assert end.value.code == 2


@pytest.mark.parametrize(
    "profile", ["pijp", "/dev/zero", "a = 1", "source = 1", "names = [[]]", "crs = 1" + "0" * 400]
)
def test_hostile_profiles(profile, desk, capsys):
    name = profile
    if "=" in profile:
        (desk / "p.toml").write_text(profile, encoding="utf-8")
        name = "p.toml"
    code, told = run(desk, capsys, "", "ingest", "review.csv", "--profile", name)
    judge(code, told, profile)
    assert code == 2


@pytest.mark.parametrize("kind", ["fifo", "columns", "cell", "deep", "numbers"])
def test_hostile_files(kind, desk, capsys):
    path = desk / "x.csv"
    if kind == "fifo":
        path = desk / "pijp"
    elif kind == "columns":
        path.write_text(
            ";".join(f"k{i}" for i in range(10_000)) + "\n" + ";" * 9_999 + "\n", encoding="utf-8"
        )
    elif kind == "cell":
        path.write_text("a;b\n" + "x" * 20_000_000 + ";1\n", encoding="utf-8")
    elif kind == "deep":
        path = desk / "x.geojson"
        path.write_text('{"a":' * 100_000 + "1" + "}" * 100_000, encoding="utf-8")
    else:
        path.write_text("PV-nummer;Datum;X;Y\n" + f"1;{'9' * 400};{'9' * 400};1e999\n", encoding="utf-8")
    code, told = run(desk, capsys, "", "ingest", str(path), "--profile", "traffic")
    assert code in {2, 3}, told
    assert (len(told.strip().splitlines()), "Traceback" in told) == (1, False), told[:500]
