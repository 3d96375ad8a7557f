"""The bench of scale runs and counts right; with GENK_GEO_SCALE=100000 at the size that CI is to see.

At that size it is a program, and each size a process of its own; else both run in the process of the tests.

Two weeks in processes of their own take longest and are published with GENK_GEO_SCALE_WEEKS=1.
"""

from __future__ import annotations

import importlib.util
import io
import os
import subprocess
import sys
from contextlib import redirect_stdout

import pandas as pd
import pytest

ROWS = int(os.environ.get("GENK_GEO_SCALE", "2000"))
BY_HAND = bool({"GENK_GEO_SCALE", "GENK_GEO_SCALE_WEEKS"} & set(os.environ))


class Here:
    """A child of the bench in the process of the tests, with the libraries and loops that it has."""

    def __init__(self, command, **_):
        module, printed = sys.modules["scale"], io.StringIO()
        assert command[:2] == [sys.executable, module.__file__]
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
            patch.setattr(sys, "argv", command[1:])
            module.main()
        self.stdout, self.returncode = printed.getvalue().splitlines(), 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def run_bench(root, arguments, monkeypatch):
    """The bench with arguments; by hand as a program."""
    command = [str(root / "benchmarks" / "scale.py"), *map(str, arguments)]
    if BY_HAND:
        told = os.environ | {"PYTHONPATH": str(root)}
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=False, env=told
        )
        assert done.returncode == 0, done.stderr
        return
    monkeypatch.setattr(sys, "argv", command)
    monkeypatch.setattr(subprocess, "Popen", Here)
    sys.modules["scale"].main()


@pytest.mark.usefixtures("scale")
def test_the_bench_of_scale_writes_its_section(root, tmp_path, monkeypatch):
    result = tmp_path / "RESULTS.md"
    result.write_text(
        "# Before\n\n<!-- scale -->\nsuperseded\n<!-- end of scale -->\n\n## After\n", encoding="utf-8"
    )
    weeks = () if os.environ.get("GENK_GEO_SCALE_WEEKS") else ("--no-weeks",)
    run_bench(root, ("--alone", *weeks, "--sizes", ROWS, "--output", result), monkeypatch)
    text = result.read_text(encoding="utf-8")
    assert text.startswith("# Before\n")
    assert text.endswith("## After\n")
    assert "superseded" not in text
    stages = ("read, geocode, add", "count wijk-weeks", "count cells", "density", "near pairs", "alerts")
    assert [stage for stage in stages if f"| {stage} | one process |" not in text] == []


def loaded(root, name):
    spec = importlib.util.spec_from_file_location(name, root / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # a dataclass looks itself up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def scale(root):
    yield loaded(root, "scale")
    del sys.modules["scale"]


@pytest.fixture(scope="module")
def estimates(root):
    yield loaded(root, "estimates")
    del sys.modules["estimates"]


def test_estimates_are_of_the_largest_size_and_of_every_piece(estimates):
    """Of a million rows 70 s, 2 s a municipality, and 530 pieces that took the workers 53 s more."""
    alone = [
        {"stage": stage, "way": "one process", "cpu": cpu, "rows": rows}
        for rows, each in ((100_000, 1.0), (1_000_000, 10.0))
        for stage, cpu in (dict.fromkeys(estimates.BY_ROW, each) | {"alerts": 1.5, "hotspots": 0.5}).items()
    ]
    workers = [{"stage": "near pairs", "way": "Dask, 2", "cpu": 54.0, "rows": 100_000}]
    assert estimates.costs(alone + workers) == pytest.approx((70e-6, 2.0, 0.1))
    flanders = next(line for line in estimates.estimates(alone + workers).splitlines() if "Flanders" in line)
    seconds = 6_800_000 * 70e-6 + 300 * 2
    assert f"| {estimates.clock(seconds)} | {estimates.clock((seconds + 300 * 530 * 0.1) / 2)} |" in flanders


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
