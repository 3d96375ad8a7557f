import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import MODELS, Grid, Walk, WeekRecord, forecast
from genk_geo.stats.outlook.components import SCALES, Components

FIRST = Week(2024, 1)
WEEKS = 40


@pytest.fixture(scope="module")
def grid():
    return Grid.cover(shapely.box(0, 0, 1500, 1200), 100)


@pytest.fixture(scope="module")
def incidents():
    """Two lasting hotspots on an even background, some reported weeks later."""
    rng = np.random.default_rng(4)
    n = 900
    spot = rng.random(n)
    xy = rng.uniform((0, 0), (1500, 1200), (n, 2))
    xy[spot < 0.3] = np.array([450, 450]) + rng.normal(0, 90, (int((spot < 0.3).sum()), 2))
    xy[spot > 0.8] = np.array([1050, 750]) + rng.normal(0, 40, (int((spot > 0.8).sum()), 2))
    moments = FIRST.start() + pd.to_timedelta(rng.uniform(0, WEEKS * 7, n), unit="D")
    moments = pd.Series(moments).dt.round("s")
    reported = moments + pd.to_timedelta(rng.exponential(6, n), unit="D")
    return xy, moments, reported


def record_of(incidents, grid, last=WEEKS, keep=None, *, known=True):
    xy, moments, reported = incidents
    keep = np.ones(len(xy), dtype=bool) if keep is None else keep
    return WeekRecord.from_incidents(
        xy[keep],
        moments[keep],
        grid,
        first=FIRST,
        last=FIRST.shift(last - 1),
        reported=reported[keep] if known else None,
    )


def test_weeks_and_reports_are_counted_on_the_clock(grid):
    week = FIRST.shift(20)
    moments = pd.Series([week.start(), week.end() - pd.Timedelta(seconds=1), week.end(), week.start()])
    in_time = week.end() + pd.Timedelta(hours=23)
    reported = pd.Series([in_time, week.end() + pd.Timedelta(days=1), week.end(), pd.NaT])
    xy = [[50, 50], [50, 50], [50, 50], [5000, 50]]
    record = WeekRecord.from_incidents(
        xy, moments, grid, first=FIRST, last=week.shift(3), reported=reported.astype(moments.dtype)
    )
    assert record.week.tolist() == [20, 20, 21]
    assert record.known.tolist() == [20, 21, 21]
    assert record.until(20).week.tolist() == [20]
    assert record.known_in_time().week.tolist() == [20, 21]
    assert record.counts(20)[0] == 2
    assert record.totals()[19:23].tolist() == [0, 2, 1, 0]
    assert record.named(record.number(week)) == week


def test_the_baseline_is_the_plain_decayed_count(incidents, grid):
    record = record_of(incidents, grid)
    baseline = forecast(record, models=["decayed"], rng=np.random.default_rng(1))["decayed"]
    seen = record.until(WEEKS - 1)
    decayed = np.bincount(seen.cell, weights=0.5 ** ((WEEKS - 1 - seen.week) / 13), minlength=len(grid))
    order = np.argsort(decayed, kind="stable")
    assert (np.diff(baseline.to_numpy()[order]) >= 0).all()
    assert np.ptp(baseline[decayed == 0]) == 0
    assert np.corrcoef(baseline, decayed)[0, 1] > 0.999999


@pytest.mark.parametrize("models", [tuple(MODELS)])
def test_no_model_sees_the_future(incidents, grid, models):
    """Whatever happens later, and whatever is reported later, the forecast of a week stays the same."""
    xy, moments, reported = incidents
    origin = 30
    moment = FIRST.shift(origin).end() + pd.Timedelta(days=1)
    later = ((reported >= moment) | (moments >= FIRST.shift(origin).end())).to_numpy()
    assert 0.2 < later.mean() < 0.5
    # something between the past and the moment of the forecast that is known at once must count
    assert ((moments < moment) & ~later).any()

    def foreseen(record):
        walk = Walk(record, models=models, refit_weeks=4, rng=np.random.default_rng(7))
        return {found.origin: found.expected for found in walk.through([20, 26, origin])}

    truth = foreseen(record_of(incidents, grid))
    only_past = foreseen(record_of(incidents, grid, keep=~later))
    rng = np.random.default_rng(11)
    shuffled_xy = xy.copy()
    shuffled_xy[later] = rng.uniform((0, 0), (1500, 1200), (later.sum(), 2))
    shuffled = foreseen(record_of((shuffled_xy, moments, reported), grid))
    cut = foreseen(record_of(incidents, grid, last=origin + 1, keep=~later))
    for other in (only_past, shuffled, cut):
        for key in models:
            np.testing.assert_array_equal(other[origin][key], truth[origin][key])


def test_the_past_is_seen(incidents, grid):
    """The counterpart: altering what was known changes every model."""
    xy, moments, reported = incidents
    moved = xy.copy()
    early = (reported < FIRST.shift(20).start()).to_numpy()
    moved[early] = moved[early][::-1]
    for key in MODELS:
        walks = [
            Walk(record_of((where, moments, reported), grid), models=[key], rng=np.random.default_rng(7))
            for where in (xy, moved)
        ]
        one, other = (next(iter(walk.through([30]))).expected[key] for walk in walks)
        assert not np.array_equal(one, other)


def test_a_week_is_foreseen_alike_whichever_weeks_are_asked_for(incidents, grid):
    record = record_of(incidents, grid)

    def walk(origins):
        made = Walk(record, models=["scales", "boosted"], refit_weeks=5, rng=np.random.default_rng(3))
        return {found.origin: found.expected for found in made.through(origins)}

    many, few = walk(range(15, 39)), walk([38])
    for key in ("scales", "boosted", "decayed"):
        np.testing.assert_array_equal(many[38][key], few[38][key])


def test_hotspots_are_foreseen_and_totals_are_right(incidents, grid):
    record = record_of(incidents, grid, known=False)
    table = forecast(record, models=list(MODELS), rng=np.random.default_rng(3))
    assert table.columns.tolist()[0] == "decayed"
    assert (table > 0).all(axis=None)
    hot = grid.assign([[450, 450], [1050, 750]])
    for key in MODELS:
        assert (table.loc[hot, key] > table[key].quantile(0.95)).all()
        assert table[key].sum() == pytest.approx(900 / WEEKS, rel=0.15)


def test_environment_and_dwellings_count_where_they_matter(grid):
    rng = np.random.default_rng(5)
    factor = (np.arange(len(grid)) % 7 == 0).astype(float)
    share = (0.2 + 5 * factor) / (0.2 + 5 * factor).sum()
    cell = rng.choice(len(grid), size=600, p=share)
    middle = grid.cells.geometry.centroid.iloc[cell]
    moments = pd.Series(FIRST.start() + pd.to_timedelta(rng.uniform(0, 7 * 30, 600), unit="D"))
    xy = np.column_stack([middle.x, middle.y])
    record = WeekRecord.from_incidents(xy, moments, grid, first=FIRST, last=FIRST.shift(29))
    even = rng.random(len(grid))
    with_factor = forecast(
        record, models=["scales"], factors={"light": factor}, exposure=even, rng=np.random.default_rng(1)
    )["scales"]
    without = forecast(record, models=["scales"], rng=np.random.default_rng(1))["scales"]
    there = factor > 0
    assert with_factor[there].sum() / with_factor.sum() > without[there].sum() / without.sum() + 0.05
    assert with_factor.corr(pd.Series(share, index=with_factor.index)) > 0.9


def test_what_cannot_be_foreseen(incidents, grid):
    record = record_of(incidents, grid)
    rng = np.random.default_rng(1)
    with pytest.raises(ConfigError, match="Unknown model: oracle"):
        forecast(record, models=["oracle"], rng=rng)
    with pytest.raises(ConfigError, match="at least 9 weeks"):
        forecast(record_of(incidents, grid, last=5), rng=rng)
    with pytest.raises(ConfigError, match="exposure: needed"):
        forecast(record, exposure=[1, 2], rng=rng)
    with pytest.raises(ConfigError, match="square cells"):
        record_of(incidents, Grid.cover(shapely.box(0, 0, 500, 500), 100, shape="hexagon"))
    xy, moments, _ = incidents
    with pytest.raises(SchemaError, match="needed moments, dates, texts or weeks"):
        WeekRecord.from_incidents(xy, np.arange(len(moments)), grid, first=FIRST, last=FIRST)
    with pytest.raises(SchemaError, match="one a point"):
        WeekRecord.from_incidents(xy, moments[:5], grid, first=FIRST, last=FIRST)


def test_a_record_without_incidents_expects_next_to_nothing(grid):
    none = pd.Series([], dtype="datetime64[us, Europe/Brussels]")
    record = WeekRecord.from_incidents(np.zeros((0, 2)), none, grid, first=FIRST, last=FIRST.shift(19))
    table = forecast(record, models=list(MODELS), rng=np.random.default_rng(1))
    assert (table.sum() < 1e-6).all()


@pytest.mark.parametrize("late", [False, True])
def test_scales_are_the_whole_decayed_past_spread_at_once(incidents, grid, late):
    """Known at once, or up to nine weeks late: more ages in a week than there are half-lives."""
    record = record_of(incidents, grid, known=False)
    if late:
        known = record.week + np.arange(record.week.size) % 10
        record = WeekRecord(grid, record.first, record.weeks, record.cell, record.week, known)
    origin = WEEKS - 4
    found = Components(record).at(origin)
    seen = record.until(origin)
    for scale, column in zip(SCALES, found, strict=False):
        fade = 0.5 ** (1 / scale.half_life_weeks)
        weights = fade ** (origin - seen.week)
        past = np.bincount(seen.cell, weights, len(grid)) / (fade ** np.arange(origin + 1)).sum()
        spread = record.raster.smooth(past, scale.spread_cells * grid.cell_m)
        np.testing.assert_allclose(column, spread, rtol=1e-5, atol=1e-9)
