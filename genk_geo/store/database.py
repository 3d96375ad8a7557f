"""Opening, guarding and changing the DuckDB file."""

from __future__ import annotations

import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError, GenkGeoError
from genk_geo.private import private_files
from genk_geo.store.keeping.faults import check_kind
from genk_geo.store.keeping.guarded import guarded
from genk_geo.store.keeping.working import Working, beside, open_file
from genk_geo.store.migration import SCHEMA_VERSION, check_version, migrate
from genk_geo.store.tables import META, TABLES, VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

#: Key in `meta` of the random bytes behind published names.
NAMES = "names"
_BYTES = 32


class Database:
    """An open history: a copy to write in, or the file itself to read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    crs : int
        EPSG code of its points.
    timezone : str
        Clock of its city.
    read_only : bool
        Whether it is only read: then no other run is in the way, and none is kept waiting.

    Raises
    ------
    ConfigError
        If the file is in use (:class:`genk_geo.errors.BusyError`), damaged, no history, of another version,
        or of another city.
    """

    def __init__(self, path: Path, *, crs: int, timezone: str, read_only: bool = False) -> None:
        if path.is_dir():
            raise ConfigError(
                "{path} is a folder. Give the name of a file, such as {file}.",
                path=path,
                file=path / "history.duckdb",
            )
        self.path = path
        self._wanted = {"crs": str(crs), "timezone": timezone}
        self._working: Working | None = None
        if read_only:
            check_kind(path)
            self.connection = guarded(open_file(path, read_only=True), path)
            self._prepared(is_new=False)
            return
        self._working = Working(path)
        self.connection = guarded(self._working.connection, path)
        self._prepared(is_new=self._working.is_new)

    def _prepared(self, *, is_new: bool) -> None:
        try:
            _prepare(
                self.connection, self.path, self._wanted, is_new=is_new, change=self._working is not None
            )
        except BaseException:
            self.abandon()
            raise

    def close(self) -> None:
        """Put what was written in place, and let the file go."""
        if self._working is None:
            self.connection.close()
        else:
            self._working.close()

    def save(self) -> None:
        """Put what was written in place, and go on."""
        assert self._working is not None
        self._working.save()

    def abandon(self) -> None:
        """Let the file go as it was."""
        if self._working is None:
            self.connection.close()
        else:
            self._working.abandon()

    def rewrite(self) -> None:
        """Write everything into a fresh file: nothing of what was deleted stays in it."""
        assert self._working is not None
        fresh = beside(self.path, "fresh")
        fresh.unlink(missing_ok=True)
        with private_files():
            self.connection.execute(f"attach '{_quoted(fresh)}' as fresh")
            name = self.connection.execute("select current_database()").fetchall()[0][0]
            self.connection.execute(f'copy from database "{name}" to fresh')
            self.connection.execute("detach fresh")
        self._working.replace_with(fresh)
        self.connection = guarded(self._working.connection, self.path)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All changes or none."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        with suppress(GenkGeoError):  # a database that found itself damaged, or a full disk
            connection.execute("rollback")
        raise
    with private_files():
        connection.execute("commit")


def _prepare(
    connection: duckdb.DuckDBPyConnection, path: Path, wanted: dict[str, str], *, is_new: bool, change: bool
) -> None:
    tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    if is_new:
        with transaction(connection):
            connection.execute(META)
            connection.execute(TABLES)
            connection.execute(VIEWS)
            known = {"schema_version": str(SCHEMA_VERSION)} | wanted
            connection.executemany("insert into meta values (?, ?)", list(known.items()))
            _make_secret(connection)
        return
    if not tables:
        raise ConfigError(
            "{path} holds nothing: what was last written was lost (its .wal file is missing or damaged). "
            "Restore the newest good backup with `genk-geo restore`, or remove the file to begin anew.",
            path=path,
        )
    if "meta" not in tables:
        raise ConfigError(
            "{path} is a DuckDB file but not a history of genk_geo. Name another file.", path=path
        )
    found = dict(connection.execute("select key, value from meta").fetchall())
    for key, value in wanted.items():
        if found.get(key) != value:
            raise ConfigError(
                "{path} was made with {key} {found}, not {value}. Name the file of this city, or a new file "
                "to read the supplier files into again.",
                path=path,
                key=key,
                found=found.get(key),
                value=value,
            )
    if not change:
        check_version(path, found.get("schema_version", ""))
        return
    with transaction(connection):
        migrate(connection, path, found.get("schema_version", ""))
        if NAMES not in found:
            _make_secret(connection)


def _make_secret(connection: duckdb.DuckDBPyConnection) -> None:
    """Made once, by chance, and never shown: what is derived from it cannot be derived without this file."""
    connection.execute("insert into meta values (?, ?)", [NAMES, secrets.token_hex(_BYTES)])
