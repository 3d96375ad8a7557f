"""Limits that keep single incidents out of sight, all in one place.

What the settings may change has its default and its bounds there, so that a wrong value is refused before
anything is read: counts of a wijk, addresses of an outline and weeks of delay in
:mod:`genk_geo.config.readers.release`.
"""

from __future__ import annotations

import math

#: Counts below this are small where nobody says otherwise.
SMALL_COUNT = 5

#: Lower limits of the density classes, incidents per km2 in the window. The lowest lies above what two
#: incidents at one address give with a bandwidth of 300 m (21 per km2): a lone incident leaves no disc.
DENSITY_LIMITS = (30.0, 60.0, 120.0, 240.0)

#: Lower limits of the classes of a street, accidents per km over the period. The lowest lies above what two
#: accidents at one place give with a bandwidth of 300 m (6.25 per km): a lone one leaves no trace.
STREET_LIMITS = (8.0, 16.0, 32.0)

#: Fewer incidents than this within its outline do not make a hotspot: whoever sees one knows that.
FEWEST_IN_HOTSPOT = 3

#: Density of one accident at its own place, times the bandwidth: the peak of the quartic kernel on a line.
STREET_PEAK = 15 / 16

#: Middles of dangerous stretches of road are told to this step where points may not be shown.
COARSE_PLACE_M = 50.0

#: "So many times as expected" is told in these steps, to analysts in ones; beyond the last it only says how
#: little was expected.
TIMES = (2, 5, 10, 20)

#: Part of the places that are the worst.
WORST = 0.05

#: The chance that a place is among the worst is told as one of these classes: a finer one would tell its few
#: incidents. There is none above a half: where half of what makes places differ changes, of those said to
#: have 80 % two thirds came true (benchmarks/RESULTS.md), so more than "at least a half" would be too much.
CHANCES = (0.25, 0.5, 1.0)

#: What a place would need to be proven is told in these steps: a finer one tells the total of the window.
NEEDED = (3, 5, 7, 10, 15, 20, 30, 50, 100)

#: Shares of a scorecard are told in these steps: no week's count follows from a share known no better.
COARSE_SHARES = (0.01, 0.05)

#: Ground that two outlines must share to lie in one another: borders that only touch do not count.
SHARED_M2 = 1.0
#: Of measures at places where fewer events are expected, a year or over the weeks of a verdict, others than
#: analysts are told nothing.
LEAST_EXPECTED = 20
#: They see weeks in steps of a quarter of a year; no verdict stands on fewer.
QUARTER = 13
#: They see shares in steps of this, and no size of a larger rise: beside the least that was expected it would
#: be a count.
SHARE_STEP, MOST_RATIO = 0.05, 1.5
#: So no verdict says that more came than this.
MOST_SAID = math.ceil(LEAST_EXPECTED * (MOST_RATIO - SHARE_STEP / 2))
