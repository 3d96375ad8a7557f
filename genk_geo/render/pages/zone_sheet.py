"""A risk zone in words, and its sheet: why it is one, what can help, and the schouw to fill in on site."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from genk_geo.cpted.schouw import HIGHEST, LOWEST, checklist
from genk_geo.cpted.zones import qualities_of
from genk_geo.errors import ConfigError
from genk_geo.render.pages.self_contained import POLICY_MARK, static, with_policy
from genk_geo.render.pages.site import GUIDE, environment
from genk_geo.render.style import css_variables
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from genk_geo.results import Driver, Zone


def driver_text(driver: Driver, t: Texts) -> str:
    """A driver in words: ``binnen 100 m van bushaltes; RRV 2,3``."""
    absent = "absent_" if driver.absent else ""
    where = t(
        f"driver.{absent}{driver.rule}" if driver.kind == "value" else f"driver.{absent}{driver.kind}",
        label=driver.label,
        distance=t.number(driver.distance_m) if driver.kind != "value" else "",
    )
    return t("driver.text", where=where, rrv=t.number(driver.rrv, 1))


def zone_place(zone: Zone, t: Texts) -> str:
    """Where a zone is, by street and wijk."""
    streets = t.listed(zone.streets)
    return t("zone.place", streets=streets, wijk=zone.wijk) if streets and zone.wijk else streets or zone.wijk


def quality_text(quality: str, t: Texts) -> str:
    """Name of a CPTED quality."""
    return t(f"quality_name.{quality}")


def zone_file(zone: Zone) -> str:
    """Name of a zone's sheet."""
    return f"zone-{_slug(zone.zone_id)}.html"


def zone_row(zone: Zone, t: Texts) -> dict[str, Any]:
    """What the table of a stadsdeel shows of a zone."""
    return {
        "id": zone.zone_id,
        "number": zone.number,
        "place": zone_place(zone, t),
        "href": zone_file(zone),
        "drivers": [driver_text(driver, t) for driver in zone.drivers],
        "qualities": t.listed([quality_text(quality, t) for quality in qualities_of(zone)]),
        "hotspots": t.listed(zone.hotspots) or t("count.none"),
        "shares": zone.hotspots,
        "area": t("zone.hectare", area=t.number(zone.area_m2 / 10_000, 1)),
    }


def zone_card(zone: Zone, t: Texts) -> dict[str, Any]:
    """Content of a zone's popup, with the way to its sheet."""
    row = zone_row(zone, t)
    rows = [(t("environment.drivers"), text) for text in row["drivers"]]
    if row["qualities"]:
        rows.append((t("environment.qualities"), row["qualities"]))
    return {
        "title": t("zone.title", number=zone.number),
        "note": row["place"],
        "rows": rows,
        "link": (t("environment.sheet"), row["href"]),
    }


def zone_sheet(
    zone: Zone,
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
    zone : Zone
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
            place=zone_place(zone, texts),
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
                "file": _slug(zone.zone_id),
                "items": rows,
                "saved": texts("schouw.saved", file="{file}", answered="{answered}", items=len(rows)),
            },
        )
    )
    return with_policy(page)


def write_sheets(
    zones: Iterable[Zone],
    folder: Path,
    *,
    city: str,
    lang: str = "nl",
    demo: bool = False,
    items: pd.DataFrame | None = None,
) -> list[Path]:
    """Write a sheet for each zone into a folder.

    Parameters
    ----------
    zones : iterable of Zone
        Zones with different names.
    folder : pathlib.Path
        Made when absent.
    city, lang, demo, items
        As for :func:`zone_sheet`.

    Returns
    -------
    list of pathlib.Path
        ``zone-....html``.

    Raises
    ------
    ConfigError
        If two zones would share a file.
    """
    texts, listed = Texts(lang), list(zones)
    names = [zone_file(zone) for zone in listed]
    if len(set(names)) < len(names):
        raise ConfigError("Two zones have the same name; every zone needs one of its own.")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for zone, name in zip(listed, names, strict=True):
        page = zone_sheet(zone, texts, city=city, demo=demo, items=items)
        path = folder / name
        path.write_bytes(page.encode("utf-8"))
        paths.append(path)
    return paths


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"
