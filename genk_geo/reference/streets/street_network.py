"""The street network: segments between junctions, the nodes where they meet, name, class and speed.

Direction of travel plays no part: an accident on one side of a street is near one on the other side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import WGS84, check_degrees, epsg_of, metric_epsg_of, reproject
from genk_geo.doors import read_layer
from genk_geo.errors import ConfigError, Message, SchemaError, some_rows
from genk_geo.reference.streets.layer_columns import LayerColumns
from genk_geo.reference.streets.nodes import Arms, arms_of_nodes, shared_nodes
from genk_geo.reference.streets.osm import (
    read_graphml,
    read_osm,
    request_streets,
    segments_of_graph,
    speed_kmh,
)
from genk_geo.schema import check_table
from genk_geo.show import Layer, Look, Shown, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    import numpy.typing as npt

    from genk_geo.reference.city import CityValue
    from genk_geo.show.words import Words

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_LOOK = Look("streets", tips=("name", "road_class", "speed_kmh", "length_m"))
_OSM_SUFFIXES = (".osm", ".xml", ".gz", ".bz2")
_OSM_CREDIT = "Straten: OpenStreetMap (ODbL)"
#: Streets that cross the edge of the city count up to this far outside it.
_MARGIN_M = 250.0


@dataclass(frozen=True, eq=False, repr=False)
class StreetNetwork(Shown):
    """Segments of streets and how they hang together.

    Make one with :meth:`load`, :meth:`download`, :meth:`from_lines`, :meth:`from_osmnx` or
    :meth:`from_segments`; :meth:`to_networkx` is the way out. Dead ends, rings, several segments between two
    nodes and a segment that ends where it begins are all fine; streets that cross without a common end (a
    bridge) do not meet.

    Attributes
    ----------
    segments : geopandas.GeoDataFrame
        LineStrings in a metric system. Index: identity of a segment. Networks that are read keep the contract
        ``segments``: the index ``segment_id`` (text, the same from day to day for the same source), ``name``
        (missing where the source has none), ``road_class``, ``length_m``, and ``speed_kmh`` (the limit where
        the source says it, NaN elsewhere).
    length_m : numpy.ndarray, shape (segments,)
        Length of each.
    ends : numpy.ndarray of int, shape (segments, 2)
        Node at the first and at the last vertex.
    nodes : numpy.ndarray, shape (nodes, 2)
        Coordinates of the nodes; ends nearer than 1 cm are one node.
    source : str
        Where it comes from: name of the file, or the server.
    attribution : str
        Whom to name.
    fictitious : bool
        True for the streets of the demo.

    Examples
    --------
    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]], [[100, 0], [100, 80]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> network = gg.stats.Network.from_segments(streets, source="three streets")
    >>> network
    Street network
      segments   3, 0.3 km
      junctions  1
      source     three streets
    """

    segments: gpd.GeoDataFrame
    length_m: Floats
    ends: Ints
    nodes: Floats
    source: str = ""
    attribution: str = ""
    fictitious: bool = False

    def __len__(self) -> int:
        return len(self.segments)

    def shows(self, words: Words) -> View:
        """The streets."""
        size = f"{len(self):,}, {self.length_m.sum() / 1000.0:,.1f} km"
        facts = [("segments", size), ("junctions", str((self.degree > 2).sum()))]
        facts += [(key, text) for key in ("source", "attribution") if (text := getattr(self, key))]
        made_up = (("fictitious", words("fact.yes")),) if self.fictitious else ()
        return View(words("title.network"), (*facts, *made_up), (Layer(self.segments, _LOOK),))

    @classmethod
    def from_segments(
        cls,
        segments: gpd.GeoDataFrame | StreetNetwork,
        *,
        source: str = "",
        attribution: str = "",
        fictitious: bool = False,
    ) -> StreetNetwork:
        """Find the nodes of a table of segments, which is kept as it is.

        Parameters
        ----------
        segments : geopandas.GeoDataFrame or StreetNetwork
            LineStrings in a metric system; index: identity of a segment. A network is handed on.
        source, attribution : str
            Where it comes from, and whom to name.
        fictitious : bool
            Whether these are streets that do not exist.

        Returns
        -------
        StreetNetwork

        Raises
        ------
        SchemaError
            If it is no table or an empty one, has no metric coordinate system, or holds anything but lines
            with a length.
        """
        if isinstance(segments, StreetNetwork):
            return segments
        _check_segments(segments)
        lines = segments.geometry.to_numpy()
        first, last = (shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1))
        nodes, node = shared_nodes(np.concatenate([first, last]))
        ends = node.reshape(2, -1).T.copy()
        return cls(segments, shapely.length(lines), ends, nodes, source, attribution, fictitious)

    @classmethod
    def from_lines(
        cls,
        lines: gpd.GeoDataFrame,
        *,
        crs: int,
        source: str,
        attribution: str = "",
        fictitious: bool = False,
        columns: Mapping[str, str] | None = None,
    ) -> StreetNetwork:
        """Make a network of the lines of a layer.

        Parameters
        ----------
        lines : geopandas.GeoDataFrame
            Streets, cut where they meet. MultiLineStrings are taken apart; what has no length is left out.
        crs : int
            EPSG code of the metric system to have it in.
        source, attribution : str
            Where it comes from, and whom to name.
        fictitious : bool
            Whether these are streets that do not exist.
        columns : mapping of str to str, optional
            Where ``segment_id``, ``name``, ``road_class`` and ``speed_kmh`` stand; by default in columns of
            these names, or ``highway`` and ``maxspeed``, where present.

        Returns
        -------
        StreetNetwork

        Raises
        ------
        ConfigError
            If there is no line, or a column that was named is not there.
        SchemaError
            If the lines have no coordinate system, or the one that is wanted is not metric.
        """
        parts = reproject(lines, crs, Message("The streets of {source}", source=source)).explode(
            index_parts=False
        )
        shapes = parts.geometry.to_numpy()
        parts = parts[(shapely.get_type_id(shapes) == 1) & (shapely.length(shapes) > 0)]
        if parts.empty:
            raise ConfigError("{source} has no street. Give a layer of LineStrings.", source=source)
        geometry = shapely.force_2d(parts.geometry.to_numpy())
        find = LayerColumns(parts, source, columns or {})
        table = gpd.GeoDataFrame(
            {
                "name": find.text("name"),
                "road_class": find.text("road_class", "highway").fillna("unknown"),
                "length_m": shapely.length(geometry),
                "speed_kmh": find.find("speed_kmh", "maxspeed").map(speed_kmh).astype(float),
            },
            geometry=gpd.GeoSeries(geometry, index=parts.index, crs=crs),
        )
        table.index = pd.Index(find.identities(), name="segment_id", dtype="str")
        table = check_table(table, "segments", epsg=crs)
        return cls.from_segments(table, source=source, attribution=attribution, fictitious=fictitious)

    @classmethod
    def from_osmnx(cls, graph: nx.MultiDiGraph, *, crs: int, source: str = "OSMnx") -> StreetNetwork:
        """Make a network of a graph of OSMnx.

        Parameters
        ----------
        graph : networkx.MultiDiGraph
            As OSMnx makes it: simplified or not, with ``highway`` on its edges. Edges of other classes than
            those of :data:`genk_geo.reference.streets.osm.OSM_CLASSES`, such as footpaths, are left out.
        crs : int
            EPSG code of the metric system to have it in.
        source : str
            Where it comes from.

        Returns
        -------
        StreetNetwork
            One segment for both directions.

        Raises
        ------
        ConfigError
            If no edge is a street.
        """
        return cls.from_lines(segments_of_graph(graph), crs=crs, source=source, attribution=_OSM_CREDIT)

    @classmethod
    def load(cls, path: Path | str, *, crs: int, columns: Mapping[str, str] | None = None) -> StreetNetwork:
        """Read a network from a file.

        Parameters
        ----------
        path : path-like
            ``.osm`` (XML of OpenStreetMap, also .gz or .bz2), ``.graphml`` (as OSMnx saves it), or a layer of
            lines (GeoPackage, GeoJSON, shapefile), such as the road register.
        crs : int
            EPSG code of the metric system to have it in.
        columns : mapping of str to str, optional
            Columns of a layer (see :meth:`from_lines`).

        Returns
        -------
        StreetNetwork

        Raises
        ------
        ConfigError
            If the file is missing, cannot be read or holds no street.
        """
        file = Path(path)
        if not file.exists():
            raise ConfigError("{file} does not exist. Give the path of a street network.", file=file)
        if file.suffix.lower() == ".graphml" or file.name.lower().endswith(_OSM_SUFFIXES):
            graph = read_graphml(file) if file.suffix.lower() == ".graphml" else read_osm(file)
            return cls.from_osmnx(graph, crs=crs, source=file.name)
        layer = read_layer(file, Message("The streets"))
        if layer.crs is not None:
            check_degrees(layer, Message("The streets of {file}", file=file.name), both_ways=True)
        fictitious = "fictief" in layer and bool(layer["fictief"].astype("boolean").fillna(value=False).any())
        return cls.from_lines(layer, crs=crs, source=file.name, fictitious=fictitious, columns=columns)

    @classmethod
    def download(
        cls,
        where: CityValue | str,
        *,
        crs: int | None = None,
        overpass_url: str | None = None,
        cache: Path | str | None = None,
    ) -> StreetNetwork:
        """Fetch the streets of a city from OpenStreetMap, by an Overpass server.

        Parameters
        ----------
        where : City or str
            A city (its boundary and 250 m around it), or a name for the search service, such as
            ``"Genk, Belgium"``.
        crs : int, optional
            EPSG code of the metric system; of a city its own.
        overpass_url : str, optional
            Another server than that of OSMnx, such as ``https://overpass.example/api``.
        cache : path-like, optional
            Folder for what the server answered; nothing is kept by default.

        Returns
        -------
        StreetNetwork

        Raises
        ------
        ConfigError
            If the server does not answer, or knows no street there.
        """
        from genk_geo.reference.city import CityValue

        if isinstance(where, CityValue):
            area: Any = _around(where)
            epsg = where.crs if crs is None else crs
        elif crs is None:
            raise ConfigError(
                "Say in which coordinate system the streets of a named place are wanted: crs=..."
            )
        else:
            area, epsg = where, crs
        graph, server = request_streets(area, overpass_url, None if cache is None else Path(cache))
        return cls.from_osmnx(graph, crs=epsg, source=server)

    def save(self, path: Path | str) -> Path:
        """Write the segments as a GeoPackage that :meth:`load` reads again."""
        file = Path(path)
        if file.suffix.lower() != ".gpkg":
            raise ConfigError("{file} must end in .gpkg.", file=file)
        table = self.segments.reset_index().assign(fictief=self.fictitious)
        table.drop(columns="length_m", errors="ignore").to_file(file, layer="segments", driver="GPKG")
        return file

    def to_networkx(self) -> nx.MultiGraph:
        """The network as a graph, for whatever networkx or OSMnx can compute of it.

        Returns
        -------
        networkx.MultiGraph
            Nodes by their position, with ``x`` and ``y``; an edge for each segment, its label as key, with
            ``length`` (m), the geometry and the other columns; ``crs`` on the graph. So
            :func:`osmnx.convert.graph_to_gdfs` takes it.
        """
        import networkx as nx

        graph = nx.MultiGraph(crs=f"EPSG:{self.crs}")
        graph.add_nodes_from((at, {"x": float(x), "y": float(y)}) for at, (x, y) in enumerate(self.nodes))
        shapes = self.segments.geometry
        table = pd.DataFrame(self.segments.drop(columns=[shapes.name, "length_m"], errors="ignore"))
        table = table.assign(length=self.length_m, geometry=shapes.to_numpy())
        graph.add_edges_from(
            (int(u), int(v), label, facts)
            for (u, v), label, facts in zip(self.ends, table.index, table.to_dict("records"), strict=True)
        )
        return graph

    @cached_property
    def degree(self) -> Ints:
        """Number of segment ends at each node; a ring counts twice."""
        return np.bincount(self.ends.ravel(), minlength=len(self.nodes))

    @cached_property
    def arms(self) -> Arms:
        """Directed segments by node."""
        return arms_of_nodes(self.ends, len(self.nodes))

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the segments in space."""
        return shapely.STRtree(self.segments.geometry.to_numpy())

    @property
    def crs(self) -> int:
        """EPSG code."""
        return epsg_of(self.segments, Message("The segments"))


def _check_segments(segments: object) -> None:
    if not isinstance(segments, gpd.GeoDataFrame):
        raise SchemaError(
            "Needed a table of segments or a StreetNetwork, given a {kind}. StreetNetwork.from_osmnx takes "
            "a graph of OSMnx, StreetNetwork.load a file.",
            kind=type(segments).__name__,
        )
    if len(segments) == 0:
        raise SchemaError("The street network has no segments. Give at least one LineString.")
    metric_epsg_of(segments, Message("The segments"))
    lines = segments.geometry.to_numpy()
    wrong = (shapely.get_type_id(lines) != 1) | ~(shapely.length(lines) > 0)
    if wrong.any():
        raise SchemaError(
            "Segments {rows} are no LineString with a length. Explode MultiLineStrings and drop what is "
            "empty.",
            rows=some_rows(segments.index[wrong]),
        )
    if segments.index.has_duplicates:
        twice = segments.index[segments.index.duplicated()].unique()
        raise SchemaError(
            "Segments {twice} stand more than once in the index of the segments.", twice=some_rows(twice)
        )


def _around(city: CityValue) -> Any:
    area = gpd.GeoDataFrame(geometry=[city.boundary.buffer(_MARGIN_M).simplify(10)], crs=city.crs)
    assert epsg_of(area) == city.crs
    return reproject(area, WGS84).geometry.iloc[0]
