"""Look for the history in what was published: keys, doors and places of incidents; and compare the counts."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from scipy.spatial import cKDTree

from genk_geo.config import Settings
from genk_geo.crs import WGS84, transform_xy
from genk_geo.jobs.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from _published import Read

    from genk_geo.calendar import Week

#: A corner this near to an incident marks it.
NEAR_M = 2.0
#: Corners near places that are moved a little, for comparison: so many times, and so far.
_TIMES, _MOVED_M = 20, (15.0, 60.0)
_PAIR = re.compile(r"(-?\d{1,6}\.\d{3,})\s*[,; ]\s*(-?\d{1,6}\.\d{3,})")


def search(reads: Sequence[Read], config: Path, corrected: tuple[Week, Week] | None) -> int:
    """Look for the history of some settings in folders, and say what was found.

    Parameters
    ----------
    reads : sequence of Read
        The folders.
    config : Path
        Settings that name the history.
    corrected : tuple of Week, optional
        First week published after a correction, and the first that it changed: these are not compared.

    Returns
    -------
    int
        Findings.
    """
    session = Session(Settings.load(config))
    with session.on_record() as store:
        known = store.incidents()
        found = _keys(reads, known) + _places(reads, known, session.city.crs)
        found += _doors(reads, {str(name) for name in session.city.streets["street"]})
        for theme in sorted({one.theme for read in reads for one in read.counted}):
            _compare(theme, reads, session, store.incidents(theme=theme), corrected)
    return found


def _keys(reads: Sequence[Read], known: gpd.GeoDataFrame) -> int:
    """Names of incidents, in any file, as text or in the bytes of a layer."""
    ids = {name.encode() for name in known["incident_id"]}
    # Names are of one kind: pieces of a file that could be one are looked up, instead of each in each file.
    sizes = {len(name) for name in ids}
    files = [path for read in reads for path in sorted(read.folder.iterdir())]
    found = 0
    for path in files:
        pieces = re.findall(rb"[0-9A-Za-z]{%d,%d}" % (min(sizes), max(sizes)), path.read_bytes())
        hits = ids.intersection(pieces)
        found += len(hits)
        if hits:
            print(f"KEY {path}: {len(hits)} names of incidents")
    print(f"keys of {len(ids)} incidents in {len(files)} files: {found}")
    return found


def _doors(reads: Sequence[Read], streets: set[str]) -> int:
    """Names of streets with a number behind them, in any text."""
    found, last_words = 0, {name.split()[-1] for name in streets if name.split()}
    for read in reads:
        for path in sorted(read.folder.iterdir()):
            if path.suffix in {".html", ".csv", ".json"}:
                text = re.sub(r"<[^>]*>", "\n", path.read_text(encoding="utf-8"))
                hits = set()
                for match in re.finditer(r"(\S+) (\d{1,4}[a-zA-Z]?)\b", text):
                    if match[1] in last_words:
                        words = [*text[max(match.start() - 60, 0) : match.start()].split(), match[1]]
                        names = {" ".join(words[-many:]) for many in range(1, 7)} & streets
                        hits |= {f"{name} {match[2]}" for name in names}
                found += len(hits)
                if hits:
                    print(f"DOOR {path}: {len(hits)} house numbers")
    print(f"house numbers behind one of {len(streets)} streets: {found}")
    return found


def corners_in(read: Read, crs: int) -> np.ndarray:
    """All places that stand in the files of a folder, in the city's system."""
    parts = [np.empty((0, 2))]
    for path in sorted(read.folder.iterdir()):
        if path.suffix == ".gpkg":
            for name, _ in pyogrio.list_layers(path):
                layer = gpd.read_file(path, layer=name)
                if isinstance(layer, gpd.GeoDataFrame):
                    parts.append(shapely.get_coordinates(layer.to_crs(crs).geometry.to_numpy()))
        elif path.suffix in {".html", ".csv", ".json"}:
            pairs = np.array(_PAIR.findall(path.read_text(encoding="utf-8")), dtype=float).reshape(-1, 2)
            parts.append(pairs)
            for x, y in ((pairs[:, 0], pairs[:, 1]), (pairs[:, 1], pairs[:, 0])):
                degrees = (np.abs(x) <= 180) & (np.abs(y) <= 85)
                parts.append(np.column_stack(transform_xy(x[degrees], y[degrees], WGS84, crs)))
    every = np.vstack(parts)
    return np.unique(every[np.isfinite(every).all(axis=1)].round(2), axis=0)


def _places(reads: Sequence[Read], known: gpd.GeoDataFrame, crs: int) -> int:
    """Corners of what is drawn, near incidents: more often than near places that are moved a little."""
    precise = known[known.geometry.notna() & (known["geocode_level"] > "street")]
    xy = np.unique(shapely.get_coordinates(precise.geometry.to_numpy()).round(2), axis=0)
    rng = np.random.default_rng(0)
    found = 0
    for profile in sorted({read.profile for read in reads}):
        corners = np.unique(
            np.vstack([corners_in(read, crs) for read in reads if read.profile == profile]), axis=0
        )
        tree = cKDTree(corners)
        hits = int((tree.query(xy)[0] <= NEAR_M).sum())
        by_chance = []
        for _ in range(_TIMES):
            angle, far = rng.uniform(0, 2 * math.pi, len(xy)), rng.uniform(*_MOVED_M, len(xy))
            moved = xy + np.column_stack([np.cos(angle), np.sin(angle)]) * far[:, None]
            by_chance.append(int((tree.query(moved)[0] <= NEAR_M).sum()))
        usual = float(np.mean(by_chance))
        odd = hits > usual + 4.0 * math.sqrt(usual + 1.0)
        found += odd
        print(
            f"{'PLACE ' if odd else ''}{profile}: of {len(xy)} places of incidents {hits} have one of"
            f" {len(corners)} corners within {NEAR_M:g} m; moved a little {usual:.1f}"
        )
    return found


def _compare(
    theme: str,
    reads: Sequence[Read],
    session: Session,
    incidents: gpd.GeoDataFrame,
    corrected: tuple[Week, Week] | None,
) -> None:
    """Whether what is told of each week holds what the history knows, a day after its end.

    No finding: what was told stays as it was told, also where a report was corrected since.
    """
    history = session.history(theme, incidents)
    tz = session.city.timezone
    every = [one for read in reads for one in read.counted if one.theme == theme]
    told = {(one.kind, one.name, one.week): one.ends for one in every}
    columns = {"wijken": "wijk", "stadsdelen": "stadsdeel"}
    wrong = compared = 0
    for week in sorted({week for _, _, week in told}):
        if corrected is not None and corrected[1] <= week < corrected[0]:
            continue
        end = week.end(tz)
        reported = incidents["reported"]
        own = incidents[
            (history.moment >= pd.Timestamp(week.monday, tz=tz)) & (history.moment < end)
            & (reported.isna() | (reported < end + pd.DateOffset(days=1)))
        ]  # fmt: skip
        for (kind, name, when), (low, high) in told.items():
            if when == week:
                value = len(own) if kind == "city" else int((own[columns[kind]] == name).sum())
                compared += 1
                wrong += not low <= value <= (math.inf if high is None else high)
    print(f"{theme}: {compared} counts compared with the history, {wrong} told otherwise")
