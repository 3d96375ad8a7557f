"""What all pages of a week share: their names, their frame and the links between weeks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import jinja2

from genk_geo.render.file_names import GUIDE, stadsdeel_pages
from genk_geo.render.pages.self_contained import POLICY_MARK, stable_ids, static, with_policy

if TYPE_CHECKING:
    from genk_geo.calendar import Week
    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.release.values.week import ReleasedWeek
    from genk_geo.release.values.week_maps import MapWeek
    from genk_geo.render.words.texts import Texts

_MARGIN_MM = 10
_A4_MM = (297, 210)


def _paper_mm(paper: str) -> tuple[int, int]:
    """Width and height of A4 between its margins, by how it is held."""
    wide, high = (side - 2 * _MARGIN_MM for side in _A4_MM)
    return (wide, high) if paper == "landscape" else (high, wide)


@dataclass(frozen=True)
class Site:
    """What all pages of a week have in common.

    Attributes
    ----------
    week : ReleasedWeek
        The week as it is shown.
    texts : Texts
        The reader's language.
    tiles : str
        Base map: ``grb``, ``osm`` or ``none``.
    contact : str
        Whom to ask.
    other_weeks : tuple of Week
        Weeks that have pages beside these.
    also : tuple of (str, str)
        Other pages on the whole city that stand beside these: file and what readers call it.
    backdrop : Backdrop or None
        What lies under the maps, the same for every week and reader.
    map_weeks : tuple of MapWeek
        Weeks that the maps go through, oldest first, that of the page last; empty where there is no other.
    """

    week: ReleasedWeek
    texts: Texts
    tiles: str
    contact: str
    other_weeks: tuple[Week, ...]
    also: tuple[tuple[str, str], ...] = ()
    backdrop: Backdrop | None = None
    map_weeks: tuple[MapWeek, ...] = ()

    @property
    def stadsdelen(self) -> list[str]:
        """Names, in the order of the city."""
        return [str(name) for name in self.week.stadsdelen["stadsdeel"]]

    @property
    def again(self) -> str:
        """What a page says once it was made again; empty for analysts, who see what is known now."""
        return "" if self.week.level.shows_points else self.texts("page.again")

    @cached_property
    def pages(self) -> dict[str, str]:
        """File name of each stadsdeel's page."""
        return stadsdeel_pages(self.stadsdelen)


def render_page(
    site: Site,
    template: str,
    *,
    paper: str = "landscape",
    one_sheet: bool = False,
    image_hosts: tuple[str, ...] = (),
    **values: Any,
) -> str:
    """Put values into a template, with what every page shows, and close the page off.

    Parameters
    ----------
    site : Site
        What all pages share.
    template : str
        File name of the template.
    paper : str, default "landscape"
        How A4 is held: ``landscape`` or ``portrait``.
    one_sheet : bool, default False
        Whether the page is made smaller on paper, within limits, until it fits one sheet.
    image_hosts : tuple of str
        Origins that the page may fetch pictures from.
    **values
        What the template needs besides.

    Returns
    -------
    str
        HTML with stable identifiers and its Content-Security-Policy.
    """
    week, t = site.week, site.texts
    return finished_page(
        template,
        t,
        paper=paper,
        one_sheet=one_sheet,
        image_hosts=image_hosts,
        demo=week.demo,
        city=week.city_name,
        week=week_text(site),
        days=t.dates(week.week),
        as_of=t("page.as_of", moment=t.moment(week.as_of)),
        attribution=week.attribution,
        footer=t("page.footer_points" if week.level.shows_points else "page.footer"),
        no_data=week.no_data,
        small_count=week.small_count,
        guide=GUIDE,
        also=[{"href": file, "name": name} for file, name in site.also],
        **values,
    )


def finished_page(
    template: str,
    texts: Texts,
    *,
    paper: str = "landscape",
    one_sheet: bool = False,
    image_hosts: tuple[str, ...] = (),
    **values: Any,
) -> str:
    """Put values into a template of any page, of a week or not, and close it off.

    Parameters
    ----------
    template : str
        File name of the template.
    texts : Texts
        The reader's language; ``t`` in the template.
    paper, one_sheet, image_hosts
        As for :func:`render_page`.
    **values
        What the template needs besides.

    Returns
    -------
    str
        HTML with stable identifiers and its Content-Security-Policy.
    """
    page = (
        environment()
        .get_template(template)
        .render(
            t=texts,
            policy_mark=POLICY_MARK,
            script=static("page.js"),
            paper_css=_paper_css(paper),
            paper_px=[int(mm / 25.4 * 96) for mm in _paper_mm(paper)],
            one_sheet=one_sheet,
            **values,
        )
    )
    return with_policy(stable_ids(page), image_hosts=image_hosts)


def _paper_css(paper: str) -> str:
    """The style sheet of paper, with the size of the sheet."""
    page = f"@page{{size:A4 {paper};margin:{_MARGIN_MM}mm}}:root{{--sheet:{_paper_mm(paper)[0]}mm}}"
    return page + static("paper.css")


@cache
def environment() -> jinja2.Environment:
    """The templates, every value escaped."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("genk_geo.render"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def week_text(site: Site) -> str:
    """Week of the page, without its year: that stands in the dates beside it."""
    return site.texts("date.week", number=site.week.week.number)


def week_links(site: Site, page: str) -> dict[str, Any]:
    """Links to the week before and after, where these exist."""
    this = site.week.week
    earlier = [week for week in site.other_weeks if week < this]
    later = [week for week in site.other_weeks if week > this]

    def link(week: Week) -> dict[str, str]:
        return {"href": f"../{week}/{page}", "name": site.texts.week(week, beside=this)}

    return {
        "previous": link(max(earlier)) if earlier else None,
        "next": link(min(later)) if later else None,
    }
