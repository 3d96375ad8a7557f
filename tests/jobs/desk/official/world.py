"""A fictitious register of Genk: official layers in the shape in which the services hand them out."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import shapely

from genk_geo.crs import LAMBERT72, WGS84, reproject, transform_xy
from tests.jobs.desk.official.conftest import zipped
from tests.reference.test_best import HEADER

NIS = "71016"


def sectors(city, *, shift_m=0.0):
    """One sector a wijk, under a code that the city knows; the borders may lie to the east."""
    first = city.sectors.drop_duplicates("wijk").set_index("wijk")
    shapes = city.wijken.geometry
    if shift_m:
        moved = city.wijken.geometry.translate(shift_m).intersection(city.boundary)
        rest = city.boundary.difference(moved.union_all())  # what is bared goes to the wijk beside it
        moved = [
            shape.union(part) if at == 0 else shape
            for at, (shape, part) in enumerate(zip(moved, [rest] + [None] * (len(moved) - 1), strict=True))
        ]
        shapes = gpd.GeoSeries(moved, crs=city.crs)
    return gpd.GeoDataFrame(
        {
            "cd_sector": first["sector"].reindex(city.wijken["wijk"]).to_numpy(),
            "tx_sector_descr_nl": city.wijken["wijk"].to_numpy(),
            "cd_munty_refnis": NIS,
            "dt_situation": "2026-01-01",
        },
        geometry=np.asarray(shapes),
        crs=city.crs,
    )


def sector_zip(
    frame, *, crs=LAMBERT72, name="sh_statbel_statistical_sectors_{crs}_20260101.geojson", says=True
):
    told = json.loads(reproject(frame, crs).to_json())
    told.pop("crs", None)
    if says:
        told["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    return zipped(**{name.format(crs=crs): json.dumps(told)})


def population_zip(frame, *, each=1000, column="TOTAL"):
    lines = [f"CD_REFNIS|CD_SECTOR|{column}|DT_STRT_SECTOR"]
    lines += [f"{NIS}|{code}|{each}|2026-01-01" for code in frame["cd_sector"]]
    lines += ["71066|71066A00-|900|2026-01-01"]
    return zipped(**{"OPENDATA_SECTOREN_2026.txt": "\ufeff" + "\r\n".join(lines)})


def count_of(city, *, streets=("Europalaan", "Proefstraat"), houses=20):
    """How many addresses :func:`best_zip` holds."""
    return len(set(city.streets["street"]) - set(streets)) + houses * len(streets)


def best_zip(
    city, *, streets=("Europalaan", "Proefstraat"), houses=20, x0=228_300.0, others=True, without=()
):
    """Houses along streets of the middle of Genk, and one in every other street, as BeST has them."""
    lines = [HEADER.format(x="EPSG:31370_x", y="EPSG:31370_y")]
    along = {street: [(x0 + 12 * at, 184_700.0 + 60 * row) for at in range(1, houses + 1)]
             for row, street in enumerate(streets)}  # fmt: skip
    points = zip(city.streets["street"], city.streets.geometry, strict=True) if others else ()
    along = {
        street: [(point.x, point.y)] for street, point in points if street not in {*streets, *without}
    } | along
    for street, places in along.items():
        for number, (x, y) in enumerate(places, 1):
            (lon,), (lat,) = transform_xy([x], [y], LAMBERT72, WGS84)
            lines.append(
                f"{x:.2f},{y:.2f},{lat:.7f},{lon:.7f},1,,{number},{NIS},,,Genk,3600,,Genk,5,,,{street},BE-VLG,current"
            )
    return zipped(**{"openaddress-bevlg.csv": "\n".join(lines) + "\n"})


def osm_xml(city, *, tail="</osm>", name="Proefstraat"):
    """A street through every wijk."""
    lines, nodes, ways = [], [], []
    middles = shapely.point_on_surface(city.wijken.geometry.to_numpy())
    for at, middle in enumerate(middles):
        x, y = middle.x, middle.y
        lon, lat = transform_xy([x, x + 40], [y, y], LAMBERT72, WGS84)
        first = 2 * at + 1
        nodes += [
            f'<node id="{first + side}" version="1" lat="{lat[side]:.7f}" lon="{lon[side]:.7f}"/>'
            for side in (0, 1)
        ]
        ways.append(
            f'<way id="{at + 1}" version="1"><nd ref="{first}"/><nd ref="{first + 1}"/>'
            f'<tag k="highway" v="residential"/><tag k="name" v="{name} {at}"/></way>'
        )
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="Overpass API">']
    return "\n".join([*lines, *nodes, *ways, tail]).encode()


def points(names, city, **facts):
    """Features in degrees, around the middle of the city."""
    middle = city.boundary.centroid
    lon, lat = transform_xy(
        [middle.x + 50 * at for at in range(len(names))], [middle.y] * len(names), LAMBERT72, WGS84
    )
    return [
        {
            "type": "Feature",
            "id": f"x.{at}",
            "geometry": {"type": "Point", "coordinates": [float(lon[at]), float(lat[at])]},
            "properties": {key: value[at] for key, value in facts.items()},
        }
        for at in range(len(names))
    ]


def municipality(city):
    shape = reproject(
        gpd.GeoDataFrame(geometry=[city.boundary.buffer(2)], crs=city.crs), WGS84
    ).geometry.iloc[0]
    other = shapely.box(5.2, 50.8, 5.3, 50.9)
    return [
        {
            "type": "Feature",
            "id": code,
            "geometry": shapely.geometry.mapping(one),
            "properties": {"NISCODE": code, "NAAM": name},
        }
        for code, name, one in ((NIS, "Genk", shape), ("71066", "Zonhoven", other))
    ]
