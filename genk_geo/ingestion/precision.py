"""How precisely coordinates are written: the lattice that they lie on, and piles of rows on one point.

Rounded coordinates lie on a lattice: those of a spreadsheet that shows 2,29E+05, of a supplier that gives two
or three decimals of a degree, of the corners of a grid. Taken for exact, they make hotspots of the corners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import WGS84
from genk_geo.errors import Message

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.reference import City

    Floats = npt.NDArray[np.float64]

# Steps in metres, coarse to fine; a finer one is within the uncertainty of any coordinate.
_STEPS_M = (10_000.0, 5_000.0, 2_000.0, 1_000.0, 500.0, 250.0, 200.0, 100.0, 50.0, 25.0, 20.0, 10.0)
_STEPS_DEG = (1.0, 0.5, 0.1, 0.05, 0.01, 0.005, 0.001, 0.0005, 0.0001)
# The longer side of a mesh: a degree of latitude.
_M_PER_DEG = 111_320.0
# So many different points on a lattice of round metres are no chance; degrees are never round by chance.
_POINTS, _POINTS_COARSE, _COARSE_M = 8, 3, 1_000.0
_SHARE = 0.2
_ROUNDED = r"^[+-]?(\d+)(?:[.,](\d+))?[eE]\+?(\d+)$"

# A pile is worth a word when it holds so many rows, and so large a part of the file.
_LEAST_PILE, _PILE_SHARE = 10, 0.05
_NAMED_PILES = 3
# So many streets on one point mean that the point stands for "somewhere in the city".
_STREETS_OF_A_DEFAULT = 3
_MIDDLE_M = 30.0


def lattice_step(x: Floats, y: Floats, system: int) -> Floats:
    """Step of the lattice that coordinates lie on.

    Parameters
    ----------
    x, y : numpy.ndarray
        As written, all in one system; NaN passed over.
    system : int
        EPSG code; degrees for WGS84, else metres.

    Returns
    -------
    numpy.ndarray
        Metres, one a row; 0 where the row is on no lattice worth speaking of.

    Examples
    --------
    >>> from genk_geo.ingestion.precision import lattice_step
    >>> lattice_step(np.array([5.50, 5.51]), np.array([50.96, 50.97]), 4326).round(-1)
    array([1110., 1110.])
    """
    steps = np.zeros(len(x))
    left = np.isfinite(x) & np.isfinite(y)
    degrees = system == WGS84
    for step in _STEPS_DEG if degrees else _STEPS_M:
        on = left & _multiple(x, step) & _multiple(y, step)
        if not on.any() or on.sum() < _SHARE * np.isfinite(x).sum():
            continue
        points = len(np.unique(np.column_stack([x[on], y[on]]), axis=0))
        if degrees or points >= (_POINTS_COARSE if step >= _COARSE_M else _POINTS):
            steps[on] = step * _M_PER_DEG if degrees else step
            left &= ~on
    return steps


def _multiple(values: Floats, step: float) -> npt.NDArray[np.bool_]:
    turns = np.nan_to_num(values, nan=0.5 * step) / step
    return np.asarray(np.abs(turns - np.round(turns)) < 1e-6, dtype=bool)


def spreadsheet_step(texts: pd.Series) -> Floats:
    """Units to which a spreadsheet rounded a number (2,29E+05: 1000); 0 where it did not."""
    steps = np.zeros(len(texts))
    shortened = texts.str.contains("e", case=False, regex=False).to_numpy(dtype=bool)
    if shortened.any():
        parts = texts[shortened].str.extract(_ROUNDED)
        power = pd.to_numeric(parts[2], errors="coerce") - parts[1].fillna("").str.len()
        steps[shortened] = np.power(10.0, power.to_numpy(dtype=float)) * parts[0].notna().to_numpy()
    return np.nan_to_num(steps)


def piles(x: Floats, y: Floats, streets: pd.Series, city: City) -> tuple[npt.NDArray[np.bool_], list[str]]:
    """Find piles of rows on one exact point.

    Parameters
    ----------
    x, y : numpy.ndarray
        In the city's system, NaN where none.
    streets : pandas.Series of str
        Street or address that each row names, empty where none.
    city : City
        Names the place.

    Returns
    -------
    default : numpy.ndarray of bool
        Rows on a point that stands for "somewhere": the middle of the city, or one point for many streets.
    warnings : list of str
        The piles, by name and count.
    """
    default = np.zeros(len(x), dtype=bool)
    placed = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if placed.size < _LEAST_PILE:
        return default, []
    place = pd.MultiIndex.from_arrays([x[placed], y[placed]]).factorize()[0]
    counts = np.bincount(place)
    large = np.flatnonzero(counts >= max(_LEAST_PILE, _PILE_SHARE * placed.size))
    warnings: list[str] = []
    for one in large[np.argsort(-counts[large], kind="stable")]:
        rows = placed[place == one]
        where = (float(x[rows[0]]), float(y[rows[0]]))
        names = streets.iloc[rows].str.casefold()
        several = names[names != ""].nunique() >= _STREETS_OF_A_DEFAULT
        if several or _is_middle(where, city):
            default[rows] = True
        if len(warnings) < _NAMED_PILES:
            meaning = (
                Message("the point stands for more than one place, so they count for no hotspot")
                if default[rows[0]]
                else Message("a default of the supplier would make a hotspot there")
            )
            warnings.append(
                Message(
                    "{count} rows ({share:.0%}) lie on one exact point, {place}: {meaning}",
                    count=len(rows),
                    share=len(rows) / placed.size,
                    place=_named(where, city),
                    meaning=meaning,
                )
            )
    if len(large) > _NAMED_PILES:
        warnings.append(Message("{count} more points hold many rows each", count=len(large) - _NAMED_PILES))
    return default, warnings


def _is_middle(where: tuple[float, float], city: City) -> bool:
    left, bottom, right, top = city.boundary.bounds
    centroid = city.boundary.centroid
    middles = ((centroid.x, centroid.y), ((left + right) / 2, (bottom + top) / 2))
    return any(np.hypot(where[0] - x, where[1] - y) <= _MIDDLE_M for x, y in middles)


def _named(where: tuple[float, float], city: City) -> str:
    streets = city.streets_near(shapely.Point(where), 1)
    wijk = city.locate([where[0]], [where[1]])["wijk"].iloc[0]
    parts = [part for part in (*streets, wijk) if isinstance(part, str)]
    return (
        f"{', '.join(parts)} ({where[0]:.0f}, {where[1]:.0f})"
        if parts
        else f"({where[0]:.0f}, {where[1]:.0f})"
    )
