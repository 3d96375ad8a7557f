"""The reading guide: what a page says, what it does not say, and whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.render.pages.self_contained import static
from genk_geo.render.pages.site import Site, render_page
from genk_geo.render.style import css_variables

if TYPE_CHECKING:
    from genk_geo.render.words.texts import Texts

#: Paragraphs by section, in the order of the guide.
_SECTIONS = {
    "week": 4,
    "hotspot": 4,
    "kleuren": 2,
    "verwacht": 3,
    "signaal": 2,
    "vooruit": 3,
    "niet": 4,
    "privacy": 3,
    "contact": 1,
}
#: Sections on what is finer than a wijk, which not every reader sees.
_FINE = ("hotspot", "signaal", "vooruit")


def guide_page(site: Site) -> str:
    """Guide for readers of a week's pages.

    Parameters
    ----------
    site : Site
        What all pages share.

    Returns
    -------
    str
        HTML, complete in itself; portrait on paper.
    """
    t = site.texts
    sections = [
        {
            "key": key,
            "title": t(f"guide.{key}.title"),
            "texts": [_text(site, key, number) for number in range(1, paragraphs + 1)],
            "signs": _signs(t, key),
        }
        for key, paragraphs in _SECTIONS.items()
        if site.week.level.shows_areas or key not in _FINE
    ]
    return render_page(
        site,
        "guide.html.jinja",
        paper="portrait",
        title=t("guide.page_title", city=site.week.city_name),
        css=css_variables() + static("page.css"),
        sections=sections,
    )


def _text(site: Site, key: str, number: int) -> str:
    t = site.texts
    if key == "contact":
        return t("guide.contact.ask", contact=site.contact) if site.contact else t("guide.contact.none")
    if key == "privacy":
        return _privacy(site, number)
    return t(f"guide.{key}.p{number}", exposure=t.exposure())


def _privacy(site: Site, number: int) -> str:
    """What this very release shows."""
    t, limit, level = site.texts, site.week.small_count, site.week.level
    if number == 1:
        return t("guide.privacy.points") if level.shows_points else t("guide.privacy.areas")
    if number == 2:
        return t("guide.privacy.small", limit=limit) if limit > 1 else t("guide.privacy.all")
    return t("guide.privacy.p3") if level.shows_areas else t("guide.privacy.p3_public")


def _signs(t: Texts, section: str) -> list[dict[str, str]]:
    """Signs of the legend that a section explains."""
    if section == "kleuren":
        return [
            {"kind": f"level-{level}", "text": t(f"level.{level}")}
            for level in ("less", "usual", "more", "much_more", "unclear")
        ]
    if section == "hotspot":
        kinds = [
            ("area area-new", "new"),
            ("area area-kept", "kept"),
            ("area area-gone", "gone"),
            ("number", "number"),
        ]
        return [{"kind": kind, "text": t(f"legend.{name}")} for kind, name in kinds]
    if section == "signaal":
        return [{"kind": "signal", "text": t("layer.legend_signals")}]
    if section == "vooruit":
        return [
            {"kind": "ahead", "text": t("layer.legend_outlook")},
            {"kind": "repeat", "text": t("layer.legend_repeats")},
        ]
    return []
