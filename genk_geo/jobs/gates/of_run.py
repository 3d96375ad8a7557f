"""Gates of a whole run: the clock before it, and what the week turned out to be after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.jobs.gates.failure import Failure, GateError, judged

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from genk_geo.config import GateSettings
    from genk_geo.results import WeekResult
    from genk_geo.store import Store

#: Clocks of two machines may differ by so many hours.
_APART_H = 1.0


def check_clock(store: Store, now: dt.datetime, gates: GateSettings, accepted: Mapping[str, str]) -> None:
    """Refuse to run at a moment before the last run: what is known when would be in disorder.

    Parameters
    ----------
    store : Store
        The history.
    now : datetime.datetime
        The present moment by the clock of the machine.
    gates : GateSettings
        Say whether this gate holds.
    accepted : mapping of str to str
        Gates that are let through, and why.

    Raises
    ------
    GateError
        If the clock of the machine stands before the last run.
    """
    last = store.last_moment
    if last is None:
        return
    hours = (last - pd.Timestamp(now)).total_seconds() / 3600
    failure = judged(
        Failure("clock", f"{now:%Y-%m-%d %H:%M}", hours, _APART_H, held=True, words=("machine",)),
        gates,
        accepted,
    )
    if hours > _APART_H and failure.held:
        raise GateError([failure])


def marks_of(result: WeekResult, gates: GateSettings, accepted: Mapping[str, str]) -> list[Failure]:
    """What of the week as it was found does not keep the limits, theme by theme.

    Parameters
    ----------
    result : WeekResult
        What was found.
    gates : GateSettings
        The limits.
    accepted : mapping of str to str
        Gates that are let through, and why.

    Returns
    -------
    list of Failure
        Too few known precisely, or too many late. These never hold a theme back: it is published already
        looked at, with hotspots of what is precise, and the operator is told.
    """
    found = []
    for look in result.themes:
        if look.in_window >= gates.least_rows and look.located / look.in_window < gates.precise:
            share = look.located / look.in_window
            found.append(Failure("precise", look.theme, share, gates.precise, held=False))
        late = result.quality.late_share.get(look.theme, math.nan)
        if look.in_window >= gates.least_rows and late > gates.late:
            found.append(Failure("late", look.theme, late, gates.late, held=False))
    return [Failure(**{**vars(one), "because": accepted.get(one.gate, "")}) for one in found]
