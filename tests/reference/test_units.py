"""A metre is a metre where the city lies, points say their stadsdeel, small flaws of a layer are repaired."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError
from genk_geo.reference import City
from genk_geo.reference.naming import name_ground
from tests.examples import examples

WEST, EAST = shapely.box(228_000, 183_000, 229_000, 184_000), shapely.box(229_000, 183_000, 230_000, 184_000)


def layer(tmp_path, shapes, names=("A", "B"), **columns):
    frame = gpd.GeoDataFrame({"wijk": list(names), **columns}, geometry=list(shapes), crs=31370)
    frame.to_file(tmp_path / "areas.gpkg")
    return tmp_path / "areas.gpkg"


@pytest.mark.parametrize("crs", [3857, 3395, 6933, 2263, 4326, 2229])
def test_a_system_without_metres_on_the_ground_is_refused(tmp_path, crs):
    with pytest.raises(ConfigError, match=r"a metre here measures|not count in metres|is not used"):
        City.from_files(layer(tmp_path, (WEST, EAST)), name="P", crs=crs)


@pytest.mark.parametrize("crs", [31370, 3812, 28992, 25831, 25832, 32631, 3035, 2154])
def test_the_metric_systems_of_the_neighbours_are_taken(tmp_path, crs):
    city = City.from_files(layer(tmp_path, (WEST, EAST)), name="P", crs=crs)
    assert city.boundary.area == pytest.approx(2e6, rel=0.01)


@pytest.mark.parametrize("share", [0.002, 0.01, 0.03, 0.049])
def test_a_small_overlap_is_repaired_and_told(tmp_path, caplog, share):
    shifted = shapely.box(229_000 - 1000 * share, 183_000, 230_000, 184_000)
    city = City.from_files(layer(tmp_path, (WEST, shifted)), name="P")
    assert "'A' and 'B' overlap" in caplog.text
    assert city.wijken.geometry.area.sum() == pytest.approx(2e6)


def test_a_large_overlap_stays_an_error_unless_the_settings_allow_it(tmp_path):
    path = layer(tmp_path, (WEST, shapely.box(228_900, 183_000, 230_000, 184_000)))
    with pytest.raises(ConfigError, match=r"'A' and 'B' overlap by 100,000 m2.*max_overlap"):
        City.from_files(path, name="P")
    assert len(City.from_files(path, name="P", max_overlap=0.2).wijken) == 2


def test_one_name_in_two_stadsdelen_is_told_apart(tmp_path, caplog):
    path = layer(tmp_path, (WEST, EAST), ("Centrum", "Centrum"), deel=["Noord", "Zuid"])
    city = City.from_files(path, name="P", stadsdeel="deel")
    assert city.wijken["wijk"].tolist() == ["Centrum (Noord)", "Centrum (Zuid)"]
    assert "told apart" in caplog.text
    with pytest.raises(ConfigError, match="same value"):
        City.from_files(path, name="P")


def points(tmp_path, rows, header="naam;deel;x;y"):
    (tmp_path / "p.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    return {"points": tmp_path / "p.csv", "x": "x", "y": "y", "wijk": "naam", "stadsdeel": "deel"}


NORTH = [f"Noord;A;{x};{y}" for x, y in ((228_500, 184_500), (228_600, 184_600), (228_700, 184_700))]
SOUTH = [f"Zuid;B;{x};{y}" for x, y in ((228_500, 182_500), (228_600, 182_600), (228_700, 182_700))]


@pytest.mark.parametrize(
    ("rows", "changes", "words"),
    [
        ([*NORTH, *SOUTH, "Zuid;A;228650;182550"], {}, "more than one stadsdeel for"),
        ([*NORTH, *(row.replace(";B;", ";;") for row in SOUTH)], {}, "no stadsdeel for"),
        ([*NORTH, *SOUTH], {"points_crs": 4326}, "points_crs"),
        ([*NORTH, "Zuid;B;5,5;50,95"], {}, "points_crs"),
        ([*NORTH, *SOUTH], {"stadsdeel": "district"}, "no column 'district'"),
    ],
)
def test_points_that_cannot_be_read_say_why(tmp_path, rows, changes, words):
    with pytest.raises(ConfigError, match=words):
        City.from_files(name="P", **(points(tmp_path, rows) | changes))


@pytest.mark.parametrize("changes", [{}, {"points_crs": 31370}])
def test_points_in_metres(tmp_path, changes):
    city = City.from_files(name="P", **points(tmp_path, [*NORTH, *SOUTH]), **changes)
    assert city.wijken[["wijk", "stadsdeel"]].to_numpy().tolist() == [["Noord", "A"], ["Zuid", "B"]]
    assert city.locate([228_600], [184_600])["wijk"].tolist() == ["Noord"]


AREAS = gpd.GeoDataFrame(
    {"wijk": ["A", "B", "C"], "stadsdeel": ["X", "X", "Y"]},
    geometry=[WEST, EAST, shapely.box(231_000, 183_000, 232_000, 184_000)],
    crs=31370,
)


@pytest.mark.parametrize(
    ("wijken", "name"),
    [
        (["A"] * 3 + ["B"], ("A", "X")),
        (["B"] * 3 + ["A"] * 2, ("B", "X")),
        (["A", "B"], ("A en B", "X")),
        (["C", "C", "C", "A", "A", "B"], ("C en A", "Y")),
        ([None, None, "C"], ("C", "Y")),
        ([None], ("B", "X")),
    ],
)
def test_ground_is_named_after_most_of_its_incidents(wijken, name):
    ground = shapely.box(229_200, 183_200, 229_400, 183_400)
    assert name_ground(AREAS, ground, pd.Series(wijken, dtype=object)) == name


@settings(deadline=None, max_examples=examples(40))
@given(
    st.floats(227_000, 233_000), st.floats(182_000, 185_000), st.floats(1, 900),
    st.lists(st.sampled_from(["A", "B", "C", None]), max_size=6),
)  # fmt: skip
def test_ground_always_has_a_name(x, y, size, wijken):
    wijk, stadsdeel = name_ground(
        AREAS, shapely.box(x, y, x + size, y + size), pd.Series(wijken, dtype=object)
    )
    assert set(wijk.split(" en ")) <= {"A", "B", "C"}
    assert stadsdeel in {"X", "Y"}
