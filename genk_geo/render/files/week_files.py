"""The data files beside the pages: the hotspots as a table, and the layers for a GIS."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pyogrio

from genk_geo.cpted.zones import zones_layer
from genk_geo.crs import epsg_of
from genk_geo.render.words.wording import certainty_text, count_text, since_text, streets_text, when_text
from genk_geo.spreadsheet import harmless
from genk_geo.writing import put_layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from genk_geo.release.suppress import Count
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import AreaWeek, ReleasedWeek
    from genk_geo.render.words.texts import Texts

_COLUMNS = (
    "hotspot_id", "number", "theme", "place", "wijk", "stadsdeel", "status", "since", "this_week",
    "observed", "expected", "weeks", "when", "certainty", "area_m2",
)  # fmt: skip


def write_csv(week: ReleasedWeek, path: Path, texts: Texts) -> Path:
    """Write the hotspots as a table for a spreadsheet, in the reader's language.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.
    path : pathlib.Path
        File to write; semicolons and a byte order mark, as a Dutch spreadsheet program expects.
    texts : Texts
        The reader's language.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, delimiter=";", lineterminator="\r\n")
        table.writerow([texts(f"table.{column}") for column in _COLUMNS])
        for spot in _all_hotspots(week):
            table.writerow([harmless(cell) for cell in _csv_row(spot, week, texts)])
    return path


def _all_hotspots(week: ReleasedWeek) -> list[Hotspot]:
    return [spot for theme in week.themes for spot in theme.hotspots]


def _csv_row(spot: Hotspot, week: ReleasedWeek, texts: Texts) -> list[str]:
    return [
        spot.hotspot_id,
        str(spot.number or ""),
        texts.theme(spot.theme),
        streets_text(spot, texts),
        spot.wijk,
        spot.stadsdeel,
        texts(f"status.{spot.status}"),
        since_text(spot, week.week, texts),
        count_text(spot.this_week, texts),
        count_text(spot.observed, texts),
        "" if spot.expected is None else texts.number(spot.expected, 1),
        str(spot.weeks),
        when_text(spot, texts),
        certainty_text(spot, texts),
        f"{spot.area_m2:.0f}",
    ]


def write_geopackage(week: ReleasedWeek, path: Path) -> Path:
    """Write the layers ``areas``, ``cells``, ``wijken`` and, if any, ``zones``; held back counts are empty.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.
    path : pathlib.Path
        File to write; the same week gives the same bytes.

    Returns
    -------
    pathlib.Path
        `path`.
    """
    crs = week.wijken.crs
    layers = {
        "areas": (_areas_layer(week, crs), "MultiPolygon"),
        "cells": (_cells_layer(week, crs), "Polygon"),
        "wijken": (_wijken_layer(week), "MultiPolygon"),
    }
    zones = tuple(zone for look in week.environments for zone in look.zones)
    if zones:
        layers["zones"] = (zones_layer(zones, epsg_of(week.wijken)), "MultiPolygon")
    path.unlink(missing_ok=True)
    with gdal_of_a_week(f"{week.as_of.tz_convert('UTC'):%Y-%m-%dT%H:%M:%S}Z"):
        for name, (layer, kind) in layers.items():
            put_layer(
                layer, path, layer=name, driver="GPKG", geometry_type=kind, promote_to_multi=kind != "Polygon"
            )
    return path


@contextmanager
def gdal_of_a_week(moment: str) -> Iterator[None]:
    """GDAL writes the time of writing into a file, and waits for the disk at each layer, unless told not to.

    The folder of a week is put in place when it is whole, and nothing else in it waits for the disk.
    """
    own = {"OGR_CURRENT_DATE": moment, "OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "MEMORY"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in own}
    pyogrio.set_gdal_config_options(own)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _areas_layer(week: ReleasedWeek, crs: Any) -> gpd.GeoDataFrame:
    spots = _all_hotspots(week)
    columns: dict[str, list[Any]] = {
        name: [getattr(spot, name) for spot in spots]
        for name in (
            "hotspot_id", "theme", "number", "status", "since", "wijk", "stadsdeel",
            "hotspot_class", "weeks", "area_m2",
        )
    }  # fmt: skip
    columns |= {
        "place": [", ".join(spot.streets) for spot in spots],
        "this_week": [count_figure(spot.this_week) for spot in spots],
        "observed": [count_figure(spot.observed) for spot in spots],
        "expected": [spot.expected for spot in spots],
    }
    frame = gpd.GeoDataFrame(columns, geometry=[spot.geometry for spot in spots], crs=crs)
    return frame.astype({"this_week": float, "observed": float, "expected": float, "area_m2": float})


def _cells_layer(week: ReleasedWeek, crs: Any) -> gpd.GeoDataFrame:
    import pandas as pd

    cells = [theme.cells for theme in week.themes if not theme.cells.empty]
    if not cells:
        empty = {name: pd.Series(dtype=str) for name in ("cell_id", "theme", "period", "hotspot_class")}
        return gpd.GeoDataFrame(empty, geometry=[], crs=crs)
    return gpd.GeoDataFrame(pd.concat(cells, ignore_index=True), crs=crs)


def _wijken_layer(week: ReleasedWeek) -> gpd.GeoDataFrame:
    layer = week.wijken[["wijk", "stadsdeel", week.wijken.geometry.name]].copy()
    for theme in week.themes:
        areas: list[AreaWeek | None] = [
            None if week.no_data or theme.missing else theme.wijken.get(str(name)) for name in layer["wijk"]
        ]
        figures: dict[str, list[float | None]] = {
            "observed": [None if area is None else count_figure(area.observed) for area in areas],
            "low": [None if area is None else area.low for area in areas],
            "high": [None if area is None else area.high for area in areas],
        }
        for name, values in figures.items():
            layer[f"{theme.theme}_{name}"] = [
                float("nan") if value is None else float(value) for value in values
            ]
        layer[f"{theme.theme}_level"] = ["none" if area is None else area.against_expected for area in areas]
    return layer


def count_figure(count: Count) -> float:
    """A count as a figure of a layer; NaN, which a GeoPackage leaves empty, where it is held back."""
    return float("nan") if count.value is None else float(count.value)
