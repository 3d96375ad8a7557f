"""Colours of the features of a layer, and the legend that says what they mean."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.schema import HOTSPOT_CLASSES
from genk_geo.show.palette import CLASS_COLOURS, COLOURS, DENSITY_COLOURS, STEP_COLOURS

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.show.view import Look
    from genk_geo.show.words import Words

#: Of names that have no colour of their own, in this order; told apart by lightness too.
_NAMES = ("#1c4a7d", "#dd7a1c", "#0b6b5c", "#571845", "#8ab4d6", "#f5c074", "#7a3b00", "#6c7683")
_STEPS = 6


class Sign(NamedTuple):
    """A colour and what it means."""

    colour: str
    meaning: str


class Shaded(NamedTuple):
    """The colour of each feature (None: not drawn) and the signs of the legend, many first."""

    colours: list[str | None]
    signs: list[Sign]


def shade(values: pd.Series[Any] | None, look: Look, words: Words) -> Shaded:
    """Colour features by the look of their layer.

    Parameters
    ----------
    values : pandas.Series or None
        The column of the look; None for one colour, for which `count` features are not known here.
    look : Look
        How to colour.
    words : Words
        The reader's language.

    Returns
    -------
    Shaded
    """
    if values is None or look.shading == "one":
        return Shaded([], [Sign(COLOURS[look.colour], words(f"layer.{look.key}"))])
    if look.shading == "classes":
        return _classes(values, words)
    if look.shading == "names":
        return _names(values, look, words)
    palette = DENSITY_COLOURS if look.shading == "density" else STEP_COLOURS[1:]
    return _steps(values, palette, look, words)


def _classes(values: pd.Series[Any], words: Words) -> Shaded:
    """Classes of hot and cold cells; what is not significant is left to the ground."""
    colour = dict(zip(HOTSPOT_CLASSES, CLASS_COLOURS, strict=True))
    neutral = "not significant"
    drawn = [None if pd.isna(one) or one == neutral else colour[str(one)] for one in values]
    there = {str(one) for one in values.dropna().unique()}
    shown = [name for name in reversed(HOTSPOT_CLASSES) if name in there and name != neutral]
    signs = [Sign(colour[name], words(f"class.{name.replace(' ', '_')}")) for name in shown]
    return Shaded(drawn, signs)


def _names(values: pd.Series[Any], look: Look, words: Words) -> Shaded:
    names = sorted({str(one) for one in values.dropna()} - set(look.hidden))
    colour = {name: _NAMES[at % len(_NAMES)] for at, name in enumerate(names)}
    return Shaded(
        [colour.get(str(one)) for one in values], [Sign(colour[name], words.value(name)) for name in names]
    )


def _steps(values: pd.Series[Any], palette: tuple[str, ...], look: Look, words: Words) -> Shaded:
    """Steps between round limits; 0 and what is missing are left to the ground."""
    numbers = np.asarray(pd.to_numeric(values), dtype=float)
    limits = round_limits(numbers, len(palette) - 1)
    unit = f" {words(f'unit.{look.unit}')}" if look.unit else ""
    drawn = [
        None if not np.isfinite(one) or one <= 0 else palette[int(np.searchsorted(limits, one, side="right"))]
        for one in numbers
    ]
    edges = [words.number(one) for one in limits]
    texts = [words("legend.below", edge=edges[0]) if edges else words("legend.some")]
    texts += [words("legend.between", low=low, high=high) for low, high in pairwise(edges)]
    texts += [words("legend.from", edge=edges[-1])] if edges else []
    used = set(drawn)
    signs = [
        Sign(colour, f"{text}{unit}")
        for colour, text in zip(palette[: len(texts)], texts, strict=True)
        if colour in used
    ]
    return Shaded(drawn, signs[::-1])


def round_limits(numbers: npt.NDArray[np.float64], most: int) -> list[float]:
    """At most so many limits of one or two figures between the values above 0, few to many."""
    above = numbers[np.isfinite(numbers) & (numbers > 0)]
    if above.size == 0:
        return []
    low, high = float(np.quantile(above, 0.02)), float(above.max())
    if high <= low:
        return []
    raw = (
        np.geomspace(low, high, most + 2)[1:-1] if high / low > 20 else np.linspace(low, high, most + 2)[1:-1]
    )
    digits = 1 - int(np.floor(np.log10((high - low) / (most + 1))))
    whole = bool((above % 1 == 0).all())
    rounded = [_two_figures(one, digits, whole=whole) for one in raw]
    return sorted({one for one in rounded if 0 < one <= high})


def _two_figures(value: float, digits: int, *, whole: bool) -> float:
    if whole:
        return float(np.ceil(value))
    own = 1 - int(np.floor(np.log10(value))) if value > 0 else digits
    return float(np.round(value, min(max(digits, own), 12)))
