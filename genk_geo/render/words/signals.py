"""Signals: places where more came in lately than by chance, in rows, popups and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.words.wording import count_text, expected_number, place_text, spoken_count, streets_text

if TYPE_CHECKING:
    from genk_geo.release.values.findings import Signal
    from genk_geo.render.words.texts import Texts

_WEEKS_A_MONTH = 365.25 / 12 / 7
_WEEKS_A_YEAR = 365.25 / 7
#: A signal that comes by chance more often than once in so many years is told in months, and so on.
_FROM_YEARS, _FROM_MONTHS = 1.75, 2.5
#: Beyond so many years the figure is only "more than".
MOST_YEARS = 10


def chance_text(every_weeks: float | None, t: Texts) -> str:
    """How often a signal like it comes by chance, in words; empty where that is not told.

    Parameters
    ----------
    every_weeks : float or None
        Once in so many weeks.
    t : Texts
        The reader's language.

    Returns
    -------
    str
        For example ``eens in de 3 jaar``.
    """
    if every_weeks is None:
        return ""
    years, months = every_weeks / _WEEKS_A_YEAR, every_weeks / _WEEKS_A_MONTH
    if years > MOST_YEARS:
        return t("signal.chance_seldom", n=MOST_YEARS)
    if years >= _FROM_YEARS:
        return t("signal.chance_years", n=t.number(years))
    if months >= _FROM_MONTHS:
        return t("signal.chance_months", n=t.number(months))
    return t.plural("signal.chance_weeks", max(1, round(every_weeks)))


def signal_row(signal: Signal, t: Texts) -> dict[str, Any]:
    """What the table shows of a signal, with its popup as ``card``."""
    expected = expected_number(signal.expected, t)
    row = {
        "id": str(signal.number),
        "mark": t("signal.mark", number=signal.number),
        "place": streets_text(signal, t),
        "wijk": signal.wijk if signal.streets else "",
        "since": t.short_day(signal.since),
        "lasted": t.plural("signal.days", signal.days),
        "observed": count_text(signal.observed, t),
        "expected": expected or t("count.none"),
        "chance": chance_text(signal.every_weeks, t) or t("count.none"),
        "show": t("map.show", what=t("signal.title", number=signal.number), place=place_text(signal, t)),
    }
    card = {
        "title": t("signal.title", number=signal.number),
        "note": place_text(signal, t),
        "rows": [
            (t("signal.since"), f"{row['since']} ({row['lasted']})"),
            (t("signal.observed"), row["observed"]),
            (t("signal.expected"), row["expected"]),
            (t("signal.chance"), row["chance"]),
        ],
    }
    return {**row, "card": card}


def signal_sentence(signal: Signal, t: Texts) -> str:
    """A signal in one sentence."""
    words = {
        "date": t.short_day(signal.since),
        "count": spoken_count(signal.observed, signal.theme, t),
        "place": place_text(signal, t),
    }
    expected, chance = expected_number(signal.expected, t), chance_text(signal.every_weeks, t)
    if not chance:
        return t("brief.signal", **words)
    if not expected:
        return t("brief.signal_chance", **words, chance=chance)
    return t("brief.signal_expected", **words, expected=expected, chance=chance)


def signal_news(signal: Signal, t: Texts) -> str:
    """A signal behind the name of its place."""
    text = t(
        "index.signal_text",
        wijk=signal.wijk or signal.stadsdeel,
        count=spoken_count(signal.observed, signal.theme, t),
        date=t.short_day(signal.since),
    )
    chance = chance_text(signal.every_weeks, t)
    return t("index.signal_chance", text=text, chance=chance) if chance else text
