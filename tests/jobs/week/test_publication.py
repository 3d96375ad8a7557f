"""A reader sees the last good week until the new one is whole."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from genk_geo.calendar import Week
from genk_geo.config import ReleaseSettings
from genk_geo.errors import ConfigError
from genk_geo.jobs.week.publication import (
    check_neighbours,
    kept_maps,
    published_weeks,
    sha256,
    staged,
    staged_together,
    told_under,
    write_manifest,
)
from genk_geo.release import release
from genk_geo.release.kept.week_maps import kept_text, map_of


def test_a_week_is_put_in_place_whole(tmp_path):
    target = tmp_path / "maps" / "2026-W46"
    with staged(target) as beside:
        (beside / "index.html").write_text("new")
        assert not target.exists()
    assert (target / "index.html").read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["2026-W46"]


def test_a_run_again_replaces_the_week_and_leaves_no_file_of_the_old_one(tmp_path):
    target = tmp_path / "2026-W46"
    target.mkdir()
    (target / "old.html").write_text("old")
    with staged(target) as beside:
        (beside / "index.html").write_text("new")
    assert [path.name for path in target.iterdir()] == ["index.html"]


def test_an_interrupted_run_leaves_the_last_good_week(tmp_path):
    target = tmp_path / "2026-W46"
    target.mkdir()
    (target / "index.html").write_text("good")

    def interrupted():
        with staged(target) as beside:
            (beside / "index.html").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (target / "index.html").read_text() == "good"
    assert [path.name for path in tmp_path.iterdir()] == ["2026-W46"]


def test_a_full_disk_is_one_clear_error_and_the_old_week_stays(tmp_path):
    target = tmp_path / "2026-W46"
    target.mkdir()
    (target / "index.html").write_text("good")

    def full():
        with staged(target):
            raise OSError(28, "No space left on device")

    with pytest.raises(ConfigError, match=r"the disk is full\. The former week is untouched"):
        full()
    assert (target / "index.html").read_text() == "good"


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "maps").write_text("a file, not a folder")
    with pytest.raises(ConfigError, match="cannot be written"), staged(tmp_path / "maps" / "2026-W46"):
        pass


def test_a_record_that_is_not_as_it_was_published_is_refused(tmp_path):
    folder = tmp_path / "2026-W46"
    folder.mkdir()
    (folder / "told.json").write_text('{"themes": {"burglary": 7}}')
    write_manifest(folder, {"week": "2026-W46"})
    assert told_under(tmp_path) == [{"themes": {"burglary": 7}}]
    (folder / "told.json").write_text('{"themes": {"burglary": 3}}')
    with pytest.raises(ConfigError, match=r"not as it was published.*publish that week again"):
        told_under(tmp_path)
    (folder / "manifest.json").write_bytes(b"\x00")
    with pytest.raises(ConfigError, match=r"manifest\.json is damaged"):
        told_under(tmp_path)


def test_only_whole_weeks_count_as_published(tmp_path):
    for name in ("2026-W46", "2026-W09", "2026-W54", "2026W45", "photos", ".2026-W47-abc"):
        (tmp_path / name).mkdir()
    for name in ("2026-W46", "2026-W09", "2026W45", "photos"):
        (tmp_path / name / "index.html").write_text("")
    assert published_weeks(tmp_path) == ["2026-W09", "2026-W46"]
    assert published_weeks(tmp_path / "nowhere") == []


def test_the_manifest_holds_the_checksum_of_every_file(tmp_path):
    (tmp_path / "index.html").write_text("x")
    write_manifest(tmp_path, {"week": "2026-W46"})
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["files"] == {"index.html": sha256(tmp_path / "index.html")}


def test_all_releases_are_put_in_place_or_none(tmp_path):
    targets = [tmp_path / name / "2026-W46" for name in ("analist", "publiek")]
    for target in targets:
        target.mkdir(parents=True)
        (target / "index.html").write_text("good")

    def interrupted():
        with staged_together(targets) as besides:
            for beside in besides:
                (beside / "index.html").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [(target / "index.html").read_text() for target in targets] == ["good", "good"]
    with staged_together(targets) as besides:
        for beside in besides:
            (beside / "index.html").write_text("new")
    assert [(target / "index.html").read_text() for target in targets] == ["new", "new"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "2026-W46", "2026-W46", "analist", "index.html", "index.html", "publiek",
    ]  # fmt: skip


def test_a_swap_that_fails_halfway_is_undone(tmp_path, monkeypatch):
    targets = [tmp_path / name / "2026-W46" for name in ("analist", "publiek")]
    for target in targets:
        target.mkdir(parents=True)
        (target / "index.html").write_text("good")
    swap, calls = Path.replace, []

    def failing(self, other):
        calls.append(other)
        if len(calls) == 4:  # the second release steps into place
            raise OSError(5, "Input/output error")
        return swap(self, other)

    monkeypatch.setattr(Path, "replace", failing)

    def halfway():
        with staged_together(targets) as besides:
            for beside in besides:
                (beside / "index.html").write_text("new")

    with pytest.raises(ConfigError, match="untouched"):
        halfway()
    assert [(target / "index.html").read_text() for target in targets] == ["good", "good"]


def test_a_run_that_was_killed_between_two_steps_is_mended(tmp_path):
    aside = tmp_path / ".2026-W46-old"
    aside.mkdir()
    (aside / "index.html").write_text("good")

    def interrupted():
        with staged(tmp_path / "2026-W46"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (tmp_path / "2026-W46" / "index.html").read_text() == "good"


def test_weeks_of_another_kind_of_reader_are_no_neighbours(tmp_path):
    week = tmp_path / "2026-W45"
    week.mkdir()
    (week / "index.html").write_text("x")
    check_neighbours(tmp_path, "wijkmanager")  # of before there were releases
    with pytest.raises(ConfigError, match="release for wijkmanager, not for publiek"):
        check_neighbours(tmp_path, "publiek")
    write_manifest(week, {"release": {"profile": "analist"}})
    with pytest.raises(ConfigError, match="folder of its own"):
        check_neighbours(tmp_path, "wijkmanager")


def test_what_was_told_is_found_in_every_layout(tmp_path):
    for folder in ("2026-W45", "publiek/2026-W41", ".2026-W46-half"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "told.json").write_text(json.dumps({"week": folder}))
    assert [record["week"] for record in told_under(tmp_path)] == ["2026-W45", "publiek/2026-W41"]
    (tmp_path / "2026-W45" / "told.json").write_text("{")
    with pytest.raises(ConfigError, match=r"told\.json"):
        told_under(tmp_path)


def test_maps_of_earlier_weeks_are_read_as_they_were_published(tmp_path, week_result):
    own = map_of(release(week_result))
    for week in ("2026-W44", "2026-W45", "2026-W46"):
        (tmp_path / week).mkdir()
        (tmp_path / week / "index.html").write_text("x")
    (tmp_path / "2026-W45" / "map.json").write_text(kept_text(own), encoding="utf-8")
    write_manifest(tmp_path / "2026-W45", {"week": "2026-W45"})
    (tmp_path / "2026-W46" / "index.html").unlink()  # its pages are gone
    found = kept_maps(tmp_path, ["2026-W44", "2026-W45", "2026-W46"])
    assert found == {Week(2026, 44): None, Week(2026, 45): own}
    with (tmp_path / "2026-W45" / "map.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    with pytest.raises(ConfigError, match=r"map\.json is not as it was published.*publish that week again"):
        kept_maps(tmp_path, ["2026-W45"])


HOTSPOT = {
    "id": "a", "number": 1, "status": "new", "since": "2026-W40", "streets": [], "wijk": "w",
    "stadsdeel": "A", "weeks": 4, "observed": "5", "outline": "POLYGON ((0 0, 1 0, 1 1, 0 0))",
}  # fmt: skip


def a_map(hotspot=HOTSPOT, **wijken):
    theme = {"missing": False, "too_few": False, "stadsdelen": {}, "wijken": wijken, "hotspots": [hotspot]}
    facts = {"form": 1, "week": "2026-W45", "rules": "", "borders": "", "themes": {"burglary": theme}}
    return json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", '{"form": 1}', "[" * 100_000, "\xff",
        a_map().replace("2026-W45", "yesterday"),
        a_map(w=["A", "x", 0, 1, "usual", False]), a_map(w=["A", "5", float("nan"), 1, "usual", False]),
        a_map(w=["A", 5, 0, 1, "usual", False]), a_map(w=["A"]),
        a_map(HOTSPOT | {"outline": "POLY"}), a_map(HOTSPOT | {"outline": None}),
        a_map(HOTSPOT | {"streets": "Kerkstraat"}), a_map(HOTSPOT | {"x": 1}),
    ],
)  # fmt: skip
def test_a_map_that_is_none_is_one_clear_error(tmp_path, text):
    folder = tmp_path / "2026-W45"
    folder.mkdir()
    (folder / "index.html").write_text("x")
    (folder / "map.json").write_text(text, encoding="latin-1")
    write_manifest(folder, {"week": "2026-W45"})
    with pytest.raises(ConfigError, match=r"map\.json is damaged: .+ publish that week again"):
        kept_maps(tmp_path, ["2026-W45"])


def test_a_map_counts_only_with_the_account_of_how_it_was_made(tmp_path):
    folder = tmp_path / "2026-W45"
    folder.mkdir()
    (folder / "index.html").write_text("x")
    (folder / "map.json").write_text(a_map())
    with pytest.raises(ConfigError, match=r"manifest\.json is damaged"):
        kept_maps(tmp_path, ["2026-W45"])
    write_manifest(folder, {"week": "2026-W45"})
    assert kept_maps(tmp_path, ["2026-W45"])[Week(2026, 45)].themes["burglary"].hotspots[0].number == 1
    facts = json.loads((folder / "manifest.json").read_text())
    del facts["files"]["map.json"]  # a folder of before maps were kept, and a map from elsewhere
    (folder / "manifest.json").write_text(json.dumps(facts))
    with pytest.raises(ConfigError, match=r"manifest\.json is damaged"):
        kept_maps(tmp_path, ["2026-W45"])


def modes(folder):
    return {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}


@pytest.mark.skipif(os.name == "nt", reason="this system has no such permissions")
def test_a_week_is_for_its_owner_unless_it_is_for_everybody(tmp_path):
    own, public = tmp_path / "analist" / "2026-W46", tmp_path / "publiek" / "2026-W46"
    with staged_together([own, public], readable=[False, True]) as besides:
        for beside in besides:
            (beside / "index.html").write_text("x")
            (beside / "index.html").chmod(0o666)
    assert modes(own) == {"2026-W46": 0o700, "index.html": 0o600}
    assert modes(public) == {"2026-W46": 0o755, "index.html": 0o644}
    with staged(tmp_path / "andere") as beside:
        (beside / "index.html").write_text("x")
    assert modes(tmp_path / "andere") == {"andere": 0o700, "index.html": 0o600}


def test_only_the_release_for_the_public_is_readable_unless_the_settings_say_so():
    readers = ("analist", "wijkmanager", "publiek")
    told = {one: ReleaseSettings(profile=one).resolved(5).readable for one in readers}
    assert told == {"analist": False, "wijkmanager": False, "publiek": True}
    assert ReleaseSettings(profile="wijkmanager", readable=True).resolved(5).readable
