"""Expected incidents of the next week per cell, by models that are refitted as the record grows.

A model sees only incidents that were known when its forecast was made. Every week of the past can be foreseen
again in that way, which is how the scorecard (:func:`genk_geo.stats.backtest`) is made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError
from genk_geo.show import Look, MappedTable, Note, Shown, View
from genk_geo.stats.checks import generator, seed_of
from genk_geo.stats.outlook.components import Components, harmonics
from genk_geo.stats.outlook.examples import Examples
from genk_geo.stats.outlook.mixing import warm_from
from genk_geo.stats.outlook.models import chosen_models, one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from genk_geo.show.words import Words
    from genk_geo.stats.checks import Chance
    from genk_geo.stats.outlook.models import Fitted, Model
    from genk_geo.stats.outlook.record import WeekRecord

    Floats = npt.NDArray[np.float64]

#: Weeks that must be over before anything is learned.
LEAST_WEEKS = 8
#: Weeks from which the expected total follows the season.
_SEASON_FROM = 104


class Foreseen(NamedTuple):
    """Expected counts per cell for the week after an origin, by model."""

    origin: int
    expected: dict[str, Floats]


class Walk(Shown):
    """Go through a record week by week and foresee the week after each of some origins.

    Parameters
    ----------
    record : WeekRecord
        Incidents by cell and week.
    models : sequence of str
        Keys of models; the baseline is always among them.
    exposure : array_like, optional
        Dwellings of each cell.
    factors : mapping of str to array_like, optional
        Other values of each cell, 0 or more.
    refit_weeks : int, default 13
        Models learn anew in every week whose number since the year 1 divides by it, so that the same week is
        foreseen alike whichever weeks are asked for.
    rng : numpy.random.Generator, int or None
        For the cells that models learn from.

    Raises
    ------
    ConfigError
        If a model is unknown, or values do not fit the cells.

    Examples
    --------
    Two weeks, each foreseen from what was known after the week before:

    >>> from genk_geo.calendar import Week
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 400, 400), cell_m=100)
    >>> moments = pd.Series(pd.date_range("2026-01-05", periods=20, freq="7D", tz="Europe/Brussels"))
    >>> first, last = Week(2026, 2), Week(2026, 21)
    >>> record = gg.stats.WeekRecord.from_incidents([[50, 50]] * 20, moments, grid, first=first, last=last)
    >>> walk = gg.stats.Walk(record, models=["decayed"], rng=np.random.default_rng(1))
    >>> [(week.origin, int(week.expected["decayed"].argmax())) for week in walk.through([17, 18])]
    [(17, 0), (18, 0)]
    """

    def __init__(
        self,
        record: WeekRecord,
        *,
        models: Sequence[str] = ("decayed",),
        exposure: npt.ArrayLike | None = None,
        factors: Mapping[str, npt.ArrayLike] | None = None,
        refit_weeks: int = 13,
        rng: Chance = None,
    ) -> None:
        if refit_weeks < 1:
            raise ConfigError("refit_weeks: given {refit_weeks}, needed 1 or more.", refit_weeks=refit_weeks)
        self._record, self._models, self._refit_weeks = record, chosen_models(models), refit_weeks
        cells = len(record.grid)
        self._components = Components(
            record,
            exposure=None if exposure is None else _per_cell(exposure, cells, "exposure"),
            factors={name: _per_cell(values, cells, name) for name, values in (factors or {}).items()},
        )
        self._chance = seed_of(rng)
        self._examples = Examples(record, self._components.names, seed=int(generator(rng).integers(2**32)))

    def shows(self, words: Words) -> View:
        """The record that is walked through, and with which models."""
        record = self._record.shows(words)
        made = (("refit", f"{self._refit_weeks}"), ("chance", self._chance))
        facts = (("models", ", ".join(self._models)), *made, *record.facts)
        return replace(record, title=words("title.walk"), facts=facts)

    def through(self, origins: Sequence[int]) -> Iterator[Foreseen]:
        """Foresee the week after each origin, in order.

        Parameters
        ----------
        origins : sequence of int
            Numbers of weeks of the record; a forecast is for the week after.

        Yields
        ------
        Foreseen
        """
        wanted = sorted(set(origins))
        if not wanted:
            return
        if wanted[0] < LEAST_WEEKS or wanted[-1] >= self._record.weeks:
            raise ConfigError(
                "A forecast needs at least {least_weeks} weeks before it: the record has {weeks} weeks from "
                "{first} on. Ask for later weeks.",
                least_weeks=LEAST_WEEKS + 1,
                weeks=self._record.weeks,
                first=self._record.first,
            )
        refits = {self._refit_origin(origin) for origin in wanted}
        fitted: dict[str, Fitted] = {}
        season: Floats = np.zeros(0)
        for origin in range(warm_from(min(refits)), wanted[-1] + 1):
            components = self._components.at(origin)
            if origin in refits:
                fitted = {key: model.fit(self._examples, origin) for key, model in self._models.items()}
                season = self._season(origin)
            if origin in wanted:
                factor = self._factor(season, origin)
                yield Foreseen(
                    origin,
                    {key: model.expected(components, origin) * factor for key, model in fitted.items()},
                )
            if origin < self._record.weeks - 1:
                self._examples.add(origin, components)

    @property
    def models(self) -> dict[str, Model]:
        """The models, the baseline first."""
        return self._models

    def _refit_origin(self, origin: int) -> int:
        """The last week at or before an origin in which models learn."""
        aligned = origin - (self._examples.first + origin) % self._refit_weeks
        return aligned if aligned >= LEAST_WEEKS else origin

    def _season(self, origin: int) -> Floats:
        """How the total of a week follows the season: a Poisson regression on two pairs of harmonics."""
        chosen = self._examples.over(origin, from_origin=warm_from(origin))
        if len(chosen) < _SEASON_FROM:
            return np.zeros(0)
        from sklearn.linear_model import PoissonRegressor

        level = np.array([one.sums[self._components.names.index("even")] for one in chosen])
        total = np.array([float((one.all_known <= origin).sum()) for one in chosen])
        weeks = np.array([float(self._examples.first + one.origin) for one in chosen])
        used = level > 0
        with one_thread():
            fit = PoissonRegressor(alpha=1e-3).fit(
                harmonics(weeks[used]), total[used] / level[used], sample_weight=level[used]
            )
        return np.asarray(fit.coef_, dtype=float)

    def _factor(self, season: Floats, origin: int) -> float:
        if not season.size:
            return 1.0
        week = np.array([float(self._examples.first + origin)])
        return float(np.exp(harmonics(week) @ season)[0])


def forecast(
    record: WeekRecord,
    *,
    models: Sequence[str] = ("decayed", "scales"),
    exposure: npt.ArrayLike | None = None,
    factors: Mapping[str, npt.ArrayLike] | None = None,
    rng: Chance = None,
) -> pd.DataFrame:
    """Expected incidents per cell in the week after the record.

    Parameters
    ----------
    record : WeekRecord
        Incidents by cell and week.
    models : sequence of str
        ``decayed`` (the baseline: past counts of the cell itself with a half-life of 13 weeks), ``promap``,
        ``density`` (retrospective), ``scales`` (a mixture of decays and spreads, season, ground, dwellings
        and factors of the environment), ``boosted`` (Poisson trees that correct the mixture),
        ``self_exciting`` (what lasts, and incidents that follow from others, with a half-life and a spread of
        their own).
    exposure : array_like, optional
        Dwellings of each cell.
    factors : mapping of str to array_like, optional
        Other values of each cell, 0 or more, such as the score of a risk terrain.
    rng : numpy.random.Generator, int or None
        For the cells that models learn from.

    Returns
    -------
    pandas.DataFrame
        Index: cells of the grid; a column for each model, the baseline first. ``.explore()`` shows them.

    Raises
    ------
    ConfigError
        If the record is too short or a model unknown.

    Examples
    --------
    Every week an incident in the south-western cell:

    >>> from genk_geo.calendar import Week
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 400, 400), cell_m=100)
    >>> moments = pd.Series(pd.date_range("2026-01-05", periods=20, freq="7D", tz="Europe/Brussels"))
    >>> first, last = Week(2026, 2), Week(2026, 21)
    >>> record = gg.stats.WeekRecord.from_incidents([[50, 50]] * 20, moments, grid, first=first, last=last)
    >>> found = gg.stats.forecast(record, models=["decayed"], rng=np.random.default_rng(1))
    >>> found["decayed"].idxmax()
    '100m_E0_N0'
    """
    walk = Walk(record, models=models, exposure=exposure, factors=factors, refit_weeks=1, rng=rng)
    (found,) = walk.through([record.weeks - 1])
    table = pd.DataFrame(found.expected, index=record.grid.cells.index)
    keys = tuple(table.columns)
    look = Look("forecast", keys[0], "steps", tips=keys, private=True)
    facts = (("models", ", ".join(keys)), ("chance", seed_of(rng)))
    return MappedTable.of(table, record.grid, look, facts, _says)


def _says(table: pd.DataFrame) -> tuple[Note, ...]:
    """What the first model expects of all cells together."""
    values = table.drop(columns="geometry", errors="ignore")
    return (Note("forecast", {"model": str(values.columns[0]), "expected": values.iloc[:, 0].sum()}),)


def _per_cell(values: npt.ArrayLike, cells: int, name: str) -> Floats:
    found: Floats = np.nan_to_num(np.asarray(values, dtype=float), nan=0.0)
    if found.shape != (cells,) or not (np.isfinite(found) & (found >= 0)).all():
        raise ConfigError(
            "{name}: needed {cells} numbers of 0 or more, one a cell, given {shape}.",
            name=name,
            cells=cells,
            shape=found.shape,
        )
    return found
