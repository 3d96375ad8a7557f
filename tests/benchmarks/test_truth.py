"""The bench of true maps runs, and writes its tables where they stood."""

from __future__ import annotations

import os
import subprocess
import sys


def test_the_quick_bench_writes_its_tables(root, tmp_path):
    result = tmp_path / "RESULTS.md"
    before = "# Before\n\n<!-- truth -->\nold\n<!-- end of truth -->\n\n## After\n"
    result.write_text(before, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(root / "benchmarks" / "truth" / "run.py"), "--quick", "--output", str(result)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stderr
    text = result.read_text(encoding="utf-8")
    assert text.startswith("# Before\n")
    assert text.endswith("## After\n")
    assert "old" not in text
    for row in ("burglary: nothing", "burglary: echoes 10% x 2", "burglary: 5 x, 250 m, 4 weeks"):
        assert f"| {row} |" in text
