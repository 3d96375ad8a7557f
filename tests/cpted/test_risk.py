"""The risk terrain: published arithmetic, planted factors, honest capture."""

from __future__ import annotations

import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import genk_geo as gg
from genk_geo.cpted import Factor, relative_risk_value, risk_score, risk_terrain
from genk_geo.cpted.model import capture
from genk_geo.cpted.model.candidates import operationalise
from genk_geo.cpted.model.count_model import information_criterion
from genk_geo.cpted.model.spatial_folds import spatial_folds
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Grid


def test_the_arithmetic_of_the_published_leeds_model():
    """9,199 cells of 250 m: bus stops near, detached houses dense; printed to four decimals."""
    b = [3.0617, 2.1578]
    rrv = relative_risk_value(b)
    np.testing.assert_allclose(rrv, [21.3638, 8.6521], atol=2e-3)
    member = np.array([[False, False], [True, False], [False, True], [True, True]])
    score = risk_score(member, b)
    np.testing.assert_allclose(score, [1, rrv[0], rrv[1], rrv[0] * rrv[1]])
    assert score.max() == pytest.approx(184.8, abs=0.05)
    assert information_criterion(18288.17, 4, 9199) == pytest.approx(18324.68, abs=0.005)


def test_a_score_starts_at_one_where_a_protective_factor_works():
    score = risk_score(np.array([[True], [False]]), [-0.7])
    np.testing.assert_allclose(score, [1.0, np.exp(0.7)])


def test_candidates_are_what_they_say(grid, scatter):
    rng = np.random.default_rng(5)
    bars = scatter(rng, 30)
    found = operationalise([Factor("bars", bars)], grid, steps=3, step_m=100)
    middle = grid.cells.centroid
    distance = middle.apply(lambda point: bars.distance(point).min())
    for row in found.table[found.table["kind"] == "proximity"].itertuples():
        assert (found.member[:, row.Index] == (distance <= row.distance_m)).all()
    density = found.table[(found.table["kind"] == "density") & (found.table["distance_m"] == 300)].index[0]
    d2 = shapely.distance(middle.to_numpy()[:, None], bars.geometry.to_numpy()[None, :]) ** 2 / 300**2
    kde = (np.maximum(1 - d2, 0) ** 2).sum(axis=1)
    assert (found.member[:, density] == (kde > kde.mean() + 2 * kde.std())).all()


def test_lines_and_areas_are_features_too(grid):
    road = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(200_000, 182_000), (204_000, 182_000)])], crs=31370
    )
    park = gpd.GeoDataFrame(geometry=[shapely.box(201_000, 181_000, 202_000, 181_500)], crs=31370)
    found = operationalise([Factor("road", road), Factor("park", park)], grid, steps=1, step_m=100)
    cells = found.table.set_index(["factor", "kind"])["cells"]
    assert cells["road", "proximity"] == 80  # the rows of cells on either side
    assert cells["park", "proximity"] == 10 * 5 + 2 * (10 + 5) + 4  # with the corners
    assert ("road", "density") not in cells.index  # it would ask the same as proximity


def test_values_give_high_and_low(grid):
    light = pd.Series(np.arange(len(grid), dtype=float), index=grid.cells.index)
    light.iloc[:100] = np.nan
    found = operationalise([Factor("light", per_cell=light)], grid, steps=2, step_m=100)
    assert found.table["rule"].tolist() == ["top_quarter", "bottom_quarter"]
    assert found.table["cells"].tolist() == [375, 375]
    assert not found.member[:100].any()


def test_blocks_stay_whole_and_folds_even(grid):
    fold = spatial_folds(grid, block_m=1000, folds=5, rng=np.random.default_rng(1))
    block = grid.cells.assign(b=list(zip(grid.cells["col"] // 10, grid.cells["row"] // 10, strict=True)))["b"]
    assert pd.Series(fold).groupby(block.to_numpy()).nunique().eq(1).all()
    assert np.ptp(np.bincount(fold)) <= 100


def town(seed, grid, scatter, incidents_in, *, dispersion=0.0):
    """Bars work within 200 m (3 times), subways where they are dense (4 times), three layers do nothing."""
    rng = np.random.default_rng(seed)
    layers = {"bars": scatter(rng, 40), "subways": scatter(rng, 60)}
    layers |= {f"noise{i}": scatter(rng, 50) for i in range(3)}
    truth = operationalise([Factor(name, layer) for name, layer in layers.items()], grid, steps=3, step_m=100)
    of = truth.table.set_index(["factor", "kind", "distance_m"]).index
    near, dense = (
        truth.member[:, of.get_loc(key)]
        for key in (("bars", "proximity", 200.0), ("subways", "density", 300.0))
    )
    rate = 0.35 * 3.0**near * 4.0**dense
    if dispersion:
        rate = rate * rng.gamma(1 / dispersion, dispersion, len(grid))
    return layers, incidents_in(grid, rng.poisson(rate), rng)


@pytest.mark.slow
def test_planted_factors_are_found_and_noise_is_not(grid, scatter, incidents_in):
    """Half of the towns have more spread than a Poisson; a hundred towns with `GENK_GEO_TOWNS=100`."""
    seeds, truth = int(os.environ.get("GENK_GEO_TOWNS", "8")), {"bars": 3.0, "subways": 4.0}
    found = dict.fromkeys(truth, 0)
    covered = found.copy()
    noise = {f"noise{i}": 0 for i in range(3)}
    for seed in range(seeds):
        layers, incidents = town(seed, grid, scatter, incidents_in, dispersion=0.5 * (seed % 2))
        terrain = risk_terrain(incidents, layers, grid, steps=3, stability=0)
        for name, rrv in truth.items():
            if name in terrain.factors.index:
                row = terrain.factors.loc[name]
                found[name] += row["rrv"] > 1
                covered[name] += row["rrv_low"] <= rrv <= row["rrv_high"]
        for name in noise:
            noise[name] += name in terrain.factors.index
    assert min(found.values()) >= 0.9 * seeds, found
    assert min(covered.values()) >= 0.9 * seeds, covered
    assert max(noise.values()) <= 0.1 * seeds, noise


def test_the_family_follows_the_spread(grid, scatter, incidents_in):
    for dispersion, family in ((0.0, "poisson"), (1.0, "negative binomial")):
        layers, incidents = town(1, grid, scatter, incidents_in, dispersion=dispersion)
        fit = risk_terrain(incidents, layers, grid, steps=3, stability=0).fit
        assert fit.family == family
        assert fit.bic < min(fit.other_bic, fit.null_bic)


def test_the_whole_result_hangs_together(grid, scatter, incidents_in):
    layers, incidents = town(3, grid, scatter, incidents_in)
    start = pd.Timestamp("2025-01-06", tz="Europe/Brussels")
    rng = np.random.default_rng(1)
    hours = pd.to_timedelta(rng.uniform(0, 52 * 7 * 24, len(incidents)), unit="h")
    incidents = incidents.assign(**{"from": (start + hours).as_unit("us"), "to": pd.NaT})
    incidents["to"] = incidents["from"]
    factors = [
        Factor(
            name, layer, direction="aggravating" if name == "bars" else "unknown", quality="toegankelijkheid"
        )
        for name, layer in layers.items()
    ]
    terrain = gg.cpted.risk_terrain(incidents, factors, grid, steps=3, stability=1)
    table = terrain.factors
    assert table["stable_seeds"].loc["bars"] == table["stable_blocks"].loc["bars"] == 1
    assert table.loc["bars", "as_expected"]
    assert table["as_expected"].isna().loc["subways"]
    expected = np.exp(terrain.member[table.index].astype(float) @ table["coefficient"])
    np.testing.assert_allclose(terrain.score, expected / expected.min())
    assert terrain.score.min() == 1
    assert terrain.cells["observed"].sum() == len(incidents)
    assert terrain.cells["expected"].sum() == pytest.approx(len(incidents), rel=0.05)
    assert terrain.candidates["selected"].sum() == len(table)
    assert len(terrain.correlations) == 10
    assert (terrain.capture["low"] <= terrain.capture["capture"]).all()
    assert set(terrain.capture["method"]) == set(capture.METHODS)
    again = gg.cpted.risk_terrain(incidents, factors, grid, steps=3, stability=1)
    pd.testing.assert_frame_equal(again.factors, table)
    pd.testing.assert_frame_equal(again.capture, terrain.capture)


def test_one_question_a_factor_even_when_two_would_help(grid, scatter, incidents_in):
    rng = np.random.default_rng(8)
    bars = scatter(rng, 20)
    truth = operationalise([Factor("bars", bars)], grid, steps=4, step_m=100)
    near = truth.member[
        :, (truth.table["kind"] == "proximity") & (truth.table["distance_m"].isin([100, 400]))
    ]
    incidents = incidents_in(grid, rng.poisson(0.3 * 3.0 ** near.sum(axis=1)), rng)
    terrain = risk_terrain(incidents, {"bars": bars}, grid, stability=0)
    assert terrain.factors.index.tolist() == ["bars"]


def test_incidents_without_any_pattern_give_an_even_terrain(grid, scatter, incidents_in):
    rng = np.random.default_rng(2)
    incidents = incidents_in(grid, rng.poisson(0.1, len(grid)), rng)
    terrain = risk_terrain(incidents, {"bars": scatter(rng, 3)}, grid, stability=2)
    assert terrain.factors.empty
    assert (terrain.score == 1).all()


def test_cells_partly_outside_the_city_are_not_quiet_for_that(scatter):
    rng = np.random.default_rng(6)
    half = Grid.cover(shapely.box(200_000, 180_000, 204_000, 183_950), 100)
    assert half.cells["area_m2"].min() == pytest.approx(5000)
    edge = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(200_000, 183_975), (204_000, 183_975)])], crs=31370
    )
    xy = np.column_stack([rng.uniform(200_000, 204_000, 6000), rng.uniform(180_000, 183_950, 6000)])
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T, crs=31370))
    assert risk_terrain(incidents, {"edge": edge}, half, stability=0).factors.empty


def test_capture_shares_out_what_is_equal():
    priority, area = np.array([3.0, 1.0, 1.0, 0.0]), np.array([1.0, 1.0, 1.0, 1.0])
    counts = np.array([5.0, 2.0, 0.0, 1.0])
    np.testing.assert_allclose(capture.caught(priority, area, counts, [0.25, 0.5, 0.75, 1]), [5, 6, 7, 8])
    np.testing.assert_allclose(capture.caught(priority, area, counts, [0.125]), [2.5])


def test_the_baseline_forgets_by_half_in_a_quarter_year():
    counts = capture.decayed_counts(np.array([0, 0, 2]), np.array([0, 13, 26]), 3)
    np.testing.assert_allclose(counts, [1.5, 0, 0.25])


def test_the_baseline_catches_what_repeats_and_never_looks_ahead():
    area, rng = np.ones(100), np.random.default_rng(1)
    week = np.arange(20).repeat(5)
    cell = np.where(week < 10, 7, 8)  # everything moves at the first test week
    found = capture.compare(np.eye(100)[8], area, cell, week, 10, rng=rng).set_index(["budget", "method"])
    assert found.loc[(0.01, "terrain"), "capture"] == 1
    # In the first test week nothing points to cell 8; from the second on, 7 still weighs more for a while.
    assert 0 < found.loc[(0.01, "decayed counts"), "capture"] < 1
    assert found.loc[(0.02, "decayed counts"), "capture"] >= 0.9


def test_what_stands_among_the_dwellings_is_no_risk_for_that(grid, scatter, incidents_in):
    rng = np.random.default_rng(9)
    east = (grid.cells.centroid.x > 202_000).to_numpy()
    dwellings = pd.Series(np.where(east, rng.uniform(5, 40, len(grid)), 0.0), index=grid.cells.index)
    shops = scatter(rng, 120)
    shops = shops[shops.geometry.x > 202_000]
    incidents = incidents_in(grid, rng.poisson(0.03 * dwellings), rng)
    without = risk_terrain(incidents, {"shops": shops}, grid, stability=0)
    assert without.factors.index.tolist() == ["shops"]
    terrain = risk_terrain(incidents, {"shops": shops}, grid, exposure=dwellings, stability=0)
    assert terrain.factors.empty
    assert terrain.fit.cells == east.sum()
    assert terrain.cells["expected"].sum() == pytest.approx(len(incidents), rel=0.01)
    assert (terrain.cells["expected"][~east] == 0).all()
    with pytest.raises(SchemaError, match="exposure"):
        risk_terrain(incidents, {"shops": shops}, grid, exposure=dwellings.iloc[1:])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"factors": []}, ConfigError, "No factor"),
        ({"steps": 0}, ConfigError, "steps 0"),
        ({"incidents": 10}, SchemaError, "needed 30"),
        ({"crs": 28992}, SchemaError, "EPSG:28992"),
        ({"names": ["a", "a"]}, ConfigError, "name of its own"),
    ],
)
def test_what_cannot_be_is_said(change, error, message, grid, scatter):
    rng = np.random.default_rng(1)
    incidents, bars = scatter(rng, change.pop("incidents", 100)), scatter(rng, 20)
    bars = bars.set_crs(change.pop("crs", 31370), allow_override=True)
    factors = change.pop("factors", [Factor(name, bars) for name in change.pop("names", ["bars"])])
    with pytest.raises(error, match=message):
        risk_terrain(incidents, factors, grid, **change)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({}, SchemaError),
        ({"kinds": ("value",)}, ConfigError),
        ({"direction": "worse"}, ConfigError),
        ({"quality": "mooi"}, ConfigError),
    ],
)
def test_a_factor_that_makes_no_sense(options, error, scatter):
    layer = scatter(np.random.default_rng(1), 5) if options else None
    with pytest.raises(error, match="Factor bars"):
        Factor("bars", layer, **options)


@pytest.mark.shared
@pytest.mark.slow
def test_bicycle_thefts_of_groningen(shared_data):
    from genk_geo.crs import reproject

    def points(name):
        table = pd.read_csv(shared_data / name)
        layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(table["lon"], table["lat"], crs=4326))
        return reproject(layer, 28992)

    table = pd.read_csv(shared_data / "incidents_bike_theft_groningen_2013_2017.csv.gz")
    moments = {
        new: pd.to_datetime(table[old], errors="coerce").dt.tz_localize(
            "Europe/Amsterdam", ambiguous="NaT", nonexistent="NaT"
        )
        for old, new in (("begin", "from"), ("end", "to"))
    }
    place = gpd.points_from_xy(table["x_rd"], table["y_rd"], crs=28992)
    thefts = gpd.GeoDataFrame(moments, geometry=place).dropna(subset="from")
    layers = {
        "streetlights": points("context_groningen_streetlights.csv.gz"),
        "horeca": points("context_groningen_horeca.csv"),
        "bus stops": points("context_groningen_busstops.csv"),
    }
    areas = reproject(gpd.read_file(shared_data / "context_groningen_buurten.geojson"), 28992)
    grid = Grid.cover(areas, 100)
    terrain = risk_terrain(thefts, layers, grid, stability=1)
    assert set(terrain.factors.index) == set(layers)
    assert (terrain.factors["rrv_low"] > 1).all()
    assert terrain.fit.family == "negative binomial"
    assert terrain.factors["stable_seeds"].min() == terrain.factors["stable_blocks"].min() == 1
    share = terrain.capture.pivot_table(index="budget", columns="method", values="capture")
    # Honest: where much has been stolen before, a plain count knows better than three layers of features.
    assert (share["decayed counts"] > share["terrain"]).all()
    assert (share["terrain"] > 3 * share.index).all()
