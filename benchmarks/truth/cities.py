"""Fictitious years of reports in Genk of which the truth is known: what happened, and how often it was told.

Incidents follow the embedded dwellings (with the theme's share of even ground), so that without a planted
hotspot none is there. On top come, one at a time or together: shocks by wijk, seasons, weekdays, a trend, a
step in reporting, and echoes: further reports of one event.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from genk_geo import City
from genk_geo.calendar import Week
from genk_geo.config import THEMES
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.schema import geocode_level_dtype

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: The last week.
WEEK = Week(2026, 46)
#: Weeks on record, and incidents a week.
WEEKS, PER_WEEK = 156, {"nuisance": 80.0, "burglary": 4.0, "traffic": 8.0}
#: How long an incident's window is, in hours: moments for two themes, nights or days away for burglary.
_WINDOW_HOURS = {"nuisance": 0.0, "burglary": 12.0, "traffic": 0.0}
_CATEGORIES = {"nuisance": 4, "burglary": 2, "traffic": 2}
_ZONE = "Europe/Brussels"


class Echo(NamedTuple):
    """Share of events that are told again, how often on average, how far (m) and how late (days)."""

    share: float
    extra: float
    spread_m: float = 20.0
    days: float = 1.0


#: Four strengths of echoes.
ECHOES = (Echo(0.02, 1.3), Echo(0.05, 1.5), Echo(0.10, 2.0), Echo(0.20, 3.0))


class Spot(NamedTuple):
    """A planted hotspot: how many times the usual risk, how wide, for how many weeks by now."""

    factor: float
    radius_m: float
    weeks: int


@dataclass(frozen=True)
class Truth:
    """How the years are drawn.

    Attributes
    ----------
    theme : str
        Theme of the usual settings.
    echo : Echo or None
        Further reports.
    shock : float
        Coefficient of variation of each wijk's level, drawn anew every four weeks.
    season, weekday : float
        Size of the yearly and weekly wave, 0 to 1.
    trend : float
        Growth over the record, 0.5 is half as much again.
    step : float
        Factor on the reporting of the last ten weeks.
    garages : float
        Nights a year in which three garages in a row are broken into.
    spot : Spot or None
        What is planted.
    """

    theme: str
    echo: Echo | None = None
    shock: float = 0.0
    season: float = 0.0
    weekday: float = 0.0
    trend: float = 0.0
    step: float = 1.0
    garages: float = 0.0
    spot: Spot | None = None


class Drawn(NamedTuple):
    """A history, the true event of each of its reports, and the middle of the planted hotspot."""

    history: ThemeHistory
    event: npt.NDArray[np.int64]
    middle: Floats | None


@cache
def ground() -> Ground:
    """Genk in cells of 100 m."""
    return Ground.cover(City.load(), 100)


@cache
def shares(theme: str) -> Floats:
    """Share of the incidents that each cell has, as the weekly job expects it where nothing was recorded."""
    base = ground()
    nothing = pd.Series(0, index=base.cells.index)
    return base.expected_share(nothing, THEMES[theme].ground_share).to_numpy()


def draw(truth: Truth, rng: np.random.Generator) -> Drawn:
    """Draw one history."""
    events, middle = _events(truth, rng)
    if truth.echo is not None:
        events = _echoed(events, truth.echo, rng)
    if truth.garages:
        events = _with_garages(events, truth, rng)
    end = np.datetime64(WEEK.shift(1).monday, "s").astype(float) / 86400.0
    events = events[events["day"] < end - 1e-4]
    return Drawn(history_of(truth.theme, events), events["event"].to_numpy(), middle)


def history_of(theme: str, events: pd.DataFrame, *, bundle: bool = True) -> ThemeHistory:
    """History of ``x``, ``y``, ``day`` (since 1970, local), ``category`` and ``source``."""
    moment = pd.to_datetime(np.round(events["day"].to_numpy() * 86400), unit="s").tz_localize(
        _ZONE, ambiguous=np.zeros(len(events), bool), nonexistent="shift_forward"
    )
    half = pd.Timedelta(hours=_WINDOW_HOURS[theme] / 2)
    table = gpd.GeoDataFrame(
        {
            "incident_id": [f"{theme[:1]}{i}" for i in range(len(events))],
            "theme": theme,
            "category": events["category"].astype(str).to_numpy(),
            "source": events["source"].astype(str).to_numpy(),
            "from": moment - half,
            "to": moment + half,
            "reported": pd.Series(moment + half),
            "geocode_level": pd.Categorical(["address"] * len(events), dtype=geocode_level_dtype()),
            "geocode_uncertainty_m": 5.0,
        },
        geometry=gpd.points_from_xy(events["x"], events["y"]),
        crs=ground().city.crs,
    )
    settings = THEMES[theme].model_copy(update={"bundle": bundle})
    return ThemeHistory(theme, settings, table, ground())


def _events(truth: Truth, rng: np.random.Generator) -> tuple[pd.DataFrame, Floats | None]:
    share = shares(truth.theme)
    level = PER_WEEK[truth.theme] * _weekly_level(truth)
    week, xy = _in_cells(rng.poisson(level[:, None] * _shocked(truth, share, rng)), rng)
    middle = None
    if truth.spot is not None:
        middle, more = _planted(truth, share, level, rng)
        xy, week = np.vstack([xy, more[0]]), np.concatenate([week, more[1]])
    return _table(truth.theme, week, xy, truth.weekday, rng), middle


def _in_cells(
    weekly: npt.NDArray[np.int64], rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Week and place of each event, from counts by week and cell."""
    week, cell = np.nonzero(weekly)
    times = weekly[week, cell]
    week, cell = np.repeat(week, times), np.repeat(cell, times)
    return week, middles()[cell] + rng.uniform(-50, 50, (week.size, 2))


def _table(
    theme: str, week: npt.NDArray[np.int64], xy: Floats, weekday: float, rng: np.random.Generator
) -> pd.DataFrame:
    begin = np.datetime64(WEEK.shift(1 - WEEKS).monday, "D").astype(float)
    day = begin + 7.0 * week + _day_of_week(weekday, week.size, rng)
    table = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "day": day, "event": np.arange(week.size)})
    table["category"] = rng.integers(0, _CATEGORIES[theme], week.size)
    table["source"] = rng.integers(0, 2, week.size)
    return table


@cache
def middles() -> Floats:
    """Middles of the cells."""
    return ground().cells.geometry.centroid.get_coordinates().to_numpy()


def _weekly_level(truth: Truth) -> Floats:
    week = np.arange(WEEKS)
    level = 1.0 + truth.season * np.sin(2 * np.pi * (week - WEEKS) / 52.0)
    level *= 1.0 + truth.trend * (week / WEEKS - 0.5)
    level[-10:] *= truth.step
    return level


def _shocked(truth: Truth, share: Floats, rng: np.random.Generator) -> Floats:
    """Share of each cell by week; wijken go up and down for four weeks at a time."""
    if not truth.shock:
        return np.broadcast_to(share, (WEEKS, share.size))
    wijk = pd.factorize(ground().cells["wijk"])[0]
    shape = 1.0 / truth.shock**2
    factor = rng.gamma(shape, 1.0 / shape, (-(-WEEKS // 4), wijk.max() + 2))
    return share * np.repeat(factor, 4, axis=0)[:WEEKS][:, wijk]


def _day_of_week(wave: float, n: int, rng: np.random.Generator) -> Floats:
    """Day and time of day; the weekend and the evening have more."""
    weight = 1.0 + wave * np.array([-0.5, -0.5, -0.5, -0.5, 0.5, 1.0, 0.5])
    hour = 1.0 + wave * np.sin(2 * np.pi * (np.arange(24) - 14) / 24.0)
    day = rng.choice(7, n, p=weight / weight.sum())
    return day + (rng.choice(24, n, p=hour / hour.sum()) + rng.random(n)) / 24.0


@cache
def planted_prior(theme: str) -> Floats:
    """Chance of each cell to be the middle of a hotspot: where people live."""
    share = shares(theme)
    lived = np.where(share > np.quantile(share[share > 0], 0.5), share, 0.0)
    return lived / lived.sum()


def planted_middle(theme: str, rng: np.random.Generator) -> Floats:
    """Middle of a hotspot."""
    prior = planted_prior(theme)
    return np.asarray(middles()[rng.choice(prior.size, p=prior)])


def uneven_risks(rng: np.random.Generator) -> Floats:
    """A risk for each cell, the same in blocks of 400 m (gamma, coefficient of variation .7)."""
    cells, shape = ground().grid.cells, 1 / 0.7**2
    block = (cells["col"].to_numpy() // 4) * 10_000 + cells["row"].to_numpy() // 4
    number = np.unique(block, return_inverse=True)[1]
    return rng.gamma(shape, 1 / shape, number.max() + 1)[number]


def history_at(theme: str, before: Floats, now: Floats, rng: np.random.Generator) -> ThemeHistory:
    """A history of which the shares of the cells are others in the window of the page than before."""
    window = THEMES[theme].window_weeks
    recent = np.arange(WEEKS) >= WEEKS - window
    share = np.where(recent[:, None], now, before)
    week, xy = _in_cells(rng.poisson(PER_WEEK[theme] * share), rng)
    return history_of(theme, _table(theme, week, xy, 0.0, rng))


def _planted(
    truth: Truth, share: Floats, level: Floats, rng: np.random.Generator
) -> tuple[Floats, tuple[Floats, npt.NDArray[np.int64]]]:
    """Middle of the hotspot, and the places and weeks of what it adds; where people live."""
    spot = truth.spot
    middle = planted_middle(truth.theme, rng)
    away = np.hypot(*(middles() - middle).T)
    inside = np.flatnonzero(away <= max(spot.radius_m, 60.0))
    # Usual risk in a circle: the mean of its cells, by its area.
    usual = share[inside].mean() / 1e4 * np.pi * spot.radius_m**2
    weeks = np.arange(WEEKS - spot.weeks, WEEKS)
    count = rng.poisson((spot.factor - 1.0) * usual * level[weeks])
    week = np.repeat(weeks, count)
    far, angle = spot.radius_m * np.sqrt(rng.random(week.size)), rng.uniform(0, 2 * np.pi, week.size)
    return middle, (middle + np.column_stack([far * np.cos(angle), far * np.sin(angle)]), week)


def _echoed(events: pd.DataFrame, echo: Echo, rng: np.random.Generator) -> pd.DataFrame:
    """Add further reports: as near and as soon as said, mostly of the same category."""
    told = np.flatnonzero(rng.random(len(events)) < echo.share)
    whole = int(echo.extra)
    extra = whole + (rng.random(told.size) < echo.extra - whole)
    again = events.iloc[np.repeat(told, extra)].copy()
    again[["x", "y"]] += rng.normal(0, echo.spread_m / np.sqrt(2), (len(again), 2))
    again["day"] += rng.uniform(0, echo.days, len(again))
    other = rng.random(len(again)) < 0.15
    again.loc[other, "category"] = rng.integers(0, events["category"].max() + 1, other.sum())
    again["source"] = rng.integers(0, 3, len(again))
    return pd.concat([events, again], ignore_index=True)


def _with_garages(events: pd.DataFrame, truth: Truth, rng: np.random.Generator) -> pd.DataFrame:
    """Add nights in which three garages in a row are broken into; lots of 5 to 40 m."""
    nights = rng.poisson(truth.garages * WEEKS / 52.0)
    first = events.iloc[rng.choice(len(events), nights)].reset_index(drop=True)
    first["event"] = events["event"].max() + 1 + np.arange(nights)
    first["day"] = rng.uniform(events["day"].min(), events["day"].max(), nights)
    lot, angle = rng.uniform(5, 40, nights), rng.uniform(0, 2 * np.pi, nights)
    rows = [
        first.assign(
            x=first["x"] + k * lot * np.cos(angle),
            y=first["y"] + k * lot * np.sin(angle),
            day=first["day"] + rng.uniform(-0.1, 0.1, nights),
        )
        for k in range(3)
    ]
    return pd.concat([events, *rows], ignore_index=True)
