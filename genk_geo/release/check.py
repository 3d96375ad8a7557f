"""Whether a small count follows from what is published, now and before, to whomever."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from genk_geo.errors import QualityGateError
from genk_geo.release.level import Level
from genk_geo.release.record import record_of, shape_of
from genk_geo.release.suppress import Count
from genk_geo.release.told_bounds import Finding, Knowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from genk_geo.release.record import Record
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedTheme, ReleasedWeek

_MENTIONED = 3


def check_release(new: Record, others: Iterable[Record]) -> list[Finding]:
    """Look for counts that are held back in a release and follow from it and from everything told before.

    Readers of a release for wijkmanagers may read that for the public too; a small count must have two
    possible values for them, unless it is none. For the public, who read no other, it must be possible that
    it is anything over a range as wide as the small counts themselves.

    Parameters
    ----------
    new : dict
        From :func:`genk_geo.release.record.record_of`.
    others : iterable of dict
        What was told before, and what is told at the same moment to others.

    Returns
    -------
    list of Finding
        What follows with `new` and did not follow without it.
    """
    if new["level"] == Level.POINTS:
        return []
    told = [record for record in others if record["level"] != Level.POINTS]
    if new["level"] == Level.WIJKEN:
        public = [record for record in told if record["level"] == Level.WIJKEN]
        found = _found(new, public, width=max(int(new["limit"]) - 1, 1))
        return found + (_found(new, told, width=0) if len(told) > len(public) else [])
    return _found(new, told, width=0)


def guarded(week: ReleasedWeek, others: Iterable[Record]) -> tuple[ReleasedWeek, Record]:
    """Hold back what would say too much beside everything that was told before, and check the whole.

    The window of a hotspot shifts by a week at a time: two of its counts, one week apart, say what came in
    and what fell out. Where that pins a small count, the later one is only said to be large enough.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it would be shown.
    others : iterable of dict
        As for :func:`check_release`.

    Returns
    -------
    ReleasedWeek
        The week as it may be shown.
    dict
        Its record.

    Raises
    ------
    QualityGateError
        If a small count follows all the same.
    """
    told, record = list(others), record_of(week)
    found = check_release(record, told)
    for vague in (_without_window, _without_week):
        shapes = {cell.name for finding in found for cell in finding.cells if cell.kind == "hotspot"}
        if shapes:
            week = replace(
                week, themes=tuple(_vaguer(theme, shapes, vague, week.small_count) for theme in week.themes)
            )
            record = record_of(week)
            found = check_release(record, told)
    refuse(found, week.reader.profile)
    return week, record


def _vaguer(
    theme: ReleasedTheme, shapes: set[str], vague: Callable[[Hotspot, int], Hotspot], limit: int
) -> ReleasedTheme:
    spots = tuple(vague(spot, limit) if shape_of(spot) in shapes else spot for spot in theme.hotspots)
    return replace(theme, hotspots=spots)


def _without_window(spot: Hotspot, limit: int) -> Hotspot:
    if spot.observed.value is None:
        return spot
    return replace(spot, observed=Count(None, limit, over=True), expected=None, times=None)


def _without_week(spot: Hotspot, limit: int) -> Hotspot:
    hidden = Count(None, limit, over=True) if spot.this_week.value is not None else spot.this_week
    return replace(_without_window(spot, limit), this_week=hidden)


def refuse(found: Sequence[Finding], release: str) -> None:
    """Stop a publication from which a small count follows.

    Raises
    ------
    QualityGateError
        If there is any finding; the message does not say what follows.
    """
    if not found:
        return
    named = "; ".join(finding.text for finding in found[:_MENTIONED])
    more = f" and {len(found) - _MENTIONED} more" if len(found) > _MENTIONED else ""
    raise QualityGateError(
        f"Release {release}: {len(found)} held back counts follow from what is published ({named}{more})."
        " Nothing was published. Raise small_count, publish fewer releases, or leave this week out."
    )


def _found(new: Record, others: Sequence[Record], *, width: int) -> list[Finding]:
    found: list[Finding] = []
    for theme in new["themes"]:
        with_new = Knowledge(theme, [new, *others])
        touched = set(Knowledge(theme, [new]).bounds)
        known = with_new.too_well(touched, limit=int(new["limit"]), width=width)
        if known and others:
            before = Knowledge(theme, others)
            known = [each for each in known if not before.knows(each)]
        found += known
    return found
