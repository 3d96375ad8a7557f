"""How strongly events are concentrated on few places, corrected for there being few events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats.checks import generator, seed_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from genk_geo.stats.checks import Chance

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Concentration:
    """How events are spread over places.

    Attributes
    ----------
    places, events : int
        How many there are.
    gini : float
        Gini coefficient over all places: near 1 whenever there are fewer events than places.
    gini_corrected : float
        0: as even as so few events can be, 1: all at one place (Bernasco and Steenbeek 2017).
    shares : pandas.DataFrame
        Index: ``share_of_events``. ``places`` (the fewest that carry it), ``share_of_places``, and
        ``by_chance`` (share of places, mean of the draws; NaN without).
    curve : pandas.DataFrame
        ``share_of_places`` and ``share_of_events``, busiest places first, from (0, 0) to (1, 1).
    seed : str
        Where chance came from; empty where nothing was drawn.

    Examples
    --------
    Eight of ten events at one place of ten:

    >>> found = gg.stats.concentration([8, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> found.shares["places"].to_dict()
    {0.25: 1, 0.5: 1, 0.8: 1}
    >>> found.curve["share_of_events"].iloc[:4].tolist()
    [0.0, 0.8, 0.9, 1.0]
    """

    places: int
    events: int
    gini: float
    gini_corrected: float
    shares: pd.DataFrame
    curve: pd.DataFrame
    seed: str = ""


def concentration(
    counts: npt.ArrayLike,
    *,
    shares: Sequence[float] = (0.25, 0.5, 0.8),
    exposure: npt.ArrayLike | None = None,
    simulations: int = 99,
    rng: Chance = None,
) -> Concentration:
    """Measure how strongly events are concentrated on few places (segments of street, say).

    Parameters
    ----------
    counts : array_like of int
        Events at each place, places without events too.
    shares : sequence of float
        Shares of the events to say the number of places for.
    exposure : array_like, optional
        What chance follows, such as the length of each segment; all places alike by default.
    simulations : int, default 99
        Draws of as many events; 0: nothing is said of chance.
    rng : numpy.random.Generator, int or None
        Source of randomness.

    Returns
    -------
    Concentration

    Raises
    ------
    ConfigError
        If a share does not lie between 0 and 1.
    SchemaError
        If there is no place, or a count or exposure cannot be.

    Notes
    -----
    With n places and c events, the corrected coefficient is max(n / c, 1) (G - 1) + 1: Bernasco and
    Steenbeek (2017), "More places than crimes: implications for evaluating the law of crime concentration".

    Examples
    --------
    Three events at three places are as even as three events can be; only the corrected coefficient says so:

    >>> spread = gg.stats.concentration([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> round(spread.gini, 2), round(abs(spread.gini_corrected), 2)
    (0.7, 0.0)
    """
    values = np.sort(_counts(counts))[::-1]
    n, c = len(values), int(values.sum())
    if not all(0 < share < 1 for share in shares):
        raise ConfigError("shares: needed numbers between 0 and 1.")
    weights = _exposure(exposure, n)
    if c == 0:
        empty = pd.DataFrame({"share_of_places": [0.0, 1.0], "share_of_events": [0.0, 1.0]})
        table = pd.DataFrame(
            {"places": 0, "share_of_places": np.nan, "by_chance": np.nan},
            index=pd.Index(shares, name="share_of_events", dtype=float),
        )
        return Concentration(n, 0, np.nan, np.nan, table, empty)
    gini = float((2 * np.arange(n, 0, -1) @ values / c - n - 1) / n)
    needed = _needed(values, shares)
    chance = np.full(len(shares), np.nan)
    if simulations:
        drawn = generator(rng).multinomial(c, weights / weights.sum(), size=simulations)
        ordered = np.sort(drawn, axis=1)[:, ::-1]
        chance = np.mean([_needed(row, shares) for row in ordered], axis=0) / n
    table = pd.DataFrame(
        {"places": needed, "share_of_places": needed / n, "by_chance": chance},
        index=pd.Index(shares, name="share_of_events", dtype=float),
    )
    seed = seed_of(rng) if simulations else ""
    curve = pd.DataFrame(
        {
            "share_of_places": np.arange(n + 1) / n,
            "share_of_events": np.concatenate([[0.0], np.cumsum(values) / c]),
        }
    )
    return Concentration(n, c, gini, max(n / c, 1.0) * (gini - 1.0) + 1.0, table, curve, seed)


def _needed(ordered: npt.NDArray[np.int64], shares: Sequence[float]) -> npt.NDArray[np.int64]:
    """Fewest places that carry each share; `ordered` counts, highest first."""
    carried = np.cumsum(ordered)
    wanted = np.asarray(shares) * carried[-1]
    needed: npt.NDArray[np.int64] = np.searchsorted(carried, wanted - 1e-9).astype(np.int64) + 1
    return needed


def _counts(counts: npt.ArrayLike) -> npt.NDArray[np.int64]:
    values = np.asarray(counts, dtype=float)
    if values.ndim != 1 or values.size == 0 or not ((values >= 0) & (values == np.floor(values))).all():
        raise SchemaError("The counts: needed whole numbers of 0 or more, one for each place.")
    return values.astype(np.int64)


def _exposure(exposure: npt.ArrayLike | None, n: int) -> Floats:
    if exposure is None:
        return np.ones(n)
    values = np.asarray(exposure, dtype=float)
    if values.shape != (n,) or not (values >= 0).all() or not values.sum() > 0:
        raise SchemaError("The exposure: needed {count} numbers of 0 or more, not all 0.", count=n)
    return values
