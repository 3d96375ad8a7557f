"""A map of the whole city: its wijken, and layers of which each has a box beside the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from branca.element import MacroElement
from folium.template import Template

from genk_geo.render.maps.backdrop import coded_backdrop
from genk_geo.render.maps.basemap import MapParts, add_base, bare_map, rendered
from genk_geo.render.maps.braces import braceless
from genk_geo.render.maps.feature_layers import wijk_features
from genk_geo.render.maps.shapes import degree_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.render.maps.feature_layers import FeatureLayer
    from genk_geo.render.words.texts import Texts


class _Wiring(MacroElement):
    """Hands the layers to the page's own script."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            trafficPage.start({
                map: {{ this.map_name }},
                base: {{ this.base or "null" }},
                backdrop: {{ this.backdrop|tojson }},
                outlines: {{ this.outlines|tojson }},
                layers: {{ this.layers|tojson }},
                bounds: {{ this.bounds|tojson }},
                words: {{ this.words|tojson }}
            });
        {% endmacro %}
        """
    )

    def __init__(
        self,
        map_name: str,
        base: str,
        *,
        layers: Sequence[FeatureLayer],
        city: Any,
        bounds: Any,
        words: Any,
        backdrop: dict[str, Any] | None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca leaves it without annotations
        self._name = "Wiring"
        self.map_name, self.base, self.backdrop = map_name, base, backdrop
        self.layers = braceless([{"key": layer.key, "features": layer.features} for layer in layers])
        self.outlines, self.bounds, self.words = braceless(city), bounds, braceless(words)


def city_map(
    wijken: gpd.GeoDataFrame,
    layers: Sequence[FeatureLayer],
    *,
    tiles: str,
    label: str,
    texts: Texts,
    view: gpd.GeoDataFrame | None = None,
    backdrop: Backdrop | None = None,
) -> MapParts:
    """Build a map for the script ``traffic.js``.

    Parameters
    ----------
    wijken : geopandas.GeoDataFrame
        Column ``wijk``; drawn as outlines.
    layers : sequence of FeatureLayer
        What lies on them, the lowest first.
    tiles : str
        ``grb``, ``osm`` or ``none``.
    label : str
        What the map shows, for who hears it instead of seeing it.
    texts : Texts
        The reader's language.
    view : geopandas.GeoDataFrame, optional
        What is in view at first; the wijken when absent.
    backdrop : Backdrop, optional
        What lies under the map.

    Returns
    -------
    MapParts
        Container and script; identifiers are still folium's random ones.
    """
    west, south, east, north = degree_bounds(wijken if view is None else view)
    page = bare_map((west, south, east, north))
    base = add_base(page, tiles)
    words = {
        "zoomIn": texts("map.zoom_in"),
        "zoomOut": texts("map.zoom_out"),
        "close": texts("map.close"),
        "label": label,
    }
    bounds = [[south, west], [north, east]]
    ground = None if backdrop is None else coded_backdrop(backdrop, degree_bounds(wijken))
    page.add_child(
        _Wiring(
            page.get_name(), base, layers=layers, city=wijk_features(wijken), bounds=bounds, words=words,
            backdrop=ground,
        )
    )  # fmt: skip
    return rendered(page)
