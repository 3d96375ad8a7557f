"""Words of themes: those of the settings first, then those of the pages, then what the label gives."""

import pytest
from pydantic import ValidationError

from genk_geo.config import Settings, ThemeSettings, ThemeWords
from genk_geo.cpted import load_catalogue
from genk_geo.errors import ConfigError
from genk_geo.render.words.texts import Texts

BIKES = ThemeSettings(
    label_nl="Fietsdiefstal",
    label_en="Bicycle theft",
    nl=ThemeWords(unit_one="fietsdiefstal", unit_other="fietsdiefstallen", advice={"nazorg": "Bel terug."}),
    en=ThemeWords(unit_one="offence", unit_other="offences", named="theft of bicycles"),
)
OWN = {"bikes": BIKES, "gas": ThemeSettings(label_nl="GAS-overtreding", label_en="MAS offence")}


@pytest.mark.parametrize(
    ("lang", "theme", "said"),
    [
        ("nl", "bikes", ("fietsdiefstal", "een fietsdiefstal", "fietsdiefstallen")),
        ("en", "bikes", ("theft of bicycles", "an offence", "offences")),
        ("nl", "gas", ("GAS-overtreding", "een geval van GAS-overtreding", "gevallen van GAS-overtreding")),
        ("en", "gas", ("MAS offence", "a case of MAS offence", "cases of MAS offence")),
        ("nl", "traffic", ("verkeersongevallen", "een verkeersongeval", "verkeersongevallen")),
        ("en", "noise_at_night", ("noise at night", "a case of noise at night", "cases of noise at night")),
    ],
)
def test_every_theme_has_words_in_every_language(lang, theme, said):
    texts = Texts(lang, OWN)
    assert (texts.named(theme), texts.one(theme), texts.unit(theme, 2)) == said


def test_an_article_that_letters_do_not_tell_is_said():
    words = ThemeWords(unit_one="hour of noise", unit_other="hours of noise", article="an")
    assert Texts("en", {"noise": ThemeSettings(en=words)}).one("noise") == "an hour of noise"


def test_a_label_of_a_known_theme_goes_into_its_sentences():
    """Called otherwise, it is not spoken of by the word of the pages."""
    own = Texts("nl", {"nuisance": ThemeSettings(label_nl="Leefbaarheid")})
    assert own.named("nuisance") == "leefbaarheid"
    assert Texts("nl").named("nuisance") == "overlast"


def test_advice_is_that_of_the_settings_in_the_order_of_the_chain():
    assert Texts("nl", OWN).advice("bikes") == [("Nazorg", "Bel terug.")]
    assert Texts("en", OWN).advice("bikes") == []
    links = [link for link, _ in Texts("nl", OWN).advice("nuisance")]
    assert links == ["Proactie", "Preventie", "Repressie", "Nazorg"]


def test_what_the_yardstick_counts_is_said_or_left_open():
    def exposure(lang="nl", **city):
        return Texts.of(Settings.model_validate({"lang": lang, **city})).exposure()

    assert exposure() == "woningen"
    assert exposure("en") == "dwellings"
    assert exposure(city={"name": "A", "areas": "a.geojson"}) == "woningen of inwoners"
    city = {"name": "A", "areas": "a.geojson", "exposure_nl": "inwoners", "exposure_en": "inhabitants"}
    assert exposure(city=city) == "inwoners"
    assert exposure("en", city=city) == "inhabitants"


def test_half_a_unit_is_refused_with_what_is_lacking(tmp_path):
    with pytest.raises(ValidationError, match="unit_one goes with unit_other"):
        ThemeWords(unit_one="inbraak")
    path = tmp_path / "genk-geo.toml"
    path.write_text('[themes.bikes.nl]\nunit_other = "fietsen"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="unit_other goes with unit_one"):
        Settings.load(path)
    path.write_text('[themes.bikes.nl.advice]\nzorg = "x"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="advice"):
        Settings.load(path)


def test_advice_knows_the_sign_of_a_factor():
    catalogue = load_catalogue()
    many, few = (catalogue["street_lamp"].said_of(lacking=lacking) for lacking in (False, True))
    assert many[0].startswith("Meer lampen")
    assert few[0].startswith("Weinig lampen")
    assert "Kapotte lampen melden" not in few[1].preventie
    # Of a protective factor the catalogue speaks of its lack.
    assert catalogue["sight_line"].said_of(lacking=True)[0].startswith("Waar zicht kort is")
    assert catalogue["sight_line"].said_of(lacking=False)[0] == ""
