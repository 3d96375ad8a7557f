"""The bench of scale runs and counts right; with GENK_GEO_SCALE=100000 at the size that CI is to see."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pandas as pd
import pytest

ROWS = int(os.environ.get("GENK_GEO_SCALE", "2000"))


def test_the_bench_of_scale_writes_its_section(root, tmp_path):
    result = tmp_path / "RESULTS.md"
    result.write_text(
        "# Before\n\n<!-- scale -->\nsuperseded\n<!-- end of scale -->\n\n## After\n", encoding="utf-8"
    )
    done = subprocess.run(
        [
            sys.executable,
            str(root / "benchmarks" / "scale.py"),
            "--alone",
            "--sizes",
            str(ROWS),
            "--output",
            result,
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
    stages = ("read, geocode, add", "count wijk-weeks", "count cells", "density", "near pairs", "alerts")
    assert [stage for stage in stages if f"| {stage} | one process |" not in text] == []


@pytest.fixture(scope="module")
def scale(root):
    spec = importlib.util.spec_from_file_location("scale", root / "benchmarks" / "scale.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["scale"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["scale"]


def test_the_exponent_is_that_of_the_two_largest_sizes(scale):
    told = [
        {"stage": "a", "way": "w", "s": 1.0, "cpu": cpu, "gib": 0.5, "rows": rows}
        for rows, cpu in ((100, 5.0), (1000, 1.0), (10_000, 20.0))
    ]
    last = scale.tables(told).splitlines()[-1]
    assert last == "| a | w | 5.00 (1.00) | 1.00 (1.00) | 20.00 (1.00) | 1.30 | 0.50 |"


def test_the_bench_counts_its_pairs_as_knox_does(scale):
    """Its own loop over quarters is what the workers are set beside."""
    import numpy as np

    from genk_geo import stats

    rng = np.random.default_rng(4)
    xy, days = rng.uniform(0, 2000, (900, 2)), rng.uniform(0, 400, 900)
    whole = stats.knox(xy, days, permutations=0).observed.iloc[:-1, :-1]
    assert (scale.near_pairs(xy, days) == whole.to_numpy()).all()
    weeks = pd.DataFrame({"2026-W01": [1, 2], "2026-W04": [3, 0]}, index=["", "Bokrijk"])
    assert scale.by_monday(weeks)["Bokrijk"].tolist() == [2, 0, 0, 0]
