"""Near repeats: how much more likely a second incident nearby is, and where that counts now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.release.suppress import SECRET
from genk_geo.render.words.wording import count_text, place_text, places_text, spoken_count, streets_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.findings import NearRepeatString, NearRepeatZone, ReleasedNearRepeat
    from genk_geo.release.values.week import ReleasedTheme
    from genk_geo.render.words.texts import Texts


def near_repeat_text(theme: ReleasedTheme, t: Texts) -> str:
    """The near repeat of a theme in one sentence, or why there is none; empty where it is not looked for."""
    found, name = theme.near_repeat, t.theme(theme.theme)
    if found is None:
        return ""
    if found.too_few:
        return t("near_repeat.too_few", theme=name)
    if not found.distance_m:
        return t("near_repeat.none", theme=name)
    return t(
        "near_repeat.found",
        unit=t.one(theme.theme),
        distance=t.number(found.distance_m),
        days=t.number(found.days),
        ratio=t.number(found.ratio, 1),
    )


def near_repeat_row(zone: NearRepeatZone, t: Texts) -> dict[str, Any]:
    """What the table shows of a zone of near repeat, with its popup as ``card``."""
    row = {
        "id": str(zone.number),
        "mark": t("near_repeat.mark", number=zone.number),
        "place": streets_text(zone, t),
        "wijk": zone.wijk if zone.streets else "",
        "incidents": "" if zone.incidents == SECRET else count_text(zone.incidents, t),
        "until": t.short_day(zone.until),
        "show": t("map.show", what=t("near_repeat.title", number=zone.number), place=place_text(zone, t)),
    }
    card: dict[str, Any] = {
        "title": t("near_repeat.title", number=zone.number),
        "note": place_text(zone, t),
        "rows": [(t("near_repeat.until"), row["until"])],
    }
    if row["incidents"]:
        card["rows"].append((t("near_repeat.incidents"), row["incidents"]))
    return {**row, "card": card}


def string_text(string: NearRepeatString, t: Texts) -> str:
    """A string of incidents in one sentence."""
    if string.incidents == SECRET:
        return t("near_repeat.string_untold", unit=t.unit(string.theme, None), place=place_text(string, t))
    key = "near_repeat.string" if string.first is None or string.last is None else "near_repeat.string_dated"
    dates = {} if string.first is None or string.last is None else {
        "first": t.short_day(string.first), "last": t.short_day(string.last),
    }  # fmt: skip
    return t(key, count=spoken_count(string.incidents, string.theme, t), place=place_text(string, t), **dates)


def near_repeat_sentence(
    found: ReleasedNearRepeat, zones: Sequence[NearRepeatZone], theme: str, t: Texts
) -> str:
    """Where a near repeat counts now, in one sentence."""
    return t(
        "brief.repeat",
        unit=t.one(theme),
        distance=t.number(found.distance_m),
        places=places_text(zones[:3], t),
        until=t.short_day(max(zone.until for zone in zones)),
    )
