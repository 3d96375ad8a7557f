"""A run that is killed at any step of publishing is finished, or undone, by the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

from genk_geo.errors import ConfigError
from genk_geo.jobs.week.made import staging
from genk_geo.jobs.week.made.staging import MARK, Noted, Saving, commit, recover


class PowerCut(BaseException):
    """Nothing may handle it: what stands on the disk is what a killed run leaves."""


def build(root):
    """Three releases with an old week, one of which is new, and what was written to replace them."""
    pairs = []
    for name in ("analist", "wijkmanager", "publiek"):
        target = root / name / "2026-W46"
        beside = root / name / ".2026-W46-abcd_12x"
        beside.mkdir(parents=True)
        (beside / "index.html").write_text("new")
        if name != "publiek":
            target.mkdir()
            (target / "index.html").write_text("old")
        pairs.append((beside, target))
    return pairs


def shown(root):
    return {path.parent.parent.name: path.read_text() for path in sorted(root.glob("*/2026-W46/index.html"))}


@pytest.mark.parametrize("step", range(12))
def test_whatever_step_a_run_is_killed_at_the_next_one_leaves_all_or_nothing(tmp_path, monkeypatch, step):
    pairs, taken = build(tmp_path), []
    moved, real = Path.replace, staging.shutil.rmtree

    def counted(work):
        def do(*arguments, **options):
            if len(taken) == step:
                raise PowerCut
            taken.append(work)
            return work(*arguments, **options)

        return do

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", counted(moved))
        patch.setattr(staging.shutil, "rmtree", counted(real))
        patch.setattr(staging, "_undo", lambda _: None)  # a killed run undoes nothing
        patch.setattr(Path, "unlink", counted(Path.unlink))
        try:
            commit(tmp_path, pairs)
            done = True
        except PowerCut:
            done = False
    folders = [target.parent for _, target in pairs]
    marked = (tmp_path / MARK).exists()
    recover(tmp_path, folders)
    new = {"analist": "new", "wijkmanager": "new", "publiek": "new"}
    assert shown(tmp_path) == (
        new if done or marked or step > 3 else {"analist": "old", "wijkmanager": "old"}
    )
    left = [path.name for path in tmp_path.rglob(".*")]
    assert left == []


def test_a_step_that_fails_undoes_those_before(tmp_path, monkeypatch):
    pairs = build(tmp_path)
    moved = Path.replace

    def full(path, target):
        if path == pairs[2][0]:
            raise OSError(28, "No space left on device")
        return moved(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        commit(tmp_path, pairs)
    assert shown(tmp_path) == {"analist": "old", "wijkmanager": "old"}
    assert not (tmp_path / MARK).exists()


def test_what_a_run_of_before_the_mark_left_is_put_back(tmp_path):
    old = tmp_path / ".2026-W45-old"
    old.mkdir()
    (old / "index.html").write_text("old")
    (tmp_path / ".2026-W46-abcd_12x").mkdir()
    (tmp_path / ".git").mkdir()
    recover(tmp_path, [tmp_path])
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "2026-W45"]


@pytest.mark.parametrize("saved", [False, True])
def test_a_run_that_is_killed_before_the_folders_move_is_finished_where_the_history_has_it(
    tmp_path, monkeypatch, saved
):
    pairs = build(tmp_path)

    def save(_):
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(staging, "_undo", lambda _: None)  # a killed run undoes nothing
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(PowerCut):
            commit(tmp_path, pairs, Saving(save, Noted("2026-W46", 7)))
    asked = []
    recover(
        tmp_path, [target.parent for _, target in pairs], is_noted=lambda *run: asked.append(run) or saved
    )
    assert asked == [("2026-W46", 7)]
    old = {"analist": "old", "wijkmanager": "old"}
    assert shown(tmp_path) == ({"analist": "new", "wijkmanager": "new", "publiek": "new"} if saved else old)
    assert [path.name for path in tmp_path.rglob(".*")] == []


def test_a_history_that_cannot_be_saved_leaves_the_folders_as_they_were(tmp_path):
    def full(_):
        raise ConfigError("the disk is full")

    with pytest.raises(ConfigError, match="full"):
        commit(tmp_path, build(tmp_path), Saving(full, Noted("2026-W46", 7)))
    assert shown(tmp_path) == {"analist": "old", "wijkmanager": "old"}
    assert not (tmp_path / MARK).exists()


def test_folders_that_cannot_move_once_the_history_has_them_wait_for_the_next_run(tmp_path, monkeypatch):
    pairs, moved = build(tmp_path), Path.replace

    def held(path, target):
        if path == pairs[1][1]:
            raise PermissionError(13, "open in another program")
        return moved(path, target)

    folders = [target.parent for _, target in pairs]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", held)
        with pytest.raises(PermissionError):
            commit(tmp_path, pairs, Saving(lambda _: None, Noted("2026-W46", 7)))
        with pytest.raises(ConfigError, match="page open in another program"):
            recover(tmp_path, folders)
    recover(tmp_path, folders)
    assert shown(tmp_path) == {"analist": "new", "wijkmanager": "new", "publiek": "new"}


def test_folders_that_are_links_to_another_disk_are_put_in_place(tmp_path):
    elsewhere, root = tmp_path / "andere schijf é", tmp_path / "kaarten"
    elsewhere.mkdir()
    root.mkdir()
    (root / "analist").symlink_to(elsewhere, target_is_directory=True)
    beside = root / "analist" / ".2026-W46-abcd_12x"
    beside.mkdir()
    (root / MARK).write_text(
        '{"folders": [["analist/.2026-W46-abcd_12x", "analist/2026-W46"]], "noted": null}'
    )
    recover(root, [root / "analist"])
    assert [path.name for path in elsewhere.iterdir()] == ["2026-W46"]


@pytest.mark.parametrize("spoiled", ["{", "[[1, 2]]", '{"folders": [["../x", "/etc"]], "noted": null}', "7"])
def test_a_mark_that_says_nothing_sensible_is_told(tmp_path, spoiled):
    (tmp_path / MARK).write_text(spoiled)
    with pytest.raises(ConfigError, match=r"cannot be read.*Remove it"):
        recover(tmp_path, [tmp_path])
