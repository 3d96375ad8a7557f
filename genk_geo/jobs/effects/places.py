"""Measures at places against all like places of the city, asked of the one engine."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.jobs.effects.counting import CountedCells, side_of
from genk_geo.results import MeasuredEffect
from genk_geo.stats.effects.registers import LEAST_PLACES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from genk_geo.calendar import Week
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City

    Cells = npt.NDArray[np.bool_]


class Treated(NamedTuple):
    """A place where something was done, or will be: no end, it goes on; not begun, nothing was done yet."""

    name: str
    ground: BaseGeometry
    start: dt.date
    end: dt.date | None = None
    begun: bool = True


class _Place(NamedTuple):
    treated: Treated
    cells: Cells


def effects_at(
    history: ThemeHistory, treated: Sequence[Treated], *, week: Week, as_of: pd.Timestamp
) -> dict[str, stats.Effect]:
    """Tell of each place whether what was done there helped.

    A place is compared with squares of its own size over the rest of the city, none of which shares a cell
    with a place where anything was done, or with the ring around one.

    Parameters
    ----------
    history : ThemeHistory
        Incidents of the theme.
    treated : sequence of Treated
        The places, each name once.
    week : Week
        Last week that counts.
    as_of : pandas.Timestamp
        What is known of it ends here.

    Returns
    -------
    dict of str to Effect
        By name. One whose ground holds no cell, or that is so large that the city has too few places like
        it, is left out: nothing can be said of it.
    """
    counted = CountedCells.of(history, week, as_of)
    if len(counted.counts) < 2:  # a table of one week has no course
        return {}
    places = [_Place(one, counted.within(one.ground)) for one in treated]
    places = [one for one in places if one.cells.any()]
    begun = [one for one in places if one.treated.begun]
    found: dict[str, stats.Effect] = {}
    for own in _alike(places):
        found |= _asked(counted, own, begun, history.theme)
    return found


def measured(
    told: stats.Effect,
    *,
    dossier: str,
    measures: tuple[str, ...],
    ground: BaseGeometry,
    city: City,
    place: str = "",
    followed_by: dt.date | None = None,
) -> MeasuredEffect:
    """What the engine says, as a finding: of a dossier, or of a place that was drawn by hand (no number)."""
    change, nothing = told.change, float("nan")
    return MeasuredEffect(
        dossier=dossier, theme=told.theme, measures=measures, start=told.start, end=told.end, ground=ground,
        wijken=_holding(ground, city), verdict=told.verdict,
        observed=0 if change is None else change.observed,
        expected=0.0 if change is None else change.expected,
        ratio=nothing if change is None else change.ratio, low=nothing if change is None else change.low,
        high=nothing if change is None else change.high, weeks=0 if change is None else change.weeks,
        weeks_seen=told.weeks_seen, per_week=told.per_week, weeks_needed=told.weeks_needed,
        judged_after=told.judged_after, visible=told.visible, displacement=told.displacement,
        relapse=told.relapse, plain_ratio=told.plain_ratio, place=place,
        followed_by=followed_by,
    )  # fmt: skip


def _holding(ground: BaseGeometry, city: City) -> tuple[str, ...]:
    touched = city.wijken[city.wijken.intersection(ground).area > 0]
    whole = len(touched) > 0 and touched.geometry.union_all().buffer(1e-6).covers(ground)
    return tuple(touched["wijk"].astype(str)) if whole else ()


def _alike(places: Sequence[_Place]) -> Iterator[list[_Place]]:
    """Places by what they are compared with: those that began apart from those that did not, by size."""
    groups: dict[tuple[bool, int], list[_Place]] = {}
    for one in places:
        groups.setdefault((one.treated.begun, side_of(int(one.cells.sum()))), []).append(one)
    yield from (groups[key] for key in sorted(groups))


def _asked(
    counted: CountedCells, own: Sequence[_Place], begun: Sequence[_Place], theme: str
) -> dict[str, stats.Effect]:
    done = np.zeros(counted.x.size, dtype=bool)
    for one in begun:
        done |= one.cells
    columns = {one.treated.name: one.cells for one in own}
    rings = {
        f"{one.treated.name} ring": ring
        for one in own
        if one.treated.begun and (ring := counted.around(one.cells) & ~done).any()
    }
    around = [counted.around(one.cells) for one in begun]
    side = side_of(int(own[0].cells.sum()))
    taken = [done, *around, *(one.cells for one in own)]
    table = counted.table(columns | rings, taken, side)
    if len(table.columns) - len(columns) - len(rings) < LEAST_PLACES:
        return {}
    rows = [_row(one.treated, theme, rings) for one in own]
    told = stats.effects(table, pd.DataFrame([*rows, *_shared(own, theme)]))
    return {effect.action_id: effect for effect in told[: len(rows)]}


def _row(one: Treated, theme: str, rings: dict[str, Cells]) -> dict[str, object]:
    ring = f"{one.name} ring"
    return {
        "action_id": one.name, "dossier": "", "measure": "", "theme": theme, "area": one.name,
        "start": one.start, "end": one.end, "ring": ring if ring in rings else None,
    }  # fmt: skip


def _shared(own: Sequence[_Place], theme: str) -> list[dict[str, object]]:
    """Of places that share ground, the later one is no place to compare with since the first began."""
    ordered = sorted((one for one in own if one.treated.begun), key=lambda one: one.treated.start)
    rows = []
    for at, late in enumerate(ordered):
        first = next((one for one in ordered[:at] if (one.cells & late.cells).any()), None)
        if first is not None and first.treated.start < late.treated.start:
            row = _row(late.treated, theme, {})
            rows.append(
                row | {"action_id": f"{late.treated.name} shared", "start": first.treated.start, "end": None}
            )
    return rows


def rounds(days: Sequence[dt.date], apart_weeks: int) -> list[int]:
    """Number the rounds of things done one after the other: a new one begins after so many weeks.

    Parameters
    ----------
    days : sequence of datetime.date
        When each was done, the first one first.
    apart_weeks : int
        What is done within so many weeks of the first of a round can't be told apart from it.

    Returns
    -------
    list of int

    Examples
    --------
    >>> import datetime as dt
    >>> from genk_geo.jobs.effects.places import rounds
    >>> rounds([dt.date(2025, 1, 1), dt.date(2025, 5, 1), dt.date(2026, 3, 1)], 52)
    [0, 0, 1]
    """
    found = [0] * len(days)
    begin = days[0] if days else None
    for at, (_, day) in enumerate(pairwise(days), start=1):
        assert begin is not None
        new = (day - begin).days >= 7 * apart_weeks
        found[at] = found[at - 1] + new
        begin = day if new else begin
    return found
