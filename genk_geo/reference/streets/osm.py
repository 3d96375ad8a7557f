"""Streets of OpenStreetMap, through OSMnx: a local file or a server, to segments."""

from __future__ import annotations

import logging
import math
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from genk_geo.crs import WGS84
from genk_geo.doors import check_xml
from genk_geo.errors import ConfigError, Message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

#: Values of ``highway`` where vehicles or bicycles come, most important first.
OSM_CLASSES = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service",
    "pedestrian", "cycleway", "busway", "road",
)  # fmt: skip

_SERVER = "https://overpass-api.de/api"
_TIMEOUT_S = 120
_MPH = 1.609344
_TAGS = ("name", "highway", "maxspeed")
_DIRECTIONS = ("oneway", "reversed")


def read_osm(path: Path) -> Any:
    """Graph of an OpenStreetMap file (XML), without looking at directions."""
    import osmnx as ox

    try:
        return ox.graph_from_xml(
            check_xml(path, Message("The streets")), bidirectional=True, simplify=False, retain_all=True
        )
    except ConfigError:
        raise
    except Exception as error:  # OSMnx and its parser each raise their own
        raise ConfigError(
            "{path} cannot be read as an OpenStreetMap file ({reason}).", path=path, reason=error
        ) from error


def read_graphml(path: Path) -> Any:
    """Graph as OSMnx saves it."""
    import osmnx as ox

    try:
        return ox.load_graphml(check_xml(path, Message("The streets")))
    except ConfigError:
        raise
    except Exception as error:  # networkx and the XML parser each raise their own
        raise ConfigError(
            "{path} cannot be read as a GraphML of OSMnx ({reason}).", path=path, reason=error
        ) from error


def request_streets(area: Any, overpass_url: str | None, cache: Path | None) -> tuple[Any, str]:
    """Graph of a polygon (WGS84) or a named place, and the server that gave it."""
    import osmnx as ox

    server = (overpass_url or _SERVER).rstrip("/")
    query = f'["highway"~"^({"|".join(OSM_CLASSES)})$"]["area"!~"yes"]'
    wanted: dict[str, Any] = {"simplify": False, "retain_all": True, "custom_filter": query}
    with _settings(server, cache, own_server=overpass_url is not None):
        try:
            if isinstance(area, str):
                return ox.graph_from_place(area, **wanted), server
            return ox.graph_from_polygon(area, truncate_by_edge=True, **wanted), server
        except Exception as error:  # OSMnx and requests each raise their own
            raise ConfigError(
                "The streets could not be downloaded from {server} ({reason}). Download them elsewhere as "
                ".osm and name the file.",
                server=server,
                reason=error,
            ) from error


@contextmanager
def _settings(server: str, cache: Path | None, *, own_server: bool) -> Iterator[None]:
    """Settings of OSMnx for one request; they are global, so they are put back."""
    import osmnx as ox

    wanted: dict[str, Any] = {
        "overpass_url": server,
        "use_cache": cache is not None,
        "requests_timeout": _TIMEOUT_S,
        # A server of one's own need not tell how busy it is.
        "overpass_rate_limit": not own_server,
    }
    if cache is not None:
        wanted["cache_folder"] = cache
    before = {name: getattr(ox.settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(ox.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(ox.settings, name, value)


def segments_of_graph(graph: Any) -> gpd.GeoDataFrame:
    """Streets between junctions, of a graph of OSMnx.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As OSMnx makes it, with ``highway`` on its edges.

    Returns
    -------
    geopandas.GeoDataFrame
        ``segment_id`` (the two junctions and a rank), ``name``, ``highway``, ``maxspeed``, geometry in the
        system of the graph. One row for both directions; a street is also cut where its name or class
        changes.

    Raises
    ------
    ConfigError
        If no edge is a street.
    """
    import osmnx as ox

    roads = graph.edge_subgraph(
        [
            edge
            for edge, highway in _attributes(graph, "highway")
            if set(highway if isinstance(highway, list) else [highway]) & set(OSM_CLASSES)
        ]
    ).copy()
    if not roads.number_of_edges():
        raise ConfigError("The street network has no street: needed edges with a highway of OpenStreetMap.")
    _forget_directions(roads)
    if not roads.graph.get("simplified", False):
        roads = ox.simplification.simplify_graph(
            roads, edge_attrs_differ=["highway", "name"], remove_rings=False
        )
    streets = ox.convert.to_undirected(roads)
    edges = ox.convert.graph_to_gdfs(streets, nodes=False)
    edges = edges.set_crs(roads.graph.get("crs", WGS84), allow_override=True)
    ends = [(min(u, v), max(u, v), key) for u, v, key in edges.index]
    table = gpd.GeoDataFrame(
        {
            "segment_id": [f"{u}-{v}-{key}" for u, v, key in ends],
            **{
                name: edges[name].to_numpy() if name in edges else None
                for name in ("name", "highway", "maxspeed")
            },
        },
        geometry=edges.geometry.to_numpy(),
        crs=edges.crs,
    )
    table["highway"] = table["highway"].map(_most_important)
    order = table["segment_id"].argsort(kind="stable")
    return table[~shapely.is_empty(table.geometry.to_numpy())].iloc[order].reset_index(drop=True)


def _attributes(graph: Any, name: str) -> Iterator[tuple[Any, Any]]:
    for u, v, key, value in graph.edges(keys=True, data=name):
        yield (u, v, key), value


def _forget_directions(graph: Any) -> None:
    """Every street both ways, so that a one-way street is no other street where it becomes two-way."""
    lacking = []
    for u, v, _, data in graph.edges(keys=True, data=True):
        for name in _DIRECTIONS:
            data.pop(name, None)
        if not graph.has_edge(v, u):
            lacking.append((v, u, data))
    for v, u, data in lacking:
        told = dict(data)
        if "geometry" in told:
            told["geometry"] = told["geometry"].reverse()
        graph.add_edge(v, u, **told)


def _most_important(highway: Any) -> str:
    """One class of a street that has several."""
    named = highway if isinstance(highway, list) else [highway]
    known = [name for name in OSM_CLASSES if name in named]
    return known[0] if known else str(named[0])


def speed_kmh(told: Any) -> float:
    """Speed limit of a tag: ``50``, ``30 mph``, ``['50', '70']`` (the highest); NaN when not said."""
    if isinstance(told, (list, tuple)):
        speeds = [speed for one in told if not math.isnan(speed := speed_kmh(one))]
        return max(speeds, default=math.nan)
    if isinstance(told, (int, float)):
        return float(told)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(km/h|mph)?\s*", told) if isinstance(told, str) else None
    if found is None:
        return math.nan
    return float(found[1]) * (_MPH if found[2] == "mph" else 1.0)
