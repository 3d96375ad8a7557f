"""What could be seen: more where more happens, and as often as it is seen when it is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from genk_geo.calendar import Window
from genk_geo.config import GridSettings
from genk_geo.jobs.ground import Ground
from genk_geo.jobs.week.hotspots import discs_of
from genk_geo.jobs.week.proof.power import could_be_seen
from tests.jobs.week.test_signals import WEEK, background, themed

WINDOW = Window(WEEK, 13)


@pytest.fixture(scope="module")
def history(city):
    ground = Ground.cover(city, 100)
    return themed(ground, *background(ground, np.random.default_rng(1), 2080, 104), theme="burglary")


@pytest.fixture(scope="module")
def seen(history):
    return could_be_seen(history, WINDOW, grid=GridSettings())


def test_more_is_seen_of_more(seen):
    chances = seen[["times_2", "times_3", "times_5", "times_10"]]
    assert list(seen.index) == ["quiet", "median", "busy"]
    assert (np.diff(chances, axis=1) > 0).all()
    assert (np.diff(seen["usual"]) > 0).all()
    assert (np.diff(chances["times_5"]) > 0).all()
    assert (seen["needed"] >= 3).all()
    assert ((chances >= 0) & (chances <= 1)).all().all()


def test_it_is_seen_as_often_as_is_said(history, seen):
    """Draws of five times the usual at places like the median one: how many reach what is needed."""
    discs, rng = discs_of(history, WINDOW, GridSettings()), np.random.default_rng(2)
    usual = discs.expected[0]
    alike = np.flatnonzero(np.abs(usual - seen.loc["median", "usual"]) <= 0.1 * seen.loc["median", "usual"])
    over, mean = np.maximum(discs.dispersion[0, alike] - 1, 1e-9), 5 * usual[alike]
    rate = rng.gamma(mean / over, over, (400, alike.size))
    found = (rng.poisson(rate) >= discs.needed[0, alike]).mean()
    assert found == pytest.approx(seen.loc["median", "times_5"], abs=0.02)


def test_of_too_few_nothing_is_said(history):
    few = type(history)(history.theme, history.settings, history.incidents.iloc[:5], history.ground)
    assert could_be_seen(few, WINDOW, grid=GridSettings()) is None
