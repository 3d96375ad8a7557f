"""Knox tables: published results, exact moments, and p-values that hold."""

from __future__ import annotations

from itertools import permutations as orders
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, poisson

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import knox
from tests.examples import examples, repetitions

R_RESULTS = Path(__file__).parents[1] / "r_reference"


def burkitt():
    from libpysal import examples, io

    table = io.open(examples.get_path("burkitt.dbf"))
    frame = pd.DataFrame(list(table), columns=table.header)
    table.close()
    return frame[["X", "Y"]].to_numpy(float), frame["T"].to_numpy(float)


@pytest.mark.filterwarnings("ignore")
def test_burkitts_lymphoma():
    xy, days = burkitt()
    # Within 20 and within 5 (whole) days, the edges included.
    found = knox(
        xy, days, distance_bands=[0, np.nextafter(20, 21)], time_bands=[0, 5.5],
        metric="euclidean", permutations=999, rng=np.random.default_rng(1),
    )  # fmt: skip
    assert found.observed.iloc[0, 0] == 13
    assert found.observed.iloc[0].sum() == 3429
    assert found.observed.iloc[:, 0].sum() == 52
    assert found.expected.iloc[0, 0] == pytest.approx(10.143816, abs=1e-6)
    assert found.variance.iloc[0, 0] == pytest.approx(8.397681, abs=1e-6)
    assert found.z.iloc[0, 0] == pytest.approx(0.9856, abs=1e-4)
    assert found.p_value.iloc[0, 0] == pytest.approx(0.198, abs=0.04)
    assert poisson.sf(12, found.expected.iloc[0, 0]) == pytest.approx(0.2223, abs=1e-4)


def test_the_near_repeat_calculators_table(shared_data):
    told = pd.read_csv(shared_data / "oracles" / "nrc_chicago_burglary_month1_expected.csv", index_col=0)
    cases = pd.read_csv(shared_data / "oracles" / "nrc_chicago_burglary_month1.csv", parse_dates=["date"])
    found = knox(
        cases[["x_ft", "y_ft"]], (cases["date"] - cases["date"].min()).dt.days,
        distance_bands=[0, 1, 100, 200, 300], time_bands=[0, 7, 14, 21], permutations=99,
    )  # fmt: skip
    np.testing.assert_array_equal(found.observed.to_numpy(), told.to_numpy())
    assert found.p_value.iloc[1, 0] == 0.01


def test_surveillance_gives_the_same_pairs_and_expectations():
    points = pd.read_csv(R_RESULTS / "points.csv")
    for told in pd.read_csv(R_RESULTS / "surveillance_knox.csv").itertuples():
        found = knox(
            points[["x", "y"]], points["t"], distance_bands=[0, np.nextafter(told.eps_s, np.inf)],
            time_bands=[0, told.eps_t + 0.5], metric="euclidean", permutations=199,
        )  # fmt: skip
        assert found.observed.iloc[0, 0] == told.stat
        assert found.expected.iloc[0, 0] == pytest.approx(told.expected, rel=1e-12)
        assert found.p_value.iloc[0, 0] == pytest.approx(told.p_sim199, abs=0.12)


_CASES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 12)), min_size=4, max_size=6)


@given(_CASES, st.sampled_from(["manhattan", "euclidean"]))
@settings(max_examples=examples(25), deadline=None)
def test_counts_by_hand_and_moments_by_enumeration(cases, metric):
    *xy, days = np.array(cases, dtype=float).T
    xy = np.column_stack(xy)
    bands, spans = [0, 1, 3, 5], [0, 2, 7]
    found = knox(xy, days, distance_bands=bands, time_bands=spans, metric=metric, permutations=9)
    i, j = np.triu_indices(len(days), 1)
    apart = np.abs(xy[i] - xy[j])
    distance = apart.sum(axis=1) if metric == "manhattan" else np.hypot(*apart.T)
    row = np.digitize(distance, bands[1:])

    def table(times):
        column = np.digitize(np.abs(times[i] - times[j]), spans[1:])
        return np.bincount(row * 3 + column, minlength=12).reshape(4, 3)

    np.testing.assert_array_equal(found.observed, table(days))
    every = np.array([table(days[list(order)]) for order in orders(range(len(days)))])
    np.testing.assert_allclose(found.expected, every.mean(axis=0), atol=1e-9)
    np.testing.assert_allclose(found.variance, every.var(axis=0), atol=1e-9)


@given(st.integers(0, 10**6))
@settings(max_examples=examples(10), deadline=None)
def test_the_order_of_incidents_and_the_place_of_the_map_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    xy, days = rng.uniform(0, 3000, (150, 2)).round(), rng.integers(0, 60, 150)
    shuffled = rng.permutation(150)
    one = knox(xy, days, permutations=1)
    other = knox(xy[shuffled] + [230_000, 185_000], days[shuffled] + 20_000, permutations=1)
    pd.testing.assert_frame_equal(one.observed, other.observed)
    pd.testing.assert_frame_equal(one.variance, other.variance)
    assert one.observed.to_numpy().sum() == 150 * 149 / 2


@pytest.mark.slow
def test_p_values_are_uniform_when_nothing_follows_anything():
    """Data sets without any pattern; the count is discrete, so the ties of p are spread."""
    rng, runs = np.random.default_rng(8), repetitions(1000)
    p = []
    for _ in range(runs):
        xy, days = rng.uniform(0, 2000, (120, 2)), rng.uniform(0, 90, 120)
        found = knox(xy, days, distance_bands=[0, 300], time_bands=[0, 14], permutations=99, rng=rng)
        p.append(found.p_value.iloc[0, 0])
    p = np.array(p)
    for level in (0.05, 0.1, 0.2):
        assert (p <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / runs)
    # Ties alone move the steps of p by .06 at most; 1.6 is the limit of Kolmogorov at 1 %.
    assert kstest(p - rng.uniform(0, 0.06, runs), "uniform").statistic < max(0.06, 1.63 / np.sqrt(runs))


def test_a_rerun_gives_the_same_whatever_the_number_of_threads(monkeypatch):
    rng = np.random.default_rng(5)
    xy, days = rng.uniform(0, 2000, (150, 2)), rng.uniform(0, 90, 150)
    one = knox(xy, days, permutations=70)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    pd.testing.assert_frame_equal(one.p_value, knox(xy, days, permutations=70).p_value)


def test_repeats_at_the_same_place_are_found():
    rng = np.random.default_rng(3)
    xy, days = rng.uniform(0, 3000, (200, 2)), rng.integers(0, 365, 200).astype(float)
    xy = np.vstack([xy, xy[:30] + 0.2])
    days = np.concatenate([days, days[:30] + rng.integers(1, 6, 30)])
    found = knox(xy, days, rng=rng)
    assert found.p_value.loc["[0, 1)", "[0, 7)"] == 0.001
    assert found.ratio.loc["[0, 1)", "[0, 7)"] > 5


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"xy": np.zeros((3, 3))}, SchemaError, r"shape \(n, 2\)"),
        ({"days": [1.0, np.nan, 3.0]}, SchemaError, r"1 incidents have no place or time \(rows 1\)"),
        ({"xy": np.zeros((1, 2)), "days": [1]}, SchemaError, "at least 2"),
        ({"distance_bands": [1, 2]}, ConfigError, "distance_bands.*begin with 0"),
        ({"time_bands": [0, 7, 7]}, ConfigError, "time_bands.*ascending"),
        ({"time_bands": [0, np.inf]}, ConfigError, "leave infinity out"),
        ({"metric": "taxi"}, ConfigError, "manhattan or euclidean"),
    ],
)
def test_what_cannot_be_counted_is_refused(change, error, message):
    told = {"xy": np.arange(6.0).reshape(3, 2), "days": [1.0, 2.0, 3.0]} | change
    with pytest.raises(error, match=message):
        knox(told.pop("xy"), told.pop("days"), **told)


@pytest.mark.parametrize("tz", [None, "Europe/Brussels"])
def test_moments_count_as_the_days_that_they_are(tz):
    xy, days = np.zeros((3, 2)), [0, 1, 9]
    moments = pd.Timestamp("2026-01-01", tz=tz) + pd.to_timedelta(days, unit="D")
    plain = knox(xy, days, permutations=9)
    for told in (pd.Series(moments), moments, list(moments), [str(one) for one in moments]):
        assert knox(xy, told, permutations=9).observed.equals(plain.observed)


def test_no_shuffles_and_fewer():
    assert (knox(np.zeros((3, 2)), [0, 1, 9], permutations=0).p_value == 1).all(axis=None)
    with pytest.raises(ConfigError, match="permutations"):
        knox(np.zeros((3, 2)), [0, 1, 9], permutations=-1)
