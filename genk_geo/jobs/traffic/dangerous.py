"""Dangerous points and stretches, busy streets, and how strongly accidents are concentrated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from genk_geo import stats
from genk_geo.results import Concentrated

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.jobs.traffic.accidents import AccidentsOnStreets
    from genk_geo.reference import City

_SHARES = (0.25, 0.5, 0.8)


def in_areas(frame: gpd.GeoDataFrame, city: City) -> gpd.GeoDataFrame:
    """Table with the wijk and the stadsdeel of the middle of each row."""
    middle = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy()))
    if not len(frame):
        return frame.assign(wijk=pd.Series(dtype="str"), stadsdeel=pd.Series(dtype="str"))
    areas = city.locate(middle[:, 0], middle[:, 1])
    for row in np.flatnonzero(areas["wijk"].isna()):  # in a gap or beyond the border: the nearest
        areas.loc[row, ["wijk", "stadsdeel"]] = city.named(frame.geometry.iloc[row])
    return frame.assign(wijk=areas["wijk"].to_numpy(), stadsdeel=areas["stadsdeel"].to_numpy())


def busy_segments(by_segment: gpd.GeoDataFrame, city: City) -> gpd.GeoDataFrame:
    """Segments with accidents, densest first."""
    names = ["name", "road_class", "length_m", "events", "density_per_km", "geometry"]
    busy = by_segment.loc[by_segment["events"] > 1e-6, names]
    order = np.lexsort((busy.index.to_numpy(dtype=str), -busy["density_per_km"]))
    return in_areas(busy.iloc[order], city)


def points_by_rule(accidents: AccidentsOnStreets) -> tuple[gpd.GeoDataFrame, float]:
    """Dangerous points by the rule, and how many chance alone would list (NaN when it was not drawn)."""
    own = accidents.settings.traffic
    asked: dict[str, Any] = {"radius_m": own.radius_m, "end": accidents.end, "rule": accidents.rule}
    points = stats.dangerous_points(accidents.placed, accidents.network, **asked)
    others = stats.dangerous_by_radius(accidents.placed, accidents.network, radii_m=own.radii_m, **asked)
    listed = points.assign(listed_in=others["listed_in"]).drop(columns="members")
    drawn: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    if own.draws:
        drawn = stats.dangerous_by_chance(
            accidents.placed, accidents.network, simulations=own.draws, rng=accidents.rng("points"), **asked
        )
    return in_areas(listed, accidents.city), float(drawn.mean()) if len(drawn) else float("nan")


def risky_stretches(accidents: AccidentsOnStreets) -> gpd.GeoDataFrame:
    """Stretches with more accidents than their length and class explain."""
    own = accidents.settings.traffic
    found = stats.dangerous_stretches(
        accidents.network, accidents.placed, windows_m=own.windows_m, replicates=own.replicates,
        max_distance_m=accidents.settings.network.max_distance_m, rng=accidents.rng("stretches"),
    )  # fmt: skip
    return in_areas(found, accidents.city)


def concentration(accidents: AccidentsOnStreets) -> Concentrated | None:
    """On how few segments how large a share of the accidents lies; None without any."""
    on = accidents.snapped.loc[accidents.snapped["segment"] >= 0, "segment"].to_numpy()
    if not len(on):
        return None
    found = stats.concentration(
        np.bincount(on, minlength=len(accidents.network.length_m)), shares=_SHARES,
        exposure=accidents.network.length_m, rng=accidents.rng("concentration"),
    )  # fmt: skip
    table = found.shares.reset_index()[["share_of_events", "share_of_places", "by_chance"]]
    shares = tuple((float(a), float(b), float(c)) for a, b, c in table.itertuples(index=False, name=None))
    return Concentrated(found.places, found.events, float(found.gini_corrected), shares)
