"""Files that are written whole or not at all, and what must not be put in their place."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from genk_geo.errors import ConfigError
from genk_geo.writing import whole_file

FULL = Path("/dev/full")


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "told.csv"
    path.write_text("old")
    with pytest.raises(ConfigError), whole_file(path) as part:
        part.with_name("nowhere").rename(part)
    assert path.read_text() == "old"
    with whole_file(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_what_it_names_is_replaced(tmp_path):
    there, link = tmp_path / "share" / "told.csv", tmp_path / "told.csv"
    there.parent.mkdir()
    there.write_text("old")
    link.symlink_to(there)
    with whole_file(link) as part:
        part.write_text("new")
    assert link.is_symlink()
    assert there.read_text() == "new"
    assert sorted(tmp_path.rglob("*")) == sorted([there.parent, there, link])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_gets_the_bytes_and_stays_a_pipe(tmp_path):
    """As root, a file put over /dev/null takes it away from every program of the machine."""
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    with whole_file(pipe) as part:
        part.write_text("told")
    reader.join(timeout=10)
    assert read == ["told"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_device_that_is_full_is_told():
    with pytest.raises(ConfigError, match="the disk is full"), whole_file(FULL) as part:
        part.write_text("told")
    assert stat.S_ISCHR(FULL.stat().st_mode)
