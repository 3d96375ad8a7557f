import os
import subprocess
import sys


def test_every_benchmark_runs(root, tmp_path):
    """Tiny sizes, nothing compiled, no time judged: only that they still fit the code."""
    result = tmp_path / "RESULTS.md"
    done = subprocess.run(
        [sys.executable, str(root / "benchmarks" / "run.py"), "--quick", "--output", str(result)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stderr
    text = result.read_text(encoding="utf-8")
    for job in (
        "Local G*",
        "Exact kernel density",
        "FFT kernel density",
        "Aoristic hours",
        "Farrington",
        "Knox",
        "City scan",
        "Growth",
    ):
        assert job in text
