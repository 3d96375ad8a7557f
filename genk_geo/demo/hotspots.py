"""The planted hotspots: places chosen by chance, each with its own course in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genk_geo.demo.moments import draw_moments, draw_weekend_nights

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.calendar import Week
    from genk_geo.demo.places import Terrain

    Floats = npt.NDArray[np.float64]

#: Incidents of a hotspot lie within this distance of its middle.
RADIUS_M = 110.0
#: Hotspots of one theme lie at least so far apart.
APART_M = 900.0
#: A hotspot that shifts goes so far, or somewhat further where nobody lives at that distance.
SHIFT_M = 400.0
#: Extra incidents with coordinates in the window from which a hotspot counts as detectable.
DETECTABLE_FROM = 8


@dataclass(frozen=True)
class Course:
    """What a kind of hotspot does in a theme.

    Parameters
    ----------
    kind : str
        steady, new, fading, shifting or weekend_nights.
    begin_weeks, end_weeks : int
        First week and the week after the last, counted back from the week after the demo week.
    incidents : int
        Extra incidents over that time.
    at : str
        ``from`` and ``to`` for the two places of a hotspot that shifts.
    """

    kind: str
    begin_weeks: int
    end_weeks: int
    incidents: int
    at: str = ""


#: Windows of the map: nuisance 4 weeks, burglary 13, traffic 52. What ends before its window opens is there
#: to be gone: finding it in the demo week would be a mistake.
COURSES = {
    "nuisance": (
        Course("steady", 40, 0, 190),
        Course("steady", 28, 0, 133),
        Course("new", 1, 0, 20),
        Course("fading", 44, 10, 110),
        Course("shifting", 24, 10, 62, "from"),
        Course("shifting", 10, 0, 48, "to"),
        Course("weekend_nights", 26, 0, 124),
    ),
    "burglary": (
        Course("steady", 26, 0, 28),
        Course("new", 6, 0, 14),
        Course("fading", 60, 18, 26),
        Course("shifting", 40, 13, 21, "from"),
        Course("shifting", 13, 0, 15, "to"),
    ),
    "traffic": (
        Course("steady", 156, 0, 96),
        Course("steady", 104, 0, 64),
        Course("new", 20, 0, 25),
        Course("fading", 156, 60, 44),
    ),
}


@dataclass(frozen=True)
class Hotspot:
    """A planted hotspot (one place; a hotspot that shifts has two).

    Attributes
    ----------
    hotspot_id : str
        Such as ``nuisance-5a``.
    theme, kind : str
        What it is.
    x, y : float
        Middle, metres.
    first, after : datetime.date
        First day, and the first day that is not part of it.
    incidents : int
        Extra incidents that were drawn.
    """

    hotspot_id: str
    theme: str
    kind: str
    x: float
    y: float
    first: dt.date
    after: dt.date
    incidents: int

    def draw(self, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.datetime64]]:
        """Draw places (evenly over a disc, denser in its middle) and moments of the extra incidents."""
        angle = rng.uniform(0, 2 * np.pi, self.incidents)
        reach = RADIUS_M * rng.beta(1.6, 1.6, self.incidents)
        xy = np.array([self.x, self.y]) + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        if self.kind == "weekend_nights":
            return xy, draw_weekend_nights(self.incidents, self.first, self.after, rng)
        ramp = 1.0 if self.kind == "fading" else 0.0
        return xy, draw_moments(self.theme, self.incidents, self.first, self.after, rng, ramp=ramp)


def plant(theme: str, week: Week, terrain: Terrain, rng: np.random.Generator) -> list[Hotspot]:
    """Choose the hotspots of a theme.

    Parameters
    ----------
    theme : str
        nuisance, burglary or traffic.
    week : Week
        The demo week, the last with data.
    terrain : Terrain
        The built-up city.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    list of Hotspot
        In the order of `COURSES`.
    """
    courses = COURSES[theme]
    middles = terrain.spots(sum(course.at != "to" for course in courses), rng, apart_m=APART_M)
    end = week.shift(1).monday
    hotspots: list[Hotspot] = []
    number = 0
    for course in courses:
        if course.at == "to":
            place = terrain.beside(middles[number - 1], middles, rng, at_m=SHIFT_M)
        else:
            place = middles[number]
            number += 1
        hotspots.append(
            Hotspot(
                f"{theme}-{number}{ {'': '', 'from': 'a', 'to': 'b'}[course.at] }",
                theme,
                course.kind,
                float(place[0]),
                float(place[1]),
                end - dt.timedelta(weeks=course.begin_weeks),
                end - dt.timedelta(weeks=course.end_weeks),
                course.incidents,
            )
        )
    return hotspots
