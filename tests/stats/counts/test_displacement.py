import numpy as np
import pytest
from scipy.stats import binom, hypergeom, norm

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import displacement
from tests.examples import repetitions


def test_two_areas_by_hand():
    """Treated 30 to 20, control 32 to 30: 8 fewer, variance 112."""
    found = displacement({"treated": 30, "control": 32}, {"treated": 20, "control": 30})
    assert found.estimate == -8
    assert found.standard_error == pytest.approx(np.sqrt(112))
    assert found.z == pytest.approx(-8 / 10.583005)
    assert found.p_value == pytest.approx(2 * norm.cdf(-8 / np.sqrt(112)))
    assert found.intervals.loc[0.95].tolist() == pytest.approx([-28.7423, 12.7423], abs=1e-3)
    assert found.intervals.loc[0.90].tolist() == pytest.approx([-25.4075, 9.4075], abs=1e-3)
    assert not found.small


def test_with_rings_by_hand():
    """(20-50) - (45-40) + (18-12) - (9-10) = -30 - 5 + 6 + 1 = -28; variance is the sum of eight counts."""
    before = {"treated": 50, "control": 40, "displacement": 12, "displacement_control": 10}
    after = {"treated": 20, "control": 45, "displacement": 18, "displacement_control": 9}
    found = displacement(before, after)
    assert found.estimate == -28
    assert found.standard_error**2 == pytest.approx(204)
    assert found.counts["change"].to_dict() == {
        "treated": -30, "control": 5, "displacement": 6, "displacement_control": -1,
    }  # fmt: skip


def test_small_counts_have_an_exact_test():
    """Treated 8 to 1, control 6 to 7: the hypergeometric distribution, summed by hand."""
    found = displacement({"treated": 8, "control": 6}, {"treated": 1, "control": 7})
    assert found.small
    chance = hypergeom(22, 14, 9).pmf(np.arange(10))
    assert found.exact_p == pytest.approx(chance[chance <= chance[8] * (1 + 1e-9)].sum())


def test_the_interval_covers_what_is_true():
    rng, runs = np.random.default_rng(9), repetitions(400)
    covered = 0
    for _ in range(runs):
        before = {"treated": rng.poisson(40), "control": rng.poisson(60)}
        after = {"treated": rng.poisson(25), "control": rng.poisson(55)}
        low, high = displacement(before, after).intervals.loc[0.95]
        covered += low <= -10 <= high
    assert covered / runs == pytest.approx(0.95, abs=max(0.03, 3 * np.sqrt(0.95 * 0.05 / runs)))


@pytest.mark.parametrize("times", [1, 10, 100])
def test_an_equal_change_of_unequal_areas_is_no_difference(times):
    """20 to 15 against 200 to 150 is a quarter less on both sides; as a difference it was +45, p = .022."""
    found = displacement({"treated": 20, "control": 20 * times}, {"treated": 15, "control": 15 * times})
    assert found.ratio == 1
    assert found.exact_p == pytest.approx(1)
    assert found.verdict == "even"
    assert found.unequal == (times > 1)
    assert all(found.ratio_intervals["low"] < 1)
    assert all(found.ratio_intervals["high"] > 1)


def test_the_ratio_has_the_limits_of_the_noncentral_hypergeometric():
    """R's `fisher.test(matrix(c(3, 1, 1, 3), 2))`; scipy's root is coarse where the limit is far."""
    found = displacement({"treated": 1, "control": 3}, {"treated": 3, "control": 1})
    assert found.ratio_intervals.loc[0.95].tolist() == pytest.approx([0.2117329, 621.9337505], rel=0.01)
    assert found.ratio == 9


def test_an_area_that_falls_more_than_its_control_is_told():
    found = displacement({"treated": 100, "control": 1000}, {"treated": 50, "control": 980})
    assert found.verdict == "fewer"
    assert found.ratio == pytest.approx(0.5 / 0.98)
    assert found.ratio_intervals["high"].max() < 1


def test_chance_is_held_where_counts_vary_more_than_chance():
    """Gamma-Poisson counts with variance 3 times the mean: Poisson is fooled, the dispersion is not."""
    rng, runs = np.random.default_rng(17), repetitions(200)
    fooled = told = 0
    for _ in range(runs):
        treated, treated_after = rng.negative_binomial(60 / 2, 1 / 3, 2)
        control, control_after = rng.negative_binomial(300 / 2, 1 / 3, 2)
        counts = (
            {"treated": treated, "control": control},
            {"treated": treated_after, "control": control_after},
        )
        fooled += displacement(*counts).verdict != "even"
        told += displacement(*counts, dispersion=3.0).verdict != "even"
    assert fooled / runs > 0.15
    assert told <= binom(runs, 0.05).ppf(0.9)


@pytest.mark.parametrize("dispersion", [0.5, np.nan, np.inf])
def test_a_dispersion_is_one_or_more(dispersion):
    counts = {"treated": 3, "control": 4}
    with pytest.raises(ConfigError, match="variance over mean"):
        displacement(counts, counts, dispersion=dispersion)


def test_nothing_counted_says_nothing():
    found = displacement({"treated": 0, "control": 0}, {"treated": 0, "control": 0})
    assert found.estimate == 0
    assert np.isnan(found.p_value)
    assert found.exact_p == 1


def test_wrong_counts():
    good = {"treated": 3, "control": 4}
    with pytest.raises(SchemaError, match="No counts for control"):
        displacement({"treated": 1}, {"treated": 1})
    with pytest.raises(SchemaError, match="Unknown role: ring"):
        displacement(good | {"ring": 1}, good | {"ring": 1})
    with pytest.raises(SchemaError, match="needed the same"):
        displacement(good, good | {"displacement": 1})
    with pytest.raises(SchemaError, match="without a displacement area"):
        displacement(good | {"displacement_control": 1}, good | {"displacement_control": 1})
    with pytest.raises(SchemaError, match="whole numbers"):
        displacement(good, {"treated": 3, "control": 1.5})
    with pytest.raises(SchemaError, match="whole numbers"):
        displacement(good, {"treated": -1, "control": 1})
    for wrong in (np.nan, np.inf, "3", None):
        with pytest.raises(SchemaError, match="whole numbers"):
            displacement(good, {"treated": wrong, "control": 1})
