"""Risk zones in words: where one is, what drives it, and its row in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.cpted.zones import qualities_of
from genk_geo.render.file_names import zone_page
from genk_geo.render.words.wording import place_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.environment import ReleasedDriver, ReleasedZone
    from genk_geo.render.words.texts import Texts


def driver_text(driver: ReleasedDriver, t: Texts) -> str:
    """A driver in words: ``binnen 100 m van bushaltes; RRV 2,3``."""
    absent = "absent_" if driver.absent else ""
    where = t(
        f"driver.{absent}{driver.rule}" if driver.kind == "value" else f"driver.{absent}{driver.kind}",
        label=driver.label,
        distance=t.number(driver.distance_m) if driver.kind != "value" else "",
    )
    return t("driver.text", where=where, rrv=t.number(driver.rrv, 1))


def quality_text(quality: str, t: Texts) -> str:
    """Name of a CPTED quality."""
    return t(f"quality_name.{quality}")


def zone_row(zone: ReleasedZone, hotspots: Sequence[str], t: Texts) -> dict[str, Any]:
    """What the table of a stadsdeel shows of a zone, with its popup as ``card``.

    Parameters
    ----------
    zone : ReleasedZone
        The zone.
    hotspots : sequence of str
        Hotspots that it shares ground with, by what the map and the tables call them.
    t : Texts
        The reader's language.

    Returns
    -------
    dict
        Texts by the names that the templates use.
    """
    drivers = [driver_text(driver, t) for driver in zone.drivers]
    qualities = t.listed([quality_text(quality, t) for quality in qualities_of(zone)])
    place, page = place_text(zone, t), zone_page(zone.zone_id)
    rows = [(t("environment.drivers"), text) for text in drivers]
    if qualities:
        rows.append((t("environment.qualities"), qualities))
    return {
        "id": zone.zone_id,
        "number": zone.number,
        "place": place,
        "href": page,
        "drivers": drivers,
        "qualities": qualities,
        "touches": t.listed(hotspots),
        "area": t("zone.hectare", area=t.number(zone.area_m2 / 10_000, 1)),
        "card": {
            "title": t("zone.title", number=zone.number),
            "note": place,
            "rows": rows,
            "link": (t("environment.sheet"), page),
        },
    }
