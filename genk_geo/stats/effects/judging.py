"""Did each measure help? All actions of a register against what would have come without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError
from genk_geo.stats.effects.chance import holm
from genk_geo.stats.effects.judge import Judge
from genk_geo.stats.effects.registers import checked_actions, checked_counts
from genk_geo.stats.effects.waiting import FIFTH, YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from genk_geo.stats.effects.effect import Effect, Verdict


def effects(
    counts: pd.DataFrame | Mapping[str, pd.DataFrame], actions: pd.DataFrame, *, chosen_weeks: int = YEAR
) -> tuple[Effect, ...]:
    """Tell of each action whether it helped, how sure that is, and when it can be told.

    What would have come is the place's own level, drawn to that of all places so that it does not matter that
    it was chosen at its worst, times the change of a mix of places that went alike before. How far off that
    is, is measured on the places where nothing was done, and the place is ranked among them. The first
    verdict comes after a number of weeks that is fixed by what was known at the start, and then once a year,
    each with half the chance of error of the one before: of measures that do nothing at most one in twenty
    is ever said to have helped.

    Parameters
    ----------
    counts : pandas.DataFrame, or mapping of str to pandas.DataFrame
        Events by week (rows: Mondays, none left out) and place (columns); one table a theme. Columns that are
        no area or ring of an action are places to compare with.
    actions : pandas.DataFrame
        Columns ``action_id``, ``dossier``, ``measure``, ``theme``, ``area`` (a column of the counts),
        ``start``, ``end`` (days; an empty end: it goes on) and where wanted ``ring`` (a column too). An
        action may have several rows, one a theme: its p-values are corrected for that.
    chosen_weeks : int, default 52
        Weeks before the start on which places were chosen; what they had then is matched to nothing.

    Returns
    -------
    tuple of Effect
        In the order of the rows.

    Raises
    ------
    SchemaError
        If a table lacks a column, a week or a number.
    ConfigError
        If a theme or place is unknown, there are too few places, or a start lies before the counts reach.

    Notes
    -----
    Weeks that hold a first or last day are left out unless they are whole: they are of both times.

    Examples
    --------
    Sixty places with three events a week; at the first of them 40 % fewer from 2025 on:

    >>> rng = np.random.default_rng(1)
    >>> weeks = pd.date_range("2023-01-02", periods=156, freq="W-MON")
    >>> table = pd.DataFrame(rng.poisson(3.0, (156, 60)), index=weeks).add_prefix("p")
    >>> table.loc["2024-12-30":, "p0"] = rng.poisson(1.8, 52)
    >>> row = {"action_id": "A1", "dossier": "D1", "measure": "lamps", "theme": "nuisance", "area": "p0"}
    >>> action = pd.DataFrame([{**row, "start": "2024-12-30", "end": None}])
    >>> found, = gg.stats.effects(table, action)
    >>> found.verdict, round(found.change.ratio, 1)
    ('helped', 0.7)
    """
    if chosen_weeks < 1:
        raise ConfigError("chosen_weeks: given {weeks}, needed 1 or more.", weeks=chosen_weeks)
    rows = checked_actions(actions)
    tables = checked_counts(counts, rows)
    found: dict[int, Effect] = {}
    for theme, table in tables.items():
        own = [at for at, one in enumerate(rows) if one.theme == theme]
        judge = Judge(table, [rows[at] for at in own], chosen_weeks)
        found |= {at: judge.effect(rows[at]) for at in own}
    return _with_verdicts([found[at] for at in range(len(rows))])


def _with_verdicts(found: Sequence[Effect]) -> tuple[Effect, ...]:
    """The effects with their p-values corrected over the themes of an action, and their verdicts."""
    by_action: dict[str, list[int]] = {}
    for at, one in enumerate(found):
        by_action.setdefault(one.action_id, []).append(at)
    told = list(found)
    for places in by_action.values():
        for at, p in zip(places, holm([found[at].p_value for at in places]), strict=True):
            told[at] = replace(found[at], p_value=p, verdict=_verdict(found[at], p))
    return tuple(told)


def _verdict(one: Effect, p: float) -> Verdict:
    if one.change is None:
        # Nobody would live to see it, too little came before it, or it is over: waiting changes nothing.
        return "too_early" if one.judged_after is not None else "cannot_tell"
    chance = (1.0 - one.change.level) / 2.0
    # With few places the lowest rank is all that a rank can say.
    if p <= chance and one.placebo_p <= max(chance, 1.0 / (one.placebos + 1)):
        return "helped"
    return "did_not_help" if one.change.low > FIFTH else "cannot_tell"
