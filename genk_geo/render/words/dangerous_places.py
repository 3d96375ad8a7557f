"""Dangerous points and stretches in words: all that the pages and their maps say of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.words.wording import count_text, expected_number, place_text, streets_text

if TYPE_CHECKING:
    from genk_geo.release.values.traffic import DangerousPoint, DangerousStretch
    from genk_geo.render.words.texts import Texts


def point_row(point: DangerousPoint, t: Texts) -> dict[str, Any]:
    """What the tables show of a dangerous point, with its popup as ``card``."""
    row = {
        "id": f"points-{point.number}",
        "mark": t("dangerous.mark_danger", number=point.number),
        "status": point.status,
        "kind": t(f"traffic.kind.{point.kind}") if point.kind else "",
        "score": "" if point.score is None else t.number(point.score, 1),
        "accidents": count_text(point.accidents, t),
        "serious": count_text(point.serious, t),
        "weak": count_text(point.weak, t),
        "expected": expected_number(point.expected, t),
        "radii": t("traffic.points.radii", n=point.listed_in, all=point.radii),
    }
    figures = ["score", "accidents"] if row["score"] else ["accidents"]
    return _placed(point, row, t(f"traffic.status.{point.status}", number=point.number), figures, t)


def stretch_row(stretch: DangerousStretch, t: Texts) -> dict[str, Any]:
    """What the tables show of a dangerous stretch, with its popup as ``card``."""
    row = {
        "id": f"stretches-{stretch.number}",
        "mark": t("dangerous.mark_stretches", number=stretch.number),
        "status": "stretch",
        "score": "",
        "accidents": count_text(stretch.accidents, t),
        "expected": expected_number(stretch.expected, t),
    }
    title = t("traffic.status.stretch", number=stretch.number)
    return _placed(stretch, row, title, ["accidents", "expected"], t)


def _placed(
    what: DangerousPoint | DangerousStretch, row: dict[str, Any], title: str, figures: list[str], t: Texts
) -> dict[str, Any]:
    """A row with its number, place and chance, and its popup, which tells some of its figures."""
    place, chance = place_text(what, t), t(f"traffic.chance.{what.chance}")
    rows = [[t(f"traffic.points.{name}"), row[name]] for name in figures]
    return {
        **row,
        "number": what.number,
        "place": streets_text(what, t),
        "wijk": what.wijk if what.streets else "",
        "whole_place": place,
        "show": t("map.show", what=title, place=place),
        "chance": chance,
        "card": {"title": f"{title}: {place}", "rows": [*rows, [t("traffic.points.chance"), chance]]},
    }
