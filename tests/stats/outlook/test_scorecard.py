import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Grid, Scorer, WeekRecord, backtest, choose_model, scorecard
from genk_geo.stats.outlook.budget import Patches, joined, neighbour_table, shares_inside
from genk_geo.stats.outlook.scorer import poisson_log_score
from tests.examples import examples

FIRST = Week(2024, 1)


def rows_of(caught, incidents, *, budget=0.1, model="m", best=None, base=(10, 1), log_score=-1.0):
    """Scores of weeks, one number a week."""
    return pd.DataFrame(
        {
            "week": pd.date_range("2024-01-01", periods=len(caught), freq="7D"),
            "model": model,
            "budget": budget,
            "incidents": incidents,
            "caught": np.asarray(caught, dtype=float),
            "best": np.asarray(incidents if best is None else best, dtype=float),
            "base_incidents": base[0],
            "base_caught": float(base[1]),
            "log_score": log_score,
        }
    )


def test_a_scorecard_by_hand():
    """Ten cells of equal area, one cell of budget: 6 of 20 caught is capture .3 and PAI 3."""
    weeks = 20
    baseline = rows_of([0, 1] * 10, [1, 1] * 10, model="decayed", best=[1, 1] * 10)
    model = rows_of([1, 0, 1, 1] * 5, [1, 1] * 10, best=[1, 1] * 10, base=(10, 5), log_score=-2.0)
    table = scorecard(pd.concat([baseline, model]), rng=np.random.default_rng(1)).set_index("model")
    row = table.loc["m"]
    assert row["weeks"] == weeks
    assert row["incidents"] == 20
    assert row["capture"] == pytest.approx(15 / 20)
    assert row["pai"] == pytest.approx(7.5)  # 15/20 of the incidents in 1/10 of the area
    assert row["pei"] == pytest.approx(15 / 20)
    assert row["rri"] == pytest.approx(0.75 / 0.5)  # half of the earlier incidents lay in the same ground
    assert row["log_score"] == pytest.approx(-2.0)
    assert row["gain"] == pytest.approx(1.5)
    assert row["gain_low"] <= 1.5 <= row["gain_high"]
    assert table.loc["decayed", ["gain", "gain_low", "gain_high"]].tolist() == [1, 1, 1]
    assert table["baseline"].tolist() == [True, False]


def test_pai_and_pei_of_a_week_by_hand():
    """Five cells of 1 ha with 4 0 1 3 2 incidents, the forecast prefers the second and the fourth."""
    grid = Grid.cover(shapely.box(0, 0, 500, 100), 100)
    counts = [4, 0, 1, 3, 2]
    xy = np.array([[100 * cell + 50, 50] for cell, n in enumerate(counts) for _ in range(n)], dtype=float)
    moments = pd.Series([FIRST.shift(9).start()] * 10)
    record = WeekRecord.from_incidents(xy, moments, grid, first=FIRST, last=FIRST.shift(9))
    expected = np.array([0.1, 0.9, 0.2, 0.8, 0.3])
    row = Scorer(record, budgets=[0.4], min_patch_cells=1).score(9, {"decayed": expected}).iloc[0]
    assert row["incidents"] == 10
    assert row["caught"] == 3
    assert row["best"] == 7
    assert row["base_incidents"] == 0
    table = scorecard(row.to_frame().T.infer_objects(), rng=np.random.default_rng(1)).iloc[0]
    assert table["capture"] == pytest.approx(0.3)
    assert table["pai"] == pytest.approx(0.3 / 0.4)
    assert table["pei"] == pytest.approx(3 / 7)
    assert np.isnan(table["rri"])
    # sum of y log e - e - log y!, by hand
    by_hand = 4 * np.log(0.1) + np.log(0.2) + 3 * np.log(0.8) + 2 * np.log(0.3) - 2.3
    by_hand -= np.log(24) + np.log(6) + np.log(2)
    assert poisson_log_score(expected, np.array(counts, float)) == pytest.approx(by_hand)


def test_equal_cells_count_in_proportion():
    shares = shares_inside(np.array([2.0, 1, 1, 1]), np.ones(4), [1, 2, 4])
    np.testing.assert_allclose(shares[0], [1, 0, 0, 0])
    np.testing.assert_allclose(shares[1], [1, 1 / 3, 1 / 3, 1 / 3])
    np.testing.assert_allclose(shares[2], 1)


def test_a_model_is_chosen_only_where_its_gain_stands():
    rng = np.random.default_rng(3)
    incidents = rng.integers(5, 12, 26)
    base = rows_of(incidents // 3, incidents, model="decayed", budget=0.02)
    better = rows_of(incidents // 2, incidents, model="better", budget=0.02)
    lucky = rows_of(incidents // 3 + (rng.random(26) < 0.1), incidents, model="lucky", budget=0.02)
    noisy = rows_of(rng.permutation(incidents // 3), incidents, model="noisy", budget=0.02)
    table = scorecard(pd.concat([base, better, lucky, noisy]), rng=np.random.default_rng(1))
    assert table.loc[table["chosen"], "model"].tolist() == ["better"]
    without = scorecard(pd.concat([base, noisy]), rng=np.random.default_rng(1))
    assert choose_model(without, budget=0.02) == "decayed"
    short = pd.concat([base, better])
    short = short[short["week"] < "2024-04-01"]
    assert choose_model(scorecard(short, rng=np.random.default_rng(1)), budget=0.02) == "decayed"
    with pytest.raises(ConfigError, match="No score at a budget"):
        choose_model(table, budget=0.3)


def test_weeks_without_incidents_are_shown():
    base = rows_of([0] * 8, [0] * 8, model="decayed")
    row = scorecard(base, rng=np.random.default_rng(1)).iloc[0]
    assert row["weeks"] == 8
    assert row["incidents"] == 0
    assert np.isnan(row["capture"])
    assert np.isnan(row["gain_low"])


def test_intervals_hold_neighbouring_weeks_together():
    """A slow swing is wider with runs of weeks than with single weeks."""
    swing = np.repeat([0, 4], 13)
    rows = rows_of(swing, np.full(26, 5), model="decayed")
    one, run = (scorecard(rows, block_weeks=k, rng=np.random.default_rng(1)).iloc[0] for k in (1, 8))
    assert run["capture_high"] - run["capture_low"] > 1.5 * (one["capture_high"] - one["capture_low"])


@pytest.fixture(scope="module")
def record():
    rng = np.random.default_rng(8)
    grid = Grid.cover(shapely.Point(900, 900).buffer(900), 100)
    where = rng.normal(900, 250, (500, 2))
    moments = pd.Series(FIRST.start() + pd.to_timedelta(rng.uniform(0, 7 * 30, 500), unit="D"))
    return WeekRecord.from_incidents(where, moments, grid, first=FIRST, last=FIRST.shift(31))


@pytest.mark.parametrize("patch", [1, 3])
def test_a_backtest_is_whole_and_repeatable(record, patch):
    def run():
        return backtest(
            record, weeks=6, models=["promap", "scales"], min_patch_cells=patch, refit_weeks=4,
            budgets=(0.05, 0.1), rng=np.random.default_rng(2),
        )  # fmt: skip

    rows = run()
    assert len(rows) == 6 * 3 * 2
    pd.testing.assert_frame_equal(rows, run())
    assert rows["week"].max() == pd.Timestamp(FIRST.shift(31).monday)
    assert rows.groupby("week")["incidents"].first().iloc[-1] == 0  # nothing happened in the last weeks
    assert (rows["caught"] <= rows["best"] + 1e-9).all()
    assert (rows["best"] <= rows["incidents"]).all()
    assert (rows["base_caught"] <= rows["base_incidents"]).all()
    table = scorecard(rows, rng=np.random.default_rng(2))
    assert table["capture"].between(0, 1).all()
    assert (table["pei"] <= 1 + 1e-12).all()


def test_the_score_of_a_week_does_not_depend_on_later_ones(record):
    shorter = WeekRecord(record.grid, record.first, 28, *(
        column[record.week < 28] for column in (record.cell, record.week, record.known)
    ))  # fmt: skip
    rng = np.random.default_rng
    long = backtest(record, weeks=8, models=["scales"], refit_weeks=4, rng=rng(2))
    short = backtest(shorter, weeks=4, models=["scales"], refit_weeks=4, rng=rng(2))
    pd.testing.assert_frame_equal(long[: len(short)], short)


@settings(deadline=None, max_examples=examples(40))
@given(
    seed=st.integers(0, 2**32 - 1),
    budget=st.floats(0.01, 0.6),
    least=st.integers(1, 5),
    flat=st.booleans(),
)
def test_budgets_are_kept_and_nothing_beats_the_best(seed, budget, least, flat):
    rng = np.random.default_rng(seed)
    grid = Grid.cover(shapely.Point(600, 600).buffer(580), 100)
    expected = rng.random(len(grid)) ** 6 + 1e-9
    if flat:
        expected = np.round(expected, 1) + 1e-9
    counts = rng.poisson(0.2, len(grid))
    cell = np.repeat(np.arange(len(grid)), counts)
    middle = grid.cells.representative_point().iloc[cell]
    moments = pd.Series([FIRST.shift(3).start()] * len(cell), dtype="datetime64[us, Europe/Brussels]")
    record = WeekRecord.from_incidents(
        np.column_stack([middle.x, middle.y]), moments, grid, first=FIRST, last=FIRST.shift(3)
    )
    row = Scorer(record, budgets=[budget], min_patch_cells=least).score(3, {"decayed": expected}).iloc[0]
    assert row["incidents"] == counts.sum()
    assert 0 <= row["caught"] <= row["best"] + 1e-9 <= counts.sum() + 2e-9
    area = grid.cells["area_m2"].to_numpy()
    share = shares_inside(expected, area, [budget * area.sum()])[0]
    assert (share * area).sum() == pytest.approx(budget * area.sum())
    around = neighbour_table(grid)
    patches = Patches(expected, np.full(len(grid), 1e4), around, least=least)
    cells = patches.within(budget * area.sum())
    assert len(cells) * 1e4 <= budget * area.sum() * (1 + 1e-9)
    assert len(set(cells.tolist())) == len(cells)
    assert (np.bincount(joined(cells, around)) >= least).all()


def test_bad_scores_and_budgets(record):
    rng = np.random.default_rng(1)
    with pytest.raises(ConfigError, match="budgets: given"):
        backtest(record, budgets=[2.0], rng=rng)
    with pytest.raises(ConfigError, match="min_patch_cells: given 0"):
        backtest(record, min_patch_cells=0, rng=rng)
    with pytest.raises(ConfigError, match="refit_weeks: given 0"):
        backtest(record, refit_weeks=0, rng=rng)
    with pytest.raises(ConfigError, match="weeks: given 0"):
        backtest(record, weeks=0, rng=rng)
    with pytest.raises(ConfigError, match="replicates 0"):
        scorecard(rows_of([1], [1]).assign(model="decayed"), replicates=0, rng=rng)
    with pytest.raises(SchemaError, match="lack the baseline"):
        scorecard(rows_of([1], [1]), rng=rng)
    with pytest.raises(SchemaError, match="lack caught"):
        scorecard(rows_of([1], [1]).drop(columns="caught"), rng=rng)
    with pytest.raises(SchemaError, match="No week"):
        scorecard(rows_of([], []), rng=rng)
