"""All pages of all releases and reruns of random sparse histories, as one system of whole numbers."""

import logging
import os
from collections import Counter
from functools import cache
from itertools import product
from types import SimpleNamespace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from genk_geo.release.areas import counts as counts_room
from genk_geo.release.suppress import Count, Table, small

PARENTS = ("AAB", "AABB", "AAABB", "ABCC", "AAAA")
few = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 9])
#: As many as fit in a run of all tests; a thousand before a release: GENK_GEO_HISTORIES=1000.
HISTORIES = int(os.environ.get("GENK_GEO_HISTORIES", "8"))
EASY = {
    "deadline": None, "phases": [Phase.explicit, Phase.generate],
    "derandomize": "GENK_GEO_HISTORIES" not in os.environ, "database": None,
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip


@st.composite
def histories(draw):
    """Counts of some weeks, of a year before one of them, hotspots, and a correction."""
    parents = draw(st.sampled_from(PARENTS))
    # A week of which nothing at all came in is told as such, and told anew once its file is there.
    row = st.lists(few, min_size=len(parents), max_size=len(parents)).filter(any)
    return {
        "parents": parents,
        "rows": draw(st.lists(row, min_size=5, max_size=5)),
        "unknown": draw(st.integers(0, 2)),
        "spots": draw(st.dictionaries(st.integers(0, len(parents) - 1), st.integers(5, 10), max_size=2)),
        "corrected": draw(st.tuples(st.integers(1, 3), row)),
        # The longer the window, the less of the past is told.
        "window": draw(st.sampled_from([1, 2, 4])),
        "points": draw(st.dictionaries(st.integers(0, len(parents) - 1), st.integers(5, 10), max_size=2)),
        "past": draw(st.integers(0, 4)),
    }


def pages_of(attack, drawn, *, releases=("wijkmanager", "publiek")):
    """Pages of five weeks for wijkmanagers and the public, one of which is corrected on the way."""
    weeks = [attack.week.shift(at) for at in range(5)]
    own = {name: drawn[name] for name in ("spots", "window", "points", "past") if name in drawn}
    rows = dict(zip(weeks, drawn["rows"], strict=True))
    city = attack.City(drawn["parents"], rows, drawn["unknown"], **own)

    told, pages, corrected = [], [], None
    wrong, row = drawn["corrected"]
    for at, week in enumerate(weeks):
        if at == wrong + 1:
            # What comes after it is made of the corrected counts: later weeks, and the public's page of it.
            city.counts[weeks[wrong]] = row
            # Made again it shows what it showed, or it is not made again.
            pages += city.page_again(weeks[wrong], told)
            corrected = attack.Correction(weeks[wrong], len(pages))
        for profile in releases:
            if profile == "wijkmanager":
                pages.append(city.page(week, told))
            elif at:
                # Far enough behind not to be refused, and near enough to be in this history.
                pages.append(city.page(weeks[at - 1], told, profile))
    # A year later the trend starts anew, and the same weeks come up again.
    later = {week.shift(52): row for week, row in zip(weeks, drawn["rows"], strict=True)}
    city.counts |= later
    pages.append(city.page(weeks[4].shift(52), told))
    return city, pages, corrected


def test_no_small_count_is_narrowed_by_all_pages_together(attack):
    """With `-rP`: of how many histories, and how many counts are held back in them."""
    tried = Counter()

    @given(drawn=histories())
    @settings(max_examples=HISTORIES, **EASY)
    def attacked(drawn):
        city, pages, corrected = pages_of(attack, drawn)
        covered, found = attack.follows(pages, city.unknown, city.limit, corrected)
        marked = sum(len(page.themes[0].attention or ()) for page in pages)
        tried.update(histories=1, covered=covered, narrowed=len(found), attention=marked)
        assert found == []

    attacked()
    logging.getLogger(__name__).warning("%s", dict(tried))
    assert tried["histories"] >= HISTORIES
    assert tried["covered"] > 10 * HISTORIES


def test_a_correction_does_not_blind_the_check(attack):
    """Windows of 10 and 14, both after the correction, that contradict a page of before it."""
    drawn = {
        "parents": "AAB", "rows": [[0, 9, 0], [1, 1, 1], [2, 1, 0], [3, 6, 4], [9, 6, 4]], "unknown": 1,
        "spots": {2: 10, 0: 9}, "corrected": (2, [1, 9, 5]),
    }  # fmt: skip
    city, pages, corrected = pages_of(attack, drawn)
    assert attack.follows(pages, city.unknown, city.limit, corrected)[1] == []


def old_rule(wijken, parents, stadsdelen, city, limit):
    """The rule of before, for wijkmanagers: exact totals, and the smallest other count as cover."""
    told = [small(count, limit) for count in wijken]
    for name in stadsdelen:
        inside = [at for at, parent in enumerate(parents) if parent == name]
        hidden = [at for at in inside if told[at].value is None]
        rest = [at for at in inside if told[at].value is not None]
        if hidden and rest and (len(hidden) == 1 or all(wijken[at] == limit - 1 for at in hidden)):
            told[min(rest, key=lambda at: wijken[at])] = Count(None, limit, over=True)
    return Table(told, {name: Count(n) for name, n in stadsdelen.items()}, Count(city))


def test_the_attacker_finds_the_holes_of_the_rule_of_before(attack, monkeypatch):
    """Exact totals beside small counts: 2 and 1 beside 9 in a stadsdeel of 12."""
    monkeypatch.setattr(counts_room, "held_back", old_rule)
    monkeypatch.setattr("genk_geo.release.check.refuse", lambda *_: None)
    row = [2, 1, 9, 0, 7]
    drawn = {"parents": "AAABB", "rows": [row] * 5, "unknown": 0, "spots": {}, "corrected": (2, row)}
    city, pages, _ = pages_of(attack, drawn)
    _, found = attack.follows(pages, city.unknown, city.limit)
    assert {(known.wijk, known.low, known.high) for known in found} >= {("w0", 0, 3), ("w1", 0, 3)}


def test_the_attacker_finds_a_window_that_is_told_every_week(attack, monkeypatch):
    """Without the check: a hotspot of 9, then 12, in a wijk that had fewer than five."""
    rows = [[4, 6], [4, 6], [1, 6], [0, 6], [4, 6]]
    weeks = [attack.week.shift(at) for at in range(5)]
    city = attack.City("AA", dict(zip(weeks, rows, strict=True)), window=3, spots={0: 10})
    told = []
    safe = [city.page(week, told) for week in weeks]
    assert attack.follows(safe, 0, 5)[1] == []
    monkeypatch.setattr("genk_geo.release.check.check_release", lambda *_: [])
    told = []
    # The rule of windows holds by itself; the check stands behind it.
    assert attack.follows([city.page(week, told) for week in weeks], 0, 5)[1] == []
    monkeypatch.setattr("genk_geo.release.check.with_told_windows", lambda shown, *_: shown)
    told = []
    assert attack.follows([city.page(week, told) for week in weeks], 0, 5)[1] != []


def two_weeks(attack, backwards, parents):
    """Every history of two weeks, each with the pages of both: the second has the first in its trend."""
    weeks, half = [attack.week, attack.week.shift(1)], len(parents)
    profile = SimpleNamespace(small_count=2, profile="wijkmanager")

    @cache
    def page(*rows):
        """The last of so many weeks: of a week that it shows it knows no later one."""
        city = attack.City(parents, dict(zip(weeks, map(list, rows), strict=False)), limit=2)
        return str(counts_room.counted(city.theme(weeks[len(rows) - 1]), profile)[:3])

    def rule(counts):
        first, second = counts[:half], counts[half:]
        return page(first) + page(first, second), [count < 2 for count in counts]

    return backwards.narrowed(rule, product(range(3), repeat=2 * half), 2)


def test_two_weeks_read_backwards(attack, backwards):
    assert two_weeks(attack, backwards, "AB") == []


def test_two_weeks_of_three_wijken_read_backwards(attack, backwards):
    assert two_weeks(attack, backwards, "AAB") == []
