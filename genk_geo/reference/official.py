"""A city with the statistical sectors as its borders: official where they were indicative."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.config.reference import MANIFEST
from genk_geo.crs import reproject
from genk_geo.doors import read_csv, read_layer
from genk_geo.errors import ConfigError, Message, some_rows
from genk_geo.reference.locating import first_within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from genk_geo.reference.city import CityValue

C = TypeVar("C", bound="CityValue")

#: A street whose point lies a little outside its sector still belongs to it.
_MARGIN_M = 500.0


def with_official(city: C, files: Mapping[str, Path], *, areas: bool) -> C:
    """Put the official layers in a city, and name their sources.

    Parameters
    ----------
    city : City
        With its addresses.
    files : mapping of str to path-like
        Layers of a version of the reference; the manifest lies beside them.
    areas : bool
        Whether its borders follow the sectors.

    Returns
    -------
    City
        The same city where there are no layers.
    """
    if not files:
        return city
    used = {name: file for name, file in files.items() if name not in {"municipality", "osm"}}
    if areas and "sectors" in files:
        city = with_sectors(city, files["sectors"], files.get("population"))
    told = json.loads((next(iter(files.values())).parent / MANIFEST).read_text(encoding="utf-8"))["layers"]
    facts = {file.name: told[name] for name, file in used.items() if name in told}
    sources = {
        name: {
            "origin": one["origin"],
            "licence": one["licence"],
            "date": one["edition"] or one["fetched"][:10],
        }
        for name, one in facts.items()
    }
    credits_ = [one["attribution"] for one in facts.values()]
    missing = [one for one in dict.fromkeys(credits_) if one.rstrip(".") not in city.attribution]
    attribution = " ".join([city.attribution, *(f"{one.rstrip('.')}." for one in missing)]).strip()
    return replace(city, sources=city.sources | sources, attribution=attribution)


def with_sectors(city: C, sectors: Path | str, population: Path | str | None = None) -> C:
    """Draw the wijken of a city from statistical sectors, and spread its dwellings as people live.

    A sector belongs to the wijk that the city knows it by; one of another edition to the wijk in which most
    of it lies.

    Parameters
    ----------
    city : City
        With a table of sectors, such as the embedded Genk.
    sectors : path-like
        Layer with ``sector``, ``sector_name`` and polygons.
    population : path-like, optional
        CSV with ``sector`` and ``inhabitants``: the dwellings of the city are spread as its inhabitants are.
        They stay dwellings, because outlines hold at least so many addresses, not so many people.

    Returns
    -------
    City
        A new city, whose borders are not indicative.

    Raises
    ------
    ConfigError
        If a wijk is left without a sector, or the files are not what they should be.
    """
    layer = reproject(
        read_layer(sectors, Message("The statistical sectors")), city.crs, Message("The statistical sectors")
    )
    absent = {"sector", "sector_name"} - set(layer.columns)
    if absent:
        raise ConfigError(
            "{sectors} has no column {absent}. Fetch the layers again.",
            sectors=sectors,
            absent=", ".join(sorted(absent)),
        )
    layer = layer.sort_values("sector", ignore_index=True)
    wijk = sectors_to_wijken(city, layer)
    without = sorted(set(city.wijken["wijk"]) - set(wijk.dropna()))
    if without:
        raise ConfigError(
            "{sectors}: no sector lies in {without}. Are they those of {city}?",
            sectors=sectors,
            without=some_rows(without),
            city=city.name,
        )
    dwellings = _dwellings(layer["sector"], population, float(city.wijken["exposure"].sum()))
    shapes = layer.geometry.to_numpy()
    order = city.wijken["wijk"]
    outlines = [shapely.union_all(shapes[(wijk == name).to_numpy()]) for name in order]
    wijken = city.wijken.set_geometry(gpd.GeoSeries(outlines, index=city.wijken.index, crs=city.crs))
    if dwellings is not None:
        by_wijk = dwellings.groupby(wijk.to_numpy()).sum()
        wijken = wijken.assign(exposure=by_wijk.reindex(order).to_numpy(float))
    table = pd.DataFrame(
        {
            "sector": layer["sector"],
            "sector_name": layer["sector_name"],
            "wijk_code": wijk.map(city.wijken.set_index("wijk")["wijk_code"]),
            "wijk": wijk,
            "exposure": np.nan if dwellings is None else dwellings,
        }
    )
    if dwellings is None:  # the dwellings of a wijk are spread by its streets alone
        table = table.drop(columns="exposure")
    return replace(
        city,
        wijken=wijken,
        sectors=table,
        streets=_in_sectors(city.streets, layer, wijk),
        addresses=_in_sectors(city.addresses, layer, wijk),
        boundary_note="",
    )


def sectors_to_wijken(city: CityValue, layer: gpd.GeoDataFrame) -> pd.Series:
    """Wijk of each sector: the known one, or else that in which most of it lies.

    Parameters
    ----------
    city : City
        With its table of sectors.
    layer : geopandas.GeoDataFrame
        ``sector`` and polygons, in the system of the city.

    Returns
    -------
    pandas.Series
        Names of wijken; missing for a sector that touches none.
    """
    known = city.sectors.drop_duplicates("sector").set_index("sector")["wijk"]
    wijk: pd.Series = layer["sector"].map(known).astype("str")
    names, areas = city.wijken["wijk"].to_numpy(object), city.wijken.geometry.to_numpy()
    for row in np.flatnonzero(wijk.isna()).tolist():
        shared = shapely.area(shapely.intersection(areas, layer.geometry.iloc[row]))
        if shared.max() > 0:
            wijk.iloc[row] = names[int(shared.argmax())]
    return wijk


def _dwellings(sectors: pd.Series, population: Path | str | None, known: float) -> pd.Series | None:
    """Dwellings of each sector, of the whole that is known; nothing where nobody is counted."""
    if population is None or not known > 0:
        return None
    table = read_csv(population, Message("The population"), dtype={"sector": "str"})
    if {"sector", "inhabitants"} - set(table.columns):
        raise ConfigError(
            "{population} needs the columns sector and inhabitants. Fetch the layers again.",
            population=population,
        )
    people: pd.Series = sectors.map(table.groupby("sector")["inhabitants"].sum()).fillna(0.0).astype(float)
    return people * (known / people.sum()) if people.sum() > 0 else None


def _in_sectors(frame: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, wijk: pd.Series) -> gpd.GeoDataFrame:
    """The same table with the sector (and wijk) in which each place lies."""
    if frame.empty:
        return frame
    xy = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()))
    row = first_within(layer.geometry.to_numpy(), xy, _MARGIN_M)
    told = {"sector": pd.Series(layer["sector"].reindex(row).to_numpy(), index=frame.index, dtype="str")}
    if "wijk" in frame:
        told["wijk"] = pd.Series(wijk.reindex(row).to_numpy(), index=frame.index, dtype="str")
    return frame.assign(**told)
