"""Of what a week is made: noted when it is published, so that it can be made again, to the byte."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from genk_geo.ingestion import IngestReport
from genk_geo.jobs.deliveries import Delivery
from genk_geo.jobs.dossiers.remembered import rows_of
from genk_geo.jobs.week.made.moments import span_of
from genk_geo.jobs.week.made.staging import Noted, Saving
from genk_geo.jobs.week.publication import published_weeks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from genk_geo.calendar import Week
    from genk_geo.config import Settings
    from genk_geo.results import WeekResult
    from genk_geo.store import Store


@dataclass(frozen=True)
class Making:
    """What a run knows.

    Attributes
    ----------
    run : int
        Number of the run in the history: up to there it is known.
    reports : tuple of IngestReport
        What became of each file.
    deliveries : tuple of Delivery
        What came in of each source.
    known : dict of str to int
        Shown week -> up to where it was known, where that was noted.
    beside : dict of str to list of str
        Folder of a release -> the weeks that stood there.
    accepted : dict of str to str
        Gate -> why data that did not pass it was taken.
    """

    run: int
    reports: tuple[IngestReport, ...]
    deliveries: tuple[Delivery, ...]
    known: dict[str, int] = field(default_factory=dict)
    beside: dict[str, list[str]] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_facts(cls, run: int, facts: dict[str, Any], *, otherwise: Making) -> Making:
        """What was noted of a run; what is not noted is as `otherwise` says.

        Parameters
        ----------
        run : int
            Its number.
        facts : dict
            From :meth:`facts`.
        otherwise : Making
            The present run.

        Returns
        -------
        Making
        """
        if "reports" not in facts:
            return replace(otherwise, run=run)
        return cls(
            run,
            tuple(IngestReport.from_told(one) for one in facts["reports"]),
            tuple(Delivery.from_noted(one) for one in facts["deliveries"]),
            dict(facts["known"]),
            dict(facts["beside"]),
            dict(facts.get("accepted", {})),
        )

    def beside_in(self, settings: Settings) -> Making:
        """The same with the weeks that stand in the folders of the releases, of those that stood there."""
        there = {name: published_weeks(folder) for name, folder in settings.release_folders.items()}
        kept = {
            name: [week for week in weeks if name not in self.beside or week in self.beside[name]]
            for name, weeks in there.items()
        }
        return replace(self, beside=kept)

    def saving(
        self,
        store: Store,
        result: WeekResult,
        known: dict[Week, int],
        *,
        noted: bool,
        standing: Callable[[Sequence[tuple[Path, Path]]], dict[str, Any] | None] = lambda _: None,
    ) -> Saving:
        """How the history learns that a week is published, and is saved, before any reader sees it.

        Parameters
        ----------
        store : Store
            The history.
        result : WeekResult
            What the pages show.
        known : dict of Week to int
            Up to where each shown week was known.
        noted : bool
            False for a view that is not noted.
        standing : callable, optional
            From what was written, and where each of it goes, to what is noted of it.

        Returns
        -------
        Saving
        """
        if not noted:
            return Saving(lambda _: store.save())

        def save(written: Sequence[tuple[Path, Path]]) -> None:
            then = store.as_known(self.run)
            for look in result.themes:
                span = span_of(look, result, store.timezone)
                then.note_published(span, lost=look.undelivered)
            if result.dossiers is not None:
                then.save_book(rows_of(result.dossiers))
            then.note_run(result.week, self.facts(known) | {"standing": standing(written)})
            store.save()

        return Saving(save, Noted(str(result.week), self.run))

    def facts(self, known: dict[Week, int]) -> dict[str, Any]:
        """What is noted in the history.

        Parameters
        ----------
        known : dict of Week to int
            Up to where each shown week was known.

        Returns
        -------
        dict
            To be written as JSON.
        """
        return {
            "known": {str(week): tx for week, tx in known.items()},
            "reports": [one.told() for one in self.reports],
            # what was new is told when it is read, and not again
            "deliveries": [asdict(replace(one, brought={})) for one in self.deliveries],
            "beside": self.beside,
            "accepted": self.accepted,
        }
