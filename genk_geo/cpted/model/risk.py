"""Risk terrain modelling: which features of the environment go together with incidents, and where.

References
----------
Caplan and Kennedy (2016), Risk Terrain Modeling, University of California Press.
Kennedy, Caplan and Piza (2011), Risk clusters, hotspots, and spatial intelligence, Journal of Quantitative
Criminology 27. Heffner (2013), Statistics of the RTMDx utility (elastic net, then two-way BIC).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from genk_geo.calendar import occurred
from genk_geo.cpted.factors.factor import Factor
from genk_geo.cpted.model.blocked import interval_width
from genk_geo.cpted.model.candidates import operationalise
from genk_geo.cpted.model.capture import CAPTURE_COLUMNS, compare
from genk_geo.cpted.model.count_model import fit_counts
from genk_geo.cpted.model.selection import Answer, Question, find_factors, refit, tally
from genk_geo.cpted.model.spatial_folds import block_layouts, spatial_folds
from genk_geo.cpted.model.terrain import FitFacts, RiskTerrain, relative_risk_value, risk_score
from genk_geo.errors import ConfigError, SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from genk_geo.cpted.model.candidates import Candidates
    from genk_geo.stats import Grid

#: Below this number a model with factors says more about chance than about the city.
MIN_INCIDENTS = 30
#: Half lasso, half ridge: related questions come in together, and the stepwise part chooses among them.
L1_RATIO = 0.5
FOLDS = 5
BLOCK_CELLS = 10
#: Last part of the time span, kept apart for the capture.
TEST_SHARE = 0.25
_WEEK = pd.Timedelta(weeks=1)


def risk_terrain(
    incidents: gpd.GeoDataFrame,
    factors: Iterable[Factor] | Mapping[str, gpd.GeoDataFrame],
    grid: Grid,
    *,
    steps: int = 4,
    step_m: float | None = None,
    exposure: pd.Series[float] | None = None,
    stability: int = 3,
    seed: int = 71016,
) -> RiskTerrain:
    """Find the factors that go together with incidents and score every cell.

    Each factor becomes a set of yes-or-no questions about a cell (near one within 1 .. `steps` steps;
    density more than two standard deviations above the mean). An elastic-net Poisson model, its penalty
    chosen by cross-validation over blocks of ground, throws out most of them; two-way stepwise selection by
    BIC chooses among the rest, for a Poisson and for a negative binomial model, of which the lower BIC
    wins. At most one question a factor survives, and only when it stands against how the model errs in whole
    blocks of ground and against the number of questions that were asked: else patches with more of
    everything would let in whatever lies in them. The capture is measured on the last quarter of the time
    span, with a model of the part before.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Points of one theme in the grid's coordinate system (contract ``incidents``; without ``from`` there
        is no comparison over time).
    factors : iterable of Factor, or mapping of name to geopandas.GeoDataFrame
        What may matter.
    grid : Grid
        Square cells, about half a street block (50 to 100 m).
    steps : int, default 4
        How many steps away a feature may still work.
    step_m : float, optional
        Length of a step, by default the size of a cell (100 m at least).
    exposure : pandas.Series, optional
        Where incidents can happen, such as dwellings: expected to be in proportion to it where no factor
        works. Index of the cells; cells with 0 are left out of the model and score 1. By default the area
        inside the city, with which built-up ground itself looks like a risk.
    stability : int, default 3
        Other divisions into blocks to repeat the selection on; 0 leaves stability out.
    seed : int, default 71016
        Of every draw.

    Returns
    -------
    RiskTerrain
        Factors, scores, and how much to believe of them.

    Raises
    ------
    SchemaError
        If fewer than 30 incidents lie where they can happen, the exposure does not fit the grid, or a layer
        is in another coordinate system.
    ConfigError
        If a factor or option is impossible.

    Examples
    --------
    Incidents around a bar:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    >>> bars = gpd.GeoDataFrame(geometry=gpd.points_from_xy([700], [700], crs=31370))
    >>> xy = np.random.default_rng(1).normal(800, 300, (2, 99))
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy, crs=31370))
    >>> terrain = gg.cpted.risk_terrain(incidents, {"bars": bars}, grid, stability=0)
    >>> terrain.factors[["kind", "distance_m"]].to_dict("index")
    {'bars': {'kind': 'proximity', 'distance_m': 400.0}}
    """
    given = _as_factors(factors)
    step = float(step_m if step_m is not None else max(grid.cell_m, 100.0))
    if steps < 1 or step <= 0 or stability < 0:
        raise ConfigError(
            "steps {steps}, step_m {step:g}, stability {stability}: needed 1 step or more of more than 0 m, "
            "and 0 repeats or more.",
            steps=steps,
            step=step,
            stability=stability,
        )
    weight = _exposure(exposure, grid)
    cell = grid.assign(incidents)
    here = incidents[cell.isin(grid.cells.index[weight > 0])]
    if len(here) < MIN_INCIDENTS:
        raise SchemaError(
            "{count} incidents lie where they can happen, needed {min_incidents} or more. Take a longer "
            "period.",
            count=len(here),
            min_incidents=MIN_INCIDENTS,
        )
    candidates = operationalise(given, grid, steps=steps, step_m=step)
    model = _Model(grid, candidates, weight, steps=steps, step_m=step, seed=seed)
    question = model.question(here)
    answer = model.answer(question, model.folds())
    member = candidates.member[:, list(answer.chosen)]
    score = np.ones(len(grid))
    score[weight > 0] = risk_score(member[weight > 0], answer.fit.coefficients[1:])
    sources = {factor.name: factor for factor in given}
    names = [candidates.table["factor"].iloc[one] for one in answer.chosen]
    order = np.argsort(-np.abs(answer.fit.coefficients[1:]), kind="stable")
    width = interval_width(model.blocks[:, weight > 0], len(names), len(candidates.table))
    table = _factor_table(answer, candidates, sources, width).iloc[order]
    seeds, blocks = model.stability(question, answer, stability)
    cells = gpd.GeoDataFrame(
        {
            "area_m2": grid.cells["area_m2"],
            "observed": question.y,
            "expected": question.exposure * np.exp(answer.fit.coefficients[0] + _linear(member, answer)),
            "score": score,
        },
        geometry=grid.cells.geometry,
        crs=grid.crs,
    )
    return RiskTerrain(
        factors=table.assign(
            stable_seeds=seeds.reindex(table.index), stable_blocks=blocks.reindex(table.index)
        ),
        cells=cells,
        member=pd.DataFrame(member, index=grid.cells.index, columns=names),
        candidates=candidates.table.assign(
            penalised=answer.penalised,
            selected=np.isin(np.arange(len(candidates.table)), answer.chosen),
        ),
        correlations=_correlations(candidates, answer),
        capture=model.capture(here),
        fit=model.facts(question, answer, len(here)),
        grid=grid,
        sources=sources,
    )


class _Model:
    """The model on one grid, to be asked more than once."""

    def __init__(
        self,
        grid: Grid,
        candidates: Candidates,
        exposure: npt.NDArray[np.float64],
        *,
        steps: int,
        step_m: float,
        seed: int,
    ) -> None:
        self.grid, self.candidates, self.exposure = grid, candidates, exposure
        self.steps, self.step_m, self.seed = steps, step_m, seed
        self.block_m = BLOCK_CELLS * grid.cell_m
        self.factor = candidates.table["factor"].tolist()
        self.blocks = block_layouts(grid, block_m=self.block_m)

    def question(self, incidents: gpd.GeoDataFrame) -> Question:
        counts = self.grid.count(incidents).to_numpy().astype(np.int64)
        return Question(self.candidates.member, self.factor, counts, self.exposure, self.blocks)

    def answer(self, question: Question, fold: npt.NDArray[np.int64]) -> Answer:
        """Answer of the cells where something can happen."""
        able = question.exposure > 0
        return find_factors(question.take(able), fold[able], l1_ratio=L1_RATIO)

    def folds(self, seed: int = 0, size: float = 1.0) -> npt.NDArray[np.int64]:
        rng = np.random.default_rng([self.seed, seed])
        return spatial_folds(self.grid, block_m=size * self.block_m, folds=FOLDS, rng=rng)

    def stability(
        self, question: Question, answer: Answer, repeats: int
    ) -> tuple[pd.Series[float], pd.Series[float]]:
        """Share of repeats that select each factor: over other divisions, and without one fold."""
        names = pd.Index(sorted(set(self.factor)), name="factor")
        if not repeats:
            nothing = pd.Series(np.nan, index=names)
            return nothing, nothing
        sizes = (0.5, 1.0, 2.0)
        others = [
            self.answer(question, self.folds(seed, sizes[seed % 3])).chosen for seed in range(1, repeats + 1)
        ]
        fold = self.folds()
        without = []
        for one in range(FOLDS):
            part = refit(
                question.take((fold != one) & (question.exposure > 0)), answer.kept, answer.fit.family
            )
            without.append([answer.kept[position] for position in part.chosen])
        return self._share(others, names), self._share(without, names)

    def _share(self, runs: Sequence[Sequence[int]], names: pd.Index) -> pd.Series[float]:
        chosen = [{self.factor[one] for one in run} for run in runs]
        return pd.Series([np.mean([name in run for run in chosen]) for name in names], index=names)

    def capture(self, incidents: gpd.GeoDataFrame) -> pd.DataFrame:
        """Capture on the last part of the time span, by a model of the part before."""
        nothing = pd.DataFrame(columns=list(CAPTURE_COLUMNS))
        if "from" not in incidents:
            return nothing
        moment = occurred(incidents)
        week = ((moment - moment.min()) // _WEEK).to_numpy().astype(np.int64)
        first_test = int(np.ceil((week.max() + 1) * (1 - TEST_SHARE)))
        before = week < first_test
        if before.sum() < MIN_INCIDENTS or before.all():
            return nothing
        question = self.question(incidents[before])
        answer = self.answer(question, self.folds())
        cell = self.grid.cells.index.get_indexer(self.grid.assign(incidents))
        area = self.grid.cells["area_m2"].to_numpy()
        expected = self.exposure * np.exp(_linear(self.candidates.member[:, list(answer.chosen)], answer))
        return compare(
            np.round(expected / area * area.max(), 9),
            area, cell, week, first_test,
            rng=np.random.default_rng([self.seed, 1_000_003]),
        )  # fmt: skip

    def facts(self, question: Question, answer: Answer, incidents: int) -> FitFacts:
        return FitFacts(
            family=answer.fit.family,
            bic=answer.fit.bic,
            other_bic=answer.other.bic,
            null_bic=fit_counts(tally(question.take(question.exposure > 0), ()), [], answer.fit.family).bic,
            intercept=float(answer.fit.coefficients[0]),
            dispersion=answer.fit.dispersion,
            cells=int((self.exposure > 0).sum()),
            incidents=incidents,
            candidates=len(self.candidates.table),
            kept=len(answer.kept),
            l1_ratio=L1_RATIO,
            block_m=self.block_m,
            folds=FOLDS,
            step_m=self.step_m,
            steps=self.steps,
            seed=self.seed,
        )


def _exposure(given: pd.Series[float] | None, grid: Grid) -> npt.NDArray[np.float64]:
    """Exposure of each cell with a mean of 1, to two digits: cells that are nearly alike count together."""
    if given is None:
        given = grid.cells["area_m2"]
    known = given.reindex(grid.cells.index).to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(known).all() or (known < 0).any() or not known.any():
        raise SchemaError("The exposure: needed a finite number of 0 or more for every cell, not all 0.")
    able = known > 0
    scaled = np.zeros(len(known))
    scaled[able] = known[able] / known[able].mean()
    scaled[able] = np.exp(np.round(np.log(scaled[able]), 2))
    return scaled


def _as_factors(factors: Iterable[Factor] | Mapping[str, gpd.GeoDataFrame]) -> list[Factor]:
    if hasattr(factors, "items"):
        return [Factor(name, features) for name, features in factors.items()]
    given = list(factors)
    if not given:
        raise ConfigError("No factor is given. Name at least one layer of the environment.")
    return given


def _linear(member: npt.NDArray[np.bool_], answer: Answer) -> npt.NDArray[np.float64]:
    linear: npt.NDArray[np.float64] = member.astype(float) @ answer.fit.coefficients[1:]
    return linear


def _factor_table(
    answer: Answer, candidates: Candidates, sources: dict[str, Factor], width: float
) -> pd.DataFrame:
    chosen = candidates.table.iloc[list(answer.chosen)].set_index("factor")
    b = answer.fit.coefficients[1:]
    error = np.sqrt(np.diag(answer.covariance))[1:]
    factors = [sources[name] for name in chosen.index]
    expected = [factor.direction for factor in factors]
    agrees = [
        pd.NA if wanted == "unknown" else (wanted == "aggravating") == (value > 0)
        for wanted, value in zip(expected, b, strict=True)
    ]
    return pd.DataFrame(
        {
            "label": pd.Series([factor.label for factor in factors], index=chosen.index, dtype="str"),
            "kind": chosen["kind"],
            "distance_m": chosen["distance_m"],
            "rule": chosen["rule"],
            "cells": chosen["cells"],
            "coefficient": b,
            "std_error": error,
            "rrv": relative_risk_value(b),
            "rrv_low": relative_risk_value(b - width * error),
            "rrv_high": relative_risk_value(b + width * error),
            "expected": pd.Series(expected, index=chosen.index, dtype="str"),
            "as_expected": pd.array(agrees, dtype="boolean"),
            "quality": pd.Series([factor.quality for factor in factors], index=chosen.index, dtype="str"),
        },
        index=chosen.index,
    )


def _correlations(candidates: Candidates, answer: Answer) -> pd.DataFrame:
    """Between factors, each by its chosen question or else by the one the elastic net rates highest."""
    strength = np.abs(answer.penalised)
    strength[list(answer.chosen)] = np.inf
    best = (
        candidates.table.assign(strength=strength)
        .sort_values("strength", ascending=False, kind="stable")
        .drop_duplicates("factor")
        .sort_index()
    )
    names = best["factor"].tolist()
    matrix = np.atleast_2d(
        np.corrcoef(candidates.member[:, best.index.to_numpy()].astype(float), rowvar=False)
    )
    pairs = [
        (names[i], names[j], float(matrix[i, j])) for i in range(len(names)) for j in range(i + 1, len(names))
    ]
    table = pd.DataFrame(pairs, columns=["factor", "other", "correlation"])
    return table.sort_values("correlation", key=np.abs, ascending=False, ignore_index=True, kind="stable")
