"""The area that a grid covers, and the size of its cells: checked, or chosen."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from genk_geo.crs import epsg_of
from genk_geo.errors import ConfigError, Message, SchemaError

# More candidate cells than this is a wrong unit or cell size, not a city.
_MAX_CANDIDATES = 20_000_000
#: Sizes in metres that an automatic choice takes.
_ROUND_SIZES = (50.0, 100.0, 200.0, 250.0, 500.0, 1000.0)


def fitting_size(area_m2: float, points: int) -> float:
    """Round size of cells of which each holds about two points (Wong & Lee's rule for quadrats)."""
    wanted = float(np.sqrt(2.0 * area_m2 / max(points, 1)))
    return min(_ROUND_SIZES, key=lambda size: abs(np.log(size / wanted)))


def boundary_area(boundary: Any, crs: int) -> tuple[shapely.Geometry, int]:
    """One area, valid and in metres, and the EPSG code of its system."""
    if hasattr(boundary, "boundary") and hasattr(boundary, "wijken"):
        boundary, crs = boundary.boundary, boundary.crs
    if isinstance(boundary, gpd.GeoDataFrame | gpd.GeoSeries):
        crs = epsg_of(boundary, Message("The boundary"))
        boundary = boundary.geometry.union_all()
    if not isinstance(boundary, shapely.Geometry):
        raise SchemaError(
            "The boundary: needed a shapely geometry or a geopandas layer, given {kind}.",
            kind=type(boundary).__name__,
        )
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_epsg(crs)
    except CRSError as fault:
        raise ConfigError(
            "crs: {crs} is not an EPSG code; 31370 is one, Belgian Lambert 72.", crs=crs
        ) from fault
    if not np.isfinite(shapely.get_coordinates(boundary)).all():
        raise SchemaError("The boundary holds coordinates that are no numbers.")
    if not boundary.is_valid:
        # lines that cross themselves are told apart by what they enclose; parts that overlap count once
        boundary = shapely.make_valid(boundary, method="structure", keep_collapsed=False)
    if not system.is_geographic and abs(system.axis_info[0].unit_conversion_factor - 1.0) > 1e-9:
        unit = system.axis_info[0].unit_name
        raise SchemaError(
            "The boundary is in {unit} (EPSG:{crs}), needed a metric system. Reproject it.",
            unit=unit,
            crs=crs,
        )
    if system.is_geographic:
        raise SchemaError(
            "The boundary is in degrees (EPSG:{crs}), needed a metric system such as EPSG:31370. Use "
            "genk_geo.crs.reproject.",
            crs=crs,
        )
    return boundary, crs


def check_wish(area: shapely.Geometry, cell_m: float, shape: str) -> None:
    """Refuse cells that cannot be, or too many of them."""
    if not (np.isfinite(cell_m) and cell_m > 0):
        raise ConfigError("cell_m: given {cell_m}, needed a size in metres above 0.", cell_m=cell_m)
    if shape not in ("square", "hexagon"):
        raise ConfigError("shape: given {shape!r}, needed square or hexagon.", shape=shape)
    if area.is_empty or area.area == 0:
        raise SchemaError("The boundary has no area: needed a polygon.")
    west, south, east, north = area.bounds
    candidates = ((east - west) / cell_m + 2) * ((north - south) / cell_m + 2)
    if candidates > _MAX_CANDIDATES:
        raise ConfigError(
            "Cells of {cell_m:g} m over {wide:,.0f} x {high:,.0f} km are {candidates:,.0f} cells: needed at "
            "most {max_candidates:,}. Take larger cells.",
            cell_m=cell_m,
            wide=(east - west) / 1000,
            high=(north - south) / 1000,
            candidates=candidates,
            max_candidates=_MAX_CANDIDATES,
        )
