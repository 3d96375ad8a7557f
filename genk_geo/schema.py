"""The tables that pass between rooms, as contracts that are checked at the doors.

Closed lists (levels, classes, statuses, reject reasons) live here once; everything else refers to them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from genk_geo.errors import Message, SchemaError, in_a_row, some_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    import pandera.pandas as pa

#: How precisely a place is known, from nothing to a coordinate that stood in the file itself.
GEOCODE_LEVELS = (
    "none",
    "city",
    "wijk",
    "street",
    "road_marker",
    "interpolated",
    "poi",
    "intersection",
    "address",
    "coordinate",
)

#: Classes of a local statistic, cold to hot; the number is the confidence after false-discovery correction.
HOTSPOT_CLASSES = ("cold 99", "cold 95", "cold 90", "not significant", "hot 90", "hot 95", "hot 99")

#: What happened to a hotspot area since the week before.
AREA_STATUSES = ("new", "kept", "moved", "merged", "split", "gone")

#: Why a supplier's row was not taken, with what to tell the supplier.
REJECT_REASONS = {
    "unreadable_line": "the line does not have the columns of the header",
    "missing_time": "no date",
    "bad_time": "the date or time cannot be read",
    "time_reversed": "the window ends before it begins",
    "time_in_future": "the date lies after the moment of reading",
    "bad_coordinates": "the coordinates fit none of the known systems",
    "outside_city": "the place lies outside the city",
    "missing_location": "no address and no coordinates",
    "bad_value": "a value outside its list or range",
    "totals_row": "a total of other rows, not a report",
    "not_selected": "left out by the profile's selection",
}

Table = TypeVar("Table", bound="pd.DataFrame")


@cache
def geocode_level_dtype() -> pd.CategoricalDtype:
    """Ordered categorical of :data:`GEOCODE_LEVELS`, so that ``level >= "street"`` works."""
    import pandas as pd

    return pd.CategoricalDtype(list(GEOCODE_LEVELS), ordered=True)


#: Kept columns with words of a fixed list (light, weather), the only ones not for analysts alone.
CIRCUMSTANCE = "kept_circumstance_"


def check_table(table: Table, contract: str, *, epsg: int | None = None) -> Table:
    """Hold a table against its contract and hand it on unchanged.

    Parameters
    ----------
    table : pandas.DataFrame or geopandas.GeoDataFrame
        Table to check.
    contract : str
        One of ``incidents``, ``rejects``, ``cells``, ``hotspots``, ``areas``, ``wijken``,
        ``streets``, ``segments``, ``addresses``.
    epsg : int, optional
        Coordinate system that the geometry must have.

    Returns
    -------
    pandas.DataFrame
        The same object.

    Raises
    ------
    SchemaError
        With every fault at once: column, what is wrong, and up to five rows.
    """
    columns = _contracts()[contract]
    if not _keeps(table, columns):
        import pandera.errors

        try:
            _schema(columns).validate(table, lazy=True)
        except pandera.errors.SchemaErrors as error:
            raise SchemaError(_describe(error.failure_cases, contract)) from error
    if epsg is not None:
        _check_crs(table, contract, epsg)
    return table


class _Rule(NamedTuple):
    """What holds for all values of a column that are there."""

    name: str
    holds: Callable[[Any], Any]


class _Column(NamedTuple):
    rules: tuple[_Rule, ...]
    nullable: bool


def _keeps(table: pd.DataFrame, columns: dict[str, _Column]) -> bool:
    """Whether a table keeps its contract. What it does not keep is for pandera to say.

    A small city checks two hundred columns a week, and pandera takes half a millisecond for each.
    """
    for name, column in columns.items():
        if name not in table:
            return False
        values = table[name]
        missing = values.isna().to_numpy()
        if missing.any():
            if not column.nullable:
                return False
            values = values[~missing]
        try:
            kept = all(bool(np.all(rule.holds(values))) for rule in column.rules)
        except (TypeError, ValueError, AttributeError):  # of a kind that cannot be compared
            return False
        if not kept:
            return False
    return True


def _schema(columns: dict[str, _Column]) -> pa.DataFrameSchema:
    """The contract as pandera takes it."""
    import pandera.pandas as pa

    spec = {
        name: pa.Column(
            checks=[pa.Check(rule.holds, name=rule.name) for rule in column.rules], nullable=column.nullable
        )
        for name, column in columns.items()
    }
    return pa.DataFrameSchema(spec, strict=False)


def _check_crs(table: Any, contract: str, epsg: int) -> None:
    from genk_geo.crs import epsg_of

    found = epsg_of(table, Message("The table {contract}", contract=contract))
    if found != epsg:
        raise SchemaError(
            "The table {contract} is in EPSG:{found}, needed EPSG:{epsg}. Use genk_geo.crs.reproject.",
            contract=contract,
            found=found,
            epsg=epsg,
        )


def _describe(cases: pd.DataFrame, contract: str) -> Message:
    faults = []
    for (column, fault), rows in cases.groupby(["column", "check"], dropna=False, sort=False):
        if fault == "column_in_dataframe":
            faults.append(Message("column {column!r} is missing", column=rows["failure_case"].iloc[0]))
            continue
        where = rows["index"].dropna().tolist()
        at = Message(" (rows {rows})", rows=some_rows(where)) if where else Message("")
        faults.append(
            Message(
                "column {column!r}: {fault}, found {found!r}{at}",
                column=column,
                fault=fault,
                found=rows["failure_case"].iloc[0],
                at=at,
            )
        )
    return Message(
        "The table {contract} does not keep its contract: {faults}.",
        contract=contract,
        faults=in_a_row(faults),
    )


@cache
def _contracts() -> dict[str, dict[str, _Column]]:
    import pandas as pd

    def column(*rules: _Rule, nullable: bool = False) -> _Column:
        return _Column(rules, nullable)

    def dtype(wanted: type, name: str) -> _Rule:
        return _Rule(f"must be {name}", lambda s: isinstance(s.dtype, wanted))

    def shapes(*kinds: str, name: str) -> _Rule:
        return _Rule(f"must be {name}", lambda s: s.geom_type.isin(kinds))

    def one_of(values: tuple[str, ...]) -> _Rule:
        return _Rule(f"isin({list(values)})", lambda s: s.isin(values))

    text = _Rule(
        "must be text",
        lambda s: isinstance(s.dtype, pd.StringDtype) or s.map(lambda value: isinstance(value, str)),
    )
    unique = _Rule("must be unique", lambda s: ~s.duplicated())
    moment = dtype(pd.DatetimeTZDtype, "a tz-aware time")
    positive = _Rule("greater_than(0)", lambda s: s > 0)
    not_negative = _Rule("greater_than_or_equal_to(0)", lambda s: s >= 0)
    share = _Rule("in_range(0, 1)", lambda s: (s >= 0) & (s <= 1))
    geometry = _Rule("must be a geometry", lambda s: hasattr(s, "geom_type"))
    points = shapes("Point", name="points or empty")
    polygons = shapes("Polygon", "MultiPolygon", name="polygons")
    lines = shapes("LineString", name="LineStrings")
    level = _Rule(
        "must be the ordered geocode levels",
        lambda s: list(getattr(s.dtype, "categories", [])) == list(GEOCODE_LEVELS) and s.dtype.ordered,
    )

    place = {"wijk": column(text, nullable=True), "stadsdeel": column(text, nullable=True)}
    return {
        "incidents": {
            "incident_id": column(text, unique),
            "source": column(text),
            "theme": column(text),
            "category": column(text),
            "from": column(moment),
            "to": column(moment, nullable=True),
            "reported": column(moment, nullable=True),
            "weight": column(not_negative),
            "severity": column(text, nullable=True),
            "weak_road_user": column(nullable=True),
            "geocode_level": column(level),
            "geocode_score": column(share),
            "geocode_uncertainty_m": column(not_negative, nullable=True),
            "sector": column(text, nullable=True),
            **place,
            "geometry": column(geometry, points, nullable=True),
        },
        "rejects": {
            "source": column(text),
            "line": column(not_negative),
            "reason": column(one_of(tuple(REJECT_REASONS))),
            "detail": column(text),
            "original": column(text),
        },
        "cells": {"area_m2": column(not_negative), **place, "geometry": column(geometry, polygons)},
        "hotspots": {
            "cell_id": column(text),
            "theme": column(text),
            "period": column(text),
            "observed": column(not_negative, nullable=True),
            "expected": column(not_negative, nullable=True),
            "relative_risk": column(not_negative, nullable=True),
            "z": column(nullable=True),
            "p_value": column(share, nullable=True),
            "q_value": column(share, nullable=True),
            "hotspot_class": column(one_of(HOTSPOT_CLASSES)),
            "geometry": column(geometry, polygons),
        },
        "areas": {
            "hotspot_id": column(text, unique),
            "theme": column(text),
            "status": column(one_of(AREA_STATUSES)),
            "since": column(text),
            "observed": column(not_negative),
            "expected": column(not_negative),
            "this_week": column(not_negative),
            "hotspot_class": column(one_of(HOTSPOT_CLASSES)),
            "q_value": column(share),
            "area_m2": column(not_negative),
            **place,
            "geometry": column(geometry, polygons),
        },
        "wijken": {
            "wijk_code": column(text, unique),
            "wijk": column(text, unique),
            "stadsdeel": column(text),
            "geometry": column(geometry, polygons),
        },
        "streets": {"street": column(text), "geometry": column(geometry)},
        "segments": {
            "name": column(text, nullable=True),
            "road_class": column(text),
            "length_m": column(positive),
            "speed_kmh": column(not_negative, nullable=True),
            "geometry": column(geometry, lines),
        },
        "addresses": {
            "street": column(text),
            "house_number": column(text),
            "geometry": column(geometry, points),
        },
    }
