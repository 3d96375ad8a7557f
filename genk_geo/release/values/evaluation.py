"""The evaluation of a measure, as analysts may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    import geopandas as gpd

    from genk_geo.release.values.effect import ReleasedEffect


@dataclass(frozen=True)
class ReleasedEvaluation:
    """What the page of an evaluation shows.

    Attributes
    ----------
    theme : str
        Key of the theme.
    before, after : tuple of datetime.date
        First and last day of the periods.
    areas : geopandas.GeoDataFrame
        ``role``, ``area_m2``, ``before``, ``after``, ``change``, geometry in a metric system.
    estimate : float
        Incidents that the measure made a difference of.
    interval : tuple of float
        Its 95 % interval.
    ratio : float
        Factor of change of the treated area (with ring) over that of the control areas.
    ratio_interval : tuple of float
        Its 95 % interval.
    verdict : str
        What the counts say, a key of the texts.
    small : bool
        Whether the counts are too small for anything but an exact test.
    unequal : bool
        Whether the areas are too unequal to subtract their changes: then only the ratio is told.
    outside : int
        Incidents without a precise place, which are in no count.
    wijken : geopandas.GeoDataFrame
        The city's wijken, with a column ``wijk``.
    city_name, attribution : str
        Name of the city; whom to name for its layers.
    indicative : bool
        Whether the borders of the wijken are approximate.
    demo : bool
        Whether the incidents are made up.
    effect : ReleasedEffect or None
        Whether it helped, against all like places of the city; None where there are too few of these.
    """

    theme: str
    before: tuple[dt.date, dt.date]
    after: tuple[dt.date, dt.date]
    areas: gpd.GeoDataFrame
    estimate: float
    interval: tuple[float, float]
    ratio: float
    ratio_interval: tuple[float, float]
    verdict: str
    small: bool
    unequal: bool
    outside: int
    wijken: gpd.GeoDataFrame
    city_name: str
    attribution: str
    indicative: bool
    demo: bool
    effect: ReleasedEffect | None = None
