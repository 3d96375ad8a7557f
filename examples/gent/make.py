"""Makes the files of a fictitious city with three themes of its own: wijken, streets, racks, suppliers.

Nothing in it is real: no name, no line, no number. The same seed gives the same rows.

    python examples/gent/make.py            # writes beside this script, in files/
    genk-geo weekly --config examples/gent/gent.toml --week 2026-W46
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SEED = 9000
CRS = 31370
#: South-west corner, and the side of a wijk before its corners are moved a little.
WEST, SOUTH, SIDE = 104_000, 193_000, 800
#: The last week holds the news; so many weeks come before it.
LAST_MONDAY, WEEKS = "2026-11-09", 56

STADSDELEN = {
    "Oude Kuip": ["Belfortkwartier", "Onderstraete", "Vismijn", "Predikherenrei", "Zandberge"],
    "Dokken": ["Sint-Godelieve-ten-Doksluis", "Scheldekaai", "Achterdok", "Houtbriel", "Muidehoek"],
    "Westrand": ["Rooigemme", "Wondelhoek", "Drongenveld", "Malemmeers", "Brugse Poorte"],
    "Zuiderpark": ["Stropkouter", "Sterrewijk", "Nieuwe Watering", "Moscouveld", "Ottergemse Dries"],
    "Oostakkers": ["Slotenhof", "Meulekouter", "Dampoorte", "Heirnisveld", "Kouterborre"],
}
_FIRST = (
    "Linden", "Vlas", "Wolle", "Kaarde", "Spinner", "Wevers", "Ververs", "Touw", "Zeil", "Mast", "Kraan",
    "Sluis", "Meers", "Kouter", "Populier", "Iepen", "Elzen", "Berken", "Hazelaar", "Distel", "Klaver",
    "Leeuwerik", "Merel", "Zwaluw",
)  # fmt: skip
_LAST = ("straat", "laan", "dreef", "kaai", "plein")

#: Theme -> reports a week, wijk and weeks of its hotspot (0: all), reports there a week.
THEMES = {
    "fietsdiefstal": (30, "Dampoorte", 6, 8),
    "sluikstort": (46, "Achterdok", 0, 7),
    "overlast": (42, "Vismijn", 4, 9),
}


def wijken() -> gpd.GeoDataFrame:
    """Twenty-five wijken that share their borders, five in each stadsdeel."""
    rng = np.random.default_rng(SEED)
    across, up = np.meshgrid(np.arange(6), np.arange(6))
    corners = np.stack([WEST + SIDE * across, SOUTH + SIDE * up], axis=-1) + rng.uniform(-120, 120, (6, 6, 2))
    rows = []
    for row, (stadsdeel, names) in enumerate(STADSDELEN.items()):
        for column, name in enumerate(names):
            ring = [corners[row, column], corners[row, column + 1], corners[row + 1, column + 1]]
            shape = shapely.Polygon([*ring, corners[row + 1, column]])
            people = int(rng.integers(900, 5200))
            rows.append({"wijk": name, "stadsdeel": stadsdeel, "inwoners": people, "geometry": shape})
    frame = gpd.GeoDataFrame(rows, crs=CRS)
    return frame.set_geometry(shapely.set_precision(frame.geometry.to_numpy(), 0.1))


def streets(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A hundred and twenty streets: in each wijk four or five, across it and up it."""
    rng = np.random.default_rng(SEED + 1)
    names = rng.permutation([first + last for first in _FIRST for last in _LAST]).tolist()
    rows = []
    for at, area in enumerate(areas.geometry):
        west, south, east, north = area.bounds
        for number in range(5 if at % 5 else 4):
            part = 0.22 + 0.14 * number
            line = (
                [(west, south + part * (north - south)), (east, south + (part + 0.05) * (north - south))]
                if number % 2
                else [(west + part * (east - west), south), (west + (part + 0.05) * (east - west), north)]
            )
            inside = shapely.intersection(shapely.LineString(line), area.buffer(-30))
            rows.append({"street": names.pop(), "geometry": inside})
    frame = gpd.GeoDataFrame(rows, crs=CRS)
    return frame.set_geometry(shapely.set_precision(frame.geometry.to_numpy(), 0.1))


def racks(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cycle racks along most streets; none in the wijk where most cycles are stolen."""
    rng = np.random.default_rng(SEED + 2)
    along = lines[lines["rack"]]
    points = [line.interpolate(part, normalized=True) for line in along.geometry for part in rng.random(4)]
    return gpd.GeoDataFrame(geometry=shapely.set_precision(points, 0.1), crs=CRS)


def reports(theme: str, areas: gpd.GeoDataFrame, lines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Moments and places of one theme: along the streets of all wijken, and at a place of its own."""
    weekly, hot, weeks, there = THEMES[theme]
    rng = np.random.default_rng(SEED + 10 + list(THEMES).index(theme))
    monday = pd.Timestamp(LAST_MONDAY)
    people = areas.set_index("wijk")["inwoners"]
    weight = lines["wijk"].map(people / lines["wijk"].value_counts()).to_numpy(float)
    centre = lines[lines["wijk"] == hot].geometry.iloc[1].interpolate(0.45, normalized=True)
    rows = []
    for back in range(WEEKS, -1, -1):
        start = monday - pd.Timedelta(7 * back, "D")
        for line in rng.choice(len(lines), rng.poisson(weekly), p=weight / weight.sum()):
            point = lines.geometry.iloc[line].interpolate(rng.random(), normalized=True)
            rows.append((start + _moment(rng, range(7), range(7, 24)), point.x, point.y))
        if not weeks or back < weeks:
            for _ in range(rng.poisson(there)):
                x, y = rng.normal((centre.x, centre.y), 60)
                rows.append((start + _moment(rng, (4, 5), range(18, 23)), x, y))
    frame = pd.DataFrame(rows, columns=["moment", "X", "Y"]).sort_values("moment", ignore_index=True)
    return frame.assign(
        moment=frame["moment"].dt.strftime("%d/%m/%Y %H:%M"),
        X=frame["X"].map("{:.0f}".format), Y=frame["Y"].map("{:.0f}".format),
    )  # fmt: skip


def _moment(rng: np.random.Generator, days: range | tuple[int, ...], hours: range) -> pd.Timedelta:
    day, hour, minute = rng.choice(list(days)), rng.choice(list(hours)), rng.integers(60)
    return pd.Timedelta(days=int(day), hours=int(hour), minutes=int(minute))


def main(folder: Path) -> None:
    """Write all files."""
    folder.mkdir(parents=True, exist_ok=True)
    areas = wijken()
    lines = streets(areas)
    middle = gpd.GeoSeries(lines.geometry.interpolate(0.5, normalized=True), crs=CRS)
    within = gpd.sjoin(gpd.GeoDataFrame(geometry=middle), areas[["wijk", "geometry"]], how="left")["wijk"]
    lines = lines.assign(wijk=within.to_numpy())
    lines = lines.assign(rack=lines["wijk"] != THEMES["fietsdiefstal"][1])
    _write(areas, folder / "wijken.geojson")
    _write(lines[["street", "geometry"]], folder / "straten.geojson")
    _write(racks(lines), folder / "fietsenstallingen.geojson")
    for theme in THEMES:
        found = reports(theme, areas, lines)
        number = [f"{theme[:2].upper()}{at:05d}" for at in range(1, len(found) + 1)]
        text = found.assign(nummer=number).to_csv(sep=";", index=False, lineterminator="\n")
        (folder / f"{theme}.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def _write(layer: gpd.GeoDataFrame, path: Path) -> None:
    path.write_text(layer.to_json(drop_id=True), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "files")
