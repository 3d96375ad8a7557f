"""The bench of promises runs, and writes its section where it stood."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

TITLES = {
    "ranges": "### Expected ranges",
    "repeats": "### Near repeats",
    "choice": "### Choice of a model",
    "terrain": "### Risk terrain",
    "bounds": "### At least so many times",
}


@pytest.mark.slow
def test_the_quick_bench_writes_its_section(root, tmp_path):
    result = tmp_path / "RESULTS.md"
    before = "# Before\n\n<!-- promises -->\nsuperseded\n<!-- end of promises -->\n\n## After\n"
    result.write_text(before, encoding="utf-8")
    bench = str(root / "benchmarks" / "truth" / "promises.py")
    done = subprocess.run(
        [sys.executable, bench, "--quick", "--parts", *TITLES, "--output", str(result)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stderr
    text = result.read_text(encoding="utf-8")
    assert text.startswith("# Before\n")
    assert text.endswith("## After\n")
    assert "superseded" not in text
    assert [title for title in TITLES.values() if title not in text] == []
