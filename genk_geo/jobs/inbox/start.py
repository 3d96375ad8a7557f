"""The first settings: a folder, a profile for each file in it, and a settings file that explains itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from genk_geo.doors import shown
from genk_geo.errors import ConfigError, GenkGeoError, Message
from genk_geo.ingestion import ingest, propose_profile
from genk_geo.ingestion.profiles.profile import load_profile, shipped_profiles
from genk_geo.jobs.inbox.receive import new_files
from genk_geo.jobs.inbox.recognise import recognise
from genk_geo.private import private_files
from genk_geo.render.words.operator.start import settings_text
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.config import CitySettings
    from genk_geo.reference import City

READERS = ("analist", "wijkmanager", "publiek")
SETTINGS, INBOX, PROFILES = "genk-geo.toml", "inbox", "profielen"
#: A shipped profile that reads a smaller share of a file is replaced by one of its own.
_READS = 0.5


@dataclass(frozen=True)
class FirstFile:
    """A file that was found, and the profile for it.

    Attributes
    ----------
    file : str
        Its name.
    profile : str
        As the settings name it; empty where the file cannot be read.
    share : float
        Share of its rows that the profile reads.
    own : bool
        Whether the profile was made for it, and is to be looked through.
    reason : str
        Why it cannot be read.
    """

    file: str
    profile: str = ""
    share: float = 0.0
    own: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Start:
    """What was made."""

    settings: Path
    files: tuple[FirstFile, ...] = field(default=())


def start(
    folder: Path,
    city: City,
    *,
    files: Sequence[Path] = (),
    readers: Sequence[str] = ("analist", "wijkmanager"),
    lang: str = "nl",
    own: CitySettings | None = None,
) -> Start:
    """Make a folder to work in: settings, an inbox with the files in it, a profile for each kind of file.

    Parameters
    ----------
    folder : pathlib.Path
        Where; made where it is not there. Files that lie in it (or in its inbox) are looked at too.
    city : City
        Where the incidents are.
    files : sequence of pathlib.Path
        Files of suppliers elsewhere: they are copied into the inbox.
    readers : sequence of str
        Releases to make.
    lang : str
        Language of the comments and pages.
    own : CitySettings, optional
        Where the settings of another city than Genk came from: they go into the first settings too.

    Returns
    -------
    Start

    Raises
    ------
    ConfigError
        If settings stand there already, or a file is not there.
    """
    target = folder / SETTINGS
    if target.exists():
        raise ConfigError("{target} exists already. Change it, or choose another folder.", target=target)
    unknown = sorted(set(readers) - set(READERS))
    if unknown or not readers:
        raise ConfigError(
            "{unknown}: no reader. Choose of {readers}.",
            unknown=", ".join(unknown) or Message("nobody"),
            readers=", ".join(READERS),
        )
    missing = [shown(file) for file in files if not file.is_file()]
    if missing:
        raise ConfigError("{missing}: no file. Give the path of existing files.", missing=", ".join(missing))
    with private_files():
        for place in (folder, folder / INBOX, folder / PROFILES):
            place.mkdir(parents=True, exist_ok=True)
        found = [*files, *(file for file in new_files(folder) if file.suffix.lower() != ".toml")]
        for file in found:
            _take_in(file, folder / INBOX, keep=file in files)
        known: dict[str, str] = {}
        told = [_first(file, folder, city, known) for file in new_files(folder / INBOX)]
        sources = list(dict.fromkeys(one.profile for one in told if one.profile))
        text = settings_text(sources, readers, Texts(lang), quote=_literal, city=_told(own))
        target.write_text(text, encoding="utf-8", newline="\n")
    return Start(target, tuple(told))


def _take_in(file: Path, inbox: Path, *, keep: bool) -> None:
    """Put a file into the inbox; one from elsewhere stays there too."""
    target = inbox / file.name
    if target.exists():
        raise ConfigError(
            "{file} lies in the inbox already. Take one of the two away.", file=shown(file.name)
        )
    content = file.read_bytes()
    target.write_bytes(content)
    if not keep:
        file.unlink()


def _first(file: Path, folder: Path, city: City, known: dict[str, str]) -> FirstFile:
    """Profile of a file: made for another of its kind, shipped, or a proposal of its own."""
    name = shown(file.name)
    profiles = {own: load_profile(folder / own) for own in known}
    profiles |= {shipped: load_profile(shipped) for shipped in shipped_profiles()}
    try:
        fits = recognise(file, profiles, lambda: city).fits
        for profile, _ in fits[:1]:
            share = _share(file, folder / profile if profile in known else Path(profile), city)
            if share >= _READS:
                return FirstFile(name, profile, share)
        text = propose_profile(file, city=city)
    except GenkGeoError as fault:
        return FirstFile(name, reason=fault.message)
    stem = re.sub(r"[\W\d_]+", "-", file.name.split(".")[0].lower()).strip("-") or "bestand"
    while f"{PROFILES}/{stem}.toml" in known:
        stem += "-2"
    own = f"{PROFILES}/{stem}.toml"
    (folder / own).write_text(text, encoding="utf-8", newline="\n")
    known[own] = name
    return FirstFile(name, own, _share(file, folder / own, city), own=True)


def _share(file: Path, profile: Path, city: City) -> float:
    """Share of the rows that a profile reads; none where it cannot be used yet."""
    try:
        report = ingest(file, profile=profile, city=city).report
    except GenkGeoError:
        return 0.0
    return (report.incidents + report.duplicates) / max(report.rows_in - report.left_out, 1)


def _told(own: CitySettings | None) -> dict[str, object]:
    """What is not as usual in the settings of a city, with paths that hold from any folder."""
    return {} if own is None else own.model_dump(mode="json", exclude_defaults=True)


def _literal(value: object) -> str:
    """A value as TOML writes it; a table in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)} = {_literal(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_literal(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
