import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import EMERGING, Grid, emerging_category, emerging_hotspots

# H hot, c cold, . neither; trend up, flat or down.
SEQUENCES = [
    (".........H", 0, "new_hot"),
    ("....c....H", 0, "new_hot"),
    ("H", 0, "new_hot"),
    ("........HH", 0, "consecutive_hot"),
    ("..HHHHHHHH", 0, "consecutive_hot"),
    ("c......HHH", 1, "consecutive_hot"),
    (".HHHHHHHHH", 1, "intensifying_hot"),
    ("HHHHHHHHHH", 1, "intensifying_hot"),
    (".HHHHHHHHH", 0, "persistent_hot"),
    ("HHHH.HHHHH", 0, "persistent_hot"),
    ("HH", 0, "persistent_hot"),
    ("HHHHcHHHHH", -1, "diminishing_hot"),
    ("HHHHHHHHH.", 1, "historical_hot"),
    ("HHHHHHHHHc", 0, "historical_hot"),
    ("HHHHHHHH.H", 0, "persistent_hot"),
    ("HHHHHHHHH..", 0, "none"),  # 9 of 11, one run, over
    ("H.HHHHHHHH.", 0, "sporadic_hot"),
    ("H.H.H.....", 0, "sporadic_hot"),
    ("H........H", 0, "sporadic_hot"),
    (".HHH.HHHHH", 0, "sporadic_hot"),
    ("H.c......H", 0, "oscillating_hot"),
    ("HHHHHHHccH", 1, "oscillating_hot"),
    ("H.H.c.....", 0, "none"),
    ("...HH.....", 0, "none"),
    ("..........", 1, "none"),
    ("H.H......c", 0, "new_cold"),
    ("c.H......c", 0, "oscillating_cold"),
]


def read(text):
    return [{"H": 1, "c": -1, ".": 0}[sign] for sign in text]


@pytest.mark.parametrize(("text", "trend", "category"), SEQUENCES)
def test_every_category_and_its_borders(text, trend, category):
    states = np.array([read(text)])
    assert emerging_category(states, [trend])[0] == category
    if "_hot" in category and emerging_category(-states, [-trend])[0] != category.replace("hot", "cold"):
        # Only where the mirror image is also a hot pattern does hot go first.
        assert emerging_category(-states, [-trend])[0].endswith("_hot")


def test_the_mirror_images_of_all_kinds_are_reached():
    reached = set()
    for text, trend, _ in SEQUENCES:
        states = np.array([read(text)])
        reached |= {emerging_category(states, [trend])[0], emerging_category(-states, [-trend])[0]}
    assert reached == set(EMERGING)


def test_states_that_are_none():
    with pytest.raises(SchemaError, match="needed shapes"):
        emerging_category([1, 0], [0])
    with pytest.raises(SchemaError, match="only -1, 0 and 1"):
        emerging_category([[2, 0]], [0])


def test_planted_histories_come_out():
    rng = np.random.default_rng(5)
    grid = Grid.cover(shapely.box(0, 0, 3000, 3000), 100)
    col, row = grid.cells["col"].to_numpy(), grid.cells["row"].to_numpy()
    rate = np.full((len(grid), 10), 0.2)
    always = (np.abs(col - 5) <= 1) & (np.abs(row - 5) <= 1)
    lately = (np.abs(col - 22) <= 1) & (np.abs(row - 22) <= 1)
    rate[always] = 6.0
    rate[lately, -1] = 6.0
    periods = pd.date_range("2026-01-05", periods=10, freq="7D", name="period")
    cube = pd.DataFrame(rng.poisson(rate), grid.cells.index, periods)
    found = emerging_hotspots(cube, grid.graph())
    centre, new = grid.assign([[550, 550], [2250, 2250]])
    assert found.loc[centre, "category"] == "persistent_hot"
    assert found.loc[centre, "hot_periods"] == 10
    assert found.loc[new, "category"] == "new_hot"
    assert found.loc[new, "last"] == "hot"
    near = (
        always
        | lately
        | np.isin(np.arange(len(grid)), np.flatnonzero(grid.graph().sparse @ (always | lately)))
    )
    assert (found.loc[~near, "category"] != "none").mean() < 0.01
    assert list(found["category"].cat.categories) == list(EMERGING)
    quiet = emerging_hotspots(cube * 0, grid.graph())
    assert (quiet["category"] == "none").all()
    masked = emerging_hotspots(cube, grid.graph(), possible=pd.Series(~always, grid.cells.index))
    assert (masked.loc[always, "category"] == "none").all()
    with pytest.raises(SchemaError, match="at least one period"):
        emerging_hotspots(cube.iloc[:, :0], grid.graph())
    with pytest.raises(ConfigError, match="level"):
        emerging_hotspots(cube, grid.graph(), level=0)
