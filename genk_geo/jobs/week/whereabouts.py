"""How a piece of ground is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from genk_geo.reference import City


def whereabouts(ground: BaseGeometry, city: City) -> dict[str, Any]:
    """Name a piece of ground by ``place`` (tuple of streets), ``wijk`` and ``stadsdeel``."""
    middle = ground.representative_point()
    area = city.locate([middle.x], [middle.y]).iloc[0]
    return {
        "place": tuple(city.streets_near(ground)),
        "wijk": area["wijk"],
        "stadsdeel": area["stadsdeel"],
    }
