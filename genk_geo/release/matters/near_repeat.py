"""Near repeats, as a reader may see them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.release.identities import renumbered
from genk_geo.release.level import Level
from genk_geo.release.matters.common import incidents_since, shown_ground
from genk_geo.release.suppress import SECRET, Count
from genk_geo.release.table_values import day, street_names, text
from genk_geo.release.values.findings import NearRepeatString, NearRepeatZone, ReleasedNearRepeat

if TYPE_CHECKING:
    from genk_geo.config import ReleaseSettings
    from genk_geo.release.outlines import Outlines
    from genk_geo.results import NearRepeat, ThemeWeek


def release_near_repeat(
    found: ThemeWeek, reader: ReleaseSettings, outlines: Outlines | None
) -> ReleasedNearRepeat | None:
    """Near repeats; the ground where they count starts from whole blocks, not from single incidents."""
    repeat = found.near_repeat
    if repeat is None:
        return None
    exact = Level.seen_by(reader).shows_points
    zones = repeat.zones.to_dict("records") if len(repeat.zones) else []
    grounds = tuple(_zone(row, found, repeat, reader, outlines) for row in zones)
    strings = tuple(_string(dict(row), found.theme, reader) for _, row in repeat.strings.iterrows())
    return ReleasedNearRepeat(
        distance_m=repeat.distance_m,
        days=repeat.days,
        ratio=repeat.ratio if exact else round(repeat.ratio, 1),
        p_value=repeat.p_value if exact else round(repeat.p_value, 2),
        since=repeat.since,
        zones=grounds if exact else renumbered(grounds, lambda one: (one.until, one.wijk, one.streets)),
        strings=strings if exact else renumbered(strings, lambda one: (one.stadsdeel, one.wijk)),
        too_few=repeat.too_few,
    )


def _zone(
    row: dict[str, Any],
    found: ThemeWeek,
    repeat: NearRepeat,
    reader: ReleaseSettings,
    outlines: Outlines | None,
) -> NearRepeatZone:
    until = day(row["until"])
    ground = shown_ground(row, None)
    if outlines is not None:
        until += dt.timedelta(days=6 - until.weekday())
        ground = outlines.around(_origins(row, found, repeat, outlines), repeat.distance_m)
    return NearRepeatZone(
        number=int(row["number"]),
        theme=found.theme,
        streets=ground.streets,
        wijk=ground.wijk,
        stadsdeel=ground.stadsdeel,
        incidents=_incidents(row, reader),
        until=until,
        geometry=ground.geometry,
    )


def _origins(
    row: dict[str, Any], found: ThemeWeek, repeat: NearRepeat, outlines: Outlines
) -> tuple[int, ...]:
    """Blocks of the incidents behind a zone; of its middle where the incidents are not at hand."""
    shape = row["geometry"]
    recent = incidents_since(found, found.window.last.shift(1).monday - dt.timedelta(days=repeat.days))
    if recent is not None and (inside := recent.intersects(shape)).any():
        return tuple(int(at) for at in outlines.block_of(recent.geometry[inside].to_numpy()))
    return (int(outlines.block_of(pd.Series([shape.centroid]).to_numpy())[0]),)


def _string(row: dict[str, Any], theme: str, reader: ReleaseSettings) -> NearRepeatString:
    exact = Level.seen_by(reader).shows_points
    return NearRepeatString(
        number=int(row["number"]),
        theme=theme,
        streets=street_names(row.get("place")) if exact else (),
        wijk=text(row.get("wijk")),
        stadsdeel=text(row.get("stadsdeel")),
        incidents=_incidents(row, reader),
        first=day(row["first"]) if exact else None,
        last=day(row["last"]) if exact else None,
    )


def _incidents(row: dict[str, Any], reader: ReleaseSettings) -> Count:
    """How many; of a few weeks in a few blocks others than analysts are told nothing, be it small or not."""
    hides = not Level.seen_by(reader).shows_points and int(reader.small_count or 0) > 1
    return SECRET if hides else Count(int(row["incidents"]))
