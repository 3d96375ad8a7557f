"""What a page says of its data."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from genk_geo.release.suppress import Count
from genk_geo.render.words.quality import _unlikely
from genk_geo.render.words.texts import Texts


@pytest.mark.parametrize(
    ("count", "high", "doubted"), [(150, 40, True), (80, 40, False), (81, 40, True), (4, None, False)]
)
def test_a_week_far_above_what_was_expected_asks_whether_the_data_is_right(count, high, doubted):
    city = SimpleNamespace(high=high, observed=Count.from_ends(count, count))
    week = SimpleNamespace(
        themes=[SimpleNamespace(theme="nuisance", city=city), SimpleNamespace(theme="burglary", city=None)]
    )
    told = _unlikely(week, Texts("nl"))
    assert [text.startswith("Overlast: zo veel meer dan verwacht") for text in told] == [True] * doubted
