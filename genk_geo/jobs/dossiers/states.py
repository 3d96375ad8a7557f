"""What state a dossier is in, since when, and what that follows from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from genk_geo.results import Agreement, Dossier


class State(NamedTuple):
    """A state, the day from which it counts where something says so, and what it follows from."""

    name: str
    day: dt.date | None
    by: str


def with_state(one: Dossier, agreements: Sequence[Agreement], *, day: dt.date, returned: bool) -> Dossier:
    """Give a dossier the state that follows from its agreements, from what was done by hand, and its hotspot.

    Parameters
    ----------
    one : Dossier
        As the week before left it, or as something done by hand left it since.
    agreements : sequence of Agreement
        Its own.
    day : datetime.date
        Up to when deeds count.
    returned : bool
        Whether a hotspot came back after it was gone.

    Returns
    -------
    Dossier
        Its `state_since` stays where the state does.
    """
    if one.state == "closed" and returned:
        return replace(one, state="reopened", state_since=day, state_by="weekly")
    state = _state(one, agreements, day)
    if state.name == one.state:
        return one
    since = day if state.day is None else min(state.day, day)
    return replace(one, state=state.name, state_since=since, state_by=state.by)


def _state(one: Dossier, agreements: Sequence[Agreement], day: dt.date) -> State:
    if one.state == "closed":
        return State("closed", None, one.state_by)
    current = _of_this_round(one, agreements)
    bound = [each for each in current if each.binding]
    done = [each.done for each in bound if each.done is not None and each.is_done(day)]
    if bound:
        all_done = len(done) == len(bound)
        return State("followed_up", max(done), "register") if all_done else State("in_hand", None, "register")
    if one.closed is not None:
        return State("reopened", None, one.state_by)
    if one.state == "proposed" and not current:
        return State("proposed", None, one.state_by)
    # Agreements that were struck out again leave it open: somebody once took it up.
    return State("open", None, "register" if current else one.state_by)


def _of_this_round(one: Dossier, agreements: Sequence[Agreement]) -> list[Agreement]:
    """Agreements that count since the last closing: not those that were done, promised or due by then."""
    if one.closed is None:
        return list(agreements)
    closed = one.closed
    return [
        each
        for each in agreements
        if not any(day is not None and day <= closed for day in (each.done, each.agreed, each.due))
    ]


def has_owner(agreements: Sequence[Agreement]) -> bool:
    """Whether any partner put his name to a dossier."""
    return any(each.partner for each in agreements)
