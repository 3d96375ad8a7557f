"""What decides how a file is read, besides the file: where that is the same, it need not be read again."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from genk_geo.config.paths import path_fields

if TYPE_CHECKING:
    from genk_geo.config import Settings
    from genk_geo.ingestion import Profile


def reading_of(settings: Settings, profile: Profile) -> str:
    """Fingerprint of the profile, the city, its registers, the aliases and the package.

    Parameters
    ----------
    settings : Settings
        The settings.
    profile : Profile
        How a file is read.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    city = settings.city
    paths = [settings.aliases, settings.addresses, settings.grouping, settings.official.get("sectors")]
    named = [] if city is None else path_fields(type(city))
    paths += [getattr(city, name) for name in named]
    rest = None if city is None else city.model_dump_json(exclude=set(named))  # moved, it is the same city
    told = [version("genk_geo"), profile.model_dump_json(), rest, [_checksum(path) for path in paths]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _checksum(path: Path | None) -> str:
    """Of what stands in a file; nothing where there is none."""
    if path is None or not Path(path).is_file():
        return ""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
