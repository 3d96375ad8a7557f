"""Monday's list of what a run found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from genk_geo.jobs.gates.failure import GateError
from genk_geo.release.values.monday import (
    MondayFile,
    MondayGate,
    MondayList,
    MondayPrecision,
    MondayWaiting,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from genk_geo.calendar import Week
    from genk_geo.config import Settings
    from genk_geo.errors import GenkGeoError
    from genk_geo.jobs.deliveries import Delivery
    from genk_geo.jobs.gates.failure import Failure
    from genk_geo.jobs.taking import Taken
    from genk_geo.jobs.week.made.published import Published, ThemeFound

#: Below this share the list says what can be done about it.
_ENOUGH = 0.8


def list_of(
    publication: Published, settings: Settings, *, made: dt.datetime, seconds: float, review: int
) -> MondayList:
    """List of a week that was published.

    Parameters
    ----------
    publication : Published
        What was published, or stood.
    settings : Settings
        The settings.
    made : datetime.datetime
        When the run began.
    seconds : float
        How long it took.
    review : int
        Places in the review file.

    Returns
    -------
    MondayList
    """
    inbox, taken = publication.inbox, publication.taken
    return MondayList(
        week=publication.week, made=made, seconds=seconds, index=str(publication.index),
        files=tuple(_file(one, publication) for one in _delivered(publication)),
        new=sum(one.new for one in taken.added), changed=sum(one.changed for one in taken.added),
        withdrawn=sum(one.withdrawn for one in taken.added),
        rejected=sum(report.rejects for report in taken.fresh), categories=_categories(taken, settings),
        precise=tuple(precision_of(look, settings, review) for look in publication.found),
        review=review, review_file=settings.running.review.name, stale=publication.stale,
        gates=gates_of(publication.failures),
        waiting=tuple(MondayWaiting(**vars(one)) for one in inbox.waiting), aside=inbox.aside,
        demo=settings.demo, stood=publication.stood,
    )  # fmt: skip


def list_of_fault(
    fault: GenkGeoError, settings: Settings, *, week: Week | None, made: dt.datetime, seconds: float
) -> MondayList:
    """List of a run that published nothing.

    Parameters
    ----------
    fault : GenkGeoError
        Why.
    settings, made, seconds
        As for :func:`list_of`.
    week : Week, optional
        The week, where it was known.

    Returns
    -------
    MondayList
    """
    held = fault.failures if isinstance(fault, GateError) else ()
    return MondayList(
        week=week, made=made, seconds=seconds, fault="" if held else fault.message,
        gates=gates_of(held), demo=settings.demo,
    )  # fmt: skip


def precision_of(look: ThemeFound, settings: Settings, review: int) -> MondayPrecision:
    """How much of a theme is known precisely enough, and what would help.

    Parameters
    ----------
    look : ThemeFound
        What was found.
    settings : Settings
        Say how precise that is, and whether an address register is loaded.
    review : int
        Places in the review file.

    Returns
    -------
    MondayPrecision
    """
    share = look.located / look.in_window if look.in_window else math.nan
    own = settings.city
    register = settings.addresses or (own.addresses if own is not None else None)
    remedy = ""
    if share < _ENOUGH:
        remedy = "register" if register is None else "review" if review else ""
    return MondayPrecision(look.theme, share, settings.themes[look.theme].max_uncertainty_m, remedy)


def gates_of(failures: Sequence[Failure]) -> tuple[MondayGate, ...]:
    """Gates that were not passed, each once."""
    told = [
        MondayGate(one.gate, one.about, one.value, one.limit, one.held, one.because, one.words)
        for one in failures
    ]
    return tuple(dict.fromkeys(told))


def _delivered(publication: Published) -> tuple[Delivery, ...]:
    """What came in now, also where the week is made of what was known when it was published."""
    return publication.taken.deliveries if publication.as_it_was else publication.deliveries


def _file(one: Delivery, publication: Published) -> MondayFile:
    fresh = {report.file for report in publication.taken.fresh}
    new = sum(name in fresh for name in one.received)
    held = any(failure.held for failure in one.failures)
    missing = not one.read and not one.broken and not held
    return MondayFile(
        one.expected, one.themes, new, len(one.received) - new, missing, dict(one.broken), dict(one.silent)
    )


def _categories(taken: Taken, settings: Settings) -> tuple[tuple[str, str, int], ...]:
    """Each new word of a source once, however many files have it."""
    words: dict[tuple[str, str], int] = {}
    for source, word, count in taken.categories:
        words[source, word] = words.get((source, word), 0) + count
    found = tuple((source, word, count) for (source, word), count in words.items())
    return found if len(found) > settings.gates.categories else ()
