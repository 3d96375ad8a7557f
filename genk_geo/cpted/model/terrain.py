"""The result of a risk terrain model, and the arithmetic of its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.show import Layer, Look, Shown, View
from genk_geo.stats import write_geotiff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd

    from genk_geo.cpted.factors.factor import Factor
    from genk_geo.cpted.model.count_model import Family
    from genk_geo.show.words import Words
    from genk_geo.stats import Grid


def relative_risk_value(coefficient: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """How many times higher the expected count is where a factor works: exp(coefficient).

    Examples
    --------
    No effect, twice as many, half as many:

    >>> gg.cpted.relative_risk_value([0.0, 0.693, -0.693]).round(2).tolist()
    [1.0, 2.0, 0.5]
    """
    return np.asarray(np.exp(np.asarray(coefficient, dtype=float)), dtype=float)


def risk_score(member: npt.NDArray[np.bool_], coefficients: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Product of the relative risk values that work in a cell, rescaled to a minimum of 1.

    Parameters
    ----------
    member : numpy.ndarray of bool
        Cells x factors.
    coefficients : array_like
        One a factor.

    Returns
    -------
    numpy.ndarray
        One score a cell, 1 or more.

    Examples
    --------
    Nothing, what doubles the risk, and that together with what halves it:

    >>> member = np.array([[False, False], [True, False], [True, True]])
    >>> gg.cpted.risk_score(member, np.log([2.0, 0.5])).round(2).tolist()
    [1.0, 2.0, 1.0]
    """
    log_score = member.astype(float) @ np.asarray(coefficients, dtype=float).reshape(member.shape[1])
    return np.asarray(np.exp(log_score - log_score.min(initial=np.inf)), dtype=float)


# A score is 1 or more.
_NO_SCORE = -1.0


@dataclass(frozen=True)
class FitFacts:
    """How the model was found.

    Attributes
    ----------
    family : {"poisson", "negative binomial"}
        The family with the lower BIC.
    bic, other_bic, null_bic : float
        BIC of the model, of the best model of the other family, and without any factor (same family).
    intercept : float
        Log of the expected count per unit of exposure where no factor works.
    dispersion : float
        Variance = mean + dispersion x mean squared; 0 for Poisson.
    cells, incidents : int
        What the model was fitted on.
    candidates, kept : int
        Operationalisations tried, and left by the elastic net.
    l1_ratio, block_m, folds, step_m, steps, seed
        The settings.

    Examples
    --------
    The bar explains more than its parameter costs:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    >>> bars = gpd.GeoDataFrame(geometry=gpd.points_from_xy([700], [700], crs=31370))
    >>> xy = np.random.default_rng(1).normal(800, 300, (2, 99))
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy, crs=31370))
    >>> fit = gg.cpted.risk_terrain(incidents, {"bars": bars}, grid, stability=0).fit
    >>> fit.incidents, fit.bic < fit.null_bic
    (97, True)
    """

    family: Family
    bic: float
    other_bic: float
    null_bic: float
    intercept: float
    dispersion: float
    cells: int
    incidents: int
    candidates: int
    kept: int
    l1_ratio: float
    block_m: float
    folds: int
    step_m: float
    steps: int
    seed: int


@dataclass(frozen=True, eq=False, repr=False)
class RiskTerrain(Shown):
    """Where the environment goes together with more incidents, and which part of it.

    Attributes
    ----------
    factors : pandas.DataFrame
        One row a factor of the model (index ``factor``), highest effect first: ``label``, ``kind``
        (proximity, density, value), ``distance_m``, ``rule``, ``cells`` (where it works), ``coefficient``,
        ``std_error``, ``rrv`` (relative risk value), ``rrv_low``, ``rrv_high`` (95 % interval), ``expected``
        (direction), ``as_expected`` (bool, missing where nothing was expected), ``quality``,
        ``stable_seeds`` (share of other divisions into folds, with blocks of half, one and two times the
        size, that select the factor) and ``stable_blocks`` (share of models without one fold that do);
        NaN when stability was not asked for. ``std_error`` is that of blocks of ground that err together,
        and the interval is one after selection: as much wider as few of the questions were chosen
        (Benjamini & Yekutieli), so that 95 % of the intervals that are shown hold the truth.
    cells : geopandas.GeoDataFrame
        Cells of the grid: ``area_m2``, ``observed``, ``expected`` (by the model), ``score`` (1 = lowest),
        geometry.
    member : pandas.DataFrame
        Which factors work in which cell: a bool column a factor, index of the cells.
    candidates : pandas.DataFrame
        All operationalisations: ``factor``, ``kind``, ``distance_m``, ``rule``, ``cells``, ``penalised``
        (coefficient in the elastic net, 0 = left out), ``selected``.
    correlations : pandas.DataFrame
        One row a pair of factors: ``factor``, ``other``, ``correlation`` (of the best operationalisation of
        each), strongest first.
    capture : pandas.DataFrame
        Out of sample: one row a budget and a method (``terrain``: where the model expects most a m2;
        ``decayed counts``): ``budget`` (share of the area), ``method``, ``capture`` (share of later incidents
        in that area), ``low``, ``high`` (bootstrap interval over weeks), ``pai``, ``incidents``, ``weeks``.
        Empty when incidents have no time.
    fit : FitFacts
        How it was found.
    grid : Grid
        The cells.
    sources : dict of str to Factor
        The factors that were given, by name.

    Examples
    --------
    The score is higher near the bar than far from it:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    >>> bars = gpd.GeoDataFrame(geometry=gpd.points_from_xy([700], [700], crs=31370))
    >>> xy = np.random.default_rng(1).normal(800, 300, (2, 99))
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy, crs=31370))
    >>> terrain = gg.cpted.risk_terrain(incidents, {"bars": bars}, grid, stability=0)
    >>> bool(terrain.score["100m_E7_N7"] > terrain.score["100m_E18_N18"])
    True
    """

    factors: pd.DataFrame
    cells: gpd.GeoDataFrame
    member: pd.DataFrame
    candidates: pd.DataFrame
    correlations: pd.DataFrame
    capture: pd.DataFrame
    fit: FitFacts
    grid: Grid
    sources: dict[str, Factor]

    @property
    def score(self) -> pd.Series[float]:
        """Score of each cell, 1 = lowest."""
        score: pd.Series[float] = self.cells["score"]
        return score

    def shows(self, words: Words) -> View:
        """The score by cell, and the factors that make it."""
        fit = self.fit
        facts = [
            ("incidents", f"{fit.incidents:,} in {fit.cells:,} cells"),
            ("model", f"{fit.family}, {len(self.factors)} of {len(self.sources)} factors"),
        ]
        for row in self.factors.head(5).to_dict("records"):
            place = row["kind"] if np.isnan(row["distance_m"]) else f"{row['kind']} {row['distance_m']:g} m"
            effect = f"{row['rrv']:.2f} ({row['rrv_low']:.2f} to {row['rrv_high']:.2f})"
            facts.append(("factor", f"{row['label']}: {effect}, {place}"))
        facts += [
            ("capture", f"{row['capture']:.0%} in {row['budget']:.0%} of the area ({row['method']})")
            for row in self.capture.head(2).to_dict("records")
        ]
        facts.append(("seed", f"{fit.seed}"))
        look = Look("terrain", "score", "steps", tips=("score", "observed", "expected"), private=True)
        layers, notes = (Layer(self.cells, look),), tuple(self._sentences(words))
        return View(words("title.terrain"), tuple(facts), layers, notes=notes)

    def _sentences(self, words: Words) -> Iterator[str]:
        """The factors that stand, and how well they do beside a plain count."""
        if self.factors.empty:
            yield words.note("no_factor")
        for row in self.factors.head(3).to_dict("records"):
            times = {"times": row["rrv"], "low": row["rrv_low"], "high": row["rrv_high"]}
            yield words.note("factor", label=row["label"], **times)
        if self.capture.empty:
            return
        budget = self.capture["budget"].iloc[0]
        caught = self.capture[self.capture["budget"] == budget].set_index("method")["capture"]
        terrain, plain = (words.share(caught[name]) for name in ("terrain", "decayed counts"))
        yield words.note("capture", area=words.share(budget), terrain=terrain, plain=plain)

    def to_geotiff(self, path: Path | str) -> None:
        """Write the score as a GeoTIFF.

        Parameters
        ----------
        path : path-like
            File to write: one band float32, tiled, compressed, nodata (-1) outside the city. One that exists
            is replaced only when the new one is whole.

        Raises
        ------
        ConfigError
            If the folder is missing or the file cannot be written.
        """
        column, row = (self.grid.cells[name].to_numpy() for name in ("col", "row"))
        values = np.full((np.ptp(row) + 1, np.ptp(column) + 1), np.nan)
        values[row.max() - row, column - column.min()] = self.score.to_numpy()
        west, south, east, north = self.grid.cells.total_bounds
        write_geotiff(
            path,
            values,
            extent=(west, south, east, north),
            cell_m=self.grid.cell_m,
            crs=self.grid.crs,
            description="risk terrain score, 1 = lowest",
            nodata=_NO_SCORE,
        )
