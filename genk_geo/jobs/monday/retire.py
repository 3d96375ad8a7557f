"""Pages of old weeks go; what was told in them stays on record, for later weeks are checked with it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from genk_geo.calendar import Week
from genk_geo.jobs.week.publication import MANIFEST, check_ours, published_weeks
from genk_geo.private import private_files
from genk_geo.render.file_names import TOLD
from genk_geo.writing import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from genk_geo.config import Settings

#: Folder under that of all weeks, by release, with the records of weeks whose pages are gone.
RECORDS = "opgeruimd-{}"


def retire_weeks(settings: Settings, newest: Week) -> int:
    """Remove the pages of weeks that are older than the settings keep.

    Parameters
    ----------
    settings : Settings
        ``[running] keep_weeks`` and the folders.
    newest : Week
        The week of the run.

    Returns
    -------
    int
        Weeks that were removed, of all releases together.

    Raises
    ------
    ConfigError
        If a folder holds what was not published there: nothing of it is removed.
    """
    keep = settings.running.keep_weeks
    if keep is None:
        return 0
    removed = 0
    for name, folder in settings.release_folders.items():
        for week in map(Week.parse, published_weeks(folder)):
            if newest.minus(week) >= keep:
                check_ours(folder / str(week))
                _retire(folder / str(week), settings.out / RECORDS.format(name) / str(week))
                removed += 1
    return removed


def _retire(folder: Path, records: Path) -> None:
    """Move the record first: at no moment is it nowhere."""
    if (folder / TOLD).is_file():
        with private_files():
            records.mkdir(parents=True, exist_ok=True)
        for file in (MANIFEST, TOLD):  # who it was told to, and what
            with whole_file(records / file) as beside:
                shutil.copy2(folder / file, beside)
    shutil.rmtree(folder)
