"""Benches run as a user runs them: as a script of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture
def rewritten(root, tmp_path):
    """Run a bench on a file of results with an older section; what that file says afterwards."""

    def run(script, section, *arguments):
        result = tmp_path / "RESULTS.md"
        before = f"# Before\n\n<!-- {section} -->\nsuperseded\n<!-- end of {section} -->\n\n## After\n"
        result.write_text(before, encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable,
                str(root / "benchmarks" / "truth" / script),
                *arguments,
                "--output",
                str(result),
            ],
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
        return text

    return run
