"""What a result shows of itself: in a line of text, in a notebook, as a plot and as a map.

A result says *what* is to be seen (a :class:`View`: facts, layers, a chart); this room draws it. So
statistics know nothing of matplotlib and folium, and every map and plot has the palette and the words of the
pages.
"""

from genk_geo.show.mapped import LocatedTable, MappedFrame, MappedSeries, MappedTable, ToldTable, on_cells_of
from genk_geo.show.shown import Shown
from genk_geo.show.view import Chart, Layer, Look, Note, View

__all__ = [
    "Chart",
    "Layer",
    "LocatedTable",
    "Look",
    "MappedFrame",
    "MappedSeries",
    "MappedTable",
    "Note",
    "Shown",
    "ToldTable",
    "View",
    "on_cells_of",
]
