"""A disk that is full at whatever write leaves the history as it was, and says so.

Name a small disk to try it on: GENK_GEO_SMALL_DISK=/a/folder (for example a tmpfs of 8 MiB).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from genk_geo.errors import ConfigError
from genk_geo.store import Store
from genk_geo.store.keeping.backup import back_up
from genk_geo.store.keeping.integrity import check_history
from tests.store.test_store import contents, result_of

#: How often the disk is full at another place.
STEPS = int(os.environ.get("GENK_GEO_FULL_DISK_STEPS", "24"))


@pytest.fixture
def disk():
    named = os.environ.get("GENK_GEO_SMALL_DISK")
    if named is None:
        pytest.skip("no small disk is named (GENK_GEO_SMALL_DISK)")
    folder = Path(named) / "genk_geo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_wherever_the_disk_is_full_nothing_is_lost(disk):
    path = disk / "history.duckdb"
    with Store.open(path) as store:
        store.add(result_of(range(300)))
        before = contents(store)
    more = result_of(range(3000), category="poging", delivered="2026-12-01")
    free = shutil.disk_usage(disk).free
    done = 0
    for step in range(STEPS):
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(max(free - step * free // STEPS, 0)))
        work = ("add", "forget", "backup")[step % 3]
        try:
            if work == "backup":
                back_up(path)
            else:
                with Store.open(path) as store:
                    if work == "add":
                        store.add(more)
                    else:
                        store.forget(before={"burglary": pd.Timestamp("2025-01-01", tz="UTC")})
        except ConfigError as error:
            assert "full" in str(error) or "No space" in str(error), error  # noqa: PT017
        else:
            done += work == "add"
        ballast.unlink()
        shutil.rmtree(disk / "backups", ignore_errors=True)
        with Store.open(path, read_only=True) as store:
            found = contents(store)
        if len(found) == 300:
            pd.testing.assert_frame_equal(found, before)
        else:
            assert set(found["category"]) == {"poging"}
            assert len(found) == 3000
        check_history(path)
    assert done
    left = {one.name for one in disk.iterdir()}
    assert left == {".history.duckdb.lock", "history.duckdb"}
