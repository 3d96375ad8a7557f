"""Kinds of incidents with how often they occur (own choices), and what citizens write beside a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

BURGLARY_OTHER = {"inbraak ander gebouw": 6, "inbraak handelszaak": 3, "inbraak tuinhuis": 3}
DAY_NUISANCE = {
    "Sluikstort": 42,
    "Zwerfvuil": 20,
    "Geluidsoverlast": 8,
    "Vandalisme": 7,
    "Rondhangende jongeren": 8,
    "Drugsoverlast": 4,
    "Loslopende hond": 4,
    "Burenruzie": 4,
    "Andere": 3,
}
NIGHT_NUISANCE = {
    "Geluidsoverlast": 46,
    "Rondhangende jongeren": 20,
    "Vandalisme": 10,
    "Drugsoverlast": 8,
    "Vuurwerk": 5,
    "Overlast evenement": 6,
    "Burenruzie": 5,
}
OTHER_SIDE = {"auto": 60, "": 24, "voetganger": 6, "bromfietser": 4, "vrachtwagen": 4, "motorfiets": 2}
REMARKS = {
    "": 40,
    "al enkele dagen": 12,
    "verzonnen melding, alleen om te proberen": 12,
    "graag opvolging": 10,
    "zelfde plaats als vorige keer; melder wil anoniem blijven": 8,
    "zie foto": 8,
    "aan de containers, naast het paadje": 6,
    "'s nachts tot na 2 uur": 4,
}


def choose(weights: dict[str, int], n: int, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Draw `n` of the keys by their weights."""
    share = np.array(list(weights.values()), dtype=float)
    return rng.choice(np.array(list(weights), dtype=object), size=n, p=share / share.sum())
