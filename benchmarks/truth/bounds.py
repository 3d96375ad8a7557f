"""What the best test could find: an oracle that knows place, radius, background and dispersion.

The oracle is asked about the planted circle alone. It counts the incidents of the window that the page looks
at within exactly that circle, knows what is usual there and how many times that the risk is, and rejects by
the most powerful test (Neyman and Pearson: the largest counts, at the edge by lot) at a level of 5 % divided
by the number of such circles that fit side by side on the ground where something can happen. It does not know
since when. Nothing that must search for the place can be better than by luck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from cities import PER_WEEK, Spot, ground, middles, shares
from scipy.stats import poisson

from genk_geo.config import THEMES

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Chance of a false hotspot anywhere.
ERROR = 0.05


class Bound(NamedTuple):
    """Chance that the oracle finds the hotspot, and what is usual in its circle over the window."""

    power: float
    usual: float


def bound(theme: str, spot: Spot, middle: Floats) -> Bound:
    """The oracle's power for one planted hotspot of a city that varies as chance alone does."""
    share, window = shares(theme), THEMES[theme].window_weeks
    away = np.hypot(*(middles() - middle).T)
    inside = away <= max(spot.radius_m, 60.0)
    circle = np.pi * spot.radius_m**2
    usual = share[inside].mean() / 1e4 * circle * PER_WEEK[theme] * window
    part = min(spot.weeks, window) / window
    places = max(np.count_nonzero(share) * float(ground().cells["area_m2"].median()) / circle, 1.0)
    return Bound(most_powerful(usual, usual * (1.0 + (spot.factor - 1.0) * part), ERROR / places), usual)


def most_powerful(usual: float, raised: float, level: float) -> float:
    """Power of the most powerful test of a Poisson mean against a larger one."""
    least = float(poisson.isf(level, usual)) + 1.0
    beyond, edge = poisson.sf(least - 1, usual), poisson.pmf(least - 1, usual)
    lot = (level - beyond) / edge if edge > 0 else 0.0
    return float(poisson.sf(least - 1, raised) + lot * poisson.pmf(least - 1, raised))
