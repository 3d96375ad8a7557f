"""The evaluation of a measure: for analysts only, who see every count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.release.values.evaluation import ReleasedEvaluation

if TYPE_CHECKING:
    import datetime as dt

    import geopandas as gpd

    from genk_geo.reference import City
    from genk_geo.stats import Displacement


def release_evaluation(
    theme: str,
    areas: gpd.GeoDataFrame,
    difference: Displacement,
    *,
    before: tuple[dt.date, dt.date],
    after: tuple[dt.date, dt.date],
    outside: int,
    city: City,
    demo: bool = False,
) -> ReleasedEvaluation:
    """What analysts may see of a measure and what followed: everything that was counted by area.

    Parameters
    ----------
    theme : str
        Key of the theme.
    areas : geopandas.GeoDataFrame
        ``role``, ``area_m2``, ``before``, ``after``, ``change``, geometry in the city's system.
    difference : genk_geo.stats.Displacement
        What the counts say.
    before, after : tuple of datetime.date
        First and last day of the periods.
    outside : int
        Incidents without a precise place, which are in no count.
    city : City
        Where it is.
    demo : bool, default False
        Whether the incidents are made up.

    Returns
    -------
    ReleasedEvaluation
    """
    columns = ["role", "area_m2", "before", "after", "change", areas.geometry.name]
    low, high = (float(difference.intervals[end][0.95]) for end in ("low", "high"))
    least, most = (float(difference.ratio_intervals[end][0.95]) for end in ("low", "high"))
    return ReleasedEvaluation(
        theme=theme,
        before=before,
        after=after,
        areas=areas[columns],
        estimate=difference.estimate,
        interval=(low, high),
        ratio=difference.ratio,
        ratio_interval=(least, most),
        verdict=difference.verdict,
        small=difference.small,
        unequal=difference.unequal,
        outside=outside,
        wijken=city.wijken[["wijk", city.wijken.geometry.name]],
        city_name=city.name,
        attribution=city.attribution,
        indicative=city.boundary_note == "indicative",
        demo=demo,
    )
