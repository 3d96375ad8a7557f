"""Risk of places as far as few incidents tell it, and the chance that a place belongs to the worst of them.

References
----------
Clayton & Kaldor (1987), Biometrics 43, for gamma-Poisson shrinkage; Madigan & Raftery (1994), JASA 89, for
averaging over models in Occam's window; Schmidli et al. (2014), Biometrics 70, for a past that may not hold
any more; Lin et al. (2006), Bayesian Analysis 1, for ranks and percentiles of shrunken risks; Richardson et
al. (2004), Environmental Health Perspectives 112, for exceedance.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.show import Look, on_cells_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Shapes of the prior that are weighed (places differ by one over their root).
_SHAPES = np.geomspace(0.5, 64.0, 8)
#: How much of the difference between places is left since the earlier period.
_LEFT = (0.5, 0.7, 0.85, 0.95)
#: Parts of the places that are as they were. Never all: what has ended must be able to say so.
_KEEPS = (0.7, 0.9)
#: Of more places than this every third is asked for the prior: those beside it share most of its incidents.
_MANY, _THIN = 1000, 3
#: A few places are unlike all others: they differ by this shape, and are one of these parts of the places.
_WIDE, _FEW = 0.5, (0.002, 0.02)
#: Priors so much less likely than the likeliest are left out: Occam's window.
_WINDOW = 0.05
#: Parts of a place's risk that are smaller change nothing.
_LITTLE = 1e-4
#: The limit is known as well as this, and how fast places pass it from this far beside it.
_LIMIT, _BESIDE = 1e-10, 0.01
#: Of all places as many are above it, within this part of them; so many steps before it is looked for anew.
_EXACT, _STEPS = 1e-7, 5


class _Kind(NamedTuple):
    """How a place's risk came about: shape of the risks, and how much is left of its earlier difference."""

    shape: float
    left: float = 0.0


class _Prior(NamedTuple):
    """Shape of usual places, what is left where a place is as it was, how many are, how many are unlike."""

    shape: float
    left: float
    keeps: float
    few: float


class _Seen:
    """What is seen in both periods, and how likely each kind of place makes it."""

    def __init__(self, y: Floats, mean: Floats, z: Floats, past: Floats) -> None:
        self.y, self.mean, self.z, self.past = y, mean, z, past
        self.now = cache(self._now)
        self.before = cache(self._before)

    def gamma(self, kind: _Kind) -> tuple[Floats, Floats]:
        """Shape and rate of the risk of each place before its incidents of now are seen.

        What is left of the earlier risk, and what is new, are both known in mean and variance; the gamma with
        the same two stands for their sum.
        """
        earlier = (kind.shape + self.z) / (kind.shape + self.past)
        unsure = earlier / (kind.shape + self.past)
        mean = 1.0 - kind.left + kind.left * earlier
        variance = kind.left**2 * unsure + (1.0 - kind.left**2) / kind.shape
        return mean**2 / variance, mean / variance

    def _now(self, kind: _Kind) -> Floats:
        return _log_chance(*self.gamma(kind), self.y, self.mean)

    def _before(self, shape: float) -> Floats:
        return _log_chance(shape, shape, self.z, self.past)

    def ways(self, prior: _Prior) -> tuple[list[_Kind], Floats]:
        """Ways in which a place came about: its kind now, and log chance of each with all that is seen."""
        parts, changed = [1.0 - prior.few, prior.few], np.log1p(-prior.keeps)
        few = np.log([part for part in parts if part])
        shapes = (prior.shape, _WIDE)[: few.size]
        then = [part + self.before(shape) for part, shape in zip(few, shapes, strict=True)]
        anew = changed + np.logaddexp.reduce(then)
        kinds = [_Kind(shape) for shape in shapes]
        found = [anew + part + self.now(kind) for part, kind in zip(few, kinds, strict=True)]
        if prior.keeps:
            kept = [_Kind(shape, prior.left) for shape in shapes]
            found += [
                np.log(prior.keeps) + one + self.now(kind) for one, kind in zip(then, kept, strict=True)
            ]
            kinds += kept
        return kinds, np.stack(found)


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
    may be as it was: then a part of what it differed in the earlier period is left, and the rest is new; or
    it has changed, and its past counts for nothing. How likely that is, this period's incidents say: what was
    busy and is quiet now has probably changed. A few places may be unlike all others; that takes two periods
    to see. How much places differ, how much of it lasts and how many change nobody knows: each combination
    counts as far as it makes the incidents of both periods likely. The chance to belong to the worst is that
    of a risk above the one that so large a part of all places exceeds.

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
    {'risk': 1.9, 'chance': 0.5}
    >>> known = gg.stats.shrunken_risk(observed, expected, before=observed, expected_before=expected)
    >>> known.iloc[-1].round(1).to_dict()
    {'risk': 3.3, 'chance': 1.0}
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
        priors = _priors(_Seen(*(values[::thin] for values in (y, mean, z, past))))
        parts, own, weight = _posterior(priors, _Seen(y, mean, z, past))
        risk[told] = (parts * own / weight).sum(axis=0)
        chance[told] = _above(own, weight, parts, worst)
    return on_cells_of(pd.DataFrame({"risk": risk, "chance": chance}, index=observed.index), observed, _LOOK)


def _floats(values: pd.Series[float], index: pd.Index) -> Floats:
    if not values.index.equals(index):
        raise SchemaError("The places: needed the same ones, in the same order, in all series.")
    return np.asarray(values, dtype=np.float64)


def _priors(seen: _Seen) -> dict[_Prior, float]:
    """Priors, and the chance of each given what is seen in both periods; at first all were alike."""
    # That a place is unlike all others and no chance, only two periods can tell.
    told = list(product(_LEFT, _KEEPS, _FEW)) if seen.past.any() else [(0.0, 0.0, 0.0)]
    tried = [_Prior(shape, *one) for shape, one in product(map(float, _SHAPES), told)]
    likely = np.array([np.logaddexp.reduce(seen.ways(prior)[1]).sum() for prior in tried])
    chance = np.exp(likely - likely.max())
    chance[chance < _WINDOW] = 0.0
    chance /= chance.sum()
    return {prior: float(one) for prior, one in zip(tried, chance, strict=True) if one}


def _posterior(priors: dict[_Prior, float], seen: _Seen) -> tuple[Floats, Floats, Floats]:
    """Parts of the risk of each place by kind, and shape and rate of each; rows are kinds."""
    parts: defaultdict[_Kind, Floats | float] = defaultdict(float)
    for prior, chance in priors.items():
        kinds, ways = seen.ways(prior)
        for kind, part in zip(kinds, np.exp(ways - np.logaddexp.reduce(ways)), strict=True):
            parts[kind] += chance * part
    own, weight = np.stack([seen.gamma(kind) for kind in parts], axis=1)
    return np.stack([*parts.values()]), own + seen.y, weight + seen.mean


def _log_chance(own: Floats | float, weight: Floats | float, y: Floats, mean: Floats) -> Floats:
    """Logarithm of the chance of a count whose risk is gamma distributed, but for its own factorial."""
    from scipy.special import gammaln, xlogy

    share = mean / (weight + mean)
    found: Floats = gammaln(own + y) - gammaln(own) + own * np.log1p(-share) + xlogy(y, share)
    return found


def _above(own: Floats, weight: Floats, parts: Floats, worst: float) -> Floats:
    """Chance of each risk to be above the one that this part of all places exceeds.

    Tails of all places take long: where a few are like all, they say nearly where the limit is, and how fast
    the number above it falls; where they are not, it is looked for among all.
    """
    some = slice(None, None, _THIN**2 if own.shape[1] > _MANY else 1)
    few = own[:, some], weight[:, some], parts[:, some]
    limit = _limit(*few, worst)
    below, above = (float(_beyond(limit * (1.0 + by), *few).mean()) for by in (-_BESIDE, _BESIDE))
    slope = (below - above) / (2.0 * _BESIDE * limit)
    for _ in range(_STEPS):
        chance = _beyond(limit, own, weight, parts)
        excess = float(chance.mean()) - worst
        if abs(excess) <= _EXACT * worst:
            return chance
        if slope <= 0.0 or limit + excess / slope <= 0.0:
            break
        limit += excess / slope
    return _beyond(_limit(own, weight, parts, worst), own, weight, parts)


def _limit(own: Floats, weight: Floats, parts: Floats, worst: float) -> float:
    """Risk that this part of the places exceeds."""
    from scipy.optimize import brentq

    def more(limit: float) -> float:
        return float(_beyond(limit, own, weight, parts).mean()) - worst

    high = float((own / weight).max() * 4.0 + 4.0)
    while more(high) > 0.0:
        high *= 2.0
    return float(brentq(more, 0.0, high, xtol=_LIMIT))


def _beyond(limit: float, own: Floats, weight: Floats, parts: Floats) -> Floats:
    """Chance of each risk to be above a limit."""
    from scipy.special import gammaincc

    told = parts > _LITTLE
    above = np.zeros_like(parts)
    above[told] = gammaincc(own[told], weight[told] * limit)
    # Parts add up to one but for the last digit.
    found: Floats = np.minimum((parts * above).sum(axis=0), 1.0)
    return found
