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
        raise ConfigError(f"{what}: {shown(file.name)} is no GeoTIFF. Save the raster as .tif.")
    alone = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}
    try:
        with rasterio.Env(**alone), rasterio.open(file, driver="GTiff") as source:
            if source.width * source.height > limits().pixels:
                raise ConfigError(
                    f"{what}: {shown(file.name)} has {source.width} x {source.height} pixels, more than "
                    f"{limits().pixels} ({setting('pixels')}). Cut it to the city."
                )
            yield source
    except RasterioError as fault:
        raise ConfigError(
            f"{what}: {shown(file.name)} cannot be read as a raster ({shown(str(fault))})."
        ) from fault
