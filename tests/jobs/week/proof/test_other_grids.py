"""Hotspots on other grids: what is of the place stays, what is of the lines or rough addresses does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genk_geo import stats
from genk_geo.calendar import Window
from genk_geo.config import GridSettings
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.history import ThemeHistory
from genk_geo.jobs.week.hotspots import find_heat
from genk_geo.jobs.week.proof import other_grids as steady
from tests.jobs.week.test_attention import busy_place
from tests.jobs.week.test_signals import WEEK, background, themed


@pytest.fixture(scope="module")
def ground(city):
    return Ground.cover(city, 100)


def looked_at(ground, count, *, uncertainty_m=5.0, spread_m=80.0, status="new"):
    """Two years of burglaries, so many in this window around one place: on how many grids it stays."""
    rng = np.random.default_rng(0)
    xy, moment = background(ground, rng, 416, 104)
    place, end = busy_place(ground), np.datetime64(WEEK.shift(1).monday, "s")
    more = np.array([place.x, place.y]) + rng.uniform(-spread_m, spread_m, (count, 2))
    when = end - (np.linspace(2, 85, count) * 86400).astype("timedelta64[s]")
    history = themed(ground, np.vstack([xy, more]), np.concatenate([moment, when]), theme="burglary")
    history = ThemeHistory(
        history.theme, history.settings.model_copy(update={"max_uncertainty_m": 1000.0}),
        history.incidents.assign(geocode_uncertainty_m=uncertainty_m), ground,
    )  # fmt: skip
    events, window = history.of_events, Window(WEEK, history.settings.window_weeks)
    areas = find_heat(events, window, GridSettings()).areas
    areas = areas[areas.distance(place) < 300].assign(status=status)
    return areas, steady.steadiness(areas, events, window, grid=GridSettings(), seed=1)


def test_a_strong_hotspot_stays_on_every_grid(ground):
    areas, found = looked_at(ground, 25)
    assert len(areas) == 1
    assert found.tolist() == [10]


def test_one_that_hangs_on_the_lines_is_told_as_that(ground):
    """As many as the proof needs, no more: on other grids some of them fall outside the window."""
    areas, found = looked_at(ground, 6)
    assert len(areas) == 1
    assert 1 <= found.iloc[0] < 8


def test_one_of_rough_addresses_does_not_stay(ground):
    sure, rough = (looked_at(ground, 10, uncertainty_m=metres)[1].iloc[0] for metres in (5.0, 450.0))
    assert sure >= 9
    assert rough <= 5


def test_what_is_gone_is_not_asked(ground):
    found = looked_at(ground, 25, status="gone")[1]
    assert found.isna().all()
    assert found.dtype == "Int64"


def test_the_same_whenever_it_is_asked(ground):
    assert looked_at(ground, 6)[1].tolist() == looked_at(ground, 6)[1].tolist()


def test_what_is_expected_moves_with_the_grid(city):
    grid = stats.Grid.cover(city.boundary, 100, crs=city.crs)
    values = pd.Series(grid.cells["col"] % 7 * 1.0 + grid.cells["row"] % 5, index=grid.cells.index)
    same = steady._laid(values, np.zeros(2), grid)
    pd.testing.assert_series_equal(same, values / values.sum(), check_names=False)
    # Deep inside a cell that begins half a cell further east holds half of two cells.
    laid = steady._laid(values, np.array([50.0, 0.0]), grid)
    row, col = int(grid.cells["row"].median()), int(grid.cells["col"].median())
    here, east = f"100m_E{col}_N{row}", f"100m_E{col + 1}_N{row}"
    ratio = laid[here] / laid[f"100m_E{col}_N{row + 1}"]
    north = 0.5 * (values[f"100m_E{col}_N{row + 1}"] + values[f"100m_E{col + 1}_N{row + 1}"])
    assert ratio == pytest.approx(0.5 * (values[here] + values[east]) / north)
    north_laid = steady._laid(values, np.array([0.0, 25.0]), grid)
    above = f"100m_E{col}_N{row + 1}"
    blend = 0.75 * values[here] + 0.25 * values[above]
    beside = 0.75 * values[east] + 0.25 * values[f"100m_E{col + 1}_N{row + 1}"]
    assert north_laid[here] / north_laid[east] == pytest.approx(blend / beside)
