"""What would follow of a count that is not told yet: of a hotspot, or of a point of attention.

Whether it is told is decided by this and not by the count itself. A point of attention says that as many
incidents lie in it as a count must have to be told. It goes by its window and by the weeks before it, mostly
a year or more. So it says little of any one week, but not nothing: where the wijk had small counts all that
time, or a hotspot nearly everything, few weeks are left that can have them.

It is asked of the weeks before the window alone, though those of the window may have them too. That is more
than the point says. What is safe so stays safe, because pages of later weeks tell of hotspots in those only.
Of the window it says that something happened in it, for a place that was busy and no longer is is none.
Points of one page share no incident, nor do they with its hotspots; of two pages they may be the same place.
Weeks that were told nowhere yet count as weeks in which the whole city can have a small count and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.calendar import Week
from genk_geo.release.bounds.integer_bounds import Rule
from genk_geo.release.bounds.told_bounds import Cell, Knowledge, outlines_of
from genk_geo.release.level import Level
from genk_geo.release.told import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from genk_geo.release.told import Record

CLAIM = "claim"


class _Claim(NamedTuple):
    """A point of attention, as it stands on record."""

    shape: str
    box: tuple[float, ...]
    wijken: frozenset[str]
    weeks: frozenset[str]
    window: frozenset[str]

    def apart(self, other: _Claim) -> bool:
        """Whether a reader sees that they share no ground."""
        west, south, east, north = self.box
        return west >= other.box[2] or other.box[0] >= east or south >= other.box[3] or other.box[1] >= north


def attention_tells(theme: str, new: Record, others: Iterable[Record]) -> bool:
    """Whether anything follows from the points of attention of a theme beside all that is told.

    Parameters
    ----------
    theme : str
        Key of the theme.
    new : dict
        Record of the page, from :func:`genk_geo.release.kept.record.record_of`.
    others : iterable of dict
        What was told before.

    Returns
    -------
    bool
    """
    told = [record for record in others if record["level"] != Level.POINTS and theme in record["themes"]]
    known = Knowledge(theme, [new, *told])
    claims = claims_of(theme, new, [new, *told], known.bounds)
    if any(_most(rule, known.bounds) < rule.low for rule in claims):
        return True
    if not claims:
        return False
    before = Knowledge(theme, [new, *told])
    for record in told:
        before.rules += claims_of(theme, record, told, before.bounds)
    known.rules += before.rules[len(known.rules) :]
    return _follows(claims, known, lambda: before, limit=int(new["limit"]))


def hotspot_tells(theme: str, new: Record, others: Iterable[Record], *, at: int, least: int) -> bool:
    """Whether anything follows where so many incidents or more are told of a hotspot.

    Parameters
    ----------
    theme : str
        Key of the theme.
    new : dict
        Record of the page, with what is told of its other hotspots so far.
    others : iterable of dict
        What was told before.
    at : int
        Which hotspot on the record.
    least : int
        So many or more.

    Returns
    -------
    bool
    """
    records = [new, *(one for one in others if one["level"] != Level.POINTS and theme in one["themes"])]
    cells = list(outlines_of(new, theme))[at][1]
    claim = Rule(dict.fromkeys(cells, 1), least, np.inf, CLAIM)
    known = Knowledge(theme, records)
    return _follows([claim], known, lambda: Knowledge(theme, records), limit=int(new["limit"]))


def _follows(claims: list[Rule], known: Knowledge, before: Callable[[], Knowledge], *, limit: int) -> bool:
    """Whether claims say more than is known without them, or cannot be."""
    touched = {cell for rule in claims for cell in rule.terms}
    known.rules += claims
    if known.contradicted_by(CLAIM, touched):
        return True
    found = known.too_well(touched, limit=limit)
    without = before() if found else known
    return any(not without.knows(each) for each in found)


def claims_of(
    theme: str, page: Record, records: Sequence[Record], bounds: Mapping[Cell, tuple[int, int]]
) -> list[Rule]:
    """What the points of attention of a page say of the counts of their wijken.

    Parameters
    ----------
    theme : str
        Key of the theme.
    page : dict
        Its record.
    records : sequence of dict
        All that is told, this page too.
    bounds : mapping
        What is told of each count.

    Returns
    -------
    list of Rule
        None where weeks enough are told nowhere.
    """
    own = list(_claims(theme, page))
    if not own:
        return []
    limit, seen = int(page["limit"]), {cell.week for cell in bounds}
    counted = _with_others(own, (one for record in records for one in _claims(theme, record)))
    spots = {
        spot["shape"]: frozenset(spot.get("touched", spot["wijken"]))
        for record in records
        for spot in record["themes"][theme]["hotspots"]
        if limits(spot["observed"]) != (0, None)
    }

    def rule(wijken: frozenset[str], inside: list[_Claim], when: Iterable[str], least: int) -> Rule:
        within = {Cell("wijken", wijk, week): 1 for wijk in wijken for week in when}
        shapes = {one.shape for one in inside}
        beside = {
            Cell("hotspot", shape, week): -1 for shape, touched in spots.items() for week in when
            if touched & wijken and shape not in shapes
        }  # fmt: skip
        terms = {cell: times for cell, times in (within | beside).items() if cell in bounds}
        return Rule(terms, least * len(inside), np.inf, CLAIM)

    # One of the weeks told nowhere is the week that is asked for.
    untold = len(own[0].weeks - seen) - 1
    rules = []
    for wijken in dict.fromkeys(one.wijken for one in own):
        if (limit - 1) * untold < limit * len(counted):
            inside = [one for one in counted if one.wijken <= wijken]
            rules.append(rule(wijken, inside, {week for one in inside for week in one.weeks}, limit))
        here = [one for one in own if one.wijken <= wijken]
        if (limit - 1) * len(own[0].window - seen) < len(here):
            rules.append(rule(wijken, here, own[0].window, 1))
    return rules


def _claims(theme: str, record: Record) -> Iterable[_Claim]:
    for one in record["themes"].get(theme, {}).get("attention", ()):
        until = Week.parse(one["until"])
        weeks = frozenset(str(until.shift(-back)) for back in range(int(one["weeks"])))
        last = Week.parse(record["week"])
        window = frozenset(str(last.shift(-back)) for back in range(last.minus(until)))
        yield _Claim(one["shape"], tuple(one["box"]), frozenset(one["touched"]), weeks, window)


def _with_others(own: list[_Claim], others: Iterable[_Claim]) -> list[_Claim]:
    """Those of a page, and of other pages those that go by some of the same weeks and lie apart."""
    counted = list(own)
    for one in others:
        if one.weeks & own[0].weeks and all(one.apart(other) for other in counted):
            counted.append(one)
    return counted


def _most(rule: Rule, bounds: Mapping[Cell, tuple[int, int]]) -> float:
    return sum(times * bounds[cell][1 if times > 0 else 0] for cell, times in rule.terms.items())
