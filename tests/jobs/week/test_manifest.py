"""What the manifest tells of the findings, by reader."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from genk_geo.config import ReleaseSettings, Settings
from genk_geo.jobs.week.manifest import Inputs, build_manifest


@pytest.fixture(scope="module")
def told(demo_run):
    """The manifest of the demo for each reader."""
    return {
        profile: build_manifest(
            Settings(),
            ReleaseSettings(profile=profile).resolved(5),
            demo_run.result,
            Inputs(demo_run.reports),
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


def test_others_are_told_nothing_that_comes_from_rows(told, demo_run):
    for reader in ("wijkmanager", "publiek"):
        assert set(told[reader]) == {"week", "as_of", "release", "settings", "versions", "page_libraries"}
        text = json.dumps(told[reader])
        assert not any(report.sha256 in text for report in demo_run.reports)


def test_other_rows_make_no_other_manifest_for_others(demo_run):
    emptied = replace(demo_run.result, themes=(), traffic=None, environments=())
    for profile in ("wijkmanager", "publiek"):
        release = ReleaseSettings(profile=profile).resolved(5)
        known = build_manifest(Settings(), release, demo_run.result, Inputs(demo_run.reports))
        assert build_manifest(Settings(), release, emptied, Inputs(())) == known


def test_what_is_inside_the_pages_is_told_with_its_checksum(told):
    leaflet = told["publiek"]["page_libraries"]["leaflet"]
    assert leaflet["version"].startswith("1.9")
    assert len(leaflet["sha256"]) == 64


def test_what_was_not_looked_for_is_no_zero(demo_run):
    nothing = replace(demo_run.result.themes[0], signals=None, near_repeat=None, outlook=None)
    result = replace(demo_run.result, themes=(nothing,), traffic=None)
    release = ReleaseSettings(profile="analist").resolved(5)
    manifest = build_manifest(Settings(), release, result, Inputs(demo_run.reports))
    own = manifest["themes"][nothing.theme]
    assert own["signals"] is own["near_repeat"] is manifest["traffic"] is None
    assert own["outlook"] == {"model": None, "places": None}
