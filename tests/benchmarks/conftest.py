"""Benches run as scripts, in this process, which has the libraries and the compiled loops already."""

from __future__ import annotations

import runpy
import sys
import warnings

import pytest


@pytest.fixture
def rewritten(root, tmp_path, monkeypatch):
    """Run a bench on a file of results with an older section; what that file says afterwards."""

    def run(script, section, *arguments):
        result = tmp_path / "RESULTS.md"
        before = f"# Before\n\n<!-- {section} -->\nsuperseded\n<!-- end of {section} -->\n\n## After\n"
        result.write_text(before, encoding="utf-8")
        path = root / "benchmarks" / "truth" / script
        monkeypatch.setattr(sys, "argv", [str(path), *arguments, "--output", str(result)])
        monkeypatch.syspath_prepend(str(path.parent))
        loaded = set(sys.modules)
        with warnings.catch_warnings():
            warnings.simplefilter("default")  # as Python runs scripts
            runpy.run_path(str(path), run_name="__main__")
        for name in set(sys.modules) - loaded:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(path.parent)):
                del sys.modules[name]  # "run" and "places" are names that others use too
        text = result.read_text(encoding="utf-8")
        assert text.startswith("# Before\n")
        assert text.endswith("## After\n")
        assert "superseded" not in text
        return text

    return run
