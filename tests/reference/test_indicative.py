import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError
from genk_geo.reference import areas_from_points, outline_of
from genk_geo.reference.indicative import areas_of_sizes
from tests.examples import examples

CRS = 31370


def labelled(xy, labels):
    return gpd.GeoDataFrame({"label": labels}, geometry=gpd.points_from_xy(*np.asarray(xy).T), crs=CRS)


def quadrants(n, rng, side=4000):
    xy = rng.uniform(0, side, (n, 2))
    labels = np.array(["sw", "se", "nw", "ne"])[(xy[:, 0] > side / 2) + 2 * (xy[:, 1] > side / 2)]
    return xy, labels


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=3, max_size=25, unique=True),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=examples(20), deadline=None)
def test_areas_divide_the_outline(places, seed):
    labels = np.random.default_rng(seed).choice(["a", "b", "c"], len(places))
    outline = shapely.Point(1500, 1500).buffer(1800, quad_segs=7)
    areas = areas_from_points(labelled(places, labels), "label", outline=outline, votes=1, cell_m=100)
    shapes = areas.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(outline.area, rel=2e-3)
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)
    assert set(areas["label"]) <= set(labels)


def test_quadrants_come_back_despite_strays():
    rng = np.random.default_rng(3)
    xy, labels = quadrants(800, rng)
    wrong = rng.choice(800, 30, replace=False)
    noisy = labels.copy()
    noisy[wrong] = rng.permutation(noisy[wrong])
    far = np.array([[9e5, 9e5], [-8e5, 2e5]])
    points = labelled(np.vstack([xy, far]), [*noisy, "ne", "sw"])
    areas = areas_from_points(points, "label").set_index("label")
    assert (shapely.get_num_geometries(areas.geometry.to_numpy()) == 1).all()
    for name, corner in {"sw": (0, 0), "se": (2000, 0), "nw": (0, 2000), "ne": (2000, 2000)}.items():
        square = shapely.box(*corner, corner[0] + 2000, corner[1] + 2000)
        assert areas.geometry[name].intersection(square).area > 0.93 * square.area
    assert areas.union_all().area < 1.6 * 4000**2


def test_known_sizes_move_the_border():
    xy, _ = quadrants(200, np.random.default_rng(5))
    xy = xy[(xy[:, 0] < 1200) | (xy[:, 0] > 3000)]
    labels = np.where(xy[:, 0] < 2000, "west", "east")
    sizes = pd.DataFrame(
        {"area_m2": [1500 * 4000, 2500 * 4000], "x": [3250, 1250], "y": [2000, 2000]}, index=["east", "west"]
    )
    areas = areas_of_sizes(labelled(xy, labels), "label", sizes, cell_m=50).set_index("label")
    assert areas.area["east"] == pytest.approx(6e6, rel=0.08)
    assert areas.area["west"] == pytest.approx(10e6, rel=0.08)
    assert areas.area.sum() == pytest.approx(16e6, rel=1e-3)


def test_outline_has_no_holes_and_holds_all_points():
    angle = np.linspace(0, 2 * np.pi, 100)
    ring = np.column_stack([3000 * np.cos(angle), 3000 * np.sin(angle)])
    outline = outline_of(ring, reach_m=200)
    assert outline.geom_type == "Polygon"
    assert len(outline.interiors) == 0
    assert shapely.intersects_xy(outline, *ring.T).all()


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (labelled([(0, 0)], ["a"]).rename(columns={"label": "naam"}), "no column 'label'"),
        (labelled([(0, 0)], ["a"]).set_crs(4326, allow_override=True), "metric"),
        (labelled([(0, 0)], [None]), "No point has both"),
    ],
)
def test_unusable_points_are_an_error(points, message):
    with pytest.raises(ConfigError, match=message):
        areas_from_points(points, "label")


def test_a_label_without_its_own_ground_is_named(caplog):
    xy, labels = quadrants(300, np.random.default_rng(6))
    labels = labels.astype(object)
    inner = np.argsort(np.abs(xy - 1000).sum(axis=1))[0]
    labels[inner] = "lost"
    areas = areas_from_points(labelled(xy, labels), "label", votes=9)
    assert sorted(areas["label"]) == ["ne", "nw", "se", "sw"]
    assert "lost" in caplog.text
