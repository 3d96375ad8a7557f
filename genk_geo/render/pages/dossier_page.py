"""The page "Aanpak": what was agreed in a stadsdeel or the city, what was done, what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.file_names import DOSSIERS, MEETING, slug
from genk_geo.render.pages.self_contained import static
from genk_geo.render.pages.site import render_page, week_links, week_text
from genk_geo.render.style import css_variables
from genk_geo.render.words.measures.dossiers import brief_of, dossier_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.dossiers import ReleasedDossier
    from genk_geo.render.pages.site import Site


def dossier_pages(site: Site) -> dict[str, str]:
    """The page of the city and the sheet for the meeting.

    Parameters
    ----------
    site : Site
        What all pages share.

    Returns
    -------
    dict of str to str
        File name -> HTML; nothing where no dossiers are kept.
    """
    dossiers = site.week.dossiers
    if dossiers is None:
        return {}
    return {
        DOSSIERS: _page(site, dossiers, meeting=False),
        MEETING: _page(site, [one for one in dossiers if one.is_open], meeting=True),
    }


def _page(site: Site, dossiers: Sequence[ReleasedDossier], *, meeting: bool) -> str:
    t, week = site.texts, site.week
    name = MEETING if meeting else DOSSIERS
    title = t("dossier.meeting_title" if meeting else "dossier.title")
    return render_page(
        site,
        "dossiers.html.jinja",
        paper="portrait",
        again=site.again,
        title=t("dossier.page_title", title=title, city=week.city_name, week=week_text(site)),
        css=css_variables() + static("page.css") + static("dossiers.css"),
        heading=title,
        meeting=meeting,
        meeting_page=MEETING,
        brief=brief_of(dossiers, t),
        groups=_groups(site, [one for one in dossiers if one.is_open]),
        closed=[] if meeting else [dossier_row(one, week, t) for one in dossiers if not one.is_open],
        shows_points=week.level.shows_points,
        **week_links(site, name),
    )


def _groups(site: Site, dossiers: Sequence[ReleasedDossier]) -> list[dict[str, Any]]:
    """Open dossiers by stadsdeel, in the order of the city; those of no stadsdeel last."""
    t = site.texts
    names = [*site.stadsdelen, ""]
    placed = {name: [one for one in dossiers if one.stadsdeel == name] for name in site.stadsdelen}
    placed[""] = [one for one in dossiers if one.stadsdeel not in site.stadsdelen]
    return [
        {
            "name": name or t("dossier.elsewhere"),
            "page": site.pages.get(name, ""),
            "key": f"aanpak-{slug(name or 'elders')}",
            "brief": brief_of(placed[name], t),
            "rows": [dossier_row(one, site.week, t) for one in placed[name]],
        }
        for name in names
        if placed[name] or name
    ]
