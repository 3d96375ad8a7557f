"""How QGIS draws a layer: a QML style in the package's colours, kept inside the GeoPackage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from genk_geo.show.palette import COLOURS, LEVEL_COLOURS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

# The table that QGIS looks for beside a layer, as GDAL makes it.
_TABLE = """
create table if not exists layer_styles (
    id integer primary key autoincrement not null,
    f_table_catalog text(256), f_table_schema text(256), f_table_name text(256),
    f_geometry_column text(256), styleName text(30), styleQML text, styleSLD text, useAsDefault boolean,
    description text, owner text(30), ui text(30),
    update_time datetime default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)
"""
_CONTENTS = """
insert into gpkg_contents (table_name, data_type, identifier, description, last_change)
select 'layer_styles', 'attributes', 'layer_styles', '', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
where not exists (select 1 from gpkg_contents where table_name = 'layer_styles')
"""
_STYLE = """
insert into layer_styles (
    f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD,
    useAsDefault, description, owner
) values ('', '', ?, ?, 'genk_geo', ?, '', 1, 'genk_geo', '')
"""
_VERSION = "3.22"
_OPAQUE, _PALE = 255, 150


@dataclass(frozen=True)
class Look:
    """How one kind of a layer is drawn.

    Attributes
    ----------
    value : str
        Value of the column that tells kinds apart; empty for all others.
    label : str
        What the legend says.
    colour : str
        Colour, ``#rrggbb``.
    shape : str
        Sign of a point, so that nothing rests on colour alone.
    """

    value: str
    label: str
    colour: str
    shape: str = "circle"


#: A sign and a colour a theme; further themes share the last.
_THEMES = (
    ("burglary", "hotspot", "diamond"),
    ("nuisance", "repeat", "circle"),
    ("traffic", "danger", "triangle"),
)
_OTHER = ("overlay", "square")
_CLASSES = {
    "hot 99": COLOURS["hotspot"],
    "hot 95": LEVEL_COLOURS["much_more"],
    "hot 90": LEVEL_COLOURS["more"],
}


def looks_of_themes(themes: Sequence[str], name: Callable[[str], str]) -> tuple[Look, ...]:
    """A look a theme, for points of incidents.

    Parameters
    ----------
    themes : sequence of str
        Keys of the themes, in the order of the legend.
    name : callable
        What the legend calls a theme.
    """
    known = {theme: (colour, shape) for theme, colour, shape in _THEMES}
    drawn = ((theme, *known.get(theme, _OTHER)) for theme in themes)
    return tuple(Look(theme, name(theme), COLOURS[colour], shape) for theme, colour, shape in drawn)


def looks_of_classes(name: Callable[[str], str]) -> tuple[Look, ...]:
    """A look a class of hot cells, the surest first.

    Parameters
    ----------
    name : callable
        What the legend calls a class, asked for as ``hot_99``.
    """
    return tuple(Look(value, name(value.replace(" ", "_")), colour) for value, colour in _CLASSES.items())


def qml(column: str, looks: Sequence[Look], *, points: bool) -> str:
    """Style of QGIS that tells the kinds of a layer apart.

    Parameters
    ----------
    column : str
        Column with the kinds.
    looks : sequence of Look
        One a kind.
    points : bool
        Signs for points, or fills for areas.

    Returns
    -------
    str
        XML.
    """
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=column)
    renderer.attrib |= {"forceraster": "0", "symbollevels": "0", "enableorderby": "0"}
    categories, symbols = ET.SubElement(renderer, "categories"), ET.SubElement(renderer, "symbols")
    for at, look in enumerate(looks):
        ET.SubElement(
            categories, "category", symbol=str(at), value=look.value, label=look.label, render="true"
        )
        kind = "marker" if points else "fill"
        symbol = ET.SubElement(symbols, "symbol", name=str(at), type=kind, alpha="1", clip_to_extent="1")
        drawn = "SimpleMarker" if points else "SimpleFill"
        layer = ET.SubElement(symbol, "layer", {"class": drawn, "pass": "0", "locked": "0", "enabled": "1"})
        _write_properties(layer, _marker(look) if points else _fill(look))
    return ET.tostring(root, encoding="unicode")


def _marker(look: Look) -> dict[str, str]:
    return {
        "name": look.shape,
        "color": _rgba(look.colour, _OPAQUE),
        "outline_color": _rgba(COLOURS["paper"], _OPAQUE),
        "outline_style": "solid",
        "outline_width": "0.2",
        "size": "2.6",
        "size_unit": "MM",
    }


def _fill(look: Look) -> dict[str, str]:
    return {
        "style": "solid",
        "color": _rgba(look.colour, _PALE),
        "outline_color": _rgba(COLOURS["outline"], _OPAQUE),
        "outline_style": "solid",
        "outline_width": "0.2",
    }


def _write_properties(layer: ET.Element, properties: dict[str, str]) -> None:
    """Both ways of writing them: QGIS reads the first since 3.26 and the second before."""
    options = ET.SubElement(layer, "Option", type="Map")
    for name, value in properties.items():
        ET.SubElement(options, "Option", name=name, type="QString", value=value)
    for name, value in properties.items():
        ET.SubElement(layer, "prop", k=name, v=value)


def _rgba(colour: str, alpha: int) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return ",".join(map(str, (*parts, alpha)))


def put_style(path: Path, style: str) -> None:
    """Put a style in a GeoPackage as the one that QGIS uses for its only layer.

    Parameters
    ----------
    path : path-like
        GeoPackage with one layer of features.
    style : str
        From :func:`qml`.
    """
    with closing(sqlite3.connect(path)) as base, base:
        ((layer, column),) = base.execute("select table_name, column_name from gpkg_geometry_columns")
        base.execute(_TABLE)
        base.execute(_CONTENTS)
        base.execute("delete from layer_styles where f_table_name = ?", [layer])
        base.execute(_STYLE, [layer, column, style])
