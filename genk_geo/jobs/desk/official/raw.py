"""Raw files of suppliers: taken out of an archive, opened as layers, put into the system of the city."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np
import shapely

from genk_geo.crs import reproject
from genk_geo.doors import limits, read_layer, regular_file, shown
from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.official.faults import LayerError

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

_LAYERS = (".geojson", ".json", ".gpkg", ".shp", ".fgb", ".parquet")
#: What belongs to a shapefile.
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
#: Systems that the names of files of Statbel say.
_IN_NAME = re.compile(r"(?<!\d)(31370|3812)(?!\d)")
_BLOCK_BYTES = 1 << 20


def unpacked(raw: Path, folder: Path, endings: tuple[str, ...]) -> Path:
    """The one file of an archive that ends so; a file that is no archive is taken as it is.

    Parameters
    ----------
    raw : pathlib.Path
        What was fetched, or given by hand.
    folder : pathlib.Path
        Where it may be unpacked.
    endings : tuple of str
        Of names, in small letters.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    LayerError
        If the archive is damaged, holds none or more than one, or unpacks to more than allowed.
    """
    file = regular_file(raw, "--from")
    if not zipfile.is_zipfile(file):
        if file.suffix.lower() == ".zip":
            raise LayerError("damaged", file=shown(file.name))
        return file
    try:
        with zipfile.ZipFile(file) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
            found = [name for name in names if name.lower().endswith(endings)]
            if len(found) != 1:
                told = ", ".join(shown(name) for name in (found or names)[:5])
                raise LayerError("several" if found else "none_inside", file=shown(file.name), found=told)
            stem = found[0].rpartition(".")[0]
            wanted = [found[0]]
            if found[0].lower().endswith(".shp"):
                beside = [name for name in names if name.rpartition(".")[0] == stem]
                wanted = [name for name in beside if name.lower().endswith(_PARTS)]
            left = limits().unpacked_bytes(file.stat().st_size)
            for name in wanted:  # under a name of ours: what an archive calls its files leads nowhere
                left = _unpack(archive, name, folder / f"inside{_ending(name)}", left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise LayerError("damaged", file=shown(file.name)) from error
    return folder / f"inside{_ending(found[0])}"


def _ending(name: str) -> str:
    return f".{name.rpartition('.')[2].lower()}"


def _unpack(archive: zipfile.ZipFile, name: str, target: Path, left: int) -> int:
    with archive.open(name) as source, target.open("wb") as stream:
        while block := source.read(_BLOCK_BYTES):
            left -= len(block)
            if left < 0:
                raise LayerError("bomb", file=shown(str(archive.filename)), most=str(limits().file_mb))
            stream.write(block)
    return left


def raw_layer(raw: Path, folder: Path, crs: int, what: str) -> gpd.GeoDataFrame:
    """Shapes of a raw file in the system of the city, in two dimensions, without empty ones.

    Parameters
    ----------
    raw : pathlib.Path
        Layer, or an archive of one.
    folder : pathlib.Path
        Where it may be unpacked.
    crs : int
        EPSG code to have it in.
    what : str
        How messages of the doors name it.

    Returns
    -------
    geopandas.GeoDataFrame

    Raises
    ------
    ConfigError
        If it is no layer, or it is not known where on earth it lies.
    """
    frame = read_layer(unpacked(raw, folder, _LAYERS), what)
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)].reset_index(drop=True)
    if frame.empty:
        raise LayerError("no_shapes", file=shown(raw.name))
    if not np.isfinite(frame.total_bounds).all():
        raise LayerError("endless", file=shown(raw.name))
    said = _IN_NAME.search(raw.name)
    metres = float(np.abs(frame.total_bounds).max()) > 180
    if frame.crs is None or (frame.crs.is_geographic and metres):
        if said is None or not metres:
            raise LayerError("no_system", file=shown(raw.name))
        frame = frame.set_crs(int(said[1]), allow_override=True)
    elif not frame.crs.is_geographic and not metres:
        raise LayerError("no_system", file=shown(raw.name))
    frame = frame.set_geometry(frame.geometry.force_2d())
    return reproject(frame, crs, what)


def polygons(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """The same with valid polygons only: rings that cross are mended, lines and points are left out."""
    shapes = frame.geometry.to_numpy()
    wrong = ~shapely.is_valid(shapes)
    mended = shapes.copy()
    mended[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    areal = np.isin(shapely.get_type_id(mended), [3, 6]) & ~shapely.is_empty(mended)
    if not areal.any():
        raise LayerError("no_areas", file=shown(name))
    return frame.set_geometry(type(frame.geometry)(mended, index=frame.index, crs=frame.crs))[areal]


def near(frame: gpd.GeoDataFrame, boundary: shapely.Geometry, margin_m: float) -> gpd.GeoDataFrame:
    """Features that touch the city or lie within a margin of it."""
    touching = shapely.intersects(frame.geometry.to_numpy(), boundary.buffer(margin_m))
    return frame[touching].reset_index(drop=True)


def copied(raw: Path, target: Path) -> None:
    """A copy of a raw file, as it is."""
    try:
        shutil.copyfile(raw, target)
    except OSError as error:
        raise ConfigError(
            "{raw} cannot be copied: {reason}.", raw=shown(raw), reason=error.strerror
        ) from error
