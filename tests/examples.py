"""How many examples a property is tried on: some with every change, all of them by hand."""

from __future__ import annotations

import os

#: Share of the examples in per cent; `GENK_GEO_EXAMPLES=100` tries them all.
SHARE = int(os.environ.get("GENK_GEO_EXAMPLES", "40"))
#: Fewer say too little.
LEAST = 5


def examples(whole: int) -> int:
    """So many of `whole` examples."""
    return min(whole, max(LEAST, whole * SHARE // 100))
