"""Opening, guarding and changing the DuckDB file."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from genk_geo.errors import BusyError, ConfigError
from genk_geo.private import private_files
from genk_geo.store.migration import SCHEMA_VERSION, migrate
from genk_geo.store.tables import META, TABLES, VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Key in `meta` of the random bytes behind published names.
NAMES = "names"
_BYTES = 32


def open_database(path: Path, *, crs: int, timezone: str) -> duckdb.DuckDBPyConnection:
    """Open a history, or make a new one.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    crs : int
        EPSG code of its points.
    timezone : str
        Clock of its city.

    Returns
    -------
    duckdb.DuckDBPyConnection
        Open connection.

    Raises
    ------
    ConfigError
        If the file is in use (:class:`genk_geo.errors.BusyError`), damaged, no history, of another version,
        or of another city.
    """
    if path.is_dir():
        raise ConfigError(f"{path} is a folder. Give the name of a file, such as {path / 'history.duckdb'}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with private_files():
            connection = duckdb.connect(str(path))
    except (duckdb.Error, OSError) as error:
        raise _fault(path, str(error)) from error
    try:
        _prepare(connection, path, {"crs": str(crs), "timezone": timezone})
    except duckdb.Error as error:
        connection.close()
        raise _fault(path, str(error)) from error
    except ConfigError:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All changes or none."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    with private_files():
        connection.execute("commit")


def _prepare(connection: duckdb.DuckDBPyConnection, path: Path, wanted: dict[str, str]) -> None:
    tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    if not tables:
        with transaction(connection):
            connection.execute(META)
            connection.execute(TABLES)
            connection.execute(VIEWS)
            known = {"schema_version": str(SCHEMA_VERSION)} | wanted
            connection.executemany("insert into meta values (?, ?)", list(known.items()))
            _make_secret(connection)
        return
    if "meta" not in tables:
        raise ConfigError(f"{path} is a DuckDB file but not a history of genk_geo. Name another file.")
    found = dict(connection.execute("select key, value from meta").fetchall())
    for key, value in wanted.items():
        if found.get(key) != value:
            raise ConfigError(
                f"{path} was made with {key} {found.get(key)}, not {value}. Name the file of this city, or a"
                " new file to read the supplier files into again."
            )
    with transaction(connection):
        migrate(connection, path, found.get("schema_version", ""))
        if NAMES not in found:
            _make_secret(connection)


def _make_secret(connection: duckdb.DuckDBPyConnection) -> None:
    """Made once, by chance, and never shown: what is derived from it cannot be derived without this file."""
    connection.execute("insert into meta values (?, ?)", [NAMES, secrets.token_hex(_BYTES)])


def _fault(path: Path, message: str) -> ConfigError:
    if "lock" in message.lower() or "being used by another process" in message.lower():
        return BusyError(f"{path} is in use by another run. Wait until that has ended, or end it.")
    return ConfigError(_why_not(path, message))


def _why_not(path: Path, message: str) -> str:
    if "not a valid DuckDB" in message or "corrupt" in message.lower() or "checksum" in message.lower():
        return f"{path} is damaged or no history of genk_geo. Restore it from a backup, or name a new file."
    return f"{path} cannot be opened: {message.splitlines()[0]}"
