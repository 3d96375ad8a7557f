"""Colours: the same every week and on every map, so that pages, plots and maps can be compared.

The palettes are ordered (light = few) and safe for colour-blind readers; nothing rests on colour alone.
"""

from __future__ import annotations

#: Levels of observed against expected, few to many, with the fill of a wijk on the map.
LEVEL_COLOURS = {
    "less": "#f4f6f3",
    "usual": "#faf0d2",
    "more": "#f5c074",
    "much_more": "#dd7a1c",
    "unclear": "#e4e6e8",
    "none": "#e4e6e8",
}

#: Of the classes of :data:`genk_geo.release.thresholds.DENSITY_LIMITS`, the lowest first.
DENSITY_COLOURS = ("#c9dcec", "#8ab4d6", "#4682b4", "#1c4a7d")

#: Everything else that has a colour.
COLOURS = {
    "ink": "#1d2430",
    "soft": "#4d5765",
    "line": "#d5dae0",
    "paper": "#ffffff",
    "ground": "#f5f6f7",
    "accent": "#1b4f80",
    "accent-pale": "#e8eff6",
    "hotspot": "#571845",
    "hotspot-pale": "#f4eaf1",
    "zone": "#0b6b5c",
    "repeat": "#7a3b00",
    "danger": "#8f1414",
    "overlay": "#26323f",
    "outline": "#6c7683",
    "mark": "#fff3cd",
    "mark-line": "#8a6100",
    "land": "#eceff1",
    "neighbour": "#e1e5e8",
    "band": "#dde3e9",
    "street": "#ffffff",
    "main-street": "#f3efe6",
    "street-edge": "#a9b1ba",
    "street-name": "#2c3440",
    "rail": "#7b8490",
    "water": "#a9cbe0",
    "green": "#b9d3b4",
}

#: Of the classes of hot and cold cells, cold 99 to hot 99, as :data:`genk_geo.schema.HOTSPOT_CLASSES`.
CLASS_COLOURS = ("#1c4a7d", "#4682b4", "#8ab4d6", "#e4e6e8", "#d9b8cc", "#a2547f", "#571845")

#: Seven steps from few to many, for whatever has no classes of its own.
STEP_COLOURS = ("#f4f6f3", "#faf0d2", "#f8d79f", "#f5c074", "#e99a45", "#dd7a1c", "#8a3d05")
