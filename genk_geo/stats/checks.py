"""What several methods ask of what they are given, and how they take it: the one place where inputs are read.

Places come as a GeoDataFrame or GeoSeries (whatever its geometry is called), as a table of x and y or as an
array; times as numbers of days, moments, texts or weeks; chance as a generator, a seed or nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from genk_geo.calendar import BRUSSELS, Week
from genk_geo.crs import metric_epsg_of
from genk_geo.errors import ConfigError, SchemaError, some_rows

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    #: Places as people have them.
    Places: TypeAlias = gpd.GeoDataFrame | gpd.GeoSeries | npt.ArrayLike
    #: Times as people have them; None takes those of a table of incidents.
    Times: TypeAlias = pd.Series[Any] | npt.ArrayLike | None
    #: Where chance comes from: a generator, a seed, or the seed of the package.
    Chance: TypeAlias = np.random.Generator | int | None

#: Without a generator chance begins here, so that a rerun gives the same.
SEED = 0
#: West, south, east and north of Europe: nobody's metres all lie within these and within a few of each other.
_EUROPE = (-25.0, 34.0, 45.0, 72.0)
_MOST_DEGREES = 5.0


class Located(NamedTuple):
    """Places, shape (n, 2) with NaN where there is none, their index and EPSG code (None: not known)."""

    xy: Floats
    labels: pd.Index
    crs: int | None


def located(points: Places, what: str = "points") -> Located:
    """Read places.

    Parameters
    ----------
    points : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
        Points in a metric system, or coordinates of shape (n, 2).
    what : str
        How messages name them.

    Returns
    -------
    Located

    Raises
    ------
    SchemaError
        If a layer has no coordinate system, holds anything but points, or is in degrees or feet; if
        coordinates are no numbers, have another shape or are degrees by the look of them.
    """
    if isinstance(points, pd.DataFrame | pd.Series):
        shapes = _geometry_of(points)
        if shapes is not None:
            return _of_layer(shapes, what)
    xy = plain_numbers(points)
    if xy.size == 0:
        xy = xy.reshape(0, 2)
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise SchemaError(
            "The {what}: needed shape (n, 2), or a layer of points, given {shape}.",
            what=what,
            shape=xy.shape,
        )
    _refuse_degrees(xy, what)
    index = points.index if isinstance(points, pd.DataFrame) else pd.RangeIndex(len(xy))
    return Located(xy, index, None)


def places_of(points: Places, what: str = "points") -> Floats:
    """Coordinates of places, shape (n, 2); NaN where there is none."""
    return located(points, what).xy


def _geometry_of(points: pd.DataFrame | pd.Series[Any]) -> gpd.GeoSeries | None:
    """The geometry of a table: its active one, or the only one it has."""
    import geopandas as gpd

    if isinstance(points, gpd.GeoSeries):
        return points
    if isinstance(points, pd.Series):
        return None
    if isinstance(points, gpd.GeoDataFrame) and points.active_geometry_name is not None:
        return points.geometry
    names = [name for name, kind in points.dtypes.items() if str(kind) == "geometry"]
    if len(names) > 1:
        raise SchemaError(
            "The table has {count} geometries ({names}). Say which: set_geometry(...).",
            count=len(names),
            names=some_rows(names),
        )
    return gpd.GeoSeries(points[names[0]]) if names else None


def _of_layer(shapes: gpd.GeoSeries, what: str) -> Located:
    import shapely

    epsg = metric_epsg_of(shapes, f"The {what}")
    values = shapes.to_numpy()
    other = shapely.get_type_id(values) > 0  # 0 is a point, -1 is missing; names of a million take a second
    if other.any():
        raise SchemaError(
            "Needed points, given {found} (rows {rows}). Take a point of each, such as the centroid.",
            found=shapes.geom_type[other].iloc[0],
            rows=some_rows(shapes.index[other]),
        )
    there = ~(shapely.is_missing(values) | shapely.is_empty(values))
    xy = np.full((len(values), 2), np.nan)
    xy[there] = shapely.get_coordinates(values[there])
    return Located(xy, shapes.index, epsg)


def _refuse_degrees(xy: Floats, what: str) -> None:
    """Bare numbers have no system; those that all lie close together within Europe's degrees are degrees."""
    known = xy[np.isfinite(xy).all(axis=1)]
    if len(known) < 2 or (np.ptp(known, axis=0) > _MOST_DEGREES).any():
        return
    west, south, east, north = _EUROPE
    for lon, lat in (known.T, known.T[::-1]):
        if ((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)).all():
            raise SchemaError(
                "The {what} look like degrees ({lon:.4f}, {lat:.4f}), needed metres. Make a layer of them "
                "and reproject it: genk_geo.crs.reproject(gpd.GeoDataFrame(geometry="
                "gpd.points_from_xy(lon, lat, crs=4326)), 31370).",
                what=what,
                lon=lon[0],
                lat=lat[0],
            )


def plain_numbers(values: npt.ArrayLike) -> Floats:
    """Numbers of any table, nullable and Arrow columns too; what is missing is NaN."""
    try:
        if isinstance(values, np.ndarray) or not hasattr(values, "to_numpy"):
            return np.asarray(values, dtype=float)
        numbers: Floats = values.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as fault:
        raise SchemaError(
            "Needed numbers, given {kind} ({reason}).", kind=type(values).__name__, reason=fault
        ) from fault
    return numbers


def beside(values: Any, table: Any, what: str) -> Any:
    """Values of the rows of a table: a series with its labels goes by these, anything else by its order.

    Parameters
    ----------
    values : pandas.Series or array_like
        One value a row.
    table : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like
        The places.
    what : str
        How messages name the values.

    Returns
    -------
    pandas.Series or array_like
        In the order of the table.

    Raises
    ------
    SchemaError
        If they share some labels but not all: by order, values would go to other places unseen.
    """
    if not isinstance(values, pd.Series) or not isinstance(table, pd.DataFrame | pd.Series):
        return values
    own, wanted = values.index, table.index
    if len(own) != len(wanted) or own.equals(wanted):
        return values  # another number of them is told by who asks
    shared = own.isin(wanted)
    if own.is_unique and wanted.is_unique and shared.all():
        return values.reindex(wanted)
    as_they_come = pd.RangeIndex(len(own))
    if not shared.any() or own.equals(as_they_come) or wanted.equals(as_they_come):
        return values  # one of them is only numbered, or labelled after something else
    raise SchemaError(
        "The {what}: their labels are only in part those of the places. Give them the index of the places, "
        "or `.to_numpy()` to go by their order.",
        what=what,
    )


def in_days(days: Times, *, of: Any = None, whole: bool = False) -> Floats:
    """Times as numbers of days.

    Parameters
    ----------
    days : array_like, pandas.Series or None
        Numbers are days as they are. Moments, dates, texts and weeks become days since the first of January
        1970 on the clock that they are written on, a week by its Monday. None takes the middle of ``from``
        and ``to`` of the table `of`.
    of : geopandas.GeoDataFrame, optional
        Table of the incidents.
    whole : bool, default False
        Whole days of moments: the day on which each falls.

    Returns
    -------
    numpy.ndarray
        NaN where missing.

    Raises
    ------
    SchemaError
        If they are neither, or None without a table that has times; if they have other labels than `of`.
    """
    days = middles_of(of) if days is None else beside(days, of, "times")
    given = np.asarray(days)
    if given.dtype.kind == "O" and getattr(getattr(days, "dtype", None), "kind", "O") in "iuf":
        return plain_numbers(days)  # nullable, with something missing
    if given.dtype.kind not in "mMSU" and not isinstance(getattr(days, "dtype", None), pd.DatetimeTZDtype):
        with suppress(TypeError, ValueError):
            return np.asarray(given, dtype=float)
    if given.dtype.kind == "m":
        numbers: Floats = np.asarray(given / np.timedelta64(1, "D"), dtype=float)
    else:
        wall = _moments(days)
        wall = wall.dt.tz_localize(None) if wall.dt.tz is not None else wall
        numbers = np.asarray(((wall - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(dtype=float))
    numbers = np.asarray(numbers, dtype=float)
    return np.asarray(np.floor(numbers)) if whole else numbers


def are_moments(days: Times) -> bool:
    """Whether times are moments (or those of a table), not numbers of days."""
    if days is None or isinstance(getattr(days, "dtype", None), pd.DatetimeTZDtype):
        return True
    given = np.asarray(days)
    if given.dtype.kind != "O":
        return given.dtype.kind in "MSU"
    known = given[~pd.isna(given)]
    return known.size > 0 and not isinstance(known.flat[0], int | float | np.number)


def middles_of(table: Any) -> pd.Series[pd.Timestamp]:
    """The moment of each incident of a table: the middle of its window."""
    if not isinstance(table, pd.DataFrame) or "from" not in table.columns:
        raise SchemaError("When? Needed times, or a table of incidents with a column `from` (and `to`).")
    begin = _moments(table["from"])
    if "to" not in table.columns:
        return begin
    return begin + (_moments(table["to"]).fillna(begin) - begin) / 2


def moments_of(
    moments: Times, *, of: Any = None, tz: str = BRUSSELS, what: str = "moments"
) -> pd.Series[Any]:
    """Times as a Series on a clock.

    Parameters
    ----------
    moments : pandas.Series, array_like or None
        Moments, dates, texts or weeks; None takes those of the table `of`. Without a zone they are taken to
        be written on the clock `tz`.
    of : geopandas.GeoDataFrame, optional
        Table of the incidents.
    tz : str
        Clock to go by.
    what : str
        How messages name them.

    Returns
    -------
    pandas.Series
        tz-aware, in `tz`.

    Raises
    ------
    SchemaError
        If they are no times: a number says neither of what nor since when.
    """
    found = middles_of(of) if moments is None else _moments(beside(moments, of, what), what)
    if found.dt.tz is None:
        # an hour that occurs twice is taken as the first, one that does not occur as the next that does
        return found.dt.tz_localize(
            tz, ambiguous=np.ones(len(found), dtype=bool), nonexistent="shift_forward"
        )
    return found.dt.tz_convert(tz)


def observed_weeks(
    moments: pd.Series[Any], first: Week | str | None, last: Week | str | None
) -> tuple[Week, Week]:
    """First and last week that were observed; where not given, the first and last whole weeks of the data.

    Raises
    ------
    ConfigError
        If the last lies before the first, or nothing is known to choose them by.
    """
    known = moments.dropna()
    if known.empty and (first is None or last is None):
        raise ConfigError("Weeks: no moment is known, so say which weeks were observed: first= and last=.")
    if first is None:
        day = known.min().date()
        first = Week.from_day(day) if day.isoweekday() == 1 else Week.from_day(day).shift(1)
    if last is None:
        day = known.max().date()
        last = Week.from_day(day) if day.isoweekday() == 7 else Week.from_day(day).shift(-1)
    begin, end = (one if isinstance(one, Week) else Week.parse(one) for one in (first, last))
    if end < begin:
        raise ConfigError(
            "Weeks: given {first} to {last}, needed the first before the last.", first=begin, last=end
        )
    return begin, end


def _moments(values: Any, what: str = "times") -> pd.Series[Any]:
    """Moments of texts, dates and weeks; a Series of datetimes."""
    given = values if isinstance(values, pd.Series) else np.atleast_1d(np.asarray(values, dtype=object))
    series = pd.Series(given).infer_objects()
    if isinstance(series.dtype, pd.DatetimeTZDtype) or series.dtype.kind == "M":
        return series
    if series.dtype.kind in "iufb":
        raise SchemaError(
            "The {what}: needed moments, dates, texts or weeks, given numbers ({given}).",
            what=what,
            given=series.dtype,
        )
    read = [_moment(one) for one in series]
    try:
        found = pd.to_datetime(pd.Series(read, index=series.index), format="ISO8601")
    except (ValueError, TypeError) as fault:
        wrong = str(fault).splitlines()[0]
        raise SchemaError(
            "The {what}: not all can be read as times ({wrong}). Write them as 2026-11-09 or "
            "2026-11-09 14:30, all with a zone or none.",
            what=what,
            wrong=wrong,
        ) from fault
    return found


def _moment(value: Any) -> Any:
    if isinstance(value, Week):
        return pd.Timestamp(value.monday)
    if isinstance(value, str) and "w" in value.lower() and len(value) <= 9:
        return pd.Timestamp(Week.parse(value).monday)
    return value


def generator(rng: Chance) -> np.random.Generator:
    """The generator that was given, or one that begins at a seed; without either at that of the package."""
    if isinstance(rng, np.random.Generator):
        return rng
    return np.random.default_rng(SEED if rng is None else rng)


def seed_of(rng: Chance) -> str:
    """What to tell of where chance came from."""
    if isinstance(rng, np.random.Generator):
        return "a generator of your own"
    return f"seed {SEED if rng is None else rng}"


def checked_weights(weights: npt.ArrayLike, n: int) -> Floats:
    """One finite weight of 0 or more for each of n incidents."""
    w = plain_numbers(weights)
    if w.shape != (n,) or not (np.isfinite(w) & (w >= 0)).all():
        raise SchemaError(
            "The weights: needed {count} finite numbers of 0 or more, given shape {shape}.",
            count=n,
            shape=w.shape,
        )
    return w
