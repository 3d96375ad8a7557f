"""The dossiers of a week: those of the week before, followed, with what the register says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.calendar import Week
from genk_geo.errors import GenkGeoError
from genk_geo.jobs.dossiers.by_hand import with_acts
from genk_geo.jobs.dossiers.follow import Spot, follow, lasting
from genk_geo.jobs.dossiers.presence import with_presence
from genk_geo.jobs.dossiers.register.check import check_register
from genk_geo.jobs.dossiers.register.read import read_register
from genk_geo.jobs.dossiers.remembered import book_of
from genk_geo.jobs.dossiers.states import with_state
from genk_geo.release.table_values import hours, street_names, text, weekdays
from genk_geo.results import Book, Dossier, RegisterNote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from genk_geo.config import DossierSettings
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.results import Agreement, ThemeWeek
    from genk_geo.store import Store


def dossiers_of(
    own: DossierSettings,
    store: Store,
    themes: Sequence[ThemeWeek],
    histories: Mapping[str, ThemeHistory],
    *,
    week: Week,
    as_of: pd.Timestamp,
    back: int = 0,
    noted: bool = True,
) -> Book | None:
    """Take the dossiers of a city through a week.

    Parameters
    ----------
    own : DossierSettings
        The settings.
    store : Store
        The history, as known by the run that makes the week.
    themes : sequence of ThemeWeek
        What was found.
    histories : mapping of str to ThemeHistory
        Theme -> its incidents.
    week : Week
        The week.
    as_of : pandas.Timestamp
        What the week knows ends here.
    back : int
        How many weeks before that of the run the week lies: then its dossiers are as they were.
    noted : bool
        False for a view of a week: it gives no numbers.

    Returns
    -------
    Book or None
        None where no dossiers are kept, or an earlier week never had any.
    """
    if not own.wanted:
        return None
    kept = store.book(week)
    later = any(Week.parse(one) > week for one in store.book_weeks())
    if back or later or store.has_own_book(week):
        return None if kept is None else book_of(kept)
    before = _last_book(store, week)
    day = (as_of - pd.Timedelta(microseconds=1)).date()
    acts = store.acts_after(before.acts if before else 0)
    dossiers = with_acts(() if before is None else before.dossiers, acts)
    returned: set[str] = set()
    for look in themes:
        if look.undelivered or look.too_few:
            continue  # what is not delivered is not quiet: its dossiers stay as they were
        dossiers, back_again = _after_theme(dossiers, look, histories.get(look.theme), week)
        returned |= back_again
        if noted and look.theme in (own.themes or [one.theme for one in themes]):
            dossiers += _proposed(dossiers, look, histories.get(look.theme), own, store, week, day)
    book = _with_register(
        Book(str(week), day, dossiers, () if before is None else before.agreements, own.known_partners,
             max([before.acts if before else 0, *(one.act for one in acts)])),
        own, returned,
    )  # fmt: skip
    beside, notes = with_presence(book.dossiers, own, store, histories, week=week, day=day)
    return replace(book, dossiers=beside, notes=(*book.notes, *notes))


def _last_book(store: Store, week: Week) -> Book | None:
    """The book to go on from: the one this week was given before, else the last of an earlier week."""
    weeks = [one for one in map(Week.parse, store.book_weeks()) if one <= week]
    rows = store.book(max(weeks)) if weeks else None
    return None if rows is None else book_of(rows)


def _after_theme(
    dossiers: tuple[Dossier, ...], look: ThemeWeek, history: ThemeHistory | None, week: Week
) -> tuple[tuple[Dossier, ...], set[str]]:
    mine = [one for one in dossiers if one.theme == look.theme]
    found = follow(mine, spots_of(look), week=week)
    rows = _rows(look)
    now = {one.number: _described(one, look, rows, history) for one in found.dossiers}
    return tuple(now.get(one.number, one) for one in dossiers), set(found.returned)


def _proposed(
    dossiers: tuple[Dossier, ...],
    look: ThemeWeek,
    history: ThemeHistory | None,
    own: DossierSettings,
    store: Store,
    week: Week,
    day: dt.date,
) -> tuple[Dossier, ...]:
    """New dossiers on hotspots that lasted and have none."""
    held = {name for one in dossiers if one.theme == look.theme for name in one.hotspots}
    free = [spot for spot in spots_of(look) if spot.hotspot_id not in held]
    rows = _rows(look)
    new = []
    for spot in lasting(free, week=week, weeks=own.weeks):
        number = store.number_for(week, theme=look.theme, hotspot_id=spot.hotspot_id)
        one = Dossier(
            number, look.theme, spot.since, str(week), by_hand=False, state="proposed", state_since=day,
            state_by="weekly", hotspots=(spot.hotspot_id,), formerly=(spot.hotspot_id,), ground=spot.ground,
            last_hot=str(week),
        )  # fmt: skip
        new.append(_described(one, look, rows, history))
    return tuple(new)


def spots_of(look: ThemeWeek) -> list[Spot]:
    """Hotspots of a theme that are there, as far as following them goes."""
    return [
        Spot(str(row["hotspot_id"]), tuple(row["from_ids"]), str(row["since"]), row["geometry"])
        for row in look.areas.to_dict("records")
        if row["status"] != "gone"
    ]


def _rows(look: ThemeWeek) -> dict[str, dict[str, Any]]:
    return {str(row["hotspot_id"]): row for row in look.areas.to_dict("records")}


def _described(
    one: Dossier, look: ThemeWeek, rows: Mapping[str, dict[str, Any]], history: ThemeHistory | None
) -> Dossier:
    """Where, when and who reports it, after the strongest of its hotspots; as it was while it is quiet."""
    mine = [rows[name] for name in one.hotspots]
    if not mine:
        return one
    row = min(mine, key=lambda each: (int(each.get("number") or 0), str(each["hotspot_id"])))
    peak_from, peak_to = hours(row.get("peak_from"), row.get("peak_to"))
    told = replace(
        one, peak_days=weekdays(row.get("peak_days")), peak_from=peak_from, peak_to=peak_to,
        sources=_sources(one, look, history),
    )  # fmt: skip
    if one.whole_area:
        return told
    return replace(
        told, streets=street_names(row.get("place")), wijk=text(row.get("wijk")),
        stadsdeel=text(row.get("stadsdeel")),
    )  # fmt: skip


def _sources(one: Dossier, look: ThemeWeek, history: ThemeHistory | None) -> tuple[str, ...]:
    if history is None or one.ground is None:
        return one.sources
    recent = history.within(look.window)
    return tuple(sorted({str(name) for name in recent["source"][recent.intersects(one.ground)]}))


def _with_register(book: Book, own: DossierSettings, returned: set[str]) -> Book:
    """The agreements of the register, and the state of each dossier that follows from them."""
    agreements, notes, listed = _read(book, own)
    by_number: dict[str, list[Agreement]] = {}
    for each in agreements:
        by_number.setdefault(each.dossier, []).append(each)
    dossiers = tuple(
        with_state(
            replace(one, listed=one.listed or one.number in listed), by_number.get(one.number, []),
            day=book.day, returned=one.number in returned,
        )
        for one in sorted(book.dossiers, key=lambda one: _order(one.number))
    )  # fmt: skip
    known = {one.number for one in dossiers}
    kept = tuple(each for each in agreements if each.dossier in known)
    return replace(book, dossiers=dossiers, agreements=kept, notes=notes)


def _read(
    book: Book, own: DossierSettings
) -> tuple[tuple[Agreement, ...], tuple[RegisterNote, ...], frozenset[str]]:
    """What the register says; where it cannot be read, what it said the week before, and why."""
    assert own.path is not None
    path = own.path
    if not path.exists():
        gone = [RegisterNote("missing", 0, (path.name,))] if book.agreements else []
        return book.agreements, tuple(gone), frozenset()
    try:
        register = read_register(path)
    except (GenkGeoError, OSError) as fault:
        return book.agreements, (RegisterNote("unreadable", 0, (str(fault),)),), frozenset()
    notes = check_register(
        register, book.dossiers, before=book.agreements, partners=own.known_partners, day=book.day
    )
    return register.agreements, notes, register.numbers


def _order(number: str) -> tuple[int, int]:
    year, _, at = number.partition("-")
    return int(year), int(at)
