"""The official layers: where they are kept, which are fetched, and how politely."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from genk_geo.config._frozen import Frozen
from genk_geo.config.paths import AnchoredPath
from genk_geo.errors import Message

#: Every layer that `genk-geo reference update` knows, in the order in which they are fetched.
Layer = Literal["municipality", "sectors", "population", "addresses", "osm", "roads", "schools", "stops"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
#: File in the folder of the reference that names the version in use; replacing it is the swap.
CURRENT = "current.json"
VERSIONS = "versions"
MANIFEST = "manifest.json"


class ReferenceSettings(Frozen):
    """The official layers of the city; without a folder none is used."""

    folder: AnchoredPath | None = Field(
        None, description="where `genk-geo reference update` keeps the layers; what lies there is used"
    )
    layers: Annotated[tuple[Layer, ...], Field(min_length=1)] = Field(
        tuple(name for name in LAYERS if name != "roads"), description="which layers to fetch"
    )
    municipality: Annotated[str, Field(pattern=r"^[0-9]{5}$")] = Field(
        "71016", description="NIS code of the municipality"
    )
    streets: Literal["osm", "roads"] = Field(
        "osm", description="which lines are the street network: OpenStreetMap or the road register"
    )
    terrain: bool = Field(
        default=False, description="also the factors of the catalogue, from OpenStreetMap, for [cpted]"
    )
    addresses_of: dict[Layer, str] = Field(
        default_factory=dict, description="layer -> internet address, where it is not the documented one"
    )
    tries: Annotated[int, Field(ge=1, le=20)] = Field(5, description="how often a request is tried")
    pause_s: Annotated[float, Field(ge=0, le=60)] = Field(0.5, description="rest between two requests")
    timeout_s: Annotated[float, Field(gt=0, le=600)] = Field(60.0, description="longest silence of a server")
    minutes: Annotated[float, Field(gt=0, le=600)] = Field(60.0, description="longest time for one layer")
    change: Annotated[float, Field(gt=0, le=10)] = Field(
        0.2, description="counts may differ so much from those of the version before; more is refused"
    )
    keep: Annotated[int, Field(ge=1, le=100)] = Field(3, description="older versions that are kept")

    @field_validator("addresses_of")
    @classmethod
    def _on_the_web(cls, told: dict[Layer, str]) -> dict[Layer, str]:
        for layer, address in told.items():
            parts = urlsplit(address)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError(Message("{layer}: needed an address that begins with https://", layer=layer))
            if parts.username or parts.password:
                raise ValueError(
                    Message(
                        "{layer}: an address with a password in it would be told in messages", layer=layer
                    )
                )
        return told


def current_version(folder: Path) -> Path | None:
    """Folder of the version in use; None where nothing was fetched yet.

    Parameters
    ----------
    folder : pathlib.Path
        Of the reference.

    Returns
    -------
    pathlib.Path or None

    Raises
    ------
    ValueError
        If the file that names the version is damaged, or the version is not there.
    """
    pointer = folder / CURRENT
    if not pointer.exists():
        return None
    try:
        name = json.loads(pointer.read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            Message("{pointer} is damaged. Put an older version back in it, or remove it", pointer=pointer)
        ) from error
    version = folder / VERSIONS / str(name)
    if Path(str(name)).name != name or not (version / MANIFEST).is_file():
        raise ValueError(
            Message("{pointer} names a version that is not there: {name}", pointer=pointer, name=name)
        )
    return version


def files_of(version: Path) -> dict[str, Path]:
    """Layers of a version and their files.

    Parameters
    ----------
    version : pathlib.Path
        Folder of a version.

    Returns
    -------
    dict of str to pathlib.Path
    """
    try:
        told = json.loads((version / MANIFEST).read_text(encoding="utf-8"))["layers"]
        return {str(name): version / Path(str(one["file"])).name for name, one in told.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            Message("{file} is damaged. Fetch the layers again", file=version / MANIFEST)
        ) from error


def with_official(values: dict[str, Any], reference: ReferenceSettings) -> dict[str, Any]:
    """What a settings file says, with the official layers where it says nothing.

    Parameters
    ----------
    values : dict
        As read.
    reference : ReferenceSettings
        Of the same file.

    Returns
    -------
    dict
        A copy.
    """
    version = None if reference.folder is None else current_version(reference.folder)
    if version is None:
        return values
    files, filled = files_of(version), dict(values)
    city = filled.get("city")
    own_addresses = isinstance(city, dict) and city.get("addresses") is not None
    if "addresses" in files and filled.get("addresses") is None and not own_addresses:
        filled["addresses"] = files["addresses"]
    streets = files.get("streets" if reference.streets == "osm" else "roads")
    places = [("network", "path", streets), ("traffic", "schools", files.get("schools"))]
    if reference.terrain:
        places.append(("cpted", "osm", files.get("osm")))
    for table, key, file in places:
        told = filled.get(table) or {}
        if file is not None and isinstance(told, dict) and told.get(key) is None:
            filled[table] = told | {key: file}
    return filled
