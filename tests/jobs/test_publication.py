"""A reader sees the last good week until the new one is whole."""

from __future__ import annotations

import json

import pytest

from genk_geo.errors import ConfigError
from genk_geo.jobs.publication import published_weeks, sha256, staged, write_manifest


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

    with pytest.raises(ConfigError, match=r"No space left.*former week is untouched"):
        full()
    assert (target / "index.html").read_text() == "good"


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "maps").write_text("a file, not a folder")
    with pytest.raises(ConfigError, match="cannot be written"), staged(tmp_path / "maps" / "2026-W46"):
        pass


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
