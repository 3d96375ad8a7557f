"""Near repeats of a theme: how far and how long, where that counts now, and the strings of incidents."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.jobs.chance import stream
from genk_geo.jobs.ground import whereabouts
from genk_geo.results.outlook import NearRepeat

if TYPE_CHECKING:
    from genk_geo.jobs.history import ThemeHistory

#: Weeks that the table looks back on.
WEEKS = 156
#: Times are shuffled within quarters, so that a hotspot of some months does not pass for a near repeat.
BLOCK_DAYS = 91
#: With fewer incidents nothing can be said.
FEWEST = 50
#: Of more than this the newest count: pairs grow with the square of the number.
MOST = 40_000
#: The same years are looked at every week, and what once seems to stand out keeps doing so for long. So a
#: near repeat must be surer than one in twenty, and be worth telling.
MAX_P, MIN_RATIO = 0.01, 1.25
#: Fewer incidents are no string.
SHORTEST_STRING = 3
PERMUTATIONS = 999
#: Of more incidents than this, shuffled so often: still fine enough for `MAX_P`. A shuffle takes as long as
#: there are pairs, which grow with the square.
MANY, OF_MANY = 10_000, 199
#: Places that differ less are the same.
_SAME_M = 1.0
_TABLE = ("from_m", "to_m", "from_days", "to_days", "observed", "expected", "ratio", "p_value")
_ZONE = ("number", "place", "wijk", "stadsdeel", "incidents", "until", "geometry")
_STRING = ("number", "place", "wijk", "stadsdeel", "incidents", "first", "last")


def near_repeats(history: ThemeHistory, week: Week, *, seed: int) -> NearRepeat | None:
    """Find out whether incidents of a theme follow each other nearby, and where that counts now.

    Parameters
    ----------
    history : ThemeHistory
        Incidents of the theme, with its bands.
    week : Week
        The last week.
    seed : int
        Seed of the settings.

    Returns
    -------
    NearRepeat or None
        None when the theme is not looked at for it. Zones and strings are empty when no near repeat stands
        out; with too few incidents the table is empty too, and `too_few` says so.
    """
    own = history.settings
    if not own.near_repeat:
        return None
    seen = usable(history, week)
    if len(seen) < FEWEST:
        return _result(None, None, seen, history, week)
    found = stats.near_repeat(
        seen[["x", "y"]].to_numpy(),
        seen["day"].to_numpy(),
        distance_bands=(0, *own.near_repeat_m),
        time_bands=(0, *own.near_repeat_days),
        block_days=BLOCK_DAYS,
        least_m=min(history.ground.grid.cell_m, own.near_repeat_m[-1]),
        permutations=PERMUTATIONS if len(seen) <= MANY else OF_MANY,
        rng=stream(seed, f"near repeat {history.theme}", week.monday.toordinal()),
    )
    return _result(found, found.reach(max_p=MAX_P, min_ratio=MIN_RATIO), seen, history, week)


def _result(
    found: stats.NearRepeats | None,
    reach: stats.Reach | None,
    seen: pd.DataFrame,
    history: ThemeHistory,
    week: Week,
) -> NearRepeat:
    """What was found; nothing found where there were too few incidents to look at."""
    zones = _zones(seen, reach, history, week) if reach else []
    return NearRepeat(
        table=pd.DataFrame(columns=list(_TABLE)) if found is None else found.bands[list(_TABLE)],
        distance_m=int(reach.distance_m) if reach else 0,
        days=int(reach.days) if reach else 0,
        ratio=reach.ratio if reach else np.nan,
        p_value=reach.p_value if reach else np.nan,
        since=seen["moment"].min(),
        zones=gpd.GeoDataFrame(zones, columns=_ZONE, geometry="geometry", crs=history.ground.city.crs),
        strings=pd.DataFrame(_strings(seen, reach, history, week) if reach else [], columns=_STRING),
        too_few=found is None,
    )


def usable(history: ThemeHistory, week: Week) -> pd.DataFrame:
    """Incidents of which place and time are known well enough to say which followed which.

    The place as for hotspots; the time to within the shortest band. Reports of the same place on the same day
    count once: a block of flats or a row of garages in one night is one event, not one that follows another.
    Of very many the newest are enough, as a result says by `since`.

    Returns
    -------
    pandas.DataFrame
        ``x``, ``y``, ``moment``, ``day`` (days since 1970 on the city's clock, with the time of day), in the
        order of time.
    """
    incidents, moment = history.incidents, history.moment
    length = (incidents["to"] - incidents["from"]).fillna(pd.Timedelta(0))
    sharp = length <= pd.Timedelta(days=history.settings.near_repeat_days[0])
    seen = history.precise & sharp & history.in_window(Window(week, WEEKS))
    there = incidents.geometry[seen]
    local = moment[seen].dt.tz_localize(None)
    table = pd.DataFrame(
        {
            "x": there.x,
            "y": there.y,
            "moment": moment[seen],
            "day": (local - pd.Timestamp(0)) / pd.Timedelta(days=1),
        }
    )
    once = pd.DataFrame({"x": table["x"] // _SAME_M, "y": table["y"] // _SAME_M, "day": table["day"] // 1})
    order = table.sort_values(["moment", "x", "y"], kind="stable").index
    return table.loc[order][~once.loc[order].duplicated().to_numpy()].iloc[-MOST:]


def _zones(seen: pd.DataFrame, reach: stats.Reach, history: ThemeHistory, week: Week) -> list[dict[str, Any]]:
    """Where the risk is raised after the week."""
    zones = stats.near_repeat_zones(
        seen[["x", "y"]],
        np.floor(seen["day"]).astype(int),
        history.ground.grid,
        distance_m=reach.distance_m,
        reach_days=int(reach.days),
        today=_number(week.monday) + 6,
    )
    return [
        {
            "number": rank,
            **whereabouts(zone.geometry, history.ground.city),
            "incidents": zone.incidents,
            "until": _date(zone.until),
            "geometry": zone.geometry,
        }
        for rank, zone in enumerate(zones.itertuples(), start=1)
    ]


def _strings(
    seen: pd.DataFrame, reach: stats.Reach, history: ThemeHistory, week: Week
) -> list[dict[str, Any]]:
    """Strings in the theme's window, the latest first; told by the cells that they run through."""
    ground = history.ground
    window = Window(week, history.settings.window_weeks)
    recent = seen[window.contains(seen["moment"], ground.city.timezone)]
    number = stats.near_repeat_strings(
        recent[["x", "y"]], recent["day"], distance_m=reach.distance_m, reach_days=reach.days
    )
    cell = ground.grid.assign(recent[["x", "y"]].to_numpy())
    rows = []
    for string in range(number.max(initial=-1) + 1):
        part = number == string
        if part.sum() >= SHORTEST_STRING:
            run = shapely.union_all(
                ground.cells.geometry[cell[part].dropna().unique()].to_numpy(), grid_size=0.001
            )
            day = np.floor(recent["day"][part]).astype(int)
            rows.append(
                whereabouts(run, ground.city)
                | {"incidents": int(part.sum()), "first": _date(day.min()), "last": _date(day.max())}
            )
    rows.sort(key=lambda row: (row["last"], row["incidents"]), reverse=True)
    return [{"number": rank, **row} for rank, row in enumerate(rows, start=1)]


def _number(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _date(number: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(number))
