"""The address register by itself: the full file of Flanders, filtered to the city."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError
from genk_geo.jobs.desk.official.catalogue import services
from genk_geo.jobs.desk.official.fetching.asking import Asker
from genk_geo.jobs.desk.official.fetching.files import fetch_file
from genk_geo.jobs.session import bounded
from genk_geo.reference import City
from genk_geo.reference.best import filter_best

if TYPE_CHECKING:
    from collections.abc import Callable

    from genk_geo.config import Settings

#: The full register of Flanders, a zip of some 100 MiB.
BEST_URL = services()["addresses"].addresses[0]


@bounded
def update_addresses(
    settings: Settings,
    *,
    source: Path | None = None,
    out: Path | None = None,
    municipalities: tuple[str, ...] = (),
    postcodes: tuple[str, ...] = (),
    url: str = BEST_URL,
    asker: Asker | None = None,
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
    asker : Asker, optional
        Who asks for it.
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
    told = progress or (lambda *_: None)
    with tempfile.TemporaryDirectory() as folder:
        file = source
        if file is None:
            file = Path(folder) / "openaddress-bevlg.zip"
            fetch_file(
                asker or Asker(settings.reference), url, file, kind="zip",
                tell=lambda done, whole: told("fetch", done, whole),
            )  # fmt: skip
        count = filter_best(file, target, municipalities=municipalities, postcodes=codes, progress=progress)
    return count, target
