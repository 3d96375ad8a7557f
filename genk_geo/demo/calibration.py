"""Published figures that the fictitious incidents are calibrated on (`calibration.csv` names the sources)."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def facts(theme: str) -> dict[str, float]:
    """Figures of a theme, by measure."""
    file = resources.files("genk_geo.demo").joinpath("calibration.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["measure"]: float(row["value"]) for row in rows if row["theme"] == theme}
