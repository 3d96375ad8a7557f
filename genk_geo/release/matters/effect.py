"""Whether measures helped, as fine as each reader may see it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from genk_geo.release.level import Level
from genk_geo.release.values.effect import ReleasedEffect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.stats import Effect

#: Others than analysts see shares in steps of this, of at least so many events expected.
_STEP, _LEAST = 0.05, 20.0


def release_effects(effects: Sequence[Effect], level: Level) -> tuple[ReleasedEffect, ...]:
    """What readers of a level see of what became of measures.

    Analysts see everything. Wijkmanagers see the verdict of each action and a change rounded to 5 %, where at
    least 20 events were expected: no count follows from that. Who sees wijken only sees none, because an
    action is at a place.

    Parameters
    ----------
    effects : sequence of Effect
        Of :func:`genk_geo.stats.effects`.
    level : Level
        How fine the reader may see.

    Returns
    -------
    tuple of ReleasedEffect
    """
    if level is Level.WIJKEN:
        return ()
    return tuple(_released(one, level) for one in effects)


def _released(one: Effect, level: Level) -> ReleasedEffect:
    change = one.change
    ratio = low = high = None
    if (
        change is not None
        and math.isfinite(change.ratio)
        and (level.shows_points or change.expected >= _LEAST)
    ):
        ratio, low, high = (_rounded(end, level) for end in (change.ratio, change.low, change.high))
    return ReleasedEffect(
        action_id=one.action_id, dossier=one.dossier, measure=one.measure, theme=one.theme, start=one.start,
        end=one.end, verdict=one.verdict, ratio=ratio, low=low, high=high,
        weeks=0 if change is None else change.weeks, weeks_seen=one.weeks_seen,
        weeks_needed=one.weeks_needed, judged_after=one.judged_after, visible=_rounded(one.visible, level),
        known=math.isfinite(one.per_week), displacement=one.displacement, relapse=one.relapse,
    )  # fmt: skip


def _rounded(ratio: float, level: Level) -> float | None:
    if not math.isfinite(ratio):
        return None
    return ratio if level.shows_points else round(round(ratio / _STEP) * _STEP, 2)
