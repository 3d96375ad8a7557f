"""Places that deserve attention: probably among the most affected, without the proof of a hotspot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.jobs.ground import whereabouts
from genk_geo.jobs.week.hotspots import PAST_PERIODS, past_of, restless
from genk_geo.release.thresholds import CHANCES, WORST

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.calendar import Window
    from genk_geo.jobs.history import ThemeHistory

#: How many places are told at most.
MOST = 10
#: How likely each must be among the worst: the lowest class that is told.
LEAST_CHANCE = CHANCES[0]
#: A place is told only while it has at least this part of what its past led to expect. In a restless theme
#: so little says that a place has changed that its past alone would keep it on the page after its end.
#: Nor if it shares cells with one that was busy (so many standard deviations above the usual) and is no more.
GOES_ON, BUSY = 0.5, 3.0
#: Middles of two places lie at least so many cells apart: they share no cell.
_APART = 3.0
COLUMNS = ("number", "place", "wijk", "stadsdeel", "chance", "risk", "known", "past", "geometry")


class Judged(NamedTuple):
    """Every place of nine cells: its shrunken risk, its events, the weeks of its past, if it goes on."""

    risk: pd.DataFrame
    now: pd.Series
    before: pd.Series
    past: int
    goes_on: pd.Series


def judge_places(history: ThemeHistory, window: Window) -> Judged:
    """Shrink the risk of the nine cells around each cell, its own earlier periods as part of the prior.

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
    ground, now = history.ground, history.counts(window)
    earlier = history.before(window, PAST_PERIODS)
    before = pd.Series(np.sum(earlier, axis=0) if earlier else 0, index=now.index)

    def around(values: pd.Series) -> pd.Series:
        return pd.Series(ground.discs.sums(values.to_numpy(dtype=float))[0], index=values.index)

    share, seen, past = around(history.expected_share), around(now), around(before)
    spread = restless(history, window, past_of(history, window))
    found = stats.shrunken_risk(
        seen, share * now.sum(), before=past, expected_before=share * before.sum(),
        dispersion=spread, worst=WORST,
    )  # fmt: skip
    usual, usual_before = share * now.sum(), share * before.sum()
    # What the past led to expect, at the level of the whole city now.
    led_to = past * (now.sum() / max(before.sum(), 1))
    fewer = (seen <= usual) | (seen < GOES_ON * led_to)
    was_busy = past - usual_before > BUSY * np.sqrt(usual_before * (1.0 if spread is None else spread))
    goes_on = ~fewer & ~(around(fewer & was_busy) > 0)
    return Judged(found, now, before, window.weeks * len(earlier), goes_on)


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
    """Positions of the places with the highest risk that are likely enough and share no cell."""
    likely = np.flatnonzero((risk["chance"] >= LEAST_CHANCE) & (risk["risk"] > 1.0) & ~besides)
    order = likely[np.lexsort((likely, -risk["risk"].to_numpy()[likely].round(9)))]
    middle = grid.cells.geometry.iloc[order].centroid.get_coordinates().to_numpy()
    kept: list[int] = []
    free = np.ones(order.size, dtype=bool)
    for at in range(order.size):
        if free[at] and len(kept) < MOST:
            kept.append(int(order[at]))
            free &= np.hypot(*(middle - middle[at]).T) > (_APART - 1e-6) * grid.cell_m - 1e-6
    return kept
