"""Which hotspots a dossier is about this week: by identity, through moves, merges and splits, or by ground.

The identity of a hotspot says most: it lasts through moves, and what came from it names it. A dossier keeps
every part of a hotspot that split, and shares the whole of one that grew together, so that nothing that was
agreed is ever without a place. Where a hotspot returns after it was gone it has a new identity; then the
ground tells, and a dossier that was closed is found again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import shapely

from genk_geo.calendar import Week

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from genk_geo.results import Dossier

#: Hotspot and dossier are at the same place when they share this much of the smaller of the two.
SAME_GROUND = 0.5


class Spot(NamedTuple):
    """A hotspot of this week: its identity, what it came from, since when, and its ground."""

    hotspot_id: str
    from_ids: tuple[str, ...]
    since: str
    ground: BaseGeometry


class Followed(NamedTuple):
    """Dossiers of a theme after a week; those that came back after it was quiet; hotspots without one."""

    dossiers: tuple[Dossier, ...]
    returned: tuple[str, ...]
    free: tuple[Spot, ...]


def follow(dossiers: Sequence[Dossier], spots: Sequence[Spot], *, week: Week) -> Followed:
    """Find the hotspots of this week that each dossier of a theme is about.

    Parameters
    ----------
    dossiers : sequence of Dossier
        All dossiers of the theme, as the book before has them.
    spots : sequence of Spot
        All hotspots of the theme that are there this week.
    week : Week
        The week.

    Returns
    -------
    Followed

    Examples
    --------
    A hotspot that split keeps its dossier in both parts:

    >>> import datetime as dt
    >>> from genk_geo.calendar import Week
    >>> from genk_geo.jobs.dossiers.follow import Spot, follow
    >>> from genk_geo.results import Dossier
    >>> whole, west, east = (shapely.box(x, 0, x + wide, 100) for x, wide in ((0, 300), (0, 100), (200, 100)))
    >>> one = Dossier("2026-001", "nuisance", "2026-W40", "2026-W44", False, "proposed",
    ...               dt.date(2026, 11, 2), "weekly", hotspots=("N-1",), ground=whole)
    >>> parts = [Spot("N-1", ("N-1",), "2026-W40", west), Spot("N-2", ("N-1",), "2026-W40", east)]
    >>> found = follow([one], parts, week=Week(2026, 46))
    >>> found.dossiers[0].hotspots, found.free
    (('N-1', 'N-2'), ())
    """
    linked = {one.number: _linked(one, spots) for one in dossiers}
    holders: dict[str, set[str]] = {}
    for number, found in linked.items():
        for spot in found:
            holders.setdefault(spot.hotspot_id, set()).add(number)
    followed, returned = [], []
    for one in dossiers:
        found = linked[one.number]
        others = {number for spot in found for number in holders[spot.hotspot_id]} - {one.number}
        if found and not one.hotspots and one.last_hot:
            returned.append(one.number)
        followed.append(_moved(one, found, tuple(sorted(others)), week))
    free = tuple(spot for spot in spots if spot.hotspot_id not in holders)
    return Followed(tuple(followed), tuple(returned), free)


def lasting(spots: Iterable[Spot], *, week: Week, weeks: int) -> list[Spot]:
    """Hotspots that have been there for so many weeks, the longest standing first."""
    old = [spot for spot in spots if week.minus(Week.parse(spot.since)) >= weeks]
    return sorted(old, key=lambda spot: (spot.since, spot.hotspot_id))


def _linked(one: Dossier, spots: Sequence[Spot]) -> list[Spot]:
    own = set(one.hotspots)
    found = [spot for spot in spots if spot.hotspot_id in own or own.intersection(spot.from_ids)]
    if one.ground is None:
        return found
    if len(found) > 1 and one.together:
        # Of what had grown together each dossier takes the parts on its own ground.
        mine = [spot for spot in found if _shared(spot.ground, one.ground) > 0]
        return mine or found
    if not found or one.whole_area:
        found += [spot for spot in spots if spot not in found and _same_place(spot.ground, one.ground)]
    return found


def _moved(one: Dossier, found: Sequence[Spot], others: tuple[str, ...], week: Week) -> Dossier:
    names = tuple(spot.hotspot_id for spot in found)
    ground = one.ground
    if found and not others and not one.whole_area:
        ground = shapely.union_all([spot.ground for spot in found])
    return replace(
        one,
        hotspots=names,
        formerly=tuple(dict.fromkeys((*one.formerly, *names))),
        ground=ground,
        together=others,
        last_hot=str(week) if found else one.last_hot,
    )


def _shared(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(shapely.area(shapely.intersection(one, other)))


def _same_place(one: BaseGeometry, other: BaseGeometry) -> bool:
    smaller = min(one.area, other.area)
    return bool(_shared(one, other) >= SAME_GROUND * smaller)
