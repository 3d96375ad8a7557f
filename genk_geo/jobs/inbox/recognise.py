"""Which profile a file is for: the one that knows its columns clearly better than any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo.errors import GenkGeoError, MissingColumnsError, NoRowsError
from genk_geo.ingestion.profiles.profile import load_profile, shipped_profiles
from genk_geo.ingestion.reading.header import Header
from genk_geo.ingestion.reading.readers import read_raw
from genk_geo.ingestion.rows import find_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genk_geo.config import Settings
    from genk_geo.ingestion.profiles.profile import Profile
    from genk_geo.reference import City

#: A profile that knows a smaller share of the columns is not for this file.
LEAST_FIT = 0.5


@dataclass(frozen=True)
class Recognised:
    """What a file is.

    Attributes
    ----------
    profile : str
        As the settings name it; empty where none fits, or several do.
    fits : tuple of (str, float)
        Profiles that fit and how well, the best first.
    nearest, needed : str, tuple of str
        Where none fits: the profile that knows most columns, and what it calls those that it misses.
    """

    profile: str
    fits: tuple[tuple[str, float], ...] = ()
    nearest: str = ""
    needed: tuple[str, ...] = ()


def candidates(settings: Settings) -> dict[str, Profile]:
    """All profiles that a file may be for: of the sources, of one's own folder, and shipped ones.

    Parameters
    ----------
    settings : Settings
        The settings.

    Returns
    -------
    dict of str to Profile
        By the name that the settings have for it, or would have; those of the sources first.
    """
    folder = settings.inbox.profiles
    own = sorted(map(str, folder.glob("*.toml"))) if folder is not None and folder.is_dir() else []
    names = [*(source.profile for source in settings.sources), *own, *shipped_profiles()]
    return {name: load_profile(name) for name in dict.fromkeys(names)}


def recognise(
    path: Path,
    profiles: Mapping[str, Profile],
    city: Callable[[], City],
    *,
    first: Sequence[str] = (),
    margin: float = 0.1,
) -> Recognised:
    """Find the profile of a file by its columns, and by its rows where these leave it open.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    profiles : mapping of str to Profile
        From :func:`candidates`.
    city : callable
        Gives the city; asked only where rows have to be read.
    first : sequence of str
        Profiles that files are expected for: of equals one of these counts.
    margin : float
        By so much the best must fit better than the next.

    Returns
    -------
    Recognised

    Raises
    ------
    SupplierFileError
        If the file cannot be read at all.
    """
    names, located = _names(path, profiles)
    fits: dict[str, float] = {}
    nearest: tuple[str, float, tuple[str, ...]] = ("", -1.0, ())
    for name, profile in profiles.items():
        share = _known(profile, names)
        try:
            find_columns(profile, names, path.name, located=located)
        except MissingColumnsError as fault:
            if share > nearest[1]:
                nearest = (name, share, fault.needed)
            continue
        if share >= LEAST_FIT:
            fits[name] = share
    if not fits:
        return Recognised("", nearest=nearest[0], needed=nearest[2])
    close = _close(fits, margin)
    if len(close) > 1:
        rows = {name: fits[name] * _rows_read(path, profiles[name], city()) for name in close}
        close = _close(fits := rows, margin)
    expected = [name for name in close if name in first]
    chosen = close if len(close) == 1 else expected
    ordered = tuple(sorted(fits.items(), key=lambda one: -one[1]))
    return Recognised(chosen[0] if len(chosen) == 1 else "", ordered)


def _names(path: Path, profiles: Mapping[str, Profile]) -> tuple[list[str], bool]:
    """The columns of a file, and whether it is a layer that says where by itself."""
    expected = dict.fromkeys(name for profile in profiles.values() for name in profile.expected())
    try:
        raw = read_raw(path, expected=expected)
    except NoRowsError as empty:
        if not empty.names:
            raise
        return list(empty.names), False
    return [str(name) for name in raw.frame.columns], raw.points is not None


def _known(profile: Profile, names: Sequence[str]) -> float:
    """Share of the columns that a profile has a name for."""
    header = Header(names)
    known = {found for one in profile.expected() if (found := header.find((one,)))}
    return len(known) / max(len(names), 1)


def _close(fits: Mapping[str, float], margin: float) -> list[str]:
    best = max(fits.values(), default=0.0)
    return [name for name, fit in fits.items() if fit > best - margin]


def _rows_read(path: Path, profile: Profile, city: City) -> float:
    """Share of the rows that a profile reads, with words that it knows."""
    from genk_geo.ingestion import ingest  # loaded where files have to be told apart

    try:
        report = ingest(path, profile=profile, city=city).report
    except GenkGeoError:
        return 0.0
    rows = max(report.rows_in - report.left_out, 1)
    strange = sum(report.unmapped.values()) / rows
    return (report.incidents + report.duplicates + report.withdrawn) / rows * (1 - min(strange, 1.0))
