"""When fictitious incidents happen, on the local clock (naive datetime64[s])."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genk_geo.demo.calibration import facts

if TYPE_CHECKING:
    import datetime as dt

    import numpy.typing as npt

    Moments = npt.NDArray[np.datetime64]
    Floats = npt.NDArray[np.float64]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def day_weights(theme: str, days: npt.NDArray[np.datetime64]) -> Floats:
    """How much more than on an average day happens, by weekday and month."""
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    known = facts(theme)
    if theme == "burglary":
        by_day = np.array([known["weekday_share"] / 5] * 5 + [(1 - known["weekday_share"]) / 2] * 2)
        by_month = np.ones(12)
        by_month[[0, 10, 11]] = known["january_factor"], known["november_factor"], known["december_factor"]
    elif theme == "nuisance":
        by_day = np.array([known[name] for name in _DAYS])
        by_month = np.array([0.9, 0.9, 1, 1, 1.1, 1.1, 1.1, 1.1, 1, 1, 0.95, 0.9])
    else:
        by_day = np.array([(1 - known["weekend_share"]) / 5] * 5 + [known["weekend_share"] / 2] * 2)
        by_month = np.array([1, 0.95, 0.95, 1, 1.05, 1.05, 0.85, 0.9, 1.1, 1.1, 1.05, 1])
    weights: Floats = (by_day / by_day.mean())[weekday] * (by_month / by_month.mean())[month]
    return weights


def hour_weights(theme: str) -> Floats:
    """Share of each hour of the day."""
    hours = np.arange(24)
    if theme == "burglary":
        known = facts("burglary")
        # 18-20 and 20-22 h fill the evening; the rest of the day and the night fill what is left.
        weights = np.select(
            [(hours >= 18) & (hours < 20), (hours >= 20) & (hours < 22), (hours >= 8) & (hours < 18)],
            [
                0.36 * known["evening_share"],
                0.14 * known["evening_share"],
                (known["daytime_share"] - 0.72 * known["evening_share"]) / 10,
            ],
            default=(1 - known["daytime_share"] - 0.28 * known["evening_share"]) / 10,
        )
    elif theme == "nuisance":
        weights = np.array([2, 1.5, 1, 0.5, 0.5, 1, 2, 4, 6, 7, 7, 6, 5, 6, 6, 6, 7, 7, 7, 7, 7, 7, 6, 4])
    else:
        weights = np.array([1, 0.8, 0.7, 0.5, 0.5, 1, 3, 7, 7, 5, 5, 6, 6, 6, 6, 7, 9, 9, 7, 5, 4, 3, 2, 2])
    total: Floats = weights / weights.sum()
    return total


def draw_moments(
    theme: str, n: int, first: dt.date, after: dt.date, rng: np.random.Generator, *, ramp: float = 0.0
) -> Moments:
    """Draw moments between two dates by weekday, month and hour.

    Parameters
    ----------
    theme : str
        Whose rhythm.
    n : int
        How many.
    first, after : datetime.date
        First day, and the first day that is not part of it.
    rng : numpy.random.Generator
        Source of chance.
    ramp : float
        From 0 (as many at the end as at the beginning) to 1 (fading to nothing at the end).
    """
    days = np.arange(np.datetime64(first, "D"), np.datetime64(after, "D"))
    weights = day_weights(theme, days) * (1 - ramp * np.arange(len(days)) / len(days))
    day = rng.choice(days, size=n, p=weights / weights.sum())
    hour = rng.choice(24, size=n, p=hour_weights(theme))
    return _at(day, hour * 60 + rng.integers(0, 60, n))


def draw_weekend_nights(n: int, first: dt.date, after: dt.date, rng: np.random.Generator) -> Moments:
    """Draw moments from 22 h on Friday and Saturday to 4 h the next morning, between two dates."""
    days = np.arange(np.datetime64(first, "D"), np.datetime64(after, "D") - 1)
    weekday = (days.astype(np.int64) + 3) % 7
    evening = rng.choice(days[(weekday == 4) | (weekday == 5)], size=n)
    return _at(evening, 22 * 60 + rng.integers(0, 6 * 60, n))


def _at(day: npt.NDArray[np.datetime64], minutes: npt.NDArray[np.int64]) -> Moments:
    moments: Moments = day.astype("datetime64[s]") + minutes.astype("timedelta64[m]")
    return moments
