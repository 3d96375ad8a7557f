"""How often a property is tried and a simulation repeated: some with every change, all of them by hand."""

from __future__ import annotations

import os

#: Share of the examples in per cent; `GENK_GEO_EXAMPLES=100` tries them all.
SHARE = int(os.environ.get("GENK_GEO_EXAMPLES", "20"))
#: Share of the repetitions in per cent; `GENK_GEO_SIMULATIONS=100` makes them all.
REPEATED = int(os.environ.get("GENK_GEO_SIMULATIONS", "20"))
#: Fewer say too little: of repetitions five, of examples three, as these are others each time.
LEAST, FEWEST = 5, 3


def examples(whole: int) -> int:
    """So many of `whole` examples."""
    return min(whole, max(FEWEST, whole * SHARE // 100))


def repetitions(whole: int) -> int:
    """So many of `whole` repetitions; limits that are standard errors widen with them."""
    return min(whole, max(LEAST, whole * REPEATED // 100))
