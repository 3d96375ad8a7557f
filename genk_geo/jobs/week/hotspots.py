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
from genk_geo.stats.local.getis_ord import hot_q
from genk_geo.stats.local.lineage import CellArea, Kept, cell_areas, follow

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.config import GridSettings
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.store.theme_notes import Remembers

    Floats = npt.NDArray[np.float64]

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
    names = _names(history)
    return {names[cell] for area in hot_places(history, window, grid) for cell in area.cells}


def hot_places(history: ThemeHistory, window: Window, grid: GridSettings) -> list[CellArea]:
    """The areas that :func:`find_heat` finds in a window, as cells alone: in half the time."""
    for drawn in (True, False):
        if history.answered(("hot", window, grid.max_q, drawn)):
            return _as_cells(_hot_ground(history, window, grid, drawn=drawn).areas, history)
    return history.once(("places", window, grid.max_q), lambda: _judge_places(history, window, grid))


def _as_cells(areas: gpd.GeoDataFrame, history: ThemeHistory) -> list[CellArea]:
    at = history.ground.grid.cells.index.get_indexer
    peaks = at(pd.Index(areas["peak_cell"], dtype=object)).tolist()
    return [CellArea(at(pd.Index(cells)), peak) for cells, peak in zip(areas["cells"], peaks, strict=True)]


def _names(history: ThemeHistory) -> npt.NDArray[np.object_]:
    """Names of all cells, in their own order."""
    return history.once("names", lambda: history.ground.grid.cells.index.to_numpy(object))


def _judge_places(history: ThemeHistory, window: Window, grid: GridSettings) -> list[CellArea]:
    ground, counts, share = history.ground, history.counts(window), history.expected_share
    if not _enough(history, window):
        return []
    q = hot_q(
        counts, ground.links, share, possible=share > 0,
        dispersion=restless(history, window, past_of(history, window)),
    )  # fmt: skip
    discs = _build_discs(history, window, grid)
    hot = _surer(q, discs, counts, grid) <= grid.max_q
    order = history.once("order of names", lambda: np.argsort(_names(history), kind="stable"))
    seen = counts.to_numpy()
    found = cell_areas(hot, seen, ground.links, order)
    return [area for area in found if seen[area.cells].sum() >= FEWEST_IN_HOTSPOT]


def _hot_ground(history: ThemeHistory, window: Window, grid: GridSettings, *, drawn: bool = True) -> _Hot:
    # The week and the identity of its areas may look at the same window.
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
        counts, ground.links, exposure=share, possible=(share > 0) & enough, dispersion=dispersion, level=None
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
    surer = _surer(tested["q_value"].to_numpy(), discs, counts, grid)
    return tested.assign(q_value=surer, hotspot_class=classify(surer, ~np.isnan(surer)))


def _surer(q: Floats, discs: stats.WindowFamily, counts: pd.Series, grid: GridSettings) -> Floats:
    chance = discs.surest(counts) * (grid.max_q / discs.error)
    return np.where(np.isfinite(chance), np.fmin(q, chance), q)


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
    found: pd.Series = stats.window_dispersion(past, ground.links, around, parts=ground.cells["stadsdeel"])
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
    """Areas of the week before, followed from a year back; only the last two weeks are drawn."""
    kept: list[Kept] = []
    for back in range(IDENTITY_WEEKS, 2, -1):
        kept = _followed_on(kept, history, week.shift(-back), grid)
    before = _as_table(kept, history, week.shift(-2), grid)
    earlier = week.shift(-1)
    areas = _hot_ground(history, Window(earlier, history.settings.window_weeks), grid).areas
    return stats.track(areas, before, theme=history.theme, week=earlier)


def _followed_on(kept: list[Kept], history: ThemeHistory, week: Week, grid: GridSettings) -> list[Kept]:
    """Areas of a week with the identities of the week before."""
    areas = hot_places(history, Window(week, history.settings.window_weeks), grid)
    cell_m2 = float(history.ground.grid.cell_m) ** 2
    return follow(areas, kept, names=_names(history), cell_m2=cell_m2, theme=history.theme, week=week)


def _as_table(kept: list[Kept], history: ThemeHistory, week: Week, grid: GridSettings) -> gpd.GeoDataFrame:
    """The areas of a week, followed on, with outlines that are only compared with others."""
    window = Window(week, history.settings.window_weeks)
    areas = _hot_ground(history, window, grid, drawn=False).areas
    names = _names(history)
    by_peak = {names[one.area.peak]: one for one in _followed_on(kept, history, week, grid)}
    found = [by_peak[peak] for peak in areas["peak_cell"]]
    return areas.assign(
        hotspot_id=[one.hotspot_id for one in found], theme=history.theme, status="kept",
        since=[one.since for one in found], from_ids=[()] * len(found),
    )  # fmt: skip


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
