"""Densities and K on `chicago`, against spatstat itself where R has it (scripts/chicago_oracle.R)."""

from __future__ import annotations

import shutil
import subprocess

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.stats import Network, network_density, network_k
from genk_geo.stats.network.paths import Rule, spread
from genk_geo.stats.network.reach import Spots
from genk_geo.stats.network.streets import build_streets

SIGMA = 40.0
BANDWIDTH = SIGMA * np.sqrt(5)  # spatstat's sigma is the standard deviation of the kernel
EPANECHNIKOV = (0.75, -0.25, 0.0)


@pytest.fixture(scope="module")
def chicago(root, tmp_path_factory):
    """Tables of the script, by name."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("Rscript is not installed, so there is no chicago data")
    known = subprocess.run(
        [program, "-e", "quit(status = !requireNamespace('spatstat.linnet', quietly = TRUE))"], check=False
    )
    if known.returncode:
        pytest.skip("R has no spatstat.linnet (Debian: r-cran-spatstat.linnet)")
    folder = tmp_path_factory.mktemp("chicago")
    subprocess.run([program, str(root / "scripts" / "chicago_oracle.R"), str(folder)], check=True)
    return {file.stem: pd.read_csv(file) for file in folder.glob("*.csv")}


@pytest.fixture(scope="module")
def network(chicago):
    ends = chicago["segments"].to_numpy().reshape(-1, 2, 2)
    # Feet: the unit does not matter, the coordinate system only has to be a metric one.
    return Network.from_segments(gpd.GeoDataFrame(geometry=shapely.linestrings(ends), crs=31370))


@pytest.fixture(scope="module")
def crimes(chicago):
    xy = chicago["events"]
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(xy["x"], xy["y"]), crs=31370)


def test_the_network_is_the_published_one(network, crimes):
    assert len(network.segments) == 503
    assert len(crimes) == 116
    assert network.length_m.sum() == pytest.approx(31150.21, abs=0.005)


def test_the_continuous_rule_keeps_all_crimes(network, crimes):
    got = network_density(network, crimes, bandwidth_m=BANDWIDTH, kernel="epanechnikov")
    assert got["events"].sum() == pytest.approx(116, abs=1e-6)


def test_the_discontinuous_rule_loses_what_comes_to_dead_ends(network, crimes):
    got = network_density(
        network, crimes, bandwidth_m=BANDWIDTH, kernel="epanechnikov", method="discontinuous"
    )
    assert got["events"].sum() == pytest.approx(113.95, abs=0.005)


@pytest.mark.parametrize("rule", ["continuous", "discontinuous"])
def test_the_density_at_the_crimes_is_spatstats(chicago, network, rule):
    """Pieces of a few millimetres: the mean over a piece is the density at the crime in it."""
    events = chicago["events"]
    segment = events["segment"].to_numpy()
    offset = events["along"].to_numpy() * network.length_m[segment]
    count = np.full(len(network.length_m), 20_000, dtype=np.int64)  # pieces of some millimetres
    start = np.concatenate([[0], np.cumsum(count)])
    shape = Rule(BANDWIDTH, EPANECHNIKOV, rule == "continuous", 1e-12)
    mass = spread(build_streets(network), start, Spots(segment, offset), np.ones(116), shape)
    step = network.length_m[segment] / 20_000
    piece = start[segment] + np.minimum((offset / step).astype(int), 19_999)
    assert mass[piece] / step == pytest.approx(chicago["density"][rule].to_numpy(), abs=2e-6)


def test_k_is_spatstats(chicago, network, crimes):
    rng = np.random.default_rng(1)
    distances = [134.5587721848761475, 269.1175443697522951]
    got = network_k(network, crimes, distances_m=distances, simulations=0, rng=rng).table["k"]
    assert got.tolist() == pytest.approx([255.5341, 441.0789], abs=5e-5)
    wanted = chicago["k"].iloc[1:]
    plain = network_k(network, crimes, distances_m=wanted["r"], correction="none", simulations=0, rng=rng)
    assert plain.table["k"].to_numpy() == pytest.approx(wanted["plain"].to_numpy(), rel=1e-9)
