"""A page that is made again, and blocks that change, tell nothing that the first page did not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from genk_geo.config import ReleaseSettings
from genk_geo.errors import AlreadyToldError, DisclosureError
from genk_geo.release import checked_release
from genk_geo.release.suppress import SECRET, Count
from genk_geo.release.told import Told


def more(result, by):
    """The same week after a correction: so many more in everything that is counted beside the areas."""
    nuisance, *others = result.themes
    repeat = nuisance.near_repeat
    theme = replace(
        nuisance,
        signals=nuisance.signals.assign(observed=nuisance.signals["observed"] + by),
        near_repeat=replace(
            repeat,
            zones=repeat.zones.assign(incidents=repeat.zones["incidents"] + by),
            strings=repeat.strings.assign(incidents=repeat.strings["incidents"] + by),
        ),
    )
    found = result.traffic
    columns = ("accidents", "weak", "school_time")
    traffic = replace(
        found,
        points=found.points.assign(accidents=found.points["accidents"] + by),
        stretches=found.stretches.assign(observed=found.stretches["observed"] + by),
        schools=found.schools.assign(**{name: found.schools[name] + by for name in columns}),
    )
    return replace(result, themes=(theme, *others), traffic=traffic)


def counts(week):
    """Every count beside the tables by area."""
    theme, traffic = week.themes[0], week.traffic
    return {
        "signals": [(one.wijk, one.observed) for one in theme.signals],
        "zones": [(one.wijk, one.incidents) for one in theme.near_repeat.zones],
        "strings": [(one.wijk, one.incidents) for one in theme.near_repeat.strings],
        "points": {one.wijk: one.accidents for one in traffic.points},
        "stretches": [(one.wijk, one.accidents) for one in traffic.stretches],
        "schools": [(one.name, one.accidents, one.weak, one.school_time) for one in traffic.schools],
    }


def without(record):
    """The record without the digest of what was shown: the counts alone would let the page be made again."""
    return {name: told for name, told in record.items() if name != "shown"}


def test_counts_of_a_page_that_is_made_again_are_those_of_the_first(full_result):
    first = checked_release(full_result)
    told = [without(first.record)]
    later = checked_release(more(full_result, 4), told=told)
    was, now = counts(first.week), counts(later.week)
    assert {**now, "points": None} == {**was, "points": None}
    assert {wijk: now["points"][wijk] for wijk in was["points"]} == was["points"]
    # A point that was left out for its few accidents: nothing is said of how many there are now.
    assert {count for wijk, count in now["points"].items() if wijk not in was["points"]} == {SECRET}
    assert later.record["figures"].keys() == first.record["figures"].keys()
    analyst = checked_release(more(full_result, 4), reader=ReleaseSettings(profile="analist"), told=told)
    assert counts(analyst.week)["signals"][0][1] == Count(18)


def test_also_on_the_page_of_a_later_week_of_the_same_period(full_result):
    first = checked_release(full_result)
    later = replace(more(full_result, 4), week=full_result.week.shift(1))
    shown = checked_release(later, told=[first.record]).week
    assert counts(shown)["schools"] == counts(first.week)["schools"]
    assert counts(shown)["signals"] != counts(first.week)["signals"]


def test_figures_are_on_record_for_who_sees_areas(full_result):
    assert checked_release(full_result, reader=ReleaseSettings(profile="publiek")).record["figures"] == {}
    record = checked_release(full_result).record
    assert Told([record]).figures("2026-W46").keys() != set()
    assert Told([record]).figures("2023-10-01/2026-10-01").keys() != set()
    assert Told([record]).figures("2026-W45") is None


@pytest.fixture(scope="module")
def blocks(week_result):
    """The wijken as blocks, and each of them in two halves."""
    whole = week_result.wijken.assign(addresses=20.0, place=[("Dreef",)] * len(week_result.wijken))
    x, y = whole.total_bounds[[0, 2]].mean(), whole.total_bounds[[1, 3]]
    west = shapely.box(whole.total_bounds[0], y[0], x, y[1])
    other = whole.assign(geometry=[shape.union(west.intersection(shape)) for shape in whole.geometry])
    other.geometry = [shape.buffer(-1) for shape in other.geometry]
    return whole, other


def test_blocks_that_were_used_stay(week_result, blocks):
    one, other = (replace(week_result, blocks=layer) for layer in blocks)
    told = [checked_release(one).record]
    shuffled = replace(week_result, blocks=blocks[0].iloc[::-1])
    assert checked_release(shuffled, told=told).record["blocks"] == told[0]["blocks"] != ""
    fewer = ReleaseSettings(min_addresses=12)
    with pytest.raises(DisclosureError, match="with min_addresses 8, not 12: set it to 8 again"):
        checked_release(other, reader=fewer, told=told)
    with pytest.raises(DisclosureError, match="from another reference"):
        checked_release(replace(other, week=week_result.week.shift(1)), told=told)
    for profile in ("publiek", "analist"):
        assert checked_release(other, reader=ReleaseSettings(profile=profile), told=told)


def changed(result, **of_theme):
    theme, *others = result.themes
    return replace(result, themes=(replace(theme, **of_theme), *others))


@pytest.mark.parametrize("profile", ["wijkmanager", "publiek"])
def test_a_page_that_shows_the_same_may_be_made_again(full_result, profile):
    reader = ReleaseSettings(profile=profile)
    first = checked_release(full_result, reader=reader)
    again = checked_release(full_result, reader=reader, told=[first.record])
    assert again.record == first.record
    assert len(first.record["shown"]) >= 2


def test_a_page_of_which_an_outline_comes_goes_or_moves_is_not_made_again(full_result):
    told = [checked_release(full_result).record]
    theme = full_result.themes[0]
    density = replace(theme.density, values=theme.density.values + 100.0)
    near = replace(theme.near_repeat, zones=theme.near_repeat.zones.iloc[:0])
    others = {
        "hotspots": {"areas": theme.areas.iloc[1:]},
        "outline": {"areas": theme.areas.assign(geometry=theme.areas.buffer(-20))},
        "density": {"density": density},
        "signals": {"signals": theme.signals.iloc[:0]},
        "near repeats": {"near_repeat": near},
        "outlook": {"outlook": replace(theme.outlook, places=theme.outlook.places.iloc[1:])},
    }
    for of_theme in others.values():
        with pytest.raises(AlreadyToldError, match=r"W46 was published before .*nuisance"):
            checked_release(changed(full_result, **of_theme), told=told)
    zones = replace(full_result, environments=())
    assert full_result.environments
    with pytest.raises(AlreadyToldError):
        checked_release(zones, told=told)
    # The public sees none of it, an analyst all; and the next week is another page.
    moved = changed(full_result, areas=theme.areas.iloc[1:])
    for profile in ("publiek", "analist"):
        assert checked_release(moved, reader=ReleaseSettings(profile=profile), told=told)
    assert checked_release(replace(moved, week=full_result.week.shift(1)), told=told)


def test_a_theme_of_which_nothing_had_come_in_may_be_told_once_it_is_there(full_result):
    theme = full_result.themes[0]
    none = {name: getattr(theme, name).assign(observed=0) for name in ("city", "stadsdelen", "wijken")}
    none["city"] = none["city"].assign(low=1.0, high=9.0)
    silent = checked_release(changed(full_result, **none)).record
    assert theme.theme not in silent["shown"]
    assert theme.theme in checked_release(full_result, told=[silent]).record["shown"]


def test_the_digest_says_nothing_without_the_secret(full_result):
    other = replace(full_result, secret=b"another" * 5)
    one, two = (checked_release(result).record["shown"] for result in (full_result, other))
    assert one.keys() == two.keys()
    assert not {*one.values()} & {*two.values()}


def test_of_a_signal_of_a_few_it_is_not_told_how_rare_it_is(full_result):
    rare = {one.observed: one.every_weeks for one in checked_release(full_result).week.themes[0].signals}
    assert rare == {Count(None, 5, over=True): 200.0, Count(None, 5): None}
