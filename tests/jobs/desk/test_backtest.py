"""Past weeks foreseen again, on the demo and on real data of other cities."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from typer.testing import CliRunner

from genk_geo.cli import app
from genk_geo.config import Settings
from genk_geo.errors import ConfigError, QualityGateError
from genk_geo.ingestion import ingest
from genk_geo.jobs.desk.backtest import backtest_theme
from genk_geo.reference import City
from genk_geo.store import Store


def test_the_command_writes_tables_and_a_plot(demo_run, demo_files, tmp_path, monkeypatch):
    foreseen = []

    def once(*told, **how):
        """Both languages tell the same: half a minute is spent once."""
        foreseen.extend([] if foreseen else [backtest_theme(*told, **how)])
        return foreseen[0]

    monkeypatch.setattr("genk_geo.jobs.desk.backtest.backtest_theme", once)
    arguments = ["backtest", "--theme", "burglary", "--weeks", "5", "--cell", "200", "--out", str(tmp_path)]
    shown = CliRunner().invoke(app, [*arguments, "--config", str(demo_files.config)])
    assert shown.exit_code == 0, shown.output
    assert "gewone telling" in shown.output
    weeks, scores = (pd.read_csv(tmp_path / f"burglary_{name}.csv") for name in ("weeks", "scores"))
    assert len(weeks) == 5 * 5 * 3
    assert set(scores["budget"]) == {0.01, 0.02, 0.05}
    assert scores["chosen"].sum() == 3
    # five weeks are too few for any model to have proved itself
    assert scores.loc[scores["chosen"], "baseline"].all()
    plot = (tmp_path / "burglary_scores.svg").read_text(encoding="utf-8")
    assert ET.fromstring(plot).tag.endswith("svg")
    assert "http" not in plot.replace("http://www.w3.org/2000/svg", "")
    english = CliRunner().invoke(app, [*arguments, "--config", str(demo_files.config), "--lang", "en"])
    assert "plain count" in english.output


def test_what_cannot_be_tested_back(demo_run, demo_files, tmp_path):
    settings = Settings.load(demo_files.config)
    with pytest.raises(ConfigError, match="'theft' is not in the settings"):
        backtest_theme(settings, theme="theft")
    with pytest.raises(QualityGateError, match="too short a record"):
        backtest_theme(settings, theme="burglary", last="2020-W01")
    absent = settings.model_copy(update={"store": tmp_path / "none.duckdb"})
    with pytest.raises(ConfigError, match="no history"):
        backtest_theme(absent, theme="burglary")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("example", "theme", "cell_m", "last"),
    [("groningen", "bicycle_theft", 200, "2015-W10"), ("houston", "burglary", 500, "2010-W34")],
)
def test_real_cities_over_twenty_weeks(
    example, theme, cell_m, last, root, shared_data, tmp_path, record_property
):
    settings = Settings.load(root / "examples" / f"{example}.toml")
    outlook = settings.outlook.model_copy(update={"models": ("scales",)})
    settings = settings.model_copy(update={"store": tmp_path / "history.duckdb", "outlook": outlook})
    city = City.from_settings(settings.city)
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        for source in settings.sources:
            store.add(ingest(source.path, profile=source.profile, city=city))
    found = backtest_theme(settings, theme=theme, weeks=20, last=last, cell_m=cell_m, min_patch_cells=1)
    record_property("scorecard", found.scores.round(3).to_csv(index=False))
    scores = found.scores.set_index(["model", "budget"])
    assert (scores["weeks"] == 20).all()
    assert (scores["incidents"] > 1000).all()
    # far better than ground at random, and never far below the plain count
    for budget in (0.01, 0.02, 0.05):
        assert scores.loc[("scales", budget), "capture_low"] > 3 * budget
        assert scores.loc[("scales", budget), "gain"] > 0.97
    assert (scores["capture_low"] <= scores["capture"]).all()
    assert (scores["capture"] <= scores["capture_high"]).all()
    # the mixture knows better how likely incidents are where none were before
    assert scores.loc[("scales", 0.02), "log_score"] > scores.loc[("decayed", 0.02), "log_score"]
