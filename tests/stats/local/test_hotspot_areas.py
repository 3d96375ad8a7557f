import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.calendar import Week
from genk_geo.errors import SchemaError
from genk_geo.schema import AREA_STATUSES, HOTSPOT_CLASSES
from genk_geo.stats import Grid, hotspot_areas, local_g, track
from tests.examples import examples

W40 = Week(2026, 40)
GRID = Grid.cover(shapely.box(0, 0, 2000, 2000), 100)


def name(col, row):
    return f"100m_E{col}_N{row}"


def areas_of(*groups, counts=None):
    """Areas from groups of (col, row); the first cell of each has the highest count."""
    told = pd.Series(0, index=GRID.cells.index)
    for group in groups:
        told[[name(*cell) for cell in group]] = 1
        told[name(*group[0])] = 3
    hot = GRID.cells.loc[list(dict.fromkeys(name(*cell) for group in groups for cell in group))]
    return hotspot_areas(hot, told if counts is None else counts)


def block(col, row, width=2, height=2):
    return [(c, r) for c in range(col, col + width) for r in range(row, row + height)]


def step(before, groups, week):
    return track(areas_of(*groups), before, theme="burglary", week=week)


def told(table):
    return {row.peak_cell.split("_", 1)[1]: (row.status, row.hotspot_id) for row in table.itertuples()}


def test_cells_that_touch_make_an_area():
    areas = areas_of(block(2, 2), [(4, 4)], block(10, 10, 3, 1))
    assert len(areas) == 2  # (4, 4) touches the first block at a corner
    assert areas["observed"].tolist() == [3 + 3 + 3, 3 + 2]
    assert areas["area_m2"].tolist() == [50_000, 30_000]
    assert areas.loc[1, "cells"] == (name(10, 10), name(11, 10), name(12, 10))
    assert areas.loc[1, "peak_cell"] == name(10, 10)
    mean = (9 + 5) / 400
    assert areas["expected"].tolist() == pytest.approx([5 * mean, 3 * mean])
    assert areas["relative_risk"].tolist() == pytest.approx([9 / (5 * mean), 5 / (3 * mean)])


def test_strongest_of_the_cells_and_own_expectation():
    hot = GRID.cells.loc[[name(1, 1), name(1, 2)]].assign(
        z=[3.0, 5.0],
        q_value=[0.03, 0.001],
        hotspot_class=pd.Categorical(["hot 95", "hot 99"], categories=list(HOTSPOT_CLASSES), ordered=True),
    )
    counts = pd.Series(1.0, GRID.cells.index)
    area = hotspot_areas(hot, counts, expected=pd.Series(0.25, GRID.cells.index)).iloc[0]
    assert (area["z"], area["q_value"], area["hotspot_class"]) == (5.0, 0.001, "hot 99")
    assert (area["expected"], area["relative_risk"]) == (0.5, 4.0)
    assert hotspot_areas(hot, counts, expected=0.5)["expected"].iloc[0] == 1.0


def test_hexagons_dissolve_without_gaps():
    grid = Grid.cover(shapely.box(0, 0, 2000, 2000), 100, shape="hexagon")
    middle = grid.assign([[1000, 1000]])[0]
    hot = grid.cells.loc[[middle, *grid.graph()[middle].index]]
    areas = hotspot_areas(hot, pd.Series(1, grid.cells.index))
    assert len(areas) == 1
    assert areas.geometry[0].geom_type == "Polygon"
    assert not areas.geometry[0].interiors
    assert areas["area_m2"][0] == pytest.approx(7 * 100**2 * np.sqrt(3) / 2, rel=1e-4)


def test_no_hot_cells_no_areas():
    none = areas_of()
    assert len(none) == 0
    assert none.crs == GRID.cells.crs
    first = track(none, None, theme="burglary", week=W40)
    assert len(first) == 0
    assert {"hotspot_id", "theme", "status", "since", "from_ids"} <= set(first)
    assert len(track(none, first, theme="burglary", week=W40.shift(1))) == 0


def test_new_and_kept():
    first = step(None, [block(2, 2), block(10, 10)], W40)
    assert told(first) == {
        "E2_N2": ("new", "B-2026W40-E2N2"),
        "E10_N10": ("new", "B-2026W40-E10N10"),
    }
    assert (first["since"] == "2026-W40").all()
    assert (first["theme"] == "burglary").all()
    # One grows and its peak moves to another cell, the other loses a cell: both stay who they are.
    second = step(first, [[(3, 3), *block(2, 2, 4, 4)], block(10, 10, 1, 2)], W40.shift(1))
    assert told(second) == {"E3_N3": ("kept", "B-2026W40-E2N2"), "E10_N10": ("kept", "B-2026W40-E10N10")}
    assert (second["since"] == "2026-W40").all()
    assert second["from_ids"].tolist() == [(i,) for i in second["hotspot_id"]]


def test_moved_when_less_than_half_is_shared():
    first = step(None, [block(2, 2, 4, 1)], W40)
    half = step(first, [block(4, 2, 4, 1)], W40.shift(1))
    assert half["status"].tolist() == ["kept"]
    less = step(first, [block(5, 2, 4, 1)], W40.shift(1))
    assert less["status"].tolist() == ["moved"]
    assert less["hotspot_id"].tolist() == first["hotspot_id"].tolist()
    beside = step(first, [block(6, 2, 4, 1)], W40.shift(1))  # touches, shares nothing
    assert sorted(beside["status"]) == ["gone", "new"]


def test_merge_of_two():
    first = step(None, [block(2, 2, 3, 2), block(6, 2, 2, 2)], W40)
    merged = step(first, [block(2, 2, 6, 2)], W40.shift(1))
    assert told(merged) == {"E2_N2": ("merged", "B-2026W40-E2N2")}
    assert merged["from_ids"][0] == ("B-2026W40-E2N2", "B-2026W40-E6N2")
    after = step(merged, [block(2, 2, 6, 2)], W40.shift(2))
    assert after["status"].tolist() == ["kept"]


def test_equal_parts_of_a_merger_go_by_age():
    old = step(None, [block(6, 2)], W40)
    both = step(old, [block(6, 2), block(2, 2)], W40.shift(1))
    merged = step(both, [block(2, 2, 6, 2)], W40.shift(2))
    assert merged["hotspot_id"].tolist() == ["B-2026W40-E6N2"]


def test_split_in_two():
    first = step(None, [block(2, 2, 7, 2)], W40)
    parts = step(first, [block(2, 2, 4, 2), block(7, 2, 2, 2)], W40.shift(1))
    assert told(parts) == {
        "E2_N2": ("split", "B-2026W40-E2N2"),
        "E7_N2": ("split", "B-2026W41-E7N2"),
    }
    assert (parts["since"] == "2026-W40").all()  # the ground was hot since then
    later = step(parts, [block(2, 2, 4, 2), block(7, 2, 2, 2)], W40.shift(2))
    assert later["status"].tolist() == ["kept", "kept"]
    assert set(later["hotspot_id"]) == set(parts["hotspot_id"])


def test_merge_and_split_at_once():
    first = step(None, [block(2, 2, 6, 2), block(10, 2, 3, 2)], W40)
    second = step(first, [block(2, 2, 2, 2), block(5, 2, 7, 2)], W40.shift(1))
    status = {row.peak_cell: (row.status, row.hotspot_id) for row in second.itertuples()}
    assert status[name(5, 2)] == ("merged", "B-2026W40-E2N2")
    assert status[name(2, 2)] == ("split", "B-2026W41-E2N2")
    assert len(second) == 2


def test_gone_is_said_once_and_a_return_is_new():
    first = step(None, [block(2, 2), block(10, 10)], W40)
    second = step(first, [block(2, 2)], W40.shift(1))
    gone = second[second["status"] == "gone"]
    assert gone["hotspot_id"].tolist() == ["B-2026W40-E10N10"]
    assert gone["from_ids"].tolist() == [()]
    assert second["status"].tolist() == ["kept", "gone"]
    third = step(second, [block(2, 2)], W40.shift(2))
    assert third["status"].tolist() == ["kept"]
    back = step(third, [block(2, 2), block(10, 10)], W40.shift(3))
    assert told(back)["E10_N10"] == ("new", "B-2026W43-E10N10")
    empty = step(first, [], W40.shift(1))
    assert empty["status"].tolist() == ["gone", "gone"]
    assert empty.crs == first.crs
    assert len(step(empty, [], W40.shift(2))) == 0


def test_gone_areas_are_no_longer_significant():
    hot = GRID.cells.loc[[name(1, 1)]].assign(q_value=0.01, hotspot_class="hot 99")
    first = track(hotspot_areas(hot, pd.Series(1, GRID.cells.index)), None, theme="traffic", week=W40)
    assert first["hotspot_id"][0].startswith("T-")
    second = track(
        hotspot_areas(hot.iloc[:0], pd.Series(1, GRID.cells.index)), first, theme="traffic", week=W40.shift(1)
    )
    assert second[["hotspot_class", "q_value"]].to_numpy().tolist() == [["not significant", 1.0]]


def test_classes_stay_ordered_beside_areas_that_are_gone():
    counts = pd.Series(np.random.default_rng(1).poisson(0.1, len(GRID)), GRID.cells.index)
    counts[[name(*cell) for cell in [*block(3, 3), *block(12, 12)]]] = 5
    found = GRID.cells.join(local_g(counts, GRID.graph()))
    hot = found[found["hotspot_class"] >= "hot 95"]
    first = track(hotspot_areas(hot, counts), None, theme="burglary", week=W40)
    told = first.assign(this_week=2, wijk="Sledderlo")
    second = track(hotspot_areas(hot[hot["col"] < 8], counts), told, theme="burglary", week=W40.shift(1))
    assert second["status"].tolist() == ["kept", "gone"]
    assert second["hotspot_class"].dtype == hot["hotspot_class"].dtype
    assert second["hotspot_class"].tolist() == ["hot 99", "not significant"]
    assert second["wijk"].isna().tolist() == [True, False]


def test_a_week_told_twice_keeps_names_apart():
    first = step(None, [block(2, 2)], W40)
    again = step(first, [block(2, 2, 1, 1), block(10, 10), [(3, 3)]], W40)
    assert again["hotspot_id"].is_unique


cells = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)


@given(cells, cells, cells, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=examples(25))
def test_any_weeks_any_order(one, two, three, random):
    counts = pd.Series(np.arange(len(GRID)) * 7 % 11, index=GRID.cells.index)

    def week(chosen, shuffle):
        listed = sorted(chosen)
        if shuffle:
            random.shuffle(listed)
        return hotspot_areas(GRID.cells.loc[[name(*cell) for cell in listed]], counts)

    def run(shuffle):
        tables, before = [], None
        for k, chosen in enumerate((one, two, three)):
            areas = week(chosen, shuffle)
            if shuffle:
                areas = areas.sample(frac=1, random_state=random.randint(0, 99))
                before = before if before is None else before.sample(frac=1, random_state=1)
            before = track(areas, before, theme="nuisance", week=W40.shift(k))
            tables.append(before)
        return tables

    straight, shuffled = run(shuffle=False), run(shuffle=True)
    known = set()
    for plain, mixed in zip(straight, shuffled, strict=True):
        pd.testing.assert_frame_equal(
            pd.DataFrame(plain.drop(columns="geometry")), pd.DataFrame(mixed.drop(columns="geometry"))
        )
        assert plain["hotspot_id"].is_unique
        assert plain["status"].isin(AREA_STATUSES).all()
        gone, new = plain["status"] == "gone", plain["status"] == "new"
        assert set(plain.loc[gone, "hotspot_id"]) <= known
        assert not set(plain.loc[new, "hotspot_id"]) & known
        known |= set(plain["hotspot_id"])
        # Every earlier identity is told of: it lives on, is named as an origin, or is gone.
        assert sum(plain.loc[~gone, "observed"]) == counts[sorted(sum(plain.loc[~gone, "cells"], ()))].sum()


def test_tables_that_do_not_fit_are_refused():
    areas = areas_of(block(1, 1))
    with pytest.raises(SchemaError, match="hotspot_id, status, since missing"):
        track(areas, areas, theme="burglary", week=W40)
    first = step(None, [block(1, 1)], W40)
    with pytest.raises(SchemaError, match="EPSG:28992"):
        track(areas, first.set_crs(28992, allow_override=True), theme="burglary", week=W40)
    with pytest.raises(SchemaError, match="peak_cell missing"):
        track(areas.drop(columns="peak_cell"), None, theme="burglary", week=W40)
    hot = GRID.cells.iloc[[0, 0]]
    with pytest.raises(SchemaError, match="more than once"):
        hotspot_areas(hot, pd.Series(1, GRID.cells.index))
    with pytest.raises(SchemaError, match="without count"):
        hotspot_areas(GRID.cells.iloc[[0]], pd.Series([1], index=["x"]))
    with pytest.raises(SchemaError, match="no coordinate reference system"):
        hotspot_areas(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)]), pd.Series([1]))


@pytest.mark.parametrize("origin", [(0.0, 0.0), (0.25, 0.1)])
def test_outlines_that_are_only_compared_hold_the_same_ground(origin):
    """On whole metres they are joined along shared corners, elsewhere noded as drawn ones are."""
    grid = Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100, origin=origin)
    counts = pd.Series(np.random.default_rng(5).poisson(0.7, len(grid)), grid.cells.index)
    hot = grid.cells[counts > 0]
    drawn, compared = (hotspot_areas(hot, counts, drawn=one) for one in (True, False))
    assert drawn.drop(columns="geometry").equals(compared.drop(columns="geometry"))
    assert shapely.equals(drawn.geometry.to_numpy(), compared.geometry.to_numpy()).all()
