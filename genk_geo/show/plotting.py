"""Plots with matplotlib, in the colours and words of the maps."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from genk_geo.errors import ConfigError
from genk_geo.show.palette import COLOURS, DENSITY_COLOURS
from genk_geo.show.shades import Sign, shade

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from genk_geo.show.view import Chart, Layer, Raster, View
    from genk_geo.show.words import Words

#: Room for a line of the head: signs across, points down.
_HEAD_SIGNS, _HEAD_POINTS = 92, 13
#: More names than this along an axis run into each other.
_MOST_NAMES = 8
_LINES = ("accent", "danger", "zone", "hotspot", "repeat", "soft")


def draw(view: View, words: Words, ax: Axes | None = None) -> Axes:
    """Draw a view: its chart where it has one, else its map.

    Parameters
    ----------
    view : View
        What there is to see.
    words : Words
        The reader's language.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ConfigError
        If matplotlib is not installed, or there is nothing to draw.
    """
    if view.chart is None and view.raster is None and not view.layers:
        raise ConfigError("{title}: there is nothing to plot.", title=view.title)
    axes = _axes(ax)
    _head(view, axes)
    if view.chart is not None:
        _chart(view.chart, axes, words)
        return axes
    signs = _raster(view.raster, axes, words) if view.raster is not None else []
    for layer in view.layers:
        signs += _layer(layer, axes, words)
    axes.set_aspect("equal")
    axes.set_axis_off()
    _legend(signs, axes)
    return axes


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot as plt
    except ImportError as fault:
        raise ConfigError(
            "Plots need matplotlib: pip install 'genk_geo[plot]'. `.explore()` makes a map without it."
        ) from fault
    return plt.subplots(figsize=(7.5, 5.2), layout="constrained")[1]


def _head(view: View, axes: Axes) -> None:
    """The title, and under it what the result says of itself."""
    lines = [line for note in view.notes for line in wrap(note, _HEAD_SIGNS)]
    axes.set_title(view.title, loc="left", fontsize=11, pad=6 + _HEAD_POINTS * len(lines))
    if lines:
        axes.annotate(
            "\n".join(lines), (0, 1), (0, 4), "axes fraction", "offset points",
            va="bottom", fontsize=9, color=COLOURS["soft"],
        )  # fmt: skip


def _layer(layer: Layer, axes: Axes, words: Words) -> list[Sign]:
    frame, look = layer.frame, layer.look
    if layer.ground:
        frame.plot(ax=axes, facecolor=COLOURS["paper"], edgecolor=COLOURS["outline"], linewidth=0.6)
        return []
    shaded = shade(frame[look.column] if look.column else None, look, words)
    shapes = frame.geometry
    there = ~(shapes.isna() | shapes.is_empty).to_numpy()
    colours: list[Any] = list(shaded.colours) or [COLOURS[look.colour]] * len(frame)
    there &= np.array([colour is not None for colour in colours], dtype=bool)
    if there.any():
        shown = [colour for colour, is_there in zip(colours, there, strict=True) if is_there]
        shapes[there].plot(ax=axes, color=shown, linewidth=1.6, markersize=9)
    return shaded.signs


def _raster(raster: Raster, axes: Axes, words: Words) -> list[Sign]:
    import pandas as pd
    from matplotlib.colors import to_rgba

    values = np.where(raster.surface > np.nanmax(raster.surface, initial=0.0) / 100, raster.surface, np.nan)
    shaded = shade(pd.Series(values.ravel()), raster.look, words)
    pixels = np.array([(0, 0, 0, 0) if one is None else to_rgba(one) for one in shaded.colours])
    west, south, east, north = raster.extent
    axes.imshow(pixels.reshape(*values.shape, 4), extent=(west, east, south, north), origin="upper")
    return shaded.signs


def _legend(signs: list[Sign], axes: Axes) -> None:
    from matplotlib.patches import Patch

    patches = [
        Patch(facecolor=sign.colour, edgecolor=COLOURS["outline"], label=sign.meaning) for sign in signs
    ]
    if patches:
        axes.legend(handles=patches, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9, frameon=False)


def _chart(chart: Chart, axes: Axes, words: Words) -> None:
    if chart.kind == "matrix":
        _matrix(chart, axes, words)
        return
    axes.set_xlabel(words(f"axis.{chart.x}"))
    axes.set_ylabel(words(f"axis.{chart.y}"))
    for name, numbers, colour in zip(chart.series, chart.series.values(), _LINES, strict=False):
        if chart.kind == "bars":
            axes.bar(chart.at, numbers, color=COLOURS[colour], label=words.value(name))
        else:
            axes.plot(chart.at, numbers, color=COLOURS[colour], label=words.value(name))
    names = list(chart.at)
    if len(names) > _MOST_NAMES and isinstance(names[0], str):
        every = -(-len(names) // _MOST_NAMES)
        axes.set_xticks(range(0, len(names), every), names[::every])
    if min(np.min(numbers) for numbers in chart.series.values()) >= 0:
        axes.set_ylim(bottom=0)
    if chart.level is not None:
        axes.axhline(chart.level, color=COLOURS["soft"], linewidth=1, linestyle="--")
    if len(chart.series) > 1:
        axes.legend(fontsize=9, frameon=False)


def _matrix(chart: Chart, axes: Axes, words: Words) -> None:
    """A table by colour, its numbers written in."""
    from matplotlib.colors import LinearSegmentedColormap

    table = np.array(list(chart.series.values()), dtype=float)
    blues = LinearSegmentedColormap.from_list("few to many", [COLOURS["ground"], *DENSITY_COLOURS])
    axes.imshow(table, cmap=blues, aspect="auto")
    axes.set_xticks(range(table.shape[1]), list(chart.at))
    axes.set_yticks(range(table.shape[0]), list(chart.series))
    axes.set_xlabel(words(f"axis.{chart.x}"))
    axes.set_ylabel(words(f"axis.{chart.y}"))
    low, high = np.nanmin(table, initial=0.0), np.nanmax(table, initial=1.0)
    for row, column in np.ndindex(*table.shape):
        if np.isfinite(value := table[row, column]):
            colour = "white" if value > low + 0.55 * (high - low) else COLOURS["ink"]
            axes.text(column, row, words.number(float(value)), ha="center", va="center", color=colour)
