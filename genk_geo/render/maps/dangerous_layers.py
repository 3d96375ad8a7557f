"""Dangerous points and stretches on the page of a stadsdeel: layers, legend and rows of one small table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from genk_geo.release.traffic_release import chance_word
from genk_geo.render.maps.accident_layers import count_text, place_text, traffic_layers
from genk_geo.render.maps.shapes import features_layer
from genk_geo.render.maps.stadsdeel_map import Extra
from genk_geo.render.pages.traffic_page import PAGE, period_words

if TYPE_CHECKING:
    from genk_geo.release.traffic_release import DangerousPoint
    from genk_geo.render.pages.site import Site
    from genk_geo.render.words.texts import Texts

#: Key on the page of a stadsdeel by key on the traffic page; the lowest layer first.
LAYERS = {"stretches": "stretches", "points": "danger"}
_MOST_ON_PAPER = 3


class DangerLayer(NamedTuple):
    """A layer of one stadsdeel, with class and meaning of each of its signs, and its number of shapes."""

    extra: Extra
    signs: tuple[tuple[str, str], ...]
    shapes: int


def danger_layers(site: Site, stadsdeel: str) -> list[DangerLayer]:
    """Layers of the dangerous points and stretches of a stadsdeel, which go with the theme of the accidents.

    Parameters
    ----------
    site : Site
        What all pages share.
    stadsdeel : str
        Name of the stadsdeel.

    Returns
    -------
    list of DangerLayer
        The lowest first; none without a street network, for readers of wijken, and where the theme is not
        shown.
    """
    if not _shown(site):
        return []
    t, shown = site.texts, site.week.traffic
    assert shown is not None  # as _shown says
    made = []
    for layer in traffic_layers(shown, t, stadsdeel=stadsdeel):
        if layer.key not in LAYERS:
            continue
        key, features = LAYERS[layer.key], layer.features["features"]
        carried = [_carried(feature, key, t) for feature in features]
        kinds = dict.fromkeys(feature["properties"]["kind"] for feature in features)
        signs = tuple((kind, t(f"extra.legend_{kind.split()[-1].replace('-', '_')}")) for kind in kinds)
        made.append(DangerLayer(Extra(key, shown.found.theme, features_layer(carried)), signs, len(features)))
    return made


def _shown(site: Site) -> bool:
    shown = site.week.traffic
    return shown is not None and shown.found.theme in {theme.theme for theme in site.week.themes}


def _carried(feature: dict[str, Any], key: str, t: Texts) -> dict[str, Any]:
    """A feature of the traffic page with what the script of a stadsdeel asks for."""
    told = feature["properties"]
    properties = {
        "id": told["id"],
        "mark": t(f"danger.mark_{key}", number=told["number"]),
        "status": told["kind"].split("-")[-1],
        "card": {
            "title": told["title"],
            "rows": told["rows"],
            "link": [t("danger.more"), PAGE],
        },
        "kind": told["kind"],
        "at": told["at"],
        "anchored": True,
    }
    return {**feature, "properties": properties}


def danger_block(site: Site, stadsdeel: str) -> dict[str, Any] | None:
    """What the page of a stadsdeel says of its dangerous points and stretches.

    Parameters
    ----------
    site : Site
        What all pages share.
    stadsdeel : str
        Name of the stadsdeel.

    Returns
    -------
    dict or None
        ``theme``, ``page`` (the traffic page), ``intro`` (the period), ``groups`` (caption, key and rows),
        ``none`` (what to say without any) and ``paper`` (the first of the list in one line); None where
        readers see none.
    """
    shown, t = site.week.traffic, site.texts
    if shown is None or not _shown(site) or shown.level == "wijken":
        return None
    points = [point for point in shown.points if point.stadsdeel == stadsdeel]
    mine = shown.stretches[(shown.stretches["stadsdeel"] == stadsdeel).to_numpy()]
    groups = [
        (t("traffic.points.listed"), "danger", [_point(p, t) for p in points if p.status == "listed"]),
        (t("traffic.points.watched"), "danger", [_point(p, t) for p in points if p.status == "watch"]),
        (t("danger.stretches"), "stretches", [_stretch(row, t) for row in mine.to_dict("records")]),
    ]
    listed = groups[0][2]
    first = "; ".join(f"{row['mark']} {row['title']}" for row in listed[:_MOST_ON_PAPER])
    more = len(listed) - _MOST_ON_PAPER
    return {
        "theme": shown.found.theme,
        "page": PAGE,
        "groups": [{"caption": caption, "key": key, "rows": rows} for caption, key, rows in groups if rows],
        "intro": t("danger.intro", **period_words(shown, t)),
        "none": t("danger.none", area=stadsdeel),
        "paper": " ".join(filter(None, (first, t("danger.and_more", n=more) if more > 0 else ""))),
    }


def _point(point: DangerousPoint, t: Texts) -> dict[str, Any]:
    place = place_text(point.streets, point.wijk, t)
    return {
        "id": f"points-{point.number}",
        "mark": t("danger.mark_danger", number=point.number),
        "status": point.status,
        "title": place,
        "place": t.listed(list(point.streets)) or point.wijk,
        "wijk": point.wijk if point.streets else "",
        "show": t("map.show", what=t(f"traffic.status.{point.status}", number=point.number), place=place),
        "score": "" if point.score is None else t.number(point.score, 1),
        "accidents": count_text(point.accidents, t),
        "chance": t(f"traffic.chance.{point.chance}"),
    }


def _stretch(row: dict[str, Any], t: Texts) -> dict[str, Any]:
    wijk = row["wijk"] if isinstance(row["wijk"], str) else ""
    place, number = place_text(row["place"], wijk, t), row["number"]
    return {
        "id": f"stretches-{number}",
        "mark": t("danger.mark_stretches", number=number),
        "status": "stretch",
        "title": place,
        "place": t.listed(list(row["place"])) or wijk,
        "wijk": wijk if len(row["place"]) else "",
        "show": t("map.show", what=t("traffic.status.stretch", number=number), place=place),
        "score": "",
        "accidents": count_text(row["told"], t),
        "chance": t(f"traffic.chance.{chance_word(row['p_value'])}"),
    }
