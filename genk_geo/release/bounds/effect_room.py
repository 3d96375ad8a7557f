"""Verdicts on measures, told only where they leave every count that is held back what it could be.

A verdict says that enough came at a place since a measure began, and its share how many at least. Beside
small counts of the wijk in these weeks that is a bound on their sum. It says nothing of any one of them as
long as the wijk can have had as many with that one at none, less what was told of all else there. What can
have been is taken from what is told: a count that is told as it is; for all that are held back in a week
together as much as one of them can be, because a total may say no more; so in a week that was told nowhere.

Whether a share is told goes by the most that it could say, never by what it says.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from genk_geo.calendar import Week
from genk_geo.release.kept.record import record_of
from genk_geo.release.level import Level
from genk_geo.release.thresholds import MOST_SAID, QUARTER
from genk_geo.release.told import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from genk_geo.release.told import Record
    from genk_geo.release.values.dossiers import ReleasedDossier
    from genk_geo.release.values.effect import ReleasedEffect
    from genk_geo.release.values.week import ReleasedWeek


def with_safe_effects(week: ReleasedWeek, told: Iterable[Record]) -> ReleasedWeek:
    """Leave out shares, and verdicts, that say too much beside all that is told.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it would be shown, its other counts settled.
    told : iterable of dict
        What was told before, and what is told at the same moment to others.

    Returns
    -------
    ReleasedWeek
    """
    if week.level.shows_points or not any(one.effects for one in week.dossiers or ()):
        return week
    records = [record_of(week), *(one for one in told if one["level"] != Level.POINTS)]
    taken: list[ReleasedEffect] = []
    dossiers = [_safe(one, records, week, taken) for one in week.dossiers or ()]
    return replace(week, dossiers=tuple(dossiers))


def _safe(
    one: ReleasedDossier, records: Sequence[Record], week: ReleasedWeek, taken: list[ReleasedEffect]
) -> ReleasedDossier:
    shown = []
    for found in one.effects:
        # A place that sticks out over the border of the city is counted in the wijk that readers are told.
        effect = replace(found, wijken=found.wijken or (one.wijk,))
        if not effect.planned:
            room = room_for(effect, records, week.week, limit=week.small_count, taken=taken)
            if room < MOST_SAID:
                effect = effect.without_share(week.small_count)
            if room < week.small_count:
                effect = effect.untold()
        if effect.least:
            taken.append(effect)
        shown.append(effect)
    return replace(one, effects=tuple(shown))


def room_for(
    effect: ReleasedEffect,
    records: Sequence[Record],
    week: Week,
    *,
    limit: int,
    taken: Sequence[ReleasedEffect] = (),
) -> int:
    """How many can have come at a place since a measure began, whatever one small count there was.

    Parameters
    ----------
    effect : ReleasedEffect
        The measure.
    records : sequence of dict
        All that is told, this page first.
    week : Week
        That of the page.
    limit : int
        Counts below this are held back.
    taken : sequence of ReleasedEffect
        Other measures of the page that something is said of.

    Returns
    -------
    int
    """
    since = Week.from_day(effect.start + dt.timedelta(days=6))  # the first whole week
    ago = max(week.minus(since) + 1, 0)
    counted = min(ago, max(effect.weeks - QUARTER + 1, QUARTER)) if effect.weeks else ago
    # A verdict stands on weeks that are fixed, and readers see on which page it came: what it says is of
    # these weeks, however long ago they are. Told are whole quarters, so there are no fewer than that.
    weeks = {str(since.shift(at)) for at in range(counted)}
    wijken, small = frozenset(effect.wijken), max(limit - 1, 0)
    most, said = 0, 0.0
    for when in weeks:
        counts = list(_told(records, effect.theme, when, wijken))
        held = [small if high is None else min(high, small) for low, high in counts if low != high]
        held += [small] * (len(wijken) - len(counts))
        most += sum(low for low, high in counts if low == high) + max(held, default=0)
        said += max((_rate(one, effect.theme, when, wijken) for one in records), default=0.0)
    beside = _besides(records, effect, wijken, taken)
    points = max(
        sum(
            bool(wijken.intersection(place["touched"]))
            for place in one["themes"].get(effect.theme, {}).get("attention", ())
        )
        for one in records
        if one is records[0] or one["week"] in weeks
    )
    return int(most - small - said - beside - limit * points)


def _told(
    records: Sequence[Record], theme: str, week: str, wijken: frozenset[str]
) -> Iterator[tuple[int, int | None]]:
    """The count of each wijk in a week, as all pages leave it: readers may lay theirs side by side."""
    for wijk in wijken:
        found = (
            one["themes"][theme]["weeks"].get(week, {}).get("wijken", {}).get(wijk)
            for one in records
            if theme in one["themes"]
        )
        told = [limits(text) for text in found if text is not None]
        if told:
            highs = [high for _, high in told if high is not None]
            yield max(low for low, _ in told), min(highs, default=None)


def _rate(record: Record, theme: str, week: str, wijken: frozenset[str]) -> float:
    """What the outlines of a page say of one of their weeks, taken as even over all of them."""
    if theme not in record["themes"]:
        return 0.0
    back = Week.parse(record["week"]).minus(Week.parse(week))
    found = record["themes"][theme]
    return sum(
        limits(one["observed"])[0] / int(one["weeks"])
        for one in (*found["hotspots"], *found.get("signals", ()))
        if 0 <= back < int(one["weeks"]) and wijken.intersection(one.get("touched", one["wijken"]))
    )


def _besides(
    records: Sequence[Record],
    effect: ReleasedEffect,
    wijken: frozenset[str],
    taken: Sequence[ReleasedEffect],
) -> int:
    """The most that any page, this one included, said of all other measures there.

    Also of the same dossier: its agreements may be about several places. What a later page says less of stays
    said, and two that one dossier began on one day are told apart by nothing and add up.
    """
    here = [
        (_name(one), one.least)
        for one in taken
        if one is not effect and one.theme == effect.theme and wijken.intersection(one.wijken)
    ]
    # What was said of this place says no more than is checked now; another of its day may be there too.
    own = _name(effect) if _name(effect) not in dict(here) else ""
    pages = [here]
    for record in records[1:]:
        found = record["themes"].get(effect.theme, {}).get("effects", ())
        pages.append([(one["of"], int(one["least"])) for one in found if wijken.intersection(one["wijken"])])
    most: Counter[str] = Counter()
    for page in pages:
        said: Counter[str] = Counter()
        for name, least in page:
            said[name] += least
        most |= said
    return sum(least for name, least in most.items() if name != own)


def _name(effect: ReleasedEffect) -> str:
    """What an effect is called in a record."""
    return f"{effect.dossier}/{effect.start}"
