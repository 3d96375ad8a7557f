"""The injury accidents of a period, put on the street network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.errors import ConfigError
from genk_geo.jobs.chance import stream
from genk_geo.results import Snapping

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.config import Settings
    from genk_geo.reference import City, StreetNetwork

_VICTIMS = tuple(f"{prefix}{severity}" for prefix in ("", "weak_") for severity in stats.SEVERITY_POINTS)


@dataclass(frozen=True)
class AccidentsOnStreets:
    """Injury accidents of the period: all of them, and those whose place is known well enough."""

    injured: gpd.GeoDataFrame
    scores: pd.DataFrame
    placed: gpd.GeoDataFrame
    snapped: pd.DataFrame
    snapping: Snapping
    network: StreetNetwork
    city: City
    settings: Settings
    start: pd.Timestamp
    end: pd.Timestamp
    seed: list[int]

    @classmethod
    def build(
        cls,
        known: gpd.GeoDataFrame,
        network: StreetNetwork,
        city: City,
        settings: Settings,
        end: pd.Timestamp,
        seed: list[int],
    ) -> AccidentsOnStreets:
        """Take the accidents of the period and put them on the network."""
        start = end - pd.DateOffset(years=settings.traffic.years)
        period = known[(known["from"] >= start).to_numpy()]
        scores = stats.accident_scores(period)
        hurt = (scores["score"] > 0).to_numpy()
        injured = period[hurt]
        limit = settings.themes[settings.traffic.theme].max_uncertainty_m
        somewhere = ~(injured.geometry.isna() | injured.geometry.is_empty)
        precise = somewhere & (injured["geocode_uncertainty_m"].fillna(np.inf) <= limit)
        placed, nearest_m = injured[precise], settings.network.max_distance_m
        snapped = stats.snap_to_network(placed, network, max_distance_m=nearest_m)
        lost = {
            "no_place": int((~somewhere).sum()),
            "imprecise": int((somewhere & ~precise).sum()),
            "too_far": int((snapped["reason"] != "").sum()),
        }
        snapping = Snapping(
            len(period), len(injured), int((snapped["reason"] == "").sum()),
            {reason: count for reason, count in lost.items() if count}, nearest_m,
        )  # fmt: skip
        return cls(
            injured, scores[hurt], placed, snapped, snapping, network, city, settings, start, end, seed
        )

    def rng(self, what: str) -> np.random.Generator:
        """Stream of its own for each thing that draws, so that one does not depend on another."""
        first, *parts = self.seed
        return stream(first, f"traffic {what}", *parts)

    @property
    def rule(self) -> stats.PointRule:
        """The Flemish rule over the years of the settings."""
        return replace(
            stats.FLEMISH_RULE,
            years=self.settings.traffic.years,
            max_distance_m=self.settings.network.max_distance_m,
        )


def with_victims(incidents: gpd.GeoDataFrame, told: dict[str, str]) -> gpd.GeoDataFrame:
    """Accidents with the numbers of victims that the settings point to."""
    if unknown := sorted(set(told) - set(_VICTIMS)):
        raise ConfigError(
            "[traffic] victims: {unknown} is not one of {victims}.",
            unknown=", ".join(unknown),
            victims=", ".join(_VICTIMS),
        )
    if absent := sorted(set(told.values()) - set(incidents.columns)):
        raise ConfigError(
            "[traffic] victims: the incidents have no column {absent}. Keep it in the profile: keep = "
            '["..."] gives a column kept_...',
            absent=", ".join(absent),
        )
    return incidents.assign(**{name: incidents[column] for name, column in told.items()})
