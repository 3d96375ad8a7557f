"""Risk of places as far as few incidents tell it, and the chance that a place belongs to the worst of them.

References
----------
Clayton & Kaldor (1987), Biometrics 43, for gamma-Poisson shrinkage; Ibrahim & Chen (2000), Statistical
Science 15, for a past that counts for a part; Lin et al. (2006), Bayesian Analysis 1, for ranks and
percentiles of shrunken risks; Richardson et al. (2004), Environmental Health Perspectives 112, for
exceedance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Shapes of the prior that are tried (places differ by one over their root), and parts of the past.
_SHAPES = np.geomspace(0.25, 256.0, 11)
_PARTS = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0])
#: Of more places than this every third is asked for the prior: those beside it share most of its incidents.
_MANY, _THIN = 1000, 3
_HALVINGS = 40


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

    The risk of a place is its incidents over what is expected. Risks differ as a gamma distribution; a
    place's own earlier incidents, of another period, count for a part of what this period's do. How much
    places differ and how much the past says is what makes this period most likely (empirical Bayes). The
    chance to belong to the worst is that of a risk above the one that so large a part of all places exceeds.

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
        raise ConfigError(f"worst: given {worst}, needed a part between 0 and 1.")
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
        shape, part = _prior(*(values[::thin] for values in (y, mean, z, past)))
        own, weight = shape + part * z + y, shape + part * past + mean
        risk[told], chance[told] = own / weight, _above(own, weight, worst)
    return pd.DataFrame({"risk": risk, "chance": chance}, index=observed.index)


def _floats(values: pd.Series[float], index: pd.Index) -> Floats:
    if not values.index.equals(index):
        raise SchemaError("The places: needed the same ones, in the same order, in all series.")
    return np.asarray(values, dtype=np.float64)


def _prior(y: Floats, mean: Floats, z: Floats, past: Floats) -> tuple[float, float]:
    """Shape of the prior and part of the past with which what is seen is most likely."""
    from scipy.special import gammaln

    best, found = -np.inf, (float(_SHAPES[-1]), 0.0)
    for part in _PARTS if past.any() else _PARTS[:1]:
        for shape in _SHAPES:
            own, weight = shape + part * z, shape + part * past
            share = mean / (weight + mean)
            fit = gammaln(own + y) - gammaln(own) + own * np.log1p(-share) + y * np.log(share)
            if (likely := float(fit.sum())) > best + 1e-9:
                best, found = likely, (float(shape), float(part))
    return found


def _above(own: Floats, weight: Floats, worst: float) -> Floats:
    """Chance of each risk to be above the one that this part of all places exceeds."""
    from scipy.special import gammaincc

    low, high = 0.0, float((own / weight).max() * 4.0 + 4.0)
    for _ in range(_HALVINGS):
        limit = 0.5 * (low + high)
        low, high = (limit, high) if gammaincc(own, weight * limit).mean() > worst else (low, limit)
    chance: Floats = gammaincc(own, weight * 0.5 * (low + high))
    return chance
