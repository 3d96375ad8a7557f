"""The backdrop of a map as a page carries it: cut to what the map shows, in whole steps, in few bytes."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from genk_geo.crs import epsg_of
from genk_geo.reference.backdrop.value import AREAS, LINES, PLACES
from genk_geo.render.maps.braces import braceless
from genk_geo.render.maps.coded.small_numbers import packed, zigzag
from genk_geo.render.maps.coded.web_steps import ZOOM, moved_to_the_web, on_the_web, rings_of, steps_of

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.reference.backdrop import Backdrop

    Shapes = npt.NDArray[np.object_]


class _Layer(NamedTuple):
    """Shapes on the web map, with their kind and name."""

    kinds: npt.NDArray[np.object_]
    names: npt.NDArray[np.object_]
    shapes: Shapes
    ranks: npt.NDArray[np.int64]


def coded_backdrop(backdrop: Backdrop, bounds: tuple[float, float, float, float]) -> dict[str, Any] | None:
    """Code what lies under a map.

    Every number is the difference to the one before it, in as few bytes as it takes (seven bits in each), so
    that the course of a street costs some two bytes a corner. Streets of one name are joined first.

    Parameters
    ----------
    backdrop : Backdrop
        Of the whole city.
    bounds : tuple of float
        West, south, east and north of what the map may show, in degrees.

    Returns
    -------
    dict or None
        ``zoom`` and ``origin`` (the corner that coordinates count from), ``names``, and for ``lines``,
        ``areas`` and ``places`` their kinds and numbers, read by ``backdrop.js``. None where nothing lies
        there.
    """
    west, south, east, north = bounds
    (left, right), (bottom, top) = on_the_web([west, east], [south, north])
    box = (left, top, right, bottom)  # rows of a web map are counted from the north
    origin = (int(left), int(top))
    lines, areas, places = (_clipped(layer, box) for layer in _drawn(backdrop))
    names = sorted({str(name) for layer in (lines, places) for name in layer.names if name})
    number = {name: at for at, name in enumerate(names, 1)} | {"": 0}
    if not len(lines.shapes) + len(areas.shapes) + len(places.shapes):
        return None
    return {
        "zoom": ZOOM,
        "origin": origin,
        "names": braceless(names),
        "lines": _coded(_joined(lines), LINES, number, origin),
        "areas": _coded(areas._replace(names=np.full_like(areas.names, "")), AREAS, number, origin),
        "places": _coded(places, PLACES, number, origin),
    }  # fmt: skip


@lru_cache(maxsize=2)
def _drawn(backdrop: Backdrop) -> tuple[_Layer, _Layer, _Layer]:
    """Lines, areas and places on the web map: moved there once for all pages."""
    lines, areas, places = backdrop.lines, backdrop.areas, backdrop.places
    return _layer(lines), _layer(areas), _layer(places, places["rank"].to_numpy(np.int64))


def _layer(frame: gpd.GeoDataFrame, ranks: npt.NDArray[np.int64] | None = None) -> _Layer:
    shapes = moved_to_the_web(frame.geometry.to_numpy(), epsg_of(frame, "The backdrop"))
    kinds, names = (frame[name].to_numpy(dtype=object) for name in ("kind", "name"))
    return _Layer(kinds, names, shapes, np.zeros(len(frame), np.int64) if ranks is None else ranks)


def _clipped(layer: _Layer, box: tuple[float, float, float, float]) -> _Layer:
    if not len(layer.shapes):
        return layer
    cut = shapely.clip_by_rect(layer.shapes, *box)
    parts, owner = shapely.get_parts(cut, return_index=True)
    kept = ~shapely.is_empty(parts)
    parts, owner = parts[kept], owner[kept]
    return _Layer(layer.kinds[owner], layer.names[owner], parts, layer.ranks[owner])


def _joined(lines: _Layer) -> _Layer:
    """Pieces of a street end to end: fewer beginnings to code, and a longer line to write its name along."""
    if not len(lines.shapes):
        return lines
    keys = list(zip(lines.kinds.tolist(), lines.names.tolist(), strict=True))
    groups: dict[tuple[str, str], list[int]] = {}
    for at, key in enumerate(keys):
        groups.setdefault(key, []).append(at)
    joined = {
        key: shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines.shapes[at])))
        for key, at in sorted(groups.items())
    }
    shapes = np.concatenate(list(joined.values()))
    kinds, names = (
        np.array([key[part] for key, found in joined.items() for _ in found], dtype=object) for part in (0, 1)
    )
    return _Layer(kinds, names, shapes, np.zeros(len(shapes), np.int64))


def _coded(
    layer: _Layer, kinds: tuple[str, ...], number: dict[str, int], origin: tuple[int, int]
) -> dict[str, Any]:
    """Kinds in the order of drawing, with how many shapes each has, and the numbers of all shapes.

    A shape is its name, its rank (of places only), its corners, and the differences between these; an area is
    its rings, one shape each, of which the holes are drawn the other way round.
    """
    told: list[list[Any]] = []
    numbers: list[npt.NDArray[np.int64]] = []
    before = np.array(origin, dtype=np.int64)
    for kind in kinds:
        mine = np.flatnonzero(layer.kinds == kind)
        count = 0
        for at in mine:
            for ring in rings_of(layer.shapes[at]):
                corners = steps_of(ring)
                if len(corners) < 2 and kind not in PLACES:
                    continue
                head = [number[str(layer.names[at])], *([int(layer.ranks[at])] if kind in PLACES else [])]
                size = [] if kind in PLACES else [len(corners)]
                moves = np.diff(corners, axis=0, prepend=before[None])
                numbers.append(np.concatenate([np.array(head + size, np.int64), zigzag(moves.ravel())]))
                before, count = corners[-1], count + 1
        if count:
            told.append([kind, count])
    data = packed(np.concatenate(numbers)) if numbers else b""
    return {"kinds": told, "data": base64.b64encode(data).decode("ascii")}
