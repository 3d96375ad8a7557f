"""Rates of areas with few inhabitants, drawn towards those of all (or the nearby) areas.

References
----------
Marshall (1991), Applied Statistics 40.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import SchemaError
from genk_geo.stats.inference.false_discovery import q_values
from genk_geo.stats.inference.tails import poisson_tail
from genk_geo.stats.local.cells import checked_values
from genk_geo.stats.local.neighbours import build_links

if TYPE_CHECKING:
    import numpy.typing as npt
    from libpysal.graph import Graph

    Floats = npt.NDArray[np.float64]


def eb_rates(
    events: pd.Series[float], exposure: pd.Series[float], graph: Graph | None = None
) -> pd.DataFrame:
    """Empirical-Bayes rates of areas by Marshall's moments.

    Parameters
    ----------
    events : pandas.Series
        Incidents an area, 0 or more; NaN: not observed.
    exposure : pandas.Series
        Inhabitants, dwellings or kilometres of each area, same index. 0 or NaN: no rate.
    graph : libpysal.graph.Graph, optional
        Draw each area towards itself and its neighbours instead of all areas.

    Returns
    -------
    pandas.DataFrame
        Index of `events`; ``rate`` (events over exposure), ``smoothed`` (drawn towards the mean as far as the
        exposure is small), ``shrinkage`` (weight of the area's own rate, 0 to 1), ``expected`` (at the mean
        rate), ``p_value`` (upper Poisson tail of the events) and ``q_value``. NaN where there is no rate.

    Raises
    ------
    SchemaError
        If a value is negative or infinite, an area occurs twice, or the areas are not the same.

    Examples
    --------
    Three burglaries at twenty dwellings say little: the small area is drawn towards the mean:

    >>> events = pd.Series({"groot": 60.0, "klein": 3.0, "rest": 90.0})
    >>> dwellings = pd.Series({"groot": 2000.0, "klein": 20.0, "rest": 6000.0})
    >>> table = gg.stats.eb_rates(events, dwellings).round(3)
    >>> table["rate"].tolist(), table["smoothed"].tolist()
    ([0.03, 0.15, 0.015], [0.029, 0.029, 0.015])
    """
    if not isinstance(events, pd.Series):
        raise SchemaError(
            "The events: needed a pandas Series by area, given {kind}.", kind=type(events).__name__
        )
    if not events.index.is_unique:
        raise SchemaError("The events name an area more than once. Needed: one row an area.")
    x, e = checked_values(events, events.index, "events"), checked_values(exposure, events.index, "exposure")
    part = np.isfinite(x) & np.isfinite(e) & (e > 0)
    x, e = np.where(part, x, 0.0), np.where(part, e, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(part, x / e, 0.0)
        mean, spread = _global(x, e, rate, part) if graph is None else _local(x, e, rate, part, events, graph)
        shrinkage = np.where(spread > 0, spread / (spread + mean / e), 0.0)
    expected = mean * e
    columns = {
        "rate": rate,
        "smoothed": shrinkage * rate + (1.0 - shrinkage) * mean,
        "shrinkage": shrinkage,
        "expected": expected,
        "p_value": poisson_tail(x, expected),
    }
    table = pd.DataFrame(
        {name: np.where(part, column, np.nan) for name, column in columns.items()}, events.index
    )
    return table.assign(q_value=q_values(table["p_value"].to_numpy()))


def _global(x: Floats, e: Floats, rate: Floats, part: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Mean rate and variance between areas, the same for all."""
    mean = x.sum() / e.sum()
    around = (e * (rate - mean) ** 2).sum() / e.sum()
    spread = max(around - mean / (e.sum() / max(int(part.sum()), 1)), 0.0)
    return np.full(x.shape, mean), np.full(x.shape, spread)


def _local(
    x: Floats,
    e: Floats,
    rate: Floats,
    part: npt.NDArray[np.bool_],
    events: pd.Series[float],
    graph: Graph,
) -> tuple[Floats, Floats]:
    """Mean rate and variance between the areas of each neighbourhood, the area itself included."""
    near = build_links(graph, events.index).among(part)
    unweighted = type(near)(near.focal, near.neighbour, None, near.own, near.n)

    def window(values: Floats) -> Floats:
        return unweighted.sum(values) + values

    people, count = window(e), window(part.astype(float))
    mean = window(x) / people
    # Sum of e (rate - mean)^2, written out because the mean differs from one neighbourhood to the next.
    around = (window(e * rate**2) - 2.0 * mean * window(e * rate) + mean**2 * people) / people
    return mean, np.maximum(around - mean / (people / count), 0.0)
