"""Accidents by wijk: every small year published, and the pages of quarters and years subtracted."""

from itertools import product

import pandas as pd
import pytest

from genk_geo.release.suppress import Count, small
from genk_geo.release.whole_years import YearTable, summed, tell_year
from genk_geo.results import YearAccidents

LIMIT = 3


def accidents(year, injury, weak, light=()):
    names = [f"w{at}" for at in range(len(injury))]
    wijken = pd.DataFrame({"injury": injury, "weak": weak}, index=names)
    table = pd.DataFrame({"injury": list(light)}, index=[f"v{at}" for at in range(len(light))])
    return YearAccidents(year, sum(injury), sum(weak), wijken, (("light", table),))


def test_every_small_count_of_a_year_stays_possible(backwards):
    """Injury accidents, and those with a weak road user among them, of three wijken."""

    def rule(counts):
        told = tell_year(accidents(2025, counts[:3], counts[3:]), LIMIT)
        return str(told), [count.value is None for count in (*told.injury.values(), *told.weak.values())]

    inputs = (
        (*injury, *weak)
        for injury in product(range(LIMIT + 1), repeat=3)
        for weak in product(*(range(count + 1) for count in injury))
    )
    found = backwards.narrowed(rule, inputs, LIMIT)
    assert found == []


def test_circumstances_say_nothing_of_the_total(backwards):
    """Two wijken, of which one is small, and three values of light that add up to the same accidents."""
    big = 200

    def rule(counts):
        wijk, dusk, night = counts
        total = big + wijk
        told = tell_year(accidents(2025, [big, wijk], [0, 0], [total - dusk - night, dusk, night]), LIMIT)
        return str(told), [told.injury["w1"].value is None]

    assert backwards.narrowed(rule, product(range(6), repeat=3), LIMIT) == []
    told = tell_year(accidents(2025, [big, 1], [0, 0], [180, 2, 19]), LIMIT).conditions["light"]
    assert told == {"v0": Count(None, 20, over=True), "v2": Count(19)}
    assert tell_year(accidents(2025, [20, 1], [0, 0], [11, 10]), LIMIT).conditions == {}


def test_periods_that_overlap_subtract_to_nothing_but_years():
    """What is told of three years is the sum of what is told of each, whatever page it stands on."""
    rows = [(7, 1, 0, 12), (6, 2, 1, 9), (8, 0, 0, 11), (9, 1, 4, 3)]
    years = [tell_year(accidents(2022 + at, row, [0] * 4), 5) for at, row in enumerate(rows)]
    first, second = summed(years[:3], 5), summed(years[1:], 5)
    for wijk in first.injury:
        ends = [[year.injury[wijk].ends for year in years[at : at + 3]] for at in (0, 1)]
        for total, parts in zip((first, second), ends, strict=True):
            assert total.injury[wijk].ends == tuple(sum(part[side] for part in parts) for side in (0, 1))
    assert second.injury["w2"].ends == (0, 12)


def test_a_year_survives_its_record():
    told = tell_year(accidents(2025, [200, 1, 7], [6, 0, 2], [180, 9, 19]), 5)
    assert YearTable.from_record(told.record()) == told


@pytest.mark.parametrize("small_one", [1, 4])
def test_the_public_page_of_before_gave_its_small_count(small_one):
    """802 in all, 796 shown, a "< 5", and a "≥ 5" that was no more than the smallest shown. Now a range."""
    injury = [300, 250, 246, 5, small_one]
    told = tell_year(accidents(2025, injury, [0] * 5), 5)
    assert list(told.injury.values()) == [*map(Count, injury[:4]), small(small_one, 5)]
    assert told.city.ends == (801, 805)


def test_what_is_called_the_most_is_the_largest_of_all_years():
    """A value without upper end in the sum, and no other: it was the largest in each year, so in all."""
    called, values = 0, list(product((0, 60, 90, 400), repeat=3))
    years = [
        {light: tell_year(accidents(2024 + at, [sum(light), 1], [0, 0], light), LIMIT) for light in values}
        for at in range(2)
    ]
    for first, second in product(values, repeat=2):
        tables = [years[0][first], years[1][second]]
        told = summed(tables, LIMIT).conditions.get("light", {})
        most = [value for value, count in told.items() if count.over]
        if len(most) == 1:
            called += 1
            totals = {f"v{at}": a + b for at, (a, b) in enumerate(zip(first, second, strict=True))}
            assert all(totals[most[0]] > n for value, n in totals.items() if value != most[0])
            assert totals[most[0]] >= told[most[0]].ends[0]
    assert called > 20
