"""How a piece of ground is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.reference import City


def whereabouts(ground: BaseGeometry, city: City, wijken: pd.Series | None = None) -> dict[str, Any]:
    """Name a piece of ground by ``place`` (tuple of streets), ``wijk`` and ``stadsdeel``.

    The wijk of each incident there decides, where it is given: one inner point may lie in another one.
    """
    wijk, stadsdeel = city.named(ground, wijken)
    return {"place": tuple(city.streets_near(ground)), "wijk": wijk, "stadsdeel": stadsdeel}
