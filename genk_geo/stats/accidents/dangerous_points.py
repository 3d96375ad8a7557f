"""Dangerous points by the Flemish rule, with what chance alone would put on the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import epsg_of, metric_epsg_of
from genk_geo.errors import ConfigError, Message, SchemaError, some_rows
from genk_geo.reference.streets.street_network import StreetNetwork
from genk_geo.show import Look, MappedFrame, Note
from genk_geo.stats.accidents.candidates import (
    Candidates,
    candidates_on_network,
    candidates_on_plane,
    choose,
)
from genk_geo.stats.accidents.scores import accident_scores, recent
from genk_geo.stats.checks import generator
from genk_geo.stats.inference.false_discovery import q_values
from genk_geo.stats.inference.tails import poisson_tail
from genk_geo.stats.network.exposure import piece_rates
from genk_geo.stats.network.reach import Spots
from genk_geo.stats.network.segments import pieces_of, snap_to_network, street_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from genk_geo.stats.checks import Chance

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: What a point is called: on the list, or just below it.
POINT_STATUSES = ("listed", "watch")
#: Where a point lies; empty where no street network was given.
POINT_KINDS = ("junction", "stretch", "")

_LIXEL_M = 10.0
# Of each accident, added up over a place.
_ADDED_UP = ("fatal", "serious", "light", "weak")
_COLUMNS = ["status", "kind", "score", "accidents", *_ADDED_UP, "place", "members", "centre"]


@dataclass(frozen=True)
class PointRule:
    """When a place is dangerous: the rule of the Flemish road agency by default.

    Attributes
    ----------
    years : int
        Accidents of so many years count.
    listed_score, listed_accidents : float, int
        A place with at least this score and so many injury accidents is on the list.
    watch_score : float
        A place that is not, but has at least this score, is on the watch list.
    max_distance_m : float
        Accidents further from every street are not on the network.
    junction_m : float
        A place within this distance of a junction of three or more streets counts as the junction.

    Examples
    --------
    A longer list than by the Flemish rule, all else the same:

    >>> rule = gg.stats.PointRule(listed_score=12.0)
    >>> rule.years, rule.listed_score, rule.listed_accidents
    (3, 12.0, 3)
    >>> gg.stats.PointRule() == gg.stats.FLEMISH_RULE
    True
    """

    years: int = 3
    listed_score: float = 15.0
    listed_accidents: int = 3
    watch_score: float = 10.0
    max_distance_m: float = 50.0
    junction_m: float = 25.0


#: The Flemish rule: 15 and 10 points, three accidents in three years.
FLEMISH_RULE = PointRule()

_TIPS = ("place", "status", "score", "accidents", "fatal", "serious", "light", "weak", "expected", "q_value")
_LOOK = Look("dangerous_points", "status", "names", tips=_TIPS)


def dangerous_points(
    accidents: gpd.GeoDataFrame,
    segments: gpd.GeoDataFrame | StreetNetwork | None = None,
    *,
    radius_m: float = 100.0,
    end: pd.Timestamp | str | None = None,
    rule: PointRule = FLEMISH_RULE,
) -> gpd.GeoDataFrame:
    """Find the places with the highest score of injury accidents.

    Each victim counts 5 (killed), 3 (seriously injured) or 1 (lightly injured), 1.7 times as much on foot,
    on a bicycle or on a moped. A place is everything within the radius of a junction or of an accident: along
    the streets when `segments` are given, in a straight line otherwise. The place with the highest score is
    taken first and its accidents with it, so that no accident counts twice.

    Parameters
    ----------
    accidents : geopandas.GeoDataFrame
        Points with ``from`` and what :func:`accident_scores` needs. Accidents without injury do not count.
    segments : geopandas.GeoDataFrame or StreetNetwork, optional
        Streets; ``name`` and ``road_class`` are used where present.
    radius_m : float, default 100
        How far a place reaches.
    end : timestamp, optional
        End of the period, itself not in it; by default the end of the last accident's month.
    rule : PointRule, optional
        Scores, period and distances.

    Returns
    -------
    geopandas.GeoDataFrame
        Index: ``number`` (from 1, listed ones first, highest score first). ``status`` (of
        :data:`POINT_STATUSES`), ``kind`` (of :data:`POINT_KINDS`), ``score``, ``accidents``, ``fatal``,
        ``serious``, ``light`` (victims, or accidents by their severity), ``weak`` (accidents with a weak road
        user), ``place`` (street names), ``members`` (their labels in `accidents`), geometry: the middle.
        With `segments` also ``length_m`` (street within the radius), ``expected`` (accidents that such
        streets would have), ``p_value`` (so many or more by chance, exact Poisson) and ``q_value`` (for as
        many places as the network has room for); NaN without.

    Raises
    ------
    ConfigError
        If the radius or the period is impossible.
    SchemaError
        If a column is missing, a value cannot be, or the accidents are in degrees while no streets are given.

    Examples
    --------
    Two of the three victims at the first place were weak road users: 1.7 x (5 + 3) + 3 points:

    >>> days = pd.date_range("2026-01-01", periods=4, tz="Europe/Brussels")
    >>> points = gpd.points_from_xy([0, 20, 30, 5000], [0] * 4, crs=31370)
    >>> harm = {"severity": ["fatal", "serious", "serious", "light"], "weak_road_user": [1, 1, 0, 0]}
    >>> accidents = gpd.GeoDataFrame({"from": days, **harm}, geometry=points)
    >>> gg.stats.dangerous_points(accidents)[["status", "score", "accidents"]].values.tolist()
    [['listed', 16.6, 3]]
    """
    if not radius_m > 0:
        raise ConfigError("radius_m is {radius_m:g}, needed more than 0 metres.", radius_m=radius_m)
    crs = epsg_of(accidents, Message("The table of accidents"))
    late = recent(accidents, end=end, years=rule.years)
    scores = accident_scores(late)
    counts = (scores["score"] > 0).to_numpy()
    injured, scores = late[counts], scores[counts]
    told = (("radius", f"{radius_m:g} m"), ("accidents", f"{len(injured):,} with injury of {len(late):,}"))
    if segments is None:
        there = _on_a_map(injured)
        found = candidates_on_plane(injured[there], radius_m)
        table = _build_frame(_Places(injured[there], scores[there], found, crs), radius_m, rule)
        return MappedFrame.of(table, _LOOK, told, _says)
    network = StreetNetwork.from_segments(segments)
    placed = snap_to_network(injured, network, max_distance_m=rule.max_distance_m)
    there = (placed["segment"] >= 0).to_numpy()
    on = placed[there]
    spots = Spots(on["segment"].to_numpy(), on["offset_m"].to_numpy())
    found = candidates_on_network(network, spots, radius_m, rule.junction_m)
    places = _Places(injured[there], scores[there], found, network.crs, network, spots)
    return MappedFrame.of(_build_frame(places, radius_m, rule), _LOOK, told, _says)


def _says(table: pd.DataFrame) -> tuple[Note, ...]:
    """How many points there are, and what chance would give there; nothing of chance without streets."""
    listed = (table["status"] == "listed").sum()
    values = {"listed": listed, "watch": len(table) - listed, "accidents": table["accidents"].sum()}
    if table["expected"].isna().any():
        return (Note("points_without_streets", values),)
    return (Note("dangerous_points", {**values, "expected": table["expected"].sum()}),)


def _on_a_map(accidents: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Which accidents have a place; distances between them must be metres."""
    metric_epsg_of(accidents, Message("The accidents"))
    there = ~(accidents.geometry.is_empty | accidents.geometry.isna()).to_numpy()
    wrong = accidents.index[there & (accidents.geometry.geom_type != "Point").to_numpy()]
    if len(wrong):
        raise SchemaError(
            "Accidents {wrong} are no Point: needed one place for each.", wrong=some_rows(wrong)
        )
    return np.asarray(there, dtype=bool)


@dataclass(frozen=True)
class _Places:
    """Injury accidents that have a place, and the places that may be dangerous."""

    accidents: gpd.GeoDataFrame
    scores: pd.DataFrame
    candidates: Candidates
    crs: int
    network: StreetNetwork | None = None
    spots: Spots | None = None


def _build_frame(places: _Places, radius_m: float, rule: PointRule) -> gpd.GeoDataFrame:
    scores = places.scores
    chosen = choose(places.candidates, scores["score"].to_numpy(), rule.watch_score)
    rows = [_row(places, centre, members, rule) for centre, members in chosen]
    table = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=_COLUMNS),
        geometry=[row["geometry"] for row in rows],
        crs=places.crs,
    )
    table[["length_m", "expected", "p_value", "q_value"]] = _chance(places, table, radius_m)
    order = np.lexsort((-table["accidents"], -table["score"], table["status"] != "listed"))
    table = table.iloc[order].reset_index(drop=True).drop(columns="centre")
    table.index = pd.RangeIndex(1, len(table) + 1, name="number")
    return table[[*(name for name in table.columns if name != "geometry"), "geometry"]]


def _row(places: _Places, centre: int, members: Ints, rule: PointRule) -> dict[str, Any]:
    mine = places.scores.iloc[members]
    score = float(round(mine["score"].sum(), 6))
    listed = score >= rule.listed_score and len(members) >= rule.listed_accidents
    streets: tuple[str, ...] = ()
    if places.network is not None and places.spots is not None:
        streets = street_names(places.network.segments, places.spots.segment[members])
    return {
        "status": "listed" if listed else "watch",
        "kind": places.candidates.kind[centre],
        "score": score,
        "accidents": len(members),
        **{name: int(mine[name].sum()) for name in _ADDED_UP},
        "place": streets,
        "members": tuple(mine.index),
        "centre": centre,
        "geometry": shapely.points(places.candidates.xy[centre]),
    }


def _chance(places: _Places, table: pd.DataFrame, radius_m: float) -> Floats:
    """Length of street, expected accidents, p and q of each place."""
    result = np.full((len(table), 4), np.nan)
    if places.network is None or places.spots is None or table.empty:
        return result
    pieces = pieces_of(places.network, _LIXEL_M)
    rates = piece_rates(places.network, pieces, places.spots.segment)
    near = places.candidates.reach(
        table["centre"].to_numpy(dtype=np.int64), Spots(pieces.segment, pieces.middle_m)
    )
    result[:, 0], result[:, 1] = near.sums(pieces.length_m), near.sums(rates)
    result[:, 2] = poisson_tail(table["accidents"].to_numpy(dtype=float), result[:, 1])
    # As many places as the network has room for; those that were not found had nothing to show.
    others = max(0, round(places.network.length_m.sum() / (2 * radius_m)) - len(table))
    result[:, 3] = q_values(np.concatenate([result[:, 2], np.ones(others)]))[: len(table)]
    return result


def dangerous_by_radius(
    accidents: gpd.GeoDataFrame,
    segments: gpd.GeoDataFrame | StreetNetwork | None = None,
    *,
    radius_m: float = 100.0,
    radii_m: Sequence[float] = (50.0, 75.0, 100.0, 150.0),
    end: pd.Timestamp | str | None = None,
    rule: PointRule = FLEMISH_RULE,
) -> pd.DataFrame:
    """Which dangerous points stay on the list when the radius is another.

    Parameters
    ----------
    accidents, segments, radius_m, end, rule
        As in :func:`dangerous_points`.
    radii_m : sequence of float
        Radii to try.

    Returns
    -------
    pandas.DataFrame
        Index: the ``number`` of the points at `radius_m`. One column a radius (in metres): True where at
        least half of the point's accidents lie in a listed point of that radius; ``listed_in``: at how many
        radii.

    Examples
    --------
    Listed from 100 m on, because a smaller place holds two of the three:

    >>> days = pd.date_range("2026-01-01", periods=3, tz="Europe/Brussels")
    >>> points = gpd.points_from_xy([0, 80, 90], [0] * 3, crs=31370)
    >>> harm = {"severity": "fatal", "weak_road_user": False}
    >>> accidents = gpd.GeoDataFrame({"from": days, **harm}, geometry=points)
    >>> gg.stats.dangerous_by_radius(accidents).loc[1].to_dict()
    {50: False, 75: False, 100: True, 150: True, 'listed_in': 2}
    """
    streets = None if segments is None else StreetNetwork.from_segments(segments)
    accidents = accidents.reset_index(drop=True)  # members are told apart by their labels
    base = dangerous_points(accidents, streets, radius_m=radius_m, end=end, rule=rule)
    table = pd.DataFrame(index=base.index)
    for radius in radii_m:
        other = dangerous_points(accidents, streets, radius_m=radius, end=end, rule=rule)
        listed = {label for labels in other.loc[other["status"] == "listed", "members"] for label in labels}
        table[float(radius)] = [2 * len(listed.intersection(own)) >= len(own) for own in base["members"]]
    table["listed_in"] = table.sum(axis=1).astype("int64") if len(radii_m) else 0
    return table


def dangerous_by_chance(
    accidents: gpd.GeoDataFrame,
    segments: gpd.GeoDataFrame | StreetNetwork,
    *,
    radius_m: float = 100.0,
    end: pd.Timestamp | str | None = None,
    rule: PointRule = FLEMISH_RULE,
    simulations: int = 49,
    rng: Chance = None,
) -> npt.NDArray[np.int64]:
    """How many points the rule lists when the same accidents fall at random over such streets.

    Parameters
    ----------
    accidents, segments, radius_m, end, rule
        As in :func:`dangerous_points`.
    simulations : int, default 49
        How often they are drawn: by street class as many for each metre as in the accidents.
    rng : numpy.random.Generator, int or None
        Source of randomness; seed 0 by default.

    Returns
    -------
    numpy.ndarray of int, shape (simulations,)
        Listed points in each draw. Their mean is what regression to the mean takes off the list next time.

    Examples
    --------
    Three accidents that fall at random on five kilometres of road list no point:

    >>> streets = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (5000, 0)])], crs=31370)
    >>> days = pd.date_range("2026-01-01", periods=3, tz="Europe/Brussels")
    >>> points = gpd.points_from_xy([100, 110, 120], [0] * 3, crs=31370)
    >>> harm = {"severity": "fatal", "weak_road_user": False}
    >>> accidents = gpd.GeoDataFrame({"from": days, **harm}, geometry=points)
    >>> rng = np.random.default_rng(1)
    >>> gg.stats.dangerous_by_chance(accidents, streets, simulations=9, rng=rng).tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 0]
    """
    network = StreetNetwork.from_segments(segments)
    late = recent(accidents, end=end, years=rule.years)
    score = accident_scores(late)["score"].to_numpy()
    placed = snap_to_network(late[score > 0], network, max_distance_m=rule.max_distance_m)
    on = (placed["segment"] >= 0).to_numpy()
    value = score[score > 0][on]
    pieces = pieces_of(network, _LIXEL_M)
    rates = piece_rates(network, pieces, placed["segment"].to_numpy()[on])
    listed = np.zeros(simulations, dtype=np.int64)
    if not on.any():
        return listed
    source = generator(rng)
    for run in range(simulations):
        piece = source.choice(len(rates), size=len(value), p=rates / rates.sum())
        spots = Spots(pieces.segment[piece], pieces.middle_m[piece])
        drawn = choose(
            candidates_on_network(network, spots, radius_m, rule.junction_m), value, rule.listed_score
        )
        listed[run] = sum(len(members) >= rule.listed_accidents for _, members in drawn)
    return listed
