"""The fictitious incidents of a theme, as they truly happened: place, moment, planted hotspot."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.demo.calibration import facts
from genk_geo.demo.hotspots import Hotspot, plant
from genk_geo.demo.moments import draw_moments
from genk_geo.demo.near_repeats import follow

if TYPE_CHECKING:
    from genk_geo.calendar import Week
    from genk_geo.demo.places import Terrain

#: Part of the background spread over the ground instead of the dwellings, and how much big streets have more.
_SPREAD = {"nuisance": (0.25, 0.0), "burglary": (0.07, 0.0), "traffic": (0.5, 0.15)}
#: House numbers run to about this many times the median one.
_LAST_HOUSE = 2.0


def draw_incidents(
    theme: str, week: Week, years: int, terrain: Terrain, rng: np.random.Generator, *, times: np.ndarray
) -> tuple[pd.DataFrame, list[Hotspot]]:
    """Draw the incidents of a theme over whole years that end with a week.

    Parameters
    ----------
    theme : str
        nuisance, burglary or traffic.
    week : Week
        The last week.
    years : int
        Years of 52 weeks.
    terrain : Terrain
        The built-up city.
    rng : numpy.random.Generator
        Source of chance.
    times : numpy.ndarray
        How many times the usual risk each cell of the terrain has.

    Returns
    -------
    incidents : pandas.DataFrame
        ``x``, ``y`` (metres), ``moment`` (naive local time), ``hotspot`` (id or empty), ``street`` and
        ``crossing`` (the two nearest), ``house`` (number), in the order of time.
    hotspots : list of Hotspot
        What was planted; of each, what falls in the years.
    """
    begin = week.shift(1 - 52 * years).monday
    hotspots = plant(theme, week, terrain, rng)
    parts = []
    for spot in hotspots:
        xy, moment = spot.draw(rng)
        part = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "moment": moment, "hotspot": spot.hotspot_id})
        parts.append(part[moment >= np.datetime64(begin)])
    extra = pd.concat(parts, ignore_index=True)
    ground, along = _SPREAD[theme]
    risk = terrain.risk(rng, ground=ground, along_big_streets=along) * times
    risk = risk / risk.sum()
    moments = _background_moments(theme, week, years, extra["moment"].to_numpy(), rng)
    xy = terrain.draw(risk, len(moments), rng)
    background = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "moment": moments, "hotspot": ""})
    # A child of its own: what else is drawn does not depend on the repeats.
    background = follow(theme, background, week.shift(1).monday, rng.spawn(1)[0])
    found = pd.concat([extra, background], ignore_index=True)
    inside = terrain.city.contains(found["x"].to_numpy(), found["y"].to_numpy())
    found = found[inside].sort_values("moment", kind="stable", ignore_index=True)
    return with_streets(found, terrain, rng), hotspots


def per_year(theme: str) -> float:
    """Incidents of a theme in a usual year."""
    known = facts(theme)
    return known["per_year"] + known.get("material_per_year", 0.0)


def _background_moments(
    theme: str, week: Week, years: int, extra: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Moments of what is not planted, so many that each year has its usual number in all."""
    moments = []
    for year in range(years, 0, -1):
        first = week.shift(1 - 52 * year).monday
        after = first + dt.timedelta(weeks=52)
        planted = ((extra >= np.datetime64(first)) & (extra < np.datetime64(after))).sum()
        n = max(int(rng.poisson(per_year(theme))) - int(planted), 0)
        moments.append(draw_moments(theme, n, first, after, rng))
    return np.concatenate(moments)


def with_streets(found: pd.DataFrame, terrain: Terrain, rng: np.random.Generator) -> pd.DataFrame:
    """Incidents with ``street``, ``crossing``, ``postcode`` and ``house``."""
    nearest = terrain.streets_at(found[["x", "y"]].to_numpy(dtype=float), 2)
    names = terrain.city.streets["street"].to_numpy(dtype=object)
    last = np.maximum(terrain.houses[nearest[:, 0]] * _LAST_HOUSE, 4)
    return found.assign(
        street=names[nearest[:, 0]],
        crossing=names[nearest[:, 1]],
        postcode=terrain.city.streets["postcode"].to_numpy(dtype=object)[nearest[:, 0]],
        house=(1 + rng.random(len(found)) * last).astype(int),
    )
