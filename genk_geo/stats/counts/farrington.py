"""The Farrington Flexible regression, for all areas at once.

A quasi-Poisson regression of weekly counts on a trend and blocks of the year, fitted twice: the second time
weeks that stood out (an earlier outbreak) weigh less, so that they do not hide the next one.

References
----------
Farrington et al. (1996), Journal of the Royal Statistical Society A 159; Noufaily et al. (2013), Statistics
in Medicine 32; the meaning of the settings follows Salmon, Schumacher & Hoehle (2016), Journal of Statistical
Software 70.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_YEAR = 52
_ITERATIONS = 40
_TOLERANCE = 1e-11
# Logarithms of a weekly mean beyond which an area without any incident in a block would run away.
_LOWEST, _HIGHEST = -15.0, 25.0


@dataclass(frozen=True)
class FarringtonSettings:
    """What the regression of Farrington Flexible looks at.

    Attributes
    ----------
    years : int
        Years back (``b``).
    half_window : int
        Weeks on either side of the same week of earlier years that make one block (``w``).
    periods : int
        Blocks of the year (``noPeriods``).
    left_out : int
        Most recent weeks that play no part (``pastWeeksNotIncluded``): they may hold the outbreak.
    threshold : float
        Anscombe residual beyond which a week weighs less (``weightsThreshold``).

    Raises
    ------
    ConfigError
        If a setting is impossible.

    Examples
    --------
    Four years back need 211 weeks of history, two years 107:

    >>> gg.stats.FarringtonSettings().reach
    211
    >>> gg.stats.FarringtonSettings(years=2).reach
    107
    """

    years: int = 4
    half_window: int = 3
    periods: int = 10
    left_out: int = 26
    threshold: float = 2.58

    def __post_init__(self) -> None:
        for name, least in (("years", 1), ("half_window", 0), ("periods", 1), ("left_out", 0)):
            if (value := getattr(self, name)) < least:
                raise ConfigError(
                    "{name}: given {value}, needed {least} or more.", name=name, value=value, least=least
                )
        if self.periods - 1 > _YEAR - 2 * self.half_window - 1:
            raise ConfigError(
                "periods: given {periods}, needed fewer blocks than weeks between the windows.",
                periods=self.periods,
            )
        if not self.threshold > 0:
            raise ConfigError(
                "threshold: given {threshold}, needed a residual above 0.", threshold=self.threshold
            )

    @property
    def reach(self) -> int:
        """Weeks of history that are needed."""
        return _YEAR * self.years + self.half_window


#: The settings of the published method.
PUBLISHED = FarringtonSettings()


class Expected(NamedTuple):
    """What the regression expects of this week, one an area.

    Attributes
    ----------
    mean : numpy.ndarray
        Mean count.
    dispersion : numpy.ndarray
        Variance over mean, weeks that stood out weighing less.
    log_variance : numpy.ndarray
        Variance of the logarithm of the mean.
    whole_dispersion : numpy.ndarray
        Variance over mean with every week weighing the same.
    printed_variance : numpy.ndarray
        Variance of the logarithm of the mean as R's surveillance 1.20 prints it: it hands the second fit's
        prior weights to R in the place of the working weights, so that the squared relative (not the
        Pearson) residuals scale it. Only for :func:`delta_limit`.
    """

    mean: Floats
    dispersion: Floats
    log_variance: Floats
    whole_dispersion: Floats
    printed_variance: Floats


def blocks(here: int, settings: FarringtonSettings) -> npt.NDArray[np.int64]:
    """Block of the year of each week up to `here`; -1 before the first, 0 for the time of year of `here`."""
    w, count = settings.half_window, settings.periods
    block = np.full(here + 1, -1)
    block[here - w :] = 0
    for year in range(1, settings.years + 1):
        middle, later = here - _YEAR * year, here - _YEAR * (year - 1)
        block[middle - w : middle + w + 1] = 0
        if count > 1:
            between = np.arange(middle + w + 1, later - w)
            longer, rest = divmod(between.size, count - 1)
            sizes = np.full(count - 1, longer) + (np.arange(count - 1) < rest)
            block[between] = np.repeat(np.arange(1, count), sizes)
    return block


def expected_counts(y: Floats, here: int, settings: FarringtonSettings) -> Expected:
    """Fit every area.

    Parameters
    ----------
    y : numpy.ndarray
        Counts, shape (weeks, areas); NaN = not observed.
    here : int
        Row of the week to judge; at least ``settings.reach``.
    settings : FarringtonSettings
        What to look at.
    """
    block = blocks(here, settings)
    used = np.flatnonzero(block[: here - settings.left_out] >= 0)
    past = y[used].T
    seasons = (block[used, None] == np.arange(1, settings.periods)).astype(float)
    seasons = seasons[:, seasons.any(axis=0)]
    # Weeks count from now: the trend's value today is 0, so that today's mean is the intercept.
    time = (used - here) / _YEAR
    flat = np.column_stack([np.ones(used.size), seasons])
    level = _robust(past, flat, settings.threshold)
    if settings.years < 3:
        return level
    sloped = _robust(past, np.column_stack([flat, time]), settings.threshold)
    # A trend is not followed beyond what was ever seen.
    known = sloped.mean <= np.nanmax(np.where(np.isfinite(past), past, -np.inf), axis=1)
    return Expected(*(np.where(known, a, b) for a, b in zip(sloped, level, strict=True)))


def _robust(y: Floats, design: Floats, threshold: float) -> Expected:
    """Fit, weigh down what stood out, and fit again."""
    seen = np.isfinite(y).astype(float)
    y = np.where(seen > 0, y, 0.0)
    mean, inverse = _fit(y, design, seen)
    phi = whole = _dispersion(y, mean, seen, design.shape[1])
    hat = np.einsum("tp,apq,tq->at", design, inverse, design, optimize=True) * mean * seen
    residual = 1.5 * (y ** (2.0 / 3.0) * mean ** (-1.0 / 6.0) - np.sqrt(mean))
    residual /= np.sqrt(phi[:, None] * np.maximum(1.0 - hat, 1e-9))
    high = residual > threshold
    weight = np.where(high, np.where(high, residual, 1.0) ** -2.0, 1.0) * seen
    weight *= (seen.sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300))[:, None]
    mean, inverse = _fit(y, design, weight)
    phi = _dispersion(y, mean, weight, design.shape[1])
    today = np.exp(np.clip(_coefficients(y, mean, design, weight, inverse)[:, 0], _LOWEST, _HIGHEST))
    freedom = np.maximum((weight > 0).sum(axis=1) - design.shape[1], 1)
    relative = (weight * ((y - mean) / mean) ** 2).sum(axis=1) / freedom
    return Expected(today, phi, phi * inverse[:, 0, 0], whole, relative * inverse[:, 0, 0])


def _fit(y: Floats, design: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Poisson means, and the inverse of X'WX, by iteratively reweighted least squares."""
    mean = y + 0.1
    deviance = np.full(len(y), np.inf)
    for _ in range(_ITERATIONS):
        inverse = _inverse(design, mean * weight)
        beta = _coefficients(y, mean, design, weight, inverse)
        mean = np.exp(np.clip(beta @ design.T, _LOWEST, _HIGHEST))
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = np.where(y > 0, y * np.log(y / mean), 0.0) - (y - mean)
        now = 2.0 * (weight * parts).sum(axis=1)
        if (np.abs(now - deviance) <= _TOLERANCE * (np.abs(now) + 0.1)).all():
            break
        deviance = now
    return mean, _inverse(design, mean * weight)


def _inverse(design: Floats, weight: Floats) -> Floats:
    gram = np.matmul(design.T, weight[:, :, None] * design)
    # A whisper of a ridge keeps areas without any incident in a block solvable.
    scale = np.maximum(np.einsum("app->a", gram) / design.shape[1], 1e-8)
    return np.asarray(np.linalg.inv(gram + 1e-13 * scale[:, None, None] * np.eye(design.shape[1])))


def _coefficients(y: Floats, mean: Floats, design: Floats, weight: Floats, inverse: Floats) -> Floats:
    working = np.log(mean) + (y - mean) / mean
    return np.asarray(np.einsum("apq,aq->ap", inverse, (weight * mean * working) @ design))


def _dispersion(y: Floats, mean: Floats, weight: Floats, parameters: int) -> Floats:
    freedom = np.maximum((weight > 0).sum(axis=1) - parameters, 1)
    pearson = (weight * (y - mean) ** 2 / mean).sum(axis=1)
    return np.asarray(np.maximum(pearson / freedom, 1.0))


def delta_limit(fitted: Expected, alpha: float) -> Floats:
    """Upper limit of the first method of 1996: normal after the power 2/3 that takes the skewness out."""
    from scipy.special import ndtri

    mean = fitted.mean
    spread = fitted.dispersion + fitted.printed_variance * mean
    root = mean ** (2.0 / 3.0) + ndtri(1.0 - alpha) * np.sqrt(4.0 / 9.0 * np.cbrt(mean) * spread)
    return np.asarray(root**1.5)
