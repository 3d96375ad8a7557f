"""Is this machine fit for the weekly job? What is there, and what is missing."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genk_geo.config import Settings
from genk_geo.doors import limited, shown
from genk_geo.errors import ConfigError, GenkGeoError
from genk_geo.geocoding import read_aliases
from genk_geo.ingestion import ingest
from genk_geo.ingestion.profiles.profile import load_profile
from genk_geo.jobs.deliveries import check_any_valid
from genk_geo.jobs.desk.official.looking import look_through
from genk_geo.jobs.desk.official.precision import has_register, precision_on_record
from genk_geo.jobs.inbox.receive import arrived, waiting_for
from genk_geo.jobs.session import Session
from genk_geo.store.keeping.backup import newest_good
from genk_geo.store.keeping.integrity import check_history

if TYPE_CHECKING:
    from genk_geo.config.city import SourceSettings
    from genk_geo.reference import City

MIN_FREE_GB = 1.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes
    ----------
    what : str
        ``python``, ``library``, ``settings``, ``city``, ``sources``, ``file``,
        ``fault``, ``no_file``, ``history``, ``backup``, ``no_backup``, ``reference``, ``precise``,
        ``no_register``, ``map_names``, ``map_lines`` or ``disk``.
    ok : bool
        Whether it will do.
    values : dict
        What was found, to be put into words.
    """

    what: str
    ok: bool
    values: dict[str, Any] = field(default_factory=dict)


def check_up(config: Path | None = None) -> list[Finding]:
    """Look at Python, the libraries, the disk, the settings, the city and a file of each source.

    Parameters
    ----------
    config : path-like, optional
        Configuration file to check along.

    Returns
    -------
    list of Finding
        In the order of looking; the settings' fault is a finding, not an error.
    """
    return [_python(), *_libraries(), *_settings(config)]


def _python() -> Finding:
    return Finding("python", sys.version_info >= (3, 11), {"found": sys.version.split()[0]})


def _libraries() -> list[Finding]:
    names = ("geopandas", "shapely", "pyproj", "numba", "duckdb", "folium")
    return [Finding("library", ok=True, values={"name": name, "found": version(name)}) for name in names]


def _settings(config: Path | None) -> list[Finding]:
    from genk_geo.reference import City

    try:
        settings = Settings.load(config)
        with limited(settings.limits.of_doors()):
            city = City.of(settings)
    except GenkGeoError as error:
        return [Finding("settings", ok=False, values={"found": error.message})]
    named, unread = len(settings.sources), _aliases(settings)
    aliases = None if unread else settings.aliases  # told once, not for every source
    return [
        Finding(
            "city",
            ok=True,
            values={
                "found": city.name,
                "wijken": len(city.wijken),
                "notes": tuple(note for note in (city.boundary_note, city.grouping_note) if note),
            },
        ),
        Finding("sources", bool(named) or config is None, {"n": named}),
        *unread,
        *(_source(source, settings, city, aliases) for source in settings.sources),
        *_history(settings),
        *_reference(settings),
        *_precision(settings, city),
        _map(settings),
        _disk(settings.out),
    ]


def _aliases(settings: Settings) -> list[Finding]:
    """A fault for aliases that cannot be read."""
    if settings.aliases is None:
        return []
    try:
        read_aliases(settings.aliases)
    except GenkGeoError as error:
        return [Finding("fault", ok=False, values={"found": error.message})]
    return []


def _source(source: SourceSettings, settings: Settings, city: City, aliases: Path | None) -> Finding:
    """The newest file of a source, really read by its profile; nothing is kept of it."""
    try:
        load_profile(source.profile)
        if source.path is None:
            found = arrived(settings, source.profile)
            found += waiting_for(settings, source.profile, lambda: city)
            if not found:  # which is fine, where there is an inbox to put it in
                told = {"profile": Path(source.profile).stem, "folder": shown(str(settings.inbox.path))}
                return Finding("no_file", ok=True, values=told)
        else:
            pattern = Path(source.path)
            found = sorted(pattern.parent.glob(pattern.name))
            if not found:
                raise ConfigError(
                    "No file matches {pattern} (profile {profile}).",
                    pattern=pattern.name,
                    profile=source.profile,
                )
        with limited(settings.limits.of_doors()):
            report = ingest(found[-1], profile=source.profile, city=city, aliases=aliases).report
        check_any_valid(report)
    except GenkGeoError as error:
        return Finding("fault", ok=False, values={"found": error.message})
    values = {"file": report.file, "rows": report.rows_in, "n": report.incidents}
    return Finding("file", ok=True, values=values)


def _history(settings: Settings) -> list[Finding]:
    """The history, read to the last block and held against itself; and its newest good backup."""
    if not settings.store.exists():
        return []
    good = newest_good(settings.store)
    backup = (
        Finding("no_backup", ok=True) if good is None else Finding("backup", ok=True, values={"found": good})
    )
    try:
        incidents = check_history(settings.store)
    except GenkGeoError as error:
        return [Finding("fault", ok=False, values={"found": error.message}), backup]
    return [Finding("history", ok=True, values={"incidents": incidents}), backup]


def _reference(settings: Settings) -> list[Finding]:
    """The official layers in use, held against their checksums."""
    if settings.reference.folder is None:
        return []
    try:
        found = look_through(settings.reference.folder)
    except GenkGeoError as error:
        return [Finding("fault", ok=False, values={"found": error.message})]
    return [] if found is None else [Finding("reference", ok=True, values=found)]


def _map(settings: Settings) -> Finding:
    """What lies under the maps, really read."""
    try:
        with limited(settings.limits.of_doors()):
            found = Session(settings).backdrop
    except GenkGeoError as error:
        return Finding("fault", ok=False, values={"found": error.message})
    kind = "map_names" if found.indicative else "map_lines"
    names = {*found.places["name"], *found.lines["name"]} - {""}
    return Finding(kind, ok=True, values={"n": len(names)})


def _precision(settings: Settings, city: City) -> list[Finding]:
    """How much of the history hotspots can use: the price of having no address register."""
    try:
        found = precision_on_record(settings, city)
    except GenkGeoError:  # a history that cannot be read is told already
        return []
    told = [Finding("precise", ok=True, values=vars(one)) for one in found]
    return told if has_register(settings) else [*told, Finding("no_register", ok=True)]


def _disk(folder: Path) -> Finding:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free / 1e9
    return Finding("disk", free >= MIN_FREE_GB, {"free_gb": free, "folder": folder.name})
