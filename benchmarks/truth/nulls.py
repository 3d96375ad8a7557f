"""Cities without a hotspot, with many histories a row: ``python benchmarks/truth/nulls.py``.

How often the page shows a proven hotspot where there is none (5 % is meant, 6 % is the limit), and how often
a signal that is said to be rarer than once a year or once in ten. Only what the weekly job does is run, so
that 200 histories a row take minutes; ``run.py`` sets it beside its variants and what is plainly done.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from methods import ours, rarest_signal
from run import THEMES, Line, histories, nulls, share, table

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"
BEGIN, END = "<!-- nulls -->", "<!-- end of nulls -->"
#: Weeks of a signal that is rarer than once a year, and than once in ten.
_YEAR, _TEN_YEARS = 52.0, 520.0


def row(theme: str, title: str, maps: int, weeks: int) -> Line:
    """One city: maps that show a hotspot, and weeks with a signal."""
    drawn = histories(nulls(theme)[title], max(maps, weeks))
    shown = [bool(ours(one.history).any()) for one in drawn[:maps]]
    cells = [share(shown)]
    if weeks:
        rare = [
            rarest_signal(one.history, bundle=True, restless=True, seed=at)
            for at, one in enumerate(drawn[:weeks])
        ]
        cells += [share([one >= least for one in rare]) for least in (_YEAR, _TEN_YEARS)]
    return Line(f"{theme}: {title}", tuple(cells))


def written(before: str, text: str) -> str:
    """The results with this section in place of the one that was there."""
    head, _, rest = before.partition(BEGIN)
    return head.rstrip() + f"\n\n{BEGIN}\n{text.strip()}\n{END}\n" + rest.partition(END)[2].lstrip("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=200, help="maps a row")
    parser.add_argument("--signals", type=int, default=200, help="weeks a row that are looked at for signals")
    parser.add_argument("--themes", nargs="*", default=list(THEMES))
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    begin, lines = time.perf_counter(), []
    for theme in chosen.themes:
        for title in nulls(theme):
            lines.append(row(theme, title, chosen.histories, chosen.signals))
            print(" | ".join((lines[-1].title, *lines[-1].cells)), flush=True)
    head = ["proven", "signal, once a year", "once in ten years"][: 3 if chosen.signals else 1]
    text = (
        "## Cities without a hotspot\n\n"
        f"Written by `python benchmarks/truth/nulls.py`: {chosen.histories} maps and {chosen.signals} weeks "
        "of signals a row, per cent with standard errors. Meant are 5 % of maps, and 1.9 and .2 % of "
        "weeks.\n\n"
        f"{table(head, lines)}\n"
    )
    before = chosen.output.read_text(encoding="utf-8") if chosen.output.exists() else ""
    chosen.output.write_text(written(before, text), encoding="utf-8")
    print(f"{time.perf_counter() - begin:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
