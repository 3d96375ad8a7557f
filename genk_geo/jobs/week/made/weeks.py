"""The weeks that one run makes: found, released, published and noted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from genk_geo.at_once import at_once
from genk_geo.calendar import Week
from genk_geo.jobs.dossiers.effects import effects_of
from genk_geo.jobs.dossiers.places import drawn_places
from genk_geo.jobs.dossiers.week import dossiers_of
from genk_geo.jobs.gates.of_run import marks_of
from genk_geo.jobs.traffic.look import traffic_of
from genk_geo.jobs.traffic.period import period_until
from genk_geo.jobs.week.analysis import look_at_theme, quality_of
from genk_geo.jobs.week.environment import environments, read_factors
from genk_geo.jobs.week.made.making import Making
from genk_geo.jobs.week.made.moments import as_of_week, weeks_shown
from genk_geo.jobs.week.made.published import Publication, ThemeFound
from genk_geo.jobs.week.made.standing import Standing, standing_facts
from genk_geo.jobs.week.manifest import Inputs
from genk_geo.jobs.week.overlays import checked_backdrop, checked_overlays
from genk_geo.jobs.week.releases import blocks_for, publish_all
from genk_geo.results import WeekResult

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from genk_geo.config import Settings
    from genk_geo.cpted import Factor
    from genk_geo.jobs.deliveries import Delivery
    from genk_geo.jobs.dossiers.places import Drawn
    from genk_geo.jobs.gaps import Gaps
    from genk_geo.jobs.gates.failure import Failure
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.jobs.session import Session
    from genk_geo.jobs.traffic.period import AccidentPeriod
    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.results import Overlay, ThemeWeek, Traffic
    from genk_geo.store import Store
    from genk_geo.store.theme_notes import ThemeNotes

    Progress = Callable[[str, int, int], None]

#: With more incidents than this themes are looked at one after the other, or two of them fill the memory.
_MOST_AT_ONCE = 300_000
#: The accidents of a quarter take as long as so many incidents of a theme.
_TRAFFIC_WEIGHS = 100


def _look(
    history: ThemeHistory,
    notes: ThemeNotes,
    week: Week,
    as_of: pd.Timestamp,
    settings: Settings,
    lost: Collection[Week],
) -> tuple[ThemeWeek, ThemeNotes]:
    """What is found in a theme, and the notes with what is to be remembered of it."""
    found = look_at_theme(history, week=week, as_of=as_of, settings=settings, store=notes, lost=lost)
    return found, notes


def without_accepted(gaps: Gaps, week: Week, accepted: Mapping[str, str]) -> Gaps:
    """Silent weeks, but for the week itself where it was accepted that nothing came in."""
    return {one: found for one, found in gaps.items() if one != week or "missing" not in accepted}


@dataclass(frozen=True)
class Weeks:
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
        found = tuple(map(ThemeFound.of, results[week].themes))

        def standing(written: Sequence[tuple[Path, Path]]) -> dict[str, Any] | None:
            told = Standing(week, found, deliveries, failures)
            return None if self.again else standing_facts(settings, told, written)

        self.tell("pages", 0, 1)
        saving = made.saving(self.store, results[week], known, noted=self.noted, standing=standing)
        released = publish_all(
            settings, results, week, Inputs(made.reports, deliveries, made.accepted), beside=made.beside,
            as_it_was=old is not None, saving=saving, backdrop=self._backdrop,
        )  # fmt: skip
        self.tell("pages", 1, 1)
        first, result = released[0], results[week]
        return Publication(
            week=week, as_of=result.as_of, folder=first.folder, index=first.folder / "index.html",
            found=found, result=result, reports=self.present.reports,
            manifest=first.manifest, releases=tuple(released), deliveries=deliveries,
            as_it_was=old is not None, failures=failures, dossiers=result.dossiers,
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
    def _drawn(self) -> Drawn:
        """Places that the register may name."""
        return drawn_places(self.session.settings.dossiers, self.session.city)

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
        # First: a damaged layer stops the run before the work.
        own_layers, drawn = self._overlays, self._drawn
        histories: dict[str, ThemeHistory] = {}
        looks: list[Callable[[], tuple[ThemeWeek, ThemeNotes]]] = []
        gaps: dict[str, Gaps] = {}
        failures = [failure for one in made.deliveries for failure in one.failures]
        accepted = {} if back else made.accepted
        sources = [one.source for one in made.deliveries] or None
        on_record = self._on_record(store)
        for theme in settings.show:
            incidents = store.incidents(theme=theme, reported_before=as_of)
            histories[theme] = history = session.history(theme, incidents)
            gaps[theme] = without_accepted(history.gaps(week, as_of, sources), week, accepted)
            lost = on_record.get(theme, frozenset()) - ({week} if back == 0 and not self.again else set())
            lost |= {*gaps[theme], *({week} if self._unread(made, theme, back) else ())}
            swung = () if back else history.swings(week, as_of, sources or (), lost, settings.gates, accepted)
            failures += swung
            lost |= {week} if any(one.held for one in swung) else set()
            notes = store.notes_of(theme, week.shift(-1))
            looks.append(partial(_look, history, notes, week, as_of, settings, lost))
        self.tell("analyse", 0, len(looks))
        themes, seen = self._all_looked(looks, histories, week, as_of, store)
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
            traffic=seen,
            dossiers=dossiers,
            effects=effects_of(
                dossiers, store, histories, week=week, as_of=as_of, blocks=self._blocks, drawn=drawn
            ),
            secret=store.secret,
        )
        return result, deliveries, tuple(failures + marks_of(result, settings.gates, made.accepted))

    def _with_accepted(self, week: Week, made: Making) -> Making:
        """The same, with what was let through when the week was published before."""
        found = self.store.run_of(week) if self.noted else None
        before = found[1].get("accepted", {}) if found else {}
        return replace(made, accepted={**before, **made.accepted})

    def _all_looked(
        self,
        looks: Sequence[Callable[[], tuple[ThemeWeek, ThemeNotes]]],
        histories: Mapping[str, ThemeHistory],
        week: Week,
        as_of: pd.Timestamp,
        store: Store,
    ) -> tuple[list[ThemeWeek], Traffic | None]:
        """What is found in themes and accidents, and the blocks, at once; remembered theme after theme.

        Accidents are looked at once where weeks show the same quarter.
        """
        period = period_until(week.end(self.session.city.timezone), as_of, self.session.settings.traffic)
        tasks: list[Callable[[], Any]] = [*looks]
        if (key := (period, store.known)) not in self._traffic:
            tasks.append(traffic_of(self.session, store, period))
        weights = [len(one.incidents) for one in histories.values()]
        # Made and loaded once, not in each process.
        _ = self.session.ground.links, self.session.ground.discs
        if self.session.settings.outlook.wanted:
            import sklearn.ensemble  # noqa: F401
        found = at_once(
            [*tasks, lambda: self._blocks],
            weights=[*[*weights, _TRAFFIC_WEIGHS][: len(tasks)], 0],
            processes=1 if sum(weights) > _MOST_AT_ONCE else None,
        )
        vars(self)["_blocks"] = found.pop()  # they may have been made in a fork
        if len(tasks) > len(looks):
            self._traffic[key] = found.pop()
        for _, notes in found:
            notes.save_to(store)
        return [theme for theme, _ in found], self._traffic[key]
