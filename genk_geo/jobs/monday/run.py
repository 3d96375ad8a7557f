"""A whole Monday: the week, the list, and what comes around them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from genk_geo.errors import (
    BusyError,
    GenkGeoError,
    QualityGateError,
    SupplierFileError,
)
from genk_geo.jobs.monday.build import list_of, list_of_fault
from genk_geo.jobs.monday.notify import notify
from genk_geo.jobs.monday.register import propose
from genk_geo.jobs.monday.retire import retire_weeks
from genk_geo.jobs.monday.review import renew_review
from genk_geo.jobs.monday.share import share_weeks
from genk_geo.jobs.monday.write import write_first_pages, write_list
from genk_geo.jobs.session import Session
from genk_geo.jobs.week.made.moments import whole_week
from genk_geo.jobs.week.run import stale_weeks, weekly_or_standing
from genk_geo.render.words.operator.notice import notice_of
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from genk_geo.config import Settings
    from genk_geo.jobs.week.made.published import Published
    from genk_geo.release.values.monday import MondayList

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Monday:
    """What a Monday brought.

    Attributes
    ----------
    publications : tuple of Published
        The weeks that were published, or stood.
    told : MondayList or None
        The list; None where no week was published and none was to be.
    page : pathlib.Path or None
        Where the list stands.
    retired : int
        Old weeks whose pages were removed.
    copied : int
        Files that were copied to shares.
    trouble : tuple of str
        What went wrong after the week was published: a share, a message, the register.
    proposed : tuple of str
        Dossiers that were added to the register.
    """

    publications: tuple[Published, ...]
    told: MondayList | None = None
    page: Path | None = None
    retired: int = 0
    copied: int = 0
    trouble: tuple[str, ...] = field(default=())
    proposed: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all weeks were published with all their themes."""
        return all(one.whole for one in self.publications)


def monday(
    settings: Settings,
    *,
    week: str | None = None,
    stale: bool = False,
    as_of: Literal["now"] | None = None,
    accept: Mapping[str, str] | None = None,
    now: dt.datetime | None = None,
    progress: Progress | None = None,
) -> Monday:
    """Publish a week, or those that changed, and do what comes around it.

    Parameters
    ----------
    settings : Settings
        The settings.
    week, as_of, now, progress
        As for :func:`genk_geo.weekly`.
    stale : bool
        Publish again the weeks that changed, instead of a week.
    accept : mapping of str to str, optional
        Gate -> why data that does not pass it is taken.

    Returns
    -------
    Monday

    Raises
    ------
    GenkGeoError
        As :func:`genk_geo.weekly`. Of a run that published nothing the list says why.
    """
    session = Session(settings)
    began, made = time.monotonic(), now or session.now
    try:
        if stale:
            published: tuple[Published, ...] = tuple(stale_weeks(settings, now=now, progress=progress))
        else:
            found = weekly_or_standing(
                settings, week=week, now=now, as_of=as_of, accept=accept, progress=progress
            )
            published = (found,)
    except GenkGeoError as fault:
        _note_fault(fault, session, week, made, time.monotonic() - began)
        raise
    if not published:
        return Monday(())
    return _afterwards(published, session, made, began)


def _afterwards(
    published: tuple[Published, ...], session: Session, made: dt.datetime, began: float
) -> Monday:
    """What follows once a week stands: whatever goes wrong here is told, and undoes nothing."""
    settings, last, trouble = session.settings, published[-1], _Trouble()
    review = 0
    with trouble:
        review = renew_review(settings, last.taken.lost, lambda: session.city)
    told = list_of(last, settings, made=made, seconds=time.monotonic() - began, review=review)
    proposed: tuple[str, ...] = ()
    with trouble:
        proposed = propose(last, settings)
    retired = copied = 0
    with trouble:
        retired = retire_weeks(settings, last.week)
    with trouble:
        write_first_pages(settings)
    with trouble:
        copied = sum(share_weeks(settings, _weeks_of(one, settings)) for one in published)
    state = "published" if all(one.whole for one in published) else "partly"
    with trouble:
        _notify(settings, "failed" if trouble.told else state, str(last.week))
    page = None
    with trouble:
        told = replace(told, trouble=tuple(trouble.told))
        page = write_list(told, settings)
    return Monday(published, told, page, retired, copied, tuple(trouble.told), proposed)


class _Trouble:
    """What went wrong in steps of which none may stop the others."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keep what a fault says."""
        if isinstance(error, (GenkGeoError, OSError)):
            self.told.append(error.message if isinstance(error, GenkGeoError) else str(error))
            return True
        return False


def _weeks_of(one: Published, settings: Settings) -> dict[str, str]:
    """Folder of each release -> the week that was published in it."""
    return {
        folder: part.folder.name for folder, part in zip(settings.release_folders, one.releases, strict=True)
    }


def _note_fault(
    fault: GenkGeoError, session: Session, asked: str | None, made: dt.datetime, seconds: float
) -> None:
    """Write the list of a run that published nothing, and tell who is to be told; wrong use needs no list."""
    settings = session.settings
    if isinstance(fault, BusyError):
        with _Trouble():
            _notify(settings, "busy", asked or "")
        return
    if asked is not None and not isinstance(fault, (QualityGateError, SupplierFileError)):
        return
    week = whole_week(asked, made, session.timezone)
    told = list_of_fault(fault, settings, week=week, made=made, seconds=seconds)
    with _Trouble():  # a full disk: the message on the screen is all there is
        write_list(told, settings)
    with _Trouble():
        _notify(settings, "held" if isinstance(fault, QualityGateError) else "failed", str(week))


def _notify(settings: Settings, state: str, week: str) -> None:
    """Tell who is to be told."""
    subject, text = notice_of(state, week, Texts.of(settings))
    notify(settings.notify, state=state, week=week, subject=subject, text=text)
