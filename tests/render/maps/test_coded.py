"""The numbers that a page carries of its backdrop: read back they are the lines that went in."""

from __future__ import annotations

import base64
import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from genk_geo.crs import WGS84, reproject
from genk_geo.render.maps.backdrop import coded_backdrop
from genk_geo.render.maps.coded.outlines import coded_outlines
from genk_geo.render.maps.coded.small_numbers import packed, zigzag
from genk_geo.render.maps.coded.web_steps import ZOOM
from genk_geo.render.maps.shapes import degree_bounds
from tests.fixtures.streets import backdrop_of


def unpacked(data):
    """The same numbers, read one by one as the script of the page does."""
    numbers, value, shift = [], 0, 0
    for byte in data:
        value, shift = value | (byte & 127) << shift, shift + 7
        if byte < 128:
            numbers.append(value)
            value, shift = 0, 0
    return numbers


@given(st.lists(st.integers(0, 2**35 - 1), max_size=30))
def test_numbers_come_back(numbers):
    assert unpacked(packed(np.array(numbers, dtype=np.int64))) == numbers


@given(st.lists(st.integers(-(2**33), 2**33), max_size=30))
def test_signed_numbers_come_back(numbers):
    folded = zigzag(np.array(numbers, dtype=np.int64)).tolist()
    assert [(one >> 1) ^ -(one & 1) for one in folded] == numbers


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="from 0 to"):
        packed(np.array([-1]))


def degrees(x, y):
    """Longitude and latitude of a pixel of the web map."""
    scale = 256 * 2**ZOOM
    return x / scale * 360 - 180, math.degrees(math.asin(math.tanh((0.5 - y / scale) * 2 * math.pi)))


def lines_of(coded, layer):
    """Name and corners in degrees of each shape of a layer."""
    numbers = iter(unpacked(base64.b64decode(coded[layer]["data"])))
    x, y = coded["origin"]
    for kind, count in coded[layer]["kinds"]:
        for _ in range(count):
            name, corners = next(numbers), []
            for _ in range(next(numbers)):
                dx, dy = next(numbers), next(numbers)
                x, y = x + ((dx >> 1) ^ -(dx & 1)), y + ((dy >> 1) ^ -(dy & 1))
                corners.append(degrees(x, y))
            yield kind, coded["names"][name - 1] if name else "", corners


@pytest.fixture(scope="module")
def backdrop(wijken):
    return backdrop_of(wijken)


def test_streets_come_back_within_a_metre(backdrop, wijken):
    coded = coded_backdrop(backdrop, degree_bounds(wijken.assign(geometry=wijken.buffer(500))))
    found = list(lines_of(coded, "lines"))
    assert [kind for kind, *_ in found] == sorted((kind for kind, *_ in found), reverse=True)
    told = gpd.GeoDataFrame(
        {"name": [name for _, name, _ in found]},
        geometry=[shapely.LineString(c) for *_, c in found],
        crs=WGS84,
    )
    back = reproject(told, wijken.crs.to_epsg()).dissolve("name").geometry
    there = backdrop.lines.dissolve("name").geometry
    assert sorted(back.index) == sorted(there.index)
    assert max(back[name].hausdorff_distance(there[name]) for name in there.index) < 1.0


def test_pages_carry_what_lies_in_view_and_no_more(backdrop, wijken):
    whole = coded_backdrop(backdrop, degree_bounds(wijken))
    part = coded_backdrop(backdrop, degree_bounds(wijken.iloc[:1]))
    assert len(part["lines"]["data"]) < 0.7 * len(whole["lines"]["data"])
    assert set(part["names"]) < set(whole["names"])
    assert coded_backdrop(backdrop, (0.0, 0.0, 0.1, 0.1)) is None


def outlines_of(coded):
    """Areas in degrees, read as ``weeks.js`` does: rings that lie in each other leave a hole."""
    numbers = iter(unpacked(base64.b64decode(coded["data"])))
    x, y = coded["origin"]
    for _ in range(coded["shapes"]):
        shape = shapely.Polygon()
        for _ in range(next(numbers)):
            corners = []
            for _ in range(next(numbers)):
                dx, dy = next(numbers), next(numbers)
                x, y = x + ((dx >> 1) ^ -(dx & 1)), y + ((dy >> 1) ^ -(dy & 1))
                corners.append(degrees(x, y))
            shape = shape.symmetric_difference(shapely.Polygon(corners))
        yield shape
    assert next(numbers, None) is None


def test_outlines_come_back_with_their_holes_and_each_once(wijken):
    block = wijken.geometry.iloc[0].centroid.buffer(300)
    far = wijken.geometry.iloc[-1].centroid.buffer(200)
    given = [block, shapely.union_all([block.difference(block.buffer(-100)), far]), block]
    coded, which = coded_outlines(given, wijken.crs.to_epsg())
    assert (which, coded["shapes"]) == ([0, 1, 0], 2)
    back = reproject(gpd.GeoDataFrame(geometry=list(outlines_of(coded)), crs=WGS84), wijken.crs.to_epsg())
    for shape, there in zip(back.geometry, given[:2], strict=True):
        assert shape.symmetric_difference(there).area < 0.01 * there.area
        assert shape.hausdorff_distance(there) < 1.0
    assert coded_outlines([], wijken.crs.to_epsg())[0]["shapes"] == 0
