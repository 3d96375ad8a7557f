"""Which incidents are placed well enough to make a hotspot."""

import geopandas as gpd
import pandas as pd
import shapely

from genk_geo.config.analysis import ThemeSettings
from genk_geo.jobs.history import precisely_placed
from genk_geo.schema import geocode_level_dtype


def test_what_is_known_only_to_its_street_makes_no_hotspot():
    levels = ["none", "city", "wijk", "street", "road_marker", "interpolated", "address", "coordinate"]
    incidents = gpd.GeoDataFrame(
        {
            "geocode_level": pd.Series(levels, dtype=geocode_level_dtype()),
            "geocode_uncertainty_m": [None, 5000.0, 900.0, 40.0, 50.0, 30.0, 8.0, 400.0],
        },
        geometry=[None, *[shapely.Point(1, 1)] * 7],
        crs=31370,
    )
    found = precisely_placed(incidents, ThemeSettings(max_uncertainty_m=150))
    assert [level for level, kept in zip(levels, found, strict=True) if kept] == levels[4:7]
