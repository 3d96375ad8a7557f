"""The limits of the settings count for whatever a command or a job opens, and for nothing after it."""

from __future__ import annotations

import ast

import pytest

from genk_geo import weekly
from genk_geo.config import LimitSettings, Settings
from genk_geo.doors import Limits, limits
from genk_geo.errors import ConfigError, SupplierFileError
from genk_geo.jobs.desk.doctor import check_up
from genk_geo.jobs.session import bounded

HEAD = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
ROW = "TG.1/26;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"
LAYER = '{"type": "FeatureCollection", "features": [' + "{}, " * 5 + "{}]}"


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "ongevallen.csv").write_text(HEAD + ROW * 20, encoding="utf-8")
    (tmp_path / "wijken.geojson").write_text(LAYER, encoding="utf-8")
    return tmp_path


def configured(desk, *lines):
    path = desk / "genk-geo.toml"
    source = '[[sources]]\npath = "ongevallen.csv"\nprofile = "traffic"\n'
    path.write_text("\n".join(lines) + "\n" + source, encoding="utf-8")
    return path


def test_the_settings_know_the_limits_of_the_doors_and_their_defaults():
    assert LimitSettings().of_doors() == Limits()
    assert set(LimitSettings.model_fields) == set(Limits.__dataclass_fields__)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("rows = 10", "`rows` under .limits."),
        ("columns = 3", "`columns` under .limits."),
    ],
)
def test_a_weekly_run_keeps_to_them(desk, limit, said):
    with pytest.raises(SupplierFileError, match=f"ongevallen.csv.*{said}"):
        weekly(configured(desk, "[limits]", limit))
    assert limits() == Limits()


def test_every_command_keeps_to_them_and_they_end_with_it(desk, genk_geo):
    config = configured(desk, '[city]\nname = "X"\nareas = "wijken.geojson"\n[limits]\nrows = 5')
    for command in (
        "weekly", "ingest ongevallen.csv --profile traffic", "reference show",
        "geocode ongevallen.csv --out u.csv", "traffic network --from wijken.geojson",
    ):  # fmt: skip
        done = genk_geo(*command.split(), "--config", config, cwd=desk)
        assert done.returncode == 2, command
        assert "`rows` under [limits]" in done.stderr, command
    assert limits() == Limits()
    assert "`rows` under [limits]" in str(check_up(config)[-1].values["found"])


def test_no_command_opens_settings_by_another_way(root):
    for file in (root / "genk_geo" / "cli").glob("*.py"):
        calls = [
            node
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        ]
        opened = [call for call in calls if ast.unparse(call.func) == "Settings.load"]
        assert len(opened) == (file.name == "options.py"), file.name


def test_a_job_runs_within_its_limits_also_when_it_fails():
    settings = Settings(limits=LimitSettings(rows=7))

    @bounded
    def job(settings, *, fail):
        if fail:
            raise ConfigError("no")
        return limits().rows

    assert job(settings, fail=False) == 7
    with pytest.raises(ConfigError):
        job(settings, fail=True)
    assert limits() == Limits()
