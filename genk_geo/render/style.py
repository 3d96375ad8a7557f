"""The palette as the style sheets of pages name it."""

from __future__ import annotations

from genk_geo.show.palette import COLOURS, DENSITY_COLOURS, LEVEL_COLOURS


def css_variables() -> str:
    """All colours as custom properties, so that the style sheet names no colour of its own."""
    named = {
        **COLOURS,
        **{f"level-{name.replace('_', '-')}": colour for name, colour in LEVEL_COLOURS.items()},
        **{f"density-{rank}": colour for rank, colour in enumerate(DENSITY_COLOURS, 1)},
    }
    return ":root{" + "".join(f"--{name}:{colour};" for name, colour in named.items()) + "}"
