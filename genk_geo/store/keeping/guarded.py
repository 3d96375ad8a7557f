"""A connection whose faults are told in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import duckdb

from genk_geo.errors import ConfigError
from genk_geo.store.keeping.faults import told_plainly

if TYPE_CHECKING:
    from pathlib import Path


class _Guarded:
    """What the history uses of a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def _do(self, name: str, *arguments: Any) -> Any:
        with told_plainly(self._path):
            try:
                found = getattr(self._connection, name)(*arguments)
            except duckdb.ProgrammingError as error:
                if "read-only mode" in str(error):
                    raise ConfigError(
                        "{path} was opened to read only. Open it without read_only to add to it.",
                        path=self._path,
                    ) from error
                # a bug of ours is no fault of the file
                raise AssertionError(str(error)) from error
        return self if found is self._connection else found

    def execute(self, query: str, values: Any = None) -> Any:
        return self._do("execute", query, *(() if values is None else (values,)))

    def executemany(self, query: str, values: Any) -> Any:
        return self._do("executemany", query, values)

    def fetchone(self) -> Any:
        return self._do("fetchone")

    def fetchall(self) -> Any:
        return self._do("fetchall")

    def df(self) -> Any:
        return self._do("df")

    def register(self, name: str, table: Any) -> Any:
        return self._do("register", name, table)

    def unregister(self, name: str) -> Any:
        return self._do("unregister", name)

    def cursor(self) -> Any:
        """A connection of its own to the same file; faults of that one are told as they come."""
        return self._do("cursor")

    def close(self) -> None:
        self._do("close")


def guarded(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyConnection:
    """The same connection, whose faults are told in our words.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Open connection.
    path : pathlib.Path
        The history, as the user knows it.

    Returns
    -------
    duckdb.DuckDBPyConnection
    """
    return cast("duckdb.DuckDBPyConnection", _Guarded(connection, path))
