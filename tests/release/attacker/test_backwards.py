"""The rule for counts and totals, read backwards: every small table is published and grouped by the page."""

from itertools import product

import pytest

from genk_geo.release.suppress import Count, held_back, small


def table_rule(parents, limit, sums, *, beside=0):
    """What a page tells of one week: wijken, stadsdelen and the city."""

    def rule(counts):
        totals = sums(counts, parents)
        told = held_back(counts, parents, totals, sum(counts) + beside, limit)
        hidden = [count.value is None for count in told.wijken]
        return (tuple(told.wijken), tuple(told.stadsdelen.values()), told.city), hidden

    return rule


@pytest.mark.parametrize(
    ("parents", "most", "limit"),
    [
        ("AAAA", 12, 5), ("AABB", 12, 5), ("ABCC", 8, 5), ("A", 12, 5), ("AB", 12, 5), ("AAABB", 5, 5),
        ("AAAAA", 5, 5), ("AAABBBC", 3, 3), ("AABCDDD", 3, 3), ("ABCDEFG", 3, 3), ("AAAABBBB", 2, 2),
    ],
)  # fmt: skip
def test_every_count_that_is_held_back_can_be_every_small_count(backwards, parents, most, limit):
    rule = table_rule(parents, limit, backwards.sums)
    assert backwards.narrowed(rule, product(range(most + 1), repeat=len(parents)), limit) == []


def test_also_for_who_knows_how_many_have_no_wijk(backwards):
    """The city holds two incidents more than its stadsdelen, and the reader knows it."""
    rule = table_rule("AAABB", 4, backwards.sums, beside=2)
    assert backwards.narrowed(rule, product(range(5), repeat=5), 4) == []


def test_a_total_that_is_told_as_a_range_has_so_many_values(backwards):
    """Of stadsdelen too: whatever the city says beside them, no fewer than there are small counts."""
    parents, limit, worlds = "AAABBC", 3, {}
    rule = table_rule(parents, limit, backwards.sums)
    for counts in product(range(limit + 1), repeat=len(parents)):
        (wijken, stadsdelen, city), _ = rule(counts)
        totals = backwards.sums(counts, parents)
        worlds.setdefault((wijken, stadsdelen, city), []).append(tuple(totals.values()))
    for (_, stadsdelen, _), members in worlds.items():
        for at, told in enumerate(stadsdelen):
            low, high = told.ends
            possible = {totals[at] for totals in members}
            assert possible <= set(range(low, high + 1))
            assert told.value is not None or len(possible) >= limit


def old_held_back(counts, parents, limit):
    """The rule of before: a lone small count, or all of the largest, took the smallest other one along."""
    shown = [small(count, limit) for count in counts]
    for name in dict.fromkeys(parents):
        inside = [at for at, parent in enumerate(parents) if parent == name]
        hidden = [at for at in inside if shown[at].value is None]
        rest = [at for at in inside if shown[at].value is not None]
        known = len(hidden) == 1 or all(counts[at] == limit - 1 for at in hidden)
        if hidden and rest and known:
            shown[min(rest, key=lambda at: counts[at])] = Count(None, limit, over=True)
        elif len(hidden) > 1 and known and limit > 1:
            for at in hidden:
                shown[at] = Count(None, 0, over=True)
    return shown


def test_the_attack_finds_the_holes_of_the_rule_of_before(backwards):
    """Two "< 5" beside a "≥ 5" were always 4; a stadsdeel that was hidden whole had 4 in every wijk."""

    def publish(counts):
        shown = old_held_back(counts, "AAA", 5)
        # Who knows the rule knows which of the counts that are held back are the small ones.
        return (tuple(shown), sum(counts)), [
            count.value is None and not (count.over and count.limit) for count in shown
        ]

    found = backwards.narrowed(publish, product(range(13), repeat=3), 5)
    pinned = {
        (tuple(count.ends for count in each.told[0]), each.at) for each in found if each.possible == {4}
    }
    assert ((0, 4), (0, 4), (5, None)) in {shown for shown, _ in pinned}
    assert (((0, None),) * 3, 0) in pinned
    # The public page on traffic: 802 in all, 796 shown, "< 5" and "≥ 5".
    sizes = [300, 250, 246, 1, 5]
    assert old_held_back(sizes, ["A"] * 5, 5)[3:] == [Count(None, 5), Count(None, 5, over=True)]
    assert sum(sizes) - sum(sizes[:3]) - 5 == 1
