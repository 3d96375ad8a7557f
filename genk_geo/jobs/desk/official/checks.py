"""What a new reference must hold before it is used: held against the city and the version before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import WGS84, transform_xy
from genk_geo.doors import read_layer
from genk_geo.errors import Message
from genk_geo.jobs.desk.official.faults import OfficialError, UnfitError
from genk_geo.jobs.desk.official.prepare import MARGIN_M
from genk_geo.reference.best import read_prepared
from genk_geo.reference.official import sectors_to_wijken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from genk_geo.jobs.desk.official.prepare import Prepared
    from genk_geo.reference import City

#: Part of the addresses that lies in the city, of the streets that have a name, of the sectors with a count.
_MOST_INSIDE, _MOST_NAMED, _MOST_COUNTED = 0.95, 0.5, 0.9
#: Part of the known streets that may be gone from the register: a part of it would be worse than none.
_MOST_GONE = 0.2
#: Borders of the city may differ so much from official ones, and from indicative ones.
_BORDER, _BORDER_INDICATIVE = 0.02, 0.25
#: Overlap or gap among sectors, as a part of the city, that is rounding.
_ROUNDING = 1e-3


def check(
    folder: Path,
    made: Mapping[str, Prepared],
    city: City,
    before: Mapping[str, int],
    change: float,
    accepted: Collection[str] = (),
) -> list[str]:
    """Look at every new layer; the first that is unfit is told.

    Parameters
    ----------
    folder : pathlib.Path
        Of the version that is being made.
    made : mapping of str to Prepared
        New layers.
    city : City
        As it is known so far.
    before : mapping of str to int
        Counts of the version in use.
    change : float
        How much they may differ.
    accepted : collection of str
        Names of checks that somebody has looked into and passes over.

    Returns
    -------
    list of str
        Checks that were passed over though they failed.

    Raises
    ------
    UnfitError
        With the name of the check, so that it can be accepted.
    """
    passed_over = []
    looks: list[tuple[str, Callable[[], None]]] = []
    for layer, one in made.items():
        looks.append((layer, partial(_near_before, layer, one.rows, before, change)))
        if layer in _LOOKS:
            looks.append((layer, partial(_LOOKS[layer], folder, city)))
    for layer, look in looks:
        try:
            look()
        except OfficialError as fault:
            fault.layer = layer
            name = f"{layer}.{fault.why}"
            if not isinstance(fault, UnfitError) or name not in accepted:
                raise
            passed_over.append(name)
    return passed_over


def _unfit(layer: str, why: str, **facts: str) -> UnfitError:
    return UnfitError(why, check=f"{layer}.{why}", **facts)


def _near_before(layer: str, rows: int, before: Mapping[str, int], change: float) -> None:
    old = before.get(layer)
    if old and abs(rows - old) > max(change * old, 1):
        raise _unfit(layer, "count", new=str(rows), old=str(old))


def _addresses(folder: Path, city: City) -> None:
    table = read_prepared(folder / "addresses.parquet")
    x, y = transform_xy(table["lon"].to_numpy(), table["lat"].to_numpy(), WGS84, city.crs)
    inside = float(shapely.intersects_xy(city.boundary.buffer(MARGIN_M), x, y).mean())
    if inside < _MOST_INSIDE:
        raise _unfit("addresses", "outside", share=f"{100 * (1 - inside):.0f}")
    known, found = set(city.streets["street"]), set(table["street"])
    if len(known - found) > _MOST_GONE * len(known):
        gone = sorted(known - found)
        raise _unfit(
            "addresses", "streets", gone=str(len(gone)), old=str(len(known)), some=", ".join(gone[:5])
        )


def _sectors(folder: Path, city: City) -> None:
    layer = read_layer(folder / "sectors.gpkg", Message("The statistical sectors"))
    shapes = layer.geometry.to_numpy()
    if len(city.sectors):
        wijk = sectors_to_wijken(city, layer.set_crs(city.crs, allow_override=True))
        without = sorted(set(city.wijken["wijk"]) - set(wijk.dropna()))
        if without:
            raise _unfit("sectors", "wijken", wijken=", ".join(without[:5]))
    whole = shapely.union_all(shapes)
    if shapely.area(shapes).sum() - whole.area > _ROUNDING * whole.area:
        raise _unfit("sectors", "overlap")
    official = folder / "municipality.gpkg"
    if official.exists():
        border, most = read_layer(official, Message("The municipality")).geometry.iloc[0], _BORDER
    else:
        border = city.boundary
        most = _BORDER_INDICATIVE if city.boundary_note == "indicative" else _BORDER
    away = shapely.symmetric_difference(whole, border).area / border.area
    if away > most:
        raise _unfit("sectors", "cover", share=f"{100 * away:.0f}", most=f"{100 * most:.0f}")


def _population(folder: Path, city: City) -> None:
    table = pd.read_csv(folder / "population.csv", dtype={"sector": "str"})
    if not table["inhabitants"].sum():
        raise _unfit("population", "nobody")
    sectors, codes = folder / "sectors.gpkg", table["sector"].to_numpy(str)
    if sectors.exists():
        known = read_layer(sectors, Message("The sectors"))["sector"].to_numpy(str)
        counted = float(np.isin(known, codes).mean())
    elif len(city.sectors):  # those of several editions, of which the file holds one
        counted = float(np.isin(codes, city.sectors["sector"].to_numpy(str)).mean())
    else:
        return
    if counted < _MOST_COUNTED:
        raise _unfit("population", "editions", share=f"{100 * counted:.0f}")


def _streets(name: str) -> Callable[[Path, City], None]:
    def look(folder: Path, city: City) -> None:
        layer = read_layer(folder / f"{name}.gpkg", Message("The streets"))
        named = float((layer["name"].fillna("").astype(str).str.strip() != "").mean())
        if named < _MOST_NAMED:
            raise _unfit(name, "nameless", share=f"{100 * named:.0f}")
        boxes = layer.geometry.to_numpy()
        touched = shapely.intersects(city.wijken.geometry.to_numpy(), shapely.union_all(boxes))
        if not touched.all():
            without = city.wijken["wijk"][~touched]
            raise _unfit(name, "bare", wijken=", ".join(without.iloc[:5]))

    return look


_LOOKS: dict[str, Callable[[Path, City], None]] = {
    "addresses": _addresses,
    "sectors": _sectors,
    "population": _population,
    "streets": _streets("streets"),
    "roads": _streets("roads"),
}
