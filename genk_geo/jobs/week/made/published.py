"""What a run published, and of what; or found published already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genk_geo.jobs.inbox.receive import Received
from genk_geo.jobs.taking import Taken
from genk_geo.show import Layer, Look, Shown, View

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from genk_geo.calendar import Week
    from genk_geo.config import ReleaseSettings
    from genk_geo.ingestion import IngestReport
    from genk_geo.jobs.deliveries import Delivery
    from genk_geo.jobs.gates.failure import Failure
    from genk_geo.results import ThemeWeek, WeekResult
    from genk_geo.results.dossiers import Book
    from genk_geo.show.words import Words


@dataclass(frozen=True)
class PublishedRelease:
    """One published folder.

    Attributes
    ----------
    release : ReleaseSettings
        Who reads it.
    folder : Path
        Where it stands.
    manifest : dict
        What stands in ``manifest.json``, without the checksums of the files.
    kept : bool
        It was published before and would show something else now: it stays as it was.
    """

    release: ReleaseSettings
    folder: Path
    manifest: dict[str, Any]
    kept: bool = False


@dataclass(frozen=True)
class ThemeFound:
    """What an operator is told of a theme: the line of his table.

    Attributes
    ----------
    theme : str
        Key of the theme.
    first, last : str
        Weeks of its window.
    in_window, located : int
        Incidents of the window, and those of them with a place precise enough for hotspots.
    too_few : bool
        Whether there are too few to say anything.
    areas, new : int
        Hotspots, and those among them that were none the week before.
    """

    theme: str
    first: str
    last: str
    in_window: int
    located: int
    too_few: bool
    areas: int
    new: int

    @classmethod
    def of(cls, look: ThemeWeek) -> ThemeFound:
        """What was found of a theme.

        Parameters
        ----------
        look : ThemeWeek
            Everything that was found.

        Returns
        -------
        ThemeFound
        """
        status = look.areas["status"]
        return cls(
            look.theme, str(look.window.first), str(look.window.last), int(look.in_window), int(look.located),
            bool(look.too_few), int((status != "gone").sum()), int((status == "new").sum()),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Published:
    """A week whose pages stand, and what an operator is told of it.

    Attributes
    ----------
    week : Week
        The week.
    as_of : pandas.Timestamp
        Moment at which it is known.
    folder : Path
        The published folder.
    index : Path
        Its first page.
    found : tuple of ThemeFound
        What was found, by theme.
    reports : tuple of IngestReport
        What became of each supplier file.
    releases : tuple of PublishedRelease
        Every release of the run; `folder` and `index` are those of the first.
    forgotten_rejects : int
        Rejected rows that the history kept for longer than ``rejects_days``, and does no more.
    deliveries : tuple of Delivery
        What came in of each source. A theme of which a file is missing or broken is marked and compared
        with nothing; the others are published all the same.
    stale : tuple of Week
        Other published weeks whose reports are others now, oldest first: late files came in.
    as_it_was : bool
        The week was published before, and is made of what was known then.
    stood : bool
        The week stood as it would be made now: it was checked, and nothing was made.
    skipped : int
        Files that had been read before and were not read again.
    aged : int
        Incidents that were forgotten, because they are older than ``[retention]`` says.
    failures : tuple of Failure
        Gates that data did not pass: held back, let through, or only told.
    taken : Taken
        What the run read.
    inbox : Received
        What became of the files of the inbox.
    dossiers : Book or None
        Hotspots as dossiers; None where none are kept, as of a week that stood.
    """

    week: Week
    as_of: pd.Timestamp
    folder: Path
    index: Path
    found: tuple[ThemeFound, ...]
    reports: tuple[IngestReport, ...] = ()
    releases: tuple[PublishedRelease, ...] = ()
    forgotten_rejects: int = 0
    deliveries: tuple[Delivery, ...] = ()
    stale: tuple[Week, ...] = ()
    as_it_was: bool = False
    stood: bool = False
    skipped: int = 0
    aged: int = 0
    failures: tuple[Failure, ...] = ()
    taken: Taken = field(default_factory=Taken)
    inbox: Received = field(default_factory=Received)
    dossiers: Book | None = None

    @property
    def whole(self) -> bool:
        """Whether all sources were delivered, could be read, and passed the gates."""
        kept = not any(one.held for one in self.failures)
        return kept and all(delivery.whole for delivery in self.deliveries)


@dataclass(frozen=True, kw_only=True, repr=False)
class Publication(Published, Shown):
    """One published week, with everything that was found.

    Attributes
    ----------
    result : WeekResult
        What the pages show.
    manifest : dict
        What stands in ``manifest.json`` of the first release, without the checksums of the published files.
    """

    result: WeekResult
    manifest: dict[str, Any]

    def shows(self, words: Words) -> View:
        """What was published, and the hotspots as an analyst sees them."""
        facts = [("week", str(self.result.week)), ("index", str(self.index))]
        facts += [("release", f"{one.release.profile}: {one.folder}") for one in self.releases[1:]]
        facts += [("theme", _of_theme(theme)) for theme in self.result.themes]
        facts += [("failure", f"{one.gate} ({one.about})") for one in self.failures[:3]]
        return View(words("title.publication", week=self.result.week), tuple(facts), self._layers())

    def _layers(self) -> tuple[Layer, ...]:
        import geopandas as gpd
        import pandas as pd

        ground = Layer(self.result.wijken, Look("wijken", tips=("wijk",)), ground=True)
        themes = [theme for theme in self.result.themes if len(theme.areas)]
        frames = [theme.areas.assign(theme=theme.theme) for theme in themes]
        if not frames:
            return (ground,)
        tips = ("theme", "hotspot_id", "status", "observed", "expected", "place", "wijk", "stadsdeel")
        look = Look("hotspots", "theme", "names", tips=tips, private=True)
        return (ground, Layer(gpd.GeoDataFrame(pd.concat(frames, ignore_index=True)), look))


def _of_theme(theme: ThemeWeek) -> str:
    if theme.undelivered:
        return f"{theme.theme}: not delivered"
    return f"{theme.theme}: {len(theme.areas)} hotspots"
