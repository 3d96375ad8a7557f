"""Colours: the same every week, so that pages can be compared.

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
}


def css_variables() -> str:
    """All colours as custom properties, so that the style sheet names no colour of its own."""
    named = {
        **COLOURS,
        **{f"level-{name.replace('_', '-')}": colour for name, colour in LEVEL_COLOURS.items()},
        **{f"density-{rank}": colour for rank, colour in enumerate(DENSITY_COLOURS, 1)},
    }
    return ":root{" + "".join(f"--{name}:{colour};" for name, colour in named.items()) + "}"
