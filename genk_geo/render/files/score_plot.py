"""A plot of the scorecard as one self-contained SVG file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from genk_geo.release.values.findings import ReleasedScores

# Colours that colour-blind readers can tell apart (Okabe and Ito); the baseline is grey.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_GREY = "#5f6368"
_WIDTH, _HEIGHT = 760, 448
_FONT = 'font-family="sans-serif" font-size="13"'
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 56, 112
_ABREAST, _LINE = 2, 18  # names of models are long: two beside each other


def score_plot(released: ReleasedScores, *, labels: Mapping[str, str]) -> str:
    """Draw the share of incidents that each model caught, with its interval, at each budget.

    Parameters
    ----------
    released : ReleasedScores
        From :func:`genk_geo.release.release_scores`.
    labels : mapping of str to str
        ``title``, ``capture``, ``budget``, and what to call each model; one without a label goes by
        its key.

    Returns
    -------
    str
        An SVG document; no fonts, scripts or pictures from elsewhere.
    """
    scores = released.table
    models = sorted(set(scores["model"]), key=lambda one: (not _is_baseline(scores, one), one))
    budgets = sorted(set(scores["budget"]))
    top = float(np.nanmax([*scores["capture_high"], 0.05])) * 1.05
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT}>',
        f"<title>{escape(labels['title'])}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="20" font-size="15" font-weight="bold">{escape(labels["title"])}</text>',
        *_scale(top, labels["capture"]),
    ]
    wide = (_WIDTH - _LEFT - _RIGHT) / len(budgets)
    for at, budget in enumerate(budgets):
        middle = _LEFT + wide * (at + 0.5)
        parts.append(_text(middle, _HEIGHT - _BOTTOM + 20, f"{100 * budget:g} %", "middle"))
        for place, model in enumerate(models):
            row = scores[(scores["model"] == model) & (scores["budget"] == budget)].iloc[0]
            x = middle + (place - (len(models) - 1) / 2) * min(26.0, wide / (len(models) + 1))
            parts += _mark(x, row, top, _colour(models, model, scores))
    parts.append(_text(_WIDTH / 2, _HEIGHT - _BOTTOM + 42, labels["budget"], "middle"))
    return "\n".join([*parts, *_legend(models, labels, scores), "</svg>", ""])


def _is_baseline(scores: pd.DataFrame, model: str) -> bool:
    return bool(scores.loc[scores["model"] == model, "baseline"].all())


def _colour(models: list[str], model: str, scores: pd.DataFrame) -> str:
    others = [one for one in models if not _is_baseline(scores, one)]
    return _COLOURS[others.index(model) % len(_COLOURS)] if model in others else _GREY


def _y(value: float, top: float) -> float:
    return round(_HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM), 1)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _scale(top: float, words: str) -> list[str]:
    step = next(one for one in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if top / one <= 8)
    lines = []
    for value in np.arange(0, top, step):
        y = _y(float(value), top)
        lines.append(f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="#d9dce0"/>')
        lines.append(_text(_LEFT - 8, y + 4, f"{100 * value:.0f} %", "end"))
    return [*lines, _text(8, _TOP - 12, words)]


def _mark(x: float, row: pd.Series, top: float, colour: str) -> list[str]:
    """A dot on its interval; the chosen model has a ring."""
    if not np.isfinite(row["capture"]):
        return []
    low, high, y = (_y(float(row[name]), top) for name in ("capture_low", "capture_high", "capture"))
    ring = f'<circle cx="{x:.1f}" cy="{y}" r="8" fill="none" stroke="{colour}"/>' if row["chosen"] else ""
    return [
        f'<path d="M{x:.1f} {low}V{high}" stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{x:.1f}" cy="{y}" r="4.5" fill="{colour}"/>{ring}',
    ]


def _legend(models: list[str], labels: Mapping[str, str], scores: pd.DataFrame) -> list[str]:
    wide = (_WIDTH - _LEFT - _RIGHT) / _ABREAST
    last = (len(models) - 1) // _ABREAST
    lines = []
    for at, model in enumerate(models):
        x, y = _LEFT + wide * (at % _ABREAST), _HEIGHT - 8 - _LINE * (last - at // _ABREAST)
        lines.append(
            f'<circle cx="{x + 5:.1f}" cy="{y - 4}" r="4.5" fill="{_colour(models, model, scores)}"/>'
        )
        lines.append(_text(x + 14, y, labels.get(model, model)))
    return lines
