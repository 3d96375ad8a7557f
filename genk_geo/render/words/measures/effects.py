"""Whether measures helped, in one sentence."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genk_geo.release.values.effect import ReleasedEffect
    from genk_geo.render.words.texts import Texts


def effect_text(one: ReleasedEffect, t: Texts) -> str:
    """What was done since when, and what may be said of it today.

    Parameters
    ----------
    one : ReleasedEffect
        The measures.
    t : Texts
        The reader's language.

    Returns
    -------
    str
        Of a place where nothing was done yet, how long a fall would take to be seen.
    """
    if one.planned:
        return effect_sentence(one, t)
    done = t.listed([t(f"measure.{key}") if key else t("dossier.free") for key in one.measures])
    done = t("effect.done.at", measures=done, place=one.place) if one.place else done
    told = {"measures": done[:1].upper() + done[1:], "first": t.day(one.start)}
    what = t("effect.done.ended", **told, last=t.day(one.end)) if one.end else t("effect.done.runs", **told)
    return f"{what} {effect_sentence(one, t)}"


def effect_sentence(one: ReleasedEffect, t: Texts) -> str:
    """What may be said of a measure today, and why.

    Parameters
    ----------
    one : ReleasedEffect
        The action.
    t : Texts
        The reader's language.

    Returns
    -------
    str
        One sentence; one more where something moved to the ring, where the next round began within its weeks,
        or what was there came back after the end.
    """
    parts = [_verdict(one, t)]
    if one.displacement in ("moved", "spread"):
        # Where nothing is known to have gone away, nothing can be said to have moved.
        more = one.displacement == "moved" and one.verdict != "helped"
        parts.append(t("effect.ring.more" if more else f"effect.ring.{one.displacement}"))
    if one.shared_since is not None:
        parts.append(t("effect.shared", day=t.day(one.shared_since)))
    if one.relapse in ("came_back", "stayed"):
        parts.append(t(f"effect.relapse.{one.relapse}"))
    return " ".join(parts)


def _verdict(one: ReleasedEffect, t: Texts) -> str:
    theme = t.theme(one.theme)
    if not one.told:
        return t("effect.untold", theme=theme)
    if not one.known:
        return t("effect.short_past", theme=theme)
    if one.weeks == 0:
        return _waiting(one, theme, t)
    weeks = t.weeks(one.weeks)
    told = {"theme": theme, "weeks": t("effect.about", weeks=weeks) if one.about else weeks}
    if one.ratio is None:
        return t(f"effect.bare.{one.verdict}", **told)
    span = t("effect.span", low=_end(one.low, t), high=_end(one.high, t))
    change = t(f"effect.change.{_kind(one.ratio)}", n=_share(one.ratio, t))
    kind: str = one.verdict
    if one.verdict == "cannot_tell" and one.high is not None and one.high < 1:
        # Chance within the place is as good as excluded; its rank among places where nothing was done is not.
        kind = "elsewhere_too"
    return t(f"effect.told.{kind}", **told, change=change, span=span)


def _waiting(one: ReleasedEffect, theme: str, t: Texts) -> str:
    """Why there is no verdict yet, and when there will be one."""
    if one.judged_after is None:
        if _is_over(one):
            return t("effect.over", theme=theme, weeks=t.weeks(one.weeks_seen))
        return t("effect.never", theme=theme)
    told = {"theme": theme, "first": t.weeks(one.judged_after), "seen": t.number(one.weeks_seen)}
    kind = "planned" if one.planned else "too_early"
    if one.weeks_needed is not None and one.weeks_needed <= one.judged_after:
        return t(f"effect.{kind}.fifth", **told)
    fall = t.share(1 - one.visible) if one.visible is not None else t("effect.half")
    if one.weeks_needed is None:
        return t(f"effect.{kind}.blind", **told, fall=fall)
    return t(f"effect.{kind}.larger", **told, needed=t.weeks(one.weeks_needed), fall=fall)


def _is_over(one: ReleasedEffect) -> bool:
    """Whether all whole weeks of a measure have been seen: none is to come."""
    if one.end is None:
        return False
    first = one.start + dt.timedelta(days=-one.start.weekday() % 7)
    return one.weeks_seen == max((one.end - first).days + 1, 0) // 7


def _end(ratio: float | None, t: Texts) -> str:
    """An end of the interval; None stands for no end."""
    return t("effect.end.any") if ratio is None else t(f"effect.end.{_kind(ratio)}", n=_share(ratio, t))


def _kind(ratio: float) -> str:
    return "none" if round(100 * abs(ratio - 1)) == 0 else "fewer" if ratio < 1 else "more"


def _share(ratio: float, t: Texts) -> str:
    return t.number(round(100 * abs(ratio - 1)))
