"""Genk from the packaged files, which `scripts/build_reference.py` makes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import geopandas as gpd
import pandas as pd

from genk_geo.calendar import BRUSSELS
from genk_geo.config import read_toml
from genk_geo.crs import LAMBERT72
from genk_geo.reference.city import CityValue
from genk_geo.reference.grouping import read_grouping

FOLDER = Path(str(files(__package__)))

_TEXT = {"postcode": "str", "house_number": "str", "sector": "str", "street": "str"}
_ATTRIBUTION = (
    "Straten en adressen: BeST Address, Digitaal Vlaanderen (CC BY 4.0). Sectoren: Statbel. Wijken voor "
    "omgevingsanalyse: (c) gemeentebesturen, verzameld door Data & Analyse van de Vlaamse provincies. "
    "Woningen: Fluvius open data."
)


def load_genk(grouping: Path | str | None = None) -> CityValue:
    """Genk with the stadsdelen of a grouping file.

    Parameters
    ----------
    grouping : path-like, optional
        By default the packaged assumption.

    Returns
    -------
    CityValue
        Read once; only the grouping differs from call to call.
    """
    if grouping is None:
        return _default()
    base = _default()
    membership = read_grouping(grouping, base.wijken["wijk"])
    wijken = base.wijken.assign(
        stadsdeel=[membership.wijken[name].stadsdeel for name in base.wijken["wijk"]],
        stadsdeel_confidence=[membership.wijken[name].confidence for name in base.wijken["wijk"]],
    )
    return replace(base, wijken=wijken, grouping_note=membership.note)


@cache
def _default() -> CityValue:
    wijken = gpd.read_file(FOLDER / "wijken.geojson")
    membership = read_grouping(FOLDER / "grouping.toml", wijken["wijk"])
    wijken["stadsdeel"] = [membership.wijken[name].stadsdeel for name in wijken["wijk"]]
    wijken["stadsdeel_confidence"] = [membership.wijken[name].confidence for name in wijken["wijk"]]
    wijken["exposure"] = wijken["exposure"].astype(float)
    wijken = wijken[["wijk_code", "wijk", "stadsdeel", "stadsdeel_confidence", "exposure", "geometry"]]
    sectors = pd.read_csv(FOLDER / "sectors.csv", dtype={"sector": "str", "exposure": "float64"})
    streets = _points("streets.csv")
    streets["wijk"] = streets["sector"].map(sectors.set_index("sector")["wijk"])
    return CityValue(
        name="Genk",
        crs=LAMBERT72,
        timezone=BRUSSELS,
        wijken=wijken.set_crs(LAMBERT72, allow_override=True),
        sectors=sectors,
        streets=streets[["street", "postcode", "sector", "wijk", "median_house_number", "geometry"]],
        addresses=_points("addresses.csv")[["street", "house_number", "postcode", "sector", "geometry"]],
        pois=_points("pois.csv")[["poi", "address", "geometry"]],
        postcodes=tuple(sorted(streets["postcode"].unique())),
        boundary_note="indicative",
        grouping_note=membership.note,
        attribution=_ATTRIBUTION,
        sources=read_toml(FOLDER / "SOURCES.toml"),
    )


def _points(name: str) -> gpd.GeoDataFrame:
    table = pd.read_csv(FOLDER / name, dtype=_TEXT)
    geometry = gpd.points_from_xy(table.pop("x_31370"), table.pop("y_31370"), crs=LAMBERT72)
    return gpd.GeoDataFrame(table, geometry=geometry)
