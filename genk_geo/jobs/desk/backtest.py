"""How well the past weeks could have been foreseen: the scorecard of a theme, straight from the history."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from genk_geo import stats
from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, QualityGateError
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.jobs.week.outlook import LEAST_INCIDENTS, LEAST_WEEKS, record_of
from genk_geo.reference import City
from genk_geo.release import release_scores
from genk_geo.render.files.score_plot import score_plot
from genk_geo.stats.outlook.record import DELAY
from genk_geo.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from genk_geo.config import Settings


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
    if theme not in settings.themes:
        raise ConfigError(f"Theme {theme!r} is not in the settings. Known: {', '.join(settings.themes)}.")
    if not settings.store.exists():
        raise ConfigError(f"There is no history at {settings.store}. Run `genk-geo weekly` first.")
    city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        incidents = store.incidents(theme=theme)
    ground = Ground.cover(city, cell_m or settings.grid.cell_m)
    history = ThemeHistory(theme, settings.themes[theme], incidents, ground)
    end = _last_week(history) if last is None else Week.parse(str(last))
    record = record_of(history, week=end, delay=DELAY, last_reports=True)
    if record is None or record.weeks < LEAST_WEEKS:
        raise QualityGateError(
            f"{theme} has too short a record until {end} to foresee anything: needed {LEAST_WEEKS} weeks "
            f"with {LEAST_INCIDENTS} precisely located incidents. Read more with `genk-geo ingest`."
        )
    own, dwellings = settings.outlook, ground.dwellings
    rng = np.random.default_rng([settings.seed, zlib.crc32(f"backtest {theme}".encode())])
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


def _last_week(history: ThemeHistory) -> Week:
    """The last week on record; the week of the last incident may not have ended yet."""
    if history.moment.empty:
        raise QualityGateError(f"The history has no incident of {history.theme}.")
    today = dt.datetime.now(ZoneInfo(history.ground.city.timezone)).date()
    return min(Week.of(history.moment.max().date()), Week.of(today)).shift(-1)
