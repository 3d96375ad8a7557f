"""A raw file of each layer becomes what the rest of the house reads."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import WGS84, reproject
from genk_geo.doors import check_xml, read_csv, shown
from genk_geo.errors import Message
from genk_geo.jobs.desk.official.catalogue import Service, column_of, needed_column
from genk_geo.jobs.desk.official.faults import LayerError
from genk_geo.jobs.desk.official.raw import copied, near, polygons, raw_layer, unpacked
from genk_geo.reference import StreetNetwork
from genk_geo.reference.best import COLUMNS, filter_best

if TYPE_CHECKING:
    from collections.abc import Callable

    from genk_geo.reference import City

#: Streets, schools and stops count up to this far outside the city.
MARGIN_M = 500.0
_NUMBER = r",?\s*(\d{4})\s+(\D+?)\s*$"
_IN_USE = ("ingebruik", "in gebruik", "current")
_OSM = (".osm", ".xml", ".gz", ".bz2")
_TABLES = (".txt", ".csv")


@dataclass(frozen=True)
class Prepared:
    """A layer as the rest of the house reads it.

    Attributes
    ----------
    file : str
        Name in the folder of the version.
    rows : int
        How many addresses, areas, streets or places it holds.
    edition : str
        What the supplier says of its date; empty where he says nothing.
    """

    file: str
    rows: int
    edition: str = ""


@dataclass(frozen=True)
class Order:
    """For which city layers are prepared, and where they go.

    Attributes
    ----------
    city : City
        The city as it is known so far.
    municipality : str
        NIS code.
    folder : pathlib.Path
        Of the version that is being made.
    tell : callable
        Told a stage, what is done, and the whole.
    """

    city: City
    municipality: str
    folder: Path
    tell: Callable[[str, int, int], None]


def prepare(layer: str, service: Service, raw: Path, order: Order) -> dict[str, Prepared]:
    """Make the files of a layer.

    Parameters
    ----------
    layer : str
        Name in the catalogue.
    service : Service
        What the catalogue says of it.
    raw : pathlib.Path
        What was fetched, or given by hand.
    order : Order
        The city, and where they go.

    Returns
    -------
    dict of str to Prepared
        Usually one; OpenStreetMap gives streets besides.

    Raises
    ------
    ConfigError
        If the file is not what it should be.
    """
    with tempfile.TemporaryDirectory(dir=order.folder) as inside:
        made: dict[str, Prepared] = _PREPARING[layer](service, raw, order, Path(inside))
    return made


def _municipality(service: Service, raw: Path, order: Order, inside: Path) -> dict[str, Prepared]:
    frame = raw_layer(raw, inside, order.city.crs, "The municipality")
    own = frame[frame[needed_column(frame, service, "code")].astype(str).str.strip() == order.municipality]
    if own.empty:
        raise LayerError("not_ours", file=shown(raw.name), municipality=order.municipality)
    shape = shapely.union_all(polygons(own, raw.name).geometry.to_numpy())
    table = gpd.GeoDataFrame({"code": [order.municipality]}, geometry=[shape], crs=order.city.crs)
    table.to_file(order.folder / "municipality.gpkg", driver="GPKG")
    return {"municipality": Prepared("municipality.gpkg", len(own))}


def _sectors(service: Service, raw: Path, order: Order, inside: Path) -> dict[str, Prepared]:
    frame = raw_layer(raw, inside, order.city.crs, "The statistical sectors")
    code, town = (needed_column(frame, service, fact) for fact in ("sector", "municipality"))
    own = frame[frame[town].astype(str).str.strip() == order.municipality]
    own = own[~own[code].astype(str).str.endswith("ZZZZ")]  # not to be localised
    if own.empty:
        raise LayerError("not_ours", file=shown(raw.name), municipality=order.municipality)
    own = polygons(own, raw.name)
    name, edition = column_of(own, service, "sector_name"), column_of(own, service, "edition")
    table = gpd.GeoDataFrame(
        {
            "sector": own[code].astype(str).str.strip(),
            "sector_name": "" if name is None else own[name].astype(str).str.strip(),
        },
        geometry=own.geometry,
    )
    table = table.dissolve("sector", as_index=False)
    table.to_file(order.folder / "sectors.gpkg", driver="GPKG")
    told = "" if edition is None else str(own[edition].iloc[0])[:10]
    return {"sectors": Prepared("sectors.gpkg", len(table), told)}


def _population(service: Service, raw: Path, order: Order, inside: Path) -> dict[str, Prepared]:
    table = read_csv(unpacked(raw, inside, _TABLES), Message("The population"), dtype=str)
    table.columns = [str(name).strip() for name in table.columns]
    code, town, count = (
        needed_column(table, service, fact) for fact in ("sector", "municipality", "inhabitants")
    )
    own = table[table[town].str.strip() == order.municipality]
    if own.empty:
        raise LayerError("not_ours", file=shown(raw.name), municipality=order.municipality)
    people = pd.to_numeric(own[count].str.strip().str.replace(",", "."), errors="coerce")
    wrong = people.isna() | (people < 0)
    if wrong.any():
        raise LayerError("no_numbers", file=shown(raw.name), column=count, rows=str(int(wrong.sum())))
    found = people.groupby(own[code].str.strip()).sum().rename_axis("sector").rename("inhabitants")
    found.astype(int).reset_index().to_csv(order.folder / "population.csv", index=False)
    return {"population": Prepared("population.csv", len(found))}


def _addresses(service: Service, raw: Path, order: Order, inside: Path) -> dict[str, Prepared]:
    target = order.folder / "addresses.parquet"
    if raw.suffix.lower() in {".geojson", ".json", ".gpkg"}:
        table = _of_service(raw_layer(raw, inside, WGS84, "The addresses"), service, order, raw)
        table.to_parquet(target, index=False)
        return {"addresses": Prepared(target.name, len(table))}
    count = filter_best(raw, target, municipalities=[order.municipality], progress=order.tell)
    return {"addresses": Prepared(target.name, count)}


def _of_service(frame: gpd.GeoDataFrame, service: Service, order: Order, raw: Path) -> pd.DataFrame:
    """Addresses of the service, as :func:`filter_best` gives them: one row a house number."""
    street, number = (needed_column(frame, service, fact) for fact in ("street", "house_number"))
    whole = frame[needed_column(frame, service, "whole")].astype("str").str.extract(_NUMBER)
    own_code = column_of(frame, service, "postcode")
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    table = pd.DataFrame(
        {
            "street": frame[street].astype("str").str.strip(),
            "house_number": frame[number].astype("str").str.strip(),
            "postcode": whole[0] if own_code is None else frame[own_code].astype("str").str.strip(),
            "municipality": whole[1],
            "lon": shapely.get_x(points).round(7),
            "lat": shapely.get_y(points).round(7),
        }
    )
    status = column_of(frame, service, "status")
    kept = table["street"].fillna("").ne("") & table["house_number"].fillna("").ne("")
    if status is not None:
        kept &= frame[status].astype("str").str.lower().isin(_IN_USE)
    kept &= table["postcode"].isin(order.city.postcodes)
    by = ["municipality", "street", "postcode", "house_number", "lon", "lat"]
    found = table[kept].sort_values(by).drop_duplicates(by[:4], ignore_index=True)[list(COLUMNS)]
    if found.empty:
        raise LayerError("not_ours", file=shown(raw.name), municipality=", ".join(order.city.postcodes))
    return found


def _osm(_: Service, raw: Path, order: Order, __: Path) -> dict[str, Prepared]:
    if not raw.name.lower().endswith(_OSM):
        raise LayerError("no_osm", file=shown(raw.name))
    ending = "".join(part for part in raw.suffixes[-2:] if part.lower() in _OSM)
    kept = f"osm{ending}"
    copied(check_xml(raw, "OpenStreetMap"), order.folder / kept)
    streets = StreetNetwork.load(order.folder / kept, crs=order.city.crs)
    streets.save(order.folder / "streets.gpkg")
    return {"osm": Prepared(kept, len(streets)), "streets": Prepared("streets.gpkg", len(streets))}


def _roads(service: Service, raw: Path, order: Order, inside: Path) -> dict[str, Prepared]:
    frame = near(raw_layer(raw, inside, order.city.crs, "The roads"), order.city.boundary, MARGIN_M)
    if frame.empty:
        raise LayerError("elsewhere", file=shown(raw.name))
    named = [name for name in service.columns["name"] if name in frame]
    if not named:
        needed_column(frame, service, "name")
    told = frame[named].replace("", None).bfill(axis=1).iloc[:, 0]
    found = {"name": told.astype("object")}
    for fact in ("segment_id", "road_class"):
        column = column_of(frame, service, fact)
        if column is not None:
            found[fact] = frame[column].astype(str)
    lines = gpd.GeoDataFrame(pd.DataFrame(found), geometry=frame.geometry)
    streets = StreetNetwork.from_lines(lines, crs=order.city.crs, source=raw.name)
    streets.save(order.folder / "roads.gpkg")
    return {"roads": Prepared("roads.gpkg", len(streets))}


def _places(layer: str) -> Callable[[Service, Path, Order, Path], dict[str, Prepared]]:
    """Points with a name, in and around the city."""

    def made(service: Service, raw: Path, order: Order, inside: Path) -> dict[str, Prepared]:
        frame = raw_layer(raw, inside, order.city.crs, f"The {layer}")
        names = frame[needed_column(frame, service, "name")]
        kept = np.ones(len(frame), dtype=bool)
        if service.only:
            kind = frame[needed_column(frame, service, "category")].astype("str").str.strip().str.lower()
            kept = kind.str.startswith(service.only).to_numpy()
        points = shapely.point_on_surface(frame.geometry.to_numpy())
        table = gpd.GeoDataFrame({"name": names.astype("str").str.strip()}, geometry=points, crs=frame.crs)
        table = near(table[kept], order.city.boundary, MARGIN_M)
        if table.empty:
            raise LayerError("elsewhere", file=shown(raw.name))
        reproject(table, WGS84).to_file(order.folder / f"{layer}.geojson", driver="GeoJSON")
        return {layer: Prepared(f"{layer}.geojson", len(table))}

    return made


_PREPARING: dict[str, Any] = {
    "municipality": _municipality, "sectors": _sectors, "population": _population, "addresses": _addresses,
    "osm": _osm, "roads": _roads, "schools": _places("schools"), "stops": _places("stops"),
}  # fmt: skip
