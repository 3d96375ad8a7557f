"""How well forecasts did: incidents caught within a budget of ground, beside the plainest forecast.

References
----------
Chainey, Tompson & Uhlig (2008), Security Journal 21 (PAI). Hunt (2016), PhD thesis, Rutgers (PEI). Levine
(2008), Security Journal 21 (RRI). Rummens & Hardyns (2020), Applied Geography 122, for what to expect of a
Belgian city.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.show import ToldTable
from genk_geo.stats.checks import generator, seed_of
from genk_geo.stats.outlook.evidence import evidence
from genk_geo.stats.outlook.forecast import Walk
from genk_geo.stats.outlook.models import BASELINE
from genk_geo.stats.outlook.scorer import WEEK_COLUMNS, Scorer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from genk_geo.stats.checks import Chance
    from genk_geo.stats.outlook.record import WeekRecord

    Floats = npt.NDArray[np.float64]

#: Shares of the area that scores are given for.
BUDGETS = (0.01, 0.02, 0.05)
#: Weeks that a bootstrap draws together, because neighbouring weeks are alike.
BLOCK_WEEKS = 4
#: Weeks that a model must have been scored over before it may be chosen.
LEAST_WEEKS_TO_CHOOSE = 20
_REPLICATES = 999
_LEVEL = 0.95
#: Chance that a model is ever chosen that is not better, over all looks and all candidates together.
_FALSE_CHOICE = 0.025


def backtest(  # noqa: PLR0913 - the record, and eight options that all are in use
    record: WeekRecord,
    *,
    weeks: int = 26,
    models: Sequence[str] = ("decayed", "promap", "density", "scales", "boosted"),
    budgets: Sequence[float] = BUDGETS,
    min_patch_cells: int = 1,
    refit_weeks: int = 13,
    exposure: npt.ArrayLike | None = None,
    factors: Mapping[str, npt.ArrayLike] | None = None,
    rng: Chance = None,
) -> pd.DataFrame:
    """Foresee each of the last weeks of a record with what was known before it, and score every model.

    Parameters
    ----------
    record : WeekRecord
        Incidents by cell and week. All of a week that is in the record counts as what happened; the forecast
        of a week saw what was known one forecast moment after the week before.
    weeks : int, default 26
        How many of the last weeks.
    models : sequence of str
        As for :func:`genk_geo.stats.forecast`; the baseline is always among them.
    budgets : sequence of float
        Shares of the area.
    min_patch_cells : int, default 1
        1: the cells of the highest risk, equal ones in proportion. More: whole cells in patches of at least
        so many, see :func:`genk_geo.stats.suggest`.
    refit_weeks : int, default 13
        Weeks between two times that models learn anew, on all weeks until then.
    exposure, factors
        As for :func:`genk_geo.stats.forecast`.
    rng : numpy.random.Generator, int or None
        For the cells that models learn from.

    Returns
    -------
    pandas.DataFrame
        A row for each week, model and budget: ``week`` (Monday), ``model``, ``budget``, ``incidents``,
        ``caught``, ``best`` (most that any choice of ground could catch), ``base_incidents`` and
        ``base_caught`` (of the 13 weeks before, as known then), ``log_score`` (Poisson, sum over cells).
        Weeks without incidents are rows too.

    Raises
    ------
    ConfigError
        If the record is too short, or a model, budget or number is impossible.

    Examples
    --------
    A twentieth of sixteen cells is 0.8 of a cell, which catches 0.8 of the incident in it:

    >>> from genk_geo.calendar import Week
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 400, 400), cell_m=100)
    >>> moments = pd.Series(pd.date_range("2026-01-05", periods=20, freq="7D", tz="Europe/Brussels"))
    >>> first, last = Week(2026, 2), Week(2026, 21)
    >>> record = gg.stats.WeekRecord.from_incidents([[50, 50]] * 20, moments, grid, first=first, last=last)
    >>> rows = gg.stats.backtest(record, weeks=3, models=["decayed"], rng=np.random.default_rng(1))
    >>> rows.loc[rows["budget"] == 0.05, ["incidents", "caught"]].values.tolist()
    [[1.0, 0.8], [1.0, 0.8], [1.0, 0.8]]
    """
    check_budgets(budgets, min_patch_cells)
    if weeks < 1:
        raise ConfigError("weeks: given {weeks}, needed 1 or more.", weeks=weeks)
    walk = Walk(record, models=models, exposure=exposure, factors=factors, refit_weeks=refit_weeks, rng=rng)
    last = record.weeks - 1
    scorer = Scorer(record, budgets=budgets, min_patch_cells=min_patch_cells)
    tables = [
        scorer.score(found.origin + 1, found.expected) for found in walk.through(range(last - weeks, last))
    ]
    return ToldTable.of(pd.concat(tables, ignore_index=True), (("chance", seed_of(rng)),))


def scorecard(
    rows: pd.DataFrame,
    *,
    budget: float | None = None,
    weeks: int | None = None,
    block_weeks: int = BLOCK_WEEKS,
    replicates: int = _REPLICATES,
    rng: Chance = None,
) -> pd.DataFrame:
    """Sum scores of weeks up, with intervals, and choose the model that has earned it.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`backtest` gives them.
    budget : float, optional
        Budget by which the model is chosen; the middle one when absent.
    weeks : int, optional
        How many of the last weeks are summed up; all by default. The evidence goes by all rows: give them
        from the first week that is on record, for evidence that starts anew every week is none.
    block_weeks : int, default 4
        Weeks that the bootstrap draws together.
    replicates : int, default 999
        Bootstrap samples.
    rng : numpy.random.Generator, int or None
        For the bootstrap.

    Returns
    -------
    pandas.DataFrame
        A row for each model and budget: ``model``, ``budget``, ``weeks``, ``incidents``; ``capture`` (share
        of the incidents), ``pai`` (capture over budget), ``pei`` (caught over the most that could be),
        ``rri`` (capture over that of the 13 weeks before in the same ground), ``log_score`` (per incident),
        ``gain`` (caught over the baseline's caught), each with ``_low`` and ``_high`` (95 %, bootstrap of
        runs of weeks, the same weeks for all models); ``evidence`` (that it catches more than the baseline:
        an e-value, see :mod:`genk_geo.stats.outlook.evidence`); ``baseline`` and ``chosen`` (bool). NaN where
        nothing can be divided by.

    Examples
    --------
    Two fifths of the incidents in a fiftieth of the ground are twenty times what chance catches:

    >>> week = {"model": "decayed", "budget": 0.02, "incidents": 5, "caught": 2.0, "best": 4.0}
    >>> before = {"base_incidents": 60, "base_caught": 20.0, "log_score": -9.0}
    >>> rows = pd.DataFrame({"week": pd.date_range("2026-01-05", periods=8, freq="7D"), **week, **before})
    >>> card = gg.stats.scorecard(rows, rng=np.random.default_rng(1))
    >>> card[["capture", "pai", "pei", "rri"]].round(2).to_dict("records")
    [{'capture': 0.4, 'pai': 20.0, 'pei': 0.5, 'rri': 1.2}]
    """
    check_rows(rows)
    if replicates < 1 or block_weeks < 1:
        raise ConfigError(
            "replicates {replicates}, block_weeks {block_weeks}: needed 1 or more of each.",
            replicates=replicates,
            block_weeks=block_weeks,
        )
    if weeks is not None and weeks < 1:
        raise ConfigError("weeks: given {weeks}, needed 1 or more.", weeks=weeks)
    mondays = np.sort(rows["week"].unique())
    last = rows if weeks is None else rows[rows["week"] >= mondays[-min(weeks, mondays.size)]]
    sums = _Sums(last, block_weeks=block_weeks, replicates=replicates, rng=generator(rng))
    table = pd.DataFrame([sums.row(model, part) for part in sums.budgets for model in sums.models])
    table["evidence"] = _evidence(rows, table)
    table["baseline"] = table["model"] == BASELINE
    budgets = sorted(sums.budgets)
    wanted = budgets[len(budgets) // 2] if budget is None else budget
    table = table.assign(chosen=table["model"] == choose_model(table, budget=wanted))
    return ToldTable.of(table, (("chance", seed_of(rng)),))


def choose_model(scores: pd.DataFrame, *, budget: float) -> str:
    """Key of the model that is to be used: the baseline, unless another has proved better.

    A model has proved better when, over at least 20 weeks, it caught more than the baseline at this budget
    and its evidence is 40 times the number of candidates. However often one looks, and however many
    candidates there are, a model that is no better is chosen once in 40 records at most. Of several such
    models the one with the largest gain.

    Parameters
    ----------
    scores : pandas.DataFrame
        As :func:`scorecard` gives them.
    budget : float
        Budget that counts.

    Returns
    -------
    str

    Examples
    --------
    A gain that may be chance changes nothing; one with evidence does:

    >>> gains = {"model": ["decayed", "scales"], "gain": [1.0, 1.3], "evidence": [1.0, 12.0]}
    >>> scores = pd.DataFrame(gains).assign(budget=0.02, weeks=26, baseline=[True, False])
    >>> gg.stats.choose_model(scores, budget=0.02)
    'decayed'
    >>> gg.stats.choose_model(scores.assign(evidence=[1.0, 55.0]), budget=0.02)
    'scales'
    """
    here = scores[np.isclose(scores["budget"], budget)]
    if here.empty:
        raise ConfigError(
            "No score at a budget of {budget:g}. Known: {scores}.",
            budget=budget,
            scores=sorted(set(scores["budget"])),
        )
    candidates = max(int((here["model"] != BASELINE).sum()), 1)
    enough = here["evidence"] >= candidates / _FALSE_CHOICE
    proved = here[(here["weeks"] >= LEAST_WEEKS_TO_CHOOSE) & enough & (here["gain"] > 1)]
    if proved.empty:
        return BASELINE
    return str(proved.sort_values(["gain", "model"], ascending=[False, True]).iloc[0]["model"])


def _evidence(rows: pd.DataFrame, table: pd.DataFrame) -> list[float]:
    """Evidence of each row of the scorecard, from the weeks in which the baseline was scored too."""
    caught = rows.pivot_table(index="week", columns=["budget", "model"], values="caught", aggfunc="sum")
    return [
        1.0 if model == BASELINE else evidence((caught[budget][model] - caught[budget][BASELINE]).dropna())
        for model, budget in zip(table["model"], table["budget"], strict=True)
    ]


class _Sums:
    """Sums over weeks and over bootstrap samples of weeks."""

    def __init__(
        self, rows: pd.DataFrame, *, block_weeks: int, replicates: int, rng: np.random.Generator
    ) -> None:
        self.models = list(dict.fromkeys(rows["model"]))
        self.budgets = list(dict.fromkeys(rows["budget"]))
        self._rows = {key: part.sort_values("week") for key, part in rows.groupby(["model", "budget"])}
        self.weeks = rows["week"].nunique()
        self._draws = _block_draws(self.weeks, block_weeks, replicates, rng)

    def row(self, model: str, budget: float) -> dict[str, object]:
        """One row of the scorecard."""
        own = self._rows[model, budget]
        reference = self._rows[BASELINE, budget]["caught"].to_numpy(float)
        column = {name: own[name].to_numpy(float) for name in WEEK_COLUMNS[3:]}
        measures = {
            "capture": (column["caught"], column["incidents"], None, None, 1.0),
            "pai": (column["caught"], column["incidents"], None, None, 1 / budget),
            "pei": (column["caught"], column["best"], None, None, 1.0),
            "rri": (
                column["caught"], column["incidents"], column["base_caught"], column["base_incidents"], 1.0,
            ),
            "log_score": (column["log_score"], column["incidents"], None, None, 1.0),
            "gain": (column["caught"], reference, None, None, 1.0),
        }  # fmt: skip
        found: dict[str, object] = {
            "model": model, "budget": budget, "weeks": self.weeks,
            "incidents": int(column["incidents"].sum()),
        }  # fmt: skip
        for name, (top, bottom, base_top, base_bottom, factor) in measures.items():
            value, low, high = (factor * part for part in self._ratio(top, bottom, base_top, base_bottom))
            found |= {name: value, f"{name}_low": low, f"{name}_high": high}
        return found

    def _ratio(
        self, top: Floats, bottom: Floats, base_top: Floats | None, base_bottom: Floats | None
    ) -> tuple[float, float, float]:
        """Ratio of sums over all weeks (over that of a base period, where given), and its interval."""

        def over(chosen: npt.NDArray[np.intp]) -> Floats:
            value = _divided(top[chosen].sum(axis=-1), bottom[chosen].sum(axis=-1))
            if base_top is None or base_bottom is None:
                return value
            return _divided(value, _divided(base_top[chosen].sum(axis=-1), base_bottom[chosen].sum(axis=-1)))

        drawn = over(self._draws)
        drawn = drawn[np.isfinite(drawn)]
        tail = (1 - _LEVEL) / 2
        low, high = np.quantile(drawn, [tail, 1 - tail]) if drawn.size else (np.nan, np.nan)
        return float(over(np.arange(top.size))), float(low), float(high)


def _block_draws(weeks: int, block: int, replicates: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Weeks of each bootstrap sample: runs of neighbouring weeks, going round from the last to the first."""
    length = max(1, min(block, weeks))
    runs = -(-weeks // length)
    start = rng.integers(0, weeks, size=(replicates, runs, 1))
    return ((start + np.arange(length)) % weeks).reshape(replicates, -1)[:, :weeks]


def _divided(top: Floats, bottom: Floats) -> Floats:
    value: Floats = np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=np.asarray(bottom) != 0)
    return value


def check_rows(rows: pd.DataFrame) -> None:
    """Refuse what is no table of weekly scores."""
    missing = [name for name in WEEK_COLUMNS if name not in rows.columns]
    if missing:
        raise SchemaError(
            "The scores of weeks lack {missing}: needed what backtest gives.", missing=", ".join(missing)
        )
    if rows.empty:
        raise SchemaError("No week has been scored.")
    if BASELINE not in set(rows["model"]):
        raise SchemaError("The scores of weeks lack the baseline, {baseline}.", baseline=BASELINE)


def check_budgets(budgets: Sequence[float], min_patch_cells: int) -> None:
    """Refuse impossible budgets and patches."""
    if not budgets or not all(0 < budget < 1 for budget in budgets):
        raise ConfigError(
            "budgets: given {budgets}, needed shares of the area between 0 and 1.", budgets=tuple(budgets)
        )
    if min_patch_cells < 1:
        raise ConfigError(
            "min_patch_cells: given {min_patch_cells}, needed 1 or more.", min_patch_cells=min_patch_cells
        )
