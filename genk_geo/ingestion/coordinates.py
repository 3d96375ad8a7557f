"""Coordinates as files carry them, to the city's own system, recognised by their value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.crs import LAMBERT72, LAMBERT2008, WGS84, transform_xy
from genk_geo.ingestion.precision import lattice_step, spreadsheet_step

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.reference import City

# x from, x to, y from, y to: the surroundings of Genk; the two Lambert systems cannot be confused.
_RANGES = {LAMBERT72: (200e3, 260e3, 150e3, 220e3), LAMBERT2008: (700e3, 760e3, 650e3, 720e3)}

# In a city's own system a value counts as a coordinate so far outside the city's bounds.
_MARGIN_M = 20_000.0


@dataclass(frozen=True)
class Located:
    """Coordinates in the city's system, row by row.

    Attributes
    ----------
    x, y : numpy.ndarray
        In the city's metric system; NaN where none could be read.
    given : numpy.ndarray of bool
        True where the file gives a coordinate at all (blank and 0, 0 are none).
    bad : numpy.ndarray of bool
        True where something is given that is in no known system.
    outside : numpy.ndarray of bool
        True where the place lies outside the city.
    step_m : numpy.ndarray
        Step of the lattice that the coordinates lie on, as they are written; 0 where none.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    given: npt.NDArray[np.bool_]
    bad: npt.NDArray[np.bool_]
    outside: npt.NDArray[np.bool_]
    step_m: npt.NDArray[np.float64]


def read_numbers(texts: pd.Series) -> npt.NDArray[np.float64]:
    """Numbers with a decimal comma or point, with or without separators of thousands; NaN if unreadable."""
    simple = texts.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(simple, errors="coerce").to_numpy(dtype=float, na_value=np.nan, copy=True)
    numbers[~np.isfinite(numbers)] = np.nan
    odd = np.flatnonzero(np.isnan(numbers) & (texts != "").to_numpy())
    numbers[odd] = [_odd_number(text) for text in texts.iloc[odd]]
    return numbers


def _odd_number(text: str) -> float:
    """Number with separators of thousands: the last of point and comma is the decimal one."""
    digits = re.sub(r"[\s\u00a0\u202f']", "", text)
    if "," in digits and "." in digits:
        thousands, decimal = (".", ",") if digits.rfind(",") > digits.rfind(".") else (",", ".")
        digits = digits.replace(thousands, "").replace(decimal, ".")
    elif digits.count(".") + digits.count(",") > 1:
        digits = digits.replace(".", "").replace(",", "")
    digits = digits.replace(",", ".")
    return float(digits) if re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]*)?", digits) else np.nan


def locate_texts(x: pd.Series, y: pd.Series, city: City, *, crs: int | None = None) -> Located:
    """Read two columns of coordinates.

    Parameters
    ----------
    x, y : pandas.Series of str
        Coordinates as text; blank where none.
    city : City
        Gives the metric system and the bounds.
    crs : int, optional
        EPSG code of the columns; recognised row by row when absent.

    Returns
    -------
    Located
        Coordinates in the city's system.
    """
    written = ((x != "") | (y != "")).to_numpy()
    located = locate_points(read_numbers(x), read_numbers(y), city, crs=crs, written=written)
    rounded = np.maximum(spreadsheet_step(x), spreadsheet_step(y))
    return replace(located, step_m=np.maximum(located.step_m, np.where(rounded >= 1, rounded, 0.0)))


def locate_points(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    city: City,
    *,
    crs: int | None = None,
    written: npt.NDArray[np.bool_] | None = None,
) -> Located:
    """Bring coordinates to the city's system (see :func:`locate_texts`).

    Longitude and latitude that were swapped are told by which order lies nearest to the city. Other systems
    are told by their range: Belgian Lambert 72 and 2008 around Genk for a Belgian city, and for each city its
    own system within 20 km of its bounds.
    """
    given = (np.isfinite(x) | np.isfinite(y)) if written is None else written
    given = given & ~((x == 0) & (y == 0))
    at_x, at_y, step = np.full(len(x), np.nan), np.full(len(x), np.nan), np.zeros(len(x))
    systems = {crs: given & np.isfinite(x) & np.isfinite(y)} if crs is not None else _recognised(x, y, city)
    for system, rows in systems.items():
        if rows.any():
            at_x[rows], at_y[rows] = _moved(x[rows], y[rows], system, city)
            step[rows] = lattice_step(x[rows], y[rows], WGS84 if _is_degrees(system) else system)
    bad = given & ~(np.isfinite(at_x) & np.isfinite(at_y))
    read = given & ~bad
    outside = np.zeros(len(x), dtype=bool)
    if read.any():
        outside[read] = ~city.contains(at_x[read], at_y[read])
    return Located(np.where(read, at_x, np.nan), np.where(read, at_y, np.nan), given, bad, outside, step)


@cache
def _is_degrees(system: int) -> bool:
    from pyproj import CRS

    return bool(CRS.from_epsg(system).is_geographic)


def _recognised(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], city: City
) -> dict[int, npt.NDArray[np.bool_]]:
    """Rows of each coordinate system."""
    degrees = (np.abs(x) < 180) & (np.abs(y) < 180) & ~((x == 0) & (y == 0))
    rows = {WGS84: degrees}
    left, bottom, right, top = city.boundary.bounds
    own = (left - _MARGIN_M, right + _MARGIN_M, bottom - _MARGIN_M, top + _MARGIN_M)
    ranges = {city.crs: own}
    if city.crs in _RANGES:
        ranges |= {system: box for system, box in _RANGES.items() if system != city.crs}
        ranges[city.crs] = _around(own, _RANGES[city.crs])
    taken = degrees.copy()
    for system, (x_from, x_to, y_from, y_to) in ranges.items():
        fits = (x >= x_from) & (x <= x_to) & (y >= y_from) & (y <= y_to) & ~taken
        rows[system] = rows.get(system, np.zeros(len(x), dtype=bool)) | fits
        taken |= fits
    return rows


def _around(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    return (min(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), max(one[3], other[3]))


def _moved(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], system: int, city: City
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if system == WGS84:
        x, y = _turned(x, y, city)
    return transform_xy(x, y, system, city.crs)


def _turned(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], city: City
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitude and latitude in that order, whichever way round a row has them."""
    left, bottom, right, top = city.boundary.bounds
    lon, lat = transform_xy([(left + right) / 2], [(bottom + top) / 2], city.crs, WGS84)
    as_written = np.abs(x - lon[0]) + np.abs(y - lat[0])
    swapped = np.abs(y - lon[0]) + np.abs(x - lat[0])
    turn = swapped < as_written
    return np.where(turn, y, x), np.where(turn, x, y)
