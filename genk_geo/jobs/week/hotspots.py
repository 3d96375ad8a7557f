"""Hot cells, the areas they form, and the identity of those areas from week to week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.jobs.chance import fingerprint
from genk_geo.jobs.ground import whereabouts
from genk_geo.release.thresholds import FEWEST_IN_HOTSPOT
from genk_geo.schema import check_table
from genk_geo.stats.inference.false_discovery import classify
from genk_geo.stats.local.exposed import risk_interval

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

    from genk_geo.config import GridSettings
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.store.theme_notes import Remembers

#: Most and fewest past periods that say how restless a theme is.
PAST_PERIODS, FEWEST_PERIODS = 12, 2
#: Part of the chance of a false hotspot that the discs use; the rest is left to the test of the cells.
DISC_SHARE = 0.8
#: How many weeks back the identity of hotspots is rebuilt when no earlier week is on record.
IDENTITY_WEEKS = 52


class Heat(NamedTuple):
    """Hot cells (contract ``hotspots``), the areas that they form, and what it took.

    `needed` is the number of incidents that prove nine cells where as many live as around the median
    dwelling; None where there are too few incidents to prove anything.
    """

    cells: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    needed: int | None


class _Hot(NamedTuple):
    """Hot cells, the areas of those that matter, what it takes to be hot, and how restless each cell is."""

    cells: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    needed: int | None
    dispersion: pd.Series | None


def find_heat(history: ThemeHistory, window: Window, grid: GridSettings) -> Heat:
    """Find the ground that saw more incidents than its dwellings explain.

    Judged against the dwellings, given the total of the window. Hot is what one of two tests says. Discs of
    two sizes err together with a chance of nearly `max_q` on a map without hotspots
    (:func:`genk_geo.stats.window_family`); of those that overlap one is told. Gi* with the false-discovery
    rate controlled over all cells finds more where there is more to find. The tails are negative binomial
    with the dispersion of the theme's own past, without it where that is too short. Hot cells that touch form
    an area. Nothing is hot when there are too few incidents to say anything.

    Parameters
    ----------
    history : ThemeHistory
        Incidents of the theme.
    window : Window
        Weeks to look at.
    grid : GridSettings
        `max_q` is used.

    Returns
    -------
    Heat
        Cells and areas, in the city's metric system.
    """
    hot = _hot_ground(history, window, grid)
    cells, total = hot.cells.copy(), history.counts(window).sum()
    cells["risk_low"], cells["risk_high"] = risk_interval(
        cells["observed"].to_numpy(), cells["expected"].to_numpy(), total=np.full(len(cells), total),
        dispersion=None if hot.dispersion is None else hot.dispersion[cells.index].to_numpy(), level=0.95,
        selected_from=int((history.expected_share > 0).sum()),
    )  # fmt: skip
    cells = cells.loc[sorted(cell for area in hot.areas["cells"] for cell in area)]
    cells = cells.assign(cell_id=cells.index, theme=history.theme, period=f"{window.first}/{window.last}")
    cells = check_table(cells.reset_index(drop=True), "hotspots", epsg=history.ground.city.crs)
    return Heat(cells, hot.areas, hot.needed)


def hot_cells(history: ThemeHistory, window: Window, grid: GridSettings) -> set[str]:
    """Names of the cells of a window that :func:`find_heat` finds."""
    hot = _hot_ground(history, window, grid, drawn=False)
    return {cell for area in hot.areas["cells"] for cell in area}


def _hot_ground(history: ThemeHistory, window: Window, grid: GridSettings, *, drawn: bool = True) -> _Hot:
    # The week, its pattern and the identity of its areas look at the same windows.
    question = ("hot", window, grid.max_q)
    drawn = drawn or history.answered((*question, True))
    return history.once((*question, drawn), lambda: _judge_ground(history, window, grid, drawn=drawn))


def _judge_ground(history: ThemeHistory, window: Window, grid: GridSettings, *, drawn: bool) -> _Hot:
    ground, counts = history.ground, history.counts(window)
    share = history.expected_share
    enough = _enough(history, window)
    past = past_of(history, window) if enough else []
    dispersion = restless(history, window, past)
    tested = stats.local_g(
        counts, ground.graph, exposure=share, possible=(share > 0) & enough, dispersion=dispersion, level=None
    )
    needed = None
    if enough:
        # Not remembered: of a year of windows they would take hundreds of megabytes.
        discs = _build_discs(history, window, grid)
        tested, needed = _with_discs(tested, discs, counts, grid), _needed(discs, share)
    hot = tested["q_value"] <= grid.max_q
    cells = ground.cells.loc[hot, ["wijk", "stadsdeel", "geometry"]].join(tested[hot])
    areas = stats.hotspot_areas(cells, counts, expected=share * counts.sum(), drawn=drawn)
    areas = areas[areas["observed"] >= FEWEST_IN_HOTSPOT].reset_index(drop=True)
    return _Hot(cells, areas, needed, dispersion)


def discs_of(history: ThemeHistory, window: Window, grid: GridSettings) -> stats.WindowFamily:
    """The discs that are judged in a window, and what it takes to prove them."""
    return history.once(("discs", window, grid.max_q), lambda: _build_discs(history, window, grid))


def _build_discs(history: ThemeHistory, window: Window, grid: GridSettings) -> stats.WindowFamily:
    return stats.window_family(
        history.ground.discs, history.expected_share * history.counts(window).sum(),
        past=past_of(history, window), parts=history.ground.cells["stadsdeel"], error=DISC_SHARE * grid.max_q,
    )  # fmt: skip


def _with_discs(
    tested: pd.DataFrame, discs: stats.WindowFamily, counts: pd.Series, grid: GridSettings
) -> pd.DataFrame:
    """Cells of proven discs are as sure as their disc, where that is surer."""
    surer = tested["q_value"].to_numpy(copy=True)
    proven = discs.proven(counts)
    for cells, chance in zip(proven["cells"], proven["family_p"] * (grid.max_q / discs.error), strict=True):
        own = tested.index.get_indexer(pd.Index(cells))
        surer[own] = np.fmin(surer[own], chance)
    return tested.assign(q_value=surer, hotspot_class=classify(surer, ~np.isnan(surer)))


def _needed(discs: stats.WindowFamily, share: pd.Series) -> int:
    """What the smallest disc needs where the median incident would be expected."""
    order = np.argsort(discs.expected[0], kind="stable")
    middle = int(np.searchsorted(np.cumsum(share.to_numpy()[order]), 0.5 * share.sum()))
    return int(discs.needed[0, order[min(middle, order.size - 1)]])


def past_of(history: ThemeHistory, window: Window) -> list[pd.Series]:
    """Counts of earlier periods that say how restless the theme is; none where too few, or not asked."""
    past = history.before(window, PAST_PERIODS) if history.settings.restless else []
    return past if len(past) >= FEWEST_PERIODS else []


def restless(history: ThemeHistory, window: Window, past: list[pd.Series]) -> pd.Series | None:
    """Variance over mean of the windows of cells; None without a past."""
    if not past:
        return None
    ground, share = history.ground, history.expected_share
    around = history.once("around", lambda: ground.around(share)) * history.counts(window).sum()
    found: pd.Series = stats.window_dispersion(past, ground.graph, around, parts=ground.cells["stadsdeel"])
    return found


def recognised(
    heat: Heat,
    history: ThemeHistory,
    week: Week,
    *,
    grid: GridSettings,
    store: Remembers,
    lost: Collection[Week] = (),
) -> gpd.GeoDataFrame:
    """Areas of the week with their identity, told as a reader asks, and remembered for the next week.

    Parameters
    ----------
    heat : Heat
        Hot ground of the window that ends with the week.
    history : ThemeHistory
        Incidents of the theme.
    week : Week
        The week.
    grid : GridSettings
        Settings that make two weeks comparable.
    store : Store or ThemeNotes
        Remembers last week's areas, and now this week's.
    lost : collection of Week
        Weeks of which a file is still to come: theirs are not remembered.

    Returns
    -------
    geopandas.GeoDataFrame
        Contract ``areas`` with the columns that :class:`genk_geo.results.ThemeWeek` names.
    """
    key = _depends_on(history, grid)
    before = store.areas(history.theme, week.shift(-1), key)
    if before is None:
        before = _rebuilt(history, week, grid=grid, store=store)
    areas = stats.track(heat.areas, before, theme=history.theme, week=week)
    areas = _described(areas, history, week)
    if week not in lost:
        store.save_areas(history.theme, week, key, areas)
    return areas


def _rebuilt(history: ThemeHistory, week: Week, *, grid: GridSettings, store: Remembers) -> gpd.GeoDataFrame:
    """Areas of the week before that was never looked at.

    Remembered for this very past only: an older file that comes later may tell of a longer one.
    """
    earlier, key = week.shift(-1), fingerprint([_depends_on(history, grid), history.digest])
    areas = store.areas(history.theme, earlier, key)
    if areas is None:
        areas = _described(_followed(history, week, grid), history, earlier)
        store.save_areas(history.theme, earlier, key, areas)
    return areas


def _followed(history: ThemeHistory, week: Week, grid: GridSettings) -> gpd.GeoDataFrame:
    """Areas of the week before, followed from a year back."""
    areas: gpd.GeoDataFrame | None = None
    for back in range(IDENTITY_WEEKS, 0, -1):
        earlier = week.shift(-back)
        window = Window(earlier, history.settings.window_weeks)
        if areas is not None and areas.empty and not _enough(history, window):
            continue  # nothing to follow, and nothing can be hot
        heat = _hot_ground(history, window, grid, drawn=back == 1)  # those of before are only compared
        areas = stats.track(heat.areas, areas, theme=history.theme, week=earlier)
    assert areas is not None  # there are weeks to go back
    return areas


def _enough(history: ThemeHistory, window: Window) -> bool:
    """Whether a window holds so many incidents that something can be said of its places."""
    return bool(history.counts(window).sum() >= history.settings.min_incidents)


def _depends_on(history: ThemeHistory, grid: GridSettings) -> str:
    """What must be equal for two weeks' hotspots to be comparable."""
    return fingerprint(
        [history.theme, history.settings.model_dump(), grid.model_dump(), history.ground.city.name]
    )


def _described(areas: gpd.GeoDataFrame, history: ThemeHistory, week: Week) -> gpd.GeoDataFrame:
    """Where, how many, when: what a reader asks of each area; ranked, the ones that are gone last."""
    recent = history.within(Window(week, history.settings.window_weeks))
    last = history.in_window(Window(week, 1))[recent.index]
    facts = [_facts(area, recent, last, history) for area in areas.geometry]
    names = ["observed", "this_week", "place", "wijk", "stadsdeel", "peak_days", "peak_from", "peak_to"]
    described = areas.assign(**pd.DataFrame(facts, columns=[*names, "peak_share"], index=areas.index))
    # Exact Poisson limit: so many times as many as expected, 97.5 % sure of all areas that are told, although
    # they were chosen for their counts.
    chosen = sum(len(cells) for cells in described.loc[described["status"] != "gone", "cells"])
    error = 0.025 * max(chosen, 1) / int((history.expected_share > 0).sum())
    described["risk_low"] = (
        gammaincinv(described["observed"].astype(float).clip(lower=1e-9), error) / described["expected"]
    )
    return check_table(_ranked(described), "areas", epsg=history.ground.city.crs)


def _facts(area: Any, recent: gpd.GeoDataFrame, last: pd.Series, history: ThemeHistory) -> dict[str, Any]:
    inside = recent.intersects(area)
    there = recent[inside]
    peak = stats.peak(stats.aoristic(there["from"], there["to"])) if len(there) else None
    return {
        "observed": len(there),
        "this_week": int((inside & last).sum()),
        **whereabouts(area, history.ground.city, there["wijk"]),
        "peak_days": peak.days if peak else (),
        "peak_from": peak.from_hour if peak else np.nan,
        "peak_to": peak.to_hour if peak else np.nan,
        "peak_share": peak.share if peak else np.nan,
    }


def _ranked(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Strongest first, numbered; the ones that are gone come last, without a number."""
    order = areas.assign(gone=areas["status"].eq("gone")).sort_values(
        ["gone", "q_value", "observed", "hotspot_id"], ascending=[True, True, False, True], kind="stable"
    )
    number = np.where(order["gone"], 0, np.arange(1, len(order) + 1))
    return order.drop(columns="gone").assign(number=number).reset_index(drop=True)
