"""Headline, chance and search in words; the guide for each kind of reader."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genk_geo.calendar import Week
from genk_geo.config import ReleaseSettings
from genk_geo.release import release
from genk_geo.release.suppress import Count
from genk_geo.release.values.findings import ReleasedScores
from genk_geo.release.values.week import ReleasedStep
from genk_geo.render.files.pdf import write_pdfs
from genk_geo.render.pages.guide_page import guide_page
from genk_geo.render.pages.parts.wijk_search import wijk_keys, wijk_search
from genk_geo.render.pages.site import Site
from genk_geo.render.pages.stadsdeel_page import stadsdeel_page
from genk_geo.render.words.attention import attention_row, attention_sentence, needed_text
from genk_geo.render.words.hotspots import reports_text
from genk_geo.render.words.near_repeat import near_repeat_text
from genk_geo.render.words.outlook import past_text, score_rows, score_text
from genk_geo.render.words.sentences import headline, in_brief
from genk_geo.render.words.signals import chance_text
from genk_geo.render.words.texts import Texts

NL = Texts("nl")


def site_of(result, profile="wijkmanager", contact=""):
    return Site(release(result, reader=ReleaseSettings(profile=profile)), NL, "none", contact, ())


@pytest.mark.parametrize(
    ("weeks", "text"),
    [
        (None, ""),
        (0.2, "elke week"),
        (6, "eens in de 6 weken"),
        (26, "eens in de 6 maanden"),
        (156, "eens in de 3 jaar"),
        (52 * 400, "minder dan eens in de 10 jaar"),
        (float("inf"), "minder dan eens in de 10 jaar"),
    ],
)
def test_chance_in_words(weeks, text):
    assert chance_text(weeks, NL) == text


def test_the_headline_counts_what_is_new_here(full_result, calm_result):
    week = release(full_result)
    spots = [spot for theme in week.themes for spot in theme.hotspots]
    assert headline(week, spots, NL) == "2 nieuwe hotspots, 2 signalen en 1 wijk die opvalt."
    assert headline(week, [], NL, stadsdeel="Zuiderpoort") == "1 signaal."
    assert headline(release(calm_result), [], NL) == "Niets nieuws dat eruit springt."


def test_the_brief_tells_signals_and_what_became_of_the_outlook(full_result):
    week = release(full_result, reader=ReleaseSettings(profile="analist"))
    texts = [sentence.text for sentence in in_brief(week, "Noorderveld", [], NL)]
    assert texts[1] == (
        "Sinds 3 november 14 overlastmeldingen rond Molenpad (Molenakker), verwacht 1,2; zoiets komt"
        " toevallig eens in de 3 jaar voor."
    )
    assert past_text(week.themes[0], "Fictiestad", NL) == (
        "Van de 19 overlastmeldingen van deze week in Fictiestad waarvan we de plaats goed kennen,"
        " vielen er 8 in de plaatsen die vorige week"
        " werden voorgesteld (2 % van de oppervlakte); een gewone telling had er 6."
    )


def test_a_point_of_attention_says_how_likely_it_is(full_result):
    """A figure for an analyst; for others a class, and nothing of a place with few events behind it."""
    rows = {}
    for profile in ("analist", "wijkmanager"):
        theme = release(full_result, reader=ReleaseSettings(profile=profile)).themes[0]
        rows[profile] = [attention_row(place, NL) for place in theme.attention]
    assert [row["chance"] for row in rows["analist"]] == ["82 %", "41 %"]
    assert [row["card"]["rows"][0][1] for row in rows["analist"]] == [
        "hoort met 82 % kans bij de 5 % meest getroffen plekken",
        "hoort met 41 % kans bij de 5 % meest getroffen plekken",
    ]
    assert rows["analist"][0]["times"] == "3,4 keer zo veel als gewoon"
    (row,) = rows["wijkmanager"]
    assert row["chance"] == "minstens 50 %"
    assert row["card"]["rows"][0][1] == "hoort met minstens 50 % kans bij de 5 % meest getroffen plekken"
    assert row["mark"] == "A1"
    assert row["times"] == ""
    assert [name for name, _ in row["card"]["rows"]] == ["Kans"]


def test_a_theme_without_hotspots_says_what_one_would_need(full_result):
    week = release(full_result)
    assert needed_text(week.themes[1], NL) == (
        "Een plek van 300 bij 300 m zou in 13 weken ongeveer 7 inbraken moeten hebben om hier te staan."
    )
    assert needed_text(replace(week.themes[1], needed=None), NL) == ""


def test_the_brief_names_points_of_attention(full_result):
    week = release(full_result)
    stadsdeel = week.themes[0].attention[0].stadsdeel
    assert attention_sentence(week.themes[0], week.themes[0].attention, NL) == (
        "Aandachtspunt voor overlast: Odulfusplein en Hoge Weg."
    )
    calm = replace(week, themes=tuple(replace(theme, signals=(), near_repeat=None) for theme in week.themes))
    kinds = [sentence.kind for sentence in in_brief(calm, stadsdeel, [], NL)]
    assert "attention" in kinds


def test_reports_over_events(full_result):
    spot = release(full_result, reader=ReleaseSettings(profile="analist")).themes[0].hotspots[0]
    told = replace(spot, observed=Count(7), reports=12)
    assert reports_text(told, NL) == "12 meldingen over 7 voorvallen"
    assert reports_text(replace(told, reports=7), NL) == ""
    assert reports_text(replace(told, observed=Count(None, 5)), NL) == ""
    assert reports_text(replace(told, reports=None), NL) == ""


def test_the_page_says_why_there_is_no_point_of_attention(full_result):
    page = stadsdeel_page(site_of(full_result), "Noorderveld")
    assert "Inbraak: geen enkele plek springt er nu waarschijnlijk uit." in page
    assert 'id="aandacht"' in page
    assert 'id="aandacht"' not in stadsdeel_page(site_of(full_result, "publiek"), "Noorderveld")


def test_the_scorecard_says_so_when_the_difference_may_be_chance(full_result):
    theme = release(full_result, reader=ReleaseSettings(profile="analist")).themes[0]
    assert "haalde 28 %: het verschil kan toeval zijn" in score_text(theme, NL)
    scores = theme.outlook.scores.table
    for changed, words in (({"gain_low": 1.05}, "is beter"), ({"gain_high": 0.9}, "is niet beter")):
        outlook = replace(theme.outlook, scores=ReleasedScores(scores.assign(**changed)))
        assert words in score_text(replace(theme, outlook=outlook), NL)
    assert [row["chosen"] for row in score_rows(theme, NL)] == [True, False]
    none = replace(theme.outlook, scores=ReleasedScores(scores.iloc[:0]))
    assert score_text(replace(theme, outlook=none), NL) == ""
    assert score_rows(replace(theme, outlook=none), NL) == []


def test_of_repeats_nothing_is_said_where_they_were_not_looked_for(full_result):
    """None was looked for, too few to say, none that stands out, one that does: four different things."""
    shown = full_result.themes[0]
    none = replace(shown.near_repeat, distance_m=0, zones=shown.near_repeat.zones.iloc[:0])
    for found, words in (
        (None, ""),
        (replace(none, too_few=True), "Overlast: te weinig incidenten om iets over herhaling te zeggen."),
        (none, "Overlast: geen duidelijke kans op herhaling in de buurt."),
        (shown.near_repeat, "Na een overlastmelding is de kans op nog een binnen"),
    ):
        result = replace(full_result, themes=(replace(shown, near_repeat=found), *full_result.themes[1:]))
        site = site_of(result)
        assert near_repeat_text(site.week.themes[0], NL).startswith(words)
        assert (near_repeat_text(site.week.themes[0], NL) == "") == (found is None)
        page = stadsdeel_page(site, "Noorderveld")
        assert words in page
        assert ("te weinig incidenten om iets over herhaling" in page) == (
            found is not None and found.too_few
        )
        assert ('id="herhaling-kop"' in page) == (found is not None)


def test_wijken_that_write_alike_have_keys_of_their_own(week_result):
    names = {
        "Kastanjehof": "Sint Odulf",
        "Molenakker": "日本",
        "Lindelo": "Séint-Odulf",
        "Bruggeneinde": "Sìnt Odulf",
    }
    site = site_of(replace(week_result, wijken=week_result.wijken.replace({"wijk": names})))
    keys = wijk_keys(site)
    assert len(set(keys.values())) == len(keys) == 6
    assert keys["Sint Odulf"] == "sint-odulf"
    assert {"sint-odulf-2", "sint-odulf-3", "x"} < set(keys.values())
    found = wijk_search(site, "index.html")["wijken"]
    assert {wijk["page"] for wijk in found} == {"stadsdeel-noorderveld.html", "stadsdeel-zuiderpoort.html"}


def test_the_guide_says_what_this_release_shows(full_result):
    manager, analist, public = (
        guide_page(site_of(full_result, name)) for name in ("wijkmanager", "analist", "publiek")
    )
    assert "Aantallen onder 5" in manager
    assert "losse incidenten" in analist
    assert "losse incidenten" not in manager
    assert "Wat is een hotspot" in manager
    assert "Wat is een hotspot" not in public
    assert "met a@b.example." in guide_page(site_of(full_result, contact="a@b.example"))


def test_without_a_browser_nothing_is_printed_and_the_log_says_so(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("genk_geo.render.files.pdf._NAMES", ())
    monkeypatch.setattr("genk_geo.render.files.pdf._PLACES", ())
    assert write_pdfs([tmp_path / "index.html"]) == []
    assert "no page was printed" in caplog.text


def test_a_browser_that_fails_leaves_no_half_file(tmp_path, caplog):
    page = tmp_path / "index.html"
    page.write_text("<p>x", encoding="utf-8")
    assert write_pdfs([page], chromium=str(tmp_path / "nothing")) == []
    assert "index.html was not printed" in caplog.text
    assert not (tmp_path / "index.pdf").exists()


@pytest.mark.browser
def test_each_kind_of_page_fits_its_sheets(full_published, chromium, tmp_path):
    """A stadsdeel and the city take one sheet held sideways; the guide and a schouw stand upright."""
    import re
    import shutil

    names = [
        *("index.html", "stadsdeel-noorderveld.html", "handleiding.html"),
        *("zone-nuisance-01.html", "verkeer.html"),
    ]
    pages = [shutil.copy(full_published / "nl" / name, tmp_path / name) for name in names]
    written = write_pdfs(pages, chromium=chromium)
    found = {}
    for path in written:
        text = path.read_bytes()
        boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\]", text)
        sheets = len(re.findall(rb"/Type\s*/Page\b", text))
        found[path.stem] = (sheets, {(round(float(w)), round(float(h))) for w, h in boxes})
    assert found["index"] == found["stadsdeel-noorderveld"] == (1, {(842, 595)})
    assert found["verkeer"] == (2, {(842, 595)})
    assert found["handleiding"][0] <= 2
    assert found["zone-nuisance-01"][0] <= 3
    assert found["handleiding"][1] == found["zone-nuisance-01"][1] == {(595, 842)}


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (ReleasedStep(Week(2026, 40), up=True, new_source=False), "meer binnen dan vroeger. Dat kan"),
        (ReleasedStep(Week(2026, 40), up=False, new_source=True), "minder binnen dan vroeger, ook uit een"),
    ],
)
def test_a_step_in_reporting_is_told_for_a_quarter_and_without_a_number(full_result, step, told):
    week = release(full_result)
    theme = replace(week.themes[0], step=step, missing=False)

    def kinds(at, themes):
        changed = replace(week, week=at, themes=themes)
        return {sentence.kind: sentence.text for sentence in in_brief(changed, "Noorderveld", [], NL)}

    text = kinds(Week(2026, 46), (theme,))["step"]
    assert told in text
    assert text.startswith(f"{NL.theme(theme.theme)}: sinds 28 september")
    assert "step" in kinds(Week(2026, 52), (theme,))
    assert "step" not in kinds(Week(2026, 53), (theme,))
    assert "step" not in kinds(Week(2026, 46), (replace(theme, missing=True),))
