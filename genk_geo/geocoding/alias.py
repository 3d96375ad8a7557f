"""Corrections that a person gave once and that hold from then on: written string -> what is meant."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError, all_of, some_rows
from genk_geo.geocoding.normalise import tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLUMNS = ("written", "meant")


def alias_key(text: str) -> str:
    """Key of a whole string: case, accents and signs make no difference, words and numbers stay apart."""
    return " ".join(tokens_of(text))


def read_aliases(path: Path | str) -> dict[str, str]:
    """Read an alias file.

    Parameters
    ----------
    path : path-like
        TOML with a table ``[aliases]``, or CSV with the columns ``written`` and ``meant``.

    Returns
    -------
    dict
        Key of the written string -> the address that is meant.

    Raises
    ------
    ConfigError
        If the file is missing, cannot be read, or gives two meanings to one string.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
        pairs = _of_toml(text) if file.suffix.lower() == ".toml" else _of_csv(text)
    except FileNotFoundError as error:
        raise ConfigError(
            "The alias file {file} does not exist. Give the path of an existing file.", file=file
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise ConfigError(
            "The alias file {file} cannot be read ({reason}). It needs a table [aliases] (TOML) or the "
            "columns {columns} (CSV).",
            file=file,
            reason=error,
            columns=all_of(_COLUMNS),
        ) from error
    found: dict[str, str] = {}
    twice = []
    for written, meant in pairs:
        key = alias_key(written)
        if not key or not meant.strip():
            continue
        if found.setdefault(key, meant.strip()) != meant.strip():
            twice.append(written)
    if twice:
        raise ConfigError(
            "The alias file {file} gives two meanings to {twice}. Keep one.",
            file=file,
            twice=some_rows(twice),
        )
    return found


def _of_toml(text: str) -> list[tuple[str, str]]:
    return [(written, str(meant)) for written, meant in tomllib.loads(text)["aliases"].items()]


def _of_csv(text: str) -> list[tuple[str, str]]:
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise KeyError(*missing)
    return [(row["written"] or "", row["meant"] or "") for row in rows]


def write_aliases(path: Path | str, aliases: Mapping[str, str]) -> None:
    """Write an alias file, sorted, in the form that its name asks for.

    Parameters
    ----------
    path : path-like
        ``.toml``, else CSV. Written beside it first, so that a fault leaves the old file.
    aliases : mapping
        Written string (or its key) -> what is meant.
    """
    file = Path(path)
    beside = file.with_name(f".{file.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as stream:
        if file.suffix.lower() == ".toml":
            lines = [f"{_quoted(written)} = {_quoted(meant)}\n" for written, meant in sorted(aliases.items())]
            stream.write("[aliases]\n" + "".join(lines))
        else:
            writer = csv.writer(stream)
            writer.writerow(_COLUMNS)
            writer.writerows(sorted(aliases.items()))
    beside.replace(file)


def _quoted(text: str) -> str:
    """A TOML string; control characters cannot stand in an address."""
    bare = "".join(letter for letter in text if letter.isprintable())
    return '"' + bare.replace("\\", "\\\\").replace('"', '\\"') + '"'
