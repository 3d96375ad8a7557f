"""What the page of a stadsdeel says of its dangerous points and stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.by_stadsdeel import traffic_with_places
from genk_geo.render.file_names import TRAFFIC
from genk_geo.render.words.dangerous_places import point_row, stretch_row
from genk_geo.render.words.traffic import period_words

if TYPE_CHECKING:
    from genk_geo.render.pages.site import Site

_MOST_ON_PAPER = 3


def dangerous_section(site: Site, stadsdeel: str) -> dict[str, Any] | None:
    """Rows of one small table, and what stands around it.

    Parameters
    ----------
    site : Site
        What all pages share.
    stadsdeel : str
        Name of the stadsdeel.

    Returns
    -------
    dict or None
        ``theme``, ``page`` (the traffic page), ``intro`` (the period), ``groups`` (caption, key and rows),
        ``none`` (what to say without any) and ``paper`` (the first of the list in one line); None where these
        are not told.
    """
    traffic, t = traffic_with_places(site.week), site.texts
    if traffic is None:
        return None
    points = [point for point in traffic.points if point.stadsdeel == stadsdeel]
    listed = [point_row(point, t) for point in points if point.status == "listed"]
    watched = [point_row(point, t) for point in points if point.status == "watch"]
    stretches = [stretch_row(one, t) for one in traffic.stretches if one.stadsdeel == stadsdeel]
    groups = [
        {"caption": t("traffic.points.listed"), "key": "danger", "rows": listed},
        {"caption": t("traffic.points.watched"), "key": "danger", "rows": watched},
        {"caption": t("dangerous.stretches"), "key": "stretches", "rows": stretches},
    ]
    return {
        "theme": traffic.theme,
        "page": TRAFFIC,
        "groups": [group for group in groups if group["rows"]],
        "intro": t("dangerous.intro", **period_words(traffic, t)),
        "none": t("dangerous.none", area=stadsdeel),
        "paper": _on_paper(site, listed),
    }


def _on_paper(site: Site, listed: list[dict[str, Any]]) -> str:
    """The first of the list in one line, and how many more there are."""
    first = "; ".join(f"{row['mark']} {row['whole_place']}" for row in listed[:_MOST_ON_PAPER])
    more = len(listed) - _MOST_ON_PAPER
    return " ".join(filter(None, (first, site.texts("dangerous.and_more", n=more) if more > 0 else "")))
