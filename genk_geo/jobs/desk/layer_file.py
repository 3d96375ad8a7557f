"""A layer as a file for an analyst's own GIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.crs import WGS84, reproject
from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.systems.qgis_style import put_style
from genk_geo.writing import put_layer, whole_file

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

#: Formats of a layer by the ending of its name.
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}


def write_layer(layer: gpd.GeoDataFrame, path: Path, *, style: str | None = None) -> None:
    """Write a layer in the format that the name ends on, whole or not at all.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
        Any layer; GeoJSON gets it in longitude and latitude, as that format wants.
    path : path-like
        Ends in ``.gpkg``, ``.geojson`` or ``.json``.
    style : str, optional
        How QGIS draws it (:func:`genk_geo.jobs.desk.systems.qgis_style.qml`); only a GeoPackage keeps it.

    Raises
    ------
    ConfigError
        If the name ends on something else, or the file cannot be written.
    """
    if path.suffix.lower() not in DRIVERS:
        raise ConfigError(
            "{path}: unknown format. End the name in {drivers}.", path=path.name, drivers=", ".join(DRIVERS)
        )
    with whole_file(path) as part:
        fill_layer(layer, part, style=style)


def fill_layer(layer: gpd.GeoDataFrame, path: Path, *, style: str | None = None) -> None:
    """Write a layer where no file stands yet; as :func:`write_layer` otherwise."""
    driver = DRIVERS[path.suffix.lower()]
    written = reproject(layer, WGS84) if driver == "GeoJSON" else layer
    put_layer(written, path, driver=driver)
    if style is not None and driver == "GPKG":
        put_style(path, style)
