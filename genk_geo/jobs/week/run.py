"""The weekly job: supplier files in, the maps of one week out."""

from __future__ import annotations

import gc
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.jobs.deliveries import expected_files
from genk_geo.jobs.gates.failure import check_accepted
from genk_geo.jobs.gates.of_run import check_clock
from genk_geo.jobs.inbox.receive import receive
from genk_geo.jobs.session import Session, bounded, retention_limits
from genk_geo.jobs.taking import take_files
from genk_geo.jobs.week.made.making import Making
from genk_geo.jobs.week.made.moments import whole_week
from genk_geo.jobs.week.made.published import Publication, Published
from genk_geo.jobs.week.made.staging import recover
from genk_geo.jobs.week.made.standing import Standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from genk_geo.store import Store

    Progress = Callable[[str, int, int], None]

log = logging.getLogger(__name__)

#: New objects before garbage is looked for, while a week is made. By default it is after some hundreds, and
#: every look goes through all that libraries made when they were loaded: a tenth of the time of a week.
_RARELY = (50_000, 20, 20)


def weekly(
    config: Settings | Path | str | None = None,
    *,
    week: Week | str | None = None,
    out: Path | str | None = None,
    now: dt.datetime | None = None,
    as_of: dt.datetime | Literal["now"] | None = None,
    accept: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Publication:
    """Read the suppliers' files, find the hotspots of a week and publish its maps in every release.

    Parameters
    ----------
    config : Settings or path-like, optional
        Settings, or the TOML file that holds them.
    week : Week or str, optional
        For example ``"2026-W46"``; the last whole week when absent.
    out : path-like, optional
        Folder of all weeks; overrides the settings.
    now : datetime, optional
        The present moment (tz-aware); the clock of the machine when absent.
    as_of : datetime or "now", optional
        Show the week as it is known at another moment than its own (a day after its end, or `as_of` of the
        settings). Such a view is not noted: the next run without it gives the week as it was.
    accept : mapping of str to str, optional
        Gate -> why data that does not pass it is taken as it is; kept in the analyst's manifest.
    progress : callable, optional
        Called with the stage, the steps done and the steps in all.

    Returns
    -------
    Publication
        Where the pages are and what they show.

    Raises
    ------
    ConfigError
        If the settings, a path or the week is wrong; nothing is published.
    QualityGateError
        If no supplier file could be read or none holds a valid row, or if a small count that is held back
        would follow from what is published; nothing is published.
    DisclosureError
        If a layer under ``[[overlays]]`` stands where incidents were; nothing is published.

    Notes
    -----
    A week is made from what was known at its as-of moment. What was read later changes nothing of a week that
    was published before: made again, it is the same. :func:`stale_weeks` takes such weeks up to date.

    Examples
    --------
    A part of a week is never published, because it would be compared with whole ones:

    >>> import datetime as dt
    >>> thursday = dt.datetime(2026, 11, 12, 9, tzinfo=dt.UTC)
    >>> gg.weekly(week="2026-W46", now=thursday)
    Traceback (most recent call last):
        ...
    genk_geo.errors.ConfigError: Week 2026-W46 has not ended yet (today is 2026-11-12)...
    """
    settings = _as_of(_settings_of(config), as_of, now)
    run = _Run(settings, out, now, progress or _silent, accepted=accept or {}, noted=as_of is None)
    (made,) = _publish(settings, week, run)
    assert isinstance(made, Publication)  # `may_stand` is not set
    return made


def weekly_or_standing(
    settings: Settings,
    *,
    week: Week | str | None = None,
    now: dt.datetime | None = None,
    as_of: dt.datetime | Literal["now"] | None = None,
    accept: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Published:
    """Publish a week as :func:`weekly` does, unless it stands as it would be made now.

    Parameters
    ----------
    settings : Settings
        The settings.
    week, now, as_of, accept, progress
        As for :func:`weekly`.

    Returns
    -------
    Published
        A :class:`Publication` where the week was made.

    Raises
    ------
    GenkGeoError
        As :func:`weekly`.

    Notes
    -----
    A week stands when nothing came in since it was made, and when settings, the files that they name, the
    package, the pages and what was told elsewhere are what they were (:class:`Standing`).
    """
    settings, plain = _as_of(settings, as_of, now), as_of is None and not accept
    tell = progress or _silent
    run = _Run(settings, None, now, tell, accepted=accept or {}, noted=as_of is None, may_stand=plain)
    return _publish(settings, week, run)[0]


def stale_weeks(
    config: Settings | Path | str | None = None,
    *,
    out: Path | str | None = None,
    now: dt.datetime | None = None,
    progress: Progress | None = None,
) -> list[Publication]:
    """Read the suppliers' files and publish again the weeks whose reports are others since, oldest first.

    A release for others than analysts stays as it was told wherever it would show something else of a theme
    that it told; a theme that was without data is told now.

    Parameters
    ----------
    config, out, now, progress
        As for :func:`weekly`.

    Returns
    -------
    list of Publication
        One a week; none where no published week changed.

    Raises
    ------
    GenkGeoError
        As :func:`weekly`.

    Examples
    --------
    >>> from genk_geo.jobs import stale_weeks
    >>> stale_weeks("absent.toml")
    Traceback (most recent call last):
        ...
    genk_geo.errors.ConfigError: absent.toml does not exist. Give the path of an existing TOML file.
    """
    settings = _settings_of(config)
    made = _publish(settings, None, _Run(settings, out, now, progress or _silent, again=True))
    return [one for one in made if isinstance(one, Publication)]


def _as_of(
    settings: Settings, moment: dt.datetime | Literal["now"] | None, now: dt.datetime | None
) -> Settings:
    """The settings with another moment at which a week is known, where one is asked for."""
    if moment is None:
        return settings
    chosen = (now or Session(settings).now) if moment == "now" else moment
    return settings.model_copy(update={"as_of": chosen})


def _settings_of(config: Settings | Path | str | None) -> Settings:
    return config if isinstance(config, Settings) else Settings.load(config)


def _silent(stage: str, done: int, total: int) -> None:
    log.debug("%s %s/%s", stage, done, total)


@dataclass(frozen=True)
class _Run:
    """How a run was asked for."""

    settings: Settings
    out: Path | str | None
    now: dt.datetime | None
    tell: Progress
    accepted: Mapping[str, str] = field(default_factory=dict)
    again: bool = False
    noted: bool = True
    may_stand: bool = False

    @property
    def placed(self) -> Settings:
        """The settings with the folder of all weeks that was asked for."""
        return self.settings if self.out is None else self.settings.model_copy(update={"out": Path(self.out)})

    @property
    def judging(self) -> Settings:
        """The settings; rows of days to come say something of a clock only where that gave the moment."""
        if self.now is None:
            return self.settings
        gates = self.settings.gates.model_copy(update={"future": 1.0})
        return self.settings.model_copy(update={"gates": gates})


@contextmanager
def _garbage_rarely() -> Iterator[None]:
    """Look for garbage less often; who looks even less often himself, or not at all, still does so."""
    before = gc.get_threshold()
    gc.set_threshold(*(max(own, rarely) if own else 0 for own, rarely in zip(before, _RARELY, strict=True)))
    try:
        yield
    finally:
        gc.set_threshold(*before)


@bounded
@_garbage_rarely()
def _publish(settings: Settings, week: Week | str | None, run: _Run) -> list[Published]:
    """Read what is new, and make the weeks that were asked for; or see that the week stands."""
    run.tell("reference", 0, 1)
    check_accepted(run.accepted)
    session = Session(settings)
    present = run.now or session.now
    chosen = whole_week(week, present, session.timezone)
    if not settings.store.exists():
        _ = session.city  # what is wrong with it is told before a history is made, as is a wrong path
    if settings.inbox.path is None:
        expected_files(settings, chosen)
    placed = run.placed
    with session.opened() as store:
        recover(placed.out, list(placed.release_folders.values()), is_noted=store.has_run)
        standing = Standing.check(store, placed, chosen) if run.may_stand else None
        if standing is None:
            _ = session.city  # before anything is moved or read
        run.tell("reference", 1, 1)
        if run.now is None and not settings.demo:
            check_clock(store, present, settings.gates, run.accepted)
        inbox = receive(settings, lambda: session.city, present.astimezone(ZoneInfo(session.timezone)))
        taken = take_files(
            expected_files(settings, chosen), city=lambda: session.city, store=store, now=present,
            settings=run.judging, tell=run.tell, accepted=run.accepted,
        )  # fmt: skip
        forgotten = store.forget_rejects(settings.rejects_days)
        limits = retention_limits(settings, present)
        aged = store.forget(before=limits, now=present).incidents if limits else 0
        published: list[Published]
        if standing is not None and not taken.fresh and not aged:
            published = [replace(standing.published(placed, session.timezone), reports=taken.reports)]
        else:
            making = Making(
                store.begin_run(present), taken.reports, taken.deliveries, accepted={**run.accepted}
            )
            published = _made(session, store, run, making, None if run.again else chosen)
        own = [one.week for one in published if not one.as_it_was]
        stale = tuple(one for one in _changed(store, placed) if one not in own)
    return [
        replace(
            one, forgotten_rejects=forgotten, stale=stale, skipped=taken.skipped, aged=aged, taken=taken,
            inbox=inbox,
        )
        for one in published
    ]  # fmt: skip


def _made(session: Session, store: Store, run: _Run, making: Making, week: Week | None) -> list[Published]:
    """Make a week, or without one those that changed; what makes them is loaded only now."""
    from genk_geo.jobs.week.made.weeks import Weeks

    weeks = Weeks(session, store, making, run.tell, again=run.again, noted=run.noted)
    wanted = _changed(store, run.placed) if week is None else [week]
    return [weeks.publish(one, run.placed) for one in wanted]


def _changed(store: Store, settings: Settings) -> list[Week]:
    """Published weeks that still stand and whose reports are others now, oldest first."""
    found = store.published()
    names = dict.fromkeys(found.loc[found["changed"], "week"])
    folders = settings.release_folders.values()
    standing = [name for name in names if any((folder / name).is_dir() for folder in folders)]
    return sorted(Week.parse(name) for name in standing)
