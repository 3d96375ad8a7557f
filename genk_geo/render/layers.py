"""The map of one stadsdeel: folium layers, and one own element that hands them to the page's script."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import geopandas as gpd
import shapely
from branca.element import Figure, MacroElement
from folium.map import CustomPane
from folium.raster_layers import ImageOverlay
from folium.template import Template

from genk_geo.crs import WGS84, epsg_of, reproject
from genk_geo.render.braces import braceless, restored
from genk_geo.render.raster import density_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from genk_geo.render.release import Hotspot, ReleasedTheme, ReleasedWeek
    from genk_geo.results import Zone

    Card = Mapping[str, Any]

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

_SIMPLIFY_M = 6.0
_MARGIN_M = 500.0
_DEGREE_STEP = 1e-5  # about a metre


@dataclass(frozen=True)
class MapParts:
    """What the page embeds of a map."""

    html: str
    script: str


class Cards(NamedTuple):
    """Give the content of popups: mappings of plain texts."""

    wijk: Callable[[str], Card]
    hotspot: Callable[[Hotspot], Card]
    zone: Callable[[Zone], Card]


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
                areas: { {% for key, name in this.areas %}{{ key|tojson }}: {{ name }}, {% endfor %} },
                density: { {% for key, name in this.density %}{{ key|tojson }}: {{ name }}, {% endfor %} },
                zones: { {% for key, name in this.zones %}{{ key|tojson }}: {{ name }}, {% endfor %} },
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
        zones: list[tuple[str, str]],
        bounds: Any,
        words: Mapping[str, str],
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca leaves it without annotations
        self._name = "Wiring"
        self.names, self.areas, self.density, self.zones = names, areas, density, zones
        self.bounds, self.words = bounds, braceless(dict(words))


def stadsdeel_map(
    week: ReleasedWeek,
    stadsdeel: str,
    hotspots: Sequence[Hotspot],
    *,
    tiles: str,
    zones: Sequence[Zone],
    cards: Cards,
    words: Mapping[str, str],
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
    zones : sequence of Zone
        Zones of the environment to draw, all themes.
    cards : Cards
        Content of the popups.
    words : mapping of str to str
        Words that the script puts on the map.

    Returns
    -------
    MapParts
        Container and script; identifiers are still folium's random ones.
    """
    result = week.result
    crs = epsg_of(result.wijken, "The wijken")
    own = result.wijken["stadsdeel"] == stadsdeel
    outline = result.wijken[own].union_all()
    drawn = [outline, *(hotspot.geometry for hotspot in hotspots)]
    bounds = _bounds(gpd.GeoDataFrame(geometry=drawn, crs=result.wijken.crs))
    page = folium.Map(
        location=[(bounds[1] + bounds[3]) / 2, (bounds[0] + bounds[2]) / 2],
        zoom_start=13,
        max_zoom=19,
        tiles=None,
        zoom_control=False,
        scroll_wheel_zoom=False,
        zoom_snap=0.25,
        attribution_control=True,
    )
    page.default_js, page.default_css = [], []  # no links to other hosts: the page carries Leaflet itself
    for pane, z_index in (("ground", 350), ("density", 360), ("names", 450)):
        CustomPane(pane, z_index=z_index, pointer_events=pane == "ground").add_to(page)
    names = {"map": page.get_name(), "base": "", "neighbours": ""}
    if tiles in TILES:
        names["base"] = _base(tiles).add_to(page).get_name()
    view = tuple(result.wijken[own].buffer(_MARGIN_M).total_bounds)
    if not own.all():
        names["neighbours"] = _neighbours(result.stadsdelen, stadsdeel, view).add_to(page).get_name()
    names["wijken"] = _wijken(result.wijken[own], cards.wijk).add_to(page).get_name()
    areas, density, ground = [], [], []
    for theme in week.themes:
        here = [zone for zone in zones if zone.theme == theme.theme]
        if here:
            ground.append((theme.theme, _zones(here, crs, cards.zone).add_to(page).get_name()))
        if (image := _density(theme, bounds, crs, outline)) is not None:
            density.append((theme.theme, image.add_to(page).get_name()))
        mine = [hotspot for hotspot in hotspots if hotspot.theme == theme.theme]
        if mine:
            areas.append((theme.theme, _areas(mine, crs, cards.hotspot).add_to(page).get_name()))
    corners = [[bounds[1], bounds[0]], [bounds[3], bounds[2]]]
    page.add_child(_Wiring(names, areas=areas, density=density, zones=ground, bounds=corners, words=words))
    figure = page.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("folium gave the map no figure to render in")
    figure.render()
    return MapParts(html=figure.html.render(), script=restored(figure.script.render()))


def _base(tiles: str) -> folium.TileLayer:
    url, attribution, zoom, _ = TILES[tiles]
    return folium.TileLayer(
        url, attr=attribution, max_zoom=zoom, max_native_zoom=zoom, opacity=0.55, show=False
    )


def _neighbours(
    stadsdelen: gpd.GeoDataFrame, stadsdeel: str, view: tuple[float, float, float, float]
) -> folium.GeoJson:
    others = stadsdelen[stadsdelen["stadsdeel"] != stadsdeel]
    seen = others.geometry.intersection(shapely.box(*view))
    return _layer(
        others,
        [{"name": str(name)} for name in others["stadsdeel"]],
        classes=["neighbour"] * len(others),
        labelled=seen.where(~seen.is_empty, others.geometry),
        pane="ground",
        interactive=False,
    )


def _wijken(wijken: gpd.GeoDataFrame, card: Callable[[str], Card]) -> folium.GeoJson:
    names = [str(name) for name in wijken["wijk"]]
    return _layer(
        wijken,
        [{"name": name, **card(name)} for name in names],
        classes=["wijk"] * len(names),
        pane="ground",
    )


def _areas(hotspots: Sequence[Hotspot], crs: int, card: Callable[[Hotspot], Card]) -> folium.GeoJson:
    frame = gpd.GeoDataFrame(geometry=[hotspot.geometry for hotspot in hotspots], crs=crs)
    drawn = {"new": "new", "gone": "gone"}
    return _layer(
        frame,
        [{"id": h.hotspot_id, "number": h.number, "status": h.status, **card(h)} for h in hotspots],
        classes=[f"area area-{drawn.get(hotspot.status, 'kept')}" for hotspot in hotspots],
        simplify=False,
        show=False,
    )


def _zones(zones: Sequence[Zone], crs: int, card: Callable[[Zone], Card]) -> folium.GeoJson:
    frame = gpd.GeoDataFrame(geometry=[zone.geometry for zone in zones], crs=crs)
    return _layer(
        frame,
        [{"id": zone.zone_id, **card(zone)} for zone in zones],
        classes=["zone"] * len(zones),
        simplify=False,
        show=False,
    )


def _layer(
    frame: gpd.GeoDataFrame,
    properties: list[dict[str, Any]],
    *,
    classes: list[str],
    simplify: bool = True,
    labelled: gpd.GeoSeries | None = None,
    show: bool = True,
    **options: Any,
) -> folium.GeoJson:
    """GeoJSON layer whose features carry places for their labels and a class for the style sheet."""
    metric = frame.geometry
    if simplify:
        metric = metric.simplify_coverage(_SIMPLIFY_M)
    degrees = reproject(gpd.GeoDataFrame(geometry=metric), WGS84)
    middles = (frame.geometry if labelled is None else labelled).representative_point()
    anchors = reproject(gpd.GeoDataFrame(geometry=middles), WGS84).geometry
    shapes = shapely.set_precision(degrees.geometry.to_numpy(), _DEGREE_STEP)
    features = [
        {
            "type": "Feature",
            "id": str(at),
            "properties": {
                **braceless(values),
                "at": [round(point.y, 5), round(point.x, 5)],
                "corner": [round(shape.bounds[3], 5), round(shape.bounds[2], 5)],
                "kind": kind,
            },
            "geometry": _rounded(shape),
        }
        for at, (values, point, shape, kind) in enumerate(
            zip(properties, anchors, shapes, classes, strict=True)
        )
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda feature: {"className": feature["properties"]["kind"]},
        smooth_factor=0.5,
        show=show,
        **options,
    )


def _rounded(shape: Any) -> dict[str, Any]:
    text = shapely.to_geojson(shape)
    return dict(json.loads(text, parse_float=lambda digits: round(float(digits), 5)))


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


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    box = gpd.GeoDataFrame(geometry=[shapely.box(*frame.total_bounds)], crs=frame.crs)
    west, south, east, north = (round(float(edge), 5) for edge in reproject(box, WGS84).total_bounds)
    return west, south, east, north
