"""Next week: the suggested places, what became of the last suggestion, and the scorecard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.render.words.wording import (
    count_text,
    expected_number,
    place_text,
    spoken_number,
    streets_text,
    when_text,
)

if TYPE_CHECKING:
    import pandas as pd

    from genk_geo.release.values.findings import OutlookPlace
    from genk_geo.release.values.week import ReleasedTheme
    from genk_geo.render.words.texts import Texts


def outlook_row(place: OutlookPlace, t: Texts) -> dict[str, Any]:
    """What the table shows of a suggested place, with its popup as ``card``."""
    expected = expected_number(place.expected, t)
    row = {
        "id": str(place.number),
        "mark": t("outlook.mark", number=place.number),
        "place": streets_text(place, t),
        "wijk": place.wijk if place.streets else "",
        "when": when_text(place, t, short=True) or t("when.none"),
        "timed": bool(when_text(place, t)),
        "area": t("zone.hectare", area=t.number(place.area_m2 / 10_000)),
        "expected": expected,
        "show": t("map.show", what=t("outlook.title", number=place.number), place=place_text(place, t)),
    }
    rows = [(t("outlook.when"), row["when"]), (t("outlook.area"), row["area"])]
    if expected:
        rows.append((t("outlook.expected"), expected))
    card = {"title": t("outlook.title", number=place.number), "note": place_text(place, t), "rows": rows}
    return {**row, "card": card}


def past_text(theme: ReleasedTheme, city: str, t: Texts) -> str:
    """One honest line on the outlook of a week ago; empty when there was none."""
    if theme.outlook is None or theme.outlook.last is None:
        return ""
    last, name = theme.outlook.last, t.theme(theme.theme)
    if last.incidents.value is None:
        return t("outlook.last_few", theme=name)
    if last.incidents.value == 0:
        return t("outlook.last_nothing", theme=name, city=city)
    words = {
        "city": city,
        "incidents": count_text(last.incidents, t),
        "unit": t.unit(theme.theme, last.incidents.value),
        "caught": spoken_number(last.caught, t),
        "budget": t.share(theme.outlook.budget),
    }
    if last.caught == last.baseline:
        return t("outlook.last_same", **words)
    return t("outlook.last", **words, baseline=spoken_number(last.baseline, t))


def score_text(theme: ReleasedTheme, t: Texts) -> str:
    """The scorecard of a theme in words that need no method; empty without one."""
    if theme.outlook is None or (chosen := _chosen(theme.outlook.scores.table, theme.outlook.budget)) is None:
        return ""
    scores = theme.outlook.scores.table
    usual = scores[scores["baseline"] & (scores["budget"] == chosen["budget"])]
    words = {
        "theme": t.theme(theme.theme),
        "weeks": t.weeks(int(chosen["weeks"])),
        "capture": t.share(chosen["capture"]),
        "budget": t.share(chosen["budget"]),
    }
    if chosen["baseline"] or usual.empty:
        return t("score.usual", **words)
    verdict = "better" if chosen["gain_low"] > 1 else "worse" if chosen["gain_high"] < 1 else "even"
    return t(f"score.{verdict}", **words, baseline=t.share(float(usual["capture"].iloc[0])))


def score_rows(theme: ReleasedTheme, t: Texts) -> list[dict[str, Any]]:
    """Rows of the scorecard at the budget that is shown, the best first."""
    if theme.outlook is None or theme.outlook.scores.table.empty:
        return []
    scores = theme.outlook.scores.table
    shown = scores[scores["budget"] == _nearest(scores, theme.outlook.budget)]
    return [
        {
            "model": t.model(str(row["model"])),
            "chosen": bool(row["chosen"]),
            "weeks": t.number(row["weeks"]),
            "capture": t.share(row["capture"]),
            "between": t("score.between", low=t.share(row["capture_low"]), high=t.share(row["capture_high"])),
            "gain": t("score.unit") if row["baseline"] else t("score.times", gain=t.number(row["gain"], 2)),
            "pai": t.number(row["pai"], 1),
            "pei": t.number(row["pei"], 2),
        }
        for row in shown.sort_values(["capture", "model"], ascending=[False, True]).to_dict("records")
    ]


def _chosen(scores: pd.DataFrame, budget: float) -> dict[str, Any] | None:
    """The row of the model whose places are shown."""
    if scores.empty:
        return None
    rows = scores[scores["chosen"] & (scores["budget"] == _nearest(scores, budget))]
    return None if rows.empty else {str(name): value for name, value in rows.iloc[0].items()}


def _nearest(scores: pd.DataFrame, budget: float) -> float:
    budgets = scores["budget"].unique()
    return float(min(budgets, key=lambda each: abs(each - budget)))
