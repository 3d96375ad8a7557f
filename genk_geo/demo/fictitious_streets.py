"""A fictitious street network over the real street points, so that the demo has streets to put accidents on.

The point of each street is real (to 10 m), its course is not known: neighbouring points are joined by
straight lines (Gabriel's graph: two points are neighbours when no other lies in the circle between them). No
such street exists, and the file says so in every row.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import Delaunay, KDTree

from genk_geo.crs import WGS84, reproject, transform_xy
from genk_geo.reference import StreetNetwork

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from genk_geo.demo.places import Terrain
    from genk_geo.reference import City

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

# Nodes are given to this step: a street's own point may be the address of somebody.
_STEP_M = 10.0
#: Name of the file in the folder of the demo.
FILE = "straten_fictief.geojson"
#: Name of the file with schools, and how many there are.
SCHOOLS = "scholen_fictief.geojson"
SCHOOLS_NUMBER = 15
#: Points further apart than this are not joined: there is forest or industry between them.
LONGEST_M = 900.0
_SOURCE = "fictief stratennet van de demo"
_HOUSES = "median_house_number"
# Classes by the size of the street, of the city's streets the largest first.
_CLASSES = (("primary", 0.03, 70.0), ("secondary", 0.09, 50.0), ("residential", 1.0, 30.0))


def fictitious_network(city: City) -> StreetNetwork:
    """Join the street points of a city to a network of streets that do not exist.

    Parameters
    ----------
    city : City
        With streets as points.

    Returns
    -------
    StreetNetwork
        Marked as fictitious; connected parts as the points lie. Each half of a line has the name of the
        street at its end, so that lines of one street meet at its point.
    """
    xy = shapely.get_coordinates(city.streets.geometry.to_numpy())
    names = city.streets["street"].astype("str").to_numpy()
    xy, first = np.unique(np.round(xy / _STEP_M) * _STEP_M, axis=0, return_index=True)
    names = names[first]
    houses = city.streets[_HOUSES].to_numpy(dtype=float)[first]
    pairs = _neighbours(xy)
    middle = xy[pairs].mean(axis=1)
    ends = np.concatenate([pairs[:, 0], pairs[:, 1]])
    halves = np.stack([xy[ends], np.concatenate([middle, middle])], axis=1)
    kind, speed = _classes(houses)
    lines = gpd.GeoDataFrame(
        {
            "segment_id": [f"f{at}" for at in range(len(halves))],
            "name": names[ends],
            "road_class": kind[ends],
            "speed_kmh": speed[ends],
        },
        geometry=shapely.linestrings(halves),
        crs=city.crs,
    )
    return StreetNetwork.from_lines(lines, crs=city.crs, source=_SOURCE, fictitious=True)


def _neighbours(xy: Floats) -> Ints:
    """Pairs of points with no other in the circle between them, and not too far apart."""
    corners = Delaunay(xy).simplices
    pairs = np.unique(
        np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])), axis=0
    )
    centre, radius = xy[pairs].mean(axis=1), np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) / 2
    nearest, _ = KDTree(xy).query(centre)
    kept: Ints = pairs[(nearest >= radius - 1e-6) & (2 * radius <= LONGEST_M)].astype(np.int64)
    return kept


def _classes(houses: Floats) -> tuple[npt.NDArray[np.object_], Floats]:
    """Class and speed limit by the rank of a street's size."""
    rank = pd.Series(-houses).rank(method="first", pct=True).to_numpy()
    kind, speed = np.empty(len(houses), dtype=object), np.empty(len(houses))
    for name, share, limit in reversed(_CLASSES):
        kind[rank <= share], speed[rank <= share] = name, limit
    return kind, speed


def write_network(folder: Path, city: City) -> Path:
    """Write the fictitious network into the folder of the demo, the same bytes every time."""
    table = reproject(fictitious_network(city).segments, WGS84)
    features = [
        {
            "type": "Feature",
            "properties": {
                "segment_id": str(at),
                "name": row.name,
                "road_class": row.road_class,
                "speed_kmh": row.speed_kmh,
                "fictief": True,
            },
            "geometry": {"type": "LineString", "coordinates": np.round(row.geometry.coords, 7).tolist()},
        }
        for at, row in zip(
            table.index, table.rename_axis(None).itertuples(index=False, name="Row"), strict=True
        )
    ]
    return _write_collection(folder / FILE, features)


def write_schools(folder: Path, terrain: Terrain, seed: int) -> Path:
    """Write schools that do not exist, at lived-in places chosen by chance."""
    rng = np.random.default_rng([seed, zlib.crc32(b"schools")])
    xy = np.round(terrain.spots(SCHOOLS_NUMBER, rng, apart_m=1200.0), -1)
    lon, lat = transform_xy(xy[:, 0], xy[:, 1], terrain.city.crs, WGS84)
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"Fictieve school {number}", "fictief": True},
            "geometry": {"type": "Point", "coordinates": [round(float(x), 6), round(float(y), 6)]},
        }
        for number, (x, y) in enumerate(zip(lon, lat, strict=True), start=1)
    ]
    return _write_collection(folder / SCHOOLS, features)


def _write_collection(path: Path, features: list[dict[str, Any]]) -> Path:
    text = json.dumps(
        {"type": "FeatureCollection", "fictief": True, "features": features}, ensure_ascii=False
    )
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path
