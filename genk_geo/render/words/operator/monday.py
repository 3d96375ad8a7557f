"""Monday's list in words: what to do, and what is good to know."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from genk_geo.render.words.quality import silent_text

if TYPE_CHECKING:
    from genk_geo.release.values.monday import (
        MondayFile,
        MondayGate,
        MondayList,
        MondayPrecision,
        MondayWaiting,
    )
    from genk_geo.render.words.texts import Texts

#: Gates whose value and limit are shares.
_SHARES = ("located", "precise", "rejected", "duplicates", "late", "clock")


def todo_lines(told: MondayList, t: Texts) -> list[str]:
    """What somebody has to do, the most urgent first; one line where there is nothing.

    Parameters
    ----------
    told : MondayList
        What the run found.
    t : Texts
        The reader's language.

    Returns
    -------
    list of str
    """
    lines = [] if told.index else [t("monday.nothing_published", reason=told.fault).rstrip()]
    lines += [t("monday.trouble", reason=reason) for reason in told.trouble]
    lines += [gate_text(gate, t) for gate in told.gates if gate.held]
    lines += [aside_text(file, t) for file, _ in told.aside]
    lines += [waiting_text(one, t) for one in told.waiting]
    for file in told.files:
        lines += _of_file(file, t)
    lines += [gate_text(gate, t) for gate in told.gates if not gate.held and not gate.because]
    lines += [
        t("monday.category", source=source, word=word, n=t.number(count))
        for source, word, count in told.categories
    ]
    if told.review:
        lines.append(t.plural("monday.review", told.review, file=told.review_file))
    if told.stale:
        weeks = t.listed([str(week) for week in told.stale])
        lines.append(t.plural("monday.stale", len(told.stale), weeks=weeks))
    return lines or [t("monday.nothing_to_do")]


def told_lines(told: MondayList, t: Texts) -> list[str]:
    """What is good to know: what came in, what became of it, and how long it took."""
    lines = [t("monday.stood", week=told.week)] if told.stood else []
    lines += [_received(file, t) for file in told.files]
    lines.append(
        t(
            "monday.rows",
            new=t.number(told.new), changed=t.number(told.changed), withdrawn=t.number(told.withdrawn),
            rejected=t.number(told.rejected),
        )
    )  # fmt: skip
    lines += [_precise(one, t) for one in told.precise if not math.isnan(one.share)]
    lines += [
        t("monday.accepted", gate=t(f"monday.gate_name.{gate.gate}"), because=gate.because)
        for gate in told.gates
        if gate.because
    ]
    if not told.gates:
        lines.append(t("monday.gates_passed"))
    lines.append(t("monday.took", seconds=t.number(told.seconds)))
    return lines


def title_of(told: MondayList, t: Texts) -> str:
    """Heading of the list."""
    return t("monday.title" if told.week is None else "monday.title_week", week=told.week)


def gate_text(gate: MondayGate, t: Texts) -> str:
    """What did not pass, what the limit is, and what to do."""
    here = gate.words == ("machine",)
    share = gate.gate in _SHARES and not here
    about = t.theme(gate.about) if gate.gate in {"swing", "jump", "age", "precise", "late"} else gate.about
    told = {
        "about": about,
        "value": t.share(gate.value) if share else t.number(gate.value),
        "limit": t.share(gate.limit) if share else t.number(gate.limit),
        "words": t.listed(gate.words),
    }
    name = "clock_here" if here else "swing" if gate.gate == "jump" and gate.held else gate.gate
    text = t(f"monday.gate.{name}", **told)
    return f"{text} {t('monday.let_through', gate=gate.gate)}" if gate.held else text


def _of_file(file: MondayFile, t: Texts) -> list[str]:
    themes = t.listed([t.theme(theme) for theme in file.themes])
    lines = [t("monday.missing", expected=file.expected, themes=themes)] if file.missing else []
    lines += [t("monday.broken", file=name, reason=why) for name, why in file.broken.items()]
    if not file.missing:
        lines += [silent_text(file.expected, theme, day, t) for theme, day in file.silent.items()]
    return lines


def aside_text(file: str, t: Texts) -> str:
    """That a file was put aside."""
    return t("monday.aside", file=file)


def waiting_text(waiting: MondayWaiting, t: Texts) -> str:
    """That somebody has to say what a file is."""
    file, profiles = waiting.file, waiting.profiles
    if not profiles:
        needed = t.listed([f'"{name}"' for name in waiting.needed])
        return t("monday.unknown", file=file, profile=waiting.nearest, needed=needed)
    if len(profiles) == 1:
        return t("monday.unnamed", file=file, profile=profiles[0])
    return t("monday.unsure", file=file, profiles=t.listed(profiles))


def _received(file: MondayFile, t: Texts) -> str:
    themes = t.listed([t.theme(theme) for theme in file.themes])
    new, known = t.number(file.new), t.number(file.known)
    return t("monday.received", expected=file.expected, themes=themes, new=new, known=known)


def _precise(one: MondayPrecision, t: Texts) -> str:
    told = {"theme": t.theme(one.theme), "share": t.share(one.share), "metres": t.number(one.within_m)}
    text = t("monday.precise", **told)
    return f"{text} {t(f'monday.remedy.{one.remedy}')}" if one.remedy else text
