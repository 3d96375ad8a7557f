"""How good the data behind a page is, in words."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genk_geo.release.values.week import ReleasedWeek, RowsRead
    from genk_geo.render.words.texts import Texts

#: A week of more than so many times the most that was expected is first of all a question about the data.
_UNLIKELY = 2


def quality_rows(week: ReleasedWeek, t: Texts, *, contact: str = "") -> list[dict[str, Any]]:
    """How good the data is: label and texts of each row."""

    def shares(key: str, values: dict[str, float]) -> list[str]:
        return [
            t(key, share=t.share(value), theme=t.theme(theme))
            for theme, value in values.items()
            if not math.isnan(value)
        ] or [t("quality.no_located")]

    quality, methods = week.quality, (1, 2, 3) if week.level.shows_areas else (3,)
    rows: list[tuple[str, Iterable[str]]] = [
        ("located", shares("quality.located_text", quality.located_share)),
        ("late", shares("quality.late_text", quality.late_share)),
        ("delivered", [*_delivered(week, t), *_unlikely(week, t)]),
        ("rows", [] if quality.rows is None else [_rows_text(quality.rows, t)]),
        ("bias", [t("quality.bias_text")]),
        ("boundary", [t("quality.boundary_indicative")] if week.boundary_note else []),
        ("grouping", [t("quality.grouping_assumed")] if week.grouping_note else []),
        ("method", [t(f"quality.method_{line}", exposure=t.exposure()) for line in methods]),
        ("contact", [contact] if contact else []),
    ]
    return [{"label": t(f"quality.{key}"), "texts": list(texts)} for key, texts in rows if texts]


def _delivered(week: ReleasedWeek, t: Texts) -> list[str]:
    """For an analist the files by source; for others the themes of which data is missing."""
    if not week.quality.delivered:
        missing = [t.theme(theme.theme) for theme in week.themes if theme.missing or week.no_data]
        return (
            [t("quality.delivered_not", themes=t.listed(missing))]
            if missing
            else [t("quality.delivered_all")]
        )
    told = []
    for one in week.quality.delivered:
        themes = t.listed([t.theme(theme) for theme in one.themes])
        told.append(t.plural("quality.delivered_files", one.received, expected=one.expected, themes=themes))
        told += [t("quality.delivered_broken", file=name) for name in one.broken]
        told += [t("quality.delivered_held", file=name) for name in one.held]
        told += [silent_text(one.expected, theme, day, t) for theme, day in one.silent.items()]
    return told


def _unlikely(week: ReleasedWeek, t: Texts) -> list[str]:
    """Themes that jumped so far that the data is doubted first; from what is told, so it tells no more."""
    return [
        t("quality.delivered_unlikely", theme=t.theme(theme.theme))
        for theme in week.themes
        if theme.city is not None
        and theme.city.high is not None
        and theme.city.observed.ends[0] > _UNLIKELY * max(theme.city.high, 1)
    ]


def silent_text(expected: str, theme: str, day: str, t: Texts) -> str:
    """Say until when a source tells of a theme.

    Parameters
    ----------
    expected : str
        Name of the file, or pattern of names.
    theme : str
        Key of the theme.
    day : str
        Last day (``2026-11-11``) that it tells of in the week; empty: none.
    t : Texts
        The reader's language.
    """
    told = {"expected": expected, "theme": t.theme(theme)}
    if not day:
        return t("quality.delivered_older", **told)
    return t("quality.delivered_until", **told, day=t.day(dt.date.fromisoformat(day)))


def _rows_text(rows: RowsRead, t: Texts) -> str:
    return t(
        "quality.rows_text",
        rows=t.number(rows.rows_in),
        incidents=t.number(rows.incidents),
        duplicates=t.number(rows.duplicates),
        rejects=t.number(rows.rejects),
    )
