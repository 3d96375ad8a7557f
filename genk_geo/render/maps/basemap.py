"""The bare folium map that ours are drawn on, and what a page embeds of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import folium
from branca.element import Figure

from genk_geo.render.maps.braces import restored

if TYPE_CHECKING:
    from collections.abc import Sequence

_GRB = (
    "https://geo.api.vlaanderen.be/GRB/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=grb_bsk_grijs&STYLE=&FORMAT=image/png&TILEMATRIXSET=GoogleMapsVL"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)

#: Base maps that may be asked for: address of the tiles, whom to name, deepest zoom, origin for the policy.
TILES = {
    "grb": (
        _GRB,
        "GRB, Digitaal Vlaanderen",
        21,
        "https://geo.api.vlaanderen.be",
    ),
    "osm": (
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "OpenStreetMap",
        19,
        "https://tile.openstreetmap.org",
    ),
}


def tile_host(tiles: str) -> str:
    """Host that tiles are asked of, as a reader is told before he asks; empty without tiles."""
    return TILES[tiles][3].removeprefix("https://") if tiles in TILES else ""


@dataclass(frozen=True)
class MapParts:
    """What the page embeds of a map."""

    html: str
    script: str


def bare_map(bounds: Sequence[float]) -> folium.Map:
    """A map around a place, without tiles, controls and links: the page carries Leaflet and its controls.

    Parameters
    ----------
    bounds : sequence of float
        West, south, east and north, in degrees.

    Returns
    -------
    folium.Map
        The map; the page's script fits it to its frame.
    """
    west, south, east, north = bounds
    page = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=13,
        max_zoom=19,
        tiles=None,
        zoom_control=False,
        scroll_wheel_zoom=False,
        zoom_snap=0.25,
        attribution_control=True,
    )
    page.default_js, page.default_css = [], []
    return page


def add_base(page: folium.Map, tiles: str) -> str:
    """Add a base map that the reader can switch on; its name in the script, empty without one.

    Nothing is asked for before that: who serves the tiles sees which place is looked at.
    """
    if tiles not in TILES:
        return ""
    url, attribution, zoom, _ = TILES[tiles]
    layer = folium.TileLayer(
        url, attr=attribution, max_zoom=zoom, max_native_zoom=zoom, opacity=0.55, show=False
    )
    return layer.add_to(page).get_name()


def rendered(page: folium.Map) -> MapParts:
    """What a page embeds of a finished map."""
    figure = page.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("folium gave the map no figure to render in")
    figure.render()
    return MapParts(html=figure.html.render(), script=restored(figure.script.render()))
