"""Numbers beside the tables by area: expected ranges, alerts, shares, "enough", signals, bands at places."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.config import ReleaseSettings
from genk_geo.release import release
from genk_geo.release.areas import counts as counts_room
from genk_geo.release.check import guarded
from genk_geo.release.level import Level
from genk_geo.release.matters.bands import Bands, within
from genk_geo.release.matters.quality import enough_as_told, release_quality
from genk_geo.release.suppress import SECRET, Count, band, held_back, small
from genk_geo.release.told import Told, WeekTable
from genk_geo.release.whole_years import YearTable
from genk_geo.results import Quality

PARENTS = "AAB"
READERS = ("wijkmanager", "publiek")
#: Histories that are tried beside the true one; the rule of before is found with as many.
ALIKE = 6


# What is expected.


def history(rng, weeks=130):
    """Counts of a lively, a middling and a quiet wijk by week, the week that is judged last."""
    return [[int(n) for n in rng.poisson((12, 5, 1.5))] for _ in range(weeks)]


def rows_of(attack, rows, profile, *, told=()):
    """What a reader is shown of all areas, and the tables that are told."""
    weeks = [attack.week.shift(at - len(rows) + 1) for at in range(len(rows))]
    city = attack.City(PARENTS, dict(zip(weeks, rows, strict=True)))
    reader = ReleaseSettings(profile=profile).resolved(5)
    return counts_room.counted(city.theme(attack.week, weekly=True), reader, Told(told))


def others_told_alike(rows, rng, times):
    """Histories that differ in counts that are told as small, and in nothing that is told."""
    table = [held_back(row, PARENTS, {"A": row[0] + row[1], "B": row[2]}, sum(row), 5) for row in rows]
    found = []
    for _ in range(times):
        other = [list(row) for row in rows]
        for at in rng.choice(len(rows), size=30, replace=False):
            changed = [n if n >= 5 else int(rng.integers(5)) for n in rows[at]]
            sums = {"A": changed[0] + changed[1], "B": changed[2]}
            if held_back(changed, PARENTS, sums, sum(changed), 5) == table[at]:
                other[at] = changed
        found.append(other)
    return found


@pytest.mark.parametrize("profile", READERS)
def test_what_is_expected_is_no_function_of_what_is_held_back(attack, profile):
    rng = np.random.default_rng(8)
    rows = history(rng)
    own = rows_of(attack, rows, profile)
    assert own.wijken["w0"].low is not None
    for other in others_told_alike(rows, rng, ALIKE):
        assert other != rows
        assert rows_of(attack, other, profile) == own


def test_the_counts_themselves_gave_it_away(attack, monkeypatch):
    """The ranges of before: of histories that are told alike they differ, so that some are ruled out."""
    monkeypatch.setattr(counts_room, "_past", lambda *_: {})
    rng = np.random.default_rng(8)
    rows = history(rng)
    own = rows_of(attack, rows, "wijkmanager")
    ranges = {str([(area.low, area.high) for area in own.wijken.values()])}
    for other in others_told_alike(rows, rng, ALIKE):
        ranges.add(
            str([(area.low, area.high) for area in rows_of(attack, other, "wijkmanager").wijken.values()])
        )
    assert len(ranges) > 1


def test_a_reader_is_told_to_expect_much_what_the_analyst_expects(attack):
    """What is told of the past is enough to say what is usual: within two of the exact ends."""
    rows = history(np.random.default_rng(9))
    told, exact = rows_of(attack, rows, "wijkmanager"), rows_of(attack, rows, "analist")
    for name in ("w0", "w1"):
        assert abs(told.wijken[name].high - exact.wijken[name].high) <= 2
    assert abs(told.city.low - exact.city.low) <= 2


def test_an_alert_is_given_by_what_is_told(attack):
    rows = history(np.random.default_rng(10))
    rows[-1] = [40, 5, 1]
    assert rows_of(attack, rows, "wijkmanager").wijken["w0"].alert


# A week of which nothing came in.


def test_an_empty_week_is_on_record_like_any_other(attack):
    """Left out of the record it was known to be empty, whatever the page said: 0 in every wijk."""
    weeks = [attack.week.shift(at) for at in range(-3, 1)]
    rows = [[9, 1, 3], [7, 0, 2], [0, 0, 0], [8, 2, 1]]
    records = []
    for empty in ([0, 0, 0], [2, 1, 1]):
        rows[2] = empty
        told = []
        city = attack.City(PARENTS, dict(zip(weeks, rows, strict=True)))
        city.page(attack.week, told)
        records.append({name: part for name, part in told[0].items() if name != "shown"})
    assert records[0] == records[1]
    assert str(weeks[2]) in records[0]["themes"]["burglary"]["weeks"]


# Shares, and whether there is enough.


def tables(counts, beside=0):
    return [
        WeekTable({"Stad": count}, {}, {}, {"Stad": beside} if at == 0 and beside else {})
        for at, count in enumerate(counts)
    ]


def of_weeks(counts):
    """Three weeks of two wijken, as they are told."""
    pairs = [counts[at : at + 2] for at in (0, 2, 4)]
    return [held_back(pair, "AA", {"A": sum(pair)}, sum(pair), 3) for pair in pairs]


def test_enough_says_nothing_of_the_counts(backwards):
    """Three weeks of two wijken: who knows that eleven or more of them have a place knows no more of any.

    Last comes how many have a place: of "too few" nothing follows, as any number can have none.
    """

    def rule(counts):
        weeks = of_weeks(counts)
        enough = counts[-1] >= 11 and enough_as_told(tables([week.city for week in weeks]), 11)
        hidden = [count.value is None for week in weeks for count in week.wijken]
        return (str(weeks), enough), [*hidden, False]

    def before(counts):
        told, hidden = rule(counts)
        return (told[0], counts[-1] >= 11), hidden

    inputs = [
        (*counts, placed)
        for counts in product(range(4), repeat=6)
        for placed in {0, min(sum(counts), 10), sum(counts)}
    ]
    assert backwards.narrowed(rule, inputs, 3) == []
    assert backwards.narrowed(before, inputs, 3) != []


def test_a_share_does_not_say_how_many_there_were():
    """98 % placed and three of them nowhere: 60 at the least, where 25 were told for sure."""
    quality = Quality(0, 0, 0, 0, {"burglary": 0.98}, {"burglary": 0.11})
    counts = [Count(None, 30, least=25), Count(None, 45, least=1)]
    told = release_quality(quality, Level.AREAS, {"burglary": tables(counts, beside=3)})
    for n in range(26, 75):
        assert any(
            abs((n - nowhere) / n - told.located_share["burglary"]) <= 0.025 + 1e-9
            for nowhere in range(3, n + 1)
        )
    assert told.located_share["burglary"] == pytest.approx(0.9)
    assert told.late_share["burglary"] == pytest.approx(0.1)
    few = release_quality(quality, Level.AREAS, {"burglary": tables([Count(None, 30, least=5)])})
    assert np.isnan(few.late_share["burglary"])
    plain = release_quality(quality, Level.AREAS, {"burglary": tables([Count(200)], beside=3)})
    assert plain.located_share["burglary"] == pytest.approx(1.0)


# Signals.


def with_signal(attack, observed, rows, *, days=7):
    """A page with a signal across two wijken, since so many days."""
    weeks = [attack.week.shift(at) for at in range(-3, 1)]
    city = attack.City(PARENTS, dict(zip(weeks, rows, strict=True)))
    result, shape = city.result(attack.week), shapely.box(500, 100, 1500, 800)
    since = attack.week.shift(1).monday - dt.timedelta(days=days)
    signals = gpd.GeoDataFrame(
        {
            "number": [1], "place": [("Dreef",)], "wijk": ["w0"], "stadsdeel": ["A"], "since": [since],
            "days": [days], "observed": [observed], "expected": [1.0], "every_weeks": [80.0],
        },
        geometry=[shape.intersection(shapely.union_all(city.squares))], crs=31370,
    )  # fmt: skip
    (theme,) = result.themes
    result = replace(result, themes=(replace(theme, signals=signals),))
    shown, record = guarded(release(result, told=[]), [])
    return shown.themes[0].signals[0], record


@pytest.mark.parametrize("rows", [[[9, 9, 9]] * 3 + [[4, 3, 9]], [[9, 9, 9]] * 3 + [[1, 2, 9]]])
def test_a_signal_over_small_counts_is_not_said_to_be_large(attack, rows):
    """ "5 or more" in two wijken of less than five each: one at the least in either. Large or not, untold."""
    signal, record = with_signal(attack, sum(rows[-1][:2]), rows)
    assert signal.observed == SECRET
    assert (signal.expected, signal.every_weeks) == (None, None)
    assert record["themes"]["burglary"]["signals"] == []


def test_a_signal_that_says_nothing_of_small_counts_is_told(attack):
    signal, record = with_signal(attack, 12, [[9, 9, 9]] * 3 + [[14, 3, 9]])
    assert signal.observed == Count(None, 5, over=True)
    (told,) = record["themes"]["burglary"]["signals"]
    assert (told["wijken"], told["weeks"], told["observed"]) == (["w0", "w1"], 1, "5-")


def test_the_attacker_finds_the_signal_of_before(attack, monkeypatch):
    monkeypatch.setattr("genk_geo.release.check._with_safe_signals", lambda week, _: week)
    with pytest.raises(Exception, match="held back counts follow"):
        with_signal(attack, 7, [[9, 9, 9]] * 3 + [[4, 3, 9]])


# Bands of accidents at places.


def years_of(counts, limit):
    return {
        2023 + at: YearTable({"w": small(n, limit)}, {}, SECRET, SECRET, {}) for at, n in enumerate(counts)
    }


def by_bands(counts, *, tell):
    """Two years of a wijk and two places in it: what is told."""
    years, places = counts[:2], counts[2:]
    told = years_of(years, 2)
    bands = tell(told)
    return (str(told), [bands(n, "w").ends for n in places]), [n < 2 for n in years]


def read_backwards(backwards, tell):
    inputs = [
        counts
        for counts in product(range(7), range(7), range(9), range(9))
        if sum(counts[2:]) <= sum(counts[:2])
    ]

    def rule(counts):
        shown, hidden = by_bands(counts, tell=tell)
        return str(shown), hidden

    return backwards.narrowed(rule, inputs, 2)


def test_bands_of_places_say_nothing_of_the_years_of_their_wijk(backwards):
    start, end = pd.Timestamp("2023-01-01"), pd.Timestamp("2025-01-01")
    assert read_backwards(backwards, lambda told: Bands(start, end, told, "injury", 2)) == []
    # Those of before did: "2 or 3" at a place, in a wijk that had less than two in either year.
    plain = read_backwards(backwards, lambda _: lambda n, _wijk: band(n, 2))
    assert any(each.possible == {1} for each in plain)


def test_a_year_that_is_told_later_is_taken_as_small():
    start, end = pd.Timestamp("2023-07-01"), pd.Timestamp("2025-07-01")
    bands = Bands(start, end, years_of([12, 9], 5), "injury", 5)
    assert bands(40, "w") == Count(None, 20, over=True)
    assert bands(3, "w") == SECRET


def test_a_part_is_known_no_better_than_the_whole():
    large = Count(None, 10, over=True)
    assert within(Count(None, 40, least=20), large) == large
    assert within(Count(None, 10, least=5), large) == Count(None, 10, least=5)
    assert within(Count(None, 5), SECRET) == SECRET


def test_near_repeats_are_told_without_counts(full_result):
    repeat = release(full_result).themes[0].near_repeat
    assert {one.incidents for one in (*repeat.zones, *repeat.strings)} == {SECRET}
    exact = release(full_result, reader=ReleaseSettings(profile="analist")).themes[0].near_repeat
    assert all(one.incidents.value for one in (*exact.zones, *exact.strings))
