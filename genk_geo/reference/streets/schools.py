"""Places on the network that the settings name, such as schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from genk_geo.crs import reproject
from genk_geo.doors import check_xml, read_csv, read_layer
from genk_geo.errors import ConfigError, Message

if TYPE_CHECKING:
    from pathlib import Path

_OSM = (".osm", ".xml", ".gz", ".bz2")
_SCHOOLS: dict[str, bool | str | list[str]] = {"amenity": ["school", "kindergarten", "college"]}
_COORDINATES = (("lon", "lat", 4326), ("x", "y", None))


def read_schools(path: Path, *, crs: int) -> gpd.GeoDataFrame:
    """Read schools: a layer, a CSV with coordinates, or the schools of an OpenStreetMap file.

    Parameters
    ----------
    path : pathlib.Path
        GeoJSON, GeoPackage or shapefile; ``.csv`` with ``lon`` and ``lat``, or ``x`` and ``y`` in the city's
        system; ``.osm`` (XML, also .gz or .bz2).
    crs : int
        EPSG code of the city's metric system.

    Returns
    -------
    geopandas.GeoDataFrame
        ``name`` (empty where not told), geometry: a point inside each school.

    Raises
    ------
    ConfigError
        If the file is missing, cannot be read, or a CSV has no coordinates.
    """
    if not path.exists():
        raise ConfigError("{path} does not exist. Mend `schools` under [traffic].", path=path)
    try:
        if path.name.lower().endswith(_OSM):
            import osmnx as ox

            layer = ox.features_from_xml(check_xml(path, Message("The schools")), tags=_SCHOOLS)
        else:
            layer = (
                _csv(path, crs) if path.suffix.lower() == ".csv" else read_layer(path, Message("The schools"))
            )
    except ConfigError:
        raise
    except Exception as error:  # GDAL, OSMnx and pandas each raise their own
        raise ConfigError(
            "{path} cannot be read as a layer of schools ({reason}).", path=path, reason=error
        ) from error
    placed = reproject(layer, crs, Message("The schools of {path}", path=path.name))
    there = ~(placed.geometry.isna() | placed.geometry.is_empty)
    placed = placed[there].reset_index(drop=True)
    names = next((placed[name] for name in ("name", "naam", "Naam", "NAME") if name in placed), None)
    told = pd.Series("", index=placed.index) if names is None else names.fillna("").astype("str")
    inside = shapely.point_on_surface(placed.geometry.to_numpy())
    return gpd.GeoDataFrame({"name": told.astype("str")}, geometry=inside, crs=crs)


def _csv(path: Path, crs: int) -> gpd.GeoDataFrame:
    table = read_csv(path, Message("The schools"), dtype=str)
    for x, y, epsg in _COORDINATES:
        if {x, y} <= set(table.columns):
            places = [pd.to_numeric(table[one].str.replace(",", "."), errors="coerce") for one in (x, y)]
            points = gpd.GeoDataFrame(
                table, geometry=gpd.points_from_xy(*places), crs=crs if epsg is None else epsg
            )
            return points[places[0].notna() & places[1].notna()]
    raise ConfigError("{path} has no columns lon and lat, or x and y.", path=path)
