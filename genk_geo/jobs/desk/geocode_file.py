"""Geocoding of a whole file, and the review of what was not found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.doors import check_apart
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.geocoding import geocode, read_aliases, write_aliases
from genk_geo.ingestion import read_table
from genk_geo.spreadsheet import harmless_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from genk_geo.geocoding.notes import Lang
    from genk_geo.reference import City

    Progress = Callable[[str, int, int], None]

#: Rows that are located at once; the answers do not depend on it.
AT_ONCE = 20_000
REVIEW_COLUMNS = ("address", "rows", "level", "note", "alternatives", "correction")


@dataclass(frozen=True)
class GeocodedFile:
    """What became of a file.

    Attributes
    ----------
    rows : int
        Rows of the file.
    levels : dict
        Level -> rows, worst first, only those that occur.
    to_review : int
        Different strings in the review.
    """

    rows: int
    levels: dict[str, int] = field(default_factory=dict)
    to_review: int = 0


@dataclass(frozen=True)
class Columns:
    """Names of the columns that say where it was, and the language of the notes on the answers."""

    address: str = "adres"
    house_number: str | None = None
    postcode: str | None = None
    area: str | None = None
    lang: Lang = "nl"


def geocode_file(
    source: Path | str,
    out: Path | str,
    city: City,
    *,
    columns: Columns | None = None,
    review: Path | str | None = None,
    aliases: Path | str | None = None,
    fallback: Callable[[pd.DataFrame, str], pd.DataFrame] | None = None,
    progress: Progress | None = None,
) -> GeocodedFile:
    """Locate every row of a file and write it with its place.

    Parameters
    ----------
    source, out : path-like
        CSV, Excel or Parquet, by their extension.
    city : City
        Where the addresses are.
    columns : Columns, optional
        Which columns to read.
    review : path-like, optional
        Where to write what was not found, see :func:`build_review`.
    aliases : path-like, optional
        Corrections of before, see :func:`genk_geo.geocoding.read_aliases`.
    fallback : callable, optional
        Asked for the rows that are not found (table, address column), for example an online service.
    progress : callable, optional
        Called with the stage, the rows done and the rows in all.

    Returns
    -------
    GeocodedFile
        Counts.

    Raises
    ------
    ConfigError, SchemaError, SupplierFileError
        If a file cannot be read, its kind is not known, or a column does not exist.
    """
    asked = columns or Columns()
    for path in (out, review):
        if path is not None:
            _kind(Path(path))
    check_apart([source, aliases], [out, review])
    frame = _read(Path(source), (asked.address, asked.house_number, asked.postcode, asked.area))
    known = read_aliases(aliases) if aliases is not None else {}
    parts = []
    for start in range(0, max(len(frame), 1), AT_ONCE):
        parts.append(_located(frame.iloc[start : start + AT_ONCE], city, asked, known))
        if progress is not None:
            progress("geocode", min(start + AT_ONCE, len(frame)), len(frame))
    located = pd.concat(parts)
    if fallback is not None:
        located = fallback(located, asked.address)
    _write(located, Path(out))
    found = build_review(located, asked)
    if review is not None:
        _write(found, Path(review))
    counts = located["geocode_level"].value_counts(sort=False)
    levels = {str(level): int(count) for level, count in counts.items() if count}
    return GeocodedFile(len(located), levels, len(found))


def _located(frame: pd.DataFrame, city: City, columns: Columns, aliases: Mapping[str, str]) -> pd.DataFrame:
    return geocode(
        frame,
        city,
        column=columns.address,
        house_number=columns.house_number,
        postcode=columns.postcode,
        area=columns.area,
        aliases=aliases,
        lang=columns.lang,
    )


def build_review(located: pd.DataFrame, columns: Columns | None = None) -> pd.DataFrame:
    """The different strings without a street, those that settle most rows first.

    Parameters
    ----------
    located : pandas.DataFrame
        From :func:`genk_geo.geocoding.geocode`.
    columns : Columns, optional
        Which columns were read.

    Returns
    -------
    pandas.DataFrame
        ``address``, ``rows``, ``level``, ``note``, ``alternatives``, and an empty ``correction`` to fill in
        with the right address.
    """
    asked = columns or Columns()
    lost = located[(located["geocode_level"] < "street").to_numpy()]
    address = lost[asked.address].astype("str").fillna("")
    if asked.house_number is not None:
        address = (address + " " + lost[asked.house_number].astype("str").fillna("")).str.strip()
    alternatives = lost["geocode_alternatives"].astype("str").fillna("")
    notes = zip(lost["geocode_note"].astype("str"), alternatives, strict=True)
    table = pd.DataFrame(
        {
            "address": address,
            "level": lost["geocode_level"].astype("str"),
            "note": [_without_alternatives(note, named) for note, named in notes],
            "alternatives": alternatives,
        }
    )
    table = table[table["address"] != ""]
    grouped = table.groupby("address", sort=False)
    different = grouped.first().assign(rows=grouped.size()).reset_index()
    different = different.sort_values(["rows", "address"], ascending=[False, True], ignore_index=True)
    return different.assign(correction="")[list(REVIEW_COLUMNS)]


def _without_alternatives(note: str, alternatives: str) -> str:
    """A note without the streets between brackets, which have a column of their own."""
    return re.sub(rf"\s*\([^()]*{re.escape(alternatives)}\)", "", note) if alternatives else note


def remember(review: Path | str, aliases: Path | str) -> int:
    """Take the corrections of an edited review file over into an alias file.

    Parameters
    ----------
    review : path-like
        Review file of which the column ``correction`` was filled in.
    aliases : path-like
        Alias file; made when it does not exist, else added to. A new correction replaces an old one.

    Returns
    -------
    int
        Corrections taken over.

    Raises
    ------
    SchemaError
        If the review file has no such columns.
    """
    table = _read(Path(review), REVIEW_COLUMNS)
    missing = [name for name in ("address", "correction") if name not in table.columns]
    if missing:
        raise SchemaError(
            "{review} is no review file: column {missing} is missing.",
            review=Path(review).name,
            missing=", ".join(missing),
        )
    told = table[["address", "correction"]].astype("str").fillna("")
    told = told.apply(lambda column: column.str.removeprefix("'").str.strip())
    told = told[(told["correction"] != "") & (told["address"] != "")]
    known = read_aliases(aliases) if Path(aliases).exists() else {}
    from genk_geo.geocoding.alias import alias_key

    new = {alias_key(address): meant for address, meant in told.itertuples(index=False)}
    if new:
        write_aliases(aliases, known | new)
    return len(new)


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in {".csv", ".xlsx", ".parquet"}:
        raise ConfigError("{path}: write to .csv, .xlsx or .parquet.", path=path.name)
    if not path.resolve().parent.is_dir():
        raise ConfigError("The folder of {path} does not exist. Make it first.", path=path)
    return kind


def _read(path: Path, expected: Iterable[str | None]) -> pd.DataFrame:
    if path.suffix.lower() != ".parquet":
        return read_table(path, expected=[name for name in expected if name])
    try:
        return pd.read_parquet(path)
    except FileNotFoundError as error:
        raise ConfigError("{path} does not exist. Check the name and the folder.", path=path) from error
    except (OSError, ValueError) as error:
        raise ConfigError(
            "{path} cannot be read as Parquet ({reason}).", path=path.name, reason=error
        ) from error


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a table; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    kind = _kind(path)
    if kind == ".parquet":
        table.to_parquet(path, index=False)
        return
    safe = harmless_table(table)
    if kind == ".csv":
        safe.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        safe.to_excel(path, index=False, engine="openpyxl")
