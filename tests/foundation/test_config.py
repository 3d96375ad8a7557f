"""Settings: defaults < TOML < command line; unknown keys are refused."""

from __future__ import annotations

import pytest

from genk_geo.config import Settings
from genk_geo.errors import ConfigError


def write(folder, text):
    path = folder / "genk-geo.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_count_from_the_file_and_overrides_win(tmp_path):
    path = write(
        tmp_path, 'lang = "en"\nout = "kaarten"\n[[sources]]\npath = "in/*.csv"\nprofile = "burglary"\n'
    )
    settings = Settings.load(path, lang="nl", seed=None)
    assert settings.lang == "nl"
    assert settings.seed == 71016
    assert settings.out == tmp_path / "kaarten"
    assert settings.sources[0].path == str(tmp_path / "in" / "*.csv")


def test_telling_one_thing_of_a_known_theme_keeps_the_rest(tmp_path):
    settings = Settings.load(write(tmp_path, "[themes.burglary]\nwindow_weeks = 8\n"))
    assert settings.themes["burglary"].window_weeks == 8
    assert settings.themes["burglary"].label_nl == "Inbraak"
    assert settings.themes["nuisance"].window_weeks == 4
    assert settings.show == ("nuisance", "burglary", "traffic")


def test_a_theme_of_ones_own_is_shown_by_name(tmp_path):
    text = "show = ['bicycle_theft']\n[themes.bicycle_theft]\nwindow_weeks = 13\n"
    settings = Settings.load(write(tmp_path, text))
    assert settings.show == ("bicycle_theft",)
    assert settings.themes["bicycle_theft"].min_incidents == 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wekelijks = true", "wekelijks: unknown key"),
        ("[grid]\ncell_m = 5", r"grid\.cell_m"),
        ("[grid]\ncell = 100", r"grid\.cell: unknown key"),
        ("lang = 'fr'", "lang"),
        ("sources = 3", "sources"),
        ("a = ", "cannot be read as TOML"),
        ("themes = 'burglary'", "themes"),
        ("themes.burglary = 3", r"themes\.burglary"),
        ("city = {name = 'x', crs = 4326}", r"city\.crs: EPSG:4326 \(WGS 84\) does not count in metres"),
        ("city = {name = 'x', areas_crs = -4}", r"city\.areas_crs: -4 is not an EPSG code"),
        ("city = {name = 'x', timezone = 'Mars/Olympus'}", "'Mars/Olympus' is not a time zone"),
        ("out = 3", "out: Input should be a path, given 3"),
        ('[themes."burglary\\u200b"]', r"'burglary' and 'burglary\\u200b' read the same"),
        ("[themes.Burglary]", "themes 'burglary' and 'Burglary' read the same"),
        ("[themes.burglary]\nlabel_nl = 'Overlast '", "labels of themes 'Overlast' and 'Overlast '"),
        ("show = ['fietsdiefstal']", "without a .themes.*table: fietsdiefstal"),
        ("[cpted]\nnetwork = true", r"name their file under \[network\] path"),
        ("[cpted]\nnetwork = 'a/b.graphml'", 'path = "a/b.graphml" under .network. and network = true'),
        ("[cpted]\nnetwork = 'graphml'", r"cpted\.network: .*boolean.*given 'graphml'"),
    ],
)
def test_a_wrong_file_says_what_is_wrong_and_where(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=message) as caught:
        Settings.load(path)
    assert "genk-geo.toml" in str(caught.value)


def test_every_fault_is_told_at_once(tmp_path):
    with pytest.raises(ConfigError, match=r"one: unknown key.*two: unknown key"):
        Settings.load(write(tmp_path, "one = 1\ntwo = 2\n"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nergens\.toml does not exist"):
        Settings.load(tmp_path / "nergens.toml")


def test_settings_are_frozen():
    settings = Settings.load()
    with pytest.raises(Exception, match="frozen"):
        settings.seed = 3
