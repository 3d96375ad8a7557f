"""Local Getis-Ord G and G*: where are counts concentrated, with p-values that hold on sparse counts.

References
----------
Getis & Ord (1992), Geographical Analysis 24; Ord & Getis (1995), Geographical Analysis 27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError
from genk_geo.show import Look, Note, on_cells_of
from genk_geo.stats.inference.false_discovery import (
    Alternative,
    check_alternative,
    classify,
    one_tail,
    q_values,
)
from genk_geo.stats.inference.pearson import permutation_moments
from genk_geo.stats.local.cells import Cells, checked_values, graph_of, taking_part
from genk_geo.stats.local.exposed import exposed
from genk_geo.stats.local.permutation import populations, standardised, sum_tails

if TYPE_CHECKING:
    import numpy.typing as npt
    from libpysal.graph import Graph

    from genk_geo.stats.local.neighbours import Links

    Floats = npt.NDArray[np.float64]

Permute = Literal["others", "all"]

#: Level at which cells are said to stand out.
_SHOWN = 0.05
#: What a map of hot cells shows and tells.
HOT_CELLS = Look(
    "hot_cells",
    "hotspot_class",
    "classes",
    tips=("observed", "expected", "relative_risk", "q_value"),
    private=True,
)


def _says(table: pd.DataFrame) -> tuple[Note, ...]:
    """How many cells stand out, and how many would without the correction."""
    p, q = table["p_value"], table["q_value"]
    values = {"tested": p.notna().sum(), "raw": (p <= _SHOWN).sum(), "corrected": (q <= _SHOWN).sum()}
    return (Note("hot_cells", values),)


def local_g(  # noqa: PLR0913 - counts and graph, and seven options of one test
    counts: pd.Series[float],
    graph: Graph | Links | None = None,
    star: bool = True,  # noqa: FBT001, FBT002 - position agreed in the public API
    exposure: pd.Series[float] | None = None,
    *,
    alternative: Alternative = "greater",
    possible: pd.Series[bool] | None = None,
    permute: Permute = "others",
    dispersion: float | pd.Series[float] | None = None,
    level: float | None = 0.95,
) -> pd.DataFrame:
    """Local G or G* of counts with exact p-values, q-values and classes.

    The p-value is that of the conditional permutation test, computed exactly instead of simulated: with the
    focal count held fixed, G and G* grow with the sum over the k neighbours, which under the null
    hypothesis is a sum of k counts drawn without replacement from the other n - 1 cells. Counts that are not
    whole numbers, too large for a table, or weighted unequally get a Pearson III tail with the exact
    permutation moments. With `exposure` the sum over the window is binomial given the total count.

    Parameters
    ----------
    counts : pandas.Series
        Incidents a cell, 0 or more. NaN says that nothing is reported there: the cell takes no part.
    graph : libpysal.graph.Graph, optional
        Neighbours of exactly these cells; binary, row-standardised or any weights of 0 or more. By default
        the cells around in the grid with which was counted.
    star : bool, default True
        G* counts the cell itself to its window, G only the neighbours.
    exposure : pandas.Series, optional
        Where incidents can happen (dwellings, kilometres of road), 0 or more, same index as `counts`.
        A window without any exposure gets NaN.
    alternative : {"greater", "less", "two-sided"}, default "greater"
        Look for hot cells, cold cells, or both (the smaller tail doubled).
    possible : pandas.Series of bool, optional
        False where nothing can happen (water, forest): those cells take no part and are no tests.
    permute : {"others", "all"}, default "others"
        "all" redraws the focal count too, so that a peak in the cell itself counts as evidence (G* only;
        without meaning for G and with `exposure`).
    dispersion : float or pandas.Series, optional
        Variance over mean of comparable counts in the past, one for all windows or one for each
        (:func:`genk_geo.stats.window_dispersion`, :func:`genk_geo.stats.overdispersion`). With it
        the tails and the interval are negative binomial with that ratio. Only with `exposure`.
    level : float, default 0.95
        Confidence of the interval of the relative risk; None leaves it out (NaN), which saves most of the
        time.

    Returns
    -------
    pandas.DataFrame
        With the shapes of the cells (a GeoDataFrame to plot and explore) where the counts come from
        :meth:`genk_geo.stats.Grid.count`. Index of `counts`; columns ``z`` (standardised G or G*),
        ``p_value``, ``q_value`` (Benjamini-Hochberg over the tested cells), ``hotspot_class``
        (ordered categorical, 99, 95 and 90 % after that correction), ``observed`` and ``expected`` (sum
        over the window, and its mean under the
        null hypothesis of the z), ``relative_risk`` (their ratio); with `exposure` also ``risk_low`` and
        ``risk_high``, its exact mid-p interval. Cells that take no part have NaN and
        "not significant". A cell without neighbours has NaN for G; for G* its z, observed and expected are
        those of the cell alone, and p is NaN under ``permute="others"`` because nothing is permuted. If all
        counts are equal z is NaN and every p is 1.

    Raises
    ------
    SchemaError
        If the cells of counts, graph, exposure and mask are not the same, a cell occurs twice, or a count or
        exposure is negative or infinite.
    ConfigError
        If an option has an unknown value.

    Examples
    --------
    Twelve incidents in a window where one is expected:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> counts = grid.count([[450, 450], [450, 550], [550, 450], [550, 550]] * 3)
    >>> found = gg.stats.local_g(counts, grid.graph()).loc["100m_E4_N4"]
    >>> found["hotspot_class"], float(found["observed"]), round(float(found["expected"]), 2)
    ('hot 99', 12.0, 1.08)
    """
    check_alternative(alternative)
    if permute not in ("others", "all"):
        raise ConfigError("permute: given {permute!r}, needed one of others, all.", permute=permute)
    cells = taking_part(counts, graph_of(counts, graph), possible)
    interval: dict[str, Floats] = {}
    if exposure is None:
        if dispersion is not None:
            raise ConfigError("dispersion: needed an exposure with it; a permutation has no use for it.")
        found = _permuted(cells, star=star, everything=star and permute == "all")
    else:
        values = checked_values(exposure, counts.index, "exposure")
        ratio = (
            checked_values(dispersion, counts.index, "dispersion")
            if isinstance(dispersion, pd.Series)
            else dispersion
        )
        judged = exposed(cells, values, star=star, dispersion=ratio, level=level, alternative=alternative)
        found, interval = judged[:5], {"risk_low": judged.risk_low, "risk_high": judged.risk_high}
    z, upper, lower, observed, expected = found
    p, hot = one_tail(upper, lower, alternative)
    q = q_values(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        risk = np.where(expected > 0, observed / expected, np.nan)
    table = pd.DataFrame(
        {
            "z": z,
            "p_value": p,
            "q_value": q,
            "hotspot_class": classify(q, hot),
            "observed": observed,
            "expected": expected,
            "relative_risk": risk,
            **interval,
        },
        index=counts.index,
    )
    return on_cells_of(table, counts, HOT_CELLS, _says)


def hot_q(
    counts: pd.Series[float],
    graph: Links,
    exposure: pd.Series[float],
    *,
    possible: pd.Series[bool],
    dispersion: pd.Series[float] | None,
) -> Floats:
    """The ``q_value`` alone of :func:`local_g` with an exposure, for hot cells: no table, no classes."""
    cells = taking_part(counts, graph, possible)
    values = checked_values(exposure, counts.index, "exposure")
    ratio = None if dispersion is None else checked_values(dispersion, counts.index, "dispersion")
    judged = exposed(cells, values, star=True, dispersion=ratio, level=None, alternative="greater")
    return q_values(judged.upper)


def _permuted(cells: Cells, *, star: bool, everything: bool) -> tuple[Floats, ...]:
    """z, upper and lower tail, observed and expected under permutation."""
    neighbours, sums = cells.links.sum(cells.y), cells.links.power_sums()
    whole, others = populations(cells)
    if star:
        own = cells.links.own
        window = neighbours + own * cells.y
        window_sums = (sums[0] + own, sums[1] + own**2, sums[2] + own**3)
        standard = permutation_moments(window_sums, whole, float(cells.n))
    else:
        window, window_sums = neighbours, sums
        standard = permutation_moments(sums, others, cells.n - 1.0)
    if everything:
        upper, lower = sum_tails(cells, window, window_sums, everything=True)
    else:
        upper, lower = sum_tails(cells, neighbours, sums, everything=False)
    shown = cells.part & (window_sums[0] > 0)
    z, window, expected = (
        np.where(shown, values, np.nan) for values in (standardised(window, standard), window, standard.mean)
    )
    return z, upper, lower, window, expected
