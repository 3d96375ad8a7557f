"""The page of an evaluation: the areas of a measure on a map, the counts, and what they say in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from genk_geo.render.maps.basemap import TILES, tile_host
from genk_geo.render.maps.city_map import city_map
from genk_geo.render.maps.feature_layers import FeatureLayer, feature_layer
from genk_geo.render.pages.parts.backdrop_parts import backdrop_code
from genk_geo.render.pages.self_contained import static
from genk_geo.render.pages.site import finished_page
from genk_geo.render.style import css_variables
from genk_geo.render.words.measures.effects import effect_sentence
from genk_geo.show.leaflet import leaflet_css, leaflet_js

if TYPE_CHECKING:
    import datetime as dt

    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.release.values.evaluation import ReleasedEvaluation
    from genk_geo.render.words.texts import Texts


def evaluation_page(
    shown: ReleasedEvaluation, *, texts: Texts, tiles: str = "none", backdrop: Backdrop | None = None
) -> str:
    """Page of an evaluation, for analysts: it holds back no small count.

    Parameters
    ----------
    shown : ReleasedEvaluation
        What it shows.
    texts : Texts
        The reader's language.
    tiles : str, default "none"
        Base map that the reader may switch on: ``grb``, ``osm`` or ``none``.
    backdrop : Backdrop, optional
        What lies under the map.

    Returns
    -------
    str
        HTML, complete in itself, named :data:`genk_geo.render.file_names.EVALUATION`.
    """
    t, theme = texts, texts.theme(shown.theme)
    layers = _layers(shown, t)
    parts = city_map(
        shown.wijken,
        layers,
        tiles=tiles,
        label=t("evaluation.map_label"),
        texts=t,
        view=shown.areas,
        backdrop=backdrop,
    )
    return finished_page(
        "evaluation.html.jinja",
        t,
        paper="portrait",
        image_hosts=(TILES[tiles][3],) if tiles in TILES else (),
        title=t("evaluation.page_title", theme=theme, city=shown.city_name),
        css="".join(
            [css_variables(), leaflet_css(), *map(static, ("page.css", "traffic.css", "evaluation.css"))]
        ),
        leaflet=leaflet_js(),
        map_code=static("frame.js") + static("numbers.js") + backdrop_code(backdrop) + static("traffic.js"),
        map_html=parts.html,
        map_script=parts.script,
        tile_host=tile_host(tiles),
        demo=shown.demo,
        city=shown.city_name,
        theme=theme,
        periods=t("evaluation.periods", before=_period(shown.before, t), after=_period(shown.after, t)),
        brief=_brief(shown, t),
        beside=[] if shown.effect is None else _against_control(shown, t),
        rows=_rows(shown, t),
        attribution=shown.attribution,
        boundary=t("quality.boundary_indicative") if shown.indicative else "",
        unplaced=t.plural("evaluation.unplaced", shown.outside) if shown.outside else "",
        footer=t("evaluation.analysts"),
    )


def _period(days: tuple[dt.date, dt.date], t: Texts) -> str:
    return t("evaluation.period", first=t.day(days[0]), last=t.day(days[1]))


def _rows(shown: ReleasedEvaluation, t: Texts) -> list[dict[str, str]]:
    """The table, a row a role."""
    return [
        {
            "role": row["role"],
            "id": f"{row['role']}-1",
            "name": t(f"evaluation.role.{row['role']}"),
            "meaning": t(f"evaluation.meaning.{row['role']}"),
            "km2": t.number(row["area_m2"] / 1e6, 2),
            "before": t.number(row["before"]),
            "after": t.number(row["after"]),
            "change": _change(row["change"], t),
        }
        for row in shown.areas.to_dict("records")
    ]


def _layers(shown: ReleasedEvaluation, t: Texts) -> list[FeatureLayer]:
    """A layer a role, so that each has a box of its own; the treated area on top."""
    shapes = dict(zip(shown.areas["role"], shown.areas.geometry, strict=True))
    layers = []
    for row in reversed(_rows(shown, t)):
        card: dict[str, Any] = {
            "id": row["id"],
            "title": row["name"],
            "rows": [[t(f"evaluation.{key}"), row[key]] for key in ("before", "after", "change")],
        }
        kinds = [f"measure measure-{row['role']}"]
        layers.append(
            feature_layer(row["role"], row["name"], [shapes[row["role"]]], shown.areas.crs, [card], kinds)
        )
    return layers


def _brief(shown: ReleasedEvaluation, t: Texts) -> list[str]:
    """Whether it helped, and from how many to how many; without a verdict, what the drawn areas say."""
    unit = t.unit(shown.theme, None)
    counts = shown.areas.set_index("role")

    def went(role: str) -> str:
        before, after = (int(counts[period][role]) for period in ("before", "after"))
        return t("evaluation.went", before=t.number(before), after=t.number(after))

    counted = [
        t("evaluation.counted", unit=unit, treated=went("treated"), control=went("control")),
        *([t("evaluation.ring", ring=went("displacement"))] if "displacement" in counts.index else []),
    ]
    if shown.effect is not None:
        return [effect_sentence(shown.effect, t), *counted]
    ratio, *rest = _against_control(shown, t)
    return [*counted, ratio, t(f"evaluation.verdict.{shown.verdict}"), *rest]


def _against_control(shown: ReleasedEvaluation, t: Texts) -> list[str]:
    """The change beside that of the areas that were drawn to compare with."""
    low, high = shown.interval
    return [
        _ratio(shown, t),
        t("evaluation.unequal")
        if shown.unequal
        else t(
            "evaluation.estimate",
            estimate=_difference(shown.estimate, shown.theme, t),
            low=_difference(low, shown.theme, t),
            high=_difference(high, shown.theme, t),
        ),
        *([t("evaluation.small")] if shown.small else []),
    ]


def _ratio(shown: ReleasedEvaluation, t: Texts) -> str:
    """How many per cent fewer or more than in the control areas, and between what that may lie."""
    if not math.isfinite(shown.ratio):
        return t("evaluation.ratio.unknown")
    ends = [_per_cent(end, t) for end in shown.ratio_interval]
    return t("evaluation.ratio.told", ratio=_per_cent(shown.ratio, t), low=ends[0], high=ends[1])


def _per_cent(factor: float, t: Texts) -> str:
    """A factor of change as so many per cent fewer or more."""
    if factor == float("inf"):
        return t("evaluation.ratio.any")
    share = round(100 * abs(factor - 1))
    kind = "none" if share == 0 else "fewer" if factor < 1 else "more"
    return t(f"evaluation.ratio.{kind}", n=t.number(share))


def _difference(value: float, theme: str, t: Texts) -> str:
    """So many incidents fewer or more, in whole ones."""
    n = round(abs(value))
    kind = "none" if n == 0 else "fewer" if value < 0 else "more"
    return t(f"evaluation.difference.{kind}", n=t.number(n), unit=t.unit(theme, n))


def _change(value: float, t: Texts) -> str:
    """A change with its sign; a true minus, as in print."""
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
    return sign + t.number(abs(value))
