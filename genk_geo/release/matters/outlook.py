"""The outlook and its scorecard, as a reader may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.release.identities import renumbered
from genk_geo.release.level import Level
from genk_geo.release.matters.common import shown_ground
from genk_geo.release.suppress import Count
from genk_geo.release.table_values import hours, number, weekdays
from genk_geo.release.thresholds import COARSE_SHARES
from genk_geo.release.values.findings import (
    OutlookPlace,
    ReleasedOutlook,
    ReleasedPastOutlook,
    ReleasedScores,
)

if TYPE_CHECKING:
    import pandas as pd

    from genk_geo.config import ReleaseSettings
    from genk_geo.release.outlines import Outlines
    from genk_geo.results import PastOutlook, ThemeWeek


def release_outlook(
    found: ThemeWeek, reader: ReleaseSettings, outlines: Outlines | None
) -> ReleasedOutlook | None:
    """Next week's micro-areas in whole blocks, and how earlier ones did; no counts of a few incidents."""
    outlook = found.outlook
    if outlook is None:
        return None
    level, limit = Level.seen_by(reader), int(reader.small_count or 0)
    rows = outlook.places.to_dict("records") if len(outlook.places) else []
    places = tuple(_place(row, found, level, outlines) for row in rows)
    return ReleasedOutlook(
        model=outlook.model,
        budget=outlook.budget,
        # Which of them has most to expect follows from counts of few: others get them by name.
        places=places if level.shows_points else renumbered(places, lambda one: (one.wijk, one.streets)),
        last=_past(outlook.last) if outlook.last is not None and level.shows_points else None,
        scores=release_scores(outlook.scores, level=level, small_count=limit),
    )


def release_scores(
    scores: pd.DataFrame, *, level: Level = Level.POINTS, small_count: int = 0
) -> ReleasedScores:
    """A scorecard as a reader may see it.

    Parameters
    ----------
    scores : pandas.DataFrame
        As in :class:`genk_geo.results.Outlook`.
    level : Level, default Level.POINTS
        Whole for analysts; for others in steps that are worth at least as many incidents as a small count.
    small_count : int, default 0
        Counts below this are small.

    Returns
    -------
    ReleasedScores
    """
    return ReleasedScores(scores if level.shows_points else _coarse(scores, max(small_count, 1)))


def _place(row: dict[str, Any], found: ThemeWeek, level: Level, outlines: Outlines | None) -> OutlookPlace:
    ground = shown_ground(row, outlines, found.points)
    peak_from, peak_to = hours(row.get("peak_from"), row.get("peak_to"))
    return OutlookPlace(
        number=int(row["number"]),
        theme=found.theme,
        streets=ground.streets,
        wijk=ground.wijk,
        stadsdeel=ground.stadsdeel,
        area_m2=float(ground.geometry.area),
        expected=number(row["expected"]) if level.shows_points else None,
        peak_days=weekdays(row.get("peak_days")),
        peak_from=peak_from,
        peak_to=peak_to,
        geometry=ground.geometry,
    )


def _past(last: PastOutlook) -> ReleasedPastOutlook:
    """How last week's places did; for analysts, because it counts the incidents whose place is known.

    Beside the count of the city, which others are told as a range, that would be a bound on it.
    """
    return ReleasedPastOutlook(Count(last.incidents), Count(last.caught), Count(last.baseline))


def _coarse(scores: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Scorecard in steps that are worth at least as many incidents as a small count."""
    finest, coarsest = COARSE_SHARES
    kept = scores[scores["incidents"] * coarsest >= limit].reset_index(drop=True)
    if kept.empty:
        return kept
    step = (kept["incidents"] * finest >= limit).map({True: finest, False: coarsest})
    for name in ("capture", "capture_low", "capture_high"):
        kept[name] = ((kept[name] / step).round() * step).round(2)
    for name in ("pai", "pei", "rri", "log_score", "gain", "gain_low", "gain_high"):
        kept[name] = kept[name].round(1)
    kept["incidents"] = (kept["incidents"] / limit).round().astype(int) * limit
    return kept
