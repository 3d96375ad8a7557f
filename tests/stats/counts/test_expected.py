import numpy as np
import pandas as pd
import pytest

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import expect, overdispersion, weekly_counts

LAST = Week(2026, 46)


def history(rates, weeks, rng, *, season=None, size=None):
    mondays = pd.date_range(end=str(LAST.monday), periods=weeks, freq="7D", name="monday")
    mean = np.tile(np.asarray(rates, dtype=float), (weeks, 1))
    if season is not None:
        mean *= season(np.arange(weeks) - weeks + 1)[:, None]
    if size is not None:
        mean = mean * rng.gamma(size, 1 / size, mean.shape)
    return pd.DataFrame(rng.poisson(mean), index=mondays, columns=[f"wijk {i}" for i in range(len(rates))])


def test_weeks_without_report_are_zero_inside_the_period():
    tz = "Europe/Brussels"
    moments = pd.Series(
        pd.to_datetime(
            [
                "2026-11-09 00:00",
                "2026-11-15 23:59",
                "2026-11-16 00:00",
                "2026-10-25 02:30",
                "2026-11-12 08:00",
            ]
        )
    ).dt.tz_localize(tz, ambiguous=False)
    areas = pd.Series(["Sledderlo", "Waterschei", "Sledderlo", "Sledderlo", None])
    table = weekly_counts(
        moments, areas, first=Week(2026, 43), last=LAST, names=["Waterschei", "Sledderlo", "Boxbergheide"]
    )
    assert list(table) == ["Waterschei", "Sledderlo", "Boxbergheide"]
    assert table.index.strftime("%Y-%m-%d").tolist() == [
        "2026-10-19",
        "2026-10-26",
        "2026-11-02",
        "2026-11-09",
    ]
    assert table.to_numpy().tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0], [1, 1, 0]]
    occurring = weekly_counts(moments, areas, first=LAST, last=LAST.shift(1))
    assert list(occurring) == ["Sledderlo", "Waterschei"]
    assert occurring.to_numpy().tolist() == [[1, 1], [1, 0]]
    none = weekly_counts(moments[:0], areas[:0], first=LAST, last=LAST, names=["A"])
    assert none.to_numpy().tolist() == [[0]]


def test_local_midnight_divides_the_weeks():
    late = pd.Series(pd.to_datetime(["2026-11-08 23:30"], utc=True))  # Monday 00:30 in Genk
    table = weekly_counts(late, pd.Series(["A"]), first=LAST.shift(-1), last=LAST)
    assert table["A"].tolist() == [0, 1]


@pytest.mark.parametrize("change", [{"names": ["B"]}, {"first": LAST.shift(1)}])
def test_counts_that_cannot_be_are_refused(change):
    moments = pd.Series(pd.to_datetime(["2026-11-10"], utc=True))
    with pytest.raises((SchemaError, ConfigError)):
        weekly_counts(moments, pd.Series(["A"]), **({"first": LAST, "last": LAST} | change))
    with pytest.raises(SchemaError, match="tz-aware"):
        weekly_counts(moments.dt.tz_localize(None), pd.Series(["A"]), first=LAST, last=LAST)
    with pytest.raises(SchemaError, match="same index"):
        weekly_counts(moments, pd.Series(["A"], index=[5]), first=LAST, last=LAST)


def test_columns_and_history():
    table = history([3.0] * 5, 60, np.random.default_rng(1))
    found = expect(table, week=LAST)
    assert list(found) == ["observed", "expected", "low", "high", "last_year", "trend"]
    assert found.index.tolist() == list(table)
    assert found["observed"].tolist() == table.iloc[-1].tolist()
    assert found["last_year"].tolist() == table.iloc[-53].tolist()
    assert found["trend"]["wijk 2"] == tuple(table["wijk 2"].iloc[-4:])
    assert (found["low"] <= found["expected"]).all()
    assert (found["high"] >= found["expected"]).all()
    assert found["expected"].mean() == pytest.approx(3, abs=0.3)


def test_the_week_and_the_future_play_no_part():
    table = history([3.0] * 5, 120, np.random.default_rng(2))
    week = LAST.shift(-5)
    plain = expect(table, week=week)
    other = table.copy()
    other.loc[str(week.monday) :] += 40
    columns = ["expected", "low", "high", "last_year"]
    pd.testing.assert_frame_equal(expect(other, week=week)[columns], plain[columns])
    assert (expect(other, week=week)["observed"] > plain["high"]).all()


def test_short_and_silent_histories():
    rng = np.random.default_rng(3)
    short = expect(history([3.0] * 5, 8, rng), week=LAST)
    assert short[["expected", "low", "high", "last_year"]].isna().all(axis=None)
    first = expect(history([3.0] * 5, 1, rng), week=LAST)
    assert first["expected"].isna().all()
    assert np.isnan(first["trend"].iloc[0][:3]).all()
    nine = history([3.0] * 5, 9, rng)
    assert expect(nine, week=LAST)["expected"].notna().all()
    partly = history([3.0] * 5, 60, rng).astype(float)
    partly.loc[partly.index[:-5], "wijk 0"] = np.nan
    found = expect(partly, week=LAST)
    assert found["expected"].isna().tolist() == [True] + [False] * 4
    assert np.isnan(found.loc["wijk 0", "last_year"])


def test_nothing_ever_happens_in_one_area():
    table = history([4.0, 3.0, 5.0, 0.0, 2.0], 110, np.random.default_rng(4))
    found = expect(table, week=LAST)
    assert 0 < found.loc["wijk 3", "expected"] < 0.3
    assert found.loc["wijk 3", "low"] == 0
    quiet = expect(table * 0, week=LAST)
    assert (quiet["high"] == 0).all() or quiet["expected"].max() < 0.05


@pytest.mark.parametrize(
    ("rates", "size", "weeks"),
    [
        ([0.05, 0.1, 0.2, 0.3, 0.5, 0.1, 0.02, 0.4], None, 160),
        ([2, 5, 9, 14, 3, 7, 1, 4], None, 160),
        ([2, 5, 9, 14, 3, 7, 1, 4], 5, 160),
        ([70.0], 20, 160),
        ([1.0, 2.0, 0.5, 1.5, 1.2, 3.0], None, 20),
    ],
)
def test_false_alarms_keep_their_rate_when_nothing_changes(rates, size, weeks):
    rng = np.random.default_rng(5)
    above, below, told = 0, 0, 0
    for _ in range(60):
        found = expect(history(rates, weeks, rng, size=size), week=LAST)
        above += (found["observed"] > found["high"]).sum()
        below += (found["observed"] < found["low"]).sum()
        told += len(found)
    allowed = 0.025 * told + 3 * np.sqrt(0.025 * told)
    assert above <= allowed
    assert below <= allowed


def test_season_is_learnt_from_past_years():
    def waves(week):
        return 1 + 0.6 * np.cos(2 * np.pi * week / 52)

    rng = np.random.default_rng(6)
    peak, trough = [], []
    for _ in range(20):
        table = history([4.0, 6.0, 2.0, 8.0], 200, rng, season=waves)
        peak.append(expect(table, week=LAST)["expected"].sum())
        trough.append(expect(table, week=LAST.shift(-26))["expected"].sum())
    assert np.mean(peak) == pytest.approx(20 * 1.6, rel=0.1)
    assert np.mean(trough) == pytest.approx(20 * 0.4, rel=0.25)


def test_small_areas_lean_on_the_others():
    rng = np.random.default_rng(7)
    rates = rng.gamma(20, 0.05, 30)
    shrunk, plain = [], []
    for _ in range(20):
        table = history(rates, 13, rng)
        shrunk.append(((expect(table, week=LAST)["expected"] - rates) ** 2).mean())
        plain.append(((table.iloc[:-1].mean() - rates) ** 2).mean())
    assert np.mean(shrunk) < 0.9 * np.mean(plain)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.iloc[:-1], "needed 2026-W46"),
        (lambda t: t.drop(t.index[5]), "every Monday once"),
        (lambda t: t.reset_index(drop=True), "index of Mondays"),
        (lambda t: t - 100, "0 or more"),
        (lambda t: t.set_axis(["a"] * t.shape[1], axis=1), "an area twice"),
        (lambda t: t.iloc[:0], "no weeks"),
    ],
)
def test_histories_that_do_not_fit_are_refused(change, message):
    with pytest.raises(SchemaError, match=message):
        expect(change(history([3.0] * 4, 60, np.random.default_rng(8))), week=LAST)


def test_overdispersion_of_little():
    assert overdispersion(pd.DataFrame()) == 1
    assert overdispersion(pd.DataFrame({"a": [np.nan, np.nan], "b": [0, 0]})) == 1
    with pytest.raises(SchemaError, match="0 or more"):
        overdispersion(pd.DataFrame({"a": [-1]}))
