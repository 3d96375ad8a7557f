"""Hotspots in rows and popups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.release.suppress import SECRET
from genk_geo.render.file_names import zone_page
from genk_geo.render.words.measures.dossiers import dossier_cell
from genk_geo.render.words.wording import (
    certainty_text,
    count_text,
    expected_number,
    place_text,
    since_text,
    streets_text,
    when_text,
)

if TYPE_CHECKING:
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedWeek
    from genk_geo.render.words.texts import Texts


def hotspot_row(spot: Hotspot, week: ReleasedWeek, t: Texts) -> dict[str, Any]:
    """What the table shows of a hotspot, with its popup as ``card``."""
    title = t("map.hotspot", number=spot.number) if spot.number else t("map.hotspot_gone")
    expected = expected_number(spot.expected, t)
    row = {
        "id": spot.hotspot_id,
        "number": spot.number,
        "place": streets_text(spot, t),
        "wijk": spot.wijk if spot.streets else "",
        "status": spot.status,
        "status_text": t(f"status.{spot.status}"),
        "this_week": count_text(spot.this_week, t),
        "observed": _counted(spot, week, t),
        "reports": reports_text(spot, t),
        "expected": t("hotspots.expected", expected=expected) if expected else "",
        "since": since_text(spot, week.week, t),
        "pattern": "" if spot.status == "gone" else t(f"pattern.{spot.pattern}"),
        "times": "" if spot.times is None else t("hotspots.times_text", times=t.number(spot.times)),
        "when": when_text(spot, t, short=True),
        "certainty": certainty_text(spot, t),
        "steady": "" if spot.steady is None else t("hotspots.steady", grids=t.number(spot.steady)),
        "show": t("map.show", what=title, place=place_text(spot, t)),
        "help": _help(spot, week, t),
        "dossier": dossier_cell(spot, week, t),
    }
    return {**row, "card": {"title": title, "note": place_text(spot, t), **_card(spot, row, t)}}


def _counted(spot: Hotspot, week: ReleasedWeek, t: Texts) -> str:
    """Incidents over the window; where none are told now, those that were told last, with their week."""
    if spot.before is None:
        return count_text(spot.observed, t)
    count, last = spot.before
    return t("hotspots.before", count=count_text(count, t), week=t.week(last, beside=week.week))


def reports_text(spot: Hotspot, t: Texts) -> str:
    """Reports over events, where they differ and both are told: ``12 meldingen over 7 voorvallen``."""
    events = spot.observed.value
    if spot.reports is None or events is None or spot.reports <= events:
        return ""
    reports = t.plural("hotspots.reports", spot.reports)
    return t("hotspots.reports_on_events", reports=reports, events=t.plural("hotspots.events", events))


def _card(spot: Hotspot, row: dict[str, Any], t: Texts) -> dict[str, Any]:
    """Rows of a popup, and the way to what may help."""
    window = t("hotspots.window", weeks=t.weeks(spot.weeks))
    rows = [
        (t("hotspots.status"), row["status_text"]),
        *([] if spot.this_week == SECRET else [(t("hotspots.this_week"), row["this_week"])]),
        (window, " · ".join(filter(None, (row["reports"] or row["observed"], row["expected"])))),
        *([(t("hotspots.times"), row["times"])] if row["times"] else []),
        (t("hotspots.since"), " · ".join(filter(None, (row["since"], row["pattern"])))),
        (t("hotspots.when"), row["when"] or t("when.none")),
        (t("hotspots.certainty"), " · ".join(filter(None, (row["certainty"], row["steady"])))),
    ]
    link = {"link": (row["help"]["text"], row["help"]["href"])} if row["help"] else {}
    return {"rows": rows, **link}


def _help(spot: Hotspot, week: ReleasedWeek, t: Texts) -> dict[str, str] | None:
    """The sheet of the zone of the environment that a hotspot shares ground with: what may help there."""
    for look in week.environments:
        for zone in look.zones:
            if look.theme == spot.theme and spot.hotspot_id in zone.hotspots:
                return {"href": zone_page(zone.zone_id), "text": t("hotspots.help", number=zone.number)}
    return None
