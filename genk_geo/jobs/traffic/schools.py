"""Accidents around schools and on the way to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.jobs.traffic.dangerous import in_areas

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.jobs.traffic.accidents import AccidentsOnStreets

_NO_SCHOOLS = ["name", "wijk", "stadsdeel", "accidents", "weak", "school_time", "street_m"]
_WAYS = ["school", "length_m", "accidents", "safest_length_m", "safest_accidents"]


def around_schools(accidents: AccidentsOnStreets, schools: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Accidents within walking distance of each school, and that zone."""
    if schools is None or schools.empty:
        nothing = {name: pd.Series(dtype="object") for name in _NO_SCHOOLS}
        return gpd.GeoDataFrame(nothing, geometry=[], crs=accidents.city.crs)
    minutes = accidents.settings.traffic.walk_minutes
    zones = stats.walking_zones(accidents.network, schools, minutes=minutes)
    pairs = stats.events_around(
        accidents.network, schools, accidents.placed, reach_m=stats.walking_reach_m(minutes),
        max_distance_m=accidents.settings.network.max_distance_m,
    )  # fmt: skip
    school_time = stats.at_school_time(accidents.placed).fillna(value=False).astype(bool)
    counted = {
        "accidents": pd.Series(1, index=accidents.placed.index),
        "weak": accidents.scores["weak"].reindex(accidents.placed.index).astype(int),
        "school_time": school_time.astype(int),
    }
    table = in_areas(schools, accidents.city)[["name", "wijk", "stadsdeel"]]
    for name, values in counted.items():
        counts = values.reindex(pairs["event"]).groupby(pairs["place"].to_numpy()).sum()
        table[name] = counts.reindex(table.index, fill_value=0).astype("int64")
    table["street_m"] = zones["street_m"]
    found = gpd.GeoDataFrame(table, geometry=zones.geometry, crs=accidents.city.crs)
    order = np.lexsort((found["name"], -found["accidents"], -found["school_time"]))
    return found.iloc[order].reset_index(drop=True)


def ways_to_schools(
    accidents: AccidentsOnStreets, schools: gpd.GeoDataFrame | None, events: npt.NDArray[np.float64]
) -> pd.DataFrame:
    """The shortest and the safest way from the middle of each wijk to a school."""
    wijken = accidents.city.wijken.set_index("wijk")
    if schools is None or schools.empty:
        return pd.DataFrame(columns=_WAYS, index=wijken.index[:0])
    homes = wijken[["geometry"]].set_geometry(wijken.geometry.representative_point())
    ways = stats.ways_to_school(accidents.network, homes, schools, events)
    return ways.assign(school=ways["school"].map(schools["name"]))
