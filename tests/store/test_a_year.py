"""A year of late, corrected, withdrawn, re-sent, overlapping and missing files, read in any order."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from genk_geo.store import Store
from genk_geo.store.keeping.integrity import check_history
from tests.store.test_store import contents, result_of

#: Weeks that are delivered; 52 in full.
WEEKS = int(os.environ.get("GENK_GEO_STORE_WEEKS", "5"))


def delivery(name, day, told, withdrawn=()):
    """A file with what it tells (number -> category) on a day."""
    numbers = sorted(told)
    result = result_of(
        numbers, category=[told[number] for number in numbers], sha256=name.ljust(64, "0"),
        delivered=pd.Timestamp("2026-01-05") + pd.Timedelta(days=day),
    )  # fmt: skip
    listed = pd.DataFrame({"number_id": pd.Series([f"{n:016x}" for n in withdrawn], dtype="str")})
    return replace(result, withdrawn=listed.assign(reason="listed"))


def a_year(rng):
    """Files of each week, and the truth at the end."""
    truth: dict[int, str] = {}
    files = []
    for week in range(WEEKS):
        new = {10 * week + at: "new" for at in range(rng.integers(1, 6))}
        late = {10 * int(rng.integers(0, week + 1)) + 7: "late"} if rng.random() < 0.5 else {}
        known = sorted(truth)
        changed = (
            {int(one): f"changed {week}" for one in rng.choice(known, min(2, len(known)), replace=False)}
            if known
            else {}
        )
        again = {
            int(one): truth[one] for one in known[-5:] if one not in changed
        }  # overlaps with last week's
        told = again | changed | late | new
        gone = [int(rng.choice(known))] if known and rng.random() < 0.4 else []
        gone = [one for one in gone if one not in told]
        truth |= told
        for one in gone:
            truth.pop(one)
        files.append(delivery(f"{week:02}", 7 * week, told, gone))
    return files, truth


@pytest.mark.parametrize("seed", range(2))
def test_a_year_in_any_order_ends_as_one_clean_reading_of_the_truth(tmp_path, seed):
    rng = np.random.default_rng(seed)
    files, truth = a_year(rng)
    path, seen = tmp_path / "h.duckdb", {}
    order = rng.permutation(WEEKS)
    for at in order:
        with Store.open(path) as store:
            store.add(files[at])
            if rng.random() < 0.3:
                store.add(files[int(rng.choice(order))])  # one that came before, or comes too early, again
            seen[store.known] = contents(store)
    for result in files:  # those that were missed
        with Store.open(path) as store:
            store.add(result)
    with Store.open(tmp_path / "clean.duckdb") as clean:
        clean.add(delivery("clean", 7 * WEEKS, truth))
        wanted = contents(clean)
    with Store.open(path, read_only=True) as store:
        pd.testing.assert_frame_equal(contents(store), wanted)
        for known, then in seen.items():
            pd.testing.assert_frame_equal(contents(store.as_known(known)), then)
    assert check_history(path) == len(truth)
