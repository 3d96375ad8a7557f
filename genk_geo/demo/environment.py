"""Fictitious features of the environment, part of which drive the fictitious incidents."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import KDTree

from genk_geo.crs import LAMBERT72, WGS84, transform_xy

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from genk_geo.demo.places import Terrain

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Feature:
    """A kind of feature and what it does.

    Attributes
    ----------
    name : str
        Name in the catalogue.
    number : int
        How many there are.
    theme : str
        Theme that it drives; empty: none.
    within_m, times : float
        So near, incidents are so many times as frequent.
    """

    name: str
    number: int
    theme: str = ""
    within_m: float = 0.0
    times: float = 1.0


#: Two kinds work, two do nothing; all lie at places chosen by chance.
FEATURES = (
    Feature("horeca", 45, "nuisance", 100.0, 2.2),
    Feature("vacant", 40, "burglary", 200.0, 3.0),
    Feature("bus_stop", 120),
    Feature("atm", 30),
)


def place_features(terrain: Terrain, seed: int) -> dict[str, Floats]:
    """Draw the places of all features among the lived-in places; a name or a reputation plays no part.

    Parameters
    ----------
    terrain : Terrain
        Lived-in cells.
    seed : int
        Another seed gives other places.

    Returns
    -------
    dict of str to numpy.ndarray
        Coordinates in metres, shape (n, 2), by name.
    """
    places = {}
    for kind in FEATURES:
        rng = np.random.default_rng([seed, zlib.crc32(f"environment {kind.name}".encode())])
        cell = rng.choice(len(terrain.xy), size=min(kind.number, len(terrain.xy)), replace=False)
        places[kind.name] = np.round(terrain.xy[cell] + rng.uniform(-20, 20, (len(cell), 2)), 1)
    return places


def drive(theme: str, xy: Floats, places: dict[str, Floats]) -> Floats:
    """How many times more frequent a theme is at each place because of the features around it."""
    times = np.ones(len(xy))
    for kind in FEATURES:
        if kind.theme == theme:
            distance, _ = KDTree(places[kind.name]).query(xy)
            times = np.where(distance <= kind.within_m, times * kind.times, times)
    return times


def write_features(folder: Path, places: dict[str, Floats]) -> dict[str, Path]:
    """Write a GeoJSON a kind, every feature marked as fictitious, and what was planted.

    Parameters
    ----------
    folder : pathlib.Path
        Existing folder.
    places : dict of str to numpy.ndarray
        As :func:`place_features` gives them.

    Returns
    -------
    dict of str to pathlib.Path
        ``omgeving_<name>.geojson`` by name; ``waarheid_omgeving.json`` stands beside them.
    """
    paths = {}
    for name, xy in places.items():
        lon, lat = transform_xy(xy[:, 0], xy[:, 1], LAMBERT72, WGS84)
        features = [
            {
                "type": "Feature",
                "properties": {"id": f"{name}-{number}", "fictief": True},
                "geometry": {"type": "Point", "coordinates": [round(float(x), 6), round(float(y), 6)]},
            }
            for number, (x, y) in enumerate(zip(lon, lat, strict=True), start=1)
        ]
        paths[name] = folder / f"omgeving_{name}.geojson"
        _write(paths[name], {"type": "FeatureCollection", "fictief": True, "features": features})
    planted = [
        {"factor": kind.name, "theme": kind.theme, "within_m": kind.within_m, "rrv": kind.times}
        for kind in FEATURES
    ]
    _write(folder / "waarheid_omgeving.json", {"fictief": True, "planted": planted})
    return paths


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
