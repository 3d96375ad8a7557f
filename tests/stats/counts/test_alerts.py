import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import alerts, farrington
from genk_geo.stats.counts.farrington import FarringtonSettings, blocks

LAST = Week(2026, 46)


def weekly(table, names=None):
    """A history that ends with the last week."""
    y = np.asarray(table, dtype=float)
    mondays = pd.date_range(end=str(LAST.monday), periods=len(y), freq="7D", name="monday")
    return pd.DataFrame(y, index=mondays, columns=names or [f"wijk {i:04d}" for i in range(y.shape[1])])


def test_bounds_as_surveillance(root):
    folder = root / "tests" / "stats" / "r_reference"
    series = pd.read_csv(folder / "farrington_series.csv")
    reference = pd.read_csv(folder / "farrington_bounds.csv")
    for week in range(216, 261, 4):
        rows = reference[reference["week"] == week].set_index("series")
        found = farrington(weekly(series.iloc[:week].to_numpy(), list(series)), week=LAST).loc[rows.index]
        # R's glm stops iterating at 1e-8 of the deviance, so its figures have about five digits.
        np.testing.assert_allclose(found["expected"], rows["expected"], rtol=2e-4)
        np.testing.assert_allclose(found["dispersion"], rows["dispersion"], rtol=2e-4)
        np.testing.assert_allclose(found["p_value"], rows["p"], rtol=2e-3, atol=1e-9)
        np.testing.assert_array_equal(found["upper"], rows["upper"])


def test_salmonella_agona(r_table):
    """The series is part of R's surveillance (GPL-2)."""
    y = r_table("surveillance", "data(salmonella.agona); salmonella.agona$observed").to_numpy()
    assert y.shape == (312, 1)
    found = [farrington(weekly(y[:week]), week=LAST).iloc[0] for week in range(282, 313)]
    upper = [int(week["upper"]) for week in found]
    assert upper[:10] == [6, 6, 7, 7, 8, 8, 8, 9, 10, 11]
    assert not any(week["observed"] > week["upper"] for week in found)
    delta = [farrington(weekly(y[:week]), week=LAST, uncertainty="delta").iloc[0] for week in range(282, 313)]
    assert [week["upper"] for week in delta[:4]] == pytest.approx([5.9794, 5.9896, 6.5309, 7.1204], abs=5e-5)
    assert [i + 282 for i, week in enumerate(delta) if week["observed"] > week["upper"]] == [284]


def test_blocks_of_the_year():
    block = blocks(220, FarringtonSettings(years=4, half_window=3, periods=10))
    assert (block[: 220 - 4 * 52 - 3] == -1).all()
    for year in range(1, 5):
        middle = 220 - 52 * year
        assert (block[middle - 3 : middle + 4] == 0).all()
        between = block[middle + 4 : middle + 49]
        assert (np.diff(between) >= 0).all()
        assert np.bincount(between)[1:].tolist() == [5] * 9
    only = blocks(220, FarringtonSettings(periods=1))  # the first method of 1996: the same weeks of each year
    assert (only == 0).sum() == 4 * 7 + 4
    assert set(only) == {-1, 0}


def h0(mean, ratio, weeks, areas, seed):
    rng = np.random.default_rng(seed)
    shape = (weeks, areas)
    return weekly(
        rng.poisson(mean, shape)
        if ratio == 1
        else rng.negative_binomial(mean / (ratio - 1), 1 / ratio, shape)
    )


@pytest.mark.parametrize("ratio", [1.0, 2.0, 4.0])
@pytest.mark.parametrize(("mean", "weeks"), [(0.2, 160), (1.0, 60), (3.0, 120), (5.0, 216), (20.0, 216)])
def test_false_alarms_stay_within_one_and_a_half_times_their_rate(mean, ratio, weeks):
    areas = 1000
    found = alerts(h0(mean, ratio, weeks, areas, seed=int(mean * 10 + ratio)), week=LAST, alpha=0.01)
    assert ((found["method"] == "farrington") == (mean >= 3)).mean() > 0.98
    share = (found["observed"] > found["upper"]).mean()
    assert share <= 0.015 + 2 * np.sqrt(0.01 / areas)
    assert found["alert"].mean() <= 0.002  # and next to nothing is left over all areas


def test_an_outbreak_is_told_and_ranked_first():
    history = h0(6.0, 1.5, 216, 30, seed=3)
    history.iloc[-1, 7] = 30
    found = alerts(history, week=LAST)
    assert found.index[0] == "wijk 0007"
    assert found["alert"].tolist() == [True] + [False] * 29
    sparse = h0(0.3, 1, 216, 30, seed=4)
    sparse.iloc[-1, 9] = 7
    found = alerts(sparse, week=LAST)
    assert found.loc["wijk 0009", ["alert", "method"]].tolist() == [True, "gamma_poisson"]
    assert found["alert"].sum() == 1


def test_an_earlier_outbreak_does_not_hide_the_next():
    history = h0(5.0, 1, 216, 2, seed=5)
    history["wijk 0001"] = history["wijk 0000"]
    history.iloc[100:104, 1] += 40
    found = farrington(history, week=LAST)
    assert found.loc["wijk 0001", "upper"] <= found.loc["wijk 0000", "upper"] + 6
    naive = history["wijk 0001"].mean() + 2.3 * history["wijk 0001"].std()
    assert found.loc["wijk 0001", "upper"] < naive


def test_the_limit_is_the_quantile_and_p_the_tail():
    found = farrington(h0(6.0, 2, 216, 5, seed=6), week=LAST, alpha=0.05)
    size, chance = found["expected"] / (found["dispersion"] - 1), 1 / found["dispersion"]
    over = found["dispersion"] > 1
    np.testing.assert_array_equal(found["upper"][over], nbinom.ppf(0.95, size, chance)[over])
    tail = nbinom.sf(found["observed"] - 1, size, chance)
    np.testing.assert_allclose(found["p_value"][over], tail[over], rtol=1e-9)
    wider = farrington(h0(6.0, 2, 216, 5, seed=6), week=LAST, alpha=0.05, uncertainty="predictive")
    assert (wider["upper"] >= found["upper"]).all()


def test_areas_do_not_disturb_each_other():
    history = h0(6.0, 2, 216, 8, seed=7)
    together = farrington(history, week=LAST)
    alone = pd.concat([farrington(history[[name]], week=LAST) for name in history])
    pd.testing.assert_frame_equal(together, alone, rtol=1e-6)
    shuffled = alerts(history[history.columns[::-1]], week=LAST)
    pd.testing.assert_frame_equal(alerts(history, week=LAST), shuffled, rtol=1e-9)


def test_columns_and_later_weeks():
    history = h0(3.0, 1, 130, 4, seed=8)
    found = alerts(history, week=LAST.shift(-2))
    assert list(found) == [
        "observed", "expected", "upper", "p_value", "q_value", "alert", "method", "last_year", "trend",
    ]  # fmt: skip
    assert found["p_value"].is_monotonic_increasing
    name = found.index[0]
    assert found.loc[name, "last_year"] == history[name].iloc[-3 - 52]
    assert found.loc[name, "trend"] == tuple(history[name].iloc[-6:-2])
    later = history.copy()
    later.iloc[-2:] = 999
    pd.testing.assert_frame_equal(alerts(later, week=LAST.shift(-2)), found)


def test_short_silent_and_missing_histories():
    short = alerts(h0(3.0, 1, 5, 3, seed=9), week=LAST)
    assert short[["expected", "upper", "p_value", "q_value"]].isna().all(axis=None)
    assert set(short["method"]) == {"none"}
    assert not short["alert"].any()
    silent = alerts(weekly(np.zeros((220, 6))), week=LAST)
    assert (silent["p_value"] == 1).all()
    history = h0(4.0, 1, 216, 5, seed=10)
    history.iloc[:, 2] = np.nan
    history.iloc[-1, 3] = np.nan
    history.iloc[:150, 4] = np.nan
    found = alerts(history, week=LAST)
    assert found.loc["wijk 0002", "method"] == "none"
    assert found.loc[["wijk 0002", "wijk 0003"], "p_value"].isna().all()
    assert np.isfinite(found.loc["wijk 0004", "p_value"])
    zeros = history.fillna(0)
    zeros.iloc[:, 0] = 0
    zeros.iloc[-1, 0] = 3
    assert np.isfinite(farrington(zeros, week=LAST)).all(axis=None)


def test_bad_input_gets_one_clear_message():
    history = h0(3.0, 1, 130, 4, seed=11)
    with pytest.raises(SchemaError, match="begins 129 weeks before 2026-W46, needed 211"):
        farrington(history, week=LAST)
    with pytest.raises(SchemaError, match="0 or more"):
        alerts(-history, week=LAST)
    with pytest.raises(SchemaError, match="needed 2027-W01"):
        alerts(history, week=Week(2027, 1))
    for impossible, message in (
        ({"years": 0}, "years"),
        ({"left_out": -1}, "left_out"),
        ({"periods": 60}, "fewer blocks"),
        ({"threshold": 0}, "threshold"),
    ):
        with pytest.raises(ConfigError, match=message):
            FarringtonSettings(**impossible)
    for options, message in (
        ({"alpha": 1}, "alpha"),
        ({"uncertainty": "none"}, "plugin, predictive or delta"),
    ):
        with pytest.raises(ConfigError, match=message):
            farrington(history, week=LAST, **options)
    with pytest.raises(ConfigError, match="level"):
        alerts(history, week=LAST, level=5)
