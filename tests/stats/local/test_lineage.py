"""Areas followed as cells alone are those that are drawn and tracked, week after week."""

import numpy as np
import pandas as pd
import shapely

from genk_geo.calendar import Week
from genk_geo.stats import Grid, hotspot_areas, local_g, track, window_dispersion, window_family
from genk_geo.stats.local.getis_ord import hot_q
from genk_geo.stats.local.lineage import cell_areas, follow
from genk_geo.stats.local.neighbours import build_links
from tests.examples import examples

GRID = Grid.cover(shapely.box(0, 0, 1500, 1500), 100)
NAMES = GRID.cells.index.to_numpy(object)
ORDER = np.argsort(NAMES, kind="stable")
LINKS = build_links(GRID.graph(), GRID.cells.index)
FIRST = Week(2025, 50)  # over the end of a year


def drawn_on(counts, hot, before, week):
    cells = GRID.cells.loc[hot, ["geometry"]]
    return track(hotspot_areas(cells, counts), before, theme="burglary", week=week)


def as_cells(counts, hot, before, week):
    areas = cell_areas(hot, counts.to_numpy(), LINKS, ORDER)
    return follow(areas, before, names=NAMES, cell_m2=1e4, theme="burglary", week=week)


def test_weeks_of_cells_alone_are_the_weeks_that_were_drawn():
    fates = set()
    for seed in range(max(10, examples(25))):  # with ten every fate comes
        rng = np.random.default_rng(seed)
        lively = rng.random(len(GRID.cells))
        tables, lists = None, []
        for later in range(8):
            lively = np.clip(
                lively + rng.normal(0, rng.choice([0.1, 0.25]), lively.size), 0, 1
            )  # areas grow, meet and part
            hot = lively > rng.choice([0.8, 0.9, 2.0], p=[0.45, 0.45, 0.1])
            counts = pd.Series(rng.poisson(2 * lively), GRID.cells.index)
            week = FIRST.shift(later)
            tables, lists = drawn_on(counts, hot, tables, week), as_cells(counts, hot, lists, week)
            here = tables[tables["status"] != "gone"]
            fates |= set(tables["status"])
            told = {(one.hotspot_id, one.since, frozenset(NAMES[one.area.cells])) for one in lists}
            rows = zip(here["hotspot_id"], here["since"], here["cells"], strict=True)
            assert told == {(name, since, frozenset(cells)) for name, since, cells in rows}
            peaks = {one.hotspot_id: NAMES[one.area.peak] for one in lists}
            assert peaks == dict(zip(here["hotspot_id"], here["peak_cell"], strict=True))
    assert fates == {"new", "kept", "moved", "merged", "split", "gone"}  # nothing was compared in vain


def test_the_q_values_alone_are_those_of_the_table():
    rng = np.random.default_rng(1)
    index = GRID.cells.index
    share = pd.Series(rng.random(len(index)), index)
    share[rng.random(len(index)) < 0.2] = 0.0
    share /= share.sum()
    counts = pd.Series(rng.poisson(400 * share), index)
    counts.iloc[110] += 15
    past = [pd.Series(rng.poisson(400 * share), index) for _ in range(4)]
    spread = window_dispersion(past, GRID.graph(), share * 400 * 9)
    for dispersion in (None, spread):
        asked = {"possible": share > 0, "dispersion": dispersion}
        whole = local_g(counts, GRID.graph(), exposure=share, level=None, **asked)["q_value"]
        alone = hot_q(counts, GRID.graph(), share, **asked)
        np.testing.assert_array_equal(alone, whole.to_numpy())
        assert (alone <= 0.05).any()


def test_the_surest_disc_of_each_cell_is_the_proven_one():
    rng = np.random.default_rng(2)
    expected = pd.Series(0.2, GRID.cells.index)
    family = window_family(GRID, expected)
    counts = pd.Series(rng.poisson(expected), GRID.cells.index)
    counts.iloc[[40, 41, 180, 181]] += 7
    proven, surest = family.proven(counts), pd.Series(family.surest(counts), GRID.cells.index)
    assert len(proven) >= 2
    for cells, chance in zip(proven["cells"], proven["family_p"], strict=True):
        assert (surest[list(cells)] == chance).all()
    assert np.isinf(surest.drop([cell for cells in proven["cells"] for cell in cells])).all()
