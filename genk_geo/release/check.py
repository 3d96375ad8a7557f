"""Whether a small count follows from what is published, now and before, to whomever."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from genk_geo.errors import DisclosureError, Message
from genk_geo.release import retold
from genk_geo.release.bounds.claims import attention_tells, hotspot_tells
from genk_geo.release.bounds.effect_room import with_safe_effects
from genk_geo.release.bounds.integer_bounds import asked_at_once
from genk_geo.release.bounds.told_bounds import Finding, Knowledge
from genk_geo.release.identities import in_shown_order, renumbered
from genk_geo.release.kept.record import record_of, shape_of
from genk_geo.release.level import Level
from genk_geo.release.suppress import SECRET, Count
from genk_geo.release.told import Told, count_of, text_of
from genk_geo.release.windows import with_told_windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from genk_geo.release.told import Record
    from genk_geo.release.values.findings import Hotspot, Signal
    from genk_geo.release.values.week import ReleasedTheme, ReleasedWeek
    from genk_geo.release.windows import Tells

_MENTIONED = 3


def check_release(new: Record, others: Iterable[Record]) -> list[Finding]:
    """Look for counts that are held back in a release and follow from it and from everything told before.

    Whoever reads all releases knows most: of every count that is told as small he must still think every
    small value possible, and what is told as a range must keep as many values as there are small counts.

    Parameters
    ----------
    new : dict
        From :func:`genk_geo.release.kept.record.record_of`.
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
    found = asked_at_once([partial(_found_of, theme, new, told) for theme in new["themes"]])
    return [each for of_theme in found for each in of_theme]


def _found_of(theme: str, new: Record, told: Sequence[Record]) -> list[Finding]:
    """What follows of the counts of a theme."""
    touched = set(Knowledge(theme, [new]).bounds)
    known = Knowledge(theme, [new, *told]).too_well(touched, limit=int(new["limit"]))
    if known and told:
        before = Knowledge(theme, told)
        known = [each for each in known if not before.knows(each)]
    return known


def guarded(
    week: ReleasedWeek, others: Iterable[Record], *, secret: bytes = b""
) -> tuple[ReleasedWeek, Record]:
    """Hold back what would say too much beside everything that was told before, and check the whole.

    The window of a hotspot shifts by a week at a time: two of its counts, one week apart, say what came in
    and what fell out. Where that pins a small count, the later one is only said to be large enough.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it would be shown.
    others : iterable of dict
        As for :func:`check_release`.
    secret : bytes, default b""
        That of the history, for the digest of what is shown.

    Returns
    -------
    ReleasedWeek
        The week as it may be shown.
    dict
        Its record.

    Raises
    ------
    DisclosureError
        If a small count follows all the same.
    AlreadyToldError
        If the page was published before and would be another one now.
    """
    told = list(others)
    week = _with_safe_signals(_as_told(week, Told(told)), told)
    week = with_safe_effects(with_told_windows(week, told, _asking(week, told)), told)
    record = record_of(week)
    found = check_release(record, told)
    for vague, pick in ((_at_least, _near), (_silent, _near), (_silent, _every)):
        if found:
            shapes, limit = pick(found, record), week.small_count
            themes = tuple(_with_hotspots(theme, shapes[theme.theme], vague, limit) for theme in week.themes)
            week = replace(week, themes=themes)
            record = record_of(week)
            found = check_release(record, told)
    refuse(found, week.reader.profile)
    if not week.level.shows_points:
        # Last, when it is settled what is told: ranks go by that.
        week = replace(week, themes=tuple(_in_order(theme) for theme in week.themes))
        week = _with_safe_attention(week, told)
        now = retold.shown_in(week, secret)
        retold.refuse_another(week, now, Told(told))
        record = record_of(week) | {"shown": now}
    return week, record


def _asking(week: ReleasedWeek, told: Sequence[Record]) -> Tells:
    """What answers whether a hotspot may be told as so many or more, given what is told of the others."""

    @cache
    def record() -> Record:
        return record_of(week)

    def tells(theme: str, counts: Mapping[int, Count], at: int, least: int) -> bool:
        found = record()["themes"][theme]
        spots = [
            {**spot, "observed": text_of(counts.get(n, SECRET))} for n, spot in enumerate(found["hotspots"])
        ]
        new = {**record(), "themes": {theme: {**found, "hotspots": spots}}}
        return hotspot_tells(theme, new, told, at=at, least=least)

    return tells


def _in_order(theme: ReleasedTheme) -> ReleasedTheme:
    return replace(theme, hotspots=in_shown_order(theme.hotspots))


def _as_told(week: ReleasedWeek, told: Told) -> ReleasedWeek:
    """Hotspots of a page that is made again: as they were told, and little of those that it did not show."""
    if week.level.shows_points:
        return week
    _refuse_other_blocks(week, told)
    week = retold.as_told(week, told)
    themes = []
    for theme in week.themes:
        known = told.hotspots(theme.theme, str(week.week))
        spots = (
            theme.hotspots
            if known is None
            else tuple(
                _spot_as_told(spot, known.get(shape_of(spot)), week.small_count) for spot in theme.hotspots
            )
        )
        themes.append(replace(theme, hotspots=spots))
    return replace(week, themes=tuple(themes))


def _with_safe_signals(week: ReleasedWeek, told: Sequence[Record]) -> ReleasedWeek:
    """Tell whether signals are large only where that would say nothing, were they all large.

    Whether it is told may not depend on whether they are: what is held back would be large.
    """
    if week.level.shows_points or not any(theme.signals for theme in week.themes):
        return week
    if Told(told).figures(str(week.week)) is not None:
        return _with_signals(week, {theme.theme for theme in week.themes}, _as_silent_as_before)
    large = Count(None, week.small_count, over=True)
    asked = tuple(
        replace(
            theme, hotspots=(), signals=tuple(replace(one, observed=large) for one in theme.signals or ())
        )
        for theme in week.themes
    )
    found = {finding.theme for finding in check_release(record_of(replace(week, themes=asked)), told)}
    return _with_signals(week, found, _unspoken)


def _with_signals(week: ReleasedWeek, named: set[str], told: Callable[[Signal], Signal]) -> ReleasedWeek:
    themes = (
        replace(theme, signals=tuple(map(told, theme.signals)))
        if theme.theme in named and theme.signals
        else theme
        for theme in week.themes
    )
    return replace(week, themes=tuple(themes))


def _with_safe_attention(week: ReleasedWeek, told: Sequence[Record]) -> ReleasedWeek:
    """Tell of points of attention only where what they stand for says nothing of a count.

    A point that is left out is no news: how likely a place is among the worst is told nowhere.
    """
    asked = [theme for theme in week.themes if theme.attention]
    kept = asked_at_once([partial(_safe_attention, week, theme, told) for theme in asked])
    chosen = {theme.theme: own for theme, own in zip(asked, kept, strict=True) if own is not None}
    themes = (_with_attention(one, chosen[one.theme]) if one.theme in chosen else one for one in week.themes)
    return replace(week, themes=tuple(themes))


def _safe_attention(week: ReleasedWeek, theme: ReleasedTheme, told: Sequence[Record]) -> list[int] | None:
    """Places of the points to keep, each telling nothing beside those before it; None where all may stay."""

    def tells(places: Sequence[int]) -> bool:
        own = _with_attention(theme, places)
        page = replace(week, themes=tuple(own if one is theme else one for one in week.themes))
        return attention_tells(theme.theme, record_of(page), told)

    points = theme.attention or ()
    if not tells(range(len(points))):
        return None
    kept: list[int] = []
    # The likeliest first: an order that follows from what is told of them.
    for at in sorted(range(len(points)), key=lambda at: (-points[at].least, points[at].number)):
        if not tells([*kept, at]):
            kept.append(at)
    return kept


def _with_attention(theme: ReleasedTheme, places: Sequence[int]) -> ReleasedTheme:
    """The points of attention at some places, and no others."""
    points = theme.attention or ()
    return replace(theme, attention=renumbered((points[at] for at in places), lambda one: one.number))


def _as_silent_as_before(signal: Signal) -> Signal:
    return _unspoken(signal) if signal.observed == SECRET else signal


def _unspoken(signal: Signal) -> Signal:
    return replace(signal, observed=SECRET, expected=None, every_weeks=None)


def _refuse_other_blocks(week: ReleasedWeek, told: Told) -> None:
    """Two partitions of the city together are a finer one, with few addresses where they cut each other."""
    known = told.blocks()
    if known is None or week.blocks in {"", known[1]}:
        return
    before, now = known[2], week.reader.min_addresses
    changed = (
        Message("with min_addresses {before}, not {now}: set it to {before} again", before=before, now=now)
        if before != now
        else Message("from another reference or another set of releases: use those of then again")
    )
    raise DisclosureError(
        "Release {profile}: the outlines of {known} were drawn in other blocks of addresses, {changed}. Two "
        "sets of blocks together would show pieces with few addresses. Nothing was published. To begin "
        "anew, publish under another --out, where no reader has the pages of before.",
        profile=week.reader.profile,
        known=known[0],
        changed=changed,
    )


def _spot_as_told(spot: Hotspot, known: Record | None, limit: int) -> Hotspot:
    if known is None:
        return _at_least(spot, limit)
    observed = count_of(known["observed"])
    if observed == spot.observed:
        return spot
    return spot.told_as(observed)


def _near(found: Sequence[Finding], record: Record) -> dict[str, set[str]]:
    """Outlines, by theme, that a finding is about or that share a wijk with one."""
    close: dict[str, set[str]] = {theme: set() for theme in record["themes"]}
    for finding in found:
        names = {cell.name for cell in finding.cells}
        spots = record["themes"][finding.theme]["hotspots"]
        names |= {wijk for spot in spots if spot["shape"] in names for wijk in spot["wijken"]}
        close[finding.theme] |= {
            spot["shape"] for spot in spots if names.intersection([spot["shape"], *spot["wijken"]])
        }
    return close


def _every(found: Sequence[Finding], record: Record) -> dict[str, set[str]]:
    """All outlines of the themes that anything was found in."""
    themes = {finding.theme for finding in found}
    return {
        theme: {spot["shape"] for spot in told["hotspots"]} if theme in themes else set()
        for theme, told in record["themes"].items()
    }


def _with_hotspots(
    theme: ReleasedTheme, shapes: set[str], vague: Callable[[Hotspot, int], Hotspot], limit: int
) -> ReleasedTheme:
    spots = (vague(spot, limit) if shape_of(spot) in shapes else spot for spot in theme.hotspots)
    return replace(theme, hotspots=tuple(spots))


def _silent(spot: Hotspot, _limit: int) -> Hotspot:
    return spot.untold()


def _at_least(spot: Hotspot, limit: int) -> Hotspot:
    if spot.observed.value is None:
        return spot
    return spot.told_as(Count(None, limit, over=True))


def refuse(found: Sequence[Finding], release: str) -> None:
    """Stop a publication from which a small count follows.

    Raises
    ------
    DisclosureError
        If there is any finding; the message does not say what follows.
    """
    if not found:
        return
    named = "; ".join(finding.text for finding in found[:_MENTIONED])
    more = Message(" and {count} more", count=len(found) - _MENTIONED) if len(found) > _MENTIONED else ""
    raise DisclosureError(
        "Release {release}: {count} held back counts follow from what is published ({named}{more}). Nothing "
        "was published. Raise small_count, publish fewer releases, or leave this week out.",
        release=release,
        count=len(found),
        named=named,
        more=more,
    )
