"""Of busy weeks a part of the incidents is kept to learn from, which stands for all of them."""

import numpy as np
import pytest
import shapely

import genk_geo as gg
from genk_geo.calendar import Week
from genk_geo.stats.outlook import examples
from genk_geo.stats.outlook.components import Components
from genk_geo.stats.outlook.examples import Examples
from genk_geo.stats.outlook.models import MODELS

_WEEKS, _EACH = 40, 120


@pytest.fixture(scope="module")
def record():
    grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    rng = np.random.default_rng(1)
    lasting = rng.gamma(0.5, size=len(grid))
    cell = np.concatenate([rng.choice(len(grid), _EACH, p=lasting / lasting.sum()) for _ in range(_WEEKS)])
    week = np.repeat(np.arange(_WEEKS), _EACH)
    return gg.stats.WeekRecord(grid, Week(2025, 1), _WEEKS, cell, week, week)


def learned(record, monkeypatch, kept, seed=1):
    monkeypatch.setattr(examples, "KEPT_INCIDENTS", kept)
    components = Components(record)
    found = Examples(record, components.names, seed=seed)
    for origin in range(_WEEKS - 1):
        found.add(origin, components.at(origin))
    return found, components.at(_WEEKS - 1)


def test_weeks_within_the_bound_are_kept_whole(record, monkeypatch):
    found, _ = learned(record, monkeypatch, _EACH)
    at, stands_for, _ = found.incidents(_WEEKS - 1, from_origin=0)
    assert at.shape[1] == (_WEEKS - 1) * _EACH
    assert (stands_for == 1).all()


def test_what_is_kept_stands_for_all(record, monkeypatch):
    found, _ = learned(record, monkeypatch, _EACH // 4)
    at, stands_for, _ = found.incidents(_WEEKS - 1, from_origin=0)
    total = (_WEEKS - 1) * _EACH
    assert at.shape[1] < total / 2
    assert stands_for.sum() == pytest.approx(total, rel=0.1)
    rows = found.rows(_WEEKS - 1, from_origin=0)
    assert (rows.counts * rows.weight).sum() == pytest.approx(total, rel=0.1)
    assert rows.counts.max() > 1  # cells are kept whole


@pytest.mark.parametrize("key", ["decayed", "scales", "boosted"])
def test_a_model_learns_much_the_same(record, monkeypatch, key):
    every, ahead = learned(record, monkeypatch, _EACH)
    part, _ = learned(record, monkeypatch, _EACH // 3)
    whole, some = (MODELS[key].fit(one, _WEEKS - 1).expected(ahead, _WEEKS - 1) for one in (every, part))
    assert some.sum() == pytest.approx(whole.sum(), rel=0.1)
    assert np.corrcoef(np.log(whole), np.log(some))[0, 1] > 0.9


def test_a_cell_whose_incidents_are_not_kept_is_not_idle(record, monkeypatch):
    found, _ = learned(record, monkeypatch, 10)
    rows = found.rows(_WEEKS - 1, from_origin=0)
    idle = rows.counts == 0
    busy = set(zip(record.week - 1, record.cell, strict=True))
    assert idle.any()
    assert not busy & set(zip(rows.origin[idle], rows.cell[idle], strict=True))
