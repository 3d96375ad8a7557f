"""Fictitious near repeats: a part of the incidents follow another one, nearby and soon."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd


@dataclass(frozen=True)
class NearRepeatPattern:
    """How incidents of a theme follow each other.

    Attributes
    ----------
    share : float
        Part of the background incidents that follow another.
    within_m : float
        So near.
    within_days : int
        A whole number of days later, from one to this.
    same_place : float
        Part of them at the very same place.
    """

    share: float
    within_m: float
    within_days: int
    same_place: float


#: Only burglaries do (own choice of figures).
NEAR_REPEATS = {"burglary": NearRepeatPattern(share=0.12, within_m=90.0, within_days=6, same_place=0.25)}


def follow(theme: str, incidents: pd.DataFrame, after: dt.date, rng: np.random.Generator) -> pd.DataFrame:
    """Let a part of the incidents happen near another one, some days after it.

    Parameters
    ----------
    theme : str
        Themes without near repeats come back as they are.
    incidents : pandas.DataFrame
        ``x``, ``y``, ``moment``; in any order.
    after : datetime.date
        First day that is not part of the data: an incident of the last days has no time to be followed.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    pandas.DataFrame
        As many incidents, with the same index.
    """
    if theme not in NEAR_REPEATS:
        return incidents
    how = NEAR_REPEATS[theme]
    lot = rng.permutation(len(incidents))
    followers, rest = np.split(lot, [round(how.share * len(lot))])
    early = incidents["moment"].to_numpy() < np.datetime64(after) - np.timedelta64(how.within_days + 1, "D")
    first = rng.choice(rest[early[rest]], followers.size, replace=False)
    reach = how.within_m * rng.uniform(0.1, 1, followers.size)
    reach[rng.random(followers.size) < how.same_place] = 0.0
    angle = rng.uniform(0, 2 * np.pi, followers.size)
    days = rng.integers(1, how.within_days + 1, followers.size).astype("timedelta64[D]")
    moved = incidents.copy()
    rows = incidents.index[followers]
    moved.loc[rows, "x"] = incidents["x"].to_numpy()[first] + reach * np.cos(angle)
    moved.loc[rows, "y"] = incidents["y"].to_numpy()[first] + reach * np.sin(angle)
    moved.loc[rows, "moment"] = incidents["moment"].to_numpy()[first] + days
    return moved


def planted_near_repeats() -> dict[str, Any]:
    """What was put in, for the truth beside the data."""
    return {theme: asdict(how) for theme, how in NEAR_REPEATS.items()}
