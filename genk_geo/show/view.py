"""What is to be seen of a result: facts, layers of a map and a chart, without a line of drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt

Shading = Literal["one", "steps", "classes", "density", "names"]


@dataclass(frozen=True)
class Look:
    """How a column of a layer is coloured and what a hand on a shape reads.

    Attributes
    ----------
    key : str
        What the layer shows: its title stands under this key in the texts.
    column : str
        Column that decides the colour; empty for one colour.
    shading : {"one", "steps", "classes", "density", "names"}
        One colour; seven steps of a number; the classes of hot and cold cells; the blues of the density; or
        the names in a column, each under its own key in the texts.
    colour : str
        Name in the palette, for one colour.
    unit : str
        Key of the unit in the texts; empty for none.
    tips : tuple of str
        Columns that are read when a hand rests on a shape, in this order; those that are absent are left out.
    hidden : tuple of str
        Values of the column that are not drawn.
    private : bool
        Whether the layer shows where incidents were: then the map says that it is for analysts.
    """

    key: str
    column: str = ""
    shading: Shading = "one"
    colour: str = "accent"
    unit: str = ""
    tips: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True)
class Layer:
    """Shapes with their look.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        Points, lines or areas with a coordinate system.
    look : Look
        How they are drawn.
    ground : bool
        Whether it is what others lie on: an outline without a legend of its own.
    """

    frame: gpd.GeoDataFrame
    look: Look
    ground: bool = False


@dataclass(frozen=True)
class Raster:
    """A surface as a picture: values from north to south, in a metric system.

    Attributes
    ----------
    surface : numpy.ndarray
        Rows from the north; NaN is not drawn.
    extent : tuple of float
        xmin, ymin, xmax, ymax.
    crs : int
        EPSG code.
    look : Look
        Its title and unit.
    """

    surface: npt.NDArray[np.float64]
    extent: tuple[float, float, float, float]
    crs: int
    look: Look


@dataclass(frozen=True)
class Chart:
    """Numbers that a map cannot show.

    Attributes
    ----------
    kind : {"bars", "lines", "matrix"}
        Bars of one row of numbers, lines that share an axis, or a table by colour.
    x, y : str
        Keys of what stands along the axes.
    at : sequence
        Places along the horizontal axis, or names of the columns of a table.
    series : mapping of str to sequence
        Numbers by name; rows of a table.
    level : float, optional
        A line across: what is expected.
    """

    kind: Literal["bars", "lines", "matrix"]
    x: str
    y: str
    at: Any
    series: Mapping[str, Any]
    level: float | None = None


@dataclass(frozen=True)
class Note:
    """A sentence that a table says of itself, in whatever language it is looked at.

    Attributes
    ----------
    key : str
        The sentence: stands under this key in the texts.
    values : mapping
        What is filled in; numbers as numbers.
    """

    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class View:
    """All that a result shows of itself.

    Attributes
    ----------
    title : str
        What it is, in one line.
    facts : tuple of (str, str)
        What was found and which choices were made: key in the texts, and value.
    layers : tuple of Layer
        The lowest first.
    raster : Raster, optional
        A surface under the layers.
    chart : Chart, optional
        What a plot shows where there is no map, or better than one.
    notes : tuple of str
        Sentences under the facts, in the language of the view.
    """

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    layers: tuple[Layer, ...] = ()
    raster: Raster | None = None
    chart: Chart | None = None
    notes: tuple[str, ...] = ()
