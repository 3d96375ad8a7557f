"""What the manifest tells of the findings, by reader."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from genk_geo.config import ReleaseSettings, Settings
from genk_geo.jobs.week.manifest import manifest_of


@pytest.fixture(scope="module")
def told(demo_run):
    """The manifest of the demo for each reader."""
    return {
        profile: manifest_of(
            Settings(), ReleaseSettings(profile=profile).resolved(5), demo_run.result, demo_run.reports
        )
        for profile in ("analist", "wijkmanager", "publiek")
    }


def test_an_analyst_is_told_how_much_was_found(told, demo_run):
    for look in demo_run.result.themes:
        own = told["analist"]["themes"][look.theme]
        assert own["signals"] == len(look.signals)
        assert own["outlook"] == {"model": look.outlook.model, "places": len(look.outlook.places)}
        assert (own["near_repeat"] is None) == (look.near_repeat is None)
    repeat = next(look.near_repeat for look in demo_run.result.themes if look.theme == "burglary")
    assert told["analist"]["themes"]["burglary"]["near_repeat"] == {
        "too_few": False, "distance_m": 100, "days": 7, "zones": len(repeat.zones),
        "strings": len(repeat.strings),
    }  # fmt: skip
    found = demo_run.result.traffic
    assert sum(told["analist"]["traffic"]["points"].values()) == len(found.points) > 0
    assert told["analist"]["traffic"]["stretches"] == len(found.stretches)
    json.dumps(told, allow_nan=False)


def test_others_are_told_the_model_and_no_count(told, demo_run):
    for look in demo_run.result.themes:
        own = told["wijkmanager"]["themes"][look.theme]
        assert own["outlook"] == {"model": look.outlook.model}
        assert set(own) == {"window", "too_few", "outlook"}
    assert not {"traffic", "inputs", "rows"} & set(told["wijkmanager"])
    assert set(told["publiek"]) == {"week", "as_of", "release", "settings", "versions"}


def test_what_was_not_looked_for_is_no_zero(demo_run):
    nothing = replace(demo_run.result.themes[0], signals=None, near_repeat=None, outlook=None)
    result = replace(demo_run.result, themes=(nothing,), traffic=None)
    release = ReleaseSettings(profile="analist").resolved(5)
    manifest = manifest_of(Settings(), release, result, demo_run.reports)
    own = manifest["themes"][nothing.theme]
    assert own["signals"] is own["near_repeat"] is manifest["traffic"] is None
    assert own["outlook"] == {"model": None, "places": None}
