"""Layers that a library unpacks or computes by itself: looked through before it lays them out in memory."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

from genk_geo.doors.limits import limits, setting
from genk_geo.doors.paths import shown
from genk_geo.doors.whole import too_large
from genk_geo.errors import Message

if TYPE_CHECKING:
    from pathlib import Path

    from genk_geo.errors import GenkGeoError

#: Rows of a GeoParquet that are unpacked at once to be weighed, and thrown away.
_WEIGHED = 1024
#: A column that is computed when it is read.
_COMPUTED = re.compile(r"\bas\s*\(", re.IGNORECASE)


def check_size(rows: int, columns: int, name: str, what: str, error: type[GenkGeoError]) -> None:
    """Refuse a layer with more features or columns than allowed."""
    for count, kind in ((rows, "rows"), (columns, "columns")):
        if count > (most := getattr(limits(), kind)):
            raise error(
                "{what}: {name} holds {count} {kind}, more than {most} ({setting}). Is it the right file?",
                what=what,
                name=shown(name),
                count=count,
                kind=Message("rows") if kind == "rows" else Message("columns"),
                most=most,
                setting=setting(kind),
            )


def check_parquet(file: Path, what: str, error: type[GenkGeoError]) -> None:
    """Refuse a GeoParquet that says or unpacks to more than allowed: a column of one value packs well.

    Parameters
    ----------
    file : pathlib.Path
        The file.
    what : str
        How messages name it.
    error : type
        What is raised.

    Raises
    ------
    GenkGeoError
        Of the type asked for. What pyarrow says of a damaged file goes through as it is.
    """
    import pyarrow.parquet as pq

    allowed = limits().unpacked_bytes(file.stat().st_size)
    with pq.ParquetFile(file) as source:
        about = source.metadata
        check_size(about.num_rows, about.num_columns, file.name, what, error)
        said = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
        found = 0
        for batch in source.iter_batches(_WEIGHED) if said <= allowed else ():
            found += batch.nbytes
            if found > allowed:
                break
    if max(said, found) > allowed:
        raise error(too_large(what, file.name, packed=True))


def check_geopackage(source: Path | bytes, name: str, what: str, error: type[GenkGeoError]) -> None:
    """Refuse a GeoPackage of which a part is computed when it is read: it may have no end.

    Parameters
    ----------
    source : pathlib.Path or bytes
        The file, or its content.
    name, what : str
        How messages name it.
    error : type
        What is raised.

    Raises
    ------
    GenkGeoError
        Of the type asked for.
    """
    path = ":memory:" if isinstance(source, bytes) else f"{source.as_uri()}?mode=ro&immutable=1"
    try:
        base = sqlite3.connect(path, uri=True)
        try:
            if isinstance(source, bytes):
                base.deserialize(source)
            parts = base.execute("select type, sql from sqlite_master where sql is not null").fetchall()
        finally:
            base.close()
    except sqlite3.Error as fault:
        raise error(
            "{what}: {name} is damaged ({reason}). Ask for it again.",
            what=what,
            name=shown(name),
            reason=shown(str(fault)),
        ) from fault
    if any(kind == "view" or (kind == "table" and _COMPUTED.search(str(sql))) for kind, sql in parts):
        raise error(
            "{what}: {name} holds a view or a computed column. Save what it shows as a plain layer.",
            what=what,
            name=shown(name),
        )
