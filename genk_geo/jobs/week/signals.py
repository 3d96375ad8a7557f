"""Signals: places with more incidents in the last weeks than their past and the city explain."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo import stats
from genk_geo.calendar import Week, Window, week_of
from genk_geo.jobs.chance import stream
from genk_geo.jobs.ground import whereabouts

if TYPE_CHECKING:
    from genk_geo.config import Settings
    from genk_geo.config.analysis import SignalSettings
    from genk_geo.jobs.history import ThemeHistory

#: Rarer than once in a century cannot be told from some years of data.
RAREST_WEEKS = 5200.0
#: Of more events than this chance is drawn at least so often, and no more than the rarest signal asks for.
MANY, OF_MANY = 20_000, 199
COLUMNS = (
    "number", "place", "wijk", "stadsdeel", "since", "days", "radius_m", "observed", "expected", "p_value",
    "every_weeks", "geometry",
)  # fmt: skip


def signals(
    history: ThemeHistory, week: Week, *, as_of: pd.Timestamp, settings: Settings
) -> gpd.GeoDataFrame | None:
    """Find the clusters of a theme that are alive in a week and that chance would seldom give.

    The prospective space-time permutation scan over the cells of the ground: a place is compared with its own
    past, and its last weeks with those of the whole city. So a busy place is no signal, and neither is a busy
    week, nor one of which the late reports are still to come. Time goes by whole weeks: the scan always ends
    on a Sunday, and a window of two or three days would be a weekend, in which places differ.

    Every incident counts with what was known so soon after its week (:meth:`ThemeHistory.known_in_time`), so
    that places whose reports tend to be late are compared with what was known of them then.

    Parameters
    ----------
    history : ThemeHistory
        Incidents of the theme.
    week : Week
        The last week.
    as_of : pandas.Timestamp
        Moment at which the data is frozen.
    settings : Settings
        `signals` and `seed` are used.

    Returns
    -------
    geopandas.GeoDataFrame or None
        As :class:`genk_geo.results.ThemeWeek` says, empty when nothing stands out; None when the record is
        too short to compare with.
    """
    own, ground = settings.signals, history.ground
    used = history.precise & history.in_window(Window(week, own.weeks)) & history.known_in_time(week, as_of)
    cell = ground.grid.assign(history.incidents[used]).dropna()
    monday = week_of(history.moment[cell.index], ground.city.timezone)
    weeks = (monday - pd.Timestamp(week.monday)).dt.days // 7
    # The past must at least be as long as what is compared with it.
    if cell.empty or weeks.min() > 1 - 2 * own.longest_weeks:
        return None
    middle = ground.middles
    found = stats.scan(
        middle.loc[pd.Index(cell)],
        weeks.to_numpy(),
        today=0,
        radius_m=own.radius_m,
        window_days=own.longest_weeks,
        min_cases=own.min_incidents,
        dispersed=history.settings.restless,
        reporting=stats.Reporting(every_days=1.0),  # one look a week: the recurrence is in weeks
        replicates=_replicates(cell.size, own),
        rng=stream(settings.seed, f"signals {history.theme}", week.monday.toordinal()),
    ).clusters
    rare = found[found["recurrence_days"] >= own.every_weeks].reset_index(drop=True)
    rows = [_described(row, rank, middle, history, week) for rank, row in rare.iterrows()]
    return gpd.GeoDataFrame(rows, columns=COLUMNS, geometry="geometry", crs=ground.city.crs)


def _replicates(events: int, own: SignalSettings) -> int:
    """How often chance is drawn: of very many events as often as the rarest signal asks for."""
    return own.replicates if events <= MANY else min(own.replicates, max(OF_MANY, int(4 * own.every_weeks)))


def _described(
    row: pd.Series, rank: Any, middle: pd.DataFrame, history: ThemeHistory, week: Week
) -> dict[str, Any]:
    """One signal as a reader asks: where, since when, how many, how rare."""
    away = np.hypot(middle["x"] - row["x"], middle["y"] - row["y"])
    inside = shapely.union_all(
        history.ground.cells.geometry[away <= row["radius"] + 1e-3].to_numpy(), grid_size=0.001
    )
    weeks = int(row["last"] - row["first"] + 1)
    return {
        "number": rank + 1,
        **whereabouts(inside, history.ground.city),
        "since": week.monday - dt.timedelta(weeks=weeks - 1),
        "days": 7 * weeks,
        "radius_m": float(row["radius"]),
        "observed": int(row["observed"]),
        "expected": float(row["expected"]),
        "p_value": float(row["p_value"]),
        "every_weeks": min(float(row["recurrence_days"]), RAREST_WEEKS),
        "geometry": inside,
    }
