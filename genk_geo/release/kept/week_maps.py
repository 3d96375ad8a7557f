"""The map of a week, kept beside its page as it was shown, so that later pages can go back to it.

A later page shows nothing of an earlier week but what stands in that file: no count is told anew, none is
worked out again, whatever came in since. Where it was not kept, or was made under other rules or within other
borders, the page says so instead.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import shapely
from shapely.errors import GEOSException

from genk_geo.calendar import Week
from genk_geo.errors import GenkGeoError
from genk_geo.release.told import count_of, text_of
from genk_geo.release.values.week import AreaWeek
from genk_geo.release.values.week_maps import MapSpot, MapWeek, ThemeMap, WeekMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedTheme, ReleasedWeek

#: So many weeks a map goes back to, that of the page included.
WEEKS_BACK = 26
#: How the file is written; one that is written otherwise counts as not kept.
_FORM = 1
#: Outlines are kept to the centimetre, as the layers for a GIS have them.
_DECIMALS = 2


def map_of(week: ReleasedWeek) -> WeekMap:
    """What the map of a week shows.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.

    Returns
    -------
    WeekMap
    """
    return WeekMap(
        week=week.week,
        rules=_rules(week),
        borders=_borders(week.wijken),
        themes={theme.theme: _theme(theme, silent=week.no_data) for theme in week.themes},
    )


def kept_text(shown: WeekMap) -> str:
    """The file that is kept of a map.

    Parameters
    ----------
    shown : WeekMap
        From :func:`map_of`.

    Returns
    -------
    str
        JSON, the same for the same map. Counts as :data:`genk_geo.release.told.Text`.
    """
    facts = {
        "form": _FORM,
        "week": str(shown.week),
        "rules": shown.rules,
        "borders": shown.borders,
        "themes": {
            name: {
                "missing": theme.missing,
                "too_few": theme.too_few,
                "stadsdelen": {name: _told(area) for name, area in theme.stadsdelen.items()},
                "wijken": {name: _told(area) for name, area in theme.wijken.items()},
                "hotspots": [_spot_told(spot) for spot in theme.hotspots],
            }
            for name, theme in shown.themes.items()
        },
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n"


def from_kept(text: str) -> WeekMap | None:
    """The map that was kept in a file; None where it is written in a form of another version.

    Parameters
    ----------
    text : str
        From :func:`kept_text`.

    Returns
    -------
    WeekMap or None

    Raises
    ------
    ValueError
        If the text is no map, or says what no map of that reader can.
    """
    try:
        facts = json.loads(text, parse_constant=_no_number)
        if facts["form"] != _FORM:
            return None
        found = _map(facts)
    except (KeyError, TypeError, AttributeError, RecursionError, GenkGeoError, GEOSException) as error:
        raise ValueError(f"{type(error).__name__}: {str(error)[:80]}") from error
    # What reads back otherwise than it was written was not written here: other types, names or numbers.
    if kept_text(found) != text:
        raise ValueError("not as a map is written")
    return found


def _no_number(told: str) -> float:
    raise ValueError(f"{told} is no number")


def _map(facts: Mapping[str, Any]) -> WeekMap:
    return WeekMap(
        week=Week.parse(facts["week"]),
        rules=facts["rules"],
        borders=facts["borders"],
        themes={
            name: ThemeMap(
                missing=theme["missing"],
                too_few=theme["too_few"],
                stadsdelen=_areas(theme["stadsdelen"]),
                wijken=_areas(theme["wijken"]),
                hotspots=tuple(map(_spot, theme["hotspots"])),
            )
            for name, theme in facts["themes"].items()
        },
    )


def map_weeks(week: ReleasedWeek, kept: Mapping[Week, WeekMap | None]) -> tuple[MapWeek, ...]:
    """Weeks that the map of a page goes through, oldest first.

    Parameters
    ----------
    week : ReleasedWeek
        The week of the page, as it is shown.
    kept : mapping of Week to WeekMap or None
        Weeks that have a page for the same readers; None where its map was not kept.

    Returns
    -------
    tuple of MapWeek
        Every week from the first one with a page, within :data:`WEEKS_BACK`, to that of the page. None where
        there is no earlier page.
    """
    own = map_of(week)
    back = [week.week.minus(other) for other in kept]
    first = max((weeks for weeks in back if 0 < weeks < WEEKS_BACK), default=0)
    earlier = [_earlier(own, week.week.shift(-weeks), kept) for weeks in range(first, 0, -1)]
    return (*earlier, MapWeek(week.week, own)) if earlier else ()


def _earlier(own: WeekMap, week: Week, kept: Mapping[Week, WeekMap | None]) -> MapWeek:
    shown = kept.get(week)
    if week not in kept:
        return MapWeek(week, None, "no_page")
    if shown is None:
        return MapWeek(week, None, "not_kept")
    if (shown.week, shown.rules, shown.borders) != (week, own.rules, own.borders):
        return MapWeek(week, None, "other_rules")
    return MapWeek(week, shown)


def _rules(week: ReleasedWeek) -> str:
    """For whom, below what counts are held back, of which blocks outlines are, and whether it is made up."""
    own = week.reader
    rules = f"{own.profile}/{week.level}/{week.small_count}/{own.min_addresses}/{week.blocks}"
    # Weeks of the demo in the same folder would pass for weeks of the city: the borders are the same.
    return f"{rules}/demo" if week.demo else rules


def _borders(wijken: gpd.GeoDataFrame) -> str:
    """Fingerprint of the wijken, by name, size and middle: where a ring begins makes no difference."""
    middle = wijken.geometry.centroid
    rows = zip(wijken["wijk"], wijken["stadsdeel"], wijken.area, middle.x, middle.y, strict=True)
    told = sorted(f"{wijk}\t{above}\t{size:.0f}\t{x:.0f}\t{y:.0f}" for wijk, above, size, x, y in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _theme(theme: ReleasedTheme, *, silent: bool) -> ThemeMap:
    missing = silent or theme.missing
    return ThemeMap(
        missing=missing,
        too_few=theme.too_few,
        stadsdelen={} if missing else _bare(theme.stadsdelen.values()),
        wijken={} if missing else _bare(theme.wijken.values()),
        hotspots=tuple(map(_on_map, theme.hotspots)),
    )


def _bare(areas: Iterable[AreaWeek]) -> dict[str, AreaWeek]:
    return _areas({area.name: _told(area) for area in areas})


def _told(area: AreaWeek) -> list[Any]:
    observed = text_of(area.observed)
    return [area.stadsdeel, observed, area.low, area.high, area.against_expected, area.alert]


def _areas(told: Mapping[str, list[Any]]) -> dict[str, AreaWeek]:
    return {
        name: AreaWeek(name, stadsdeel, count_of(observed), low, high, None, (), level, alert)
        for name, (stadsdeel, observed, low, high, level, alert) in told.items()
    }


def _on_map(spot: Hotspot) -> MapSpot:
    outline = shapely.normalize(shapely.from_wkt(_outline(spot.geometry)))
    return MapSpot(
        spot.hotspot_id, spot.number, spot.status, spot.since, spot.streets, spot.wijk, spot.stadsdeel,
        spot.weeks, spot.observed, outline,
    )  # fmt: skip


def _outline(shape: BaseGeometry) -> str:
    return str(shapely.to_wkt(shape, rounding_precision=_DECIMALS))


def _spot_told(spot: MapSpot) -> dict[str, Any]:
    return {
        "id": spot.hotspot_id,
        "number": spot.number,
        "status": spot.status,
        "since": spot.since,
        "streets": list(spot.streets),
        "wijk": spot.wijk,
        "stadsdeel": spot.stadsdeel,
        "weeks": spot.weeks,
        "observed": text_of(spot.observed),
        "outline": _outline(spot.geometry),
    }


def _spot(told: Mapping[str, Any]) -> MapSpot:
    return MapSpot(
        told["id"], told["number"], told["status"], told["since"], tuple(told["streets"]), told["wijk"],
        told["stadsdeel"], told["weeks"], count_of(told["observed"]), shapely.from_wkt(told["outline"]),
    )  # fmt: skip
