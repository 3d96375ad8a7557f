"""The benchmark runs and says what it measured."""

import subprocess
import sys


def test_quick_table(root, tmp_path):
    out = tmp_path / "tabel.md"
    script = root / "benchmarks" / "geocode.py"
    subprocess.run([sys.executable, script, "--quick", "--out", out], cwd=root, check=True, timeout=300)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("| noise | strings | genk_geo right")
    kinds = {line.split("|")[1].strip(): line.split("|")[3].strip() for line in lines[2:]}
    assert kinds["as written"] == "100.00%"
    assert "street of elsewhere" in kinds
