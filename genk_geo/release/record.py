"""What one release has told: every count as the range of values that a reader must think possible.

The record stands as ``told.json`` beside the pages of each published week. It holds nothing but what the
pages say, so that it gives nothing away, and later weeks are checked together with it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from genk_geo.calendar import Week
    from genk_geo.release.suppress import Count
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import AreaWeek, ReleasedTheme, ReleasedWeek

#: A count as text: ``12``, ``0-4``, or ``5-`` for five or more.
Told = str
Record = dict[str, Any]


def record_of(week: ReleasedWeek) -> Record:
    """Write down what a release tells.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.

    Returns
    -------
    dict
        ``profile``, ``level``, ``limit``, ``week``, ``parents`` (wijk -> stadsdeel) and ``themes``: for each
        ``weeks`` (week -> kind of area -> name -> count) and ``hotspots`` (``shape``, ``wijk`` where it lies
        wholly in one, ``weeks`` of its window, ``observed``, ``this_week``). Counts as :data:`Told`.
    """
    wijken = week.wijken
    return {
        "profile": week.reader.profile,
        "level": str(week.level),
        "limit": week.small_count,
        "week": str(week.week),
        "parents": dict(zip(map(str, wijken["wijk"]), map(str, wijken["stadsdeel"]), strict=True)),
        "themes": {theme.theme: _theme(theme, week) for theme in week.themes},
    }


def _theme(theme: ReleasedTheme, week: ReleasedWeek) -> dict[str, Any]:
    kinds: dict[str, Iterable[AreaWeek]] = {
        "city": () if theme.city is None else (theme.city,),
        "stadsdelen": theme.stadsdelen.values(),
        "wijken": theme.wijken.values(),
    }
    weeks: dict[str, dict[str, dict[str, Told]]] = {}
    for kind, areas in kinds.items():
        for area in areas:
            for when, told in _told_of(area, week.week).items():
                weeks.setdefault(when, {}).setdefault(kind, {})[area.name] = told
    shapes = dict(zip(map(str, week.wijken["wijk"]), week.wijken.geometry, strict=True))
    return {"weeks": weeks, "hotspots": [_hotspot(spot, shapes) for spot in theme.hotspots]}


def _told_of(area: AreaWeek, week: Week) -> dict[str, Told]:
    last = len(area.trend) - 1
    told = {str(week.shift(at - last)): _told(count) for at, count in enumerate(area.trend)}
    if area.last_year is not None:
        told[str(week.a_year_before())] = _told(area.last_year)
    return told | {str(week): _with_level(area)}


def _told(count: Count) -> Told:
    if count.value is not None:
        return str(count.value)
    return f"{count.limit}-" if count.over else f"0-{count.limit - 1}"


def _with_level(area: AreaWeek) -> Told:
    """A count with what its level adds: "more than 0 to 2" and "below 5" is 3 or 4."""
    told = _told(area.observed)
    if area.observed.value is not None or area.low is None or area.high is None:
        return told
    low, high = limits(told)
    more = {"more": (area.high + 1, None), "usual": (area.low, area.high), "less": (0, area.low - 1)}
    least, most = more.get(area.level, (0, None))
    low = max(low, least)
    ends = [end for end in (high, most) if end is not None]
    return f"{low}-{min(ends)}" if ends else f"{low}-"


def limits(told: Told) -> tuple[int, int | None]:
    """Lowest and highest possible value of a count that was told; None: no highest."""
    low, dash, high = told.partition("-")
    if not dash:
        return int(low), int(low)
    return int(low), int(high) if high else None


def _hotspot(spot: Hotspot, wijken: Mapping[str, Any]) -> dict[str, Any]:
    inside = wijken.get(spot.wijk)
    whole = inside is not None and bool(shapely.covers(inside, spot.geometry))
    return {
        "shape": shape_of(spot),
        "wijk": spot.wijk if whole else "",
        "weeks": spot.weeks,
        "observed": _told(spot.observed),
        "this_week": _told(spot.this_week),
    }


def shape_of(spot: Hotspot) -> str:
    """Name of an outline: two hotspots of the same ground have the same."""
    return hashlib.sha256(shapely.to_wkb(shapely.normalize(spot.geometry))).hexdigest()[:12]
