"""How well the past weeks could have been foreseen: the scorecard of a theme, straight from the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo import stats
from genk_geo.calendar import Week
from genk_geo.errors import QualityGateError
from genk_geo.jobs.chance import stream
from genk_geo.jobs.session import Session, bounded
from genk_geo.jobs.week.outlook import LEAST_INCIDENTS, LEAST_WEEKS, build_record
from genk_geo.release import release_scores
from genk_geo.render.files.score_plot import score_plot
from genk_geo.stats.outlook.record import DELAY

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pandas as pd

    from genk_geo.config import Settings
    from genk_geo.jobs.history import ThemeHistory


@dataclass(frozen=True)
class Backtested:
    """A theme's past weeks, foreseen again.

    Attributes
    ----------
    theme : str
        Key of the theme.
    first, last : Week
        Weeks that were foreseen.
    cell_m : float
        Size of a cell.
    cells : int
        How many there are.
    rows : pandas.DataFrame
        Scores by week, see :func:`genk_geo.stats.backtest`.
    scores : pandas.DataFrame
        Scorecard, see :func:`genk_geo.stats.scorecard`.
    """

    theme: str
    first: Week
    last: Week
    cell_m: float
    cells: int
    rows: pd.DataFrame
    scores: pd.DataFrame


@bounded
def backtest_theme(
    settings: Settings,
    *,
    theme: str,
    weeks: int = 26,
    last: Week | str | None = None,
    cell_m: int | None = None,
    min_patch_cells: int | None = None,
) -> Backtested:
    """Foresee each of the last weeks of a theme with what was known before it.

    Parameters
    ----------
    settings : Settings
        Settings of the weekly job; its store must exist.
    theme : str
        A theme of the settings.
    weeks : int, default 26
        How many weeks.
    last : Week or str, optional
        Last of them; the last whole week on record when absent.
    cell_m : int, optional
        Size of a cell, instead of that of the settings.
    min_patch_cells : int, optional
        Least cells of a place, 1 for single cells, instead of the settings.

    Returns
    -------
    Backtested

    Raises
    ------
    ConfigError
        If the theme or the store does not exist, or a number is impossible.
    QualityGateError
        If the record is too short.
    """
    session = Session(settings)
    session.theme(theme)
    with session.on_record() as store:
        history = session.history(theme, store.incidents(theme=theme), cell_m=cell_m)
    end = _last_week(history, session.now.date()) if last is None else Week.parse(str(last))
    record = build_record(history, week=end, delay=DELAY, last_reports=True)
    if record is None or record.weeks < LEAST_WEEKS:
        raise QualityGateError(
            "{theme} has too short a record until {end} to foresee anything: needed {least_weeks} weeks "
            "with {least_incidents} precisely located incidents. Read more with `genk-geo ingest`.",
            theme=theme,
            end=end,
            least_weeks=LEAST_WEEKS,
            least_incidents=LEAST_INCIDENTS,
        )
    own, ground = settings.outlook, history.ground
    dwellings = ground.dwellings
    rng = stream(settings.seed, f"backtest {theme}")
    rows = stats.backtest(
        record, weeks=weeks, models=own.models, refit_weeks=own.refit_weeks,
        budgets=tuple(sorted({*stats.BUDGETS, own.budget})),
        min_patch_cells=own.min_patch_cells if min_patch_cells is None else min_patch_cells,
        exposure=None if dwellings is None else dwellings.to_numpy(float), rng=rng,
    )  # fmt: skip
    scores = stats.scorecard(rows, budget=own.budget, rng=rng)
    grid = ground.grid
    return Backtested(theme, end.shift(1 - weeks), end, grid.cell_m, len(grid), rows, scores)


def write_backtest(found: Backtested, folder: Path, *, labels: dict[str, str]) -> list[Path]:
    """Write the scores by week, the scorecard and a plot.

    Parameters
    ----------
    found : Backtested
        The scores.
    folder : path-like
        Made where it does not exist.
    labels : dict of str to str
        Words of the plot, see :func:`genk_geo.render.files.score_plot.score_plot`.

    Returns
    -------
    list of Path
        ``{theme}_weeks.csv``, ``{theme}_scores.csv`` and ``{theme}_scores.svg``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{found.theme}_{name}" for name in ("weeks.csv", "scores.csv", "scores.svg")]
    found.rows.to_csv(paths[0], index=False, lineterminator="\n", float_format="%.6g")
    found.scores.to_csv(paths[1], index=False, lineterminator="\n", float_format="%.6g")
    paths[2].write_text(score_plot(release_scores(found.scores), labels=labels), encoding="utf-8")
    return paths


def _last_week(history: ThemeHistory, today: dt.date) -> Week:
    """The last week on record; the week of the last incident may not have ended yet."""
    if history.moment.empty:
        raise QualityGateError("The history has no incident of {theme}.", theme=history.theme)
    return min(Week.from_day(history.moment.max().date()), Week.from_day(today)).shift(-1)
