"""What a page needs of the backdrop of its map besides the map: the code that draws it, and its note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.render.pages.self_contained import static

if TYPE_CHECKING:
    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.render.words.texts import Texts


def backdrop_code(backdrop: Backdrop | None) -> str:
    """Script that draws a backdrop; nothing where there is none."""
    return "" if backdrop is None else static("backdrop_names.js") + static("backdrop.js")


def backdrop_note(backdrop: Backdrop | None, texts: Texts) -> str:
    """What a reader is told of the backdrop: that names stand at one point, and whom to name."""
    if backdrop is None:
        return ""
    told = [texts("map.backdrop_points")] if backdrop.indicative and len(backdrop.places) else []
    if backdrop.credits:
        told.append(texts("map.backdrop_credits", credits="; ".join(backdrop.credits)))
    return " ".join(told)
