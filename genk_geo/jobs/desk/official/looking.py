"""The reference in use, looked through to its last byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.official.fetching.files import checksum
from genk_geo.jobs.desk.official.versions import Versions

if TYPE_CHECKING:
    from pathlib import Path


def intact(version: Path, told: dict[str, Any]) -> bool:
    """Whether the file of a layer is still as it was made.

    Parameters
    ----------
    version : pathlib.Path
        Folder of the version.
    told : dict
        What its manifest says of the layer.
    """
    file = version / str(told["file"])
    return file.is_file() and checksum(file) == told["sha256"]


def look_through(folder: Path) -> dict[str, Any] | None:
    """Version and number of layers in use; None where none was fetched yet.

    Parameters
    ----------
    folder : pathlib.Path
        Of the reference.

    Returns
    -------
    dict or None
        ``version`` and ``layers``.

    Raises
    ------
    ConfigError
        If a file is missing, or not as it was made.
    """
    versions = Versions(folder)
    current = versions.current
    if current is None:
        return None
    layers = versions.manifest(current)["layers"]
    for name, told in layers.items():
        if not intact(current, told):
            raise ConfigError(
                "{file} is missing or was changed since it was made. Fetch the layer again (genk-geo "
                "reference update --layer {name}), or go back to the version before (genk-geo reference "
                "back).",
                file=current / told["file"],
                name=name,
            )
    return {"version": current.name, "layers": len(layers)}
