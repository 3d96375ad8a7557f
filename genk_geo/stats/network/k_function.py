"""Do events lie closer together along the streets than chance gives? Network K and cross-K."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.reference.streets.street_network import StreetNetwork
from genk_geo.stats.checks import generator, seed_of
from genk_geo.stats.network.reach import Spots
from genk_geo.stats.network.segments import snap_to_network
from genk_geo.stats.network.streets import build_streets

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.stats.checks import Chance

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

Correction = Literal["geometric", "none"]


@dataclass(frozen=True)
class NetworkK:
    """K along a network, with what chance gives.

    Attributes
    ----------
    table : pandas.DataFrame
        Index: ``distance_m``. ``k`` (metres of street), ``low`` and ``high`` (lowest and highest of the
        simulations), ``p_value`` (one-sided: clustered; (1 + as high) / (1 + simulations)).
    events : int
        Events on the network.
    simulations : int
        Patterns that were drawn.
    seed : str
        Where chance came from; empty where nothing was drawn.

    Examples
    --------
    One pair of three lies within 20 m, which a random pattern has within 33 m:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> events = gpd.GeoDataFrame(geometry=gpd.points_from_xy([10, 20, 150], [0, 0, 0], crs=31370))
    >>> rng = np.random.default_rng(1)
    >>> found = gg.stats.network_k(streets, events, distances_m=[20], simulations=0, rng=rng)
    >>> found.events, found.table["k"].round(1).to_dict()
    (3, {20.0: 33.3})
    """

    table: pd.DataFrame
    events: int
    simulations: int
    seed: str = ""


def network_k(
    segments: gpd.GeoDataFrame | StreetNetwork,
    events: gpd.GeoDataFrame,
    *,
    distances_m: npt.ArrayLike,
    others: gpd.GeoDataFrame | None = None,
    correction: Correction = "geometric",
    max_distance_m: float = 50.0,
    simulations: int = 99,
    rng: Chance = None,
) -> NetworkK:
    """Network K of events, or cross-K of events and others (accidents around schools, say).

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        LineStrings in a metric system.
    events : geopandas.GeoDataFrame
        Points; of a cross-K the ones that are counted from.
    distances_m : array_like
        Distances along the streets, ascending.
    others : geopandas.GeoDataFrame, optional
        Points that are counted around the events: cross-K. Chance moves these, not the events.
    correction : {"geometric", "none"}, default "geometric"
        Geometric: a pair counts 1 / (places of the network at that distance), so that K of a random pattern
        is the distance itself, whatever the streets look like. None: Okabe and Yamada's K, in metres of
        street within reach.
    max_distance_m : float, default 50
        Points further from every segment are left out.
    simulations : int, default 99
        Uniform patterns of as many points on the streets; 0: none.
    rng : numpy.random.Generator, int or None
        Source of randomness.

    Returns
    -------
    NetworkK
        K, its envelope and p-values by distance.

    Raises
    ------
    ConfigError
        If the distances are not ascending and positive.
    SchemaError
        If fewer than two points (one of each) are on the network.

    Notes
    -----
    Okabe and Yamada (2001); Ang, Baddeley and Nair (2012), "Geometrically corrected second order analysis
    of events on a linear network".

    Examples
    --------
    Five accidents around one junction lie closer together than chance would have them:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> events = gpd.GeoDataFrame(geometry=gpd.points_from_xy([92, 96, 101, 105, 108], [0] * 5, crs=31370))
    >>> rng = np.random.default_rng(1)
    >>> found = gg.stats.network_k(streets, events, distances_m=[20], rng=rng)
    >>> bool(found.table.loc[20, "p_value"] < 0.05)
    True
    """
    edges = np.asarray(distances_m, dtype=float)
    if edges.ndim != 1 or edges.size == 0 or not (np.diff(edges, prepend=0.0) > 0).all():
        raise ConfigError("distances_m: needed ascending distances above 0 metres.")
    network = StreetNetwork.from_segments(segments)
    from_spots = _spots(network, events, max_distance_m)
    to_spots = from_spots if others is None else _spots(network, others, max_distance_m)
    n, m = len(from_spots.segment), len(to_spots.segment)
    if min(n, m) < 1 or (others is None and n < 2):
        raise SchemaError(
            "K needs at least two points on the network, given {count} events and {m} to count. See "
            "snap_to_network for what lies too far from the streets.",
            count=n,
            m=m,
        )

    def k(sources: Spots, targets: Spots) -> Floats:
        return _k(network, sources, targets, edges, same=others is None, corrected=correction == "geometric")

    observed = k(from_spots, to_spots)
    drawn = np.empty((simulations, edges.size))
    source = generator(rng)
    for run in range(simulations):
        chance = uniform_spots(network, m, source)
        drawn[run] = k(chance if others is None else from_spots, chance)
    nothing = np.full(edges.size, np.nan)
    table = pd.DataFrame(
        {
            "k": observed,
            "low": drawn.min(axis=0) if simulations else nothing,
            "high": drawn.max(axis=0) if simulations else nothing,
            "p_value": (1 + (drawn >= observed).sum(axis=0)) / (1 + simulations) if simulations else nothing,
        },
        index=pd.Index(edges, name="distance_m"),
    )
    return NetworkK(table, n, simulations, seed_of(rng) if simulations else "")


def uniform_spots(network: StreetNetwork, n: int, rng: np.random.Generator) -> Spots:
    """Random places on the streets, as many for each metre."""
    ends = np.cumsum(network.length_m)
    walked = rng.random(n) * ends[-1]
    segment = np.minimum(np.searchsorted(ends, walked, side="right"), len(ends) - 1)
    offset = np.clip(walked - (ends - network.length_m)[segment], 0, network.length_m[segment])
    return Spots(segment.astype(np.int64), offset)


def _spots(network: StreetNetwork, events: gpd.GeoDataFrame, max_distance_m: float) -> Spots:
    placed = snap_to_network(events, network, max_distance_m=max_distance_m)
    on = placed[placed["segment"] >= 0]
    return Spots(on["segment"].to_numpy(), on["offset_m"].to_numpy())


def _k(
    network: StreetNetwork, sources: Spots, targets: Spots, edges: Floats, *, same: bool, corrected: bool
) -> Floats:
    from genk_geo.stats.network.pair_distances import pairs_by_distance
    from genk_geo.stats.network.search import Targets

    order = np.argsort(targets.segment, kind="stable")
    bounds = np.searchsorted(targets.segment[order], np.arange(len(network.length_m) + 1)).astype(np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    twin = place if same else np.full(len(sources.segment), -1, dtype=np.int64)
    ordered = Targets(bounds, targets.offset_m[order])
    counts = pairs_by_distance(build_streets(network), sources, ordered, twin, np.array(edges), corrected)
    n, m = len(sources.segment), len(targets.segment)
    pairs = n * (m - 1) if same else n * m
    result: Floats = network.length_m.sum() * np.cumsum(counts) / pairs
    return result
