"""Hotspots, their cells and the density, as a reader may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.release.identities import in_shown_order
from genk_geo.release.outlines import coarse_density
from genk_geo.release.suppress import SECRET, Count, small
from genk_geo.release.table_values import about, hours, number, street_names, text, weekdays, whole
from genk_geo.release.thresholds import TIMES
from genk_geo.release.values.findings import Hotspot
from genk_geo.release.values.week import ReleasedDensity

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.release.identities import Names
    from genk_geo.release.outlines import Outlines
    from genk_geo.results import ThemeWeek


def release_hotspots(
    found: ThemeWeek, limit: int, outlines: Outlines | None, names: Names
) -> tuple[Hotspot, ...]:
    """Hotspots by rank, those that are gone last; none of their figures tells a count below the limit."""
    rows = (_hotspot(row, found, limit, outlines, names) for row in found.areas.to_dict("records"))
    if names.secret is not None:
        return in_shown_order(rows)
    return tuple(sorted(rows, key=lambda area: (area.number == 0, area.number, area.hotspot_id)))


def _hotspot(
    row: dict[str, Any], found: ThemeWeek, limit: int, outlines: Outlines | None, names: Names
) -> Hotspot:
    observed = small(int(row["observed"]), limit)
    secret = observed.value is None
    peak_from, peak_to = (None, None) if secret else hours(row.get("peak_from"), row.get("peak_to"))
    ground = None if outlines is None else outlines.of(row["geometry"], found.points)
    return Hotspot(
        hotspot_id=names(found.theme, str(row["hotspot_id"])),
        theme=found.theme,
        number=whole(row.get("number")) or 0,
        status=str(row["status"]),
        since=str(row["since"]),
        streets=street_names(row.get("place")) if ground is None else ground.streets,
        wijk=text(row.get("wijk")) if ground is None else ground.wijk,
        stadsdeel=text(row.get("stadsdeel")) if ground is None else ground.stadsdeel,
        hotspot_class=str(row["hotspot_class"]),
        weeks=found.window.weeks,
        # Beside the counts of its wijk and the window that shifts by a week, "few" would soon be a number.
        this_week=Count(int(row["this_week"])) if limit < 2 else SECRET,
        observed=observed,
        reports=whole(row.get("reports")) if names.secret is None else None,
        expected=None if secret else about(row["expected"], limit),
        peak_days=() if secret else weekdays(row.get("peak_days")),
        peak_from=peak_from,
        peak_to=peak_to,
        pattern=text(row.get("pattern")) or "none",
        times=None if secret else _times(row.get("risk_low"), limit),
        area_m2=float(row["area_m2"] if ground is None else ground.geometry.area),
        geometry=row["geometry"] if ground is None else ground.geometry,
        steady=whole(row.get("steady")) if names.secret is None else None,
    )


def _times(risk_low: Any, limit: int) -> int | None:
    """Whole number of times; below 2 it says nothing, and far above it only says how little is expected.

    Beside the count it says what was expected: no finer than :func:`about` does.
    """
    risk = number(risk_low)
    if risk is None or risk < min(TIMES):
        return None
    return min(int(risk), max(TIMES)) if limit < 2 else max(times for times in TIMES if times <= risk)


def release_density(found: ThemeWeek, limit: int, outlines: Outlines | None) -> ReleasedDensity | None:
    """Density of incidents spread over their blocks, where enough of them are near.

    The plain surface around a few incidents at one door is a disc with that door in its middle.
    """
    density = found.density
    if density is not None and outlines is not None:
        density = None if found.points is None else coarse_density(density, found.points, outlines, limit)
    return None if density is None else ReleasedDensity(density.values, density.extent, density.cell_m)


def release_cells(found: ThemeWeek, limit: int, *, exact: bool) -> gpd.GeoDataFrame:
    """Hot and cold cells; figures are for an analist, and empty where a small count follows from them."""
    columns = ["cell_id", "theme", "period", "hotspot_class"]
    figures = [name for name in ("observed", "expected", "relative_risk") if name in found.hotspots]
    cells = found.hotspots[[*columns, *figures, found.hotspots.geometry.name]].copy()
    if figures:
        cells[figures] = cells[figures].astype(float).where((cells["observed"] >= limit) & exact)
    return cells
