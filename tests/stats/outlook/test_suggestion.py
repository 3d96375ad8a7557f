import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Grid, suggest
from tests.examples import examples

GRID = Grid.cover(shapely.box(0, 0, 1000, 1000), 100)


def risk(**spots):
    """Risk of 0.01 everywhere, other values by column and row: `c3r4=2.0`."""
    values = pd.Series(0.01, index=GRID.cells.index)
    for name, value in spots.items():
        column, row = (int(part) for part in name[1:].split("r"))
        values[f"100m_E{column}_N{row}"] = value
    return values


def test_the_hottest_patch_comes_first():
    found = suggest(risk(c3r3=1.0, c4r3=0.9, c8r8=0.6, c8r9=0.6), GRID, budget_km2=0.04, min_patch_cells=2)
    assert found["number"].tolist() == [1, 2]
    assert found["cells"].tolist() == [("100m_E3_N3", "100m_E4_N3"), ("100m_E8_N8", "100m_E8_N9")]
    assert found["expected"].tolist() == pytest.approx([1.9, 1.2])
    assert found["area_m2"].tolist() == [20_000, 20_000]
    assert found.geometry.area.tolist() == [20_000, 20_000]
    assert found.crs.to_epsg() == GRID.crs


def test_a_lone_cell_takes_the_best_around_it():
    found = suggest(risk(c5r5=1.0, c6r5=0.5, c5r6=0.4, c2r2=0.3), GRID, budget_km2=0.03, min_patch_cells=3)
    assert found["cells"].tolist() == [("100m_E5_N5", "100m_E6_N5", "100m_E5_N6")]
    assert suggest(risk(), GRID, budget_km2=0.02, min_patch_cells=3).empty


def test_street_length_as_budget():
    length = pd.Series(100.0, index=GRID.cells.index)
    length["100m_E3_N3"] = 1000.0
    length["100m_E9_N9"] = 0.0
    values = risk(c3r3=1.0, c6r6=0.8, c9r9=5.0)
    found = suggest(values, GRID, budget_km=0.1, length_m=length, min_patch_cells=1)
    assert found["cells"].tolist() == [("100m_E6_N6",)]
    assert found["length_m"].tolist() == [100]


def test_every_group_gets_a_patch_on_request():
    values = risk(c1r1=1.0, c2r1=1.0, c1r3=0.9, c2r3=0.9, c8r8=0.2, c8r9=0.2)
    side = pd.Series(np.where(GRID.cells["col"] < 5, "west", "east"), index=GRID.cells.index)
    alone = suggest(values, GRID, budget_km2=0.04, min_patch_cells=2)
    spread = suggest(values, GRID, budget_km2=0.04, min_patch_cells=2, spread_over=side)
    assert {side[cell] for cells in alone["cells"] for cell in cells} == {"west"}
    assert {side[cell] for cells in spread["cells"] for cell in cells} == {"west", "east"}
    assert spread["area_m2"].sum() == 40_000


@settings(deadline=None, max_examples=examples(40))
@given(
    seed=st.integers(0, 2**32 - 1),
    budget=st.floats(0.01, 0.5),
    least=st.integers(1, 6),
    spread=st.booleans(),
)
def test_suggestions_keep_the_budget_and_touch(seed, budget, least, spread):
    rng = np.random.default_rng(seed)
    values = pd.Series(rng.random(len(GRID)) ** 8, index=GRID.cells.index)
    groups = pd.Series(rng.choice(list("abc"), len(GRID)), index=GRID.cells.index) if spread else None
    found = suggest(values, GRID, budget_km2=budget, min_patch_cells=least, spread_over=groups)
    cells = [cell for area in found["cells"] for cell in area]
    assert len(set(cells)) == len(cells)
    assert found["area_m2"].sum() <= budget * 1e6 * (1 + 1e-9)
    assert all(len(area) >= least for area in found["cells"])
    # touching, corners included: a hair of width joins them
    assert all(shape.buffer(0.01).geom_type == "Polygon" for shape in found.geometry)
    assert found["expected"].sum() == pytest.approx(values[cells].sum())


def test_impossible_wishes():
    with pytest.raises(ConfigError, match="Give either"):
        suggest(risk(), GRID)
    with pytest.raises(ConfigError, match="Give either"):
        suggest(risk(), GRID, budget_km=1)
    with pytest.raises(ConfigError, match="more than 0"):
        suggest(risk(), GRID, budget_km2=0)
    with pytest.raises(ConfigError, match="min_patch_cells"):
        suggest(risk(), GRID, budget_km2=1, min_patch_cells=0)
    with pytest.raises(SchemaError, match="every cell"):
        suggest(risk().iloc[:5], GRID, budget_km2=1)
    with pytest.raises(SchemaError, match="finite numbers"):
        suggest(risk(c1r1=np.nan), GRID, budget_km2=1)
