"""Rows that the first page and the pages of the stadsdelen have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.release.suppress import SECRET
from genk_geo.render.maps.drawings import sparkline
from genk_geo.render.words.wording import count_text, range_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import AreaWeek, ReleasedTheme
    from genk_geo.render.pages.site import Site
    from genk_geo.render.words.texts import Texts


def counted_hotspots(active: Sequence[Hotspot], t: Texts) -> str:
    """Say how many hotspots there are and how many of them are new."""
    new = sum(spot.status == "new" for spot in active)
    text = t.plural("index.hotspots", len(active))
    return f"{text}, {t.plural('index.new', new)}" if new else text


def area_row(site: Site, theme: ReleasedTheme, area: AreaWeek | None, name: str) -> dict[str, Any]:
    """Count, expectation, comparison and sparkline of an area, in words.

    Parameters
    ----------
    site : Site
        What all pages share.
    theme : ReleasedTheme
        The theme.
    area : AreaWeek or None
        The area as it may be shown; None when nothing is known of it.
    name : str
        How the row calls it.

    Returns
    -------
    dict
        Texts by the names that the templates use.
    """
    t = site.texts
    silent = area is None or site.week.no_data or theme.missing
    level = "none" if area is None or silent else area.against_expected
    return {
        "name": name,
        "total": False,
        "observed": count_text(None if area is None or silent else area.observed, t),
        "range": t("count.unknown_range") if area is None or silent else range_text(area, t),
        "level": level,
        "level_text": t(f"level.{level}"),
        "spark": "" if area is None or silent else _spark(site, area),
        "last_year": count_text(None if area is None else area.last_year, t),
    }


def _spark(site: Site, area: AreaWeek) -> Any:
    """Sparkline, or words where every week is held back: then there is nothing to draw."""
    t = site.texts
    values = ", ".join(count_text(count, t) for count in area.trend)
    if area.trend and all(count.value is None for count in area.trend) and len({*area.trend}) == 1:
        if area.trend[0] == SECRET:
            return t("count.secret")
        key = "wijken.all_over" if area.trend[0].over else "wijken.all_small"
        return t(key, limit=area.trend[0].limit)
    return sparkline(area, t("wijken.spark", values=values)) if area.trend else ""
