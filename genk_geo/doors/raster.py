"""Rasters: GeoTIFF, opened as that and as nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from genk_geo.doors.limits import limits, setting
from genk_geo.doors.paths import regular_file, shown
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TIFF = {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}


@contextmanager
def open_raster(path: Path | str, what: str) -> Iterator[Any]:
    """Open a GeoTIFF for reading.

    Files beside it that GDAL would read with it (``.aux.xml``, ``.ovr``, ``.msk``) are not looked at.

    Parameters
    ----------
    path : path-like
        The file.
    what : str
        How messages name it.

    Yields
    ------
    rasterio.DatasetReader
        The raster.

    Raises
    ------
    ConfigError
        If there is no such file, it is no GeoTIFF, it has more pixels than allowed, or is damaged.
    """
    import rasterio
    from rasterio.errors import RasterioError

    file = regular_file(path, what)
    with file.open("rb") as stream:
        head = stream.read(4)
    if head not in _TIFF:
        raise ConfigError(
            "{what}: {file} is no GeoTIFF. Save the raster as .tif.", what=what, file=shown(file.name)
        )
    alone = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}
    try:
        with rasterio.Env(**alone), rasterio.open(file, driver="GTiff") as source:
            if source.width * source.height > limits().pixels:
                raise ConfigError(
                    "{what}: {file} has {width} x {height} pixels, more than {pixels} ({setting}). Cut it "
                    "to the city.",
                    what=what,
                    file=shown(file.name),
                    width=source.width,
                    height=source.height,
                    pixels=limits().pixels,
                    setting=setting("pixels"),
                )
            yield source
    except RasterioError as fault:
        raise ConfigError(
            "{what}: {file} cannot be read as a raster ({reason}).",
            what=what,
            file=shown(file.name),
            reason=shown(str(fault)),
        ) from fault
