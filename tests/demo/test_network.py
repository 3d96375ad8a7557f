"""The fictitious streets of the demo."""

from __future__ import annotations

import json

import numpy as np
import shapely

from genk_geo.demo.fictitious_streets import FILE, LONGEST_M, fictitious_network, write_network
from genk_geo.reference import StreetNetwork


def test_streets_join_the_real_points_and_say_that_they_are_invented(city, tmp_path):
    network = fictitious_network(city)
    assert network.fictitious
    assert set(network.segments["name"]) <= set(city.streets["street"])
    assert network.segments["length_m"].max() <= LONGEST_M / 2 + 1e-6
    nodes = network.nodes
    points = np.round(shapely.get_coordinates(city.streets.geometry.to_numpy()) / 10) * 10
    known = {tuple(xy) for xy in points.tolist()}
    assert sum(tuple(xy) in known for xy in nodes.tolist()) > 0.95 * len(known)
    file = write_network(tmp_path, city)
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["fictief"]
    assert all(feature["properties"]["fictief"] for feature in told["features"])


def test_the_file_is_read_back_whole_and_is_the_same_every_time(city, tmp_path):
    network = fictitious_network(city)
    write_network(tmp_path, city)
    first = (tmp_path / FILE).read_bytes()
    write_network(tmp_path, city)
    assert (tmp_path / FILE).read_bytes() == first
    again = StreetNetwork.load(tmp_path / FILE, crs=city.crs)
    assert again.fictitious
    assert again.segments.index.equals(network.segments.index)
    assert np.bincount(again.degree).tolist() == np.bincount(network.degree).tolist()
