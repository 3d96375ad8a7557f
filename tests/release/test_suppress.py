"""What a reader with a pencil can find out about counts that are held back."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from genk_geo.release.suppress import Count, Expected, held_back, levels

LIMIT = 5


def test_a_small_count_is_held_back_and_a_lone_one_takes_another_with_it():
    assert held_back([8, 12], ["A", "A"], LIMIT) == [Count(8), Count(12)]
    assert held_back([2, 12, 3], ["A", "A", "A"], LIMIT) == [Count(None, 5), Count(12), Count(None, 5)]
    assert held_back([2, 12, 7], ["A", "A", "A"], LIMIT) == [
        Count(None, 5),
        Count(12),
        Count(None, 5, over=True),
    ]


def test_small_counts_that_are_all_as_large_as_they_can_be_need_cover_too():
    assert held_back([4, 4, 20], ["A"] * 3, LIMIT)[2] == Count(None, 5, over=True)


def test_each_stadsdeel_is_covered_by_itself():
    shown = held_back([2, 9, 3, 1], ["A", "A", "B", "B"], LIMIT)
    assert [count.over for count in shown] == [False, True, False, False]


def test_no_limit_holds_back_nothing():
    assert held_back([0, 1, 7], ["A"] * 3, 0) == [Count(0), Count(1), Count(7)]


def test_levels_say_how_far_a_count_is_from_what_was_expected():
    counts = [2, 9, 16, 24]
    expected = [Expected(10.0, 6, 14)] * 4
    shown = [Count(count) for count in counts]
    assert levels(counts, shown, expected, ["A"] * 4) == ["less", "usual", "more", "much_more"]
    assert levels([3], [Count(3)], [Expected(None, None, None)], ["A"]) == ["none"]


def test_a_level_that_would_leave_one_count_is_not_told():
    # "more than 0 to 3" and "below 5" together say 4; so does "usual" with 4 to 9.
    for count, low, high in [(4, 0, 3), (4, 4, 9)]:
        shown = held_back([count, 3, 9], ["A"] * 3, LIMIT)
        told = levels([count, 3, 9], shown, [Expected(1.0, low, high)] + [Expected(3.0, 0, 9)] * 2, ["A"] * 3)
        assert told[0] == "unclear"


areas = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6), st.integers(0, 4)), min_size=2, max_size=4)


@given(areas)
@settings(deadline=None, max_examples=150)
def test_no_count_above_zero_follows_from_total_ranges_and_levels(rows):
    counts = [row[0] for row in rows]
    expected = [Expected((low + low + wide) / 2, low, low + wide) for _, low, wide in rows]
    parents = ["A"] * len(rows)
    shown = held_back(counts, parents, LIMIT)
    told = levels(counts, shown, expected, parents)
    hidden = [at for at, count in enumerate(shown) if count.value is None]

    def fits(at, value):
        if told[at] == "unclear":
            return True
        plain = "more" if value > expected[at].high else "less" if value < expected[at].low else "usual"
        return plain == told[at]

    total = sum(counts[at] for at in hidden)
    ranges = [
        [v for v in (range(shown[at].limit, total + 1) if shown[at].over else range(LIMIT)) if fits(at, v)]
        for at in hidden
    ]
    worlds = [world for world in product(*ranges) if sum(world) == total]
    for position, at in enumerate(hidden):
        values = {world[position] for world in worlds}
        secret = counts[at] in range(1, LIMIT)
        assert not secret or len(values) > 1
