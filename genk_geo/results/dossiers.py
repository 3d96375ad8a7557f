"""Dossiers: hotspots that lasted, what partners promised there, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from shapely.geometry.base import BaseGeometry

#: What a dossier can be, in the order of its life; ``reopened`` comes after ``closed``.
STATES = ("proposed", "open", "in_hand", "followed_up", "closed", "reopened")
#: Links of the safety chain.
CHAIN = ("proactie", "preventie", "repressie", "nazorg")


@dataclass(frozen=True)
class Agreement:
    """What one partner promised: a row of the register.

    Attributes
    ----------
    action_id : str
        The same as long as dossier, partner and measure are, in whatever order the rows stand.
    dossier : str
        Number of the dossier, as 2026-014.
    partner : str
        Organisation, as it is written.
    measure : str
        Key of the catalogue of measures; empty for one in free words.
    words : str
        What was promised in free words; empty where `measure` says it. For analysts only.
    link : str
        Link of the safety chain; empty where nobody said.
    agreed, due, done, until : datetime.date or None
        When it was promised, by when it would be done, when it was, and when it ended.
    place : str
        Area or street, as it is written; for analysts only.
    """

    action_id: str
    dossier: str
    partner: str = ""
    measure: str = ""
    words: str = ""
    link: str = ""
    agreed: dt.date | None = None
    due: dt.date | None = None
    done: dt.date | None = None
    until: dt.date | None = None
    place: str = ""

    @property
    def says_what(self) -> bool:
        """Whether anything was promised, by its measure or in free words."""
        return bool(self.measure or self.words)

    @property
    def binding(self) -> bool:
        """Whether somebody promised something."""
        return bool(self.partner) and self.says_what

    def is_done(self, day: dt.date) -> bool:
        """Whether it was done by a day; a day to come is no deed."""
        return self.done is not None and self.done <= day

    def is_late(self, day: dt.date) -> bool:
        """Whether it should have been done by a day, and was not."""
        return self.due is not None and self.due < day and not self.is_done(day)


@dataclass(frozen=True)
class Dossier:
    """A place with a lasting problem, under a number that never changes.

    Attributes
    ----------
    number : str
        As 2026-014: year and a number in no order; a gap says nothing.
    theme : str
        Key of the theme.
    since : str
        First week of the hotspot; of a dossier that was opened by hand the week it was.
    opened : str
        Week in which it was proposed or opened.
    by_hand : bool
        Whether somebody opened it, and no hotspot asked for it.
    state : str
        One of :data:`STATES`.
    state_since : datetime.date
        Since when.
    state_by : str
        What it follows from: ``weekly`` (the hotspots), ``register``, or ``hand``.
    hotspots : tuple of str
        Identities of the hotspots that it is about now; empty when it is quiet there.
    formerly : tuple of str
        All identities that it ever had, in their order.
    ground : shapely geometry or None
        Where it is: the last ground that it had to itself. None where that was forgotten.
    streets : tuple of str
        Streets there.
    wijk, stadsdeel : str
        Where most of it lies.
    whole_area : bool
        Whether it was opened for this whole ground, which then stays what it is.
    together : tuple of str
        Numbers of other dossiers whose hotspot grew together with this one.
    sources : tuple of str
        Who reported there over the window, by name of the source.
    peak_days : tuple of int
        Days on which it happens.
    peak_from, peak_to : int or None
        Hours of the peak.
    last_hot : str
        Last week in which there was a hotspot; empty where there never was one.
    closed : datetime.date or None
        When it was last closed.
    listed : bool
        Whether it was seen in the register.
    busiest_day : int or None
        Day of the shift in which most happened there over a year; None where nothing did.
    busiest_slot : str
        That shift: ``early``, ``late`` or ``night``.
    present, present_then : float
        Hours that somebody was there, by the log of shifts; those of them in that shift.
    present_since : datetime.date or None
        First day of these; then the year before it says which shift is the busiest.
    """

    number: str
    theme: str
    since: str
    opened: str
    by_hand: bool
    state: str
    state_since: dt.date
    state_by: str
    hotspots: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    ground: BaseGeometry | None = None
    streets: tuple[str, ...] = ()
    wijk: str = ""
    stadsdeel: str = ""
    whole_area: bool = False
    together: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    peak_days: tuple[int, ...] = ()
    peak_from: int | None = None
    peak_to: int | None = None
    last_hot: str = ""
    closed: dt.date | None = None
    listed: bool = False
    busiest_day: int | None = None
    busiest_slot: str = ""
    present: float = 0.0
    present_then: float = 0.0
    present_since: dt.date | None = None


@dataclass(frozen=True)
class RegisterNote:
    """Something in the register to look at, for the operator.

    Attributes
    ----------
    kind : str
        Which note: a key of the texts under ``register``.
    row : int
        Row of the sheet; 0 where it is about the whole.
    words : tuple of str
        What is filled in: a number of a dossier or the name of a column, never what somebody typed freely.
    """

    kind: str
    row: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """All dossiers and agreements as they stood at the end of a week.

    Attributes
    ----------
    week : str
        The week.
    day : datetime.date
        Day up to which deeds count: the last that the week knows of.
    dossiers : tuple of Dossier
        By number.
    agreements : tuple of Agreement
        By dossier, in the order of the register.
    partners : tuple of str
        Organisations whose names others than analysts may read.
    acts : int
        The last thing done by hand that counts in it.
    notes : tuple of RegisterNote
        What to look at in the register; empty for a book that was read back.
    """

    week: str
    day: dt.date
    dossiers: tuple[Dossier, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    partners: tuple[str, ...] = ()
    acts: int = 0
    notes: tuple[RegisterNote, ...] = ()

    def of(self, number: str) -> tuple[Agreement, ...]:
        """Agreements of a dossier."""
        return tuple(one for one in self.agreements if one.dossier == number)
