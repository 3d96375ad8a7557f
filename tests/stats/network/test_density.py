"""Densities along streets, against answers worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from shapely import LineString, Point

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Network, lixelise, network_density, segment_density
from genk_geo.stats.network.paths import Rule, spread
from genk_geo.stats.network.reach import Spots
from genk_geo.stats.network.segments import pieces_of
from genk_geo.stats.network.streets import build_streets
from tests.examples import examples

CROSS = [[(0, 0), (100, 0)], [(0, 0), (0, 100)], [(0, 0), (-100, 0)], [(0, 0), (0, -100)]]


def lines(*coordinates, **columns):
    return gpd.GeoDataFrame(columns, geometry=[LineString(c) for c in coordinates], crs=31370)


def points(*xy):
    return gpd.GeoDataFrame(geometry=[Point(c) for c in xy], crs=31370)


def quartic(d, b):
    u = abs(d) / b
    return 15 / (16 * b) * (1 - u**2) ** 2 if u < 1 else 0.0


def epanechnikov(d, b):
    u = abs(d) / b
    return 0.75 / b * (1 - u**2) if u < 1 else 0.0


def by_brute_force(network, segment, offset, b, rule, kernel=quartic, points_per_piece=41, lixel_m=5.0):
    """Mass by piece: every path followed step by step, the kernel integrated by the trapezium rule."""
    length, ends = network.length_m, network.ends
    degree = network.degree
    spots = []  # (segment, positions from the beginning, value): what each path puts on a segment
    spots.append((segment, lambda x: kernel(x - offset, b), 1.0))

    def follow(s, side, walked, weight):
        """Arrive at the end of s that `side` names, after so many metres."""
        node = ends[s][side]
        n = degree[node]
        for t in range(len(length)):
            for start in (0, 1):
                if ends[t][start] != node:
                    continue
                back = t == s and start == side
                if rule == "continuous":
                    share = weight * (2 / n - back)
                else:
                    share = 0.0 if back or n == 1 else weight / (n - 1)
                if share == 0.0 or walked >= b:
                    continue
                here = (
                    (lambda x, w=walked: kernel(w + x, b))
                    if start == 0
                    else (lambda x, w=walked, l=length[t]: kernel(w + l - x, b))
                )
                spots.append((t, here, share))
                follow(t, 1 - start, walked + length[t], share)

    follow(segment, 0, offset, 1.0)
    follow(segment, 1, length[segment] - offset, 1.0)
    pieces = lixelise(network, lixel_m)
    found = np.zeros(len(pieces))
    for s, value, share in spots:
        for at in np.flatnonzero(pieces["segment_id"] == network.segments.index[s]):
            step, rank = pieces["length_m"].iloc[at], pieces["lixel"].iloc[at]
            x = np.linspace(rank * step, (rank + 1) * step, points_per_piece)
            found[at] += share * np.trapezoid([value(here) for here in x], x)
    return found


class TestDensity:
    def test_a_long_line_gives_the_kernel_itself(self):
        segments = lines([(0, 0), (1000, 0)])
        got = network_density(segments, points((500, 3)), bandwidth_m=200, lixel_m=10)
        middle = (got["lixel"] + 0.5) * 10 - 500
        wanted = [quad(quartic, m - 5, m + 5, args=(200,))[0] for m in middle]
        assert got["events"].to_numpy() == pytest.approx(wanted, abs=1e-9)
        assert got["density_per_km"].max() == pytest.approx(15 / 16 / 200 * 1000, rel=2e-3)

    def test_a_dead_end_reflects_or_loses(self):
        segments, event = lines([(0, 0), (500, 0)]), points((40, 0))
        kept = network_density(segments, event, bandwidth_m=100)
        assert kept["events"].sum() == pytest.approx(1, abs=1e-9)
        first = quad(lambda x: quartic(x - 40, 100) + quartic(x + 40, 100), 0, 10)[0]
        assert kept["events"].iloc[0] == pytest.approx(first)
        lost = network_density(segments, event, bandwidth_m=100, method="discontinuous")
        assert 1 - lost["events"].sum() == pytest.approx(quad(quartic, 40, 100, args=(100,))[0])

    @pytest.mark.parametrize(
        ("method", "onward", "back"), [("continuous", 0.5, -0.5), ("discontinuous", 1 / 3, 0)]
    )
    def test_a_cross_shares_equally(self, method, onward, back):
        got = network_density(lines(*CROSS), points((20, 0)), bandwidth_m=60, method=method, lixel_m=20)
        first = got[got["lixel"] == 0]["events"].to_numpy()
        beyond = quad(quartic, 20, 40, args=(60,))[0]
        own = 2 * quad(quartic, 0, 20, args=(60,))[0] / 2
        assert first == pytest.approx([own + back * beyond, *[onward * beyond] * 3])

    def test_on_the_crossing_the_continuous_density_is_the_same_in_all_arms(self):
        got = network_density(lines(*CROSS), points((20, 0)), bandwidth_m=60, lixel_m=0.1)
        first, second = (got[got["lixel"] == rank]["density_per_km"].to_numpy() for rank in (0, 1))
        at_crossing = 1.5 * first - 0.5 * second
        assert at_crossing == pytest.approx(np.full(4, at_crossing[0]), rel=1e-5)

    def test_a_ring_goes_round(self):
        """On a ring of 40 m with a kernel of 100 m everything comes back twice from each side."""
        ring = lines([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)])
        got = network_density(ring, points((10, 5)), bandwidth_m=100, lixel_m=5)
        wanted = [
            sum(quad(lambda x, k=k: quartic(x + 40 * k - 15, 100), a, a + 5)[0] for k in range(-4, 5))
            for a in range(0, 40, 5)
        ]
        assert got["events"].to_numpy() == pytest.approx(wanted, abs=1e-9)
        assert got["events"].sum() == pytest.approx(1)

    @pytest.mark.parametrize("rule", ["continuous", "discontinuous"])
    @pytest.mark.parametrize(("kernel", "shape"), [("quartic", quartic), ("epanechnikov", epanechnikov)])
    def test_the_paths_are_those_of_brute_force(self, rule, kernel, shape):
        """A block with a double street, a dead end, a ring on a stalk and a street of 8 m."""
        network = Network.from_segments(
            lines(
                [(0, 0), (40, 0)], [(40, 0), (40, 30)], [(40, 30), (0, 30)], [(0, 30), (0, 0)],
                [(0, 0), (20, -25), (40, 0)], [(40, 30), (48, 30)], [(48, 30), (70, 30)],
                [(48, 30), (58, 50), (38, 50), (48, 30)], [(0, 30), (-35, 30)],
            )
        )  # fmt: skip
        spots = [(0, 12.0), (4, 20.0), (7, 33.0), (8, 0.0)]
        places = [network.segments.geometry.iloc[s].interpolate(along) for s, along in spots]
        got = network_density(
            network, gpd.GeoDataFrame(geometry=places, crs=31370), bandwidth_m=75, method=rule, kernel=kernel,
            lixel_m=5,
        )  # fmt: skip
        # The last event stands on a node: whichever segment it is put on, the paths are the same.
        wanted = sum(by_brute_force(network, s, along, 75.0, rule, shape) for s, along in spots[:3])
        few = gpd.GeoDataFrame(geometry=places[:3], crs=31370)
        alone = network_density(network, few, bandwidth_m=75, method=rule, kernel=kernel, lixel_m=5)
        assert alone["events"].to_numpy() == pytest.approx(wanted, abs=3e-5)
        if rule == "continuous":
            assert got["events"].sum() == pytest.approx(4)

    @settings(deadline=None, max_examples=examples(25))
    @given(
        st.sets(
            st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)),
            min_size=1,
            max_size=14,
        ),
        st.lists(st.tuples(st.floats(-20, 200), st.floats(-20, 200)), min_size=1, max_size=8),
        st.floats(10, 250),
    )
    def test_the_continuous_rule_loses_nothing(self, streets, places, bandwidth_m):
        streets = [s for s in streets if s[:2] != s[2:]]
        if not streets:
            return
        segments = lines(*[[(60 * a, 50 * b), (60 * c, 50 * d)] for a, b, c, d in streets])
        got = network_density(segments, points(*places), bandwidth_m=bandwidth_m, max_distance_m=1000)
        assert got["events"].sum() == pytest.approx(len(places), rel=1e-6)

    @pytest.mark.parametrize("rule", ["continuous", "discontinuous"])
    def test_a_wave_is_the_sum_over_the_paths(self, rule):
        """With more paths than are followed one by one the sum is the same, to the rounding of distances."""
        streets = [
            [(30 * a, 25 * b), (30 * (a + d), 25 * (b + 1 - d))]
            for a in range(5)
            for b in range(5)
            for d in (0, 1)
        ]
        network = Network.from_segments(lines(*streets, [(0, 0), (-0.05, 0)], [(-0.05, 0), (-60, 0)]))
        segment, offset = np.array([3, 3, 20, 51]), np.array([4.0, 17.0, 29.0, 8.0])
        given = build_streets(network), pieces_of(network, 10).start, Spots(segment, offset)
        shape = Rule(110.0, (15 / 16, -10 / 16, 3 / 16), rule == "continuous", 1e-9)
        paths, wave = (spread(*given, np.ones(4), shape, most_paths=most) for most in (100_000, 1))
        assert wave == pytest.approx(paths, abs=5e-6)
        assert not np.array_equal(wave, paths)
        if rule == "continuous":
            assert wave.sum() == pytest.approx(4, rel=1e-6)

    def test_weights_count_and_what_is_far_is_left_out(self):
        events = points((20, 0), (-30, 0), (500, 500))
        got = network_density(lines(*CROSS), events, bandwidth_m=50, weights=[3, 0.5, 7])
        assert got["events"].sum() == pytest.approx(3.5)

    def test_no_events_is_a_density_of_nothing(self):
        got = network_density(lines(*CROSS), points((20, 0)).iloc[:0])
        assert (got["density_per_km"] == 0).all()

    def test_segments_add_up_their_pieces(self):
        segments = lines(*CROSS).set_index(pd.Index(list("abcd")))
        got = segment_density(segments, network_density(segments, points((20, 0), (0, 60)), bandwidth_m=50))
        assert got.index.tolist() == list("abcd")
        assert got["events"].sum() == pytest.approx(2)
        assert got["density_per_km"].to_numpy() == pytest.approx(got["events"].to_numpy() * 10)
        assert (got["peak_per_km"] >= got["density_per_km"]).all()

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({"bandwidth_m": 0}, ConfigError),
            ({"kernel": "box"}, ConfigError),
            ({"method": "simple"}, ConfigError),
            ({"weights": [-1]}, SchemaError),
            ({"weights": [1, 2]}, SchemaError),
        ],
    )
    def test_faults_are_told(self, options, error):
        with pytest.raises(error):
            network_density(lines(*CROSS), points((20, 0)), **options)


def test_an_endless_bandwidth_or_weight_is_refused():
    with pytest.raises(ConfigError, match="bandwidth_m is inf"):
        network_density(lines(*CROSS), points((50, 0)), bandwidth_m=np.inf)
    with pytest.raises(SchemaError, match="weights"):
        network_density(lines(*CROSS), points((50, 0)), weights=[np.inf])
