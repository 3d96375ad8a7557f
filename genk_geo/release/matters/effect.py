"""Whether measures helped, as fine as each reader may see it.

A verdict is a count in disguise: "it helped" says that few came. So others than analysts are told one only of
places where much was to be expected and enough came, in whole blocks of addresses and in steps of 5 % and of
quarters; of all others they are told that nothing is said, and not why. Of the ring around a place, and of
the time after a measure, nothing says that enough came: that is for analysts.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from genk_geo.release.level import Level
from genk_geo.release.table_values import shown_name
from genk_geo.release.thresholds import LEAST_EXPECTED, MOST_RATIO, QUARTER, SHARE_STEP
from genk_geo.release.values.effect import ReleasedEffect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genk_geo.results import MeasuredEffect

_YEAR = 52


def release_effects(
    effects: Iterable[MeasuredEffect], level: Level, limit: int
) -> tuple[ReleasedEffect, ...]:
    """What readers of a level see of what became of measures.

    Parameters
    ----------
    effects : iterable of MeasuredEffect
        What was found.
    level : Level
        How fine the reader may see.
    limit : int
        Counts below this are held back.

    Returns
    -------
    tuple of ReleasedEffect
        Analysts see everything. Who sees wijken only sees none, because an action is at a place.
    """
    if level is Level.WIJKEN:
        return ()
    return tuple(_exact(one) if level.shows_points else _coarse(one, limit) for one in effects)


def _exact(one: MeasuredEffect) -> ReleasedEffect:
    ratio, low, high = (_finite(end) for end in (one.ratio, one.low, one.high))
    return ReleasedEffect(
        dossier=one.dossier, theme=one.theme, measures=one.measures, start=one.start, end=one.end,
        verdict=one.verdict, ratio=ratio, low=low, high=high, weeks=one.weeks, about=False,
        weeks_seen=one.weeks_seen, weeks_needed=one.weeks_needed, judged_after=one.judged_after,
        visible=_finite(one.visible), known=math.isfinite(one.per_week), displacement=one.displacement,
        relapse=one.relapse, wijken=one.wijken, place=shown_name(one.place),
        shared_since=one.shared_since,
    )  # fmt: skip


def _coarse(one: MeasuredEffect, limit: int) -> ReleasedEffect:
    exact = replace(_exact(one), place="")  # words of the register are for analysts
    much = math.isfinite(one.per_week) and _YEAR * one.per_week >= LEAST_EXPECTED
    judged = one.weeks == 0 or (one.expected >= LEAST_EXPECTED and one.observed >= limit)
    if not (much and judged) or one.judged_after is None:
        return replace(exact.untold(), about=True)
    coarse = replace(
        exact, about=True, weeks=_quarters(one.weeks) or 0, weeks_needed=_quarters(one.weeks_needed),
        judged_after=_quarters(one.judged_after), displacement="unknown", relapse="unknown",
        ratio=_stepped(exact.ratio), low=_stepped(exact.low), high=_stepped(exact.high),
        visible=_stepped(exact.visible),
    )  # fmt: skip
    if coarse.ratio is None or coarse.ratio > MOST_RATIO:
        return coarse.without_share(limit)
    return replace(coarse, least=max(limit, math.ceil(LEAST_EXPECTED * (coarse.ratio - SHARE_STEP / 2))))


def _quarters(weeks: int | None) -> int | None:
    """Weeks up to whole quarters: said of a wait, it is never too short."""
    return None if weeks is None else math.ceil(weeks / QUARTER) * QUARTER


def _finite(ratio: float) -> float | None:
    return ratio if math.isfinite(ratio) else None


def _stepped(ratio: float | None) -> float | None:
    return None if ratio is None else round(round(ratio / SHARE_STEP) * SHARE_STEP, 2)
