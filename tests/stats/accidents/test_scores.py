"""Numbers of victims are read or refused, never taken for none."""

from __future__ import annotations

import pandas as pd
import pytest

from genk_geo.errors import SchemaError
from genk_geo.stats import accident_scores


@pytest.mark.parametrize(
    ("written", "score"),
    [("1,0", 1.0), ("2", 2.0), (" 3 ", 3.0), (2, 2.0), (1.0, 1.0), ("", 0.0), (None, 0.0)],
)
def test_a_number_of_victims_is_read(written, score):
    assert accident_scores(pd.DataFrame({"light": [written]}))["score"].tolist() == [score]


@pytest.mark.parametrize("written", ["2+", "één", "inf", float("inf"), "1,5", "-1", "3²", "onbekend"])
def test_what_is_no_number_of_victims_is_refused(written):
    with pytest.raises(SchemaError, match="light"):
        accident_scores(pd.DataFrame({"light": ["1", written]}))
