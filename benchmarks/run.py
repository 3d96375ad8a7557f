"""Run every benchmark and write the table: ``python benchmarks/run.py`` (``--quick`` for tiny sizes)."""

from __future__ import annotations

import argparse
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import densities
import forecasts
import growth
import hours
import ingestion
import local_statistics
import near_repeats
import networks
import surveillance
from _side_by_side import compare, table

PEERS = (
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "esda",
    "scikit-learn",
    "KDEpy",
    "libkdv",
    "statsmodels",
    "pointpats",
)

#: The tables of truth/run.py, which writes them itself, come after these and stay.
TRUTH = "<!-- truth -->"

EXPLANATION = """\
Written by `python benchmarks/run.py`: medians, everybody in turns in one run, after one run to warm up.
A ratio says how many times as long the peer took; peers that are not installed are absent."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: only shows that everything runs")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("RESULTS.md"))
    chosen = parser.parse_args()
    lines = []
    modules = (local_statistics, densities, hours, networks, surveillance, near_repeats, forecasts, ingestion)
    for module in modules:
        for job in module.jobs(quick=chosen.quick):
            found = compare(job)
            print(table(found).splitlines()[-len(found) :], flush=True)
            lines += found
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors; "
    text = "\n".join(
        [
            "# Benchmarks",
            "",
            EXPLANATION,
            "",
            machine + "; ".join(map(_version, PEERS)) + ".",
            "",
            table(lines),
            "",
            "## Memory",
            "",
            near_repeats.large(quick=chosen.quick),
            "",
            "## Growth",
            "",
            "Time against size, best of four runs; an exponent of 1 is linear.",
            "",
            growth.growth_table(quick=chosen.quick),
            "",
        ]
    )
    before = chosen.output.read_text(encoding="utf-8") if chosen.output.exists() else ""
    kept = before[before.find(TRUTH) :] if TRUTH in before else ""
    chosen.output.write_text(text + ("\n" + kept if kept else ""), encoding="utf-8")


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} absent"


if __name__ == "__main__":
    main()
