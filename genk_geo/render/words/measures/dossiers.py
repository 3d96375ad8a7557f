"""Dossiers in words: state, owners, agreements, what is missing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from genk_geo.calendar import Week
from genk_geo.render.file_names import DOSSIERS
from genk_geo.render.words.measures.effects import effect_text
from genk_geo.render.words.wording import place_text, when_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.values.dossiers import ReleasedAgreement, ReleasedDossier
    from genk_geo.release.values.effect import ReleasedEffect
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedWeek
    from genk_geo.render.words.texts import Texts

#: What is said of rounds of measures, in the order of the brief.
_OUTCOMES = ("helped", "did_not_help", "cannot_tell", "wait", "untold")


def brief_of(dossiers: Sequence[ReleasedDossier], t: Texts) -> list[str]:
    """What stands open, what was done, what is late, and what is nobody's."""
    running = [one for one in dossiers if one.is_open]
    if not running:
        return [t("dossier.none")]
    told = {stand: sum(one.count(stand) for one in running) for stand in ("done", "late", "agreed")}
    alone = [one.number for one in running if one.alone]
    back = [one.number for one in running if one.state == "reopened"]
    lines = [t.plural("dossier.running", len(running))]
    if sum(told.values()):
        lines.append(t("dossier.agreements", **{stand: t.number(count) for stand, count in told.items()}))
    lines += _effects_in_brief(running, t)
    if back:
        lines.append(t("dossier.relapsed", numbers=t.listed(back)))
    if alone:
        lines.append(t("dossier.nobodys", numbers=t.listed(alone)))
    return lines


def _effects_in_brief(dossiers: Sequence[ReleasedDossier], t: Texts) -> list[str]:
    """Of how many rounds of measures what may be said."""
    rounds = [each for one in dossiers for each in one.effects if not each.planned]
    if not rounds:
        return []
    kinds = Counter("wait" if each.told and not each.weeks else each.verdict for each in rounds)
    said = [t.plural(f"dossier.outcome.{kind}", kinds[kind]) for kind in _OUTCOMES if kinds[kind]]
    return [t.plural("dossier.outcomes", len(rounds), said=t.listed(said))]


def dossier_row(one: ReleasedDossier, week: ReleasedWeek, t: Texts) -> dict[str, Any]:
    """What a page and the sheet of the meeting show of a dossier."""
    hot = "unknown" if one.hot is None else "hot" if one.hot else "quiet"
    # Since when there is a hotspot is not known of what somebody opened himself, only since when it is open.
    now = f"dossier.now.by_hand.{hot}" if one.by_hand else f"dossier.now.{hot}"
    return {
        "number": one.number,
        "theme": t.theme(one.theme),
        "place": place_text(one, t),
        "state": t(f"dossier.state.{one.state}"),
        "state_since": t("dossier.state_since", day=t.day(one.state_since)),
        "tone": "attention" if one.alone or one.state == "reopened" or one.count("late") else "kept",
        "now": t(now, since=t.week(Week.parse(one.since), beside=week.week)),
        "when": when_text(one, t) or t("when.none"),
        "owners": owners_text(one, t),
        "alone": one.alone,
        "together": t("dossier.together", numbers=t.listed(one.together)) if one.together else "",
        "sources": t.listed(one.sources),
        "presence": presence_text(one, t),
        "missing": t.listed([t(f"chain.{link}") for link in one.missing_links]),
        "effects": [
            {
                "label": t("dossier.beforehand" if each.planned else "dossier.effect"),
                "text": effect_text(each, t),
                "tone": _tone(each),
            }
            for each in one.effects
        ],
        "agreements": [_agreement_row(each, t) for each in one.agreements],
    }


def _tone(one: ReleasedEffect) -> str:
    return one.verdict if one.weeks and one.told else "open"


def owners_text(one: ReleasedDossier, t: Texts) -> str:
    """Partners with an agreement; nobody, said out loud, once a dossier is open for weeks without one."""
    named = [name or t("dossier.some_partner") for name in one.owners]
    return t.listed(named) or t("dossier.nobody" if one.alone else "dossier.nobody_yet")


def presence_text(one: ReleasedDossier, t: Texts) -> str:
    """When most happens, and how much of what was given was then; empty where nothing is told of it."""
    if one.presence is None:
        return ""
    told = one.presence
    slot = t(f"dossier.slot.{told.slot}", day=t.weekdays([told.day]))
    if told.since is None:
        return t("dossier.presence.advised", slot=slot)
    known = {"hours": t.number(told.given, 1), "share": t.share(told.on_time / told.given)}
    return t("dossier.presence.given", slot=slot, since=t.day(told.since), **known)


def dossier_cell(spot: Hotspot, week: ReleasedWeek, t: Texts) -> dict[str, str] | None:
    """Number and state of the dossier on a hotspot, with the way to it; None where there is none."""
    for one in week.dossiers or ():
        if spot.hotspot_id in one.hotspots:
            text = t("dossier.cell", number=one.number, state=t(f"dossier.state.{one.state}"))
            return {"href": f"{DOSSIERS}#d-{one.number}", "text": text}
    return None


def _agreement_row(each: ReleasedAgreement, t: Texts) -> dict[str, str]:
    what = t(f"measure.{each.measure}") if each.measure else each.words or t("dossier.free")
    return {
        "partner": each.partner or t("dossier.some_partner"),
        "what": " · ".join(filter(None, (what, each.place))),
        "link": t(f"chain.{each.link}") if each.link else t("count.none"),
        "due": t.day(each.due) if each.due else t("count.none"),
        "stand": t("dossier.done_on", day=t.day(each.done))
        if each.done
        else t(f"dossier.stand.{each.stand}"),
        "tone": each.stand,
    }
