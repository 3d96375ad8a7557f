"""The page on traffic accidents in the whole city: map, dangerous points, stretches, schools, years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from genk_geo.release.traffic_release import STREET_LIMITS
from genk_geo.render.maps.accident_layers import count_text, place_text, traffic_layers
from genk_geo.render.maps.basemap import TILES, MapParts
from genk_geo.render.maps.city_map import city_map
from genk_geo.render.pages.self_contained import leaflet_css, leaflet_js, static
from genk_geo.render.pages.site import Site, render_page, week_links, week_text
from genk_geo.render.style import css_variables
from genk_geo.schema import CIRCUMSTANCE

if TYPE_CHECKING:
    from genk_geo.release.traffic_release import DangerousPoint, ReleasedTraffic
    from genk_geo.render.words.texts import Texts

#: File name of the page.
PAGE = "verkeer.html"
_MOST_SCHOOLS = 15
_MOST_STRETCHES = 12
_MOST_WATCHED = 12


def traffic_page(site: Site, traffic: ReleasedTraffic) -> str:
    """Page on the traffic accidents of the whole city.

    Parameters
    ----------
    site : Site
        What all pages share.
    traffic : ReleasedTraffic
        The accidents as they are shown.

    Returns
    -------
    str
        HTML, complete in itself, named :data:`PAGE`.
    """
    t = site.texts
    layers = traffic_layers(traffic, t)
    result, parts = site.week.result, MapParts("", "")
    if layers:
        label = t("traffic.map_label", city=result.city_name)
        parts = city_map(result.wijken, layers, tiles=site.tiles, label=label, texts=t)
    return render_page(
        site,
        "traffic.html.jinja",
        title=t("traffic.page_title", city=site.week.result.city_name, week=week_text(site)),
        css=css_variables() + leaflet_css() + static("page.css") + static("traffic.css"),
        leaflet=leaflet_js(),
        traffic_script=static("frame.js") + static("traffic.js"),
        image_hosts=(TILES[site.tiles][3],) if site.tiles in TILES else (),
        has_tiles=site.tiles in TILES,
        map_html=parts.html,
        map_script=parts.script,
        layers=[{"key": layer.key, "label": layer.label} for layer in reversed(layers)],
        street_classes=[t(f"traffic.street_class.{rank}") for rank in range(1, len(STREET_LIMITS) + 1)],
        told_until=t("page.as_of", moment=t.moment(traffic.found.as_of or site.week.result.as_of)),
        period=t("traffic.period", **period_words(traffic, t)),
        by_quarter="" if traffic.found.as_of is None else t("traffic.by_quarter"),
        brief=_brief(traffic, t),
        fictitious=traffic.found.fictitious,
        fine=traffic.level != "wijken",
        listed=[_point_row(point, t) for point in traffic.points if point.status == "listed"],
        watched=[_point_row(p, t) for p in traffic.points if p.status == "watch"][:_MOST_WATCHED],
        stretches=_stretch_rows(traffic, t)[:_MOST_STRETCHES],
        schools=_school_rows(traffic, t)[:_MOST_SCHOOLS],
        school_note=t("traffic.schools.note", minutes=t.number(traffic.found.walk_minutes)),
        ways=_way_rows(traffic, t),
        years=_year_rows(traffic, t),
        target=""
        if traffic.found.target is None
        else t("traffic.years.target", n=t.number(traffic.found.target)),
        wijken=[
            {"wijk": row["wijk"], "injury": count_text(row["injury"], t), "weak": count_text(row["weak"], t)}
            for row in traffic.wijken
        ],
        conditions=_condition_blocks(traffic, t),
        losses=_losses(traffic, t),
        method=t("traffic.method_text", years=_years_of(traffic, t)),
        network=traffic.found.network,
        network_credit=traffic.found.attribution,
        **week_links(site, PAGE),
    )


def period_words(traffic: ReleasedTraffic, texts: Texts) -> dict[str, str]:
    """First and last day of the period; it is half-open: its last day is the one before its end."""
    import pandas as pd

    found = traffic.found
    return {
        "first": texts.day(found.start.date()),
        "last": texts.day((found.end - pd.Timedelta(1, "s")).date()),
    }


def _brief(traffic: ReleasedTraffic, t: Texts) -> list[str]:
    """A few sentences, from the tables."""
    found = traffic.found
    if traffic.injury.ends[0] < traffic.small_count:
        return [t("traffic.brief.few", limit=traffic.small_count)]
    told = [_injured(traffic, t)]
    listed = [point for point in traffic.points if point.status == "listed"]
    if traffic.level != "wijken":
        told.append(
            t.plural("traffic.brief.listed", len(listed), watched=t.number(len(traffic.points) - len(listed)))
        )
        if listed:
            stable = sum(point.listed_in == point.radii for point in listed)
            told.append(t.plural("traffic.brief.stable", stable))
        if math.isfinite(found.by_chance):
            told.append(t("traffic.brief.chance", n=t.number(found.by_chance, 1)))
    if found.concentrated is not None:
        told += [
            t("traffic.brief.half", share=_percent(places, t), chance=_percent(chance, t))
            for events, places, chance in found.concentrated.shares
            if events == 0.5 and math.isfinite(chance)
        ]
    whole = [row for row in traffic.years if row["whole"] and row["accidents"].value is not None]
    if whole:
        last = whole[-1]
        values = {"year": last["year"], "n": count_text(last["accidents"], t)}
        told.append(t("traffic.brief.year", **values))
        if last["against"]:
            told.append(t(f"traffic.against.{last['against']}", target=t.number(found.target or 0)))
    return told


def _injured(traffic: ReleasedTraffic, t: Texts) -> str:
    """How many injury accidents there were, and in which years."""
    if traffic.span is None:
        return t.plural("traffic.brief.injury", traffic.found.snapping.injury, years=_years_of(traffic, t))
    first, last = traffic.span
    return t("traffic.brief.injury_years", n=count_text(traffic.injury, t), first=first, last=last)


def _percent(share: float, t: Texts) -> str:
    """Share of one with a decimal where it is small."""
    return t("count.share", share=t.number(100 * share, 1 if share < 0.1 else 0))


def _years_of(traffic: ReleasedTraffic, t: Texts) -> str:
    months = (traffic.found.end.year - traffic.found.start.year) * 12
    months += traffic.found.end.month - traffic.found.start.month
    return t.number(round(months / 12))


def _point_row(point: DangerousPoint, t: Texts) -> dict[str, Any]:
    return {
        "id": f"points-{point.number}",
        "number": point.number,
        "place": place_text(point.streets, point.wijk, t),
        "kind": t(f"traffic.kind.{point.kind}") if point.kind else "",
        "score": "" if point.score is None else t.number(point.score, 1),
        "accidents": count_text(point.accidents, t),
        "serious": count_text(point.serious, t),
        "weak": count_text(point.weak, t),
        "expected": "" if point.expected is None else t.number(point.expected, 1),
        "chance": t(f"traffic.chance.{point.chance}"),
        "radii": t("traffic.points.radii", n=point.listed_in, all=point.radii),
    }


def _stretch_rows(traffic: ReleasedTraffic, t: Texts) -> list[dict[str, Any]]:
    return [
        {
            "id": f"stretches-{row['number']}",
            "place": place_text(row["place"], row["wijk"] if isinstance(row["wijk"], str) else "", t),
            "observed": count_text(row["told"], t),
            "expected": t.number(row["expected"], 1),
        }
        for row in traffic.stretches.to_dict("records")
    ]


def _school_rows(traffic: ReleasedTraffic, t: Texts) -> list[dict[str, Any]]:
    return [
        {
            "name": row["name"] or t("traffic.school"),
            "wijk": row["wijk"],
            **{name: count_text(row[name], t) for name in ("accidents", "weak", "school_time")},
        }
        for row in traffic.schools
    ]


def _way_rows(traffic: ReleasedTraffic, t: Texts) -> list[dict[str, Any]]:
    """Ways of which the safest has clearly fewer accidents, or all that are known."""
    ways = traffic.ways.dropna(subset=["length_m"])
    return [
        {
            "wijk": str(wijk),
            "school": str(row["school"]) if row["school"] else t("traffic.school"),
            "length": t("traffic.ways.metres", n=t.number(round(row["length_m"], -1))),
            "accidents": t.number(row["accidents"], 1),
            "detour": t(
                "traffic.ways.metres", n=t.number(round(row["safest_length_m"] - row["length_m"], -1))
            ),
            "safest": t.number(row["safest_accidents"], 1),
        }
        for wijk, row in zip(ways.index, ways.to_dict("records"), strict=True)
    ]


def _year_rows(traffic: ReleasedTraffic, t: Texts) -> list[dict[str, Any]]:
    rows = []
    for row in traffic.years:
        known = row["low"] is not None
        span = t("traffic.years.range", low=t.number(row["low"]), high=t.number(row["high"])) if known else ""
        rows.append(
            {
                "year": str(row["year"]) if row["whole"] else t("traffic.years.part", year=row["year"]),
                "accidents": count_text(row["accidents"], t),
                "weak": count_text(row["weak"], t),
                "range": span,
                "against": t(f"traffic.verdict.{row['against']}") if row["against"] and known else "",
            }
        )
    return rows


def _condition_blocks(traffic: ReleasedTraffic, t: Texts) -> list[dict[str, Any]]:
    blocks = []
    for name, rows in traffic.conditions:
        kept = name.startswith("kept_")
        own = name.removeprefix(CIRCUMSTANCE).removeprefix("kept_").replace("_", " ").capitalize()
        title = own if kept else t(f"traffic.by.{name}")
        named = [(value if kept else _value(name, value, t), count_text(count, t)) for value, count in rows]
        blocks.append({"title": title, "rows": named})
    return blocks


def _value(name: str, value: str, t: Texts) -> str:
    if value == "unknown":
        return t("traffic.unknown")
    if name == "weekday":
        return t.weekdays([int(value)])
    if name == "hour":
        return t("traffic.hours", first=int(value[:2]), last=int(value[3:]))
    return t(f"traffic.{name}.{value}")


def _losses(traffic: ReleasedTraffic, t: Texts) -> str:
    """How many accidents are on no street, and why."""
    if traffic.span is not None or traffic.injury.value is None:
        return t("traffic.losses.not_told")
    snapping = traffic.found.snapping
    lost = snapping.injury - snapping.on_network
    if not lost:
        return t("traffic.losses.none")
    if lost < traffic.small_count:
        return t("traffic.losses.few", limit=traffic.small_count)
    reasons = [
        t(f"traffic.losses.{reason}", n=t.number(count), distance=t.number(snapping.max_distance_m))
        for reason, count in snapping.lost.items()
        if count >= max(1, traffic.small_count)
    ]
    told = t("traffic.losses.some", n=t.number(lost), injury=t.number(snapping.injury))
    return f"{told} {t('traffic.losses.why', reasons=t.listed(reasons))}" if reasons else told
