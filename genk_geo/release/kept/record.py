"""What one release has told: every count as the range of values that a reader must think possible.

The record stands as ``told.json`` beside the pages of each published week. It holds nothing but what the
pages say, so that it gives nothing away, and later weeks are checked together with it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import shapely

from genk_geo.calendar import Week
from genk_geo.release.identities import is_gone
from genk_geo.release.retold import figures_of
from genk_geo.release.suppress import SECRET
from genk_geo.release.told import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.told import Record
    from genk_geo.release.values.dossiers import ReleasedDossier
    from genk_geo.release.values.effect import ReleasedEffect
    from genk_geo.release.values.findings import AttentionPlace, Hotspot, Signal
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
        :mod:`genk_geo.release.retold`), ``traffic`` (the accidents of each year), ``dossiers`` (where they
        are kept: number -> place and state) and ``themes``: for each
        ``weeks`` (week -> kind of area -> name -> count), ``beside`` (week -> area -> incidents that are in
        none of its parts), ``judged`` (kind -> name -> expected from, to, level, alert) and ``hotspots``
        (``shape``, its ``box``, the wijken that it has ``touched``, ``wijken`` that it lies wholly in,
        ``apart`` from all others, ``weeks`` of its window, ``observed``, ``this_week``) and ``signals`` (the
        same of those that are told to be large, over the weeks that they touch) and ``effects``
        (of measures with a verdict: the ``wijken`` that hold their place, ``since`` when, and how many came
        at ``least``) and ``attention`` (``shape``,
        ``box``, ``touched``, and ``weeks`` before ``until`` that count, that week included). Counts as
        :data:`genk_geo.release.told.Text`.
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
    } | ({} if week.dossiers is None else {"dossiers": {one.number: _told_of(one) for one in week.dossiers}})


def _told_of(one: ReleasedDossier) -> dict[str, Any]:
    """Where a dossier was told to be, and in what state: what a later page says of it when it is quiet."""
    return {
        "state": one.state,
        "state_since": one.state_since.isoformat(),
        "since": one.since,
        "streets": list(one.streets),
        "wijk": one.wijk,
        "stadsdeel": one.stadsdeel,
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
        "attention": [_attention(place, theme, shapes) for place in theme.attention or ()],
        # Of a part that is small nothing follows for the whole.
        "signals": [
            _signal(one, week.week, shapes)
            for one in theme.signals or ()
            if one.observed.value is not None or one.observed.ends[0]
        ],
        "effects": [
            _effect(one)
            for dossier in week.dossiers or ()
            for one in dossier.effects
            if one.least and dossier.theme == theme.theme
        ],
    } | (
        {}
        if silent
        else {
            "judged": {
                kind: {area.name: [area.low, area.high, area.against_expected, area.alert] for area in areas}
                for kind, areas in kinds.items()
            }
        }
    )


def _hotspot(spot: Hotspot, others: Iterable[Hotspot], wijken: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "shape": shape_of(spot),
        "box": list(box_of(spot)),
        "touched": touched_by(spot.geometry, wijken),
        "wijken": _holding(spot.geometry, wijken),
        "apart": all(other is spot or _share_nothing(spot, other) for other in others),
        "weeks": spot.weeks,
        "observed": text_of(spot.observed),
        "this_week": text_of(spot.this_week),
    }


def _share_nothing(one: Hotspot, other: Hotspot) -> bool:
    """Hotspots share no incident, also where they are drawn in the same blocks; one that is gone may."""
    return not (is_gone(one) or is_gone(other)) or one.geometry.intersection(other.geometry).area == 0


def _signal(signal: Signal, week: Week, wijken: Mapping[str, Any]) -> dict[str, Any]:
    """Of the incidents since its first day: in the whole weeks since then there are no fewer."""
    return {
        "shape": f"{shape_of(signal)}/{signal.since}",
        "wijken": _holding(signal.geometry, wijken),
        "apart": False,
        "weeks": week.minus(Week.from_day(signal.since)) + 1,
        "observed": text_of(signal.observed),
        "this_week": text_of(SECRET),
    }


def _effect(one: ReleasedEffect) -> dict[str, Any]:
    """Of what came since a measure began: no fewer than a verdict on it says."""
    return {
        "of": f"{one.dossier}/{one.start}",
        "wijken": list(one.wijken),
        "since": str(Week.from_day(one.start)),
        "least": one.least,
    }


def _attention(place: AttentionPlace, theme: ReleasedTheme, wijken: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "shape": shape_of(place),
        "box": list(box_of(place)),
        "touched": touched_by(place.geometry, wijken),
        "until": str(theme.window.first.shift(-1)),
        "weeks": place.past,
    }


def _holding(outline: BaseGeometry, wijken: Mapping[str, Any]) -> list[str]:
    """The wijken that hold an outline, where they hold it wholly."""
    touched = touched_by(outline, wijken)
    whole = bool(touched) and shapely.union_all([wijken[name] for name in touched]).covers(outline)
    return touched if whole else []


def touched_by(outline: BaseGeometry, wijken: Mapping[str, Any]) -> list[str]:
    """The wijken that an outline shares ground with."""
    return [name for name, shape in wijken.items() if shape.intersection(outline).area > 0]


def box_of(spot: Hotspot | AttentionPlace) -> tuple[float, float, float, float]:
    """West, south, east and north of an outline, in whole metres."""
    west, south, east, north = (float(round(edge)) for edge in spot.geometry.bounds)
    return west, south, east, north


def shape_of(spot: Hotspot | Signal | AttentionPlace) -> str:
    """Name of an outline: two hotspots of the same ground have the same."""
    return hashlib.sha256(shapely.to_wkb(shapely.normalize(spot.geometry))).hexdigest()[:12]
