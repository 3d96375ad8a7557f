"""Incidents as a table of a PostGIS database, replaced in one transaction while others read."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from genk_geo.crs import epsg_of
from genk_geo.errors import ConfigError, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import psycopg
    from psycopg.sql import Composable

    from genk_geo.jobs.desk.systems.destination import Database

SCHEMA, TABLE = "genk_geo", "incidents"
#: Begins the comment of a table that is ours: another one is never replaced.
_OURS = "genk_geo export"
_KEY, _POINT = "incident_id", "geometry"
_TEXT, _NUMBER, _MOMENT = "text", "double precision", "timestamp with time zone"
_TYPES = (
    dict.fromkeys(("incident_id", "source", "theme", "category", "severity", "geocode_level"), _TEXT)
    | dict.fromkeys(("sector", "wijk", "stadsdeel"), _TEXT)
    | dict.fromkeys(("from", "to", "reported"), _MOMENT)
    | dict.fromkeys(("weight", "geocode_score", "geocode_uncertainty_m"), _NUMBER)
    | {"weak_road_user": "boolean", "hour": "bigint"}
)
_BLOCK = 50_000
_LONGEST_NAME = 63  # bytes; PostgreSQL cuts longer names off, which could make two of them one
_WAIT_S = 15


@dataclass(frozen=True)
class Replaced:
    """What an export did to its table.

    Attributes
    ----------
    before : int
        Rows that the table held.
    rows : int
        Rows that it holds now.
    table : str
        Its name in the database.
    """

    before: int
    rows: int
    table: str = f"{SCHEMA}.{TABLE}"


def write_postgis(incidents: gpd.GeoDataFrame, database: Database, *, about: str = "") -> Replaced:
    """Make the table ``genk_geo.incidents`` hold these incidents and no others.

    Whoever reads meanwhile sees the old rows until all new ones are there. Rights that were given on the
    table stay; one that everybody may read is refused. To another machine the connection is encrypted unless
    the address says otherwise itself (``?sslmode=...``).

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Contract ``incidents``, in a system with an EPSG code.
    database : Database
        Its PostGIS extension must be there, and the user must be allowed to make a schema or own this one.
    about : str
        Which incidents these are, for the comment of the table.

    Returns
    -------
    Replaced
        Rows before and now, as counted in the database.

    Raises
    ------
    ConfigError
        If the database cannot be reached or does not take the table; then nothing in it has changed. No
        message holds a password.
    """
    columns = _columns_of(incidents)
    with _connected(database) as connection, connection.transaction():
        srid = epsg_of(incidents, Message("The export"))
        _check_postgis(connection, database, srid)
        types = {name: kind for name, (_, kind) in columns.items()} | {_POINT: f"geometry(Point,{srid})"}
        before = _prepare(connection, database, types)
        _copy(connection, incidents, columns, types, srid)
        rows = _replace(connection, list(types))
        if rows != len(incidents):
            raise ConfigError(
                "{database} holds {rows} rows instead of {count}; nothing was changed.",
                database=database,
                rows=rows,
                count=len(incidents),
            )
        _comment(connection, f"{_OURS}: {rows} incidents, for analysts only. {about}".rstrip())
    return Replaced(before, rows)


@contextmanager
def _connected(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection whose faults are told in one line, without the address."""
    try:
        import psycopg
    except ImportError as error:
        raise ConfigError(
            "Writing to PostGIS needs psycopg. Install it with `pip install genk_geo[postgis]`."
        ) from error
    defaults: dict[str, Any] = {"connect_timeout": _WAIT_S, "application_name": "genk-geo"}
    if not database.is_near:
        defaults["sslmode"] = "require"
    wanted = {name: value for name, value in defaults.items() if name not in database.options}
    try:
        with psycopg.connect(database.address, **wanted) as connection:
            yield connection
    except psycopg.Error as error:
        # without its cause, which may quote the address
        raise ConfigError(
            "{database} did not take the export: {reason}", database=database, reason=_told(error, database)
        ) from None


def _told(error: psycopg.Error, database: Database) -> str:
    """First line of a fault. What was wrong with the address itself is not quoted."""
    import psycopg

    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
        return Message("the address cannot be read. Write it as postgresql://user@host:5432/database.")
    lines = str(error).splitlines() or [type(error).__name__]
    return Message("{reason}. Nothing in it was changed.", reason=database.hide(lines[0]))


def _check_postgis(connection: psycopg.Connection[Any], database: Database, srid: int) -> None:
    """See that PostGIS is there and knows the coordinate system, and let its names be found."""
    row = connection.execute(
        "select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace "
        "where e.extname = 'postgis'"
    ).fetchone()
    if row is None:
        raise ConfigError(
            "{database} has no PostGIS. Let its administrator run: create extension postgis",
            database=database,
        )
    from psycopg import sql

    known = sql.SQL("select 1 from {}.spatial_ref_sys where srid = %s").format(sql.Identifier(row[0]))
    if connection.execute(known, [srid]).fetchone() is None:
        raise ConfigError(
            "{database} does not know EPSG:{srid}. Add it to its spatial_ref_sys.",
            database=database,
            srid=srid,
        )
    # names of the city's tables must not decide which geometry is meant
    path = sql.SQL("set local search_path to {}, pg_catalog").format(sql.Identifier(row[0]))
    connection.execute(path)
    connection.execute("set local timezone to 'UTC'")


def _columns_of(incidents: gpd.GeoDataFrame) -> dict[str, tuple[str, str]]:
    """Name in the database -> name here and type, without the point."""
    names = [str(name) for name in incidents.columns if name != incidents.geometry.name]
    return {_fitting(name): (name, _type_of(name, incidents[name].dtype)) for name in names}


def _fitting(name: str) -> str:
    """A name of at most 63 bytes; a longer one keeps its beginning and gets a digest."""
    bare = name.replace("\x00", "")
    if len(bare.encode()) <= _LONGEST_NAME and bare == name and bare != _POINT:
        return bare
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    begin = bare.encode()[: _LONGEST_NAME - 9].decode(errors="ignore")
    return f"{begin}_{digest}"


def _type_of(name: str, dtype: Any) -> str:
    """Type of a column: that of the contract, however empty the table is; of another one, by its values."""
    if name in _TYPES or name.startswith("kept_"):
        return _TYPES.get(name, _TEXT)
    for of_kind, kind in (
        (pd.api.types.is_bool_dtype, "boolean"),
        (pd.api.types.is_integer_dtype, "bigint"),
        (pd.api.types.is_float_dtype, _NUMBER),
        (lambda one: isinstance(one, pd.DatetimeTZDtype), _MOMENT),
    ):
        if of_kind(dtype):
            return kind
    return _TEXT


def _prepare(connection: psycopg.Connection[Any], database: Database, types: dict[str, str]) -> int:
    """Make the table, or see that the one that is there is ours and fits; returns how many rows it holds."""
    from psycopg import sql

    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"{SCHEMA}.{TABLE}"])
    if not _one(connection, "select to_regnamespace(%s) is not null", [SCHEMA]):
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(SCHEMA)))
        connection.execute(sql.SQL("revoke all on schema {} from public").format(sql.Identifier(SCHEMA)))
    if not _one(connection, "select to_regclass(%s) is not null", [f"{SCHEMA}.{TABLE}"]):
        _make(connection, types)
        return 0
    _check_ours(connection, database)
    there = dict(_columns_there(connection))
    other = [name for name in types if name in there and there[name] != types[name]]
    if other or _POINT not in there:
        listed = ", ".join(other or [_POINT])
        raise ConfigError(
            "{database}: the table {schema}.{table} has another type of {listed}. Rename it or drop it.",
            database=database,
            schema=SCHEMA,
            table=TABLE,
            listed=listed,
        )
    for name in [name for name in types if name not in there]:
        add = sql.SQL("alter table {} add column {} {}")
        connection.execute(add.format(_table(), sql.Identifier(name), sql.SQL(types[name])))
    return int(_one(connection, sql.SQL("select count(*) from {}").format(_table())))


def _make(connection: psycopg.Connection[Any], types: dict[str, str]) -> None:
    from psycopg import sql

    parts = _definitions(types)
    parts.append(sql.SQL("primary key ({})").format(sql.Identifier(_KEY)))
    connection.execute(sql.SQL("create table {} ({})").format(_table(), sql.SQL(", ").join(parts)))
    connection.execute(sql.SQL("create index on {} using gist ({})").format(_table(), sql.Identifier(_POINT)))
    connection.execute(sql.SQL("revoke all on {} from public").format(_table()))


def _definitions(types: dict[str, str]) -> list[Composable]:
    from psycopg import sql

    return [sql.SQL("{} {}").format(sql.Identifier(n), sql.SQL(kind)) for n, kind in types.items()]


def _check_ours(connection: psycopg.Connection[Any], database: Database) -> None:
    named = [f"{SCHEMA}.{TABLE}"]
    comment = _one(connection, "select obj_description(to_regclass(%s), 'pg_class')", named)
    if not str(comment or "").startswith(_OURS):
        raise ConfigError(
            "{database}: the table {schema}.{table} was not made by an export. Rename it or drop it.",
            database=database,
            schema=SCHEMA,
            table=TABLE,
        )
    open_to_all = (
        "select exists (select 1 from pg_class c, aclexplode(c.relacl) a "
        "where c.oid = to_regclass(%(t)s) and a.grantee = 0) or exists (select 1 from pg_attribute c, "
        "aclexplode(c.attacl) a where c.attrelid = to_regclass(%(t)s) and a.grantee = 0)"
    )
    if _one(connection, open_to_all, {"t": named[0]}):
        raise ConfigError(
            "{database}: everybody (PUBLIC) has rights on {schema}.{table}, which is for analysts only. "
            "Take them away: revoke all on {schema}.{table} from public",
            database=database,
            schema=SCHEMA,
            table=TABLE,
        )


def _columns_there(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    return connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        [f"{SCHEMA}.{TABLE}"],
    ).fetchall()


def _copy(
    connection: psycopg.Connection[Any],
    incidents: gpd.GeoDataFrame,
    columns: dict[str, tuple[str, str]],
    types: dict[str, str],
    srid: int,
) -> None:
    """Send the rows, a block at a time, to a table that only this transaction has."""
    from psycopg import sql

    made = sql.SQL("create temp table incoming ({}) on commit drop")
    listed = sql.SQL(", ").join(map(sql.Identifier, types))
    connection.execute(made.format(sql.SQL(", ").join(_definitions(types))))
    into = sql.SQL("copy pg_temp.incoming ({}) from stdin").format(listed)
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for begin in range(0, len(incidents), _BLOCK):
            block = incidents.iloc[begin : begin + _BLOCK]
            values = [_values(block[name], kind) for name, kind in columns.values()]
            for row in zip(*values, _points(block, srid), strict=True):
                copy.write_row(row)


def _values(column: pd.Series, kind: str) -> list[Any]:
    """Values as the driver sends them: None for what is missing, no zero bytes in texts."""
    known = column.notna().to_numpy()
    if kind == _TEXT:
        texts = column.astype(object)
        pairs = zip(texts, known, strict=True)
        return [str(one).replace("\x00", "") if there else None for one, there in pairs]
    if kind == _MOMENT:
        moments = column.dt.tz_convert("UTC").dt.floor("us").dt.to_pydatetime()
        return [one if there else None for one, there in zip(moments, known, strict=True)]
    return list(column.astype(object).where(known, None))


def _points(block: gpd.GeoDataFrame, srid: int) -> list[str | None]:
    """Points as text of EWKB; None where there is none."""
    shapes = block.geometry.to_numpy()
    written = shapely.to_wkb(shapely.set_srid(shapes, srid), hex=True, include_srid=True)
    nowhere = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    return [None if gone else text for text, gone in zip(written, nowhere, strict=True)]


def _replace(connection: psycopg.Connection[Any], names: list[str]) -> int:
    """Put the new rows in the place of the old ones; returns how many there are then.

    Deleted, not truncated: to a reader who began earlier a truncated table would look empty.
    """
    from psycopg import sql

    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    connection.execute(sql.SQL("delete from {}").format(_table()))
    connection.execute(
        sql.SQL("insert into {} ({}) select {} from pg_temp.incoming").format(_table(), listed, listed)
    )
    connection.execute(sql.SQL("analyze {}").format(_table()))
    return int(_one(connection, sql.SQL("select count(*) from {}").format(_table())))


def _comment(connection: psycopg.Connection[Any], text: str) -> None:
    from psycopg import sql

    connection.execute(sql.SQL("comment on table {} is {}").format(_table(), sql.Literal(text)))


def _table() -> Composable:
    from psycopg import sql

    return sql.Identifier(SCHEMA, TABLE)


def _one(connection: psycopg.Connection[Any], query: Any, values: Any = None) -> Any:
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]
