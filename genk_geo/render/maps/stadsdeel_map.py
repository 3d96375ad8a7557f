"""The map of one stadsdeel: folium layers, and one own element that hands them to the page's script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import shapely
from branca.element import MacroElement
from folium.map import CustomPane
from folium.raster_layers import ImageOverlay
from folium.template import Template

from genk_geo.crs import epsg_of
from genk_geo.errors import Message
from genk_geo.render.maps.backdrop import coded_backdrop
from genk_geo.render.maps.basemap import MapParts, add_base, bare_map, rendered
from genk_geo.render.maps.braces import braceless
from genk_geo.render.maps.density_picture import density_picture
from genk_geo.render.maps.shapes import degree_bounds, shapes_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import folium
    from shapely.geometry.base import BaseGeometry

    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedTheme, ReleasedWeek

    Card = Mapping[str, Any]

#: So far beyond the stadsdeel the map still shows what lies there.
MARGIN_M = 500.0
#: And so far what lies under it, which a map that is wider than the stadsdeel has beside it.
BACKDROP_M = 1000.0


class Cards(NamedTuple):
    """Give the content of popups: mappings of plain texts."""

    wijk: Callable[[str], Card]
    hotspot: Callable[[Hotspot], Card]


class SwitchedLayer(NamedTuple):
    """A layer that the reader switches on, with its key and its theme (empty: whatever the theme)."""

    key: str
    theme: str
    layer: folium.GeoJson


class Choice(NamedTuple):
    """What the legend says of layers: key, label, class and meaning of each sign, on at first, counts."""

    key: str
    label: str
    signs: tuple[tuple[str, str], ...]
    shown: bool
    counts: dict[str, int]


class Switch(NamedTuple):
    """Layers that one box of the legend switches on, one a theme, and what the legend says of them."""

    layers: list[SwitchedLayer]
    choice: Choice


class _Wiring(MacroElement):
    """Hands the layers by name to the page's own script, which switches between them."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            hotspotPage.start({
                map: {{ this.names.map }},
                wijken: {{ this.names.wijken }},
                neighbours: {{ this.names.neighbours or "null" }},
                base: {{ this.names.base or "null" }},
                backdrop: {{ this.backdrop|tojson }},
                areas: { {% for key, name in this.areas %}{{ key|tojson }}: {{ name }}, {% endfor %} },
                density: { {% for key, name in this.density %}{{ key|tojson }}: {{ name }}, {% endfor %} },
                extras: [
                    {% for key, theme, name in this.switched %}
                    { key: {{ key|tojson }}, theme: {{ theme|tojson }}, layer: {{ name }} },
                    {% endfor %}
                ],
                bounds: {{ this.bounds|tojson }},
                words: {{ this.words|tojson }}
            });
        {% endmacro %}
        """
    )

    def __init__(
        self,
        names: dict[str, str],
        *,
        areas: list[tuple[str, str]],
        density: list[tuple[str, str]],
        switched: list[tuple[str, str, str]],
        bounds: Any,
        words: Mapping[str, str],
        backdrop: dict[str, Any] | None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca leaves it without annotations
        self._name = "Wiring"
        self.names, self.bounds, self.words = names, bounds, braceless(dict(words))
        self.backdrop = backdrop
        self.areas, self.density, self.switched = braceless(areas), braceless(density), braceless(switched)


def stadsdeel_map(
    week: ReleasedWeek,
    stadsdeel: str,
    hotspots: Sequence[Hotspot],
    *,
    tiles: str,
    switched: Sequence[SwitchedLayer],
    cards: Cards,
    words: Mapping[str, str],
    backdrop: Backdrop | None = None,
) -> MapParts:
    """Build the map of a stadsdeel.

    Parameters
    ----------
    week : ReleasedWeek
        The week as it is shown.
    stadsdeel : str
        Name of the stadsdeel.
    hotspots : sequence of Hotspot
        Hotspots to draw, all themes.
    tiles : str
        ``grb``, ``osm`` or ``none``.
    switched : sequence of SwitchedLayer
        Layers that the reader switches on, the lowest first.
    cards : Cards
        Content of the popups.
    words : mapping of str to str
        Words that the script puts on the map.
    backdrop : Backdrop, optional
        What lies under the map.

    Returns
    -------
    MapParts
        Container and script; identifiers are still folium's random ones.
    """
    crs = epsg_of(week.wijken, Message("The wijken"))
    own = week.wijken["stadsdeel"] == stadsdeel
    outline = week.wijken[own].union_all()
    drawn = [outline, *(hotspot.geometry for hotspot in hotspots)]
    bounds = degree_bounds(gpd.GeoDataFrame(geometry=drawn, crs=week.wijken.crs))
    page = bare_map(bounds)
    for pane, z_index in (("ground", 350), ("density", 360), ("names", 450)):
        CustomPane(pane, z_index=z_index, pointer_events=pane == "ground").add_to(page)
    names = {"map": page.get_name(), "base": add_base(page, tiles), "neighbours": ""}
    view = tuple(week.wijken[own].buffer(MARGIN_M).total_bounds)
    if not own.all():
        names["neighbours"] = _neighbours(week.stadsdelen, stadsdeel, view).add_to(page).get_name()
    names["wijken"] = _wijken(week.wijken[own], cards.wijk).add_to(page).get_name()
    areas, density = [], []
    added = [(one.key, one.theme, one.layer.add_to(page).get_name()) for one in switched]
    for theme in week.themes:
        if (image := _density(theme, bounds, crs, outline)) is not None:
            density.append((theme.theme, image.add_to(page).get_name()))
        mine = [hotspot for hotspot in hotspots if hotspot.theme == theme.theme]
        if mine:
            areas.append((theme.theme, _areas(mine, crs, cards.hotspot).add_to(page).get_name()))
    corners = [[bounds[1], bounds[0]], [bounds[3], bounds[2]]]
    ground = None if backdrop is None else coded_backdrop(backdrop, _seen(week.wijken[own]))
    page.add_child(
        _Wiring(
            names, areas=areas, density=density, switched=added, bounds=corners, words=words, backdrop=ground
        )
    )
    return rendered(page)


def _seen(wijken: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """What the map shows of what lies under it, in degrees."""
    return degree_bounds(gpd.GeoDataFrame(geometry=wijken.buffer(BACKDROP_M), crs=wijken.crs))


def _neighbours(
    stadsdelen: gpd.GeoDataFrame, stadsdeel: str, view: tuple[float, float, float, float]
) -> folium.GeoJson:
    others = stadsdelen[stadsdelen["stadsdeel"] != stadsdeel]
    seen = others.geometry.intersection(shapely.box(*view))
    return shapes_layer(
        others,
        [{"name": str(name)} for name in others["stadsdeel"]],
        classes=["neighbour"] * len(others),
        labelled=seen.where(~seen.is_empty, others.geometry),
        simplify=True,
        show=True,
        pane="ground",
        interactive=False,
    )


def _wijken(wijken: gpd.GeoDataFrame, card: Callable[[str], Card]) -> folium.GeoJson:
    names = [str(name) for name in wijken["wijk"]]
    return shapes_layer(
        wijken,
        [{"name": name, **card(name)} for name in names],
        classes=["wijk"] * len(names),
        labelled=wijken.geometry,
        simplify=True,
        show=True,
        pane="ground",
    )


def _areas(hotspots: Sequence[Hotspot], crs: int, card: Callable[[Hotspot], Card]) -> folium.GeoJson:
    frame = gpd.GeoDataFrame(geometry=[hotspot.geometry for hotspot in hotspots], crs=crs)
    drawn = {"new": "new", "gone": "gone"}
    return shapes_layer(
        frame,
        [{"id": h.hotspot_id, "number": h.number, "status": h.status, **card(h)} for h in hotspots],
        classes=[f"area area-{drawn.get(hotspot.status, 'kept')}" for hotspot in hotspots],
    )


def _density(
    theme: ReleasedTheme, bounds: tuple[float, float, float, float], crs: int, outline: BaseGeometry
) -> ImageOverlay | None:
    picture = None if theme.density is None else density_picture(theme.density, bounds, crs, inside=outline)
    if picture is None:
        return None
    west, south, east, north = bounds
    return ImageOverlay(
        picture, [[south, west], [north, east]], pixelated=False, show=False, pane="density", alt=""
    )
