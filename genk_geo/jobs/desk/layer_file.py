"""A layer as a file for an analyst's own GIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.crs import WGS84, reproject
from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.systems.qgis_style import put_style

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

#: Formats of a layer by the ending of its name.
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}


def write_layer(layer: gpd.GeoDataFrame, path: Path, *, style: str | None = None) -> None:
    """Write a layer in the format that the name ends on.

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
        If the name ends on something else.
    """
    driver = DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise ConfigError(f"{path.name}: unknown format. End the name in {', '.join(DRIVERS)}.")
    written = reproject(layer, WGS84) if driver == "GeoJSON" else layer
    written.to_file(path, driver=driver)
    if style is not None and driver == "GPKG":
        put_style(path, style)
