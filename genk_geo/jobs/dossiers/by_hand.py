"""What people do to dossiers themselves: open one, take one up, close one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from genk_geo.jobs.dossiers.remembered import dossier_of_act

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genk_geo.results import Dossier
    from genk_geo.store.dossiers import Act


def with_acts(dossiers: Iterable[Dossier], acts: Iterable[Act]) -> tuple[Dossier, ...]:
    """Dossiers after what was done to them by hand, in its order.

    Parameters
    ----------
    dossiers : iterable of Dossier
        As they were.
    acts : iterable of Act
        ``new`` (a dossier is opened), ``open`` (one that is there is taken up, or opened again), ``close``.

    Returns
    -------
    tuple of Dossier
    """
    found = {one.number: one for one in dossiers}
    for act in acts:
        if act.what == "new":
            found.setdefault(act.number, dossier_of_act(act))
        elif act.number in found:
            found[act.number] = _after(found[act.number], act)
    return tuple(found.values())


def _after(one: Dossier, act: Act) -> Dossier:
    if act.what == "close":
        return replace(one, state="closed", state_since=act.day, state_by="hand", closed=act.day)
    state = "reopened" if one.state == "closed" else "open" if one.state == "proposed" else one.state
    if state == one.state:
        return one
    return replace(one, state=state, state_since=act.day, state_by="hand")
