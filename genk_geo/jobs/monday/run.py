"""A whole Monday: the week, the list, and what comes around them."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from genk_geo.errors import (
    BusyError,
    ConfigError,
    GenkGeoError,
    QualityGateError,
    SupplierFileError,
)
from genk_geo.jobs.monday.build import list_of, list_of_fault
from genk_geo.jobs.monday.notify import notify
from genk_geo.jobs.monday.retire import retire_weeks
from genk_geo.jobs.monday.review import renew_review
from genk_geo.jobs.monday.share import share_weeks
from genk_geo.jobs.monday.write import texts_of, write_first_pages, write_list
from genk_geo.jobs.session import Session
from genk_geo.jobs.week.made.moments import whole_week
from genk_geo.jobs.week.run import stale_weeks, weekly
from genk_geo.render.words.operator.notice import notice_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from genk_geo.config import Settings
    from genk_geo.jobs.week.made.published import Publication
    from genk_geo.release.values.monday import MondayList

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Monday:
    """What a Monday brought.

    Attributes
    ----------
    publications : tuple of Publication
        The weeks that were published.
    told : MondayList or None
        The list; None where no week was published and none was to be.
    page : pathlib.Path or None
        Where the list stands.
    retired : int
        Old weeks whose pages were removed.
    copied : int
        Files that were copied to shares.
    trouble : tuple of str
        What went wrong after the week was published: a share, a message.
    """

    publications: tuple[Publication, ...]
    told: MondayList | None = None
    page: Path | None = None
    retired: int = 0
    copied: int = 0
    trouble: tuple[str, ...] = field(default=())

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
            published = tuple(stale_weeks(settings, now=now, progress=progress))
        else:
            published = (weekly(settings, week=week, now=now, as_of=as_of, accept=accept, progress=progress),)
    except GenkGeoError as fault:
        _note_fault(fault, session, week, made, time.monotonic() - began)
        raise
    if not published:
        return Monday(())
    last = published[-1]
    review = renew_review(settings, last.taken.lost, session.city)
    told = list_of(last, settings, made=made, seconds=time.monotonic() - began, review=review)
    page = write_list(told, settings)
    retired = retire_weeks(settings, last.result.week)
    write_first_pages(settings)
    copied, trouble = 0, []
    try:
        for one in published:
            weeks = {
                folder: part.folder.name
                for folder, part in zip(settings.release_folders, one.releases, strict=True)
            }
            copied += share_weeks(settings, weeks)
    except GenkGeoError as fault:
        trouble.append(str(fault))
    state = "published" if all(one.whole for one in published) else "partly"
    trouble += _notify(settings, "failed" if trouble else state, str(last.result.week))
    return Monday(published, told, page, retired, copied, tuple(trouble))


def _note_fault(
    fault: GenkGeoError, session: Session, asked: str | None, made: dt.datetime, seconds: float
) -> None:
    """Write the list of a run that published nothing, and tell who is to be told; wrong use needs no list."""
    settings = session.settings
    if isinstance(fault, BusyError):
        _notify(settings, "busy", asked or "")
        return
    if asked is not None and not isinstance(fault, (QualityGateError, SupplierFileError)):
        return
    week = whole_week(asked, made, session.city.timezone)
    told = list_of_fault(fault, settings, week=week, made=made, seconds=seconds)
    with suppress(OSError):  # a full disk: the message on the screen is all there is
        write_list(told, settings)
    _notify(settings, "held" if isinstance(fault, QualityGateError) else "failed", str(week))


def _notify(settings: Settings, state: str, week: str) -> list[str]:
    """Tell who is to be told; a message that does not arrive is told here instead."""
    subject, text = notice_of(state, week, texts_of(settings))
    try:
        notify(settings.notify, state=state, week=week, subject=subject, text=text)
    except ConfigError as fault:
        return [str(fault)]
    return []
