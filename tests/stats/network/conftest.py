"""A town of streets to walk, and events on it."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from shapely import LineString


@pytest.fixture(scope="module")
def town():
    """A lattice of 8 x 8 blocks of 100 m: rows primary, columns residential."""
    rows = [LineString([(100 * i, 100 * j), (100 * i + 100, 100 * j)]) for j in range(9) for i in range(8)]
    columns = [LineString([(100 * i, 100 * j), (100 * i, 100 * j + 100)]) for i in range(9) for j in range(8)]
    return gpd.GeoDataFrame(
        {
            "name": [f"Rij {at // 8}" for at in range(72)] + [f"Kolom {at // 8}" for at in range(72)],
            "road_class": ["primary"] * 72 + ["residential"] * 72,
        },
        geometry=rows + columns,
        crs=31370,
    )


@pytest.fixture(scope="session")
def at_random():
    """Draw places on the streets of some classes."""

    def draw(streets, n, rng, *, classes=("primary", "residential")):
        chosen = streets[streets["road_class"].isin(classes)]
        lines = chosen.geometry.to_numpy()[rng.integers(0, len(chosen), n)]
        return list(shapely.line_interpolate_point(lines, rng.random(n), normalized=True))

    return draw
