import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import density_clusters
from genk_geo.stats.density.clusters import expected_pairs


def layer(xy, crs=31370):
    return gpd.GeoSeries.from_xy(*np.asarray(xy, dtype=float).T, crs=crs)


@pytest.fixture(scope="module")
def city_points():
    rng = np.random.default_rng(1)
    return np.vstack(
        [
            rng.uniform(0, 5000, (150, 2)),
            rng.normal((1000, 1000), 30, (40, 2)),
            rng.normal((4000, 3000), 30, (25, 2)),
        ]
    )


@pytest.mark.parametrize("method", ["dbscan", "hdbscan"])
def test_planted_groups_are_found(city_points, method):
    found = density_clusters(layer(city_points), radius_m=80, min_weight=10, method=method)
    for planted, middle in ((slice(150, 190), (1000, 1000)), (slice(190, 215), (4000, 3000))):
        label = found.labels[planted].mode()[0]
        assert label > 0
        assert (found.labels[planted] == label).mean() > 0.9
        assert found.areas.geometry[label].contains(shapely.Point(middle))
    assert found.areas["weight"].is_monotonic_decreasing
    assert (
        found.areas["points"].tolist() == found.labels[found.labels > 0].value_counts().sort_index().tolist()
    )
    assert found.areas.crs.to_epsg() == 31370


def test_labels_do_not_depend_on_the_order_of_rows(city_points):
    points = layer(city_points)
    straight = density_clusters(points, radius_m=80, min_weight=10)
    mixed = density_clusters(points.sample(frac=1, random_state=1), radius_m=80, min_weight=10)
    core = straight.labels[straight.labels > 0].index
    assert (mixed.labels.loc[core] == straight.labels.loc[core]).mean() > 0.98  # border points may change
    assert straight.areas["area_m2"].to_numpy() == pytest.approx(mixed.areas["area_m2"].to_numpy())


def test_weights_make_a_core():
    xy = [(0, 0), (10, 0), (1000, 0)]
    plain = density_clusters(layer(xy), radius_m=50, min_weight=3)
    assert plain.areas.empty
    assert (plain.labels == 0).all()
    heavy = density_clusters(layer(xy), radius_m=50, min_weight=3, weights=[2.0, 1.5, 1.0])
    assert heavy.labels.tolist() == [1, 1, 0]
    assert heavy.areas.loc[1, "weight"] == 3.5
    alone = density_clusters(layer([(0, 0)] * 4), radius_m=50, min_weight=4, buffer_m=10)
    assert alone.areas.loc[1, "points"] == 4
    assert alone.areas.loc[1, "area_m2"] == pytest.approx(np.pi * 100, rel=0.02)


def test_expected_pairs_is_near_the_truth():
    rng = np.random.default_rng(2)
    for xy in (rng.uniform(0, 3000, (2000, 2)), rng.normal(0, 300, (2000, 2))):
        tree = cKDTree(xy)
        assert expected_pairs(xy, 100) == pytest.approx(tree.count_neighbors(tree, 100), rel=0.15)


def test_too_many_pairs_are_refused_before_memory_runs_out():
    xy = np.random.default_rng(3).uniform(0, 1000, (3000, 2))
    with pytest.raises(ConfigError, match="pairs of neighbours"):
        density_clusters(layer(xy), radius_m=500, max_pairs=100_000)
    # Many incidents at few addresses are no such case.
    few = np.repeat(xy[:30], 100, axis=0)
    assert density_clusters(layer(few), radius_m=500, max_pairs=100_000).labels.max() == 1


def test_what_has_no_place_belongs_nowhere():
    points = layer([(0, 0), (1, 1), (2, 2)] * 3)
    points.iloc[4] = None
    found = density_clusters(points, radius_m=10, min_weight=3)
    assert found.labels.tolist() == [1, 1, 1, 1, 0, 1, 1, 1, 1]
    assert density_clusters(points.iloc[:0]).areas.empty
    assert density_clusters(points.iloc[:2], method="hdbscan").areas.empty


@pytest.mark.parametrize(
    ("points", "options", "kind", "message"),
    [
        (layer([(5, 50)], crs=4326), {}, SchemaError, "degrees"),
        (gpd.GeoSeries([shapely.box(0, 0, 1, 1)], crs=31370), {}, SchemaError, "Needed points"),
        (layer([(0, 0)]), {"weights": [-1]}, SchemaError, "0 or more"),
        (layer([(0, 0)]), {"radius_m": 0}, ConfigError, "radius_m"),
        (layer([(0, 0)]), {"min_weight": np.nan}, ConfigError, "min_weight"),
        (layer([(0, 0)]), {"method": "kmeans"}, ConfigError, "needed dbscan or hdbscan"),
    ],
)
def test_bad_input_gets_one_clear_message(points, options, kind, message):
    with pytest.raises(kind, match=message):
        density_clusters(points, **options)
