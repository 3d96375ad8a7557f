"""The map of a week, kept as it was shown: nothing is told anew when a later page goes back to it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from genk_geo.calendar import Week
from genk_geo.config import ReleaseSettings
from genk_geo.release import release
from genk_geo.release.kept.week_maps import WEEKS_BACK, from_kept, kept_text, map_of, map_weeks
from tests.fixtures.town import WEEK


@pytest.fixture(scope="module")
def shown(week_result):
    return release(week_result)


def before(shown, weeks):
    """The same map, of so many weeks before."""
    return replace(map_of(shown), week=WEEK.shift(-weeks))


@pytest.mark.parametrize("profile", ["analist", "wijkmanager", "publiek"])
def test_what_is_kept_comes_back(full_result, profile):
    own = map_of(release(full_result, reader=ReleaseSettings(profile=profile)))
    text = kept_text(own)
    assert from_kept(text) == own
    assert kept_text(from_kept(text)) == text
    spots = [spot for theme in own.themes.values() for spot in theme.hotspots]
    assert bool(spots) == (profile != "publiek")


def test_no_more_is_kept_than_was_shown(full_result):
    """Small counts go as they were told; nothing of a single incident, a past or a chance goes along."""
    public = kept_text(map_of(release(full_result, reader=ReleaseSettings(profile="publiek"))))
    assert "outline" not in public
    told = json.loads(kept_text(map_of(release(full_result))))
    burglary = told["themes"]["burglary"]
    assert burglary["wijken"]["Kastanjehof"][:2] == ["Noorderveld", "0-4"]
    assert {key for spot in burglary["hotspots"] for key in spot} == {
        "id", "number", "status", "since", "streets", "wijk", "stadsdeel", "weeks", "observed", "outline",
    }  # fmt: skip


def test_a_week_without_data_keeps_no_counts(empty_result):
    own = map_of(release(empty_result))
    assert all(theme.missing and not theme.wijken and not theme.stadsdelen for theme in own.themes.values())


def test_every_week_back_to_the_first_page_is_there_with_its_reason(shown):
    kept = {
        WEEK.shift(-5): before(shown, 5),
        WEEK.shift(-3): None,
        WEEK.shift(-2): replace(before(shown, 2), borders="other"),
        WEEK.shift(-1): before(shown, 1),
        WEEK.shift(1): before(shown, -1),  # a later week is no past
    }
    found = map_weeks(shown, kept)
    assert [(WEEK.minus(one.week), one.why) for one in found] == [
        (5, ""), (4, "no_page"), (3, "not_kept"), (2, "other_rules"), (1, ""), (0, ""),
    ]  # fmt: skip
    assert [one.shown is None for one in found] == [bool(one.why) for one in found]


def test_a_map_of_other_readers_or_under_other_rules_is_not_shown(week_result, shown):
    """A week that was published while small counts were shown does not come back once they are held back."""
    for reader in (
        ReleaseSettings(small_count=0),
        ReleaseSettings(profile="analist"),
        ReleaseSettings(min_addresses=4),
    ):
        other = replace(map_of(release(week_result, reader=reader)), week=WEEK.shift(-1))
        found, own = map_weeks(shown, {WEEK.shift(-1): other})
        assert own.shown == map_of(shown)
        assert (found.shown, found.why) == (None, "other_rules")


def test_weeks_of_the_demo_do_not_pass_for_weeks_of_the_city(shown):
    other = replace(map_of(replace(shown, demo=not shown.demo)), week=WEEK.shift(-1))
    assert map_weeks(shown, {WEEK.shift(-1): other})[0].why == "other_rules"


def test_outlines_of_other_blocks_are_not_laid_beside_those_of_today(shown):
    other = replace(map_of(replace(shown, blocks="others")), week=WEEK.shift(-1))
    assert map_weeks(shown, {WEEK.shift(-1): other})[0].why == "other_rules"


def test_a_map_of_another_week_under_its_name_is_not_shown(shown):
    found, _ = map_weeks(shown, {WEEK.shift(-1): before(shown, 2)})
    assert found.why == "other_rules"


def test_a_map_goes_back_half_a_year(shown):
    assert map_weeks(shown, {}) == ()
    assert map_weeks(shown, {WEEK.shift(-WEEKS_BACK): before(shown, WEEKS_BACK)}) == ()
    found = map_weeks(shown, {WEEK.shift(1 - WEEKS_BACK): None})
    assert len(found) == WEEKS_BACK
    assert found[0].week == Week(2026, 21)


def test_another_form_counts_as_not_kept(shown):
    facts = json.loads(kept_text(map_of(shown)))
    assert from_kept(json.dumps({**facts, "form": 2})) is None
    with pytest.raises(ValueError, match="not as a map is written"):
        from_kept(json.dumps(facts))


def test_the_same_borders_are_known_whatever_the_order(shown):
    turned = replace(shown, wijken=shown.wijken.iloc[::-1])
    assert map_of(turned).borders == map_of(shown).borders
    moved = shown.wijken.assign(geometry=shown.wijken.geometry.translate(40, 0))
    assert map_of(replace(shown, wijken=moved)).borders != map_of(shown).borders
