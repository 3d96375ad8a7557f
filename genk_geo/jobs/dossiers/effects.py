"""What became of what was agreed: treated places and days from the dossiers, and the verdict on each.

What partners do within a year at one place can't be told apart: it is one round, from the first day on. The
place is the ground that the dossier had before that day. Taken as it is now, it would follow the incidents,
and every measure that moved them would seem to have done nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

from genk_geo.calendar import Week
from genk_geo.jobs.dossiers.places import named_ground
from genk_geo.jobs.effects.places import Treated, effects_at, measured, rounds
from genk_geo.release.outlines import Outlines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.jobs.dossiers.places import Drawn
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City
    from genk_geo.results import Agreement, Book, Dossier, MeasuredEffect
    from genk_geo.store import Store

#: What begins within so many weeks of the first measure at a place belongs to it: a verdict takes as long.
TOGETHER_WEEKS = 52


class _Round(NamedTuple):
    """Measures that are judged together."""

    dossier: Dossier
    measures: tuple[str, ...]
    start: dt.date
    end: dt.date | None
    ground: BaseGeometry
    place: str = ""
    followed_by: dt.date | None = None


def effects_of(
    book: Book | None,
    store: Store,
    histories: Mapping[str, ThemeHistory],
    *,
    week: Week,
    as_of: pd.Timestamp,
    blocks: gpd.GeoDataFrame | None,
    drawn: Drawn,
) -> tuple[MeasuredEffect, ...]:
    """Tell of all dossiers what became of what was done there, or how long that would take to be seen.

    Parameters
    ----------
    book : Book or None
        Dossiers and agreements as they stand; None where none are kept.
    store : Store
        The books of earlier weeks, as known by the run that makes the week.
    histories : mapping of str to ThemeHistory
        Theme -> its incidents.
    week : Week
        The last week that counts.
    as_of : pandas.Timestamp
        What the week knows ends here.
    blocks : geopandas.GeoDataFrame or None
        Blocks that readers see: a place is counted in whole ones, so that what is said of it is never said
        of less ground than they are shown.
    drawn : mapping of str to shapely geometry
        Places that the settings name.

    Returns
    -------
    tuple of MeasuredEffect
        By dossier, the first round first.
    """
    if book is None:
        return ()
    outlines = None if blocks is None else Outlines(blocks)
    found: list[MeasuredEffect] = []
    for theme, history in histories.items():
        city = history.ground.city
        own = [
            each._replace(ground=_shown(each.ground, outlines))
            for one in book.dossiers
            if one.theme == theme
            for each in _rounds(one, book, store, city, week, drawn)
        ]
        names = [f"{each.dossier.number} {at}" for at, each in enumerate(own)]
        treated = [
            Treated(name, each.ground, each.start, each.end, begun=bool(each.measures))
            for name, each in zip(names, own, strict=True)
        ]
        told = effects_at(history, treated, week=week, as_of=as_of) if treated else {}
        found += [
            measured(
                told[name],
                dossier=each.dossier.number,
                measures=each.measures,
                ground=each.ground,
                city=city,
                place=each.place,
                followed_by=each.followed_by,
            )
            for name, each in zip(names, own, strict=True)
            if name in told
        ]
    return tuple(sorted(found, key=lambda one: (one.dossier, one.start)))


def _rounds(one: Dossier, book: Book, store: Store, city: City, week: Week, drawn: Drawn) -> Iterator[_Round]:
    """Rounds of a dossier by place; without any, an open one asks how long it would take from now on."""
    by_place: dict[bytes | None, list[Agreement]] = {}
    grounds: dict[bytes | None, BaseGeometry | None] = {None: None}
    for each in book.of(one.number):
        if each.binding and each.is_done(book.day):
            named = named_ground(each.place, city, drawn)
            key = None if named is None else bytes(shapely.to_wkb(named))
            by_place.setdefault(key, []).append(each)
            grounds[key] = named
    for key, done in by_place.items():
        yield from _of_place(one, done, grounds[key], store, week)
    if not by_place and one.state != "closed" and one.ground is not None:
        yield _Round(one, (), week.shift(1).monday, None, one.ground)


def _of_place(
    one: Dossier, done: Sequence[Agreement], named: BaseGeometry | None, store: Store, week: Week
) -> Iterator[_Round]:
    dated = sorted(((each.done, each) for each in done if each.done is not None), key=lambda pair: pair[0])
    numbers = rounds([day for day, _ in dated], TOGETHER_WEEKS)
    begun = {number: day for number, (day, _) in zip(reversed(numbers), reversed(dated), strict=True)}
    place = "" if named is None else dated[0][1].place
    for number, start in sorted(begun.items()):
        own = [each for at, (_, each) in zip(numbers, dated, strict=True) if at == number]
        ground = ground_before(one, start, store, week) if named is None else named
        if ground is not None:
            measures = tuple(dict.fromkeys(each.measure for each in own))
            yield _Round(one, measures, start, _end(own, start), ground, place, begun.get(number + 1))


def _end(done: Iterable[Agreement], start: dt.date) -> dt.date | None:
    """When all of it was taken away; an end before its own beginning is a slip, and none."""
    ends = [each.until for each in done]
    last = [end for end in ends if end is not None and end >= start]
    return max(last) if len(last) == len(ends) else None


def ground_before(one: Dossier, start: dt.date, store: Store, week: Week) -> BaseGeometry | None:
    """Ground before a day; the first that is known where the dossier is younger."""
    kept = store.ground_of(one.number, before=min(Week.from_day(start), week), until=week)
    return one.ground if kept is None else shapely.from_wkb(kept)


def _shown(ground: BaseGeometry, outlines: Outlines | None) -> BaseGeometry:
    return ground if outlines is None else outlines.snapped(ground).geometry
