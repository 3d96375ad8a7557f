"""Map layers: each opened as what its name says, when its first bytes agree."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

from genk_geo.doors.columnar import check_geopackage, check_parquet, check_size
from genk_geo.doors.geojson import pure_geojson
from genk_geo.doors.limits import limits
from genk_geo.doors.paths import regular_file, shown
from genk_geo.doors.whole import read_whole, too_large
from genk_geo.errors import ConfigError, GenkGeoError, Message

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

log = logging.getLogger(__name__)

_JSON = (".geojson", ".json")
_SQLITE = b"SQLite format 3\0"
_GEOPACKAGE = {b"GPKG", b"GP10", b"GP11"}
_SHAPEFILE = b"\x00\x00\x27\x0a"
_FLATGEOBUF = b"fgb"
_PARQUET = b"PAR1"
#: What a name may end in, and what else people hand in, with what to do about it.
READABLE = (
    "GeoJSON (.geojson), GeoPackage (.gpkg), shapefile (.shp), FlatGeobuf (.fgb), GeoParquet (.parquet)"
)
_ELSE = {
    ".zip": Message("is an archive. Unpack it and give the layer itself (of a shapefile: the .shp)"),
    **dict.fromkeys(
        (".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx"),
        Message(
            "is a part of a shapefile. A shapefile is four files: give the .shp, with the others beside it"
        ),
    ),
    ".kml": Message("is KML, which cannot say its columns. Save it as GeoJSON"),
    ".kmz": Message("is packed KML. Save it as GeoJSON"),
    ".gml": Message("is GML. Save it as GeoPackage"),
    ".vrt": Message("is a virtual layer, which opens other files. Save what it shows as GeoPackage"),
}


def why_not(name: str) -> str:
    """What a file is that people hand in for a layer or a table, and what to do about it; empty if unknown.

    Parameters
    ----------
    name : str
        Name of the file.
    """
    return next((why for end, why in _ELSE.items() if name.lower().endswith(end)), "")


def read_layer(
    path: Path | str, what: str, *, error: type[GenkGeoError] = ConfigError, **options: Any
) -> gpd.GeoDataFrame:
    """Read the first layer of a file.

    Parameters
    ----------
    path : path-like
        GeoJSON, GeoPackage, shapefile, FlatGeobuf or GeoParquet, named so.
    what : str
        How messages name it.
    error : type
        What is raised.
    **options
        Passed to :func:`pyogrio.read_dataframe`.

    Returns
    -------
    geopandas.GeoDataFrame
        As it stands in the file.

    Raises
    ------
    GenkGeoError
        Of the type asked for: if there is no such file, its name or its first bytes say that it is something
        else, it is larger than allowed, damaged, or holds no shapes.
    """
    file = regular_file(path, what, error=error)
    kind = file.suffix.lower()
    if kind not in {*_JSON, ".gpkg", ".shp", ".fgb", ".parquet", ".geoparquet"}:
        why = _ELSE.get(kind, Message("is none of the layers that are read: {readable}", readable=READABLE))
        raise error("{what}: {file} {why}.", what=what, file=shown(file.name), why=why)
    if kind in _JSON:
        return layer_of_bytes(read_whole(file, what, error=error), file.name, what, error=error, **options)
    if file.stat().st_size > limits().file_bytes:
        raise error(too_large(what, file.name))
    with file.open("rb") as stream:
        head = stream.read(100)
    if kind in {".parquet", ".geoparquet"}:
        _expect(head[:4] == _PARQUET, file.name, what, error)
        return _of_parquet(file, what, error)
    agrees = {
        ".gpkg": head[:16] == _SQLITE and head[68:72] in _GEOPACKAGE,
        ".shp": head[:4] == _SHAPEFILE,
        ".fgb": head[:3] == _FLATGEOBUF,
    }
    _expect(agrees[kind], file.name, what, error)
    if kind == ".shp" and not file.with_suffix(".shx").exists() and not file.with_suffix(".SHX").exists():
        raise error(
            "{what}: {file} is one of the four files of a shapefile; put the .shx, .dbf and .prj of the "
            "same name beside it.",
            what=what,
            file=shown(file.name),
        )
    for part in _parts(file):
        if part.stat().st_size > limits().file_bytes:
            raise error(too_large(what, part.name))
    if kind == ".gpkg":
        check_geopackage(file, file.name, what, error)
    return _opened(file, file.name, what, error, options)


def _of_parquet(file: Path, what: str, error: type[GenkGeoError]) -> gpd.GeoDataFrame:
    import geopandas as gpd

    try:
        check_parquet(file, what, error)
        return gpd.read_parquet(file)
    except error:
        raise
    except Exception as fault:  # pyarrow and geopandas each raise their own
        raise error(
            "{what}: {file} is no GeoParquet layer ({reason}).",
            what=what,
            file=shown(file.name),
            reason=shown(str(fault)),
        ) from fault


def _parts(file: Path) -> list[Path]:
    """The other files of a shapefile."""
    others = (file.with_suffix(end) for low in (".dbf", ".shx") for end in (low, low.upper()))
    return [other for other in others if other.is_file()] if file.suffix.lower() == ".shp" else []


def layer_of_bytes(
    content: bytes, name: str, what: str, *, error: type[GenkGeoError] = ConfigError, **options: Any
) -> gpd.GeoDataFrame:
    """Read a layer whose content is known: GeoJSON or GeoPackage.

    JSON is parsed and written again with only what GeoJSON has, so that a library that looks into it finds
    nothing else: some kinds of JSON tell GDAL to open other files or hosts.

    Parameters
    ----------
    content : bytes
        The file, unpacked.
    name, what : str
        How messages name it.
    error : type
        What is raised.
    **options
        Passed to :func:`pyogrio.read_dataframe`.

    Returns
    -------
    geopandas.GeoDataFrame
        As it stands in the file.

    Raises
    ------
    GenkGeoError
        Of the type asked for: if it is neither, damaged, names a coordinate system that is not known, or
        holds no shapes.
    """
    if content[:16] == _SQLITE:
        if content[68:72] not in _GEOPACKAGE:
            raise error(
                "{what}: {name} cannot be read as a GeoJSON or GeoPackage layer: another database.",
                what=what,
                name=shown(name),
            )
        check_geopackage(content, name, what, error)
        return _opened(content, name, what, error, options)
    pure, known = pure_geojson(content, name, what, error)
    # GDAL takes a text that looks like a moment for one, and drops what it does not know of it: "09:04 PM".
    frame = _opened(pure, name, what, error, {"DATE_AS_STRING": "YES"} | options)
    return frame if known else frame.set_crs(None, allow_override=True)


def _opened(
    source: Path | bytes, name: str, what: str, error: type[GenkGeoError], options: dict[str, Any]
) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pyogrio
    from pyogrio import errors

    faults = (
        errors.DataLayerError, errors.DataSourceError, errors.FeatureError, errors.FieldError,
        errors.GeometryError, errors.CRSError, ValueError, RuntimeError, OSError,
    )  # fmt: skip
    try:
        with warnings.catch_warnings():
            # GDAL frowns on content without a name, and on layers that hold more kinds of shapes
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            options = options | _which(source, name, what)
            about = pyogrio.read_info(source, **{key: options[key] for key in ("layer",) if key in options})
            check_size(int(about["features"]), len(about["fields"]), name, what, error)
            frame = pyogrio.read_dataframe(source, on_invalid="ignore", **options)
    except error:
        raise
    except faults as fault:
        raise error(
            "{what}: {name} cannot be read as a map layer ({reason}).",
            what=what,
            name=shown(name),
            reason=shown(str(fault)),
        ) from fault
    if not isinstance(frame, gpd.GeoDataFrame):
        raise error("{what}: {name} holds no shapes.", what=what, name=shown(name))
    return frame


def _which(source: Path | bytes, name: str, what: str) -> dict[str, Any]:
    """The first layer that has shapes: tables beside it, such as styles, are none; others are told."""
    import pyogrio

    packed = source[:16] == _SQLITE if isinstance(source, bytes) else source.suffix.lower() == ".gpkg"
    if not packed:  # other kinds hold one layer
        return {}
    listed = [str(one) for one, kind in pyogrio.list_layers(source) if kind is not None]
    if len(listed) > 1:
        told = ", ".join(shown(one) for one in listed)
        log.warning(
            "%s: %s holds %d layers (%s). The first is read; to have another one, save it by itself.",
            what, shown(name), len(listed), told,
        )  # fmt: skip
    return {"layer": listed[0]} if listed else {}


def _expect(agrees: bool, name: str, what: str, error: type[GenkGeoError]) -> None:  # noqa: FBT001 - the question itself
    if not agrees:
        raise error(
            "{what}: {name} is not what its name says. Save it again as GeoPackage or GeoJSON.",
            what=what,
            name=shown(name),
        )
