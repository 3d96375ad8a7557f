"""The streets and features of OpenStreetMap in and around a city, asked of an Overpass server as one XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from genk_geo.cpted.factors.catalogue import load_catalogue
from genk_geo.cpted.factors.layers import MARGIN_M, osm_tags
from genk_geo.crs import WGS84, reproject
from genk_geo.jobs.desk.official.faults import PassingError

if TYPE_CHECKING:
    from pathlib import Path

    from genk_geo.reference import City

_SERVER_S = 180
#: The outline need not be exact: what lies near the city counts too.
_ROUGH_M = 50.0
_TAIL_BYTES = 4000


def question(city: City) -> str:
    """What is asked: all roads, and what the catalogue of factors knows of, within the margin of the city.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    str
        In the language of Overpass.
    """
    outline = city.boundary.buffer(MARGIN_M).simplify(_ROUGH_M)
    area = reproject(gpd.GeoDataFrame(geometry=[outline], crs=city.crs), WGS84).geometry.iloc[0]
    largest = max(shapely.get_parts(area), key=shapely.area)
    corners = shapely.get_coordinates(shapely.get_exterior_ring(largest))
    place = " ".join(f"{lat:.5f} {lon:.5f}" for lon, lat in corners)
    wanted = ['way["highway"]']
    for key, told in osm_tags(load_catalogue()).items():
        values = [told] if isinstance(told, str) else told if isinstance(told, list) else []
        which = f'~"^({"|".join(values)})$"' if values else ""
        wanted.append(f'nwr["{key}"{which}]')
    parts = "".join(f'{one}(poly:"{place}");' for one in wanted)
    return f"[out:xml][timeout:{_SERVER_S}];({parts});(._;>;);out;"


def check_answer(file: Path, host: str) -> None:
    """Refuse an answer that ends before its end: Overpass says so in the file and not in the status.

    Parameters
    ----------
    file : pathlib.Path
        The answer.
    host : str
        Who gave it.

    Raises
    ------
    PassingError
        If the server ran out of time or memory, or the file is cut off.
    """
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _TAIL_BYTES))
        tail = stream.read()
    if b"<remark>" in tail or not tail.rstrip().endswith(b"</osm>"):
        raise PassingError("overloaded", host=host)
