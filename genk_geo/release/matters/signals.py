"""Signals, as a reader may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.release.identities import renumbered
from genk_geo.release.level import Level
from genk_geo.release.matters.common import at_least, incidents_since, shown_ground
from genk_geo.release.table_values import about, day
from genk_geo.release.values.findings import Signal

if TYPE_CHECKING:
    from genk_geo.config import ReleaseSettings
    from genk_geo.release.outlines import Outlines
    from genk_geo.results import ThemeWeek


def release_signals(
    found: ThemeWeek, reader: ReleaseSettings, outlines: Outlines | None
) -> tuple[Signal, ...] | None:
    """Signals by rank; without exact counts except for an analist.

    A signal spans any number of days, so that an exact count, beside those of the weeks and of other signals,
    would give away what happened on a few days.
    """
    if found.signals is None:
        return None
    signals = tuple(_signal(row, found, reader, outlines) for row in found.signals.to_dict("records"))
    if Level.seen_by(reader).shows_points:
        return signals
    return renumbered(signals, lambda one: (-(one.every_weeks or 0), one.since, one.wijk, one.streets))


def _signal(
    row: dict[str, Any], found: ThemeWeek, reader: ReleaseSettings, outlines: Outlines | None
) -> Signal:
    since = day(row["since"])
    ground = shown_ground(row, outlines, incidents_since(found, since))
    observed = at_least(int(row["observed"]), reader)
    enough = observed.value is not None or observed.over
    return Signal(
        number=int(row["number"]),
        theme=found.theme,
        streets=ground.streets,
        wijk=ground.wijk,
        stadsdeel=ground.stadsdeel,
        since=since,
        days=int(row["days"]),
        observed=observed,
        expected=about(row["expected"], int(reader.small_count or 0)) if enough else None,
        # How rare it is follows from the count: beside a small one it would be a bound.
        every_weeks=about(row.get("every_weeks"), int(reader.small_count or 0)) if enough else None,
        geometry=ground.geometry,
    )
