"""Faults are told in the language of the settings, whatever is wrong with these."""

import pytest

from genk_geo.cli.console import spoken_in


@pytest.fixture(autouse=True)
def as_the_settings_say(in_english, monkeypatch):
    monkeypatch.setattr("genk_geo.cli.spoken_in", spoken_in)


@pytest.mark.parametrize(
    ("settings", "options", "lang"),
    [
        ("", "", "nl"),
        ('lang = "en"', "", "en"),
        ("lang = 'en' # of nl", "", "en"),
        ('lang = "en"', "--lang nl", "nl"),
        ("", "--lang=en", "en"),
        ("", "--lang fr", "nl"),
        ('lang = "fr"', "", "nl"),
        ('lang = "en"\ndit is = = geen toml', "", "en"),
        ('# lang = "en"', "", "nl"),
        ("\x00\xff", "", "nl"),
    ],
)
def test_the_language_is_known_before_the_settings_are(tmp_path, settings, options, lang):
    file = tmp_path / "s.toml"
    file.write_text(settings, encoding="latin-1")
    assert spoken_in(["weekly", "--config", str(file), *options.split()]) == lang
    assert spoken_in(["weekly", f"--config={file}", *options.split()]) == lang


@pytest.mark.parametrize(
    "arguments", [[], ["--config"], ["--config", "."], ["--config", "weg.toml"], ["--config", "\0"]]
)
def test_without_settings_it_is_dutch(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert spoken_in(arguments) == "nl"


WRONG = {
    "weekly --config weg.toml": ("weg.toml bestaat niet.", "weg.toml does not exist."),
    "weekly --config fout.toml": (
        "onbekende sleutel, bedoelt u store? (hier bekend: ",
        "unknown key, did you mean store? (known",
    ),
    "weekly --config kaal.toml --week 2026-60": ("'2026-60' is geen week.", "'2026-60' is not a week."),
    "weekly --stale --week 2026-W46": ("Laat --week weg", "Leave out --week"),
    "ingest --config kaal.toml --profile inbraak x.csv": (
        "Er is geen profiel 'inbraak'.",
        "There is no profile 'inbraak'.",
    ),
    "backup --config kaal.toml": ("Voer eerst `genk-geo weekly` uit.", "Run `genk-geo weekly` first."),
}


@pytest.mark.parametrize("command", WRONG)
def test_what_is_wrong_is_told_in_it(genk_geo, tmp_path, command):
    (tmp_path / "kaal.toml").write_text('store = "h.duckdb"\n', encoding="utf-8")
    (tmp_path / "fout.toml").write_text('stor = "h.duckdb"\nout = 5\n', encoding="utf-8")
    dutch, english = WRONG[command]
    told = genk_geo(*command.split())
    assert (told.code, dutch in told.err) == (2, True), told.err
    told = genk_geo(*command.split(), "--lang", "en")
    assert (told.code, english in told.err) == (2, True), told.err
