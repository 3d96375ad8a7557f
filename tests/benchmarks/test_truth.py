"""The bench of true maps runs, and writes its tables where they stood."""


def test_the_quick_bench_writes_its_tables(rewritten):
    text = rewritten("run.py", "truth", "--quick")
    for row in ("burglary: nothing", "burglary: echoes 10% x 2", "burglary: 5 x, 250 m, 4 weeks"):
        assert f"| {row} |" in text
