"""The model of followers: on weeks and cells planted figures come back, and its map is that of every pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.calendar import Week
from genk_geo.stats import Grid, WeekRecord, forecast
from genk_geo.stats.outlook import aftermath
from genk_geo.stats.outlook.components import Components
from genk_geo.stats.outlook.examples import Examples

FIRST, WEEKS = Week(2024, 1), 90


@pytest.fixture(scope="module")
def record():
    """Cascades of weeks on a grid: half as many followers, half of them within a week, a cell or two away."""
    rng = np.random.default_rng(8)
    grid = Grid.cover(shapely.box(0, 0, 6000, 6000), 100)
    born = np.column_stack([rng.uniform(0, 6000, (2000, 2)), rng.integers(0, WEEKS, 2000)])
    every = [born]
    while len(born):
        parents = np.repeat(born, rng.poisson(0.5, len(born)), axis=0)
        later = rng.geometric(1 - 0.5 ** (1 / 1.5), len(parents))
        born = parents + np.column_stack([rng.normal(0, 130, (len(parents), 2)), later])
        born = born[born[:, 2] < WEEKS]
        every.append(born)
    events = np.concatenate(every)
    moments = pd.Series(FIRST.start() + pd.to_timedelta(7 * events[:, 2] + 3, unit="D"))
    return WeekRecord.from_incidents(events[:, :2], moments, grid, first=FIRST, last=FIRST.shift(WEEKS - 1))


@pytest.fixture(scope="module")
def following(record):
    """Fitted on an even background, which is the true one: others take some of the followers for lasting."""
    components = Components(record)
    examples = Examples(record, components.names, seed=1)
    for origin in range(10, WEEKS - 1):
        examples.add(origin, components.at(origin))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aftermath, "_LASTING", {"even"})
        return aftermath.SelfExciting("self_exciting").fit(examples, WEEKS - 1)


def test_a_record_of_weeks_gives_its_half_life_and_spread_back(following):
    assert following.followers == pytest.approx(0.5, abs=0.08)
    assert following.half_life == pytest.approx(1.5, abs=0.35)
    # Of cells: the place within a cell adds a twelfth of a cell at both ends.
    assert following.spread == pytest.approx(np.sqrt(1.3**2 + 1 / 6), abs=0.1)


def test_what_is_raised_is_that_of_every_pair(record, following):
    """The map of followers at the last week, from each incident by hand."""
    origin = WEEKS - 1
    nothing = np.zeros((following.weights.size, len(record.grid)), dtype=np.float32)
    found = following.expected(nothing, origin)
    place = np.column_stack(record.raster.at)
    middle = int(np.flatnonzero((place == 30).all(axis=1))[0])
    far = int(3 * following.spread + 0.5)
    steps = np.exp(-0.5 * (np.arange(-far, far + 1) / following.spread) ** 2)
    steps /= steps.sum()
    fade, expected = 0.5 ** (1 / following.half_life), 0.0
    for cell, week in zip(record.cell, record.week, strict=True):
        north, east = place[middle] - place[cell]
        if max(abs(north), abs(east)) <= far:
            reach = steps[north + far] * steps[east + far]
            expected += following.followers * (1 - fade) * fade ** (origin - week) * reach
    assert found[middle] == pytest.approx(expected, rel=1e-6)


def test_it_is_one_more_model(record):
    rng = np.random.default_rng(1)
    found = forecast(record, models=("self_exciting",), rng=rng)
    weekly = record.counts(WEEKS - 1).sum()
    assert list(found) == ["decayed", "self_exciting"]
    assert 0.4 * weekly < found["self_exciting"].sum() < 2.5 * weekly
    recent = record.cell[record.week == WEEKS - 1]
    assert found["self_exciting"].to_numpy()[recent].mean() > 2 * found["self_exciting"].mean()
