"""Places with lasting nuisance, measures at those that were busiest, and what the working ones take away.

In a city of this size a place has too few reports for anybody to see within a year that four in ten stay
away. So the city of this demo is busier: beside what the demo always has, there are places where something
happens every week, in all three years. They were chosen by chance; which of them get a measure was not.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import LAMBERT72, WGS84, transform_xy
from genk_geo.demo.incidents import with_streets
from genk_geo.demo.moments import draw_moments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from genk_geo.calendar import Week
    from genk_geo.demo.hotspots import Hotspot
    from genk_geo.demo.places import Terrain

    Floats = npt.NDArray[np.float64]

THEME = "nuisance"
#: Places with lasting nuisance, and reports of each a year: mean, and how much they differ.
PLACES, PER_YEAR, VARIATION = 80, 120.0, 0.4
APART_M = 400.0
#: What belongs to a place, and the circle that a measure is drawn as.
REACH_M, MEASURE_M = 120.0, 160.0
#: Measures, those of them that work, and what these leave.
MEASURES, WORKING, LEFT = 40, 10, 0.6
#: What is left of the rest of the city since then: it got quieter everywhere, as if everything had worked.
QUIETER = 0.95
#: Weeks since they began: the year before chose the places.
WEEKS = 52
_KINDS = ("camera", "verlichting", "toezicht", "heraanleg", "campagne")
FILE, TRUTH = "maatregelen_fictief.geojson", "waarheid_maatregelen.json"


@dataclass(frozen=True)
class Measure:
    """A measure: where, since when, what, whether it works, and how many it took away."""

    name: str
    kind: str
    x: float
    y: float
    start: dt.date
    works: bool
    taken: int = 0


def with_measures(
    incidents: pd.DataFrame,
    hotspots: Sequence[Hotspot],
    terrain: Terrain,
    *,
    week: Week,
    years: int,
    seed: int,
) -> tuple[pd.DataFrame, list[Measure]]:
    """Add places with lasting nuisance, choose measures, and leave out what the working ones prevent.

    Parameters
    ----------
    incidents : pandas.DataFrame
        From :func:`genk_geo.demo.incidents.draw_incidents`.
    hotspots : sequence of Hotspot
        Planted hotspots: lasting places and measures lie away from them.
    terrain : Terrain
        The built-up city.
    week, years, seed
        As for :func:`genk_geo.demo.generate`.

    Returns
    -------
    incidents : pandas.DataFrame
        In the order of time.
    measures : list of Measure
        Those at the busiest place first.
    """
    places = lasting_places(terrain, seed, np.array([[one.x, one.y] for one in hotspots]))
    lasting = lasting_incidents(places, week, years, seed)
    inside = terrain.city.contains(lasting["x"].to_numpy(), lasting["y"].to_numpy())
    named = with_streets(lasting[inside], terrain, np.random.default_rng([seed, 44]))
    whole = pd.concat([incidents, named], ignore_index=True)
    whole = whole.sort_values("moment", kind="stable", ignore_index=True)
    return without_prevented(whole, choose_measures(whole, places, week, seed), seed)


def lasting_places(terrain: Terrain, seed: int, apart_from: Floats) -> Floats:
    """Places chosen by chance, shape (n, 2), away from the planted hotspots."""
    rng = np.random.default_rng([seed, 40])
    drawn = terrain.spots(PLACES + 40, rng, apart_m=APART_M)
    away = np.hypot(*(drawn[:, None] - apart_from[None]).transpose(2, 0, 1)).min(axis=1)
    chosen: Floats = drawn[away >= APART_M][:PLACES]
    return chosen


def lasting_incidents(places: Floats, week: Week, years: int, seed: int) -> pd.DataFrame:
    """Incidents at places over whole years: ``x``, ``y``, ``moment``, ``hotspot`` (empty)."""
    rng = np.random.default_rng([seed, 41])
    usual = rng.gamma(VARIATION**-2, PER_YEAR * VARIATION**2, len(places))
    number = rng.poisson(usual * years)
    at = np.repeat(np.arange(len(places)), number)
    angle, reach = rng.uniform(0, 2 * np.pi, at.size), REACH_M * rng.beta(1.6, 1.6, at.size)
    moment = draw_moments(THEME, at.size, week.shift(1 - 52 * years).monday, week.shift(1).monday, rng)
    return pd.DataFrame(
        {
            "x": places[at, 0] + reach * np.cos(angle), "y": places[at, 1] + reach * np.sin(angle),
            "moment": moment, "hotspot": "",
        }
    )  # fmt: skip


def choose_measures(incidents: pd.DataFrame, places: Floats, week: Week, seed: int) -> list[Measure]:
    """Measures at the places where most happened in the year before; by lot a part of them works."""
    start = week.shift(1 - WEEKS).monday
    moment = incidents["moment"].to_numpy()
    before = (moment >= np.datetime64(start - dt.timedelta(weeks=52))) & (moment < np.datetime64(start))
    xy = incidents.loc[before, ["x", "y"]].to_numpy(dtype=float)
    seen = [int((np.hypot(*(xy - place).T) <= MEASURE_M).sum()) for place in places]
    top = np.argsort(-np.array(seen), kind="stable")[:MEASURES]
    works = set(np.random.default_rng([seed, 42]).permutation(top)[:WORKING].tolist())
    return [
        Measure(
            f"M{number:02d}", _KINDS[number % len(_KINDS)], float(places[at, 0]), float(places[at, 1]),
            start, at in works,
        )
        for number, at in enumerate(top.tolist(), start=1)
    ]  # fmt: skip


def without_prevented(
    incidents: pd.DataFrame, measures: Sequence[Measure], seed: int
) -> tuple[pd.DataFrame, list[Measure]]:
    """Incidents without those that working measures prevented, and the measures with how many these were.

    Of all else, but for the planted hotspots, there is less too since they began.
    """
    rng = np.random.default_rng([seed, 43])
    xy, moment = incidents[["x", "y"]].to_numpy(dtype=float), incidents["moment"].to_numpy()
    lot, own = rng.random(len(incidents)), incidents["hotspot"].to_numpy() == ""
    since = moment >= np.datetime64(measures[0].start)
    gone = own & since & (rng.random(len(incidents)) >= QUIETER)
    told = []
    for one in measures:
        inside = np.hypot(*(xy - (one.x, one.y)).T) <= MEASURE_M
        mine = inside & own & since & (lot >= LEFT) & one.works
        told.append(Measure(**vars(one) | {"taken": int((mine & ~gone).sum())}))
        gone |= mine
    return incidents[~gone].reset_index(drop=True), told


def write_measures(folder: Path, measures: Sequence[Measure]) -> None:
    """Write the measures as an analyst would draw them, and apart which of them work."""
    features = []
    for one in measures:
        ring = shapely.get_coordinates(shapely.Point(one.x, one.y).buffer(MEASURE_M, quad_segs=8))
        lon, lat = transform_xy(ring[:, 0], ring[:, 1], LAMBERT72, WGS84)
        told: dict[str, Any] = {
            "name": one.name, "measure": one.kind, "theme": THEME, "start": one.start.isoformat(),
            "fictief": True,
        }  # fmt: skip
        ends = np.round(np.column_stack([lon, lat]), 6)[::-1].tolist()
        shape = {"type": "Polygon", "coordinates": [ends]}
        features.append({"type": "Feature", "properties": told, "geometry": shape})
    _write(folder / FILE, {"type": "FeatureCollection", "fictief": True, "features": features})
    truth = [
        {"name": one.name, "works": one.works, "left": LEFT if one.works else 1.0, "prevented": one.taken}
        for one in measures
    ]
    _write(folder / TRUTH, {"fictief": True, "measures": truth})


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
