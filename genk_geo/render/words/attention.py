"""Places that deserve attention, in rows, popups and sentences; and what a hotspot would have needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.words.wording import place_text, streets_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.findings import AttentionPlace
    from genk_geo.release.values.week import ReleasedTheme
    from genk_geo.render.words.texts import Texts


def attention_row(place: AttentionPlace, t: Texts) -> dict[str, Any]:
    """What the table shows of a place, with its popup as ``card``."""
    title = t("attention.title", number=place.number)
    row = {
        "id": str(place.number),
        "mark": t("attention.mark", number=place.number),
        "place": streets_text(place, t),
        "wijk": place.wijk if place.streets else "",
        "chance": _chance_text(place, t, "short"),
        "times": "" if place.times is None else t("attention.times_text", times=t.number(place.times, 1)),
        "show": t("map.show", what=title, place=place_text(place, t)),
    }
    rows = [(t("attention.chance"), _chance_text(place, t, "whole"))]
    if row["times"]:
        rows.append((t("attention.times"), row["times"]))
    return {**row, "card": {"title": title, "note": place_text(place, t), "rows": rows}}


def _chance_text(place: AttentionPlace, t: Texts, how: str) -> str:
    """How likely it is among the worst: a figure, or the class that it lies in."""
    words = {"least": t.share(place.least), "most": t.share(place.most), "worst": t.share(place.worst)}
    key = "exactly" if place.least == place.most else "at_least" if place.most >= 1 else "between"
    return t(f"attention.{how}.{key}", **words)


def attention_sentence(theme: ReleasedTheme, places: Sequence[AttentionPlace], t: Texts) -> str:
    """The places of a theme that most deserve attention, in one sentence."""
    likely = sorted(places, key=lambda one: (-one.least, one.number))
    names = "; ".join(streets_text(place, t) for place in likely[:2])
    return t("attention.sentence", theme=t.named(theme.theme), places=names)


def power_rows(theme: ReleasedTheme, t: Texts) -> list[dict[str, Any]]:
    """What could be proven of quiet, usual and busy places, a row each."""
    return [
        {
            "place": t(f"power.{one.place}"),
            "usual": t.number(one.usual, 1),
            "needed": t.number(one.needed),
            "chances": [
                (t("power.times", times=t.number(times)), t.share(chance)) for times, chance in one.chances
            ],
        }
        for one in theme.power
    ]


def needed_text(theme: ReleasedTheme, t: Texts) -> str:
    """What a place would need to stand among the hotspots; empty where nothing can be said."""
    if theme.needed is None:
        return ""
    return t(
        "hotspots.needed",
        weeks=t.weeks(theme.window.weeks),
        count=t.number(theme.needed),
        unit=t.unit(theme.theme, theme.needed),
    )
