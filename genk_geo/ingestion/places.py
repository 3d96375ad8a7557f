"""Where it happened: coordinates where the file has them, else the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import Message
from genk_geo.geocoding import geocode
from genk_geo.ingestion.coordinates import Located, locate_points, locate_texts
from genk_geo.ingestion.pairs import read_pairs
from genk_geo.ingestion.precision import piles
from genk_geo.ingestion.reading.header import comparison_key
from genk_geo.schema import geocode_level_dtype

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from genk_geo.ingestion.profiles.profile import Profile
    from genk_geo.ingestion.reading.raw_table import Points
    from genk_geo.ingestion.rows import Faults, Rows
    from genk_geo.reference import City

#: Coordinates further than this from the street that the same row names are worth a warning.
GROSS_DISTANCE_M = 1_000.0

_ADDRESS = ("address", "house_number", "postcode", "area")
_PLACE = ("sector", "wijk", "stadsdeel")
_FOUND = ("x", "y", "geocode_level", "geocode_score", "geocode_uncertainty_m", *_PLACE)


def read_coordinates(
    rows: Rows, profile: Profile, city: City, points: Points | None, faults: Faults
) -> Located:
    """Read the coordinates of all rows and note those in no known system or outside the city.

    Parameters
    ----------
    rows : Rows
        Text of the file.
    profile : Profile
        May say the coordinate system.
    city : City
        Its bounds tell what is outside.
    points : Points, optional
        Coordinates that a geometry layer brings itself; they count before columns.
    faults : Faults
        Takes ``bad_coordinates`` and ``outside_city``.

    Returns
    -------
    Located
        Aligned with `rows`, in the city's system.
    """
    if points is not None:
        located = locate_points(points.x, points.y, city, crs=points.epsg)
        faults.add(located.bad, "bad_coordinates", "geometry")
        faults.add(located.outside, "outside_city", "geometry")
        return located
    x, y = rows.text("x"), rows.text("y")
    if rows.has("address"):
        first, second, _ = read_pairs(rows.text("address"))
        spoken = (x == "") & (y == "") & (first != "")
        x, y = x.where(~spoken, first), y.where(~spoken, second)
    located = locate_texts(x, y, city, crs=profile.crs)
    column = f"{rows.name('x')}, {rows.name('y')}" if rows.has("x") else rows.name("address")
    both = x + " " + y
    faults.add(located.bad, "bad_coordinates", column, both)
    faults.add(located.outside, "outside_city", column, both)
    return located


def read_addresses(rows: Rows, city: City, located: Located, faults: Faults) -> pd.DataFrame:
    """Compose the address of each row and note the rows that say no place at all.

    Parameters
    ----------
    rows : Rows
        Text of the file.
    city : City
        Its postcodes tell what is outside.
    located : Located
        Coordinates; rows that have them need no address.
    faults : Faults
        Takes ``missing_location`` and ``outside_city``.

    Returns
    -------
    pandas.DataFrame
        ``address``, ``house_number``, ``postcode``, ``area``; empty text where unknown.
    """
    street, whole = rows.text("street"), rows.text("address")
    whole = whole.where(~read_pairs(whole)[2], "")  # coordinates, read as such
    of_street = (street != "").to_numpy()
    table = pd.DataFrame(
        {
            "address": street.where(of_street, whole),
            "house_number": rows.text("house_number").where(of_street, ""),
            "postcode": rows.text("postcode").str.replace(r"\.0$", "", regex=True),
            "area": rows.text("city"),
        }
    )
    blank = ~located.given & (table["address"] == "").to_numpy()
    elsewhere = ~located.given & (table["postcode"] != "").to_numpy()
    if city.postcodes:
        elsewhere &= ~table["postcode"].isin(city.postcodes).to_numpy()
        faults.add(elsewhere, "outside_city", rows.name("postcode"), table["postcode"])
    nowhere = (
        blank
        & (
            (table["postcode"] == "") & (table["area"].map(comparison_key) != comparison_key(city.name))
        ).to_numpy()
    )
    faults.add(nowhere, "missing_location", rows.name("street" if rows.has("street") else "address"))
    return table


def lost_addresses(addresses: pd.DataFrame, places: pd.DataFrame) -> pd.Series:
    """Addresses of which no street was found, as written.

    Parameters
    ----------
    addresses : pandas.DataFrame
        From :func:`read_addresses`.
    places : pandas.DataFrame
        From :func:`find_places`; same length.

    Returns
    -------
    pandas.Series of str
        One a row without a street, but for rows that give no address.
    """
    lost = addresses[(places["geocode_level"] < "street").to_numpy()]
    written = (lost["address"] + " " + lost["house_number"]).str.strip()
    return written[written != ""].reset_index(drop=True)


def find_places(
    located: Located,
    addresses: pd.DataFrame,
    profile: Profile,
    city: City,
    aliases: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Place of each row: its coordinates, else its geocoded address.

    Parameters
    ----------
    located : Located
        Coordinates of the rows.
    addresses : pandas.DataFrame
        From :func:`read_addresses`; same length.
    profile : Profile
        Gives the uncertainty of coordinates.
    city : City
        Where the addresses are.
    aliases : mapping, optional
        Corrected addresses, see :func:`genk_geo.geocoding.read_aliases`.

    Returns
    -------
    places : pandas.DataFrame
        ``x``, ``y`` (NaN below the level of a street), ``geocode_level``, ``geocode_score``,
        ``geocode_uncertainty_m``, ``sector``, ``wijk``, ``stadsdeel``; RangeIndex.
    warnings : list of str
        On coordinates that are rounded or stand for many places, and on those that disagree with the address.
    """
    given = np.isfinite(located.x)
    default, warnings = piles(located.x, located.y, addresses["address"], city)
    unsure = np.maximum(profile.coordinate_uncertainty_m, located.step_m)
    unsure = np.where(default, np.maximum(unsure, _radius(city)), unsure)
    warnings = _roundness(located.step_m[given], profile.coordinate_uncertainty_m) + warnings
    spoken = (addresses["address"] != "").to_numpy()
    found = _geocoded(addresses.loc[~given & spoken], city, aliases).reindex(addresses.index)
    places = pd.DataFrame(
        {
            "x": np.where(given, located.x, found["x"]),
            "y": np.where(given, located.y, found["y"]),
            "geocode_level": found["geocode_level"].astype(object).where(~given, "coordinate"),
            "geocode_score": found["geocode_score"].where(~given, 1.0).fillna(0.0),
            "geocode_uncertainty_m": found["geocode_uncertainty_m"].where(~given, unsure),
            **{name: found[name] for name in _PLACE},
        },
        index=addresses.index,
    )
    # neither coordinates nor a street, but the postcode or the name of the city: somewhere in it
    places.loc[~given & ~spoken, "geocode_level"] = "city"
    places["geocode_level"] = places["geocode_level"].astype(geocode_level_dtype())
    vague = (places["geocode_level"] < "street").to_numpy()
    places.loc[vague, ["x", "y"]] = np.nan
    if given.any():
        areas = city.locate(located.x[given], located.y[given])
        for name in _PLACE:
            places[name] = places[name].astype(object)
            places.loc[given, name] = areas[name].to_numpy(dtype=object)
    for name in _PLACE:
        places[name] = places[name].astype("str")
    return places, warnings + _disagreements(
        located, addresses, city, given & spoken & (unsure < GROSS_DISTANCE_M)
    )


def _radius(city: City) -> float:
    left, bottom, right, top = city.boundary.bounds
    return float(np.hypot(right - left, top - bottom)) / 2


def _roundness(step_m: npt.NDArray[np.float64], usual_m: float) -> list[str]:
    """What is said of coordinates that lie on a coarser lattice than coordinates usually do."""
    rounded = step_m[step_m > usual_m]
    if not rounded.size:
        return []
    coarsest = float(np.max(rounded))
    share = rounded.size / step_m.size
    return [
        Message(
            "{count} rows ({share:.0%}) have rounded coordinates: they lie on a lattice of up to "
            "{step:.0f} m, which is their uncertainty",
            count=rounded.size, share=share, step=coarsest,
        )
    ]  # fmt: skip


def _geocoded(addresses: pd.DataFrame, city: City, aliases: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Geocode each different address once."""
    if addresses.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in _FOUND}).astype(
            dict.fromkeys(("x", "y", "geocode_score", "geocode_uncertainty_m"), float)
        )
    keys = addresses.groupby(list(_ADDRESS), sort=False).ngroup()
    different = addresses.loc[~keys.duplicated(), list(_ADDRESS)]
    answer = geocode(
        different,
        city,
        column="address",
        house_number="house_number",
        postcode="postcode",
        area="area",
        aliases=aliases,
    ).rename(columns={f"x_{city.crs}": "x", f"y_{city.crs}": "y"})
    return answer[list(_FOUND)].set_axis(keys.loc[different.index]).loc[keys].set_axis(addresses.index)


def _disagreements(located: Located, addresses: pd.DataFrame, city: City, both: np.ndarray) -> list[str]:
    if not both.any() or city.streets.empty:
        return []
    found = _geocoded(addresses.loc[both], city)
    apart = np.hypot(found["x"].to_numpy() - located.x[both], found["y"].to_numpy() - located.y[both])
    known = pd.Categorical(found["geocode_level"], dtype=geocode_level_dtype()) >= "street"
    far = int((known & (apart > GROSS_DISTANCE_M)).sum())
    if not far:
        return []
    return [
        Message(
            "{count} rows have coordinates more than 1 km from the street they name: "
            "the coordinates were taken",
            count=far,
        )
    ]
