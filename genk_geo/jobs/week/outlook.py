"""Where most is to be expected next week, and how well the outlooks of past weeks did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.calendar import Week, Window
from genk_geo.jobs.chance import fingerprint, stream
from genk_geo.jobs.ground import whereabouts
from genk_geo.jobs.history import first_whole_week
from genk_geo.results import Outlook, PastOutlook
from genk_geo.results.outlook import SCORE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

    from genk_geo.config import Settings
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.store.theme_notes import Remembers

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

#: With a shorter record, or fewer incidents in it, nothing is said about next week.
LEAST_WEEKS, LEAST_INCIDENTS = 13, 30
#: Weeks of incidents behind the hours of a place.
HOURS_WEEKS = 52
#: Weeks after the first of the record from which models can learn.
_LEARN_FROM = 8
#: To be raised when models or scores change, so that scores of another making are not added up.
_MAKING = 1


def look_ahead(
    history: ThemeHistory,
    *,
    week: Week,
    as_of: pd.Timestamp,
    settings: Settings,
    store: Remembers,
    lost: Collection[Week] = (),
) -> Outlook | None:
    """Say where most is to be expected in the week after `week`, and how that went before.

    Every past week is foreseen and scored with what was known as soon after its own end as `as_of` is after
    `week`; scores are remembered in the store.

    Parameters
    ----------
    history : ThemeHistory
        Incidents of the theme that were known at `as_of`.
    week : Week
        The week of the page.
    as_of : pandas.Timestamp
        Moment at which the data is frozen.
    settings : Settings
        ``outlook``, ``grid`` and ``seed`` are used.
    store : Store or ThemeNotes
        Remembers the scores of past weeks.
    lost : collection of Week
        Weeks of which a file is missing or stops early: not scored.

    Returns
    -------
    Outlook or None
        None when it is not wanted, or there is too little history.
    """
    record = build_record(history, week=week, delay=as_of - week.end(history.ground.city.timezone))
    if not settings.outlook.wanted or record is None:
        return None
    ahead = _Ahead(history, record, settings, store, lost)
    scores, expected = ahead.look()
    own = settings.outlook
    now = ahead.scorecard(scores, week)
    model = _chosen(now)
    places = ahead.places(expected[model], week)
    return Outlook(model, own.budget, places, ahead.last(scores, week), now)


def build_record(
    history: ThemeHistory, *, week: Week, delay: pd.Timedelta, last_reports: bool = False
) -> stats.WeekRecord | None:
    """The precisely located incidents of a theme by cell and week; None when too few or too short.

    Parameters
    ----------
    history : ThemeHistory
        Incidents of the theme.
    week : Week
        Last week.
    delay : pandas.Timedelta
        How long after the end of a week a forecast is made.
    last_reports : bool
        Whether incidents count that were reported later than `delay` after `week`.

    Returns
    -------
    WeekRecord or None
    """
    tz = history.ground.city.timezone
    moment = history.moment
    if moment.empty:
        return None
    first = first_whole_week(moment, week)
    known = history.precise & (moment < week.end(tz))
    incidents = history.incidents[known]
    if week < first or week.minus(first) + 1 < LEAST_WEEKS:
        return None
    record = stats.WeekRecord.from_incidents(
        incidents, moment[known], history.ground.grid, first=first, last=week,
        reported=incidents["reported"], delay=delay, tz=tz,
    )  # fmt: skip
    record = record if last_reports else record.until(record.weeks - 1)
    return record if record.week.size >= LEAST_INCIDENTS else None


class _Ahead:
    """The outlook of one theme: its forecasts, scores and places."""

    def __init__(
        self,
        history: ThemeHistory,
        record: stats.WeekRecord,
        settings: Settings,
        store: Remembers,
        lost: Collection[Week],
    ) -> None:
        self._lost = {record.number(week) for week in lost}
        self._history, self._record, self._store = history, record, store
        self._settings, self._own = settings, settings.outlook
        ground = history.ground
        self._groups = ground.cells["stadsdeel"] if self._own.spread else None
        self._budgets = tuple(sorted({*stats.BUDGETS, self._own.budget}))

    def look(self) -> tuple[pd.DataFrame, dict[str, Floats]]:
        """Scores of all weeks on record, of the last ones made now where missing, and the next forecast."""
        record, theme = self._record, self._history.theme
        last = record.weeks - 1
        first = max(last - self._own.weeks, _LEARN_FROM + 1)
        key = self._depends_on()
        on_record = self._store.scores(theme, key, first=record.named(first), last=record.named(last))
        known = {record.number(Week.from_day(monday.date())) for monday in on_record["week"].unique()}
        # A week without any incident, or that stops early, is one of which a file is still to come: not
        # scored, not on record.
        filled = set(record.week.tolist()) - self._lost
        missing = [week for week in range(first, last + 1) if week in filled and week not in known]
        scorer = stats.Scorer(
            record.known_in_time(), budgets=self._budgets, min_patch_cells=self._own.min_patch_cells,
            spread_over=self._groups,
        )  # fmt: skip
        made, expected = [], {}
        for found in self._walk().through([*(week - 1 for week in missing), last]):
            if found.origin + 1 in missing:
                made.append(scorer.score(found.origin + 1, found.expected))
            expected = found.expected
        if made:
            self._store.save_scores(theme, key, pd.concat(made, ignore_index=True))
        # All that is on record: what a model has proved is proved over all weeks that were looked at.
        return self._store.scores(theme, key, first=record.named(0), last=record.named(last)), expected

    def _walk(self) -> stats.Walk:
        dwellings = self._history.ground.dwellings
        return stats.Walk(
            self._record, models=self._own.models, refit_weeks=self._own.refit_weeks,
            exposure=None if dwellings is None else dwellings.to_numpy(float), rng=self._rng("models"),
        )  # fmt: skip

    def scorecard(self, scores: pd.DataFrame, week: Week) -> pd.DataFrame:
        """Scorecard over the weeks that end with `week`; what is chosen by all weeks until then."""
        after = pd.Timestamp(week.shift(-self._own.weeks).monday)
        past = scores[scores["week"] <= pd.Timestamp(week.monday)]
        lately = int(past.loc[past["week"] > after, "week"].nunique())
        if not lately:
            return pd.DataFrame(columns=list(SCORE_COLUMNS))
        table = stats.scorecard(past, budget=self._own.budget, weeks=lately, rng=self._rng(f"score {week}"))
        return table[list(SCORE_COLUMNS)]

    def last(self, scores: pd.DataFrame, week: Week) -> PastOutlook | None:
        """What the outlook of a week ago caught, by the model that was chosen then."""
        rows = scores[
            (scores["week"] == pd.Timestamp(week.monday)) & np.isclose(scores["budget"], self._own.budget)
        ].set_index("model")
        if rows.empty:
            return None
        then = self.scorecard(scores, week.shift(-1))
        model = _chosen(then)
        caught = rows["caught"].round().astype(int)
        return PastOutlook(int(rows["incidents"].iloc[0]), int(caught[model]), int(caught[stats.BASELINE]))

    def places(self, expected: Floats, week: Week) -> gpd.GeoDataFrame:
        """Micro-areas with their streets and hours."""
        ground = self._history.ground
        cells = ground.grid.cells
        found = stats.suggest(
            pd.Series(expected, index=cells.index), ground.grid,
            budget_km2=self._own.budget * float(cells["area_m2"].sum()) / 1e6,
            min_patch_cells=self._own.min_patch_cells, spread_over=self._groups,
        )  # fmt: skip
        recent = self._history.within(Window(week, HOURS_WEEKS))
        cell = ground.grid.assign(recent)
        facts = [self._facts(row, recent[cell.isin(row.cells)]) for row in found.itertuples()]
        names = ["place", "wijk", "stadsdeel", "peak_days", "peak_from", "peak_to"]
        told = found.assign(**pd.DataFrame(facts, columns=names, index=found.index))
        return told[["number", *names[:3], "area_m2", "expected", *names[3:], "geometry"]]

    def _facts(self, area: Any, there: gpd.GeoDataFrame) -> dict[str, Any]:
        peak = stats.peak(stats.aoristic(there["from"], there["to"])) if len(there) else None
        return {
            **whereabouts(area.geometry, self._history.ground.city, there["wijk"]),
            "peak_days": peak.days if peak else (),
            "peak_from": peak.from_hour if peak else np.nan,
            "peak_to": peak.to_hour if peak else np.nan,
        }

    def _rng(self, purpose: str) -> np.random.Generator:
        """A stream of its own for each theme and purpose, whatever came before."""
        return stream(self._settings.seed, f"outlook {self._history.theme} {purpose}")

    def _depends_on(self) -> str:
        """What must be equal for the scores of two weeks to be added up."""
        own = self._own.model_dump(exclude={"weeks", "wanted"})
        theme = self._history.settings.max_uncertainty_m
        record, grid = self._record, self._settings.grid.cell_m
        parts = [_MAKING, own, theme, grid, self._history.ground.city.name, str(record.first)]
        parts += [str(record.delay), self._settings.seed]
        return fingerprint(parts)


def _chosen(card: pd.DataFrame) -> str:
    """Model that a scorecard chose; the baseline where there is none yet."""
    found = card.loc[card["chosen"].astype(bool), "model"]
    return str(found.iloc[0]) if len(found) else stats.BASELINE
