import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from genk_geo.errors import SchemaError
from genk_geo.stats import eb_rates


@pytest.fixture(scope="module")
def sids():
    import libpysal

    return gpd.read_file(libpysal.examples.get_path("sids2.shp"))


def test_global_shrinkage_of_sudden_deaths(sids):
    found = eb_rates(sids["SID74"], sids["BIR74"])
    mean = found["expected"] / sids["BIR74"]
    np.testing.assert_allclose(mean, 0.00202144, atol=5e-9)
    np.testing.assert_allclose(found["smoothed"][:3], [0.0016973, 0.0017054, 0.0017731], atol=5e-8)
    # The variance between areas comes back from the weight of an area's own rate.
    own = found["shrinkage"]
    between = own / (1 - own) * mean / sids["BIR74"]
    np.testing.assert_allclose(between, 7.692931e-7, rtol=1e-6)


def test_local_shrinkage_as_esda(sids):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.smoothing import Spatial_Empirical_Bayes

        graph = Graph.build_contiguity(sids, rook=False)
        weights = graph.to_W()
        peer = Spatial_Empirical_Bayes(sids["SID74"].to_numpy(float), sids["BIR74"].to_numpy(float), weights)
    found = eb_rates(sids["SID74"], sids["BIR74"], graph)
    np.testing.assert_allclose(found["smoothed"], np.asarray(peer.r).ravel(), rtol=1e-9)


def test_areas_without_people_or_report_have_no_rate():
    events = pd.Series([1, 0, np.nan, 4, 2], list("abcde"))
    people = pd.Series([100, 0, 50, 200, 90], list("abcde"))
    found = eb_rates(events, people)
    assert found.loc[["b", "c"]].isna().all(axis=None)
    alone = eb_rates(events[["a", "d", "e"]], people[["a", "d", "e"]])
    pd.testing.assert_frame_equal(found.loc[["a", "d", "e"]], alone)
    graph = Graph.from_arrays(list("abcde"), list("badce"), [1, 1, 1, 1, 0])
    near = eb_rates(events, people, graph)
    assert near.loc["e", "smoothed"] == pytest.approx(2 / 90)  # an island only knows itself
    same = eb_rates(pd.Series([1, 1, 1]), pd.Series([10, 10, 10]))
    assert (same["smoothed"] == same["rate"]).all()


def test_small_areas_are_drawn_in_further(sids):
    found = eb_rates(sids["SID74"], sids["BIR74"])
    order = sids["BIR74"].argsort()
    assert found["shrinkage"].iloc[order].is_monotonic_increasing


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (pd.Series([1, 2], ["a", "a"]), "more than once"),
        (pd.Series([-1, 2], ["a", "b"]), "given -1"),
        (pd.Series([1, 2], ["a", "x"]), "needed one value for each"),
        ([1, 2], "needed a pandas Series"),
    ],
)
def test_bad_rates_are_refused(events, message):
    with pytest.raises(SchemaError, match=message):
        eb_rates(events, pd.Series([1, 2], ["a", "b"]))
