"""The benchmark runs and says what it measured."""

import runpy
import sys


def test_quick_table(root, tmp_path, monkeypatch):
    out = tmp_path / "tabel.md"
    script = root / "benchmarks" / "geocode.py"
    monkeypatch.chdir(root)
    monkeypatch.syspath_prepend(script.parent)
    monkeypatch.setattr(sys, "argv", [str(script), "--quick", "--out", str(out)])
    runpy.run_path(str(script), run_name="__main__")
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("| noise | strings | genk_geo right")
    kinds = {line.split("|")[1].strip(): line.split("|")[3].strip() for line in lines[2:]}
    assert kinds["as written"] == "100.00%"
    assert "street of elsewhere" in kinds
