"""Zones: whole, workable, named, with their drivers; hotspots beside them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo.cpted import Factor, qualities_of, risk_terrain, risk_zones, zones_layer
from genk_geo.errors import ConfigError
from genk_geo.stats import Grid


@pytest.fixture(scope="module")
def terrain(city):
    grid = Grid.cover(city.boundary, 100)
    rng = np.random.default_rng(7)
    cells = grid.cells[grid.cells["area_m2"] > 9999]
    bars = cells.sample(25, random_state=3).centroid
    lamps = cells.sample(1500, random_state=4).centroid
    near = grid.cells.centroid.distance(bars.union_all()) <= 200
    lit = grid.cells.centroid.distance(lamps.union_all()) <= 100
    counts = rng.poisson(0.4 * 4.0 ** near.to_numpy() * 0.4 ** lit.to_numpy())
    corner = shapely.bounds(grid.cells.geometry.to_numpy())[:, :2].repeat(counts, axis=0)
    xy = corner + rng.uniform(1, 99, corner.shape)
    inside = shapely.contains_xy(grid.boundary, xy)
    factors = [
        Factor("horeca", gpd.GeoDataFrame(geometry=bars), quality="toegankelijkheid", label="cafés"),
        Factor("street_lamp", gpd.GeoDataFrame(geometry=lamps), quality="zichtbaarheid", label="lampen"),
    ]
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy[inside].T, crs=31370))
    return risk_terrain(incidents, factors, grid, stability=0)


def test_zones_are_workable_whole_and_do_not_overlap(terrain, city):
    zones = risk_zones(terrain, city, theme="nuisance", area_m2=(20_000, 100_000))
    assert 3 <= len(zones) <= 20
    for zone in zones:
        assert zone.area_m2 <= 100_001
        assert zone.geometry.geom_type in {"Polygon", "MultiPolygon"}
        assert zone.stadsdeel in set(city.stadsdelen["stadsdeel"])
        assert zone.streets
    layer = zones_layer(zones, city.crs)
    assert layer.union_all().area == pytest.approx(layer.area.sum(), rel=1e-6)
    assert [zone.number for zone in zones] == list(range(1, len(zones) + 1))
    assert (np.diff([zone.score for zone in zones]) <= 1e-6).all()
    assert layer["score"].min() > terrain.score.median()


def test_drivers_say_what_is_near_and_what_is_missing(terrain, city):
    zones = risk_zones(terrain, city, theme="nuisance")
    drivers = {driver.factor: driver for driver in zones[0].drivers}
    assert drivers["horeca"].rrv == pytest.approx(4, rel=0.3)
    assert not drivers["horeca"].absent
    assert drivers["street_lamp"].absent
    assert drivers["street_lamp"].rrv == pytest.approx(1 / terrain.factors.loc["street_lamp", "rrv"])
    assert set(qualities_of(zones[0])) == {"toegankelijkheid", "zichtbaarheid"}
    assert [link for link, _ in zones[0].measures] == ["proactie", "preventie", "repressie", "nazorg"]
    # Many bars, few lamps: advice on either, and none on many lamps or few bars.
    assert [advice.split()[0] for advice in zones[0].advice] == ["Spreid", "Weinig"]
    measures = [measure for _, listed in zones[0].measures for measure in listed]
    assert "Donkere stukken langs looproutes verlichten" in measures
    assert "Kapotte lampen melden" not in measures


def test_hotspots_are_named_and_change_nothing(terrain, city):
    plain = risk_zones(terrain, city, theme="nuisance")
    spot = plain[1].geometry.point_on_surface().buffer(30)
    hotspots = gpd.GeoDataFrame({"hotspot_id": ["N7"]}, geometry=[spot], crs=city.crs)
    beside = risk_zones(terrain, city, theme="nuisance", hotspots=hotspots)
    assert [zone.hotspots for zone in beside if zone.hotspots] == [("N7",)]
    assert [(zone.score, zone.zone_id) for zone in beside] == [(zone.score, zone.zone_id) for zone in plain]


def test_without_factors_there_are_no_zones_and_impossible_sizes_are_said(terrain, city):
    from dataclasses import replace

    assert risk_zones(replace(terrain, factors=terrain.factors.iloc[:0]), city, theme="x") == ()
    for options in ({"top_share": 0}, {"area_m2": (9, 3)}, {"max_zones": 0}):
        with pytest.raises(ConfigError, match="top_share"):
            risk_zones(terrain, city, theme="x", **options)
