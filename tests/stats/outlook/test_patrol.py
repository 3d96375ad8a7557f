import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import SHIFTS, Grid, Slot, aoristic, aoristic_by, aoristic_share, patrol_slots, slot_hours

TZ = "Europe/Brussels"


@pytest.fixture(scope="module")
def windows():
    rng = np.random.default_rng(1)
    start = pd.Series(
        pd.Timestamp("2026-09-01", tz=TZ) + pd.to_timedelta(rng.integers(0, 10**5, 400), unit="min")
    )
    length = np.where(rng.random(400) < 0.05, 20_000, rng.integers(0, 3000, 400))
    end = start + pd.to_timedelta(length, unit="min")
    return start, end.where(rng.random(400) < 0.9)


def test_hours_of_each_cell(windows):
    start, end = windows
    rng = np.random.default_rng(2)
    cell = pd.Series(rng.choice(["a", "b", "c"], 400), name="cell_id").mask(rng.random(400) < 0.1)
    weights = rng.uniform(0, 2, 400)
    found = aoristic_by(start, end, cell, weights=weights)
    assert found.index.tolist() == ["a", "b", "c"]
    for name in "abc":
        here = (cell == name).to_numpy()
        alone = aoristic(start[here], end[here], weights=weights[here])
        np.testing.assert_allclose(found.loc[name], alone, atol=1e-9)
    assert aoristic_by(start, end, cell).to_numpy().sum() == pytest.approx(cell.notna().sum(), rel=1e-12)
    assert aoristic_by(start[:0], end[:0], cell[:0]).empty


def test_shares_of_the_shifts_add_up_to_one(windows):
    start, end = windows
    shares = {name: aoristic_share(start, end, slot_hours(slot)) for name, slot in SHIFTS.items()}
    np.testing.assert_allclose(sum(shares.values()), 1)
    sums = patrol_slots(aoristic(start, end)).sum()
    for name, share in shares.items():
        assert share.sum() == pytest.approx(sums[name])
    grid = Grid.cover(shapely.box(0, 0, 300, 300), 100)
    xy = np.random.default_rng(3).uniform(0, 300, (400, 2))
    assert grid.count(xy, weights=shares["night"]).sum() == pytest.approx(sums["night"])


def test_a_night_belongs_to_the_day_it_begins_on():
    friday = slot_hours(Slot(22, 30), [4])
    assert np.flatnonzero(friday).tolist() == list(range(4 * 24 + 22, 5 * 24 + 6))
    sunday = slot_hours(Slot(22, 30), [6])
    assert np.flatnonzero(sunday).tolist() == [*range(6), 166, 167]
    week = np.zeros(168)
    week[5 * 24 + 2] = 3  # Saturday, two at night
    table = patrol_slots(week)
    assert table.loc[4, "night"] == 3
    assert table.to_numpy().sum() == 3
    moment = pd.Series([pd.Timestamp("2026-11-13 23:30", tz=TZ)])
    until = pd.Series([pd.Timestamp("2026-11-14 08:30", tz=TZ)])
    assert aoristic_share(moment, until, friday)[0] == pytest.approx(6.5 / 9)


def test_bad_slots_and_hours(windows):
    start, end = windows
    with pytest.raises(ConfigError, match="A slot from 25"):
        slot_hours(Slot(25, 30))
    with pytest.raises(ConfigError, match="A slot from 6 to 6"):
        slot_hours(Slot(6, 6))
    with pytest.raises(ConfigError, match="Weekday 7"):
        slot_hours(Slot(6, 14), [7])
    with pytest.raises(SchemaError, match="168 numbers"):
        patrol_slots(np.ones(24))
    with pytest.raises(SchemaError, match="168 marks"):
        aoristic_share(start, end, np.ones(168))
    with pytest.raises(SchemaError, match="one an incident"):
        aoristic_by(start, end, pd.Series(["a"]))
