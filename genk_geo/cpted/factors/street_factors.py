"""What the street network says of a place: dead ends, permeability, through routes, lines of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from genk_geo.cpted.factors.layers import factor_of
from genk_geo.crs import reproject
from genk_geo.errors import Message
from genk_geo.reference.streets.street_network import StreetNetwork

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.cpted.factors.catalogue import Catalogue
    from genk_geo.cpted.factors.factor import Factor
    from genk_geo.stats import Grid

    Floats = npt.NDArray[np.float64]

#: Within this distance crossings make a place permeable.
PERMEABLE_M = 250.0
#: With more nodes than this, betweenness is estimated from a sample of routes.
_EXACT_NODES = 1500
_PIVOTS = 300


def network_factors(
    segments: gpd.GeoDataFrame | StreetNetwork,
    grid: Grid,
    *,
    catalogue: Catalogue | None = None,
    seed: int = 71016,
) -> list[Factor]:
    """Four factors from a street network.

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        LineStrings in a metric system, cut where they meet.
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
        If there are no segments, or they have no metric coordinate system.

    Examples
    --------
    Three streets that meet, each a dead end at its other side:

    >>> lines = [[[500, 500], end] for end in ([100, 500], [900, 500], [500, 900])]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> factors = {factor.name: factor for factor in gg.cpted.network_factors(streets, grid)}
    >>> len(factors["dead_ends"].features), float(factors["permeability"].per_cell["100m_E5_N5"])
    (3, 1.0)
    """
    network = StreetNetwork.from_segments(segments)
    streets = reproject(network.segments, grid.crs, what=Message("The street network")).geometry
    nodes = gpd.GeoDataFrame(geometry=shapely.points(network.nodes), crs=network.crs)
    nodes = reproject(nodes, grid.crs, what=Message("The street network"))
    sight = np.hypot(*(network.nodes[network.ends[:, 0]] - network.nodes[network.ends[:, 1]]).T)
    dead_ends = nodes[network.degree == 1].reset_index(drop=True)
    found = [] if dead_ends.empty else [factor_of("dead_ends", catalogue=catalogue, features=dead_ends)]
    cells = {
        "permeability": _crossings(nodes[network.degree >= 3], grid),
        "betweenness": _per_cell(streets, _share_of_routes(network, seed), grid, highest=True),
        "sight_line": _per_cell(streets, sight, grid, highest=False),
    }
    return found + [factor_of(name, catalogue=catalogue, per_cell=values) for name, values in cells.items()]


def _share_of_routes(network: StreetNetwork, seed: int) -> Floats:
    """Share of the shortest routes over each segment.

    Of several between two nodes only the shortest is on any route, and a ring is on none.
    """
    import networkx as nx

    simple = nx.Graph()
    for u, v, segment, length in network.to_networkx().edges(keys=True, data="length"):
        if u != v and length < simple.get_edge_data(u, v, {"length": np.inf})["length"]:
            simple.add_edge(u, v, length=length, segment=segment)
    sample = None if simple.number_of_nodes() <= _EXACT_NODES else _PIVOTS
    routes = nx.edge_betweenness_centrality(simple, k=sample, weight="length", seed=seed)
    share = {simple.edges[edge]["segment"]: value for edge, value in routes.items()}
    return np.array([share.get(segment, 0.0) for segment in network.segments.index])


def _crossings(nodes: gpd.GeoDataFrame, grid: Grid) -> pd.Series[float]:
    middle = shapely.get_coordinates(shapely.centroid(grid.cells.geometry.to_numpy()))
    counts = np.zeros(len(grid))
    if len(nodes):
        tree = KDTree(shapely.get_coordinates(nodes.geometry.to_numpy()))
        counts = tree.query_ball_point(middle, PERMEABLE_M, return_length=True).astype(float)
    return pd.Series(counts, index=grid.cells.index)


def _per_cell(streets: gpd.GeoSeries, value: Floats, grid: Grid, *, highest: bool) -> pd.Series[float]:
    """Highest value of the streets in a cell, or their mean by length inside it."""
    lines, squares = streets.to_numpy(), grid.cells.geometry.to_numpy()
    cell, street = shapely.STRtree(lines).query(squares, predicate="intersects")
    if highest:
        top = np.zeros(len(grid))
        np.maximum.at(top, cell, value[street])
        return pd.Series(top, index=grid.cells.index)
    inside = shapely.length(shapely.intersection(squares[cell], lines[street]))
    length = np.bincount(cell, weights=inside, minlength=len(grid))
    total = np.bincount(cell, weights=inside * value[street], minlength=len(grid))
    mean = np.divide(total, length, out=np.full(len(grid), np.nan), where=length > 0)
    return pd.Series(mean, index=grid.cells.index)
