"""The first settings and the inbox, through the program."""

from __future__ import annotations

import pytest

from genk_geo.config import Settings


def test_the_first_settings_explain_themselves_and_are_settings(genk_geo, accidents, tmp_path):
    kept = accidents.rename(tmp_path / "elders.csv")
    (tmp_path / "kapot.csv").write_bytes(b"%PDF-1.7")
    done = genk_geo(
        "init", "werk", "--file", kept, "--file", "kapot.csv", "--reader", "wijkmanager", "--lang", "en"
    )
    assert done.code == 0, done.err
    assert "elders.csv: fits the profile traffic." in done.out
    assert "kapot.csv cannot be read and was left where it is." in done.out
    assert kept.is_file()
    file = tmp_path / "werk" / "genk-geo.toml"
    settings = Settings.load(file)
    assert [source.profile for source in settings.sources] == ["traffic"]
    assert [release.profile for release in settings.releases] == ["wijkmanager"]
    assert settings.lang == "en"
    assert file.read_text(encoding="utf-8").startswith("# Settings of the weekly maps.")
    assert sorted(path.name for path in (tmp_path / "werk" / "inbox").iterdir()) == [
        "elders.csv",
        "kapot.csv",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("init . --file weg.csv", "weg.csv: no file"),
        ("init . --reader burgemeester", "burgemeester: no reader"),
        ("inbox weg.csv", "together with --profile"),
        ("inbox weg.csv --profile traffic", "There is no inbox"),
        ("serve", "Nothing was published yet"),
    ],
)
def test_wrong_use_is_one_line(words, message, genk_geo, tmp_path):
    done = genk_geo(*words.split())
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert message in done.err
    assert not (tmp_path / "genk-geo.toml").exists()


def test_settings_that_stand_there_are_not_written_over(genk_geo, tmp_path):
    (tmp_path / "genk-geo.toml").write_text("seed = 1\n", encoding="utf-8")
    assert "exists already" in genk_geo("init", ".").err
    assert (tmp_path / "genk-geo.toml").read_text(encoding="utf-8") == "seed = 1\n"


def test_the_inbox_by_hand(genk_geo, accidents, tmp_path):
    (tmp_path / "inbox").mkdir()
    accidents.rename(tmp_path / "inbox" / "ongevallen.csv")
    (tmp_path / "inbox" / "raar.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    (tmp_path / "genk-geo.toml").write_text(
        '[inbox]\npath = "inbox"\n[[sources]]\nprofile = "traffic"\n', encoding="utf-8"
    )
    done = genk_geo("inbox", "--config", "genk-geo.toml")
    assert done.code == 0, done.err
    assert "ongevallen.csv: traffic" in done.out
    assert "raar.csv past bij geen profiel" in done.out
    done = genk_geo("inbox", "raar.csv", "--profile", "traffic", "--config", "genk-geo.toml")
    assert (done.code, "raar.csv staat in" in done.out) == (0, True)
    assert "Er liggen geen nieuwe bestanden." in genk_geo("inbox", "--config", "genk-geo.toml").out


def test_the_settings_of_another_city_come_along(genk_geo, tmp_path):
    from genk_geo.crs import transform_xy

    lon, lat = transform_xy([228_000.0, 229_000.0, 228_500.0], [184_000.0, 184_000.0, 185_000.0], 31370, 4326)
    rows = [f"{x},{y},Wijk {at}" for at, (x, y) in enumerate(zip(lon, lat, strict=True))]
    (tmp_path / "punten.csv").write_text("\n".join(["lon,lat,wijk", *rows]) + "\n", encoding="utf-8")
    (tmp_path / "stad.toml").write_text(
        '[city]\nname = "Fictiestad"\npoints = "punten.csv"\n'
        'grouping = {Noord = ["Wijk 0"], Zuid = ["Wijk 1", "Wijk 2"]}\n',
        encoding="utf-8",
    )
    done = genk_geo("init", "werk", "--city", "stad.toml")
    assert done.code == 0, done.err
    told, made = (Settings.load(tmp_path / name).city for name in ("stad.toml", "werk/genk-geo.toml"))
    assert told == made
