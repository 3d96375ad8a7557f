"""A layer of the user's own may not be a list of places of incidents."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo.config import ReleaseSettings
from genk_geo.crs import reproject
from genk_geo.errors import DisclosureError, QualityGateError
from genk_geo.release import check_overlays
from genk_geo.results import Overlay

ANALYST, MANAGER, PUBLIC = (ReleaseSettings(profile=name) for name in ("analist", "wijkmanager", "publiek"))
rng = np.random.default_rng(5)
#: Doors 6 m apart along streets, of which some had incidents.
DOORS = np.array(
    [(228_000 + 6 * at, 184_000 + 40 * street) for street in range(20) for at in range(100)], float
)
HIT = DOORS[rng.choice(len(DOORS), 150, replace=False)]


def history(places=HIT, level="address"):
    levels = level if isinstance(level, list) else [level] * len(places)
    return gpd.GeoDataFrame({"geocode_level": levels}, geometry=shapely.points(places), crs=31370)


def overlay(shapes, **more):
    features = gpd.GeoDataFrame({"name": ""}, index=range(len(shapes)), geometry=list(shapes), crs=31370)
    return Overlay("cameras", "Camera's", features, **more)


def refused(shapes, releases=(MANAGER,), incidents=None, **more):
    try:
        check_overlays([overlay(shapes, **more)], history() if incidents is None else incidents, releases)
    except DisclosureError:
        return True
    return False


def degrees(places, decimals):
    layer = gpd.GeoDataFrame(geometry=shapely.points(places), crs=31370)
    rounded = shapely.set_precision(reproject(layer, 4326).geometry.to_numpy(), 10.0**-decimals)
    return reproject(gpd.GeoDataFrame(geometry=rounded, crs=4326), 31370).geometry.to_numpy()


LEAKS = {
    "points": shapely.points(HIT),
    "a few": shapely.points(HIT[:5]),
    "among nine times as many": shapely.points([*HIT[:10], *(HIT[:90] + 500)]),
    "in one collection": [shapely.multipoints(HIT[:20])],
    "rounded to five decimals": degrees(HIT, 5),
    "circles": shapely.buffer(shapely.points(HIT), 50),
    "squares": [shapely.box(x - 20, y - 20, x + 20, y + 20) for x, y in HIT],
    "a line from one to the next": [shapely.linestrings(HIT[:10])],
    "lines of a metre": [shapely.linestrings([place, place + 1]) for place in HIT],
    "corners of an area": [shapely.multipoints(HIT[:10]).convex_hull],
    "two metres aside": shapely.points(HIT + 2),
}  # fmt: skip


@pytest.mark.parametrize("kind", LEAKS)
def test_a_layer_of_incidents_is_refused_whatever_its_shape(kind):
    assert refused(LEAKS[kind])


def test_what_is_said_is_how_much_and_what_to_do():
    with pytest.raises(
        QualityGateError, match=r"150 of its 150 features .*150 places.*known_places"
    ) as error:
        check_overlays([overlay(shapely.points(HIT))], history(), [MANAGER])
    assert error.value.exit_code == 3


@pytest.mark.parametrize(
    ("releases", "public", "expected"),
    [
        ([ANALYST], True, False), ([MANAGER], False, True), ([PUBLIC], False, False), ([PUBLIC], True, True),
        ([ANALYST, PUBLIC], True, True), ([ANALYST, MANAGER, PUBLIC], False, True),
    ],
)  # fmt: skip
def test_it_is_refused_where_others_than_analysts_see_it(releases, public, expected):
    assert refused(shapely.points(HIT), releases, public=public) == expected


def test_a_school_with_an_incident_on_its_doorstep_is_no_leak():
    schools = rng.uniform((228_000, 184_000), (228_600, 184_800), (30, 2))
    schools[:4] = HIT[:4]
    assert not refused(shapely.points(schools))
    assert not refused(shapely.buffer(shapely.points(schools), 30))


def test_schools_that_draw_incidents_pass_once_they_are_said_to_be_known():
    schools = rng.uniform((228_000, 184_000), (228_600, 184_800), (30, 2))
    schools[:12] = HIT[:12]
    assert refused(shapely.points(schools))
    assert not refused(shapely.points(schools), known_places=True)
    assert refused(
        shapely.points(HIT[:30]), known_places=True
    )  # that would be said of a list of incidents too


def test_places_of_the_reference_itself_do_not_count():
    assert not refused(shapely.points(HIT), incidents=history(level="poi"))
    mixed = ["poi"] * 145 + ["address"] * 5
    assert not refused(shapely.points(HIT), incidents=history(level=mixed))


def test_the_neighbours_of_incidents_are_nobody_in_particular():
    assert not refused(shapely.points(HIT + np.array([3.01, 0])), incidents=history(HIT[:20]))


def test_a_sample_of_all_addresses_and_the_streets_themselves_pass():
    assert not refused(shapely.points(DOORS[::7]), incidents=history(HIT[:100]))
    streets = [shapely.linestrings(DOORS[at : at + 100]) for at in range(0, len(DOORS), 100)]
    assert not refused(streets)


def test_without_incidents_or_points_nothing_is_refused():
    assert not refused(shapely.points(HIT), incidents=history(HIT[:0]))
    nowhere = history().set_geometry(gpd.GeoSeries([None] * len(HIT), crs=31370))
    assert not refused(shapely.points(HIT), incidents=nowhere)
