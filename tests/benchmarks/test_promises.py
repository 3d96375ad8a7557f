"""The bench of promises runs, and writes its section where it stood."""

from __future__ import annotations

import pytest

TITLES = {
    "ranges": "### Expected ranges",
    "repeats": "### Near repeats",
    "choice": "### Choice of a model",
    "terrain": "### Risk terrain",
    "bounds": "### At least so many times",
}


@pytest.mark.slow
def test_the_quick_bench_writes_its_section(rewritten):
    text = rewritten("promises.py", "promises", "--quick", "--parts", *TITLES)
    assert [title for title in TITLES.values() if title not in text] == []
