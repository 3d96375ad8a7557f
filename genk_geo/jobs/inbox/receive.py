"""Whatever lies in the inbox gets its place: archived, put aside, or left for somebody to say what it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genk_geo.doors import shown
from genk_geo.errors import ConfigError, NoRowsError, SupplierFileError
from genk_geo.ingestion.profiles.profile import load_profile
from genk_geo.jobs.inbox.archive import CHECKSUM, WHY, archive, archived, is_part, set_aside
from genk_geo.jobs.inbox.recognise import candidates, recognise
from genk_geo.render.words.operator.inbox import why_text
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from genk_geo.config import Settings
    from genk_geo.reference import City

#: What other programs leave while they write, or beside what is open.
_NOT_YET = (".part", ".tmp", ".crdownload", ".filepart", CHECKSUM)


@dataclass(frozen=True)
class Waiting:
    """A file that stays in the inbox until somebody says what it is.

    Attributes
    ----------
    file : str
        Its name.
    profiles : tuple of str
        Profiles that fit it equally well, or fit and are no source of the settings; none: no profile fits.
    nearest, needed : str, tuple of str
        Where none fits: the nearest profile, and the columns that it misses.
    """

    file: str
    profiles: tuple[str, ...] = ()
    nearest: str = ""
    needed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Received:
    """What became of the files of the inbox.

    Attributes
    ----------
    archived : tuple of (str, str)
        Name and profile of those that were recognised.
    waiting : tuple of Waiting
        Those that somebody has to look at.
    aside : tuple of (str, str)
        Name of those that cannot be read, and why.
    """

    archived: tuple[tuple[str, str], ...] = ()
    waiting: tuple[Waiting, ...] = ()
    aside: tuple[tuple[str, str], ...] = ()


def archive_of(settings: Settings, profile: str) -> Path:
    """Folder of a profile in the archive."""
    return settings.inbox.archive / Path(profile).stem


def arrived(settings: Settings, profile: str, *, since: dt.date | None = None) -> list[Path]:
    """Files of a profile that came in by the inbox, in their order (see :func:`archived`)."""
    return archived(archive_of(settings, profile), since=since)


def new_files(folder: Path) -> list[Path]:
    """Files in the inbox that are whole, by name."""
    return [
        file
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.name.startswith((".", "~$")) and not is_part(file)
        and not file.name.lower().endswith(_NOT_YET) and not file.name.endswith(WHY)
    ]  # fmt: skip


def receive(settings: Settings, city: Callable[[], City], now: dt.datetime) -> Received:
    """Empty the inbox as far as it can be without asking.

    Parameters
    ----------
    settings : Settings
        The settings; without an inbox nothing is done.
    city : callable
        Gives the city.
    now : datetime.datetime
        The present moment, on the clock of the city.

    Returns
    -------
    Received

    Raises
    ------
    ConfigError
        If the inbox is no folder, or a file cannot be moved.
    """
    if settings.inbox.path is None:
        return Received()
    inbox, day = _inbox(settings), now.date()
    sources = [source.profile for source in settings.sources if source.path is None]
    profiles = candidates(settings)
    taken, waiting, aside = [], [], []
    for file in new_files(inbox):
        name = shown(file.name)
        try:
            found = recognise(file, profiles, city, first=sources, margin=settings.inbox.margin)
        except SupplierFileError as fault:
            kind = "no_rows" if isinstance(fault, NoRowsError) else "unreadable"
            why = why_text(kind, name, fault.message, now, Texts(settings.lang))
            set_aside(file, settings.inbox.aside, day, why)
            aside.append((name, fault.message))
            continue
        if found.profile in sources:
            archive(file, archive_of(settings, found.profile), day)
            taken.append((name, found.profile))
        else:
            named = (found.profile,) if found.profile else tuple(one for one, _ in found.fits)
            stems = tuple(Path(one).stem for one in named)
            waiting.append(Waiting(name, stems, Path(found.nearest).stem, found.needed))
    return Received(tuple(taken), tuple(waiting), tuple(aside))


def waiting_for(settings: Settings, profile: str, city: Callable[[], City]) -> list[Path]:
    """Files of the inbox that the next run will take for a profile.

    Parameters
    ----------
    settings : Settings
        The settings.
    profile : str
        As the settings name it.
    city : callable
        Gives the city.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    ConfigError
        If the inbox is no folder.
    """
    found, profiles = [], candidates(settings)
    sources = [source.profile for source in settings.sources if source.path is None]
    for file in new_files(_inbox(settings)):
        with suppress(SupplierFileError):
            one = recognise(file, profiles, city, first=sources, margin=settings.inbox.margin)
            found += [file] if one.profile == profile else []
    return found


def _inbox(settings: Settings) -> Path:
    inbox = settings.inbox.path
    if inbox is None or not inbox.is_dir():
        raise ConfigError(
            "The inbox {inbox} is no folder. Make it, or set path under [inbox].", inbox=inbox or ""
        )
    return inbox


def take_as(settings: Settings, file: Path, profile: str, now: dt.datetime) -> Path:
    """Archive a file under the profile that somebody says it is for.

    Parameters
    ----------
    settings : Settings
        The settings.
    file : pathlib.Path
        A file of the inbox, or its name.
    profile : str
        Name of a profile of the settings that comes in by the inbox, or its path.
    now : datetime.datetime
        The present moment.

    Returns
    -------
    pathlib.Path
        Where it is now.

    Raises
    ------
    ConfigError
        If there is no such file or source.
    """
    inbox = settings.inbox.path
    if inbox is None:
        raise ConfigError("There is no inbox. Set path under [inbox].")
    there = file if file.is_file() else inbox / file.name
    if not there.is_file():
        raise ConfigError("{file} is not in the inbox. Look in {inbox}.", file=shown(file), inbox=inbox)
    for source in settings.sources:
        if source.path is None and Path(source.profile).stem == Path(profile).stem:
            load_profile(source.profile)
            return archive(there, archive_of(settings, source.profile), now.date())
    raise ConfigError(
        'No source of the inbox has the profile {profile}. Add [[sources]] with profile = "{profile}".',
        profile=profile,
    )
