"""What is told of counts, of their totals and of what was expected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genk_geo.release.suppress import (
    SECRET,
    Count,
    Expected,
    coarse,
    held_back,
    level,
    small,
    total_of,
)

LIMIT = 5


def test_a_small_count_is_held_back_and_takes_no_other_with_it():
    told = held_back([2, 12, 7], ["A", "A", "A"], {"A": 21}, 21, LIMIT)
    assert told.wijken == [Count(None, 5), Count(12), Count(7)]
    assert told.stadsdelen["A"].ends == told.city.ends == (19, 23)


def test_a_total_of_many_small_counts_is_exact_unless_it_is_near_an_end():
    small_ones = [Count(None, 5)] * 6
    told = {total: total_of(total, small_ones, LIMIT).ends for total in (0, 4, 5, 19, 20, 24)}
    assert told == {0: (0, 4), 4: (0, 4), 5: (5, 5), 19: (19, 19), 20: (20, 24), 24: (20, 24)}


def test_two_small_counts_tell_nothing_of_their_total():
    assert {total_of(total, [Count(None, 5)] * 2, LIMIT).ends for total in range(9)} == {(0, 8)}


def test_incidents_of_no_known_part_shift_the_range():
    assert total_of(5, [Count(None, 5)], LIMIT, beside=3).ends == (3, 7)
    told = held_back([2, 9], ["A", "A"], {"A": 12}, 14, LIMIT)
    assert (told.stadsdelen["A"].ends, told.city.ends) == ((10, 14), (12, 16))


def test_a_stadsdeel_without_wijken_is_a_smallest_area():
    told = held_back([], [], {"A": 3, "B": 9}, 12, LIMIT)
    assert (told.stadsdelen, told.city.ends) == ({"A": Count(None, 5), "B": Count(9)}, (9, 13))
    assert held_back([], [], {}, 3, LIMIT).city == Count(None, 5)


def test_no_limit_holds_back_nothing():
    told = held_back([0, 1, 7], ["A"] * 3, {"A": 8}, 8, 0)
    assert (told.wijken, told.stadsdelen, told.city) == (
        [Count(0), Count(1), Count(7)],
        {"A": Count(8)},
        Count(8),
    )


@given(st.integers(0, 20), st.integers(0, 20))
def test_ends_and_count_are_each_others_inverse(low, wide):
    for high in (low + wide, None):
        assert Count.from_ends(low, high).ends == (low, high)
    assert Count.from_ends(0, 4) == small(3, LIMIT)
    assert SECRET.ends == (0, None)


def test_levels_say_how_far_a_count_is_from_what_was_expected():
    expected = Expected(10.0, 6, 14)
    assert [level(Count(count), expected) for count in (2, 9, 16, 24)] == [
        "less",
        "usual",
        "more",
        "much_more",
    ]
    assert level(Count(3), Expected(None, None, None)) == "none"


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((0, 4), "unclear"),
        ((7, 11), "usual"),
        ((12, 16), "unclear"),
        ((15, 19), "more"),
        ((15, None), "more"),
        ((5, None), "unclear"),
        ((0, None), "unclear"),
    ],
)
def test_a_level_is_told_where_both_ends_of_a_range_have_it(ends, told):
    assert level(Count.from_ends(*ends), Expected(10.0, 2, 14)) == told


def test_what_is_expected_of_a_sparse_area_is_small_and_no_more():
    assert coarse(Expected(0.3, 0, 1), LIMIT) == coarse(Expected(1.2, 1, 3), LIMIT)._replace(mean=0.3)
    assert coarse(Expected(9.0, 4, 15), LIMIT) == Expected(9.0, 0, 15)
    assert coarse(Expected(9.0, 5, 15), LIMIT) == Expected(9.0, 5, 15)
    assert coarse(Expected(None, None, None), LIMIT).low is None
    assert coarse(Expected(0.3, 0, 1), 0) == Expected(0.3, 0, 1)
    assert level(Count(None, 5), coarse(Expected(0.3, 0, 1), LIMIT)) == "usual"
    assert level(Count(5), coarse(Expected(0.3, 0, 1), LIMIT)) == "much_more"
