"""Whether a week stands as it would be made now: then it is checked, and nothing is made anew.

What decides how a week looks is its reports, the settings, the files that these name, the package with its
libraries, what was told elsewhere, and the weeks that stand beside it. All of it is noted with the week, as
checksums, and so is every folder that was published. Where one thing differs, the week is made.
"""

from __future__ import annotations

import glob
import hashlib
import json
import platform
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genk_geo.jobs.deliveries import Delivery
from genk_geo.jobs.gates.failure import Failure
from genk_geo.jobs.week.made.moments import as_of_week, weeks_shown
from genk_geo.jobs.week.made.published import Published, PublishedRelease, ThemeFound
from genk_geo.jobs.week.publication import OF_THE_SYSTEM, published_weeks, read_manifest, records_under
from genk_geo.render.file_names import MAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from genk_geo.calendar import Week
    from genk_geo.config import Settings
    from genk_geo.store import Store

#: Tables of the settings that say where things are or who is told, which is done each time.
_AROUND = {"store", "out", "inbox", "running", "shares", "notify"}


@dataclass(frozen=True)
class Standing:
    """A week that stands, checked; with what an operator is told of it.

    Attributes
    ----------
    week : Week
        The week.
    found : tuple of ThemeFound
        What was found when it was made.
    deliveries : tuple of Delivery
        Of what it was made.
    failures : tuple of Failure
        Gates that its data did not pass.
    """

    week: Week
    found: tuple[ThemeFound, ...]
    deliveries: tuple[Delivery, ...]
    failures: tuple[Failure, ...]

    @classmethod
    def check(cls, store: Store, settings: Settings, week: Week) -> Standing | None:
        """Look whether everything is as it was when a week was made, and its pages too.

        Parameters
        ----------
        store : Store
            The history, before this run reads anything.
        settings : Settings
            Settings of the run, with the folder of all weeks.
        week : Week
            The week.

        Returns
        -------
        Standing or None
            None where it has to be made.
        """
        if settings.dossiers.wanted:
            return None  # partners write in the register between two runs: it is read each time
        run = store.run_of(week)
        noted = None if run is None else run[1].get("standing")
        if run is None or noted is None or store.last_told > run[0]:
            return None
        targets = targets_of(settings, week)
        if not _as_noted(noted, run[1]["beside"], targets, settings):
            return None
        return cls(
            week, tuple(ThemeFound(**one) for one in noted["found"]),
            tuple(Delivery.from_noted(one) for one in noted["deliveries"]),
            tuple(Failure.from_noted(one) for one in noted["failures"]),
        )  # fmt: skip

    def published(self, settings: Settings, timezone: str) -> Published:
        """What is told of the week, as if it had been made; what this run read is still to be added.

        Parameters
        ----------
        settings : Settings
            Settings of the run, with the folder of all weeks.
        timezone : str
            The city's clock.

        Returns
        -------
        Published
        """
        folders = targets_of(settings, self.week).values()
        releases = tuple(
            PublishedRelease(one, folder, read_manifest(folder))
            for one, folder in zip(settings.resolved_releases, folders, strict=True)
        )
        first = releases[0].folder
        return Published(
            week=self.week, as_of=as_of_week(settings, self.week, timezone), folder=first,
            index=first / "index.html", found=self.found, releases=releases, deliveries=self.deliveries,
            as_it_was=True, stood=True, failures=self.failures,
        )  # fmt: skip


def standing_facts(
    settings: Settings,
    made: Standing,
    written: Sequence[tuple[Path, Path]],
) -> dict[str, Any] | None:
    """What is noted of a week, so that a later run sees whether it stands as it would be made then.

    Parameters
    ----------
    settings : Settings
        Settings of the run, with the folder of all weeks.
    made : Standing
        The week, as it was made.
    written : sequence of tuple of Path
        Folder that was written, and the one whose place it takes.

    Returns
    -------
    dict or None
        To be written as JSON. None where a release stays as it was told instead of being made: it is judged
        anew each time; and where there is a register, with which no week stands.
    """
    if settings.dossiers.wanted:
        return None  # a run that was killed after it wrote proposals would note another register
    targets = targets_of(settings, made.week)
    beside = {target: folder for folder, target in written}
    if set(beside) != set(targets.values()):
        return None
    return {
        "made_by": _made_by(settings),
        "folders": {name: folder_digest(beside[target]) for name, target in targets.items()},
        "told": _told_elsewhere(settings, targets.values()),
        "maps": _maps_before(targets.values()),
        "found": [asdict(one) for one in made.found],
        "deliveries": [asdict(replace(one, brought={})) for one in made.deliveries],
        "failures": [asdict(one) for one in made.failures],
    }


def targets_of(settings: Settings, week: Week) -> dict[str, Path]:
    """Folder of each release -> the folder of the week that it shows in a run."""
    shown, folders = weeks_shown(settings, week), settings.release_folders
    return {name: folders[name] / str(shown[name]) for name in folders}


def folder_digest(folder: Path) -> str:
    """Checksum of the names, bytes and rights of all files of a folder; empty where there is none.

    Parameters
    ----------
    folder : pathlib.Path
        A folder.

    Returns
    -------
    str
        64 hexadecimal digits. What a system leaves in a folder that is looked at does not count.
    """
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256(_rights(folder))
    for path in sorted(folder.rglob("*")):
        if path.name not in OF_THE_SYSTEM and not path.name.startswith("."):
            digest.update(f"{path.relative_to(folder).as_posix()}\0{_checksum(path)}\0".encode())
            digest.update(_rights(path))
    return digest.hexdigest()


def _as_noted(
    noted: dict[str, Any], beside: dict[str, list[str]], targets: dict[str, Path], settings: Settings
) -> bool:
    """Whether settings, folders, neighbours and records are as they were."""
    there = {name: set(published_weeks(folder)) for name, folder in settings.release_folders.items()}
    return (
        noted["made_by"] == _made_by(settings)
        and there.keys() == beside.keys()
        and all(there[name].issuperset(weeks) for name, weeks in beside.items())
        and noted["told"] == _told_elsewhere(settings, targets.values())
        and noted.get("maps") == _maps_before(targets.values())
        and noted["folders"] == {name: folder_digest(folder) for name, folder in targets.items()}
    )


def _maps_before(targets: Iterable[Path]) -> list[str]:
    """Checksums of what the maps of earlier weeks showed: the map of a week goes back to them."""
    return [
        _checksum(folder / week / MAP)
        for target in targets
        for folder in (target.parent,)
        for week in published_weeks(folder)
        if week < target.name and (folder / week / MAP).is_file()
    ]


def _told_elsewhere(settings: Settings, targets: Iterable[Path]) -> list[str]:
    """Checksums of what was told in other folders, wherever they stand by now."""
    own = set(targets)
    return sorted(_checksum(path) for path in records_under(settings.out) if path.parent not in own)


def _made_by(settings: Settings) -> str:
    """Checksum of the settings, of all files that they name, of the package and of its libraries.

    Paths count from the folder of the settings: moved as a whole, they are the same.
    """
    told = settings.model_dump(mode="json", exclude=_AROUND)
    named = {_placed(str(path), settings.folder): _checksum(path) for path in _files(told, settings)}
    told = _relative(told, settings.folder)
    facts = [told, named, _libraries(), platform.python_version(), _package()]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def _files(told: Any, settings: Settings) -> list[Path]:
    """Files that the settings name, each with what has the same name beside it: a layer may be several.

    Suppliers' files are not among them: the history knows these by what stands in them.
    """
    named = {Path(text) for text in _texts(told) if Path(text).is_absolute()}
    named |= set(settings.official.values())
    for file in settings.official.values():
        named |= set(file.parent.iterdir())
    found = {one for path in named for one in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    return sorted(path for path in found if path.is_file())


def _texts(told: Any) -> Iterator[str]:
    """All texts in settings; of suppliers, their profile."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for key, part in told.items():
            yield from (one["profile"] for one in part) if key == "sources" else _texts(part)
    elif isinstance(told, list):
        for part in told:
            yield from _texts(part)


def _relative(told: Any, folder: Path) -> Any:
    """The same with paths below a folder from there."""
    if isinstance(told, dict):
        return {key: _relative(part, folder) for key, part in told.items()}
    if isinstance(told, list):
        return [_relative(part, folder) for part in told]
    return _placed(told, folder) if isinstance(told, str) else told


def _placed(text: str, folder: Path) -> str:
    path = Path(text)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else text


@cache
def _libraries() -> list[tuple[str, str]]:
    """Names and versions of all that is installed.

    Looked up once a process: what it has loaded it keeps, and to read all of them takes a tenth of the week
    of a small city.
    """
    told = (one.metadata for one in distributions())
    return sorted({(one["Name"], one["Version"]) for one in told})


def _package() -> str:
    """Checksum of this package as it is installed: its version says nothing of a line that was changed."""
    root = Path(__file__).parents[3]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        # of what was compiled nothing counts: numba leaves its loops there as they are first used
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(root).as_posix()}\0{_checksum(path)}\0".encode())
    return digest.hexdigest()


def _checksum(path: Path) -> str:
    """Of a file; nothing of a folder, or of what cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _rights(path: Path) -> bytes:
    """Who may read it: a folder that others may read by now is not as it was published."""
    return f"{path.stat().st_mode & 0o777:o}".encode()
