"""A map of the whole city: its wijken, and layers of which each has a box beside the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
from branca.element import Figure, MacroElement
from folium.template import Template

from genk_geo.render.braces import braceless, restored
from genk_geo.render.layers import TILES, MapParts
from genk_geo.render.shapes import bounds_of
from genk_geo.render.traffic_layers import outlines

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from genk_geo.render.texts import Texts
    from genk_geo.render.traffic_layers import TrafficLayer


class _Wiring(MacroElement):
    """Hands the layers to the page's own script."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            trafficPage.start({
                map: {{ this.map_name }},
                base: {{ this.base or "null" }},
                outlines: {{ this.outlines|tojson }},
                layers: {{ this.layers|tojson }},
                bounds: {{ this.bounds|tojson }},
                words: {{ this.words|tojson }}
            });
        {% endmacro %}
        """
    )

    def __init__(
        self, map_name: str, base: str, *, layers: Sequence[TrafficLayer], city: Any, bounds: Any, words: Any
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca leaves it without annotations
        self._name = "Wiring"
        self.map_name, self.base = map_name, base
        self.layers = braceless([{"key": layer.key, "features": layer.features} for layer in layers])
        self.outlines, self.bounds, self.words = braceless(city), bounds, braceless(words)


def city_map(
    wijken: gpd.GeoDataFrame,
    layers: Sequence[TrafficLayer],
    *,
    tiles: str,
    label: str,
    texts: Texts,
    view: gpd.GeoDataFrame | None = None,
) -> MapParts:
    """Build a map for the script ``traffic.js``.

    Parameters
    ----------
    wijken : geopandas.GeoDataFrame
        Column ``wijk``; drawn as outlines.
    layers : sequence of TrafficLayer
        What lies on them, the lowest first.
    tiles : str
        ``grb``, ``osm`` or ``none``.
    label : str
        What the map shows, for who hears it instead of seeing it.
    texts : Texts
        The reader's language.
    view : geopandas.GeoDataFrame, optional
        What is in view at first; the wijken when absent.

    Returns
    -------
    MapParts
        Container and script; identifiers are still folium's random ones.
    """
    city, (west, south, east, north) = outlines(wijken)
    if view is not None:
        west, south, east, north = bounds_of(view)
    page = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=12,
        max_zoom=19,
        tiles=None,
        zoom_control=False,
        scroll_wheel_zoom=False,
        zoom_snap=0.25,
        attribution_control=True,
    )
    page.default_js, page.default_css = [], []  # no links to other hosts: the page carries Leaflet itself
    base = ""
    if tiles in TILES:
        url, attribution, zoom, _ = TILES[tiles]
        layer = folium.TileLayer(
            url, attr=attribution, max_zoom=zoom, max_native_zoom=zoom, opacity=0.55, show=False
        )
        base = layer.add_to(page).get_name()
    words = {
        "zoomIn": texts("map.zoom_in"),
        "zoomOut": texts("map.zoom_out"),
        "close": texts("map.close"),
        "label": label,
    }
    bounds = [[south, west], [north, east]]
    page.add_child(_Wiring(page.get_name(), base, layers=layers, city=city, bounds=bounds, words=words))
    figure = page.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("folium gave the map no figure to render in")
    figure.render()
    return MapParts(html=figure.html.render(), script=restored(figure.script.render()))
