"""From reports to events: several reports of one thing that happened are counted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.crs import metric_epsg_of
from genk_geo.errors import Message, SchemaError
from genk_geo.stats.events.links import DISTANCES_M, EventLimits, ReportLinks, links_of
from genk_geo.stats.events.report_arrays import Reports

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.stats.events.report_arrays import Binned

    Ints = npt.NDArray[np.int64]

#: Own limits of the toolkit.
USUAL_LIMITS = EventLimits()


@dataclass(frozen=True)
class Bundles:
    """Reports and the events that they tell of.

    Attributes
    ----------
    number : pandas.Series of int
        Index of the reports, named ``event``: the row of `events` that each belongs to.
    events : geopandas.GeoDataFrame
        One row an event, in the order of time (those without a moment last): the columns and the place of
        its first report; ``first`` (index of that report), ``reports`` (how many), ``sources`` (how many
        different; 0 where the reports name none), ``until`` (latest end of their windows), ``radius_m`` (the
        report furthest from the first).
        Where the reports have ``reported``, it is the earliest of theirs: from then on the event was known.
    links : dict of str to ReportLinks
        Theme to what its past says of close pairs.

    Examples
    --------
    Three reports of one night, and one of a month later:

    >>> begin = pd.to_datetime(
    ...     ["2026-11-01 23:00", "2026-11-01 23:20", "2026-11-02 01:00", "2026-12-01 01:00"])
    >>> reports = gpd.GeoDataFrame(
    ...     {"from": begin.tz_localize("Europe/Brussels")},
    ...     geometry=gpd.points_from_xy([0, 15, 5, 0], [0, 0, 9, 0]), crs=31370)
    >>> found = gg.stats.bundle_reports(reports)
    >>> found.events["reports"].tolist()
    [3, 1]
    """

    number: pd.Series[int]
    events: gpd.GeoDataFrame
    links: dict[str, ReportLinks]


def learn_links(reports: gpd.GeoDataFrame, *, limits: EventLimits = USUAL_LIMITS) -> ReportLinks:
    """Learn from the past of one theme how probably close reports are of one event.

    Parameters
    ----------
    reports : geopandas.GeoDataFrame
        As for :func:`bundle_reports`, of one theme.
    limits : EventLimits, optional
        `longest_window_days` is used.

    Returns
    -------
    ReportLinks
        Where there are few reports it rests on a stated table: one report in ten has a partner, mostly
        within 25 m and six hours. It weighs as much as 500 reports.

    Raises
    ------
    SchemaError
        If a column is missing, or the layer is not in a metric system.

    Examples
    --------
    From no reports at all the stated table comes:

    >>> nothing = gpd.GeoDataFrame(
    ...     {"from": pd.Series([], dtype="datetime64[us, UTC]")}, geometry=[], crs=31370)
    >>> round(float(gg.stats.learn_links(nothing).table["partners"].sum()), 2)
    0.1
    """
    table, usable = _prepared(reports, limits)
    return links_of(table.take(np.flatnonzero(usable)))


def bundle_reports(
    reports: gpd.GeoDataFrame,
    *,
    links: ReportLinks | Mapping[str, ReportLinks] | None = None,
    limits: EventLimits = USUAL_LIMITS,
) -> Bundles:
    """Find out which reports tell of one event.

    A pair of reports of a theme is of one event with a probability that the theme's past gives, by distance,
    by the time between their windows and by whether they are of one category, against what else is reported
    at the place (:func:`learn_links`). In the order of time each report joins the event to which it is
    linked most strongly, as long as that began near enough and not too long ago; so a chain of reports
    cannot run along a street or through a week. Any other report begins an event. Bundling the events again
    with the same links changes nothing, and the order of the rows plays no part.

    Parameters
    ----------
    reports : geopandas.GeoDataFrame
        Points in a metric system, ``from`` (tz-aware); optional: ``to``, ``theme``, ``category``,
        ``source``, ``reported``, ``geocode_uncertainty_m``, ``incident_id`` (settles ties). Reports
        without a point or known less precisely than the limits stay events of their own.
    links : ReportLinks or mapping of str to ReportLinks, optional
        What an earlier record taught, for all themes or by theme; learned from `reports` by default.
    limits : EventLimits, optional
        100 m, 2 days and a probability of one half by default.

    Returns
    -------
    Bundles
        A number for each report, and the events. The reports themselves are not changed.

    Raises
    ------
    SchemaError
        If a column is missing, an index occurs twice, or the layer is not in a metric system.

    Examples
    --------
    Three garages in a row, broken into between Friday and Sunday, and a house elsewhere in the same nights:

    >>> begin = pd.to_datetime(["2026-11-06 18:00"] * 4).tz_localize("Europe/Brussels")
    >>> end = pd.to_datetime(["2026-11-08 09:00"] * 4).tz_localize("Europe/Brussels")
    >>> reports = gpd.GeoDataFrame(
    ...     {"from": begin, "to": end},
    ...     geometry=gpd.points_from_xy([0, 6, 12, 900], [0, 0, 0, 0]), crs=31370)
    >>> gg.stats.bundle_reports(reports).number.tolist()
    [0, 0, 0, 1]
    """
    from genk_geo.stats.events.close_reports import binned

    if not reports.index.is_unique:
        raise SchemaError("The reports: needed each index once.")
    table, usable = _prepared(reports, limits)
    first = np.arange(len(reports))
    rule: dict[str, ReportLinks] = {}
    for theme, rows in _by_theme(reports):
        some = rows[usable[rows]]
        own = table.take(some)
        given = links.get(theme) if isinstance(links, Mapping) else links
        rule[theme] = links_of(own) if given is None else given
        bins = rule[theme].past if given is None else binned(own, float(DISTANCES_M[-1]))
        first[some] = some[_first_of(own, bins, _in_time(reports, some, own), rule[theme], limits)]
    number, events = _events(reports, table, first)
    return Bundles(number, events, rule)


def _prepared(reports: gpd.GeoDataFrame, limits: EventLimits) -> tuple[Reports, npt.NDArray[np.bool_]]:
    """Numbers of all reports, and which of them can belong to others."""
    if "from" not in reports or not isinstance(reports["from"].dtype, pd.DatetimeTZDtype):
        raise SchemaError("The reports: needed a column `from` with tz-aware times.")
    metric_epsg_of(reports, Message("The reports"))
    begin = _days(reports["from"])
    end = _days(reports["to"]) if "to" in reports else begin
    end = np.where(np.isfinite(end), end, begin)
    x, y = reports.geometry.x.to_numpy(dtype=float), reports.geometry.y.to_numpy(dtype=float)
    usable = np.isfinite(x) & np.isfinite(y) & np.isfinite(begin)
    usable &= (end >= begin) & (end - begin <= limits.longest_window_days)
    if "geocode_uncertainty_m" in reports:
        unsure = reports["geocode_uncertainty_m"].to_numpy(dtype=float, na_value=np.nan)
        usable &= ~(unsure > DISTANCES_M[-1])
    kind = np.zeros(len(reports), dtype=np.int64)
    if "category" in reports:
        kind = pd.factorize(reports["category"], sort=True)[0].astype(np.int64)
    return Reports(x, y, begin, end, kind), usable


def _days(moments: pd.Series) -> npt.NDArray[np.float64]:
    since = moments.dt.tz_convert("UTC") - pd.Timestamp(0, tz="UTC")
    return np.asarray((since / pd.Timedelta(days=1)).to_numpy(dtype=float))


def _by_theme(reports: gpd.GeoDataFrame) -> list[tuple[str, Ints]]:
    if "theme" not in reports:
        return [("", np.arange(len(reports)))]
    code, names = pd.factorize(reports["theme"], sort=True)
    return [(str(name), np.flatnonzero(code == at)) for at, name in enumerate(names)]


def _in_time(reports: gpd.GeoDataFrame, rows: Ints, own: Reports) -> Ints:
    """The order of some reports in time; what began together goes by all else that is told of it."""
    return _in_turn((own.begin, own.end, own.x, own.y, own.kind), reports, rows)


def _in_turn(keys: tuple[npt.NDArray[Any], ...], reports: gpd.GeoDataFrame, rows: Ints) -> Ints:
    """The order by these keys, the first one first; last by the number of the report, or its row.

    Few begin together: only these are compared by more than the first key.
    """
    order = np.argsort(keys[0], kind="stable")
    same = keys[0][order[1:]] == keys[0][order[:-1]]
    at = np.flatnonzero(np.append(same, False) | np.append(False, same))
    some = order[at]
    ties = rows[some]
    if some.size and "incident_id" in reports:
        ties = pd.factorize(reports["incident_id"].iloc[ties], sort=True)[0]
    order[at] = some[np.lexsort((ties, *(key[some] for key in reversed(keys))))]
    return order


def _first_of(own: Reports, bins: Binned, order: Ints, links: ReportLinks, limits: EventLimits) -> Ints:
    """The first report of the event of each report, as positions."""
    from genk_geo.stats.events.close_reports import close_pairs, gather

    n = own.x.size
    if n < 2:
        return np.arange(n)
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    pairs = close_pairs(bins, limits.distance_m, limits.days)
    chance = links.chance(bins, pairs)
    kept = chance >= limits.chance
    ends = np.stack([rank[bins.order[side[kept]]] for side in (pairs.one, pairs.other)])
    earlier, later = ends.min(axis=0), ends.max(axis=0)
    by = np.lexsort((earlier, later))
    start = np.searchsorted(later[by], np.arange(n + 1)).astype(np.int64)
    first = gather(own.take(order), start, earlier[by], chance[kept][by], (limits.distance_m, limits.days))
    found = np.empty(n, dtype=np.int64)
    found[order] = order[first]
    return found


def _events(
    reports: gpd.GeoDataFrame, table: Reports, first: Ints
) -> tuple[pd.Series[int], gpd.GeoDataFrame]:
    leaders = np.flatnonzero(first == np.arange(first.size))
    own = table.take(leaders)
    time = np.where(np.isfinite(own.begin), own.begin, np.inf)
    leaders = leaders[_in_turn((time, own.x, own.y, own.end, own.kind), reports, leaders)]
    place = np.empty(len(first), dtype=np.int64)
    place[leaders] = np.arange(leaders.size)
    number = place[first]
    events = reports.iloc[leaders].reset_index(drop=True)
    told: dict[str, pd.Series] = {"until": reports["from"]}
    if "to" in reports:
        told["until"] = reports["to"].fillna(reports["from"])
    told |= {name: reports[name] for name in ("source", "reported") if name in reports}
    away = np.hypot(table.x - table.x[first], table.y - table.y[first])
    told["radius_m"] = pd.Series(np.where(np.isfinite(away), away, 0.0), reports.index)
    of_event = pd.DataFrame(told).groupby(number)
    added = {
        "first": reports.index[leaders],
        "reports": np.bincount(number, minlength=leaders.size),
        "sources": of_event["source"].nunique().to_numpy() if "source" in reports else 0,
        "until": of_event["until"].max().array,
        "radius_m": of_event["radius_m"].max().to_numpy(),
    }
    events = events.assign(**added)
    if "reported" in reports:
        events["reported"] = of_event["reported"].min().array
    events.index.name = "event"
    return pd.Series(number, index=reports.index, name="event"), events
