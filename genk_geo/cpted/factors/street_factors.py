"""What the street network says of a place: dead ends, permeability, through routes, lines of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from genk_geo.cpted.factors.layers import factor_of
from genk_geo.crs import reproject
from genk_geo.errors import SchemaError

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.cpted.factors.catalogue import Catalogue
    from genk_geo.cpted.factors.factor import Factor
    from genk_geo.stats import Grid

#: Within this distance crossings make a place permeable.
PERMEABLE_M = 250.0
#: With more nodes than this, betweenness is estimated from a sample of routes.
_EXACT_NODES = 1500
_PIVOTS = 300


def network_factors(
    graph: Any, grid: Grid, *, catalogue: Catalogue | None = None, seed: int = 71016
) -> list[Factor]:
    """Four factors from a street network.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As OSMnx makes it: nodes with ``x`` and ``y``, edges with ``length``, the graph with ``crs``.
    grid : Grid
        The cells.
    catalogue : dict, optional
        The packaged one by default.
    seed : int
        Of the sample of routes in a large network.

    Returns
    -------
    list of Factor
        ``dead_ends`` (points: ends of streets where one street arrives), ``permeability`` (crossings of
        three streets or more within 250 m of the middle of a cell), ``betweenness`` (highest share of
        shortest routes over a street that passes the cell, 0 without street), ``sight_line`` (mean over the
        streets in the cell, by length, of the straight distance between their ends; NaN without street).

    Raises
    ------
    SchemaError
        If the graph has no edges or no coordinate system.
    """
    import networkx as nx
    import osmnx as ox

    if not graph.number_of_edges() or "crs" not in graph.graph:
        raise SchemaError("The street network needs edges and a coordinate system, as OSMnx makes it.")
    streets = ox.convert.to_undirected(graph)
    nodes, edges = ox.convert.graph_to_gdfs(streets)
    nodes, edges = (reproject(part, grid.crs, what="The street network") for part in (nodes, edges))
    degree = dict(streets.degree())
    arms = np.array([degree[node] for node in nodes.index])
    simple = nx.Graph()
    for u, v, length in streets.edges(data="length"):
        if u != v and length < simple.get_edge_data(u, v, {"length": np.inf})["length"]:
            simple.add_edge(u, v, length=length)
    sample = None if simple.number_of_nodes() <= _EXACT_NODES else _PIVOTS
    routes = nx.edge_betweenness_centrality(simple, k=sample, weight="length", seed=seed)
    share = [routes.get((u, v), routes.get((v, u), 0.0)) for u, v, _ in edges.index]
    ends = shapely.distance(*(shapely.points(_at(nodes, edges, level)) for level in (0, 1)))
    ends_here = nodes[arms == 1][["geometry"]].reset_index(drop=True)
    found = [] if ends_here.empty else [factor_of("dead_ends", catalogue=catalogue, features=ends_here)]
    cells = {
        "permeability": _crossings(nodes[arms >= 3], grid),
        "betweenness": _per_cell(edges, np.asarray(share), grid, highest=True),
        "sight_line": _per_cell(edges, np.asarray(ends), grid, highest=False),
    }
    return found + [factor_of(name, catalogue=catalogue, per_cell=values) for name, values in cells.items()]


def _at(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, level: int) -> Any:
    return shapely.get_coordinates(nodes.geometry.reindex(edges.index.get_level_values(level)).to_numpy())


def _crossings(nodes: gpd.GeoDataFrame, grid: Grid) -> pd.Series[float]:
    middle = shapely.get_coordinates(shapely.centroid(grid.cells.geometry.to_numpy()))
    counts = np.zeros(len(grid))
    if len(nodes):
        tree = KDTree(shapely.get_coordinates(nodes.geometry.to_numpy()))
        counts = tree.query_ball_point(middle, PERMEABLE_M, return_length=True).astype(float)
    return pd.Series(counts, index=grid.cells.index)


def _per_cell(
    edges: gpd.GeoDataFrame, value: np.typing.NDArray[np.float64], grid: Grid, *, highest: bool
) -> pd.Series[float]:
    """Highest value of the streets in a cell, or their mean by length inside it."""
    cell, edge = shapely.STRtree(edges.geometry.to_numpy()).query(
        grid.cells.geometry.to_numpy(), predicate="intersects"
    )
    if highest:
        top = np.zeros(len(grid))
        np.maximum.at(top, cell, value[edge])
        return pd.Series(top, index=grid.cells.index)
    inside = shapely.length(
        shapely.intersection(grid.cells.geometry.to_numpy()[cell], edges.geometry.to_numpy()[edge])
    )
    length = np.bincount(cell, weights=inside, minlength=len(grid))
    total = np.bincount(cell, weights=inside * value[edge], minlength=len(grid))
    mean = np.divide(total, length, out=np.full(len(grid), np.nan), where=length > 0)
    return pd.Series(mean, index=grid.cells.index)
