"""What several matters have in common: ground, incidents since a day, counts that are only large enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.release.level import Level
from genk_geo.release.outlines import Ground
from genk_geo.release.suppress import Count, small
from genk_geo.release.table_values import street_names, text

if TYPE_CHECKING:
    import datetime as dt

    import geopandas as gpd

    from genk_geo.config import ReleaseSettings
    from genk_geo.release.outlines import Outlines
    from genk_geo.results import ThemeWeek


def shown_ground(
    row: dict[str, Any], outlines: Outlines | None, points: gpd.GeoDataFrame | None = None
) -> Ground:
    """Ground of a row of a table: in whole blocks of the incidents, or as it was found without blocks."""
    if outlines is not None:
        return outlines.of(row["geometry"], points)
    return Ground(
        row["geometry"], street_names(row.get("place")), text(row.get("wijk")), text(row.get("stadsdeel"))
    )


def incidents_since(found: ThemeWeek, first: dt.date) -> gpd.GeoDataFrame | None:
    """Incidents of the window from a day on; None where they are not at hand."""
    if found.points is None:
        return None
    moment = found.points["moment"]
    return found.points[moment >= pd.Timestamp(first, tz=moment.dt.tz)]


def at_least(count: int, reader: ReleaseSettings) -> Count:
    """Exact for an analist; for others only whether it is small."""
    limit = int(reader.small_count or 0)
    if Level.seen_by(reader).shows_points or limit < 2:
        return small(count, limit)
    return Count(None, limit, over=count >= limit)
