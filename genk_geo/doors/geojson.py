"""GeoJSON, parsed and written again with nothing in it but GeoJSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from genk_geo.doors.limits import limits, setting
from genk_geo.doors.paths import shown

if TYPE_CHECKING:
    from genk_geo.errors import GenkGeoError

_SHAPES = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
}  # fmt: skip
# urn:ogc:def:crs:EPSG::31370, EPSG:31370, http://www.opengis.net/def/crs/EPSG/0/31370
_NAMED = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?(EPSG|OGC|ESRI)(?:[:/][\w.]*)?[:/](\w{1,20})",
    re.IGNORECASE | re.ASCII,
)


def pure_geojson(content: bytes, name: str, what: str, error: type[GenkGeoError]) -> tuple[bytes, bool]:
    """What GeoJSON says, written again: some kinds of JSON tell GDAL to open other files or hosts.

    Parameters
    ----------
    content : bytes
        The file.
    name, what : str
        How messages name it.
    error : type
        What is raised.

    Returns
    -------
    tuple of bytes and bool
        A collection of features; and whether its coordinate system is known: of one that says `null` it is
        not. Without a word of it the system is WGS84, as the standard has it.

    Raises
    ------
    GenkGeoError
        Of the type asked for: if it is no GeoJSON, holds more features than allowed, or names a coordinate
        system that nobody knows: GDAL would read it as WGS84 without a word.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise error(
            "{what}: {name} cannot be read as a GeoJSON or GeoPackage layer ({reason}).",
            what=what,
            name=shown(name),
            reason=shown(str(fault)),
        ) from fault
    kind = told.get("type") if isinstance(told, dict) else None
    if kind == "FeatureCollection" and isinstance(told.get("features"), list):
        features = told["features"]
    elif kind == "Feature":
        features = [told]
    elif isinstance(kind, str) and kind in _SHAPES:
        features = [{"type": "Feature", "properties": {}, "geometry": told}]
    else:
        said = shown(repr(kind))[:60]
        raise error(
            "{what}: {name} is no GeoJSON: its `type` is {said}, not FeatureCollection.",
            what=what,
            name=shown(name),
            said=said,
        )
    if len(features) > limits().rows:
        raise error(
            "{what}: {name} holds more than {rows} features ({setting}).",
            what=what,
            name=shown(name),
            rows=limits().rows,
            setting=setting("rows"),
        )
    kept: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if told.get("crs") is not None:
        system = _system(told["crs"])
        if system is None:
            raise error(
                "{what}: {name} says a coordinate system that is not known: {told}. Save it again in WGS84, "
                "or with an EPSG code.",
                what=what,
                name=shown(name),
                told=shown(repr(told["crs"]))[:120],
            )
        kept["crs"] = {"type": "name", "properties": {"name": system}}
    known = "crs" not in told or told["crs"] is not None
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogatepass"), known


def _system(told: Any) -> str | None:
    """Name of a coordinate system by its authority and code, if there is one; a link is not followed."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    kind = told.get("type") if isinstance(told, dict) else None
    properties = told.get("properties") if kind in ("name", "EPSG") else None
    if not isinstance(properties, dict):
        return None
    named = properties.get("name") if kind == "name" else f"EPSG:{properties.get('code')}"
    found = _NAMED.fullmatch(named) if isinstance(named, str) else None
    if found is None:
        return None
    authority, code = found[1].upper(), found[2].upper()
    try:
        CRS.from_authority(authority, code)
    except CRSError:
        return None
    return f"urn:ogc:def:crs:{authority}:{'1.3' if authority == 'OGC' else ''}:{code}"
