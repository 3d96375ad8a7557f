"""The incidents as each supplier would write them down: the columns of its file, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.crs import LAMBERT72, WGS84, transform_xy
from genk_geo.demo.calibration import facts

if TYPE_CHECKING:
    import numpy.typing as npt

    Texts = npt.NDArray[np.object_]

_HOUR = np.timedelta64(3600, "s")
_DAY = 24 * _HOUR
#: Kinds of incidents with how often they occur (own choices), and what citizens write beside a report.
BURGLARY_OTHER = {"inbraak ander gebouw": 6, "inbraak handelszaak": 3, "inbraak tuinhuis": 3}
DAY_NUISANCE = {
    "Sluikstort": 42,
    "Zwerfvuil": 20,
    "Geluidsoverlast": 8,
    "Vandalisme": 7,
    "Rondhangende jongeren": 8,
    "Drugsoverlast": 4,
    "Loslopende hond": 4,
    "Burenruzie": 4,
    "Andere": 3,
}
NIGHT_NUISANCE = {
    "Geluidsoverlast": 46,
    "Rondhangende jongeren": 20,
    "Vandalisme": 10,
    "Drugsoverlast": 8,
    "Vuurwerk": 5,
    "Overlast evenement": 6,
    "Burenruzie": 5,
}
OTHER_SIDE = {"auto": 60, "": 24, "voetganger": 6, "bromfietser": 4, "vrachtwagen": 4, "motorfiets": 2}
REMARKS = {
    "": 40,
    "al enkele dagen": 12,
    "verzonnen melding, alleen om te proberen": 12,
    "graag opvolging": 10,
    "zelfde plaats als vorige keer; melder wil anoniem blijven": 8,
    "zie foto": 8,
    "aan de containers, naast het paadje": 6,
    "'s nachts tot na 2 uur": 4,
}
#: How numbers of a theme begin, and what stands before the year.
_NUMBERS = {"burglary": ("DEMO.00.L3.", "/"), "nuisance": ("DEMO-", "-"), "traffic": ("DEMO.30.LB.", "/")}


def burglary_rows(incidents: pd.DataFrame, end: np.datetime64, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of the police file of burglaries.

    A home stands empty for some hours, a working day or some days; the burglary was somewhere in between.

    Parameters
    ----------
    incidents : pandas.DataFrame
        From :func:`genk_geo.demo.incidents.draw_incidents`.
    end : numpy.datetime64
        Moment at which the file was made; what was not found by then is not in it.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    pandas.DataFrame
        Index of `incidents` (those in the file); the columns of the file.
    """
    n = len(incidents)
    moment = incidents["moment"].to_numpy()
    kind = rng.choice(3, n, p=[0.6, 0.25, 0.15])
    hours = np.choose(kind, [rng.uniform(1, 6, n), rng.uniform(6, 14, n), rng.uniform(24, 144, n)])
    share = rng.uniform(0.2, 0.8, n)
    begin = _quarters(moment - (share * hours * 3600).astype("timedelta64[s]"))
    until = _quarters(moment + ((1 - share) * hours * 3600).astype("timedelta64[s]"))
    late = rng.random(n) < 0.03
    found = until + (rng.integers(0, 20, n) * 3600).astype("timedelta64[s]")
    found = np.where(late, found + rng.integers(4, 40, n) * _DAY, found)
    alarm = rng.random(n) < 0.08
    attempt = rng.random(n) < facts("burglary")["attempt_share"]
    home = rng.random(n) < 0.82
    fact = np.where(attempt, "poging woninginbraak", "woninginbraak")
    fact = np.where(home, fact, choose(BURGLARY_OTHER, n, rng))
    x, y = _lambert72(incidents)
    table = pd.DataFrame(
        {
            "PV-nummer": numbers("burglary", incidents),
            "Datum van": _date(np.where(alarm, moment, begin)),
            "Uur van": _clock(np.where(alarm, moment, begin)),
            "Datum tot": np.where(alarm, "", _date(until)),
            "Uur tot": np.where(alarm, "", _clock(until)),
            "Datum vaststelling": _date(found),
            "Feit": fact,
            "Straat": incidents["street"].to_numpy(),
            "Nr": incidents["house"].astype(str).to_numpy(),
            "Bus": np.where(rng.random(n) < 0.08, rng.integers(1, 20, n).astype(str), ""),
            "Postcode": incidents["postcode"].to_numpy(),
            "Gemeente": "Genk",
            "X": x,
            "Y": y,
        },
        index=incidents.index,
    )
    written: pd.DataFrame = table.loc[(found < end) & (until < end)]
    return written


def nuisance_rows(incidents: pd.DataFrame, end: np.datetime64, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of the citizens' reporting point; what parameters and result are, see :func:`burglary_rows`."""
    n = len(incidents)
    moment = incidents["moment"].to_numpy()
    hour = (moment - moment.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    night = (hour >= 21) | (hour < 6)
    sort = np.where(night, choose(NIGHT_NUISANCE, n, rng), choose(DAY_NUISANCE, n, rng))
    delay = rng.exponential(np.where(night, 10.0, 4.0)) + 0.05
    delay = np.where(rng.random(n) < 0.02, rng.uniform(72, 400, n), delay)
    reported = moment + (delay * 3600).astype("timedelta64[s]")
    weekend = (reported.astype("datetime64[D]").astype(np.int64) + 3) % 7 >= 5
    monday = np.busday_offset(reported.astype("datetime64[D]"), 0, roll="forward")
    wait = weekend & (rng.random(n) < 0.5)  # half of those who meet it in a weekend report on Monday
    office = monday.astype("datetime64[s]") + (8 * 3600 + rng.integers(0, 8 * 3600, n)).astype(
        "timedelta64[s]"
    )
    reported = np.where(wait & (office < end), office, reported)
    noted = night | (rng.random(n) < 0.85)
    lon, lat = transform_xy(incidents["x"], incidents["y"], LAMBERT72, WGS84)
    house = incidents["house"].astype(str).to_numpy(dtype=object)
    table = pd.DataFrame(
        {
            "Meldingsnummer": numbers("nuisance", incidents),
            "Gemeld op": _date(reported, time=True),
            "Vastgesteld op": np.where(noted, _date(moment, time=True), ""),
            "Soort melding": sort,
            "Omschrijving": choose(REMARKS, n, rng),
            "Adres": incidents["street"].to_numpy(dtype=object) + " " + house + ", 3600 Genk",
            "Breedtegraad": _decimal(lat, 6),
            "Lengtegraad": _decimal(lon, 6),
        },
        index=incidents.index,
    )
    written: pd.DataFrame = table.loc[reported < end]
    return written


def traffic_rows(incidents: pd.DataFrame, end: np.datetime64, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of the police file of accidents; what parameters and result are, see :func:`burglary_rows`."""
    n = len(incidents)
    known = facts("traffic")
    moment = incidents["moment"].to_numpy()
    injury = rng.random(n) < known["per_year"] / (known["per_year"] + known["material_per_year"])
    chance = [known["fatal_share"], known["serious_share"]]
    degree = rng.choice(
        np.array(["dodelijk", "zwaar gewond", "licht gewond"], dtype=object), n, p=[*chance, 1 - sum(chance)]
    )
    cyclist = rng.random(n) < np.where(injury, known["cyclist_share"], 0.02)
    first = np.where(
        cyclist, "fietser", choose({"auto": 86, "vrachtwagen": 6, "motorfiets": 4, "bus": 4}, n, rng)
    )
    second = np.where(cyclist, "auto", choose(OTHER_SIDE, n, rng))
    road = incidents["street"].to_numpy(dtype=object)
    house = incidents["house"].astype(str).to_numpy(dtype=object)
    forms = np.array(
        [
            road + " " + house + ", 3600 Genk",
            road + " t.h.v. nr. " + house + ", Genk",
            "Kruispunt " + road + " - " + incidents["crossing"].to_numpy(dtype=object) + ", Genk",
        ],
        dtype=object,
    )
    x, y = _lambert72(incidents)
    table = pd.DataFrame(
        {
            "PV-nummer": numbers("traffic", incidents),
            "Datum": _date(moment),
            "Uur": np.where(rng.random(n) < 0.01, "99", _clock(moment)),
            "Ernst": np.where(injury, degree, "stoffelijke schade"),
            "Slachtoffers": np.where(injury, 1 + (rng.random(n) < 0.2).astype(int), 0).astype(str),
            "Weggebruiker 1": first,
            "Weggebruiker 2": second,
            "Plaats": forms[rng.choice(3, n, p=[0.4, 0.35, 0.25]), np.arange(n)],
            "X": x,
            "Y": y,
        },
        index=incidents.index,
    )
    written: pd.DataFrame = table.loc[moment < end]
    return written


def choose(weights: dict[str, int], n: int, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Draw `n` of the keys by their weights."""
    share = np.array(list(weights.values()), dtype=float)
    return rng.choice(np.array(list(weights), dtype=object), size=n, p=share / share.sum())


def numbers(theme: str, incidents: pd.DataFrame) -> Texts:
    """Numbers that count up within a year, clearly of no real register."""
    head, slash = _NUMBERS[theme]
    year = incidents["moment"].dt.year
    serial = incidents.groupby(year, sort=False).cumcount() + 1
    texts: Texts = (head + serial.astype(str).str.zfill(5) + slash + (year % 100).astype(str)).to_numpy(
        object
    )
    return texts


def _quarters(moments: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
    """Moments as people tell them: to the quarter of an hour."""
    seconds = moments.astype("datetime64[s]").astype(np.int64)
    rounded: npt.NDArray[np.datetime64] = ((seconds + 450) // 900 * 900).astype("datetime64[s]")
    return rounded


def _date(moments: npt.NDArray[np.datetime64], *, time: bool = False) -> Texts:
    index = pd.DatetimeIndex(moments)
    texts: Texts = index.strftime("%d/%m/%Y %H:%M" if time else "%d/%m/%Y").to_numpy(object)
    return texts


def _clock(moments: npt.NDArray[np.datetime64]) -> Texts:
    texts: Texts = pd.DatetimeIndex(moments).strftime("%H:%M").to_numpy(object)
    return texts


def _lambert72(incidents: pd.DataFrame) -> tuple[Texts, Texts]:
    return _decimal(incidents["x"].to_numpy(), 2), _decimal(incidents["y"].to_numpy(), 2)


def _decimal(values: npt.NDArray[np.float64], digits: int) -> Texts:
    """Numbers with a decimal comma."""
    return np.array([f"{value:.{digits}f}".replace(".", ",") for value in values], dtype=object)
