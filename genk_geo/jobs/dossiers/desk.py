"""Dossiers at the desk: which there are now, and opening, taking up and closing one by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, all_of
from genk_geo.jobs.dossiers.by_hand import with_acts
from genk_geo.jobs.dossiers.remembered import book_of, facts_of
from genk_geo.jobs.session import Session, bounded
from genk_geo.results import Book, Dossier

if TYPE_CHECKING:
    import datetime as dt

    from shapely.geometry.base import BaseGeometry

    from genk_geo.config import Settings
    from genk_geo.reference import City
    from genk_geo.store import Store


@bounded
def dossiers_now(settings: Settings) -> Book | None:
    """Read the dossiers of the last week, with what was done by hand since.

    Parameters
    ----------
    settings : Settings
        The settings.

    Returns
    -------
    Book or None
        None where no week with dossiers was published, and none was opened by hand.

    Raises
    ------
    ConfigError
        If no dossiers are kept, or there is no history.
    """
    _check_wanted(settings)
    with Session(settings).on_record() as store:
        return book_on_record(store)


@bounded
def open_dossier(settings: Settings, *, theme: str, area: str, now: dt.datetime | None = None) -> str:
    """Open a dossier for a whole wijk or stadsdeel that no hotspot asked for.

    Parameters
    ----------
    settings : Settings
        The settings.
    theme : str
        Key of the theme.
    area : str
        Name of a wijk or stadsdeel.
    now : datetime.datetime, optional
        The present moment; the clock of the machine when absent.

    Returns
    -------
    str
        Its number.

    Raises
    ------
    ConfigError
        If no dossiers are kept, the theme or the area is not known, or one for both is open already.
    """
    _check_wanted(settings)
    session = Session(settings)
    session.theme(theme)
    moment = session.now if now is None else now
    wijk, stadsdeel, ground = _whole(session.city, area)
    session.check_record()
    with session.opened() as store:
        book = book_on_record(store)
        for one in () if book is None else book.dossiers:
            same = (one.theme, one.wijk, one.stadsdeel) == (theme, wijk, stadsdeel)
            if same and one.whole_area and one.state != "closed":
                raise ConfigError(
                    "Dossier {number} is open for {area} and {theme} already.",
                    number=one.number, area=area, theme=theme,
                )  # fmt: skip
        week = Week.from_day(moment.date())
        number = store.number_for(week, theme=theme, hotspot_id="")
        new = Dossier(
            number, theme, since=str(week), opened=str(week), by_hand=True, state="open",
            state_since=moment.date(), state_by="hand", wijk=wijk, stadsdeel=stadsdeel, whole_area=True,
        )  # fmt: skip
        kept = bytes(shapely.to_wkb(ground))
        store.note_act(number, "new", day=moment.date(), facts=facts_of(new), ground=kept)
    return number


@bounded
def take_up(settings: Settings, number: str, *, now: dt.datetime | None = None) -> None:
    """Take up a dossier that was proposed, or open one again that was closed.

    Parameters
    ----------
    settings : Settings
        The settings.
    number : str
        As 2026-014.
    now : datetime.datetime, optional
        The present moment; the clock of the machine when absent.

    Raises
    ------
    ConfigError
        If no dossiers are kept, there is no such one, or it is open.
    """
    _note(settings, number, "open", now)


@bounded
def close_dossier(settings: Settings, number: str, *, now: dt.datetime | None = None) -> None:
    """Close a dossier; a hotspot that comes back there opens it again.

    Parameters
    ----------
    settings, number, now
        As for :func:`take_up`.

    Raises
    ------
    ConfigError
        If no dossiers are kept, there is no such one, or it is closed.
    """
    _note(settings, number, "close", now)


def _note(settings: Settings, number: str, what: str, now: dt.datetime | None) -> None:
    _check_wanted(settings)
    session = Session(settings)
    session.check_record()
    with session.opened() as store:
        book = book_on_record(store)
        known = {} if book is None else {one.number: one for one in book.dossiers}
        if number not in known:
            raise ConfigError(
                "There is no dossier {number}. Known: {known}.",
                number=number,
                known=all_of(list(known)) if known else "-",
            )
        is_closed = known[number].state == "closed"
        if what == "close" and is_closed:
            raise ConfigError("Dossier {number} is closed already.", number=number)
        if what == "open" and not is_closed and known[number].state != "proposed":
            raise ConfigError("Dossier {number} is open already.", number=number)
        store.note_act(number, what, day=(session.now if now is None else now).date(), facts={})


def book_on_record(store: Store) -> Book | None:
    """The last book, after what was done by hand since."""
    weeks = store.book_weeks()
    rows = store.book(max(weeks, key=Week.parse)) if weeks else None
    last = None if rows is None else book_of(rows)
    acts = store.acts_after(0 if last is None else last.acts)
    if last is None:
        days = [act.day for act in acts]
        return None if not acts else Book("", max(days), with_acts((), acts))
    return replace(last, dossiers=with_acts(last.dossiers, acts))


def _whole(city: City, area: str) -> tuple[str, str, BaseGeometry]:
    """Wijk, stadsdeel and ground of a whole area; of a stadsdeel without a wijk."""
    wijken = city.wijken
    for column in ("wijk", "stadsdeel"):
        mine = wijken[wijken[column] == area]
        if len(mine):
            wijk = area if column == "wijk" else ""
            return wijk, str(mine["stadsdeel"].iloc[0]), mine.geometry.union_all()
    raise ConfigError(
        "{area}: no wijk or stadsdeel of {city}. Stadsdelen are {known}; wijken are on the map.",
        area=area, city=city.name, known=all_of(sorted(set(wijken["stadsdeel"].astype(str)))),
    )  # fmt: skip


def _check_wanted(settings: Settings) -> None:
    if not settings.dossiers.wanted:
        raise ConfigError(
            'No dossiers are kept. Name the register in the settings: [dossiers] path = "acties.xlsx".'
        )
