"""Every command of the README runs, in its order, on demo files under the names that the README uses."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: A quick week: nobody looks here at how many models are compared, or how fine chances are.
QUICK = """
[outlook]
models = ["density"]
weeks = 4
[signals]
replicates = 99
[traffic]
replicates = 99
draws = 9
"""
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """Fenced blocks of a language, their indentation removed."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", README, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in found]


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    from genk_geo.demo import generate

    folder = tmp_path_factory.mktemp("desk")
    files = generate(folder / "demo", years=2)
    shutil.copy(files.files["burglary"][0], folder / "inbraken.csv")
    shutil.copy(files.files["traffic"][0], folder / "ongevallen.csv")
    (folder / "adressen.csv").write_text(
        "nr;adres\n1;Europalaan 12\n2;Stalenstraat\n3;Gildenkouterlei 5\n", encoding="utf-8"
    )
    streets_and_measure(folder, files.folder)
    settings, *_ = blocks("toml")
    network = '\n[network]\npath = "straten.gpkg"\nmax_distance_m = 150\n' + QUICK
    (folder / "genk-geo.toml").write_text(settings + network, encoding="utf-8")
    return folder


def streets_and_measure(folder, demo):
    """A network, a small OpenStreetMap file to make it from again, and a measure with its two areas."""
    import geopandas as gpd
    import shapely

    gpd.read_file(demo / "straten_fictief.geojson").to_file(folder / "straten.gpkg")
    nodes = {1: (50.960, 5.500), 2: (50.965, 5.500), 3: (50.965, 5.507), 4: (50.970, 5.500)}
    ways = {11: (1, 2, 4), 12: (2, 3)}
    lines = [f'<node id="{n}" lat="{lat}" lon="{lon}" version="1"/>' for n, (lat, lon) in nodes.items()]
    for way, ends in ways.items():
        lines.append(f'<way id="{way}" version="1">' + "".join(f'<nd ref="{n}"/>' for n in ends))
        lines.append('<tag k="highway" v="residential"/><tag k="name" v="Proefstraat"/></way>')
    (folder / "genk.osm").write_text(
        "\n".join(["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">', *lines, "</osm>"]),
        encoding="utf-8",
    )
    areas = {"treated": shapely.box(227_000, 182_000, 228_000, 183_000)}
    areas["control"] = shapely.box(229_000, 184_000, 230_000, 185_000)
    days = {"before_from": "2025-03-03", "before_to": "2025-08-31"}
    days |= {"after_from": "2026-03-02", "after_to": "2026-08-30"}
    table = gpd.GeoDataFrame({"role": list(areas), **days}, geometry=list(areas.values()), crs=31370)
    table.to_crs(4326).to_file(folder / "maatregel.geojson")


def test_the_two_commands_are_the_ones_that_ci_runs():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    setup = [command for command in COMMANDS if command.startswith("python3 ")]
    assert setup == ["python3 scripts/demo.py", "python3 scripts/test.py"]
    for command in setup:
        script = command.split()[1]
        assert (ROOT / script).is_file()
        assert script in ci


def test_every_other_command_runs(desk, genk_geo):
    commands = [command for command in COMMANDS if not command.startswith("python3 ")]
    assert len(commands) >= 7
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "genk-geo"
        done = genk_geo(*arguments, cwd=desk)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (desk / "maps" / "2026-W46" / "index.html").is_file()
    assert (desk / "geweigerd.csv").is_file()
    assert (desk / "punten.csv").is_file()
    assert (desk / "hotspots.gpkg").is_file()


def test_the_settings_of_the_readme_are_settings(tmp_path):
    from genk_geo.config import Settings

    (tmp_path / "genk-geo.toml").write_text("\n".join(blocks("toml")), encoding="utf-8")
    settings = Settings.load(tmp_path / "genk-geo.toml")
    assert [release.profile for release in settings.releases] == ["analist", "wijkmanager", "publiek"]
    assert [overlay.name for overlay in settings.overlays] == ["cameras"]


def test_the_python_of_the_readme_runs(desk, monkeypatch):
    (code,) = blocks("python")
    monkeypatch.chdir(desk)
    exec(compile(code, "README.md", "exec"), {})  # warnings are errors in all tests


def test_every_file_that_the_readme_names_exists():
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"`((?:notebooks|examples|data|genk_geo)/[^`]+)`", README):
        assert (ROOT / name).exists(), name
