"""Places that deserve attention, as a reader may see them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from genk_geo.release.identities import outline_of, renumbered
from genk_geo.release.level import Level
from genk_geo.release.matters.common import shown_ground
from genk_geo.release.table_values import number
from genk_geo.release.thresholds import CHANCES, NEEDED, WORST
from genk_geo.release.values.findings import AttentionPlace, Power

if TYPE_CHECKING:
    from genk_geo.config import ReleaseSettings
    from genk_geo.release.outlines import Outlines
    from genk_geo.results import ThemeWeek


def release_attention(
    found: ThemeWeek, reader: ReleaseSettings, outlines: Outlines | None
) -> tuple[AttentionPlace, ...] | None:
    """Places in whole blocks and in the order of their names, with the class of their chance.

    Others than analysts get only places that at least as many events stand behind, of the window and of the
    past that counts, as a count must have to be told; and of places that are drawn alike, one.
    """
    if found.attention is None:
        return None
    level, limit = Level.seen_by(reader), int(reader.small_count or 0)
    rows = found.attention.to_dict("records") if len(found.attention) else []
    if level.shows_points:
        return tuple(_place(row, found, outlines, exact=True) for row in rows)
    told = [_place(row, found, outlines, exact=False) for row in rows if int(row["known"]) >= limit]
    alike: dict[bytes, AttentionPlace] = {}
    for place in sorted(told, key=lambda one: -one.least):
        alike.setdefault(outline_of(place), place)
    return renumbered(alike.values(), lambda one: (one.wijk, one.streets))


def release_needed(found: ThemeWeek, *, exact: bool) -> int | None:
    """Events that a place would need to be a hotspot; in steps, upward, except for an analist."""
    if found.needed is None or exact:
        return found.needed
    return next((step for step in NEEDED if step >= found.needed), None)


def release_power(found: ThemeWeek) -> tuple[Power, ...]:
    """What could be proven, by kind of place; for an analist only, whose counts say as much."""
    if found.power is None:
        return ()
    chances = [str(name) for name in found.power.columns if str(name).startswith("times_")]
    return tuple(
        Power(
            str(row["place"]), float(row["usual"]), int(row["needed"]),
            tuple((int(name.removeprefix("times_")), float(row[name])) for name in chances),
        )
        for row in found.power.reset_index().to_dict("records")
    )  # fmt: skip


def _place(
    row: dict[str, Any], found: ThemeWeek, outlines: Outlines | None, *, exact: bool
) -> AttentionPlace:
    ground = shown_ground(row, outlines, found.points)
    chance = float(row["chance"])
    least, most = (
        (chance, chance)
        if exact
        else next((pair for pair in pairwise(CHANCES) if chance < pair[1]), CHANCES[-2:])
    )
    return AttentionPlace(
        number=int(row["number"]),
        theme=found.theme,
        streets=ground.streets,
        wijk=ground.wijk,
        stadsdeel=ground.stadsdeel,
        least=least,
        most=most,
        worst=WORST,
        times=number(row["risk"]) if exact else None,
        past=int(row["past"]),
        geometry=ground.geometry,
    )
