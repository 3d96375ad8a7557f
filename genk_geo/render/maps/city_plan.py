"""The plan of the city on the first page: stadsdelen as outlines that lead to their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.maps.drawings import plan

if TYPE_CHECKING:
    import geopandas as gpd
    from markupsafe import Markup

_WIDTH = 400.0
_PAD = 4.0
_SIMPLIFY_M = 20.0


def city_plan(
    stadsdelen: gpd.GeoDataFrame, *, pages: dict[str, str], kinds: dict[str, str], label: str
) -> Markup:
    """Draw the stadsdelen.

    Parameters
    ----------
    stadsdelen : geopandas.GeoDataFrame
        Outlines in a metric system, column ``stadsdeel``.
    pages, kinds : dict of str to str
        Page and class of each stadsdeel.
    label : str
        What a screen reader says.

    Returns
    -------
    markupsafe.Markup
        An ``<svg>`` element.
    """
    xmin, ymin, xmax, ymax = stadsdelen.total_bounds
    scale = (_WIDTH - 2 * _PAD) / (xmax - xmin)
    height = round((ymax - ymin) * scale + 2 * _PAD, 1)

    def at(x: float, y: float) -> tuple[float, float]:
        return round((x - xmin) * scale + _PAD, 1), round((ymax - y) * scale + _PAD, 1)

    def path(shape: Any) -> str:
        polygons = getattr(shape, "geoms", [shape])
        rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
        return "".join(
            "M" + "L".join("{} {}".format(*at(*place[:2])) for place in ring.coords[:-1]) + "Z"
            for ring in rings
        )

    shapes = stadsdelen.geometry.simplify_coverage(_SIMPLIFY_M)
    outlines = [
        (path(shape), pages[name], name, kinds[name], at(middle.x, middle.y))
        for name, shape, middle in zip(
            map(str, stadsdelen["stadsdeel"]), shapes, stadsdelen.representative_point(), strict=True
        )
    ]
    return plan(outlines, (_WIDTH, height), label)
