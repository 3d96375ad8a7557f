"""Monday's list: what the operator reads after a run. It is for who may see the suppliers' files too.

It counts rows, names files and places doubts, which no page for others does; so it is written into the
analyst's folder of weeks, or beside the history where there is none, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from genk_geo.calendar import Week


@dataclass(frozen=True)
class MondayFile:
    """What was expected of one source, and what came in.

    Attributes
    ----------
    expected : str
        Name or pattern of the files, or the profile of what comes in by the inbox.
    themes : tuple of str
        Themes that it gives.
    new, known : int
        Files that were read in this run, and those that had been read before.
    missing : bool
        Whether nothing came in of the week.
    broken : dict of str to str
        Files that could not be read, and why.
    silent : dict of str to str
        Theme -> last day of the week that the files tell of (empty: none), where they stop too early.
    """

    expected: str
    themes: tuple[str, ...]
    new: int = 0
    known: int = 0
    missing: bool = False
    broken: dict[str, str] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MondayGate:
    """A gate that was not passed; as :class:`genk_geo.jobs.gates.failure.Failure`."""

    gate: str
    about: str
    value: float
    limit: float
    held: bool
    because: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class MondayWaiting:
    """A file of the inbox that waits; as :class:`genk_geo.jobs.inbox.receive.Waiting`."""

    file: str
    profiles: tuple[str, ...] = ()
    nearest: str = ""
    needed: tuple[str, ...] = ()


@dataclass(frozen=True)
class MondayPrecision:
    """How many incidents of a theme are known precisely enough for hotspots.

    Attributes
    ----------
    theme : str
        Key of the theme.
    share : float
        Share of those in the window.
    within_m : float
        How precise that is.
    remedy : str
        ``register`` (no address register is loaded), ``review`` (addresses wait to be corrected) or empty.
    """

    theme: str
    share: float
    within_m: float
    remedy: str = ""


@dataclass(frozen=True)
class MondayList:
    """What somebody has to do after a run, and what is good to know.

    Attributes
    ----------
    week : Week or None
        The week; None where the run ended before it was known.
    made : datetime.datetime
        When the run began, on the clock of the city.
    seconds : float
        How long it took.
    index : str
        Where the first page stands; empty where nothing was published.
    fault : str
        Why nothing was published.
    files : tuple of MondayFile
        By source.
    new, changed, withdrawn, rejected : int
        Incidents that the files of this run brought, changed or took back, and rows that were refused.
    categories : tuple of (str, str, int)
        Source, word for a category that was never seen before, how often.
    precise : tuple of MondayPrecision
        By theme.
    review, review_file : int, str
        Places in the review file, and its name.
    stale : tuple of Week
        Published weeks of which more is known now.
    gates : tuple of MondayGate
        Gates that were not passed.
    waiting : tuple of MondayWaiting
        Files in the inbox that nobody could place.
    aside : tuple of (str, str)
        Files of the inbox that cannot be read, and why.
    trouble : tuple of str
        What went wrong once the week was published: a share, a message.
    demo : bool
        Whether the incidents are fictitious.
    stood : bool
        Whether nothing came in and the week stood: it was checked, and nothing was made.
    """

    week: Week | None
    made: dt.datetime
    seconds: float
    index: str = ""
    fault: str = ""
    files: tuple[MondayFile, ...] = ()
    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    rejected: int = 0
    categories: tuple[tuple[str, str, int], ...] = ()
    precise: tuple[MondayPrecision, ...] = ()
    review: int = 0
    review_file: str = ""
    stale: tuple[Week, ...] = ()
    gates: tuple[MondayGate, ...] = ()
    waiting: tuple[MondayWaiting, ...] = ()
    aside: tuple[tuple[str, str], ...] = ()
    trouble: tuple[str, ...] = ()
    demo: bool = False
    stood: bool = False
