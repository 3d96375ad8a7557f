"""Outlines of hotspots of many weeks, each once, in few bytes."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from genk_geo.render.maps.coded.small_numbers import packed, zigzag
from genk_geo.render.maps.coded.web_steps import ZOOM, moved_to_the_web, rings_of, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry


def coded_outlines(outlines: Sequence[BaseGeometry], epsg: int) -> tuple[dict[str, Any], list[int]]:
    """Code outlines; those of the same ground, week after week, only once.

    Parameters
    ----------
    outlines : sequence of shapely geometry
        Areas, in a metric system.
    epsg : int
        Code of that system.

    Returns
    -------
    dict
        ``zoom``, ``origin`` (the corner that coordinates count from), ``shapes`` (how many) and ``data``: of
        each shape its rings, of each ring its corners and the differences between these, read by
        ``weeks.js``.
    list of int
        Which shape each outline is.
    """
    number: dict[bytes, int] = {}
    which = [number.setdefault(bytes(shapely.to_wkb(one)), len(number)) for one in outlines]
    shapes = moved_to_the_web(np.array(shapely.from_wkb(list(number)), dtype=object), epsg)
    origin = np.floor(shapely.total_bounds(shapes)[:2]).astype(np.int64) if len(shapes) else np.zeros(2, int)
    numbers: list[npt.NDArray[np.int64]] = []
    before = origin
    for shape in shapes:
        rings = [steps_of(ring) for ring in rings_of(shape)]
        numbers.append(np.array([len(rings)], dtype=np.int64))
        for corners in rings:
            moves = np.diff(corners, axis=0, prepend=before[None])
            numbers.append(np.concatenate([np.array([len(corners)], np.int64), zigzag(moves.ravel())]))
            before = corners[-1]
    data = packed(np.concatenate(numbers)) if numbers else b""
    told = {
        "zoom": ZOOM,
        "origin": [int(edge) for edge in origin],
        "shapes": len(number),
        "data": base64.b64encode(data).decode("ascii"),
    }
    return told, which
