"""A file that is missing, older or cut off is seen; when it comes, the weeks that it changes are named."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from genk_geo.calendar import Week
from genk_geo.jobs import stale_weeks, weekly
from genk_geo.jobs.gaps import find_gaps
from tests.fixtures.desk import CITY, lay_out

BRUSSELS = ZoneInfo("Europe/Brussels")
LAST = Week(2026, 46)
HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"


def reports(per_day, weeks=30, seed=2):
    """Moments on the days of whole weeks up to LAST, as many a day as chance gives."""
    rng = np.random.default_rng(seed)
    monday = LAST.shift(1 - weeks).monday
    days = [
        pd.Timestamp(monday + dt.timedelta(days=7 * week + day)) + pd.Timedelta(hours=12)
        for week in range(weeks)
        for day, mean in enumerate(per_day)
        for _ in range(rng.poisson(mean))
    ]
    return pd.Series(pd.to_datetime(days)).dt.tz_localize("Europe/Brussels")


def gaps(moment, **options):
    source = pd.Series("police", index=moment.index)
    return find_gaps(moment, source, week=LAST, tz="Europe/Brussels", **options)


def test_a_week_of_which_nothing_came_is_a_gap():
    moment = reports([2] * 7)
    assert gaps(moment) == {}
    assert gaps(moment[moment < LAST.start()]) == {LAST: {"police": None}}


@pytest.mark.parametrize("days", [1, 3, 5])
def test_a_week_that_stops_early_is_a_gap_from_its_last_day(days):
    moment = reports([6] * 7)
    cut = moment[moment < LAST.start() + pd.Timedelta(days=days)]
    assert gaps(cut) == {LAST: {"police": LAST.monday + dt.timedelta(days=days - 1)}}


def test_a_hole_in_the_past_is_a_gap_though_later_files_came():
    moment = reports([2] * 7)
    hole = LAST.shift(-3)
    inside = (moment >= hole.start()) & (moment < hole.end())
    assert gaps(moment[~inside]) == {hole: {"police": None}}


def test_who_rests_on_sundays_is_not_silent():
    assert gaps(reports([8, 8, 8, 8, 8, 0, 0])) == {}


def test_few_reports_and_short_records_are_not_judged():
    few, short = reports([0.3] * 7), reports([5] * 7, weeks=8)
    assert gaps(few[few < LAST.start()]) == {}
    assert gaps(short[short < LAST.start()]) == {}


def test_chance_alone_seldom_makes_a_gap():
    found = [len(gaps(reports([0.7] * 7, weeks=104, seed=seed))) for seed in range(20)]
    assert sum(found) / (20 * 96) <= 0.02


def test_a_source_that_delivers_no_more_is_no_gap():
    moment = reports([3] * 7)
    source = pd.Series(np.where(moment < LAST.shift(-5).start(), "old", "new"), index=moment.index)
    found = find_gaps(moment, source, week=LAST, tz="Europe/Brussels", sources=["new"])
    assert found == {}
    assert set(find_gaps(moment, source, week=LAST, tz="Europe/Brussels")) == {
        LAST.shift(-back) for back in range(6)
    }


def rows_of(week, count=12):
    rng = np.random.default_rng(week.number)
    monday = week.monday
    return [
        f"TG.{week.number}.{at}/26;{monday + dt.timedelta(days=at % 7):%d/%m/%Y};{8 + at}:30;licht gewond;1;"
        f"auto;fietser;Europalaan;{228_400 + rng.integers(0, 300)},0;{184_700 + rng.integers(0, 300)},0"
        for at in range(count)
    ]


def deliver(desk, name, *weeks):
    lines = [HEADER, *(row for week in weeks for row in rows_of(week))]
    (desk / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_late_files_make_published_weeks_stale_until_they_are_made_again(tmp_path):
    lay_out(tmp_path, 228_000, 184_600, 800)
    (tmp_path / "genk-geo.toml").write_text(
        'store = "history.duckdb"\ntiles = "none"\nshow = ["traffic"]\n[[sources]]\npath = "*.csv"\n'
        'profile = "traffic"\n[[releases]]\nprofile = "analist"\n[[releases]]\nprofile = "wijkmanager"\n'
        + CITY,
        encoding="utf-8",
    )
    config, late = tmp_path / "genk-geo.toml", LAST
    now = dt.datetime(2026, 11, 18, 9, tzinfo=BRUSSELS)
    deliver(tmp_path, "oud.csv", *(LAST.shift(-back) for back in range(14, 0, -1)))

    first = weekly(config, week=late, now=now)
    assert not first.whole
    (delivery,) = first.deliveries
    assert (delivery.received, delivery.silent) == (("oud.csv",), {"traffic": ""})
    pages = {one.release.profile: one.folder for one in first.releases}
    told = {name: (folder / "index.html").read_text(encoding="utf-8") for name, folder in pages.items()}
    assert "maar niets van deze week over " in told["analist"]
    assert "*.csv" not in told["wijkmanager"]
    facts = {
        name: json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for name, folder in pages.items()
    }
    assert facts["analist"]["deliveries"][0]["silent"] == {"traffic": ""}
    assert "deliveries" not in facts["wijkmanager"]
    record = json.loads((pages["wijkmanager"] / "told.json").read_text(encoding="utf-8"))
    assert str(late) not in record["themes"]["traffic"]["weeks"]

    deliver(tmp_path, "laat.csv", late)
    deliver(tmp_path, "nieuw.csv", late.shift(1))
    second = weekly(config, week=late.shift(1), now=now + dt.timedelta(days=7))
    assert second.whole
    assert second.stale == (late,)

    (again,) = stale_weeks(config, now=now + dt.timedelta(days=7))
    assert again.result.week == late
    assert again.whole
    assert again.result.themes[0].city["observed"].tolist() == [12]
    assert not any(one.kept for one in again.releases)  # nothing had been told of the theme
    assert again.stale == ()
    assert stale_weeks(config, now=now + dt.timedelta(days=7)) == []
