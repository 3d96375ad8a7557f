"""The weekly job: supplier files in, the maps of one week out."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.jobs.deliveries import expected_files
from genk_geo.jobs.dossiers.week import dossiers_of
from genk_geo.jobs.gates.failure import check_accepted
from genk_geo.jobs.gates.of_run import check_clock, marks_of
from genk_geo.jobs.inbox.receive import receive
from genk_geo.jobs.session import Session, bounded, retention_limits
from genk_geo.jobs.taking import take_files
from genk_geo.jobs.traffic.look import traffic
from genk_geo.jobs.traffic.period import period_until
from genk_geo.jobs.week.analysis import look_at_theme, quality_of
from genk_geo.jobs.week.environment import environments, read_factors
from genk_geo.jobs.week.made.making import Making
from genk_geo.jobs.week.made.moments import as_of_week, whole_week
from genk_geo.jobs.week.made.published import Publication
from genk_geo.jobs.week.made.staging import recover
from genk_geo.jobs.week.manifest import Inputs
from genk_geo.jobs.week.overlays import checked_backdrop, checked_overlays
from genk_geo.jobs.week.releases import blocks_for, publish_all, weeks_shown
from genk_geo.results import WeekResult

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    import pandas as pd

    from genk_geo.cpted import Factor
    from genk_geo.jobs.deliveries import Delivery
    from genk_geo.jobs.gaps import Gaps
    from genk_geo.jobs.gates.failure import Failure
    from genk_geo.jobs.traffic.period import AccidentPeriod
    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.results import Overlay, Traffic
    from genk_geo.store import Store

    Progress = Callable[[str, int, int], None]

log = logging.getLogger(__name__)


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
    settings = _settings_of(config)
    if as_of is not None:
        moment = (now or Session(settings).now) if as_of == "now" else as_of
        settings = settings.model_copy(update={"as_of": moment})
    run = _Run(settings, out, now, progress or _silent, accepted=accept or {}, noted=as_of is None)
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
    return _publish(settings, None, _Run(settings, out, now, progress or _silent, again=True))


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


@bounded
def _publish(settings: Settings, week: Week | str | None, run: _Run) -> list[Publication]:
    run.tell("reference", 0, 1)
    check_accepted(run.accepted)
    session = Session(settings)
    city = session.city
    present = run.now or session.now
    chosen = whole_week(week, present, city.timezone)
    if settings.inbox.path is None:
        expected_files(settings, chosen)  # a wrong path is told before a history is made
    run.tell("reference", 1, 1)
    placed = run.placed
    with session.opened() as store:
        recover(placed.out, list(placed.release_folders.values()), is_noted=store.has_run)
        if run.now is None and not settings.demo:
            check_clock(store, present, settings.gates, run.accepted)
        inbox = receive(settings, lambda: city, present.astimezone(ZoneInfo(city.timezone)))
        taken = take_files(
            expected_files(settings, chosen), city=city, store=store, now=present, settings=run.judging,
            tell=run.tell, accepted=run.accepted,
        )  # fmt: skip
        forgotten = store.forget_rejects(settings.rejects_days)
        limits = retention_limits(settings, present)
        aged = store.forget(before=limits, now=present).incidents if limits else 0
        made = Making(store.begin_run(present), taken.reports, taken.deliveries, accepted={**run.accepted})
        analysis = _Analysis(session, store, made, run.tell, again=run.again, noted=run.noted)
        weeks = list(_changed(store, placed)) if run.again else [chosen]
        published = [analysis.publish(one, placed) for one in weeks]
        own = [one for one, made in zip(weeks, published, strict=True) if not made.as_it_was]
        stale = tuple(one for one in _changed(store, placed) if one not in own)
    return [
        replace(
            one, forgotten_rejects=forgotten, stale=stale, skipped=taken.skipped, aged=aged, taken=taken,
            inbox=inbox,
        )
        for one in published
    ]  # fmt: skip


def _without(gaps: Gaps, week: Week, accepted: Mapping[str, str]) -> Gaps:
    """Silent weeks, but for the week itself where it was accepted that nothing came in."""
    return {one: found for one, found in gaps.items() if one != week or "missing" not in accepted}


def _changed(store: Store, settings: Settings) -> list[Week]:
    """Published weeks that still stand and whose reports are others now, oldest first."""
    found = store.published()
    names = dict.fromkeys(found.loc[found["changed"], "week"])
    folders = settings.release_folders.values()
    standing = [name for name in names if any((folder / name).is_dir() for folder in folders)]
    return sorted(Week.parse(name) for name in standing)


@dataclass(frozen=True)
class _Analysis:
    """The weeks of one run; what they have in common is read and made once."""

    session: Session
    store: Store
    present: Making
    tell: Progress
    again: bool = False
    noted: bool = True
    _traffic: dict[tuple[AccidentPeriod, int], Traffic | None] = field(default_factory=dict)

    def publish(self, week: Week, settings: Settings) -> Publication:
        """Publish a week in all releases, and note of what it was made."""
        shown = dict.fromkeys([week, *weeks_shown(settings, week).values()])
        old = self._making(week)
        made = self._with_accepted(week, (old or self.present).beside_in(settings))
        known = {one: self._known(made, one, week) for one in shown}
        looks = {one: self.of_week(one, made, known[one], back=week.minus(one)) for one in shown}
        results = {one: look[0] for one, look in looks.items()}
        _, deliveries, failures = looks[week]
        self.tell("pages", 0, 1)
        released = publish_all(
            settings, results, week, Inputs(made.reports, deliveries, made.accepted), beside=made.beside,
            as_it_was=old is not None, saving=made.saving(self.store, results[week], known, noted=self.noted),
            backdrop=self._backdrop,
        )  # fmt: skip
        self.tell("pages", 1, 1)
        first, result = released[0], results[week]
        return Publication(
            first.folder, first.folder / "index.html", result, self.present.reports, first.manifest,
            tuple(released), deliveries=deliveries, as_it_was=old is not None, failures=failures,
        )  # fmt: skip

    def _making(self, week: Week) -> Making | None:
        """What was noted when a week was published; None for a new one, or if more came in in time."""
        found = self.store.run_of(week) if self.noted and not self.again else None
        if found is None or self.present.accepted:  # what is let through now makes another week
            return None
        as_of = as_of_week(self.session.settings, week, self.session.city.timezone)
        if self.store.known_before(as_of) > found[0]:
            return None
        return Making.from_facts(*found, otherwise=self.present)

    def _known(self, made: Making, shown: Week, week: Week) -> int:
        """Run up to which a shown week is known: an earlier one as it was published itself."""
        if (noted := made.known.get(str(shown))) is not None:
            return noted
        found = self.store.run_of(shown) if self.noted and shown != week else None
        return made.run if found is None else found[0]

    @cached_property
    def _overlays(self) -> tuple[Overlay, ...]:
        """Layers of the user's own, none of which gives away where incidents were."""
        return checked_overlays(self.session, self.store)

    @cached_property
    def _backdrop(self) -> Backdrop:
        """What lies under the maps; none of its layers gives away where incidents were either."""
        return checked_backdrop(self.session, self.store)

    @cached_property
    def _blocks(self) -> gpd.GeoDataFrame | None:
        return blocks_for(self.session.settings, self.session.ground)

    @cached_property
    def _factors(self) -> list[Factor]:
        return read_factors(self.session) if self.session.settings.cpted.wanted else []

    @staticmethod
    def _on_record(store: Store) -> dict[str, frozenset[Week]]:
        """By theme, published weeks that were without data, and of which nothing came in since."""
        found = store.published()
        still = found[found["lost"] & ~found["changed"]]
        return {
            str(theme): frozenset(map(Week.parse, part)) for theme, part in still.groupby("theme")["week"]
        }

    def _unread(self, made: Making, theme: str, back: int) -> bool:
        """Whether a file of a theme is missing or broken now, which says something of the last week only."""
        here = back == 0 and not self.again
        return here and any(theme in one.themes and not one.read for one in made.deliveries)

    def of_week(
        self, week: Week, made: Making, known: int, *, back: int = 0
    ) -> tuple[WeekResult, tuple[Delivery, ...], tuple[Failure, ...]]:
        """What pages show of a week, `back` weeks before that of the run; what came in; what did not pass."""
        session, store = self.session, self.store.as_known(known)
        settings, city = session.settings, session.city
        as_of = as_of_week(settings, week, city.timezone, back)
        own_layers = self._overlays  # read first: a damaged layer stops the run before the work
        histories, themes = {}, []
        gaps: dict[str, Gaps] = {}
        failures = [failure for one in made.deliveries for failure in one.failures]
        accepted = {} if back else made.accepted
        sources = [one.source for one in made.deliveries] or None
        on_record = self._on_record(store)
        for done, theme in enumerate(settings.show):
            self.tell("analyse", done, len(settings.show))
            incidents = store.incidents(theme=theme, reported_before=as_of)
            histories[theme] = history = session.history(theme, incidents)
            gaps[theme] = _without(history.gaps(week, as_of, sources), week, accepted)
            lost = on_record.get(theme, frozenset()) - ({week} if back == 0 and not self.again else set())
            lost |= {*gaps[theme], *({week} if self._unread(made, theme, back) else ())}
            swung = () if back else history.swings(week, as_of, sources or (), lost, settings.gates, accepted)
            failures += swung
            lost |= {week} if any(one.held for one in swung) else set()
            themes.append(
                look_at_theme(history, week=week, as_of=as_of, settings=settings, store=store, lost=lost)
            )
        self.tell("analyse", len(themes), len(themes))
        deliveries = tuple(one.with_gaps(gaps, week) for one in made.deliveries)
        dossiers = dossiers_of(
            settings.dossiers, store, themes, histories, week=week, as_of=as_of, back=back, noted=self.noted,
        )  # fmt: skip
        result = WeekResult(
            week=week,
            as_of=as_of,
            city_name=city.name,
            boundary_note=city.boundary_note,
            grouping_note=city.grouping_note,
            attribution=city.attribution,
            wijken=city.wijken,
            stadsdelen=city.stadsdelen,
            themes=tuple(themes),
            quality=quality_of(themes, histories, made.reports, deliveries),
            demo=settings.demo,
            environments=environments(session, self._factors, histories, themes, week=week),
            overlays=own_layers,
            blocks=self._blocks,
            traffic=self._traffic_until(week.end(city.timezone), as_of, store),
            dossiers=dossiers,
            secret=store.secret,
        )
        return result, deliveries, tuple(failures + marks_of(result, settings.gates, made.accepted))

    def _with_accepted(self, week: Week, made: Making) -> Making:
        """The same, with what was let through when the week was published before."""
        found = self.store.run_of(week) if self.noted else None
        before = found[1].get("accepted", {}) if found else {}
        return replace(made, accepted={**before, **made.accepted})

    def _traffic_until(self, end: pd.Timestamp, as_of: pd.Timestamp, store: Store) -> Traffic | None:
        """Accidents of the period that a week shows: looked at once where weeks show the same quarter."""
        period = period_until(end, as_of, self.session.settings.traffic)
        if (period, store.known) not in self._traffic:
            self._traffic[period, store.known] = traffic(self.session, store, period)
        return self._traffic[period, store.known]
