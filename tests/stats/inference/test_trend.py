import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.errors import SchemaError
from genk_geo.stats import mann_kendall
from tests.examples import examples

# Yearly flow of the Nile at Aswan, 1871 to 1970, 10^8 m3.
NILE = """
    1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 1100
    1210 1150 1250 1260 1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 831 726 456
    824 702 1120 1100 832 764 821 768 845 864 862 698 845 744 796 1040 759 781 865 845 944 984 897
    822 1010 771 676 649 846 812 742 801 1040 860 874 848 890 744 749 838 1050 918 986 797 923 975
    815 1020 906 901 1170 912 746 919 718 714 740
"""


def test_the_nile_goes_down():
    found = mann_kendall([float(flow) for flow in NILE.split()])
    assert found.s == -1387
    assert found.variance == pytest.approx(112728.3, abs=0.05)
    assert found.z == pytest.approx(-4.128067, abs=5e-7)
    assert found.p_value == pytest.approx(3.658e-5, rel=2e-4)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=12))
@settings(deadline=None, max_examples=examples(40))
def test_trend_is_a_count_of_pairs(series):
    found = mann_kendall(series)
    pairs = [np.sign(b - a) for a, b in itertools.combinations(series, 2)]
    assert found.s == sum(pairs)
    assert mann_kendall(series[::-1]).s == -found.s
    with_gap = mann_kendall([*series[:1], np.nan, *series[1:]])
    assert (with_gap.s, with_gap.variance) == (found.s, found.variance)


def test_variance_is_that_of_all_orders():
    series = [1, 1, 2, 3, 3, 3]
    every = [mann_kendall(order).s for order in itertools.permutations(series)]
    assert mann_kendall(series).variance == pytest.approx(np.var(every))


def test_rows_are_tested_each_on_its_own():
    rng = np.random.default_rng(1)
    table = rng.integers(0, 5, (7, 20)).astype(float)
    table[3] = 2.0
    table[4, 5:] = np.nan
    found = mann_kendall(table)
    for i, row in enumerate(table):
        assert found.z[i] == mann_kendall(row).z
    assert (found.z[3], found.p_value[3]) == (0, 1)
    assert np.isfinite(mann_kendall([np.nan, np.nan]).p_value)
    with pytest.raises(SchemaError, match="needed one row"):
        mann_kendall([])
