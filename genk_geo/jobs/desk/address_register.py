"""Keeping the address register up to date; the only job that may download."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from genk_geo.errors import ConfigError
from genk_geo.jobs.session import bounded
from genk_geo.reference import City
from genk_geo.reference.best import filter_best

if TYPE_CHECKING:
    from collections.abc import Callable

    from genk_geo.config import Settings

log = logging.getLogger(__name__)

#: The full register of Flanders, a zip of some 100 MiB.
BEST_URL = "https://opendata.bosa.be/download/best/openaddress-bevlg.zip"
#: Seconds to wait for a connection and between two blocks.
TIMEOUT_S = (10, 60)
_BLOCK_BYTES = 1 << 20


@bounded
def update_addresses(
    settings: Settings,
    *,
    source: Path | None = None,
    out: Path | None = None,
    municipalities: tuple[str, ...] = (),
    postcodes: tuple[str, ...] = (),
    url: str = BEST_URL,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[int, Path]:
    """Filter the full BeST file to the city, downloading it first where none is given.

    Parameters
    ----------
    settings : Settings
        ``addresses`` says where the result goes.
    source : Path, optional
        Full BeST file on disk.
    out : Path, optional
        Overrides the settings.
    municipalities, postcodes : tuple of str
        What to take; the postcodes of the city where both are empty.
    url : str
        Where the full file is.
    progress : callable, optional
        Called with the stage, what is done, and the whole (0: not known).

    Returns
    -------
    tuple of int and Path
        House numbers and the file.

    Raises
    ------
    ConfigError
        If no place for the result is known, or the download fails.
    """
    own = settings.city.addresses if settings.city is not None else None
    target = out or settings.addresses or own
    if target is None:
        raise ConfigError("Say where the addresses go: --out FILE, or `addresses` in the settings.")
    codes = postcodes
    if not municipalities and not codes:
        codes = City.from_settings(settings.city, settings.grouping).postcodes
    with tempfile.TemporaryDirectory() as folder:
        file = source or download(url, Path(folder) / "openaddress-bevlg.zip")
        count = filter_best(file, target, municipalities=municipalities, postcodes=codes, progress=progress)
    return count, target


def download(url: str, target: Path) -> Path:
    """Download a file in blocks.

    Raises
    ------
    ConfigError
        If the server does not answer, or not with the file.
    """
    try:
        with requests.get(url, stream=True, timeout=TIMEOUT_S) as answer:
            answer.raise_for_status()
            with target.open("wb") as stream:
                for block in answer.iter_content(_BLOCK_BYTES):
                    stream.write(block)
    except requests.RequestException as error:
        raise ConfigError(
            f"{url} cannot be downloaded ({type(error).__name__}). Download it elsewhere and use --from FILE."
        ) from error
    log.info("downloaded %s", url)
    return target
