"""Sentences, sparklines and tables only know what may be known."""

import re
from dataclasses import replace

import numpy as np
import pytest
import shapely

from genk_geo.release import checked_release, release
from genk_geo.release.suppress import Count
from genk_geo.release.thresholds import DENSITY_LIMITS
from genk_geo.render import publish
from genk_geo.render.maps.density_picture import density_picture
from genk_geo.render.maps.drawings import sparkline
from genk_geo.render.words.sentences import city_sentence, in_brief
from genk_geo.render.words.texts import Texts
from genk_geo.render.words.wording import when_text
from genk_geo.results import Density


@pytest.fixture(scope="module")
def week(week_result):
    return release(week_result)


def brief(week, stadsdeel):
    spots = [spot for theme in week.themes for spot in theme.hotspots if spot.stadsdeel == stadsdeel]
    return [sentence.text for sentence in in_brief(week, stadsdeel, spots, Texts("nl"))]


def test_the_brief_begins_with_the_most_surprising(week):
    sentences = brief(week, "Noorderveld")
    assert len(sentences) == 5
    assert sentences[0] == "Inbraak: 5 deze week, verwacht 0 tot 4. Dat is veel meer dan gewoonlijk."
    assert sentences[1] == (
        "Een nieuwe hotspot van overlast rond Klokkenweg en Zilverberkstraat (Kastanjehof), "
        "vooral vrijdag en zaterdag tussen 22 en 2 uur."
    )
    assert sentences[-1] == "Verkeer: minder dan 5 deze week, verwacht 0 tot 5. Dat is gewoon."


def test_the_brief_says_what_is_gone_and_what_is_too_few(week):
    sentences = brief(week, "Zuiderpoort")
    assert "De hotspot van overlast rond Lindeplein (Lindelo) is weg." in sentences
    assert "Door het kleine aantal valt over hotspots van verkeersongevallen niets te zeggen." in sentences


def test_the_city_in_one_sentence(week):
    assert city_sentence(week, Texts("nl")) == (
        "In Fictiestad kwamen er deze week 57 tot 61 overlastmeldingen (zoals verwacht), 5 tot 9 inbraken "
        "en minder dan 9 verkeersongevallen (zoals verwacht)."
    )


def test_a_theme_of_which_nothing_came_in_is_not_called_quiet(week_result):
    nuisance = week_result.themes[0]
    silent = replace(
        nuisance,
        city=nuisance.city.assign(observed=0),
        stadsdelen=nuisance.stadsdelen.assign(observed=0),
        wijken=nuisance.wijken.assign(observed=0),
    )
    week = release(replace(week_result, themes=(silent, *week_result.themes[1:])))
    assert week.themes[0].missing
    assert not week.no_data
    assert any("niets ontvangen" in sentence for sentence in brief(week, "Noorderveld"))


def test_without_history_nothing_is_compared(week_result, tmp_path):
    nan = float("nan")
    unknown = {"expected": nan, "low": nan, "high": nan, "last_year": nan}
    nuisance = week_result.themes[0]
    new = replace(
        nuisance,
        city=nuisance.city.assign(**unknown),
        stadsdelen=nuisance.stadsdelen.assign(**unknown),
        wijken=nuisance.wijken.assign(**unknown),
    )
    result = replace(week_result, themes=(new,))
    sentences = brief(release(result), "Noorderveld")
    assert "Overlast: 38 deze week. Er is nog geen vergelijking met eerdere weken." in sentences
    publish(checked_release(result), tmp_path)
    html = (tmp_path / "stadsdeel-noorderveld.html").read_text(encoding="utf-8")
    assert "nog niet bekend" in html
    assert "nan" not in re.sub(r"<(script|style)>.*?</\1>", "", html, flags=re.DOTALL).lower()


def test_a_run_without_themes_publishes_pages_that_say_so(week_result, tmp_path):
    publish(checked_release(replace(week_result, themes=())), tmp_path)
    assert "geen gegevens ontvangen" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_stadsdeel_of_one_wijk_is_as_secret_as_its_wijk(week_result):
    wijken = week_result.wijken.assign(stadsdeel=["Alleen", *["Rest"] * 5])
    burglary = week_result.themes[1]
    stadsdelen = burglary.stadsdelen.rename(index={"Noorderveld": "Alleen", "Zuiderpoort": "Rest"})
    theme = replace(
        burglary,
        stadsdelen=stadsdelen.assign(observed=[4, 2]),
        wijken=burglary.wijken.assign(stadsdeel=list(wijken["stadsdeel"])),
    )
    week = release(replace(week_result, wijken=wijken, themes=(theme,)))
    # The other stadsdeel goes with it, or city minus that one would say it.
    assert week.themes[0].stadsdelen["Rest"].observed == Count(None, 5)
    assert week.themes[0].stadsdelen["Alleen"].observed == Count(None, 5)


def test_a_sparkline_is_the_same_whatever_the_small_counts_are(week):
    area = week.themes[1].wijken["Kastanjehof"]
    assert all(count.value is None for count in area.trend)
    drawn = sparkline(area, "<b>")
    assert drawn == sparkline(replace(area, observed=Count(None, 5)), "<b>")
    assert drawn.count('class="small"') == 4
    assert "&lt;b&gt;" in drawn


def test_a_sparkline_has_a_gap_where_only_a_lower_bound_is_known(week):
    area = week.themes[0].wijken["Kastanjehof"]
    gap = replace(area, trend=(Count(9), Count(12), Count(None, 5, over=True), Count(11)))
    assert sparkline(gap, "x").count("<circle") == 3
    assert sparkline(gap, "x").count("<polyline") == 1


@pytest.mark.parametrize(
    ("days", "start", "end", "text"),
    [
        ((4, 5), 22, 26, "vrijdag en zaterdag tussen 22 en 2 uur"),
        (tuple(range(7)), 16, 24, "elke dag tussen 16 en 24 uur"),
        ((6,), None, None, "zondag"),
        ((), 7, 9, "tussen 7 en 9 uur"),
        ((), None, None, ""),
    ],
)
def test_hours_in_words(week, days, start, end, text):
    spot = replace(week.themes[0].hotspots[0], peak_days=days, peak_from=start, peak_to=end)
    assert when_text(spot, Texts("nl")) == text


def test_a_lone_incident_leaves_no_disc_in_the_density(wijken):
    """The peak of two incidents at one address, quartic kernel of 300 m, lies below the lowest class."""
    assert 2 * 3 / (np.pi * 0.3**2) < DENSITY_LIMITS[0]
    xmin, ymin, xmax, ymax = (float(edge) for edge in wijken.total_bounds)
    shape = (round((ymax - ymin) / 50), round((xmax - xmin) / 50))
    low = Density(np.full(shape, DENSITY_LIMITS[0] - 0.1), (xmin, ymin, xmax, ymax), 50.0)
    bounds = tuple(wijken.to_crs(4326).total_bounds)
    assert density_picture(low, bounds, 31370, inside=wijken.union_all()) is None


def test_the_density_lies_where_it_belongs(wijken):
    """One dense cell comes out at its own longitude and latitude, and only inside the outline."""
    xmin, ymin, *_ = (float(edge) for edge in wijken.total_bounds)
    values = np.zeros((120, 104))
    values[30, 80] = 1000.0
    density = Density(values, (xmin, ymin, xmin + 104 * 50, ymin + 120 * 50), 50.0)
    west, south, east, north = wijken.to_crs(4326).total_bounds
    picture = density_picture(density, (west, south, east, north), 31370, inside=wijken.union_all())
    rows, columns = np.nonzero(picture[..., 3])
    lon = west + (columns.mean() + 0.5) / picture.shape[1] * (east - west)
    lat = north - (rows.mean() + 0.5) / picture.shape[0] * (north - south)
    point = wijken.iloc[:1].set_geometry([shapely.Point(lon, lat)], crs=4326).to_crs(31370)
    x, y = point.geometry.iloc[0].coords[0]
    assert abs(x - (xmin + 80.5 * 50)) < 15
    assert abs(y - (density.extent[3] - 30.5 * 50)) < 15
    assert density_picture(density, (west, south, east, north), 31370, inside=wijken.geometry.iloc[3]) is None


@pytest.mark.parametrize(("risk_low", "times"), [(1.9, None), (2.7, 2), (350.0, 20), (float("nan"), None)])
def test_how_much_more_is_said_in_whole_times(week_result, risk_low, times):
    nuisance = week_result.themes[0]
    told = replace(nuisance, areas=nuisance.areas.assign(risk_low=risk_low, pattern="persistent"))
    spots = release(replace(week_result, themes=(told,)), small_count=5).themes[0].hotspots
    assert {spot.times for spot in spots if spot.observed.value is not None} == {times}
    assert {spot.times for spot in spots if spot.observed.value is None} <= {None}
    assert {spot.pattern for spot in spots} == {"persistent"}


def test_only_an_alert_makes_a_wijk_notable(week_result, tmp_path):
    nuisance = week_result.themes[0]
    quiet = replace(nuisance, wijken=nuisance.wijken.assign(alert=False))
    loud = replace(nuisance, wijken=nuisance.wijken.assign(alert=True))
    named = [
        [
            wijk.name
            for wijk in release(replace(week_result, themes=(theme,))).themes[0].wijken.values()
            if wijk.alert
        ]
        for theme in (quiet, loud)
    ]
    assert named[0] == []
    assert "Kastanjehof" in named[1]
    assert "Lindelo" not in named[1]  # as expected there, whatever an alert says
