"""The weekly job: supplier files in, the maps of one week out."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from genk_geo.calendar import Week, occurred
from genk_geo.config import Settings
from genk_geo.errors import ConfigError, GenkGeoError, QualityGateError, SupplierFileError
from genk_geo.ingestion import ingest
from genk_geo.ingestion.profiles.profile import load_profile
from genk_geo.jobs.deliveries import Delivery, check_any_valid, told_with
from genk_geo.jobs.session import Session, bounded
from genk_geo.jobs.traffic.look import traffic
from genk_geo.jobs.traffic.period import period_until
from genk_geo.jobs.week.analysis import look_at_theme
from genk_geo.jobs.week.environment import environments, read_factors
from genk_geo.jobs.week.overlays import overlays
from genk_geo.jobs.week.releases import PublishedRelease, blocks_for, publish_all, weeks_shown
from genk_geo.release import check_overlays
from genk_geo.results import Quality, WeekResult

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from genk_geo.cpted import Factor
    from genk_geo.ingestion import IngestReport
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.jobs.traffic.period import AccidentPeriod
    from genk_geo.reference import City
    from genk_geo.results import Overlay, ThemeWeek, Traffic
    from genk_geo.store import Store

    Progress = Callable[[str, int, int], None]

log = logging.getLogger(__name__)

#: A report that comes in later than this after the incident is a late one.
LATE = pd.Timedelta(days=7)


@dataclass(frozen=True)
class Publication:
    """One published week.

    Attributes
    ----------
    folder : Path
        The published folder.
    index : Path
        Its first page.
    result : WeekResult
        What the pages show.
    reports : tuple of IngestReport
        What became of each supplier file.
    manifest : dict
        What stands in ``manifest.json``, without the checksums of the published files.
    releases : tuple of PublishedRelease
        Every release of the run; `folder`, `index` and `manifest` are those of the first.
    forgotten_rejects : int
        Rejected rows that the history kept for longer than ``rejects_days``, and does no more.
    deliveries : tuple of Delivery
        What came in of each source. A theme of which a file is missing or broken is marked and compared
        with nothing; the others are published all the same.
    """

    folder: Path
    index: Path
    result: WeekResult
    reports: tuple[IngestReport, ...]
    manifest: dict[str, Any]
    releases: tuple[PublishedRelease, ...] = ()
    forgotten_rejects: int = 0
    deliveries: tuple[Delivery, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all sources were delivered and could be read."""
        return all(delivery.whole for delivery in self.deliveries)


def weekly(
    config: Settings | Path | str | None = None,
    *,
    week: Week | str | None = None,
    out: Path | str | None = None,
    now: dt.datetime | None = None,
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
    settings = config if isinstance(config, Settings) else Settings.load(config)
    tell = progress or (lambda stage, done, total: log.debug("%s %s/%s", stage, done, total))
    return _run(settings, week, out, now, tell)


@bounded
def _run(
    settings: Settings,
    week: Week | str | None,
    out: Path | str | None,
    now: dt.datetime | None,
    tell: Progress,
) -> Publication:
    tell("reference", 0, 1)
    session = Session(settings)
    city = session.city
    present = now or session.now
    chosen = _whole_week(week, present, city.timezone)
    expected = _expected_files(settings)
    tell("reference", 1, 1)
    with session.opened() as store:
        reports, deliveries = _read(expected, city, store, present, tell, settings)
        forgotten = store.forget_rejects(settings.rejects_days)
        analysis = _Analysis(session, store, reports, deliveries, tell)
        results = {
            shown: analysis.of_week(shown, back=chosen.minus(shown))
            for shown in dict.fromkeys([chosen, *weeks_shown(settings, chosen).values()])
        }
    tell("pages", 0, 1)
    placed = settings if out is None else settings.model_copy(update={"out": Path(out)})
    released = publish_all(placed, results, chosen, reports, deliveries)
    tell("pages", 1, 1)
    first = released[0]
    return Publication(
        first.folder, first.folder / "index.html", results[chosen], reports, first.manifest, tuple(released),
        forgotten, deliveries,
    )  # fmt: skip


def _whole_week(week: Week | str | None, now: dt.datetime, tz: str) -> Week:
    """The week asked for, if it has ended: a part of a week compared with whole ones misleads."""
    today = now.astimezone(ZoneInfo(tz)).date()
    last = Week.from_day(today).shift(-1)
    chosen = last if week is None else week if isinstance(week, Week) else Week.parse(week)
    if chosen > last:
        kind = "lies in the future" if chosen.monday > today else "has not ended yet"
        raise ConfigError(
            f"Week {chosen} {kind} (today is {today.isoformat()}). The last whole week is {last}."
        )
    return chosen


def _expected_files(settings: Settings) -> list[tuple[Delivery, list[Path]]]:
    """Every source with its files, in the order of the settings, globs sorted by name."""
    expected = []
    for source in settings.sources:
        pattern = Path(source.path)
        profile = load_profile(source.profile)
        themes = (profile.theme,) if profile.theme else tuple(profile.themes)
        found = sorted(pattern.parent.glob(pattern.name))
        expected.append((Delivery(pattern.name, source.profile, themes), found))
    if expected and not any(found for _, found in expected):
        first = settings.sources[0]
        raise ConfigError(
            f"No file matches {first.path} (profile {first.profile}). Mend `path` under [[sources]]."
        )
    if not expected and not settings.store.exists():
        raise ConfigError("No supplier file is named. Add a [[sources]] table with `path` and `profile`.")
    return expected


def _read(
    expected: list[tuple[Delivery, list[Path]]],
    city: City,
    store: Store,
    now: dt.datetime,
    tell: Progress,
    settings: Settings,
) -> tuple[tuple[IngestReport, ...], tuple[Delivery, ...]]:
    """Read all files before the history learns of any; a source with a broken one is left out whole."""
    results, deliveries = [], []
    faults: list[GenkGeoError] = []
    done, total = 0, sum(len(found) for _, found in expected)
    for source, found in expected:
        taken, broken = [], {}
        for path in found:
            tell("ingest", done, total)
            done += 1
            try:
                result = ingest(path, profile=source.profile, city=city, now=now, aliases=settings.aliases)
                check_any_valid(result.report)
            except (SupplierFileError, QualityGateError) as fault:
                faults.append(fault)
                broken[path.name] = str(fault)
                continue
            taken.append(result)
        if not broken:
            results += taken
        received = tuple(result.report.file for result in taken)
        deliveries.append(replace(source, received=received, broken=broken))
    if faults and not results:
        raise faults[0]
    added = store.add_all(results, rejects_days=settings.rejects_days)
    tell("ingest", total, total)
    reports = tuple(told_with(result.report, one) for result, one in zip(results, added, strict=True))
    return reports, tuple(deliveries)


@dataclass(frozen=True)
class _Analysis:
    """The weeks of one run; what they have in common is read and made once."""

    session: Session
    store: Store
    reports: tuple[IngestReport, ...]
    deliveries: tuple[Delivery, ...]
    tell: Progress
    _traffic: dict[AccidentPeriod, Traffic | None] = field(default_factory=dict)

    @cached_property
    def _overlays(self) -> tuple[Overlay, ...]:
        """Layers of the user's own, none of which gives away where incidents were."""
        settings = self.session.settings
        found = overlays(settings, self.session.city)
        if found:
            check_overlays(found, self.store.incidents(), settings.resolved_releases)
        return found

    @cached_property
    def _blocks(self) -> gpd.GeoDataFrame | None:
        return blocks_for(self.session.settings, self.session.ground)

    @cached_property
    def _factors(self) -> list[Factor]:
        return read_factors(self.session) if self.session.settings.cpted.wanted else []

    def of_week(self, week: Week, *, back: int = 0) -> WeekResult:
        """Everything that pages show of a week, `back` weeks before that of the run."""
        session, store = self.session, self.store
        settings, city = session.settings, session.city
        as_of = _as_of(settings, week, city.timezone, back)
        own_layers = self._overlays  # read first: a damaged layer stops the run before the work
        histories, themes = {}, []
        for done, theme in enumerate(settings.show):
            self.tell("analyse", done, len(settings.show))
            incidents = store.incidents(theme=theme, reported_before=as_of)
            histories[theme] = history = session.history(theme, incidents)
            look = look_at_theme(history, week=week, as_of=as_of, settings=settings, store=store)
            lost = back == 0 and any(theme in one.themes and not one.whole for one in self.deliveries)
            themes.append(replace(look, undelivered=lost))
        self.tell("analyse", len(themes), len(themes))
        return WeekResult(
            week=week,
            as_of=as_of,
            city_name=city.name,
            boundary_note=city.boundary_note,
            grouping_note=city.grouping_note,
            attribution=city.attribution,
            wijken=city.wijken,
            stadsdelen=city.stadsdelen,
            themes=tuple(themes),
            quality=_quality(themes, histories, self.reports),
            demo=settings.demo,
            environments=environments(session, self._factors, histories, themes, week=week),
            overlays=own_layers,
            blocks=self._blocks,
            traffic=self._traffic_until(week.end(city.timezone), as_of),
            secret=store.secret,
        )

    def _traffic_until(self, end: pd.Timestamp, as_of: pd.Timestamp) -> Traffic | None:
        """Accidents of the period that a week shows: looked at once where weeks show the same quarter."""
        period = period_until(end, as_of, self.session.settings.traffic)
        if period not in self._traffic:
            self._traffic[period] = traffic(self.session, self.store, period)
        return self._traffic[period]


def _as_of(settings: Settings, week: Week, tz: str, back: int = 0) -> pd.Timestamp:
    """Moment at which the data is frozen: a day after the week unless the settings say otherwise.

    A week that is shown `back` weeks later is told as it was known then: had it changed since, the two
    tellings together would say what came in late.
    """
    if settings.as_of is None:
        return week.end(tz) + pd.DateOffset(days=1)
    moment = pd.Timestamp(settings.as_of)
    local = moment.tz_localize(tz) if moment.tzinfo is None else moment.tz_convert(tz)
    return local - pd.DateOffset(weeks=back)


def _quality(
    themes: list[ThemeWeek], histories: Mapping[str, ThemeHistory], reports: tuple[IngestReport, ...]
) -> Quality:
    located, late = {}, {}
    for look in themes:
        history = histories[look.theme]
        incidents = history.incidents[history.in_window(look.window)]
        if len(incidents):
            located[look.theme] = float((incidents["geocode_level"] >= "street").mean())
            late[look.theme] = float((incidents["reported"] - occurred(incidents) > LATE).mean())
    return Quality(
        rows_in=sum(report.rows_in for report in reports),
        incidents=sum(report.incidents for report in reports),
        duplicates=sum(report.duplicates for report in reports),
        rejects=sum(report.rejects for report in reports),
        located_share=located,
        late_share=late,
    )
