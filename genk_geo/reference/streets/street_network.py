"""The street network: segments between junctions, with name, class, length and speed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import WGS84, epsg_of, reproject
from genk_geo.doors import read_layer
from genk_geo.errors import ConfigError
from genk_geo.reference.streets.nodes import shared_nodes
from genk_geo.reference.streets.osm import (
    OSM_CLASSES,
    read_graphml,
    read_osm,
    request_streets,
    segments_of_graph,
    speed_kmh,
)
from genk_geo.schema import check_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genk_geo.reference.city import CityValue

log = logging.getLogger(__name__)

_TELLABLE = ("segment_id", "name", "road_class", "speed_kmh")
_OSM_SUFFIXES = (".osm", ".xml", ".gz", ".bz2")
_OSM_CREDIT = "Straten: OpenStreetMap (ODbL)"
#: Streets that cross the edge of the city count up to this far outside it.
_MARGIN_M = 250.0


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Segments of streets.

    Make one with :meth:`load`, :meth:`download` or :meth:`of`.

    Attributes
    ----------
    segments : geopandas.GeoDataFrame
        Contract ``segments``. Index: ``segment_id`` (text, the same from day to day for the same source).
        ``name`` (missing where the source has none), ``road_class``, ``length_m``, ``speed_kmh`` (the limit
        where the source says it, NaN elsewhere), ``from_node`` and ``to_node``, geometry: LineString in the
        city's metric system.
    source : str
        Where it comes from: name of the file, or the server.
    attribution : str
        Whom to name.
    fictitious : bool
        True for the streets of the demo.
    """

    segments: gpd.GeoDataFrame
    source: str
    attribution: str = ""
    fictitious: bool = False

    def __len__(self) -> int:
        return len(self.segments)

    def __repr__(self) -> str:
        km = self.segments["length_m"].sum() / 1000.0
        return f"StreetNetwork({len(self)} segments, {km:.1f} km, from {self.source})"

    @classmethod
    def of(
        cls,
        lines: gpd.GeoDataFrame,
        *,
        crs: int,
        source: str,
        attribution: str = "",
        fictitious: bool = False,
        columns: Mapping[str, str] | None = None,
    ) -> Self:
        """Make a network of lines.

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
            If the lines have no coordinate system.
        """
        parts = reproject(lines, crs, f"The streets of {source}").explode(index_parts=False)
        there = (shapely.get_type_id(parts.geometry.to_numpy()) == 1) & (parts.geometry.length > 0)
        parts = parts[there.to_numpy()]
        if parts.empty:
            raise ConfigError(f"{source} has no street. Give a layer of LineStrings.")
        geometry = shapely.force_2d(parts.geometry.to_numpy())
        ends = np.concatenate([shapely.get_coordinates(shapely.get_point(geometry, at)) for at in (0, -1)])
        node = shared_nodes(ends)[1].reshape(2, -1)
        find = _Columns(parts, source, columns or {})
        table = gpd.GeoDataFrame(
            {
                "name": find.text("name"),
                "road_class": find.text("road_class", "highway").fillna("unknown"),
                "length_m": shapely.length(geometry),
                "speed_kmh": find.find("speed_kmh", "maxspeed").map(speed_kmh).astype(float),
                "from_node": node[0],
                "to_node": node[1],
            },
            geometry=gpd.GeoSeries(geometry, index=parts.index, crs=crs),
        )
        table.index = pd.Index(find.identities(), name="segment_id", dtype="str")
        return cls(check_table(table, "segments", epsg=crs), source, attribution, fictitious)

    @classmethod
    def load(cls, path: Path | str, *, crs: int, columns: Mapping[str, str] | None = None) -> Self:
        """Read a network from a file.

        Parameters
        ----------
        path : path-like
            ``.osm`` (XML of OpenStreetMap, also .gz or .bz2), ``.graphml`` (as OSMnx saves it), or a layer of
            lines (GeoPackage, GeoJSON, shapefile), such as the road register.
        crs : int
            EPSG code of the metric system to have it in.
        columns : mapping of str to str, optional
            Columns of a layer (see :meth:`of`).

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
            raise ConfigError(f"{file} does not exist. Give the path of a street network.")
        if file.suffix.lower() == ".graphml" or file.name.lower().endswith(_OSM_SUFFIXES):
            graph = read_graphml(file) if file.suffix.lower() == ".graphml" else read_osm(file)
            lines = segments_of_graph(graph)
            return cls.of(lines, crs=crs, source=file.name, attribution=_OSM_CREDIT)
        layer = read_layer(file, "The streets")
        fictitious = "fictief" in layer and bool(layer["fictief"].astype("boolean").fillna(value=False).any())
        return cls.of(layer, crs=crs, source=file.name, fictitious=fictitious, columns=columns)

    @classmethod
    def download(
        cls,
        where: CityValue | str,
        *,
        crs: int | None = None,
        overpass_url: str | None = None,
        cache: Path | str | None = None,
    ) -> Self:
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
        return cls.of(segments_of_graph(graph), crs=epsg, source=server, attribution=_OSM_CREDIT)

    def save(self, path: Path | str) -> Path:
        """Write the segments as a GeoPackage that :meth:`load` reads again."""
        file = Path(path)
        if file.suffix.lower() != ".gpkg":
            raise ConfigError(f"{file} must end in .gpkg.")
        table = self.segments.reset_index().assign(fictief=self.fictitious)
        table.drop(columns=["from_node", "to_node", "length_m"]).to_file(
            file, layer="segments", driver="GPKG"
        )
        return file


class _Columns:
    """Columns of a layer by the name that was told or one that is usual."""

    def __init__(self, layer: gpd.GeoDataFrame, source: str, told: Mapping[str, str]) -> None:
        if unknown := set(told) - set(_TELLABLE):
            raise ConfigError(
                f"Columns of a street network: {', '.join(sorted(unknown))} is not one of "
                f"{', '.join(_TELLABLE)}."
            )
        self._layer, self._source, self._told = layer, source, told

    def find(self, name: str, *usual: str) -> pd.Series[Any]:
        told = self._told.get(name)
        if told is not None and told not in self._layer:
            raise ConfigError(
                f"{self._source} has no column {told!r}. It has {', '.join(map(str, self._layer.columns))}."
            )
        for column in [told] if told is not None else [name, *usual]:
            if column in self._layer:
                return pd.Series(self._layer[column])
        return pd.Series(None, index=self._layer.index, dtype="object")

    def text(self, name: str, *usual: str) -> pd.Series[str]:
        found = self.find(name, *usual).astype("object")
        return (
            found.where(found.notna() & (found != ""), None).map(_one_text, na_action="ignore").astype("str")
        )

    def identities(self) -> list[str]:
        """Names that are unique: parts of one line get a number."""
        found = self.find("segment_id")
        names = [str(at) for at in (self._layer.index if found.isna().all() else found)]
        seen: dict[str, int] = {}
        unique = []
        for own in names:
            seen[own] = seen.get(own, 0) + 1
            unique.append(own if seen[own] == 1 else f"{own}#{seen[own]}")
        return unique


def _one_text(value: Any) -> str:
    """First of a list, as OpenStreetMap data may have it."""
    return str(value[0]) if isinstance(value, (list, tuple)) and value else str(value)


def _around(city: CityValue) -> Any:
    area = gpd.GeoDataFrame(geometry=[city.boundary.buffer(_MARGIN_M).simplify(10)], crs=city.crs)
    assert epsg_of(area) == city.crs
    return reproject(area, WGS84).geometry.iloc[0]


__all__ = ["OSM_CLASSES", "StreetNetwork"]
