"""Files that are written whole or not at all, and what to say where they cannot be."""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from genk_geo.errors import ConfigError, Message
from genk_geo.private import private_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd


_FULL = ("disk is full", "No space left")
_LONGEST = 200
#: With fewer bytes left nothing of ours can be written.
_LEAST = 2**20


def write_faults() -> tuple[type[Exception], ...]:
    """What the disk and the libraries that write files raise where one cannot be written."""
    import sqlite3

    from pyogrio.errors import DataLayerError, DataSourceError

    return OSError, sqlite3.Error, DataLayerError, DataSourceError


def reason(error: Exception, folder: Path | None = None) -> str:
    """What a library says, on one line and no longer than helps; a full disk in the same words always.

    Parameters
    ----------
    error : Exception
        What it raised.
    folder : pathlib.Path, optional
        Where it wrote: GDAL does not say that a disk is full, so it is looked at.
    """
    said = " ".join(str(error).split())
    if getattr(error, "errno", None) == errno.ENOSPC or any(sign in said for sign in _FULL):
        return Message("the disk is full")
    if folder is not None and not isinstance(error, OSError) and shutil.disk_usage(folder).free < _LEAST:
        return Message("the disk is full")
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write a file whole or not at all; only its owner may read it.

    Parameters
    ----------
    path : path-like
        File to write; one that stands there is replaced. A link stays, and what it names is replaced; a
        device or a pipe gets the bytes and stays what it is.

    Yields
    ------
    pathlib.Path
        Where to write it. What a killed run left there is found by the next.

    Raises
    ------
    ConfigError
        If it cannot be written; what stood there is then as it was.
    """
    if _swallows(path):
        with _poured_into(path) as part:
            yield part
        return
    beside = _unfinished(path)
    try:
        with private_files():
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir()
            yield beside / path.name
            (beside / path.name).replace(path.resolve())
    except write_faults() as error:
        why = reason(error, beside.parent)
        raise ConfigError(
            "{path} could not be written: {why}. Make room or choose another place, then try again.",
            path=path,
            why=why,
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _swallows(path: Path) -> bool:
    """Whether it is a device or a pipe: put in its place, a file would take it away from everybody."""
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def _poured_into(path: Path) -> Iterator[Path]:
    try:
        with TemporaryDirectory() as folder:
            part = Path(folder, path.name)
            yield part
            with part.open("rb") as whole, path.open("wb") as into:
                shutil.copyfileobj(whole, into)
    except write_faults() as error:
        raise ConfigError(
            "{path} could not be written: {why}. Make room or choose another place, then try again.",
            path=path,
            why=reason(error),
        ) from error


def remove_unfinished(path: Path) -> None:
    """Remove what a killed run left beside a file; nothing may be about to be written there.

    Parameters
    ----------
    path : path-like
        As for :func:`whole_file`.
    """
    shutil.rmtree(_unfinished(path), ignore_errors=True)


def _unfinished(path: Path) -> Path:
    target = path.resolve()
    return target.with_name(f".{target.name}.unfinished")


def put_layer(frame: gpd.GeoDataFrame, path: Path, **options: Any) -> None:
    """Write a layer with GDAL and see that all of it is there: on a full disk GDAL may keep silent.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        What is written.
    path : path-like
        File to write to.
    **options
        As :func:`pyogrio.write_dataframe` takes them.

    Raises
    ------
    OSError
        If features are missing.
    """
    import pyogrio

    pyogrio.write_dataframe(frame, path, **options)
    named = {"layer": options["layer"]} if "layer" in options else {}
    found = pyogrio.read_info(path, force_feature_count=True, **named)["features"]
    if found != len(frame):
        raise OSError(errno.ENOSPC, f"{found} of {len(frame)} features were written", str(path))
