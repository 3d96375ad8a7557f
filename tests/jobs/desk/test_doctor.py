"""The doctor reads for real what the settings name, and says of each thing that is broken what it is."""

from __future__ import annotations

import gzip

import pytest

from genk_geo.jobs.desk.doctor import check_up

HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y\n"
ROW = "TG.1/26;10/11/2025;14:30;licht gewond;1;auto;fietser;Europalaan;228500,0;184800,0\n"

POINT = (
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Station"},'
    b' "geometry": {"type": "Point", "coordinates": [5.5, 50.965]}}]}'
)

#: A file of a source, and what is said of it; the others are read all the same.
BROKEN = {
    "leeg.csv": (b"", "is empty"),
    "kop.csv": (HEADER.encode(), "no rows"),
    "anders.csv": (b"niets;van\nwaarde;hier\n", "anders.csv"),
    "brief.csv": (b"%PDF-1.7 x", "is a PDF"),
    "pagina.csv": (b"<!DOCTYPE html><html><table>", "is a web page"),
    "beeld.csv": (b"\x89PNG\r\n\x1a\n\0\0\0\0", "NUL"),
    "morgen.csv": ((HEADER + ROW.replace("2025", "2099")).encode(), "not one is valid"),
    "half.csv": (gzip.compress((HEADER + ROW).encode())[:40], "gzip"),
    "boek.csv": (b"PK\x03\x04kapot", "workbook"),
    "kaart.csv": (b'{"type": "FeatureCollection", "features": [', "GeoJSON"),
}
PROFILES = {
    "vergeten.toml": ("", "source"),
    "geen.toml": ("dit is = = geen toml", "cannot be read as TOML"),
    "klok.toml": (
        'source = "x"\ntheme = "traffic"\ntimezone = "Mars/Base"\n[columns]\nfrom_date = "a"\n',
        "Mars",
    ),
    "plaats.toml": ('source = "x"\ntheme = "traffic"\n[columns]\nfrom_date = "a"\n', "needs x and y"),
    "sleutel.toml": ('source = "x"\nthema = "traffic"\n[columns]\nfrom_date = "a"\n', "did you mean theme"),
}


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "goed.csv").write_text(HEADER + ROW, encoding="utf-8")
    sources = [("goed.csv", "traffic"), ("nergens*.csv", "traffic"), ("goed.csv", "bestaat-niet")]
    for name, (content, _) in BROKEN.items():
        (tmp_path / name).write_bytes(content)
        sources.append((name, "traffic"))
    for name, (content, _) in PROFILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        sources.append(("goed.csv", name))
    tables = "".join(f'[[sources]]\npath = "{path}"\nprofile = "{profile}"\n' for path, profile in sources)
    (tmp_path / "genk-geo.toml").write_text(f'aliases = "a.toml"\n{tables}', encoding="utf-8")
    (tmp_path / "a.toml").write_text("[aliases]\n'a' = ", encoding="utf-8")
    return tmp_path


def test_each_broken_thing_is_said_once_and_the_good_file_is_read(desk):
    found = check_up(desk / "genk-geo.toml")
    told = [str(one.values["found"]) for one in found if one.what == "fault"]
    (good,) = [one.values for one in found if one.what == "file"]
    assert (good["file"], good["rows"], good["n"]) == ("goed.csv", 1, 1)
    expected = ["a.toml", "No file matches nergens*.csv", "bestaat-niet"]
    expected += [what for _, what in BROKEN.values()] + [what for _, what in PROFILES.values()]
    assert len(told) == len(expected), told
    for what, said in zip(expected, told, strict=True):
        assert what in said
        assert "\n" not in said.strip()


@pytest.mark.parametrize(
    ("text", "what"),
    [("", ""), ("x", "does not exist"), ("[[aliases]]\n", "aliases"), ("aliases = 1\n", "aliases")],
)
def test_aliases_of_every_kind(text, what, tmp_path):
    (tmp_path / "genk-geo.toml").write_text('aliases = "a.toml"\n', encoding="utf-8")
    if text != "x":
        (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    told = [str(one.values["found"]) for one in check_up(tmp_path / "genk-geo.toml") if one.what == "fault"]
    assert len(told) <= 1
    assert what in " ".join(told)


def test_a_good_desk_has_no_fault(tmp_path):
    (tmp_path / "goed.csv").write_text(HEADER + ROW, encoding="utf-8")
    (tmp_path / "genk-geo.toml").write_text(
        '[[sources]]\npath = "*.csv"\nprofile = "traffic"\n', encoding="utf-8"
    )
    assert all(one.ok for one in check_up(tmp_path / "genk-geo.toml"))


def test_a_source_of_the_inbox_may_wait_for_its_first_file_but_not_for_its_folder(tmp_path):
    (tmp_path / "genk-geo.toml").write_text(
        '[inbox]\npath = "inbox"\n[[sources]]\nprofile = "traffic"\n', encoding="utf-8"
    )
    assert [one.what for one in check_up(tmp_path / "genk-geo.toml") if not one.ok] == ["fault"]
    (tmp_path / "inbox").mkdir()
    found = check_up(tmp_path / "genk-geo.toml")
    assert all(one.ok for one in found)
    assert "no_file" in {one.what for one in found}
    (tmp_path / "inbox" / "goed.csv").write_text(HEADER + ROW, encoding="utf-8")
    (good,) = [one.values for one in check_up(tmp_path / "genk-geo.toml") if one.what == "file"]
    assert (good["file"], good["n"]) == ("goed.csv", 1)
    assert (tmp_path / "inbox" / "goed.csv").is_file()  # only looked at


@pytest.mark.parametrize(
    ("layer", "content", "what"),
    [
        ("streets", None, "does not exist"),
        ("landmarks", b'{"type": "FeatureCollection", "features": [', "GeoJSON"),
        ("green", POINT, "holds no areas"),
        ("landmarks", POINT.replace(b"5.5", b"4.3"), "none of its 1 shapes lies in Genk"),
    ],
)
def test_a_broken_layer_under_the_maps_is_one_fault_and_the_rest_is_looked_at(layer, content, what, tmp_path):
    if content is not None:
        (tmp_path / "laag.geojson").write_bytes(content)
    (tmp_path / "goed.csv").write_text(HEADER + ROW, encoding="utf-8")
    told = f'[map]\n{layer} = "laag.geojson"\n[[sources]]\npath = "*.csv"\nprofile = "traffic"\n'
    (tmp_path / "genk-geo.toml").write_text(told, encoding="utf-8")
    found = check_up(tmp_path / "genk-geo.toml")
    (fault,) = [one for one in found if not one.ok]
    assert (fault.what, what in str(fault.values["found"])) == ("fault", True), fault
    assert f"[map] {layer}" in str(fault.values["found"])
    assert "file" in {one.what for one in found}
