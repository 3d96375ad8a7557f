"""Dossiers as they are shown: place, state and agreements; no count of incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from genk_geo.release.values.effect import ReleasedEffect


@dataclass(frozen=True)
class ReleasedAgreement:
    """What a partner promised, as it is shown.

    Attributes
    ----------
    partner : str
        Organisation; empty where its name is not on the list of organisations, except for an analist.
    measure : str
        Key of the catalogue; empty for a promise in free words.
    words : str
        The free words; for an analist only.
    link : str
        Link of the safety chain; empty where nobody said.
    due, done : datetime.date or None
        By when, and when it was done.
    stand : str
        ``done``, ``late`` or ``agreed``.
    place : str
        Area or street as it is written; for an analist only.
    """

    partner: str
    measure: str
    words: str
    link: str
    due: dt.date | None
    done: dt.date | None
    stand: str
    place: str = ""


@dataclass(frozen=True)
class ReleasedPresence:
    """When most happens at a dossier, and how long somebody was there, for an analist only.

    Attributes
    ----------
    day, slot : int, str
        Shift in which most happened over a year: 0 = Monday, and ``early``, ``late`` or ``night``.
    given, on_time : float
        Hours that somebody was there by the log of shifts; those of them in that shift.
    since : datetime.date or None
        First day of these; None where nobody was there.
    """

    day: int
    slot: str
    given: float
    on_time: float
    since: dt.date | None


@dataclass(frozen=True)
class ReleasedDossier:
    """A dossier as it is shown.

    Attributes
    ----------
    number, theme : str
        Number, and key of the theme.
    state : str
        One of :data:`genk_geo.results.STATES`.
    state_since : datetime.date
        Since when.
    since : str
        First week of the hotspot.
    streets : tuple of str
        Streets, as this release names them.
    wijk, stadsdeel : str
        Where most of it lies.
    hot : bool or None
        Whether there is a hotspot now; None where nothing can be said of the theme this week.
    hotspots : tuple of str
        Names of its hotspots on this page.
    together : tuple of str
        Numbers of dossiers that it grew together with.
    sources : tuple of str
        Who reports there; for an analist only.
    peak_days, peak_from, peak_to
        As in :class:`genk_geo.release.values.findings.Hotspot`.
    owners : tuple of str
        Partners with an agreement, as they are shown; an empty text for one whose name is not shown.
    alone : bool
        Open for more than four weeks, and no partner put his name to it.
    missing_links : tuple of str
        Links of the safety chain without any agreement.
    agreements : tuple of ReleasedAgreement
        In the order of the register.
    by_hand : bool
        Whether somebody opened it, and no hotspot asked for it.
    effects : tuple of ReleasedEffect
        What became of what was done there, the first round first; or how long that would take to be seen.
    presence : ReleasedPresence or None
        When presence is wanted and what was given; for an analist only.
    """

    number: str
    theme: str
    state: str
    state_since: dt.date
    since: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    hot: bool | None
    hotspots: tuple[str, ...]
    together: tuple[str, ...]
    sources: tuple[str, ...]
    peak_days: tuple[int, ...]
    peak_from: int | None
    peak_to: int | None
    owners: tuple[str, ...]
    alone: bool
    missing_links: tuple[str, ...]
    agreements: tuple[ReleasedAgreement, ...]
    by_hand: bool = False
    effects: tuple[ReleasedEffect, ...] = ()
    presence: ReleasedPresence | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done or watched."""
        return self.state != "closed"

    def count(self, stand: str) -> int:
        """How many agreements are ``done``, ``late`` or ``agreed``."""
        return sum(one.stand == stand for one in self.agreements)
