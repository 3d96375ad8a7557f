"""Monday's list as a page, for the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.render.pages.self_contained import static
from genk_geo.render.pages.site import finished_page
from genk_geo.render.style import css_variables
from genk_geo.render.words.operator.monday import title_of, todo_lines, told_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.calendar import Week
    from genk_geo.release.values.monday import MondayList
    from genk_geo.render.words.texts import Texts


def monday_page(told: MondayList, texts: Texts, *, first_page: str = "") -> str:
    """Page of a list.

    Parameters
    ----------
    told : MondayList
        What the run found.
    texts : Texts
        The reader's language.
    first_page : str
        Link to the pages of the week; empty where there are none beside it.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    return finished_page(
        "monday.html.jinja",
        texts,
        paper="portrait",
        css=css_variables() + static("page.css"),
        title=title_of(told, texts),
        made=texts("monday.made", moment=texts.moment(told.made)),
        todo=todo_lines(told, texts),
        known=told_lines(told, texts),
        first_page=first_page,
        footer=texts("monday.for_operators"),
        attribution="",
        demo=told.demo,
    )


def weeks_page(weeks: Sequence[Week], texts: Texts, *, demo: bool) -> str:
    """Page that leads to the newest week of a release and to those before it; it says nothing of them.

    Parameters
    ----------
    weeks : sequence of Week
        Those that stand beside it, oldest first; at least one.
    texts : Texts
        The reader's language.
    demo : bool
        Whether the incidents are fictitious.

    Returns
    -------
    str
        HTML, complete in itself.
    """
    rows = [
        {"href": f"{week}/index.html", "name": texts.week(week), "days": texts.dates(week)}
        for week in reversed(weeks)
    ]
    return finished_page(
        "weeks.html.jinja",
        texts,
        paper="portrait",
        css=css_variables() + static("page.css"),
        title=texts("monday.weeks_title"),
        newest=rows[0],
        older=rows[1:],
        footer=texts("monday.weeks_footer"),
        attribution="",
        demo=demo,
    )
