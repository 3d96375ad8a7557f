"""The coordinate systems of the project, and the only place where anything is reprojected.

PROJ knows several operations between Belgian Lambert 72 and WGS84 that differ by up to half a metre and
picks one by what is installed on the machine. One is pinned here (the seven parameters of BD72 to WGS 84
(3)), so that the same file gives the same map everywhere. Everything passes through WGS84 as the hub.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from genk_geo.errors import ConfigError, Message, SchemaError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt
    from pyproj import Transformer

LAMBERT72 = 31370
LAMBERT2008 = 3812
WGS84 = 4326
_METRE = 1e-9
# With what rounding may add.
_MOST_DEGREES = 180.001
# Nothing that a city hands in is smaller, and every city is in degrees.
_LEAST_M = 3.0

# EPSG operation "Inverse of Belgian Lambert 72 + BD72 to WGS 84 (3)", axis order x, y -> lon, lat.
_LAMBERT72_TO_WGS84 = (
    "proj=pipeline "
    "step inv proj=lcc lat_0=90 lon_0=4.36748666666667 lat_1=51.1666672333333 lat_2=49.8333339 "
    "x_0=150000.013 y_0=5400088.438 ellps=intl "
    "step proj=push v_3 step proj=cart ellps=intl "
    "step proj=helmert x=-106.8686 y=52.2978 z=-103.7239 rx=-0.3366 ry=0.457 rz=-1.8422 s=-1.2747 "
    "convention=coordinate_frame "
    "step inv proj=cart ellps=WGS84 step proj=pop v_3 step proj=unitconvert xy_in=rad xy_out=deg"
)


@cache
def _to_wgs84(epsg: int) -> Transformer:
    from pyproj import Transformer

    if epsg == LAMBERT72:
        return Transformer.from_pipeline(_LAMBERT72_TO_WGS84)
    return Transformer.from_crs(epsg, WGS84, always_xy=True)


def transform_xy(
    x: npt.ArrayLike, y: npt.ArrayLike, source: int, target: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Transform coordinates between two EPSG codes.

    Parameters
    ----------
    x, y : array_like
        Coordinates in `source` (x before y, longitude before latitude); NaN stays NaN.
    source, target : int
        EPSG codes.

    Returns
    -------
    tuple of numpy.ndarray
        x and y in `target`.
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if source == target:
        return xs.copy(), ys.copy()
    if source != WGS84:
        xs, ys = _to_wgs84(source).transform(xs, ys)
    if target != WGS84:
        xs, ys = _to_wgs84(target).transform(xs, ys, direction="INVERSE")
    return _with_nan(xs), _with_nan(ys)


def _with_nan(values: Any) -> npt.NDArray[np.float64]:
    array = np.array(values, dtype=float)
    array[~np.isfinite(array)] = np.nan
    return array


def epsg_of(frame: gpd.GeoDataFrame, what: str = "The layer") -> int:
    """EPSG code of a layer; a layer without one is an error, never a guess."""
    if getattr(frame, "crs", None) is None:
        raise SchemaError(
            "{what} has no coordinate reference system. Set it with set_crs(epsg=...) where you read it.",
            what=what,
        )
    code = frame.crs.to_epsg(min_confidence=20)
    if code is None and frame.crs.is_geographic:
        code = WGS84  # CRS84 and friends: longitude and latitude on WGS84 without an EPSG entry
    if code is None:
        raise SchemaError(
            "{what} has a coordinate reference system without EPSG code ({crs}).",
            what=what,
            crs=frame.crs.name,
        )
    return int(code)


def metric_epsg_of(frame: gpd.GeoDataFrame, what: str = "The layer") -> int:
    """EPSG code of a layer whose coordinates are metres.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Layer.
    what : str
        How messages name it.

    Returns
    -------
    int
        EPSG code.

    Raises
    ------
    SchemaError
        If it has no coordinate reference system, or one in degrees or feet.
    """
    epsg = epsg_of(frame, what)
    unit = frame.crs.axis_info[0]
    if frame.crs.is_geographic or abs(unit.unit_conversion_factor - 1.0) > _METRE:
        given = Message("degrees") if frame.crs.is_geographic else unit.unit_name
        raise SchemaError(
            "{what}: in {given}, needed a metric system. Use genk_geo.crs.reproject first.",
            what=what,
            given=given,
        )
    return epsg


def reproject(frame: gpd.GeoDataFrame, target: int, what: str = "The layer") -> gpd.GeoDataFrame:
    """Copy of a layer in another coordinate system, by the pinned operations.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Any layer with a coordinate reference system.
    target : int
        EPSG code to go to.
    what : str
        How an error message names the layer.

    Returns
    -------
    geopandas.GeoDataFrame
        New frame, same index and columns, geometry in `target`.

    Raises
    ------
    SchemaError
        If the layer has no coordinate reference system, or one in degrees for coordinates that are none.
    """
    import shapely

    source = epsg_of(frame, what)
    check_degrees(frame, what)
    if source == target:
        return frame.copy()

    def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transform_xy(points[:, 0], points[:, 1], source, target))

    geometry = shapely.transform(frame.geometry.to_numpy(), move)
    return frame.set_geometry(type(frame.geometry)(geometry, index=frame.index, crs=target))


def check_degrees(frame: gpd.GeoDataFrame, what: str, *, both_ways: bool = False) -> None:
    """Refuse a layer of which the system and the coordinates do not fit: metres as degrees.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Any layer with a coordinate reference system.
    what : str
        How an error message names the layer.
    both_ways : bool
        Refuse degrees as metres too: a city that would be smaller than a room. For layers of a whole city.

    Raises
    ------
    SchemaError
        If they do not fit.
    """
    if frame.empty:
        return
    bounds = frame.total_bounds
    if not np.isfinite(bounds).all():
        return
    degrees = bool(
        (np.abs(bounds) <= _MOST_DEGREES).all() and (np.abs(bounds[1::2]) <= _MOST_DEGREES / 2).all()
    )
    small = bool((bounds[2:] - bounds[:2] < _LEAST_M).all())
    said = Message("degrees") if frame.crs.is_geographic else Message("metres")
    if not degrees if frame.crs.is_geographic else (degrees and small and both_ways):
        raise SchemaError(
            "{what} says that it is in {said} ({crs}), and its coordinates are none, such as {x:g}, "
            "{y:g}. Save it again with its own system.",
            what=what,
            said=said,
            crs=frame.crs.name,
            x=bounds[0],
            y=bounds[1],
        )


# A metre of the system may differ so much from a metre on the ground.
_MOST_STRETCH = 0.02


def check_scale(frame: gpd.GeoDataFrame, epsg: int) -> None:
    """Refuse a system in which a metre is no metre here: Web Mercator, a system of far away.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Ground that is computed with, in the system.
    epsg : int
        The system.

    Raises
    ------
    ConfigError
        If lengths differ by more than 2 %.
    """
    from pyproj import CRS, Proj

    system = CRS.from_epsg(epsg)
    left, bottom, right, top = frame.total_bounds
    lon, lat = transform_xy([left, right, (left + right) / 2], [bottom, top, (bottom + top) / 2], epsg, WGS84)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise ConfigError(
            "The city lies where EPSG:{epsg} ({system}) is not used. Name another `crs`.",
            epsg=epsg,
            system=system.name,
        )
    factors = Proj(system).get_factors(lon, lat)
    scales = np.concatenate([factors.meridional_scale, factors.parallel_scale])
    worst = float(scales[np.argmax(np.abs(np.log(scales)))])
    if not abs(worst - 1) <= _MOST_STRETCH:
        raise ConfigError(
            "In EPSG:{epsg} ({system}) a metre here measures {worst:.2f} m, so every distance and cell "
            "would be another one than is said. Name a metric system of the country under `crs`.",
            epsg=epsg,
            system=system.name,
            worst=worst,
        )
