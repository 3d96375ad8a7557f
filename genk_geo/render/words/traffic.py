"""Accidents on the street network in words: the sentences and the rows of the page on traffic."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.release.thresholds import STREET_LIMITS
from genk_geo.render.words.wording import count_text, expected_number, spoken_number
from genk_geo.schema import CIRCUMSTANCE

if TYPE_CHECKING:
    from genk_geo.release.suppress import Count
    from genk_geo.release.values.traffic import AccidentYear, ReleasedTraffic, SchoolZone, WayToSchool
    from genk_geo.render.words.texts import Texts


def period_words(traffic: ReleasedTraffic, t: Texts) -> dict[str, str]:
    """First and last day of the period; it is half-open: its last day is the one before its end."""
    return {
        "first": t.day(traffic.start.date()),
        "last": t.day((traffic.end - pd.Timedelta(1, "s")).date()),
    }


def years_text(traffic: ReleasedTraffic, t: Texts) -> str:
    """How many years the period is."""
    months = (traffic.end.year - traffic.start.year) * 12 + traffic.end.month - traffic.start.month
    return t.number(round(months / 12))


def in_brief(traffic: ReleasedTraffic, t: Texts) -> list[str]:
    """A few sentences, from the tables."""
    if traffic.injury.ends[0] < traffic.small_count:
        return [t("traffic.brief.few", limit=traffic.small_count)]
    return [
        _injured(traffic, t),
        *(_points_brief(traffic, t) if traffic.level.shows_areas else []),
        *(
            t("traffic.brief.half", share=_percent(places, t), chance=_percent(chance, t))
            for events, places, chance in traffic.shares
            if events == 0.5 and math.isfinite(chance)
        ),
        *_year_brief(traffic, t),
    ]


def _injured(traffic: ReleasedTraffic, t: Texts) -> str:
    """How many injury accidents there were, and in which years."""
    if traffic.span is not None:
        first, last = traffic.span
        return t("traffic.brief.injury_years", n=count_text(traffic.injury, t), first=first, last=last)
    return t.plural("traffic.brief.injury", traffic.injury.value or 0, years=years_text(traffic, t))


def _points_brief(traffic: ReleasedTraffic, t: Texts) -> list[str]:
    listed = [point for point in traffic.points if point.status == "listed"]
    watched = t.number(len(traffic.points) - len(listed))
    sentences = [t.plural("traffic.brief.listed", len(listed), watched=watched)]
    if listed:
        stable = sum(point.listed_in == point.radii for point in listed)
        sentences.append(t.plural("traffic.brief.stable", stable))
    if traffic.by_chance is not None:
        sentences.append(t("traffic.brief.chance", n=expected_number(traffic.by_chance, t)))
    return sentences


def _year_brief(traffic: ReleasedTraffic, t: Texts) -> list[str]:
    """The last whole year whose number is told, against the target."""
    whole = [year for year in traffic.years if year.whole and year.accidents.value is not None]
    if not whole:
        return []
    last = whole[-1]
    sentences = [t("traffic.brief.year", year=last.year, n=count_text(last.accidents, t))]
    if last.against:
        sentences.append(t(f"traffic.against.{last.against}", target=t.number(traffic.target or 0)))
    return sentences


def _percent(share: float, t: Texts) -> str:
    """Share of one with a decimal where it is small."""
    return t("count.share", share=t.number(100 * share, 1 if share < 0.1 else 0))


def street_class_text(rank: int, t: Texts) -> str:
    """Accidents per km of a class of street, from 1."""
    return street_class_texts(t)[rank - 1]


def street_class_texts(t: Texts) -> list[str]:
    """Accidents per km of all classes of street, the lowest first."""
    limits = [t.number(limit) for limit in STREET_LIMITS]
    between = [t("traffic.street_class", low=low, high=high) for low, high in pairwise(limits)]
    return [*between, t("traffic.street_class_top", low=limits[-1])]


def school_row(school: SchoolZone, t: Texts) -> dict[str, Any]:
    """What the table shows of a school, with its popup as ``card``."""
    row = {
        "name": school.name or t("traffic.school"),
        "wijk": school.wijk,
        "accidents": count_text(school.accidents, t),
        "weak": count_text(school.weak, t),
        "school_time": count_text(school.school_time, t),
    }
    figures = [[t(f"traffic.schools.{name}"), row[name]] for name in ("accidents", "school_time")]
    return {**row, "card": {"title": row["name"], "rows": figures}}


def way_row(way: WayToSchool, t: Texts) -> dict[str, str]:
    """What the table shows of the way to school from a wijk."""
    detour = round(way.safest_length_m - way.length_m, -1)
    return {
        "wijk": way.wijk,
        "school": way.school or t("traffic.school"),
        "length": t("traffic.ways.metres", n=t.number(round(way.length_m, -1))),
        "accidents": expected_number(way.accidents, t),
        "detour": t("traffic.ways.metres", n=t.number(detour)),
        "safest": expected_number(way.safest_accidents, t),
    }


def year_row(year: AccidentYear, t: Texts) -> dict[str, str]:
    """What the table shows of a year."""
    margin = ""
    if year.low is not None and year.high is not None:
        margin = t("traffic.years.range", low=t.number(year.low), high=t.number(year.high))
    return {
        "year": str(year.year) if year.whole else t("traffic.years.part", year=year.year),
        "accidents": count_text(year.accidents, t),
        "weak": count_text(year.weak, t),
        "range": margin,
        "against": t(f"traffic.verdict.{year.against}") if year.against and margin else "",
    }


def condition_blocks(traffic: ReleasedTraffic, t: Texts) -> list[dict[str, Any]]:
    """Counts by what the file tells: title and rows."""
    blocks = []
    for name, rows in traffic.conditions:
        kept = name.startswith("kept_")
        own = name.removeprefix(CIRCUMSTANCE).removeprefix("kept_").replace("_", " ").capitalize()
        title = own if kept else t(f"traffic.by.{name}")
        open_ended = sum(count.over and count.ends[0] > 0 for _, count in rows)
        named = [
            (value if kept else _condition(name, value, t), _in_words(count, t, only=open_ended == 1))
            for value, count in rows
        ]
        blocks.append({"title": title, "rows": named})
    return blocks


def _in_words(count: Count, t: Texts, *, only: bool) -> str:
    """A count of a circumstance; of the largest no more is told than that, and what it is at the least.

    Where one value alone has no upper end, it has none in any year: it is the largest in each, and so of all.
    """
    if not count.over or count.ends[0] == 0:
        return count_text(count, t)
    return t("traffic.most") if only else spoken_number(count, t)


def _condition(name: str, value: str, t: Texts) -> str:
    if value == "unknown":
        return t("traffic.unknown")
    if name == "weekday":
        return t.weekdays([int(value)])
    if name == "hour":
        return t("traffic.hours", first=int(value[:2]), last=int(value[3:]))
    return t(f"traffic.{name}.{value}")


def losses_text(traffic: ReleasedTraffic, t: Texts) -> str:
    """How many accidents are on no street, and why."""
    losses = traffic.losses
    if losses is None:
        return t("traffic.losses.not_told")
    if losses.lost == 0:
        return t("traffic.losses.none")
    lost = t("traffic.losses.some", n=t.number(losses.lost), injury=count_text(traffic.injury, t))
    reasons = [
        t(f"traffic.losses.{reason}", n=t.number(count), distance=t.number(losses.max_distance_m))
        for reason, count in losses.reasons
    ]
    return f"{lost} {t('traffic.losses.why', reasons=t.listed(reasons))}" if reasons else lost
