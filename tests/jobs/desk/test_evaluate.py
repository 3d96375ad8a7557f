"""Evaluation of a measure from a file with areas."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from genk_geo.calendar import occurred
from genk_geo.cli import app
from genk_geo.config import Settings
from genk_geo.errors import ConfigError, QualityGateError
from genk_geo.jobs.desk.evaluate import Period, evaluate_measure
from genk_geo.store import Store

BEFORE, AFTER = Period.parse("2025-03-03/2025-08-31"), Period.parse("2026-03-02/2026-08-30")


@pytest.fixture(scope="module")
def settings(demo_run, demo_files):
    return Settings.load(demo_files.config)


@pytest.fixture(scope="module")
def squares(city):
    """A treated square around the busiest wijk, a control square beside it."""
    x, y = city.boundary.centroid.coords[0]
    return {
        "treated": shapely.box(x - 1500, y - 1500, x - 100, y + 1500),
        "control": shapely.box(x + 600, y - 1500, x + 2000, y + 1500),
    }


def write(path, shapes, crs, **columns):
    table = gpd.GeoDataFrame({"role": list(shapes), **columns}, geometry=list(shapes.values()), crs=crs)
    table.to_file(path)
    return path


def test_counts_are_those_of_the_history(settings, squares, city, tmp_path):
    path = write(tmp_path / "measure.gpkg", squares, city.crs)
    found = evaluate_measure(settings, measure=path, theme="nuisance", before=BEFORE, after=AFTER, ring_m=200)
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        incidents = store.incidents(theme="nuisance")
    day = occurred(incidents).dt.tz_localize(None)
    within = (day >= "2025-03-03") & (day < "2025-09-01") & (incidents["geocode_uncertainty_m"] <= 150)
    within &= incidents["geocode_level"] > "street"  # a short street is known to 150 m, and is no place
    counts = found.areas.set_index("role")
    assert counts.loc["treated", "before"] == incidents[within].intersects(squares["treated"]).sum() > 0
    assert counts.loc["displacement"].geometry.intersection(squares["treated"]).area == pytest.approx(0)
    change = counts["change"]
    assert found.result.estimate == change["treated"] - change["control"] + change["displacement"]
    total = counts[["before", "after"]].to_numpy().sum()
    assert found.result.standard_error**2 == pytest.approx(total)


def test_the_command_prints_and_writes(settings, squares, city, demo_files, tmp_path, monkeypatch):
    asked, found = [], []

    def once(told, **how):
        """Both languages ask the same, which is judged once."""
        asked.append((told.lang, told.model_copy(update={"lang": "nl"}), how))
        assert asked[0][1:] == asked[-1][1:]
        found.extend([] if found else [evaluate_measure(told, **how)])
        return found[0]

    monkeypatch.setattr("genk_geo.jobs.desk.evaluate.evaluate_measure", once)
    dates = {"before_from": BEFORE.first, "before_to": BEFORE.last}
    dates |= {"after_from": AFTER.first, "after_to": AFTER.last}
    dates = {name: str(day) for name, day in dates.items()}
    areas = gpd.GeoDataFrame(
        {"role": list(squares), **dates}, geometry=list(squares.values()), crs=city.crs
    ).to_crs(4326)
    areas.to_file(tmp_path / "measure.geojson", driver="GeoJSON")
    arguments = ["evaluate", "--measure", str(tmp_path / "measure.geojson"), "--theme", "nuisance"]
    arguments += ["--config", str(demo_files.config), "--out", str(tmp_path / "out")]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    assert "Aanpak" in shown.output
    assert "Exacte toets" in shown.output
    table = pd.read_csv(tmp_path / "out" / "evaluation.csv")
    assert table["role"].tolist() == ["treated", "control"]
    layer = gpd.read_file(tmp_path / "out" / "evaluation.gpkg")
    assert layer.crs.to_epsg() == city.crs
    assert layer["after"].tolist() == table["after"].tolist()
    file = tmp_path / "out" / "evaluatie.html"
    page = file.read_text(encoding="utf-8")
    assert "Heeft het geholpen? Overlast" in page
    assert f'<td class="num">{table["after"][0]}</td>' in page
    assert "Fictieve demogegevens" in page
    assert "Treated" in CliRunner().invoke(app, [*arguments, "--lang", "en"]).output
    assert "Did it help? Nuisance" in file.read_text(encoding="utf-8")
    assert [lang for lang, *_ in asked] == ["nl", "en"]


def test_faults_of_the_file_are_named(settings, squares, city, tmp_path):
    def run(path, **options):
        periods = {"before": BEFORE, "after": AFTER} | options
        return evaluate_measure(settings, measure=path, theme="nuisance", **periods)

    with pytest.raises(ConfigError, match="does not exist"):
        run(tmp_path / "absent.gpkg")
    only = write(tmp_path / "only.gpkg", {"treated": squares["treated"]}, city.crs)
    with pytest.raises(ConfigError, match="no control area"):
        run(only)
    odd = write(tmp_path / "odd.gpkg", squares | {"buffer": squares["control"]}, city.crs)
    with pytest.raises(ConfigError, match="unknown role 'buffer'"):
        run(odd)
    over = write(tmp_path / "over.gpkg", squares | {"displacement": squares["control"]}, city.crs)
    with pytest.raises(ConfigError, match="overlap by"):
        run(over)
    far = {"treated": squares["treated"], "control": shapely.box(0, 0, 10, 10)}
    with pytest.raises(ConfigError, match="lies outside"):
        run(write(tmp_path / "far.gpkg", far, city.crs))
    lines = {"treated": squares["treated"], "control": squares["control"].boundary}
    with pytest.raises(ConfigError, match="no valid polygons"):
        run(write(tmp_path / "lines.gpkg", lines, city.crs))
    good = write(tmp_path / "good.gpkg", squares, city.crs)
    with pytest.raises(ConfigError, match="one date in column `before_from`"):
        run(good, before=None)
    with pytest.raises(ConfigError, match="equally long"):
        run(good, after=Period.parse("2026-03-02/2026-08-29"))
    with pytest.raises(ConfigError, match="has ended"):
        run(good, before=AFTER, after=BEFORE)
    with pytest.raises(QualityGateError, match="runs from"):
        run(good, before=Period.parse("1999-01-01/1999-02-01"), after=Period.parse("2000-01-01/2000-02-01"))
    with pytest.raises(ConfigError, match="not a period"):
        Period.parse("spring")
    with pytest.raises(ConfigError, match="ends before"):
        Period.parse("2026-03-02/2026-03-01")
