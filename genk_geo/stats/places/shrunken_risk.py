"""Risk of places as far as few incidents tell it, and the chance that a place belongs to the worst of them.

References
----------
Clayton & Kaldor (1987), Biometrics 43, for gamma-Poisson shrinkage; Ibrahim & Chen (2000), Statistical
Science 15, for a past that counts for a part; Schmidli et al. (2014), Biometrics 70, for a past that may not
hold any more; Lin et al. (2006), Bayesian Analysis 1, for ranks and
percentiles of shrunken risks; Richardson et al. (2004), Environmental Health Perspectives 112, for
exceedance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.show import Look, on_cells_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Shapes of the prior that are tried (places differ by one over their root), and parts of the past.
_SHAPES = np.geomspace(0.25, 256.0, 11)
_PARTS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0)
#: Parts of the places that are as they were. Never all: what has ended must be able to say so.
_KEEPS = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95)
#: A prior must be so much more likely to be another one.
_BETTER = 1e-9
#: Of more places than this every third is asked for the prior: those beside it share most of its incidents.
_MANY, _THIN = 1000, 3
#: The limit of the worst is known as well as this.
_LIMIT = 1e-10


class _Prior(NamedTuple):
    """Shape of the risks, what a past incident counts for, and how many places are as they were."""

    shape: float
    part: float
    keeps: float


_LOOK = Look("risk_by_cell", "risk", "steps", tips=("risk", "chance"), private=True)


def shrunken_risk(
    observed: pd.Series[float],
    expected: pd.Series[float],
    *,
    before: pd.Series[float] | None = None,
    expected_before: pd.Series[float] | None = None,
    dispersion: pd.Series[float] | None = None,
    worst: float = 0.05,
) -> pd.DataFrame:
    """Shrink the risk of places to what is usual, as far as they say little, and say how sure the worst are.

    The risk of a place is its incidents over what is expected. Risks differ as a gamma distribution. A place
    may be as it was: then its own earlier incidents, of another period, count for a part of what this
    period's do; or it has changed, and they count for nothing. How likely that is, this period's incidents
    say: what was busy and is quiet now has probably changed. How much places differ, how much the past says
    and how many change is what makes this period most likely (empirical Bayes). The chance to belong to the
    worst is that of a risk above the one that so large a part of all places exceeds.

    Parameters
    ----------
    observed, expected : pandas.Series
        Incidents of each place, and what its exposure explains; nothing expected: nothing said.
    before, expected_before : pandas.Series, optional
        The same of an earlier period that shares no day with this one.
    dispersion : pandas.Series, optional
        Variance over mean of each place from period to period: so much less do its incidents say.
    worst : float, default 0.05
        Part of the places that are the worst.

    Returns
    -------
    pandas.DataFrame
        Index of the places: ``risk`` (1 is usual) and ``chance`` (to belong to the worst); NaN where nothing
        is expected.

    Raises
    ------
    SchemaError
        If the places differ.
    ConfigError
        If `worst` is no part.

    Examples
    --------
    One of 41 places has nine incidents where two are usual, and had as many before:

    >>> observed, expected = pd.Series([0, 1, 2, 3] * 10 + [9]), pd.Series([2.0] * 41)
    >>> gg.stats.shrunken_risk(observed, expected).iloc[-1].round(1).to_dict()
    {'risk': 2.2, 'chance': 0.7}
    >>> known = gg.stats.shrunken_risk(observed, expected, before=observed, expected_before=expected)
    >>> known.iloc[-1].round(1).to_dict()
    {'risk': 4.3, 'chance': 1.0}
    """
    if not 0 < worst < 1:
        raise ConfigError("worst: given {worst}, needed a part between 0 and 1.", worst=worst)
    ratio = np.ones(len(observed)) if dispersion is None else _floats(dispersion, observed.index)
    y, mean = (_floats(values, observed.index) / ratio for values in (observed, expected))
    if before is None or expected_before is None:
        z = past = np.zeros(y.size)
    else:
        z, past = (_floats(values, observed.index) / ratio for values in (before, expected_before))
    told = np.isfinite(y) & np.isfinite(z) & (mean > 0)
    risk, chance = np.full(y.size, np.nan), np.full(y.size, np.nan)
    if told.any():
        y, mean, z, past = (values[told] for values in (y, mean, z, past))
        thin = _THIN if y.size > _MANY else 1
        prior = _prior(*(values[::thin] for values in (y, mean, z, past)))
        kept = _weight_of_kept(prior, y, mean, z, past)
        own = np.stack([prior.shape + prior.part * z + y, prior.shape + y])
        weight = np.stack([prior.shape + prior.part * past + mean, prior.shape + mean])
        parts = np.stack([kept, 1.0 - kept])
        risk[told] = (parts * own / weight).sum(axis=0)
        chance[told] = _above(own, weight, parts, worst)
    return on_cells_of(pd.DataFrame({"risk": risk, "chance": chance}, index=observed.index), observed, _LOOK)


def _floats(values: pd.Series[float], index: pd.Index) -> Floats:
    if not values.index.equals(index):
        raise SchemaError("The places: needed the same ones, in the same order, in all series.")
    return np.asarray(values, dtype=np.float64)


def _prior(y: Floats, mean: Floats, z: Floats, past: Floats) -> _Prior:
    """The prior with which what is seen is most likely."""
    best, found = -np.inf, _Prior(float(_SHAPES[-1]), 0.0, 0.0)
    for shape in map(float, _SHAPES):
        fresh = _log_chance(shape, shape, y, mean)
        if (likely := float(fresh.sum())) > best + _BETTER:
            best, found = likely, _Prior(shape, 0.0, 0.0)
        for part in _PARTS if past.any() else ():
            lasting = _log_chance(shape + part * z, shape + part * past, y, mean)
            for keeps in _KEEPS:
                both = np.logaddexp(np.log(keeps) + lasting, np.log1p(-keeps) + fresh)
                if (likely := float(both.sum())) > best + _BETTER:
                    best, found = likely, _Prior(shape, part, keeps)
    return found


def _weight_of_kept(prior: _Prior, y: Floats, mean: Floats, z: Floats, past: Floats) -> Floats:
    """Chance of each place to be as it was, given what is seen now."""
    if prior.keeps == 0:
        return np.zeros(y.size)
    lasting = _log_chance(prior.shape + prior.part * z, prior.shape + prior.part * past, y, mean)
    fresh = _log_chance(prior.shape, prior.shape, y, mean)
    odds = np.log(prior.keeps) + lasting - np.log1p(-prior.keeps) - fresh
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -700.0, 700.0))))


def _log_chance(own: Floats | float, weight: Floats | float, y: Floats, mean: Floats) -> Floats:
    """Logarithm of the chance of a count whose risk is gamma distributed, but for its own factorial."""
    from scipy.special import gammaln

    share = mean / (weight + mean)
    found: Floats = gammaln(own + y) - gammaln(own) + own * np.log1p(-share) + y * np.log(share)
    return found


def _above(own: Floats, weight: Floats, parts: Floats, worst: float) -> Floats:
    """Chance of each risk to be above the one that this part of all places exceeds."""
    from scipy.optimize import brentq
    from scipy.special import gammaincc

    def beyond(limit: float) -> Floats:
        found: Floats = (parts * gammaincc(own, weight * limit)).sum(axis=0)
        return found

    high = float((own / weight).max() * 4.0 + 4.0)
    while beyond(high).mean() > worst:
        high *= 2.0
    return beyond(brentq(lambda limit: beyond(limit).mean() - worst, 0.0, high, xtol=_LIMIT))
