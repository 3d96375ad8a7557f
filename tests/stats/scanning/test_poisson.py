"""The scan of counts: published clusters, what its limits shut out, how clusters are reported."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Reporting, ScanLimits, scan, scan_counts

WHERE = np.array([(float(x), float(y)) for y in range(5) for x in range(6)]) * 100


@pytest.fixture(scope="module")
def counts():
    """Two events a place and period; four places have more in periods 3 to 6, one in the last two."""
    cases = np.random.default_rng(3).poisson(2, (30, 12))
    cases[[0, 1, 6, 7], 3:7] += 6
    cases[29, 10:] += 9
    return cases


def clusters(counts, limits, **options):
    rng = np.random.default_rng(1)
    found = scan_counts(WHERE, counts, np.full(counts.shape, 2.0), limits=limits, rng=rng, **options)
    return found.clusters


def test_limits_shut_out_what_is_longer_wider_or_over(counts):
    limits = ScanLimits(radius_m=150)
    first = clusters(counts, limits, replicates=9).iloc[0]
    assert sorted(first["members"]) == [0, 1, 6, 7]
    assert (first["first"], first["last"]) == (3, 6)
    brief = clusters(counts, replace(limits, longest=2), replicates=9)
    assert (brief["last"] - brief["first"] < 2).all()
    alive = clusters(counts, replace(limits, alive=True), replicates=9)
    assert (alive["last"] == 11).all()
    assert alive.iloc[0]["members"] == (29,)
    alone = clusters(counts, replace(limits, radius_m=0), replicates=9)
    assert all(len(members) == 1 for members in alone["members"])
    narrow = clusters(counts, ScanLimits(largest_share=0.1), replicates=9)
    assert max(map(len, narrow["members"])) <= 3
    least = clusters(counts, replace(limits, min_cases=20), replicates=9)
    assert (least["observed"] >= 20).all()


def test_reports_are_cut_off_and_count_the_looks(counts):
    weekly, daily = (
        clusters(counts, ScanLimits(), reporting=Reporting(most=2, every_days=days), replicates=9)
        for days in (7, 1)
    )
    assert len(weekly) == len(daily) == 2
    np.testing.assert_allclose(weekly["recurrence_days"], 7 * daily["recurrence_days"])
    days = np.repeat(np.arange(60), 3)
    xy = np.random.default_rng(5).uniform(0, 3000, (180, 2))
    assert len(scan(xy, days, reporting=Reporting(most=1), replicates=9).clusters) == 1


def test_impossible_limits(counts):
    with pytest.raises(ConfigError, match="radius_m"):
        clusters(counts, ScanLimits(radius_m=-1))
    with pytest.raises(ConfigError, match="window"):
        clusters(counts, ScanLimits(longest=0))


def new_mexico(folder):
    """Cases, counts expected by age and sex, and great-circle distances, by county and year."""
    cases = pd.read_csv(
        folder / "nm.cas", sep=r"\s+", header=None, names=["county", "n", "year", "age", "sex"]
    )
    people = pd.read_csv(
        folder / "nm.pop", sep=r"\s+", header=None, names=["county", "year", "n", "age", "sex"]
    )
    where = pd.read_csv(folder / "nm.geo", sep=r"\s+", header=None, names=["county", "lat", "lon"])
    strata = pd.MultiIndex.from_product(
        [where["county"], sorted(people["age"].unique()), sorted(people["sex"].unique())]
    )
    census = people.pivot_table(index=["county", "age", "sex"], columns="year", values="n")
    census = census.reindex(strata).fillna(0.0)
    first, days = dt.date(1973, 1, 1), (dt.date(1992, 1, 1) - dt.date(1973, 1, 1)).days
    calendar = [first + dt.timedelta(day) for day in range(days)]
    year = np.array([day.year for day in calendar]) - 1973
    # A census counts for the middle of its year; in between the population grows evenly, day by day.
    known = [dt.date(1900 + y, 7, 1).toordinal() - 0.5 for y in census.columns]
    noon = np.array([day.toordinal() for day in calendar], dtype=float)
    lived = np.array([np.bincount(year, np.interp(noon, known, row)) for row in census.to_numpy()])
    group = strata.droplevel(0)
    rate = cases.groupby(["age", "sex"])["n"].sum().reindex(group).fillna(0.0).to_numpy()
    rate = rate / pd.Series(lived.sum(axis=1)).groupby(group, sort=False).transform("sum").to_numpy()
    county = strata.get_level_values(0)
    expected = pd.DataFrame(lived * rate[:, None], index=county).groupby(level=0).sum().loc[where["county"]]
    seen = cases.pivot_table(index="county", columns="year", values="n", aggfunc="sum")
    seen = seen.reindex(index=where["county"], columns=range(1973, 1992)).fillna(0)
    lat, lon = np.radians(where["lat"].to_numpy()), np.radians(where["lon"].to_numpy())
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return where, seen, expected, 2 * 6371 * np.arcsin(np.sqrt(half))


def test_brain_cancer_in_new_mexico(shared_data):
    where, seen, expected, apart = new_mexico(shared_data / "oracles")
    found = scan_counts(
        where[["lon", "lat"]], seen, expected, distances=apart, replicates=999, rng=np.random.default_rng(4)
    ).clusters
    first, second, third = found.iloc[0], found.iloc[1], found.iloc[2]
    assert first["llr"] == pytest.approx(10.979758, abs=2e-6)
    assert (first["observed"], len(first["members"])) == (236, 9)
    assert first["expected"] == pytest.approx(176.22, abs=0.005)
    assert (first["first"] + 1973, first["last"] + 1973) == (1985, 1989)
    assert where["county"][first["members"][0]] == "Torrance"
    assert first["p_value"] == pytest.approx(0.014, abs=0.012)
    assert first["p_gumbel"] == pytest.approx(0.014, abs=0.008)
    assert second["llr"] == pytest.approx(5.684828, abs=2e-6)
    assert [where["county"][i] for i in second["members"]] == ["Chaves"]
    assert (second["observed"], second["first"] + 1973, second["last"] + 1973) == (16, 1988, 1989)
    assert sorted(where["county"][i] for i in third["members"]) == ["Curry", "Roosevelt"]
    assert (third["observed"], third["first"] + 1973, third["last"] + 1973) == (13, 1982, 1983)
    assert third["expected"] == pytest.approx(5.37, abs=0.005)


def test_counts_of_another_shape_are_refused():
    with pytest.raises(SchemaError, match="places, periods"):
        scan_counts([[0, 0]], [[1, 2]], [[1.0]])
    with pytest.raises(SchemaError, match="at least one case"):
        scan_counts([[0, 0]], [[0, 0]], [[1.0, 1.0]])
