"""Match rate by theme and wijk, and corrections that ingestion is told of."""

import pytest

from genk_geo.config import Settings
from genk_geo.ingestion import ingest


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ongevallen.csv"
    lines = [
        "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y",
        *(f"TG.{n}/26;10/11/2026;14:30;licht gewond;1;auto;fietser;Europalaan {n};;" for n in range(1, 5)),
        "TG.8/26;10/11/2026;14:30;licht gewond;1;auto;fietser;bij de zwarte brug;;",
        "TG.9/26;10/11/2026;14:30;licht gewond;1;auto;fietser;bij de zwarte brug;;",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_shares_and_warning(file, city):
    report = ingest(file, profile="traffic", city=city, now="2026-11-20").report
    assert report.by_theme == {"traffic": (6, pytest.approx(4 / 6))}
    assert report.by_wijk[""] == (2, 0.0)
    assert sum(count for count, _ in report.by_wijk.values()) == 6
    assert any("could be located" in warning for warning in report.warnings)


def test_corrections_count(file, city, tmp_path):
    aliases = tmp_path / "alias.toml"
    aliases.write_text('[aliases]\n"bij de zwarte brug" = "Europalaan 9"\n', encoding="utf-8")
    (tmp_path / "genk-geo.toml").write_text('aliases = "alias.toml"\n', encoding="utf-8")
    told = Settings.load(tmp_path / "genk-geo.toml").aliases
    report = ingest(file, profile="traffic", city=city, now="2026-11-20", aliases=told).report
    assert report.located_share == 1.0
    assert not any("could be located" in warning for warning in report.warnings)
