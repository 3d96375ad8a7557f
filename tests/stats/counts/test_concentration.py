"""How strongly events are concentrated on few places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import concentration
from tests.examples import examples


class TestConcentration:
    def test_by_hand(self):
        """Four places, of which one has 6 of 10 events: half of them at one place, 80 % at two."""
        got = concentration([6, 0, 3, 1], simulations=0)
        assert got.shares["places"].tolist() == [1, 1, 2]
        assert got.shares["share_of_places"].tolist() == [0.25, 0.25, 0.5]
        assert got.gini == pytest.approx((2 * (0 * 1 + 1 * 2 + 3 * 3 + 6 * 4) / 10 - 5) / 4)
        assert got.gini_corrected == pytest.approx(got.gini)
        assert got.curve["share_of_events"].tolist() == pytest.approx([0, 0.6, 0.9, 1, 1])
        assert got.shares["by_chance"].isna().all()

    def test_few_events_over_many_places_are_not_concentrated_for_that(self):
        """Five events at five of a hundred places: as even as can be. The plain coefficient says .95."""
        counts = np.zeros(100)
        counts[:5] = 1
        got = concentration(counts)
        assert got.gini == pytest.approx(0.95)
        assert got.gini_corrected == pytest.approx(0)
        counts[:5] = [5, 0, 0, 0, 0]
        assert concentration(counts).gini_corrected == pytest.approx(0.8)

    @settings(deadline=None, max_examples=examples(40))
    @given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
    def test_the_coefficient_lies_between_its_ends(self, counts):
        got = concentration(counts)
        if sum(counts) == 0:
            assert np.isnan(got.gini)
            return
        assert -1e-9 <= got.gini_corrected <= 1
        assert got.curve["share_of_events"].iloc[-1] == pytest.approx(1)

    def test_chance_follows_the_length(self):
        rng = np.random.default_rng(1)
        length = np.r_[np.full(10, 1000.0), np.full(90, 1.0)]
        got = concentration(np.r_[np.full(10, 20), np.zeros(90)], exposure=length, rng=rng)
        assert got.shares.loc[0.5, "by_chance"] < 0.06
        even = concentration(np.r_[np.full(10, 20), np.zeros(90)], rng=rng)
        assert even.shares.loc[0.5, "by_chance"] > 0.2

    def test_faults_are_told(self):
        with pytest.raises(SchemaError, match="whole numbers"):
            concentration([1.5])
        with pytest.raises(SchemaError, match="exposure"):
            concentration([1, 2], exposure=[0, 0])
        with pytest.raises(ConfigError, match="shares"):
            concentration([1], shares=[1.0])
