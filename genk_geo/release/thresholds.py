"""Limits that keep single incidents out of sight, all in one place.

What the settings may set has its bounds and defaults in :mod:`genk_geo.config.release`; those of the public
are named here too.
"""

from __future__ import annotations

from genk_geo.config import PUBLIC_DELAY_WEEKS, PUBLIC_SMALL_COUNT

__all__ = [
    "COARSE_PLACE_M",
    "COARSE_SHARES",
    "DENSITY_LIMITS",
    "MOST_TIMES",
    "PUBLIC_DELAY_WEEKS",
    "PUBLIC_SMALL_COUNT",
    "SMALL_COUNT",
    "STREET_LIMITS",
    "STREET_PEAK",
]

#: Counts below this are small where nobody says otherwise.
SMALL_COUNT = 5

#: Lower limits of the density classes, incidents per km2 in the window. The lowest lies above what two
#: incidents at one address give with a bandwidth of 300 m (21 per km2): a lone incident leaves no disc.
DENSITY_LIMITS = (30.0, 60.0, 120.0, 240.0)

#: Lower limits of the classes of a street, accidents per km over the period. The lowest lies above what two
#: accidents at one place give with a bandwidth of 300 m (6.25 per km): a lone one leaves no trace.
STREET_LIMITS = (8.0, 16.0, 32.0)

#: Density of one accident at its own place, times the bandwidth: the peak of the quartic kernel on a line.
STREET_PEAK = 15 / 16

#: Middles of dangerous stretches of road are told to this step where points may not be shown.
COARSE_PLACE_M = 50.0

#: "So many times as expected" goes no further: beyond, it only says how little was expected.
MOST_TIMES = 20

#: Shares of a scorecard are told in these steps: no week's count follows from a share known no better.
COARSE_SHARES = (0.01, 0.05)
