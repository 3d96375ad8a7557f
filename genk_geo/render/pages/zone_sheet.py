"""The sheet of a risk zone: why it is one, what can help, and the schouw to fill in on site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.cpted.schouw import HIGHEST, LOWEST, checklist
from genk_geo.render.file_names import GUIDE, slug
from genk_geo.render.pages.self_contained import POLICY_MARK, static, with_policy
from genk_geo.render.pages.site import environment
from genk_geo.render.style import css_variables
from genk_geo.render.words.wording import place_text
from genk_geo.render.words.zones import driver_text, quality_text

if TYPE_CHECKING:
    import pandas as pd

    from genk_geo.release.values.environment import ReleasedZone
    from genk_geo.render.words.texts import Texts


def zone_sheet(
    zone: ReleasedZone,
    texts: Texts,
    *,
    city: str,
    demo: bool = False,
    week_page: str = "",
    items: pd.DataFrame | None = None,
) -> str:
    """Sheet of a zone with the form of the schouw: prints, fills in and saves without any connection.

    Parameters
    ----------
    zone : ReleasedZone
        The zone.
    texts : Texts
        The reader's language.
    city : str
        Name of the city.
    demo : bool
        True marks the sheet as fictitious.
    week_page : str
        Page of its stadsdeel beside it; empty: none.
    items : pandas.DataFrame, optional
        Another checklist.

    Returns
    -------
    str
        HTML, complete in itself; its policy allows its own script and style and no request.
    """
    asked = checklist() if items is None else items
    rows = [{"item": str(item), **row} for item, row in asked.to_dict("index").items()]
    page = (
        environment()
        .get_template("schouw.html.jinja")
        .render(
            t=texts,
            policy_mark=POLICY_MARK,
            css=css_variables() + static("page.css") + static("schouw.css"),
            script=static("schouw.js"),
            demo=demo,
            city=city,
            theme=texts.theme(zone.theme),
            title=texts("zone.title", number=zone.number),
            place=place_text(zone, texts),
            stadsdeel=zone.stadsdeel,
            week_page=week_page,
            guide=GUIDE,
            drivers=[
                {
                    "text": driver_text(driver, texts),
                    "quality": quality_text(driver.quality, texts) if driver.quality else "",
                }
                for driver in zone.drivers
            ],
            advice=zone.advice,
            measures=[{"link": texts(f"chain.{link}"), "texts": listed} for link, listed in zone.measures],
            hotspots=texts("zone.hotspots", hotspots=texts.listed(zone.hotspots)) if zone.hotspots else "",
            qualities=[
                {"name": quality_text(name, texts), "asked": [row for row in rows if row["quality"] == name]}
                for name in dict.fromkeys(row["quality"] for row in rows)
            ],
            scores=list(range(LOWEST, HIGHEST + 1)),
            words={
                "zone_id": zone.zone_id,
                "file": slug(zone.zone_id),
                "items": rows,
                "saved": texts("schouw.saved", file="{file}", answered="{answered}", items=len(rows)),
            },
        )
    )
    return with_policy(page)
