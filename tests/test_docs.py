"""The documentation says all that is public, and its pages on one's own city hold for configuration alone."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from genk_geo.config import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def made():
    """The generator of the pages that are made from the code."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import _docs_pages
    finally:
        sys.path.pop(0)
    return _docs_pages


@pytest.fixture(scope="module")
def pages(made):
    kept = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    return kept | made.pages()


def keys_of(model, found=None):
    found = {} if found is None else found
    for name, field in model.model_fields.items():
        found.setdefault(name, field)
        for part in re.findall(r"genk_geo\.[\w.]+", repr(field.annotation)):
            module, _, kind = part.rpartition(".")
            nested = getattr(sys.modules.get(module), kind, None)
            if hasattr(nested, "model_fields"):
                keys_of(nested, found)
    return found


def test_every_setting_and_every_key_of_a_profile_is_told(pages):
    from genk_geo.ingestion.profiles.profile import Profile

    for model, page in ((Settings, "settings.md"), (Profile, "profile.md")):
        keys = keys_of(model)
        assert len(keys) > 25
        missing = [name for name in keys if f"| `{name}` |" not in pages[page]]
        assert missing == []


def test_examples_of_settings_are_settings(pages):
    table = pages["settings.md"].split("\n## ")[1]
    lines = re.findall(r"\| `(\w+ = [^`]+)` \|$", table, flags=re.MULTILINE)
    plain = [line for line in lines if "..." not in line and "{" not in line and "file." not in line]
    assert len(plain) >= 8
    Settings.model_validate(tomllib.loads("\n".join(plain)))


def test_every_command_and_option_is_told(made, pages):
    commands = made.commands()
    assert len(commands) >= 20
    for words, command in commands.items():
        part = pages["commands.md"].split(f"## {words}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            names = [name for name in parameter.opts if name.startswith("--")]
            assert all(name in part for name in names), (words, names)


def test_every_public_name_is_told(made, pages):
    import genk_geo as gg

    told = made.public()
    assert set(told["genk_geo"]) | {"stats", "cpted", "datasets", "__version__"} == set(gg.__all__)
    grouped = [
        name for heading, names in told.items() if heading.startswith("genk_geo.stats") for name in names
    ]
    assert sorted(grouped) == sorted(gg.stats.__all__)
    for heading, names in told.items():
        room = heading.split(":")[0]
        assert all(f":: {room}.{name}\n" in pages["api.md"] for name in names)


def test_every_table_and_column_is_told(pages):
    from genk_geo.schema import _contracts

    for name, contract in _contracts().items():
        part = pages["tables.md"].split(f"## {name}\n")[1].split("\n## ")[0]
        assert all(f"| `{column}` |" in part for column in contract)


def test_the_picture_of_the_house_is_that_of_its_imports(made, pages):
    house = [room for layer in made.layers() for room in layer]
    assert {"stats", "show", "render", "release"} <= set(house)
    row = {room: at for at, layer in enumerate(made.layers()) for room in layer}
    for room, others in made.room_imports().items():
        for other in others.keys() & row.keys():
            if room in row:
                assert row[room] < row[other], f"{room} imports {other}, which lies above it"
    assert all(f">{room}</text>" in pages["rooms.svg"] for room in house)


def test_the_truth_bench_stands_in_the_methods_as_it_was_written(pages):
    assert re.findall(r"^```\{include\} (\S+)$", pages["methods.md"], flags=re.MULTILINE) == ["truth.txt"]
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    assert pages["truth.txt"] in results
    for heading in (
        "## True maps",
        "### Maps and weeks without a hotspot",
        "### Planted hotspots that are found",
    ):
        assert f"\n{heading}" in f"\n{pages['truth.txt']}"


def test_every_page_stands_in_the_contents_and_links_lead_somewhere(pages):
    listed = set(
        re.findall(r"^([\w-]+)$", (DOCS / "index.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    assert listed == {name.removesuffix(".md") for name in pages if name.endswith(".md")} - {
        "index",
        "README",
    } | {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    for name, text in pages.items():
        for target in re.findall(r"\]\(([\w-]+\.(?:md|svg))(?:#[\w-]+)?\)", text):
            assert target in pages, f"{name} links to {target}"


#: A host by name, and nothing that a sentence left behind the address.
_ELSEWHERE = re.compile(r"https://(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[\w./~%+-]*[\w/])?(?:[?#][\w=&%.+-]+)?")


def test_addresses_elsewhere_are_whole_and_encrypted(pages):
    """In form only: no test asks another host. None is of this machine or without encryption."""
    texts = pages | {
        name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CITATION.cff")
    }
    texts |= {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in (ROOT / "examples").rglob("*.toml")
    }
    found = {
        address: name
        for name, text in texts.items()
        for address in re.findall(r"\bhttps?://[^\s)>\]\"'`|,;]+", text)
        if address != "http://www.w3.org/2000/svg"  # a name, which nobody opens
    }
    assert found
    strange = {address: name for address, name in found.items() if not _ELSEWHERE.fullmatch(address)}
    assert strange == {}


def test_every_question_has_a_page_with_its_words(pages):
    asked = json.loads((DOCS / "questions.json").read_text(encoding="utf-8"))
    assert len(asked) >= 12
    for one in asked:
        text = pages[f"{one['page']}.md"]
        assert all(word in text for word in one["words"]), one["question"]


def blocks(name, language):
    return re.findall(
        rf"```{language}\n(.*?)```", (DOCS / f"{name}.md").read_text(encoding="utf-8"), flags=re.DOTALL
    )


def test_a_theme_a_supplier_a_factor_and_a_reader_of_ones_own_take_settings_alone(tmp_path, genk_geo):
    from genk_geo.cpted import load_catalogue
    from genk_geo.ingestion import ingest
    from genk_geo.reference import City

    (theme,), (profile,), (factor, catalogue), (reader,) = (
        blocks(name, "toml") for name in ("own-theme", "own-profile", "own-factor", "own-reader")
    )
    (tmp_path / "genk-geo.toml").write_text(f"{theme}\n{factor}\n{reader}", encoding="utf-8")
    (tmp_path / "graffiti.toml").write_text(profile, encoding="utf-8")
    (tmp_path / "eigen_factoren.toml").write_text(catalogue, encoding="utf-8")
    (tmp_path / "graffiti.csv").write_text(
        "Bonnummer;Vastgesteld;Straat;Nr;Soort\nG1;09/11/2026;Europalaan;12;tag\n"
        "G2;10/11/2026;Stadsplein;1;racistisch opschrift\nG3;11/11/2026;;;tag\n",
        encoding="utf-8",
    )
    settings = Settings.load(tmp_path / "genk-geo.toml")
    assert settings.themes["graffiti"].window_weeks == 26
    assert [one.folder for one in settings.resolved_releases] == ["wijkmanager", "straathoekwerk"]
    (asked,) = settings.cpted.factors
    known = load_catalogue(settings.cpted.catalogue)
    entry = known[asked.name]
    assert (entry.label, entry.measures.preventie) == ("speelpleinen", ("Snoeien", "Verlichting op de paden"))
    found = ingest(
        tmp_path / "graffiti.csv", profile=tmp_path / "graffiti.toml", city=City.load(), now="2026-11-16"
    )
    assert found.incidents["theme"].tolist() == ["graffiti", "graffiti"]
    assert found.incidents["category"].tolist() == ["graffiti", "racistisch"]
    page = (DOCS / "own-profile.md").read_text(encoding="utf-8")
    commands = re.findall(r"`genk-geo ([^`]+)`", page)
    assert [command.split()[0] for command in commands] == ["profile", "ingest"]
    proposed, read = (genk_geo(*command.split(), cwd=tmp_path) for command in commands)
    assert (proposed.returncode, read.returncode) == (0, 0), read.stderr
    assert tomllib.loads(proposed.stdout)["columns"] == tomllib.loads(profile)["columns"]
    assert "G3" in (tmp_path / "geweigerd.csv").read_text(encoding="utf-8")


def test_words_for_a_kind_that_no_column_tells_are_refused(tmp_path):
    from genk_geo.errors import ConfigError
    from genk_geo.ingestion.profiles.profile import load_profile

    (profile,) = blocks("own-profile", "toml")
    without = re.sub(r"^category = .*\n", "", profile, flags=re.MULTILINE)
    assert without != profile
    (tmp_path / "graffiti.toml").write_text(without, encoding="utf-8")
    with pytest.raises(ConfigError, match="categories"):
        load_profile(tmp_path / "graffiti.toml")


def test_the_settings_of_a_city_of_ones_own_are_settings():
    settings = Settings.model_validate(tomllib.loads("\n".join(blocks("own-city", "toml"))))
    assert (settings.city.name, settings.city.exposure) == ("Voorbeeldstad", "inwoners")
    assert [Path(source.profile).name for source in settings.sources] == ["meldingen.toml"]
