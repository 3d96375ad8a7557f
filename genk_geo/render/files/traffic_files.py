"""The page and the data file on traffic accidents, beside the other pages of a week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio

from genk_geo.render.file_names import TRAFFIC, TRAFFIC_LAYERS
from genk_geo.render.files.week_files import count_figure, gdal_of_a_week
from genk_geo.render.pages.traffic_page import traffic_page

if TYPE_CHECKING:
    from pathlib import Path

    from genk_geo.release.values.traffic import ReleasedTraffic
    from genk_geo.render.pages.site import Site


def write_traffic(site: Site, folder: Path) -> list[Path]:
    """Write the page on traffic accidents and its layers.

    Parameters
    ----------
    site : Site
        What all pages share.
    folder : pathlib.Path
        Existing folder.

    Returns
    -------
    list of pathlib.Path
        ``verkeer.html``, and ``verkeer.gpkg`` where there is anything to put in it; nothing where the week
        has no street network.
    """
    week, traffic = site.week, site.week.traffic
    if traffic is None:
        return []
    page = folder / TRAFFIC
    page.write_bytes(traffic_page(site, traffic).encode("utf-8"))
    layers = traffic_gis_layers(traffic)
    if not layers:
        return [page]
    path = folder / TRAFFIC_LAYERS
    path.unlink(missing_ok=True)
    with gdal_of_a_week(f"{week.as_of.tz_convert('UTC'):%Y-%m-%dT%H:%M:%S}Z"):
        for name, layer in layers.items():
            pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", geometry_type="Unknown")
    return [page, path]


def traffic_gis_layers(traffic: ReleasedTraffic) -> dict[str, gpd.GeoDataFrame]:
    """Layers of the GeoPackage by name; held-back counts are empty.

    Parameters
    ----------
    traffic : ReleasedTraffic
        As it is shown.

    Returns
    -------
    dict of str to geopandas.GeoDataFrame
        ``verkeer_punten``, ``verkeer_wegvakken``, ``verkeer_straten``, ``verkeer_scholen``; empty ones are
        left out.
    """
    layers = {
        "verkeer_punten": _points(traffic),
        "verkeer_wegvakken": _stretches(traffic),
        "verkeer_straten": traffic.streets.reset_index(drop=True),
        "verkeer_scholen": _schools(traffic),
    }
    return {name: layer for name, layer in layers.items() if len(layer)}


def _points(traffic: ReleasedTraffic) -> gpd.GeoDataFrame:
    rows = [
        {
            "number": point.number, "status": point.status, "kind": point.kind,
            "place": ", ".join(point.streets), "wijk": point.wijk, "stadsdeel": point.stadsdeel,
            "score": point.score, "accidents": count_figure(point.accidents),
            "weak": count_figure(point.weak), "serious": count_figure(point.serious),
            "expected": point.expected, "chance": point.chance, "listed_in": point.listed_in,
        }
        for point in traffic.points
    ]  # fmt: skip
    layer = gpd.GeoDataFrame(
        pd.DataFrame(rows), geometry=[point.geometry for point in traffic.points], crs=traffic.crs
    )
    # Where every figure of a column is held back, it has no type of its own.
    figures = ("score", "accidents", "weak", "serious", "expected")
    return layer.astype(dict.fromkeys(figures, float)) if rows else layer


def _stretches(traffic: ReleasedTraffic) -> gpd.GeoDataFrame:
    rows = [
        {
            "number": stretch.number, "place": ", ".join(stretch.streets),
            "observed": count_figure(stretch.accidents), "expected": stretch.expected,
            "p_value": stretch.p_value,
            "wijk": stretch.wijk or None, "stadsdeel": stretch.stadsdeel or None,
        }
        for stretch in traffic.stretches
    ]  # fmt: skip
    shapes = [stretch.geometry for stretch in traffic.stretches]
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=traffic.crs)


def _schools(traffic: ReleasedTraffic) -> gpd.GeoDataFrame:
    rows = [
        {
            "name": school.name, "wijk": school.wijk, "stadsdeel": school.stadsdeel,
            "accidents": count_figure(school.accidents), "weak": count_figure(school.weak),
            "school_time": count_figure(school.school_time),
        }
        for school in traffic.schools
    ]  # fmt: skip
    shapes = [school.geometry for school in traffic.schools]
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=traffic.crs)
