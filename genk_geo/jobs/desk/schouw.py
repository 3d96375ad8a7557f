"""Returned forms of the schouw, taken together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from genk_geo import cpted
from genk_geo.doors import read_layer
from genk_geo.errors import ConfigError, Message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd


@dataclass(frozen=True)
class SchouwReport:
    """What returned forms say.

    Attributes
    ----------
    index : pandas.DataFrame
        See :func:`genk_geo.cpted.quality_index`.
    agreement : tuple of (str, str, float)
        Weighted kappa of every two observers that share zones.
    change : pandas.DataFrame
        See :func:`genk_geo.cpted.change`, between the first and the last day; empty with one day.
    """

    index: pd.DataFrame
    agreement: tuple[tuple[str, str, float], ...]
    change: pd.DataFrame


def report(paths: Iterable[Path]) -> SchouwReport:
    """Read forms and compare observers and visits.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Returned forms.

    Returns
    -------
    SchouwReport
        Index, agreement, change.

    Raises
    ------
    ConfigError
        If no form was filled in.
    """
    forms = cpted.read_forms(paths)
    if forms.empty:
        raise ConfigError("The forms hold no visit: fill in observer and date.")
    pairs = [
        (one, other, cpted.agreement(forms, one, other))
        for one, other in combinations(sorted(forms["observer"].unique()), 2)
    ]
    days = sorted(forms["date"].unique())
    several = len(days) > 1
    moved = cpted.change(forms if several else forms.iloc[:0], days[0], days[-1])
    return SchouwReport(
        cpted.quality_index(forms), tuple(pair for pair in pairs if not np.isnan(pair[2])), moved
    )


def zone_ids(layer: Path) -> list[str]:
    """Names of the zones in a layer, in its order."""
    frame = read_layer(layer, Message("The zones"))
    if "zone_id" not in frame:
        raise ConfigError(
            "{layer} has no column zone_id. Give the zones that `genk-geo risk` wrote.", layer=layer
        )
    return [str(name) for name in frame["zone_id"]]
