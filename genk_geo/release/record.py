"""What one release has told: every count as the range of values that a reader must think possible.

The record stands as ``told.json`` beside the pages of each published week. It holds nothing but what the
pages say, so that it gives nothing away, and later weeks are checked together with it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import shapely

from genk_geo.release.retold import figures_of
from genk_geo.release.told import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from genk_geo.release.told import Record
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import AreaWeek, ReleasedTheme, ReleasedWeek


def record_of(week: ReleasedWeek) -> Record:
    """Write down what a release tells.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.

    Returns
    -------
    dict
        To which the check adds ``shown``, digests with which a page that is made again is compared;
        ``profile``, ``level``, ``limit``, ``week``, ``parents`` (wijk -> stadsdeel), ``blocks`` (fingerprint
        of what outlines are drawn in), ``min_addresses`` (of the blocks), ``figures`` (see
        :mod:`genk_geo.release.retold`), ``traffic`` (the accidents of each year) and ``themes``: for each
        ``weeks`` (week -> kind of area -> name -> count), ``beside`` (week -> area -> incidents that are in
        none of its parts), ``judged`` (kind -> name -> expected from, to, level, alert) and ``hotspots``
        (``shape``, ``wijken`` that it lies wholly in, ``apart`` from all others, ``weeks`` of its window,
        ``observed``, ``this_week``). Counts as :data:`genk_geo.release.told.Text`.
    """
    wijken = week.wijken
    return {
        "profile": week.reader.profile,
        "level": str(week.level),
        "limit": week.small_count,
        "week": str(week.week),
        "parents": dict(zip(map(str, wijken["wijk"]), map(str, wijken["stadsdeel"]), strict=True)),
        "blocks": week.blocks,
        "min_addresses": week.reader.min_addresses,
        "figures": figures_of(week),
        "themes": {theme.theme: _theme(theme, week) for theme in week.themes},
        "traffic": {}
        if week.traffic is None
        else {str(year): table.record() for year, table in week.traffic.by_year.items()},
    }


def _theme(theme: ReleasedTheme, week: ReleasedWeek) -> dict[str, Any]:
    # Of what never came in nothing is told, so that it can be told once it is there.
    silent = {str(week.week)} if theme.missing or week.no_data else set()
    tables = {when: table for when, table in theme.tables.items() if when not in silent}
    shapes = dict(zip(map(str, week.wijken["wijk"]), week.wijken.geometry, strict=True))
    kinds: dict[str, Iterable[AreaWeek]] = {
        "city": () if theme.city is None else (theme.city,),
        "stadsdelen": theme.stadsdelen.values(),
        "wijken": theme.wijken.values(),
    }
    return {
        "weeks": {
            when: {
                kind: {name: text_of(count) for name, count in getattr(table, kind).items()}
                for kind in kinds
                if getattr(table, kind)
            }
            for when, table in tables.items()
        },
        "beside": {when: table.beside for when, table in tables.items()},
        "hotspots": [_hotspot(spot, theme.hotspots, shapes) for spot in theme.hotspots],
    } | (
        {}
        if silent
        else {
            "judged": {
                kind: {area.name: [area.low, area.high, area.level, area.alert] for area in areas}
                for kind, areas in kinds.items()
            }
        }
    )


def _hotspot(spot: Hotspot, others: Iterable[Hotspot], wijken: Mapping[str, Any]) -> dict[str, Any]:
    touched = [name for name, shape in wijken.items() if shape.intersection(spot.geometry).area > 0]
    whole = shapely.union_all([wijken[name] for name in touched]).covers(spot.geometry) if touched else False
    return {
        "shape": shape_of(spot),
        # The wijken that hold it, where they hold it wholly.
        "wijken": touched if whole else [],
        "apart": all(
            other is spot or spot.geometry.intersection(other.geometry).area == 0 for other in others
        ),
        "weeks": spot.weeks,
        "observed": text_of(spot.observed),
        "this_week": text_of(spot.this_week),
    }


def shape_of(spot: Hotspot) -> str:
    """Name of an outline: two hotspots of the same ground have the same."""
    return hashlib.sha256(shapely.to_wkb(shapely.normalize(spot.geometry))).hexdigest()[:12]
