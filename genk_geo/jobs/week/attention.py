"""Places that deserve attention: probably among the most affected, without the proof of a hotspot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.calendar import Window
from genk_geo.jobs.ground import whereabouts
from genk_geo.jobs.history import first_whole_week
from genk_geo.jobs.week.hotspots import PAST_PERIODS, past_of, restless
from genk_geo.release.thresholds import CHANCES, WORST

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.calendar import Week
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.stats.places.discs import Discs

#: How many places are told at most.
MOST = 10
#: How likely each must be among the worst: the lowest class that is told.
LEAST_CHANCE = CHANCES[0]
#: A place is told only while it has at least this part of what its past led to expect. In a restless theme
#: so little says that a place has changed that its past alone would keep it on the page after its end.
#: Nor if it shares cells with one that was busy (so many standard deviations above the usual) and is no more.
GOES_ON, BUSY = 0.5, 3.0
#: How long ago a place may have become busier, in weeks: the whole window most probably, else as likely any
#: of these that is on record. With the window alone a place that began later, or has lasted, is found less.
SPANS, WINDOW_PART = (4, 13, 26, 52), 0.8
#: Middles of two places lie at least so many cells apart: they share no cell.
_APART = 3.0
COLUMNS = ("number", "place", "wijk", "stadsdeel", "chance", "risk", "known", "past", "geometry")


class Judged(NamedTuple):
    """Every place: shrunken risk of its nine cells and its odds, its events, weeks of past, if it goes on."""

    risk: pd.DataFrame
    now: pd.Series
    before: pd.Series
    past: int
    goes_on: pd.Series


class NineCells(NamedTuple):
    """Counts of the nine cells around each cell, now and before, what is usual there, and how restless."""

    seen: pd.Series
    past: pd.Series
    usual: pd.Series
    usual_before: pd.Series
    spread: pd.Series | None

    @classmethod
    def of(
        cls, discs: Discs, share: pd.Series, now: pd.Series, before: pd.Series, spread: pd.Series | None
    ) -> NineCells:
        """Add up the counts of cells."""
        here, seen, past = (_around(discs, values) for values in (share, now, before))
        return cls(seen, past, here * now.sum(), here * before.sum(), spread)

    def goes_on(self, discs: Discs) -> pd.Series:
        """Whether a place has more than is usual, and neither it nor one that shares its cells has ended."""
        # What the past led to expect, at the level of the whole city now.
        level = self.usual.sum() / self.usual_before.sum() if self.usual_before.any() else 0.0
        fewer = (self.seen <= self.usual) | (self.seen < GOES_ON * level * self.past)
        deviation = np.sqrt(self.usual_before * (1.0 if self.spread is None else self.spread))
        was_busy = self.past - self.usual_before > BUSY * deviation
        going: pd.Series = ~fewer & ~(_around(discs, fewer & was_busy) > 0)
        return going


def judge_places(history: ThemeHistory, window: Window) -> Judged:
    """Shrink the risk of the nine cells around each cell, and weigh what speaks for a place there.

    The risk, and with it the chance to be among the worst, has the place's own earlier periods as part of its
    prior. The odds order the places: they look at circles of several sizes, since whenever.

    Parameters
    ----------
    history : ThemeHistory
        Events of the theme.
    window : Window
        Weeks to look at.

    Returns
    -------
    Judged
    """
    ground, now, earlier = history.ground, history.counts(window), history.before(window, PAST_PERIODS)
    before = pd.Series(np.sum(earlier, axis=0) if earlier else 0, index=now.index)
    spread = restless(history, window, past_of(history, window))
    nine = NineCells.of(ground.discs, history.expected_share, now, before, spread)
    found = stats.shrunken_risk(
        nine.seen, nine.usual, before=nine.past, expected_before=nine.usual_before,
        dispersion=spread, worst=WORST,
    )  # fmt: skip
    found["log_odds"] = stats.place_odds(
        ground.circles, history.incidents[history.precise], history.weeks_back(window.last),
        history.expected_share, spans=spans_of(window, first_whole_week(history.moment, window.first)),
        window=window.weeks, dispersion=spread,
    )  # fmt: skip
    return Judged(found, now, before, window.weeks * len(earlier), nine.goes_on(ground.discs))


def _around(discs: Discs, values: pd.Series) -> pd.Series:
    return pd.Series(discs.sums(values.to_numpy(dtype=float))[0], index=values.index)


def spans_of(window: Window, first: Week) -> dict[int, float]:
    """How likely each span is beforehand; those that begin before the first week on record are left out."""
    others = [weeks for weeks in SPANS if Window(window.last, weeks).first >= first and weeks != window.weeks]
    return {window.weeks: WINDOW_PART, **dict.fromkeys(others, (1.0 - WINDOW_PART) / max(len(others), 1))}


def attention_places(
    history: ThemeHistory, window: Window, hotspots: gpd.GeoDataFrame, *, gone: gpd.GeoSeries | None = None
) -> gpd.GeoDataFrame | None:
    """Find the places that most probably are among the worst, beside the hotspots.

    Parameters
    ----------
    history : ThemeHistory
        Events of the theme.
    window : Window
        Weeks to look at.
    hotspots : geopandas.GeoDataFrame
        Hot cells with ``cell_id``: what is proven needs no attention point.
    gone : geopandas.GeoSeries, optional
        Ground of hotspots that the page says are over.

    Returns
    -------
    geopandas.GeoDataFrame or None
        As :class:`genk_geo.results.ThemeWeek` says; None with too few incidents.
    """
    if history.counts(window).sum() < history.settings.min_incidents:
        return None
    judged = judge_places(history, window)
    ground = history.ground
    members = ground.discs.members[0]
    hot = np.append(judged.now.index.isin(hotspots["cell_id"]), False)
    if gone is not None and len(gone):
        hot[:-1] |= ground.cells.geometry.representative_point().within(gone.union_all()).to_numpy()
    besides = np.asarray(hot[members].any(axis=1)) | ~judged.goes_on.to_numpy()
    rows: list[dict[str, Any]] = []
    for at in first_places(judged.risk, ground.grid, besides=besides):
        own = members[at][members[at] < len(judged.now)]
        seen = judged.now.iloc[own] + judged.before.iloc[own]
        here = seen.index[seen > 0]
        outline = ground.cells.geometry[here].union_all()
        found = judged.risk.iloc[at]
        rows.append({
            "number": len(rows) + 1, **whereabouts(outline, ground.city), "chance": found["chance"],
            "risk": found["risk"], "known": int(seen.sum()), "past": judged.past, "geometry": outline,
        })  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return gpd.GeoDataFrame(table, geometry="geometry", crs=ground.city.crs)


def first_places(risk: pd.DataFrame, grid: stats.Grid, *, besides: npt.NDArray[np.bool_]) -> list[int]:
    """Positions of the places with the highest odds that are likely enough and share no cell."""
    likely = np.flatnonzero((risk["chance"] >= LEAST_CHANCE) & (risk["risk"] > 1.0) & ~besides)
    order = likely[np.lexsort((likely, -risk["log_odds"].to_numpy()[likely].round(9)))]
    middle = grid.cells.geometry.iloc[order].centroid.get_coordinates().to_numpy()
    kept: list[int] = []
    free = np.ones(order.size, dtype=bool)
    for at in range(order.size):
        if free[at] and len(kept) < MOST:
            kept.append(int(order[at]))
            free &= np.hypot(*(middle - middle[at]).T) > (_APART - 1e-6) * grid.cell_m - 1e-6
    return kept
