"""Files of a million rows to incidents, and a million reports to events: nobody else does quite this."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from _side_by_side import Job, compare, table

from genk_geo import City, ingest
from genk_geo.stats import bundle_reports

NOW = "2026-11-18"


def write_rows(path: Path, n: int) -> Path:
    """Accidents on points, in the columns of the shipped profile."""
    rng = np.random.default_rng(1)
    seconds = np.sort(rng.integers(0, 4 * 365 * 86_400, n))
    when = pd.DatetimeIndex(pd.Timestamp("2022-01-01") + pd.to_timedelta(seconds, unit="s"))
    x, y = rng.uniform((226_000, 182_500), (231_000, 187_500), (n, 2)).T
    rows = pd.DataFrame({"PV-nummer": [f"GE.{at}" for at in range(n)]})
    rows["Datum"], rows["Uur"] = when.strftime("%d/%m/%Y"), when.strftime("%H:%M")
    rows["Ernst"], rows["Slachtoffers"], rows["Weggebruiker 1"] = "licht gewond", 1, "auto"
    rows["Weggebruiker 2"], rows["Plaats"] = "fietser", "Europalaan"
    for name, values in (("X", x), ("Y", y)):
        rows[name] = pd.Series(values.round(1).astype(str)).str.replace(".", ",", regex=False)
    rows.to_csv(path, sep=";", index=False)
    return path


def reports(n: int) -> gpd.GeoDataFrame:
    """Reports of fifteen years over a city, a tenth of them of an event that was told before."""
    rng = np.random.default_rng(2)
    xy, seconds = rng.uniform(0, 12_000, (n, 2)), rng.integers(0, 15 * 365 * 86_400, n)
    again = rng.random(n) < 0.1
    first = rng.integers(0, n, n)
    xy[again] = xy[first[again]] + rng.normal(0, 10, (again.sum(), 2))
    seconds[again] = seconds[first[again]] + rng.integers(0, 80_000, again.sum())
    moment = pd.Timestamp("2011-01-01", tz="Europe/Brussels") + pd.to_timedelta(seconds, unit="s")
    told = pd.DataFrame({"incident_id": [f"i{at}" for at in range(n)], "theme": "nuisance", "category": "a"})
    told["from"], told["to"], told["reported"] = moment, moment, moment
    told["geocode_uncertainty_m"] = 5.0
    return gpd.GeoDataFrame(told, geometry=gpd.points_from_xy(*xy.T), crs=31370)


def jobs(*, quick: bool) -> list[Job]:
    n = 2000 if quick else 1_000_000
    city, told = City.load(), reports(n)
    path = write_rows(Path(tempfile.mkdtemp(prefix="genk-geo-")) / "rows.csv", n)
    return [
        Job(f"Ingesting {n:,} rows", lambda: ingest(path, profile="traffic", city=city, now=NOW), rounds=1),
        Job(f"Bundling {n:,} reports", lambda: bundle_reports(told), rounds=1 if quick else 3),
    ]


if __name__ == "__main__":
    print(table([line for job in jobs(quick=False) for line in compare(job)]))
