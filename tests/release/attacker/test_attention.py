"""Points of attention: at least so many incidents in some weeks, beside small counts of these weeks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import product

import pytest

LIMIT = 2


@pytest.fixture(scope="module")
def placed(attack):
    """A city whose point of attention holds what is said for each week, and is likely enough or not."""

    @dataclass
    class Placed(attack.City):
        inside: dict = field(default_factory=dict)
        likely: bool = True

        def at_point(self, wijk, week):
            return super().at_point(wijk, week) if wijk else self.inside.get(week, 0)

        def attention(self, week):
            found = super().attention(week)
            return found if found is None or self.likely else found[found["wijk"] != "w0"]

    return Placed


def pages_of(city_of, weeks, rows, **own):
    """All but the first week published, one after the other."""
    told, pages = [], []
    for at, week in enumerate(weeks[1 : len(rows)], start=1):
        counts = dict(zip(weeks[: at + 1], map(list, rows), strict=False))
        pages.append(city_of("AB", counts, **own).page(week, told))
    return pages


@pytest.fixture(scope="module")
def weeks(attack):
    return [attack.week.shift(at) for at in range(8)]


CASES = {
    # Two weeks of three, all in the point: with none in one of them it had too few.
    "two weeks": {"rows": [[3, 9], [3, 9]], "window": 1, "past": 1, "points": {0: 10}},
    # A hotspot holds all of a wijk but for one a week: the small count has to have the fifth.
    "beside a hotspot": {
        "rows": [[9, 9], [9, 9], [4, 9], [9, 9], [9, 9], [9, 9]], "window": 1, "past": 4, "spots": {0: 9},
        "points": {0: 10},
    },
    # A window of one week, in which something happened there: so there was not none.
    "lately": {"rows": [[3, 9]] * 6, "window": 1, "past": 4, "points": {0: 10}},
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_point_that_says_too_much_is_not_told(attack, weeks, name, monkeypatch):
    pages = pages_of(attack.City, weeks, **CASES[name])
    assert attack.follows(pages, 0, 5)[1] == []
    assert not pages[-1].themes[0].attention
    # Told, it narrows a count: the attacker can find it.
    monkeypatch.setattr("genk_geo.release.check.attention_tells", lambda *_: False)
    pages = pages_of(attack.City, weeks, **CASES[name])
    assert len(pages[-1].themes[0].attention) == 1
    assert attack.follows(pages, 0, 5)[1] != []


@pytest.mark.parametrize("past", [4, 60])
def test_a_point_that_says_nothing_is_told(attack, weeks, past):
    """Small counts all along: four weeks hold five, whichever of them had none; so does a year untold."""
    own = {"rows": [[3, 9]] * 6, "window": 2, "past": past, "points": {0: 10}}
    pages = pages_of(attack.City, weeks, **own)
    assert len(pages[-1].themes[0].attention) == 1
    assert attack.follows(pages, 0, 5)[1] == []


def test_a_point_that_says_nothing_is_told_beside_one_that_says_too_much(attack, weeks):
    """Both would be of the same page: what is held back of one wijk holds nothing back of another."""
    pages = pages_of(attack.City, weeks, **CASES["lately"] | {"points": {0: 10, 1: 10}})
    assert [(one.wijk, one.number) for one in pages[-1].themes[0].attention] == [("w1", 1)]
    assert attack.follows(pages, 0, 5)[1] == []


def test_who_knows_the_rule_reads_nothing_from_points(placed, weeks, backwards):
    """Every history of three weeks, all of a week in the point or none; on each page it is likely or not.

    The point of the other wijk stands on every page.
    """

    @cache
    def page(counts, inside, likely):
        """The last of so many weeks after those before it: what it says, and the record of all."""
        at = len(counts) - 1
        told = list(page(counts[:-1], inside[:-1], likely[:-1])[1]) if at > 1 else []
        rows = {week: [n, 3] for week, n in zip(weeks, counts, strict=False)}
        city = placed(
            "AB", rows, window=1, past=1, limit=LIMIT, points={0: 10, 1: 10},
            inside=dict(zip(weeks, inside, strict=False)), likely=likely[-1],
        )  # fmt: skip
        (theme,) = city.page(weeks[at], told).themes
        return (str(theme.tables), str(theme.attention)), told

    def rule(history):
        counts, inside, likely = history[:3], history[3:6], history[6:]
        first = page(counts[:2], inside[:2], likely[:1])[0]
        # Without a point on the first page the second is the same, likely or not.
        second = page(counts, inside, ("'w0'" in first[1], likely[1]))[0]
        return str((first, second)), [n < LIMIT for n in counts] + [False] * 5

    inputs = [
        (*counts, *inside, *likely)
        for counts in product(range(LIMIT + 1), repeat=3)
        for inside in product(*({0, n} for n in counts))
        for likely in product((True, False), repeat=2)
    ]
    assert backwards.narrowed(rule, inputs, LIMIT) == []
