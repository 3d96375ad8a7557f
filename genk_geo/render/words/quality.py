"""How good the data behind a page is, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from genk_geo.render.pages.area_rows import shows_areas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genk_geo.render.pages.site import Site


def quality_rows(site: Site) -> list[dict[str, Any]]:
    """How good the data is: label and texts of each row."""
    t, quality, result = site.texts, site.week.quality, site.week.result

    def shares(key: str, values: dict[str, float]) -> list[str]:
        return [
            t(key, share=t.share(value), theme=t.theme(theme))
            for theme, value in values.items()
            if not math.isnan(value)
        ] or [t("quality.no_located")]

    rows: list[tuple[str, Iterable[str]]] = [
        ("located", shares("quality.located_text", quality.located_share)),
        ("late", shares("quality.late_text", quality.late_share)),
        # Counts of rows differ by a few from week to week: for analysts only.
        ("rows", [_rows_text(site)] if site.week.profile.level == "points" else []),
        ("bias", [t("quality.bias_text")]),
        ("boundary", [t("quality.boundary_indicative")] if result.boundary_note else []),
        ("grouping", [t("quality.grouping_assumed")] if result.grouping_note else []),
        ("method", [t(f"quality.method_{line}") for line in ((1, 2, 3) if shows_areas(site.week) else (3,))]),
        ("contact", [site.contact] if site.contact else []),
    ]
    return [{"label": t(f"quality.{key}"), "texts": list(texts)} for key, texts in rows if texts]


def _rows_text(site: Site) -> str:
    quality, t = site.week.quality, site.texts
    return t(
        "quality.rows_text",
        rows=t.number(quality.rows_in),
        incidents=t.number(quality.incidents),
        duplicates=t.number(quality.duplicates),
        rejects=t.number(quality.rejects),
    )
