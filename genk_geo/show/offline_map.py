"""A folium map in one file: Leaflet inside, the palette and words of the pages, no request to any host."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element, Figure

from genk_geo.crs import WGS84, reproject
from genk_geo.errors import ConfigError
from genk_geo.private import private_files
from genk_geo.show.leaflet import leaflet_css, leaflet_js
from genk_geo.show.palette import COLOURS
from genk_geo.show.picture import picture_of
from genk_geo.show.shades import Sign, shade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genk_geo.show.view import Layer, View
    from genk_geo.show.words import Words

#: More shapes than this make a browser wait; the rest is said, never left out in silence.
MOST_SHAPES = 20_000
#: More areas than this are drawn without edges of their own.
_MOST_EDGES = 400
_DEGREE_STEP = 1e-5  # about a metre
_POINT_PX = 5
_CSS = """
html, body { height: 100%; margin: 0; font: 14px/1.4 system-ui, sans-serif; color: INK; }
.folium-map { background: LAND !important; }
.leaflet-container { font: inherit; }
.gg-legend { position: absolute; z-index: 900; right: 10px; bottom: 24px; max-width: 46%; max-height: 70%;
  overflow: auto; padding: 8px 12px; background: PAPER; border: 1px solid LINE; border-radius: 6px; }
.gg-legend h1 { margin: 0 0 4px; font-size: 14px; } .gg-legend h2 { margin: 6px 0 2px; font-size: 13px; }
.gg-legend ul { margin: 0; padding: 0; list-style: none; } .gg-legend p { margin: 4px 0 0; font-size: 12px; }
.gg-legend i { display: inline-block; width: 18px; height: 12px; margin-right: 6px;
  border: 1px solid OUTLINE; }
.gg-legend .gg-private { color: DANGER; font-weight: 600; }
@media (max-width: 500px) { .gg-legend { left: 10px; right: 10px; bottom: 64px; max-width: none;
  max-height: 38%; } }
"""
_NAMED = ("ink", "land", "paper", "line", "outline", "danger")


class OfflineMap(folium.Map):
    """A map that carries all it needs; a notebook shows it, :meth:`save` writes it."""

    def get_html(self) -> str:
        """The whole page; the same map gives the same text."""
        figure = figure_of(self)
        _number(figure)
        text: str = figure.render()
        return text

    def _repr_html_(self, **options: Any) -> str:
        """The page in a frame, for a notebook."""
        _number(figure_of(self))
        text: str = super()._repr_html_(**options)
        return text

    def save(self, outfile: Path | str, **_: Any) -> None:  # type: ignore[override]  # folium's also streams
        """Write the page, for its owner only: what an analyst sees is not for every user of the machine.

        Parameters
        ----------
        outfile : path-like
            File to write.
        """
        with private_files():
            Path(outfile).write_text(self.get_html(), encoding="utf-8", newline="\n")


def figure_of(page: folium.Map) -> Figure:
    """The page around a map."""
    figure = page.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("folium gave the map no page to stand in")
    return figure


def explored(view: View, words: Words) -> OfflineMap:
    """Draw a view as a map.

    Parameters
    ----------
    view : View
        What there is to see.
    words : Words
        The reader's language.

    Returns
    -------
    OfflineMap

    Raises
    ------
    ConfigError
        If it has no layer and no surface.
    """
    if not view.layers and view.raster is None:
        raise ConfigError("{title}: nothing to put on a map. `.plot()` shows its numbers.", title=view.title)
    bounds = _bounds(view)
    page = _empty(bounds)
    groups = []
    if view.raster is not None:
        image, corners, signs = picture_of(view.raster, words)
        folium.raster_layers.ImageOverlay(image, bounds=corners, opacity=1.0, name=_safe(view.title)).add_to(
            page
        )
        groups.append((words(f"layer.{view.raster.look.key}"), signs))
    lines: list[str] = list(view.notes)
    for layer in view.layers:
        drawn, signs, left = _drawn(layer, words)
        if drawn is not None:
            drawn.add_to(page)
        if not layer.ground:
            groups.append((words(f"layer.{layer.look.key}"), signs))
        if left:
            lines.append(words("legend.left_out", n=left))
    if len(page._children) > 2:  # noqa: SLF001 - branca has no public count
        folium.LayerControl(collapsed=True, position="topright").add_to(page)
    private = any(layer.look.private for layer in view.layers)
    figure_of(page).html.add_child(Element(_raw(_legend(view.title, groups, lines, words, private=private))))
    return page


def _empty(bounds: tuple[float, float, float, float]) -> OfflineMap:
    west, south, east, north = bounds
    page = OfflineMap(tiles=None, zoom_snap=0.25, max_zoom=20, control_scale=True, attribution_control=False)
    page.default_js, page.default_css = [], []
    page.fit_bounds([[south, west], [north, east]])
    css = _CSS
    for name in _NAMED:
        css = css.replace(name.upper(), COLOURS[name])
    head = (
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{leaflet_css()}</style><style>{css}</style><script>{leaflet_js()}</script>"
    )
    figure_of(page).header.add_child(Element(_raw(head)))
    return page


def _drawn(layer: Layer, words: Words) -> tuple[folium.GeoJson | None, list[Sign], int]:
    """A layer of folium, its signs, and how many shapes were too many to draw."""
    frame, look = layer.frame, layer.look
    shapes = frame.geometry
    there = ~(shapes.isna() | shapes.is_empty)
    shaded = shade(frame[look.column] if look.column else None, look, words)
    if layer.ground or not shaded.colours:
        colours: list[str | None] = [None if layer.ground else COLOURS[look.colour]] * len(frame)
    else:
        colours = shaded.colours
        there &= np.array([colour is not None for colour in colours], dtype=bool)
    at = np.flatnonzero(there.to_numpy())
    left, at = max(0, at.size - MOST_SHAPES), at[:MOST_SHAPES]
    if not at.size:
        return None, shaded.signs, 0
    degrees = reproject(gpd.GeoDataFrame(geometry=shapes.iloc[at]), WGS84).geometry
    # pointwise: a shape may be small, but it may not vanish or fold
    rounded = shapely.set_precision(degrees.to_numpy(), _DEGREE_STEP, mode="pointwise")
    tips = [name for name in look.tips if name in frame.columns]
    told = _tips(frame.iloc[at], tips, words)
    # the edges of thousands of cells would be all there is to see
    edge = COLOURS["soft"] if at.size <= _MOST_EDGES else ""
    features = [
        {
            "type": "Feature",
            "properties": {"colour": colours[place] or "", "edge": edge, **tip},
            "geometry": json.loads(shapely.to_geojson(shape), parse_float=lambda text: round(float(text), 5)),
        }
        for place, shape, tip in zip(at, rounded, told, strict=True)
    ]
    made = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=_safe(words(f"layer.{look.key}")),
        style_function=_ground_style if layer.ground else _style,
        marker=folium.CircleMarker(radius=_POINT_PX, fill=True),
        smooth_factor=0.5,
    )
    if tips and not layer.ground:
        names = [f"t{at}" for at in range(len(tips))]
        folium.GeoJsonTooltip(names, aliases=[_safe(words.column(name)) for name in tips]).add_to(made)
    return made, shaded.signs, left


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    colour = feature["properties"]["colour"]
    line = "Line" in feature["geometry"]["type"]
    edge = colour if line else feature["properties"]["edge"] or colour
    return {
        "color": edge, "weight": 4 if line else 0.7, "opacity": 1.0,
        "fillColor": colour, "fillOpacity": 0.75,
    }  # fmt: skip


def _ground_style(_: dict[str, Any]) -> dict[str, Any]:
    return {"color": COLOURS["outline"], "weight": 1, "fillColor": COLOURS["paper"], "fillOpacity": 0.6}


def _tips(rows: gpd.GeoDataFrame, tips: list[str], words: Words) -> list[dict[str, str]]:
    """What each shape tells, column by column: thousands of cells are asked for one at a time otherwise."""
    columns = [[_safe(_told(value, words)) for value in rows[name]] for name in tips]
    return [{f"t{at}": column[row] for at, column in enumerate(columns)} for row in range(len(rows))]


def _told(value: Any, words: Words) -> str:
    if value is None or (np.isscalar(value) and value != value):  # noqa: PLR0124 - NaN and NaT are not themselves
        return words("legend.unknown")
    if isinstance(value, float | np.floating | int | np.integer) and not isinstance(value, bool):
        return words.number(float(value))
    return words.value(str(value))


def _legend(
    title: str, groups: list[tuple[str, list[Sign]]], lines: list[str], words: Words, *, private: bool
) -> str:
    parts = [
        f'<section class="gg-legend" aria-label="{escape(words("legend.title"))}"><h1>{escape(title)}</h1>'
    ]
    for name, signs in groups:
        if len(groups) > 1 and name != title and [sign.meaning for sign in signs] != [name]:
            parts.append(f"<h2>{escape(name)}</h2>")
        listed = "".join(
            f'<li><i style="background:{sign.colour}"></i>{escape(sign.meaning)}</li>' for sign in signs
        )
        parts.append(f"<ul>{listed}</ul>" if signs else f"<p>{escape(words('legend.nothing'))}</p>")
    parts += [f"<p>{escape(line)}</p>" for line in lines]
    if private:
        parts.append(f'<p class="gg-private">{escape(words("legend.private"))}</p>')
    return "".join([*parts, "</section>"])


def _bounds(view: View) -> tuple[float, float, float, float]:
    """West, south, east, north of all there is to see, in degrees."""
    boxes = [
        shapely.box(*layer.frame.total_bounds)
        for layer in view.layers
        if len(layer.frame) and np.isfinite(layer.frame.total_bounds).all()
    ]
    crs = view.layers[0].frame.crs if view.layers else None
    if view.raster is not None:
        boxes.append(shapely.box(*view.raster.extent))
        crs = crs or view.raster.crs
    if not boxes:
        raise ConfigError(
            "{title}: no place is known, so there is nothing to put on a map.", title=view.title
        )
    found = reproject(gpd.GeoDataFrame(geometry=boxes, crs=crs), WGS84).total_bounds
    west, south, east, north = (round(float(edge), 5) for edge in found)
    return west, south, east, north


def _safe(text: str) -> str:
    """Text for a place that folium writes as HTML into a script, through a template that it renders twice."""
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _raw(text: str) -> str:
    """Text that branca's template hands on as it is."""
    return "{% raw %}" + text.replace("{% endraw %}", "") + "{% endraw %}"


def _number(figure: Figure) -> None:
    """Numbers in order instead of folium's random ones, so that the same map has the same bytes."""
    for at, element in enumerate(_elements(figure)):
        element._id = f"{at:032x}"  # noqa: SLF001 - where branca keeps it


def _elements(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001 - branca has no public walk
        yield from _elements(child)
