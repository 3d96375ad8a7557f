"""What was found in a stadsdeel besides hotspots: each finding once, in words and in shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from genk_geo.render.by_stadsdeel import in_stadsdeel, zones_in
from genk_geo.render.words.attention import attention_row
from genk_geo.render.words.near_repeat import near_repeat_row
from genk_geo.render.words.outlook import outlook_row
from genk_geo.render.words.signals import signal_row
from genk_geo.render.words.zones import zone_row

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.values.environment import ReleasedZone
    from genk_geo.release.values.week import ReleasedTheme, ReleasedWeek
    from genk_geo.render.words.texts import Texts


class Finding(NamedTuple):
    """What a table shows of a finding, with ``id`` and ``card`` for the map, and its shape there."""

    row: dict[str, Any]
    shape: BaseGeometry


class Findings(NamedTuple):
    """Findings of one theme in one stadsdeel."""

    attention: list[Finding]
    signals: list[Finding]
    near_repeats: list[Finding]
    outlook: list[Finding]
    zones: list[Finding]


def findings_in(week: ReleasedWeek, theme: ReleasedTheme, stadsdeel: str, t: Texts) -> Findings:
    """What was found of a theme in a stadsdeel, as far as this reader may see it.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.
    theme : ReleasedTheme
        One of its themes.
    stadsdeel : str
        Name of the stadsdeel.
    t : Texts
        The reader's language.

    Returns
    -------
    Findings
        By rank.
    """
    signals = in_stadsdeel(theme.signals or (), week, stadsdeel)
    repeats = in_stadsdeel(theme.near_repeat.zones if theme.near_repeat else (), week, stadsdeel)
    places = in_stadsdeel(theme.outlook.places if theme.outlook else (), week, stadsdeel)
    zones = [zone for zone in zones_in(week, stadsdeel) if zone.theme == theme.theme]
    attention = in_stadsdeel(theme.attention or (), week, stadsdeel)
    return Findings(
        attention=[Finding(attention_row(place, t), place.geometry) for place in attention],
        signals=[Finding(signal_row(signal, t), signal.geometry) for signal in signals],
        near_repeats=[Finding(near_repeat_row(zone, t), zone.geometry) for zone in repeats],
        outlook=[Finding(outlook_row(place, t), place.geometry) for place in places],
        zones=[Finding(zone_row(zone, _numbers(zone, theme), t), zone.geometry) for zone in zones],
    )


def _numbers(zone: ReleasedZone, theme: ReleasedTheme) -> list[str]:
    """Hotspots that share ground with a zone, by what the map and the tables call them."""
    numbers = {spot.hotspot_id: str(spot.number) for spot in theme.hotspots if spot.number}
    return [numbers[hotspot] for hotspot in zone.hotspots if hotspot in numbers]
