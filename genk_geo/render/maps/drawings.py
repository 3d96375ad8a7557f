"""Small drawings in SVG: the sparkline with its band, and the plan of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.release.suppress import Count
    from genk_geo.release.values.week import AreaWeek

_WIDTH, _HEIGHT, _PAD = 112, 32, 5


def sparkline(area: AreaWeek, label: str) -> Markup:
    """Draw the last weeks of an area as a line over the expected range.

    A count that is held back is drawn as an open dot in the middle of its range, whatever it is; one that is
    only said to be at least the limit is left out.

    Parameters
    ----------
    area : AreaWeek
        Counts as the reader may see them.
    label : str
        What a screen reader says.

    Returns
    -------
    markupsafe.Markup
        An ``<svg>`` element.
    """
    values = [_drawn(count) for count in area.trend]
    known = [value for value in values if value is not None]
    top = max(
        [
            4.0,
            *known,
            float(area.high or 0),
            *(float(count.limit) * (1 if count.least else 2) for count in area.trend),
        ]
    )

    def y(value: float) -> float:
        return round(_HEIGHT - _PAD - value / top * (_HEIGHT - 2 * _PAD), 1)

    step = (_WIDTH - 2 * _PAD) / max(len(values) - 1, 1)
    points = [(round(_PAD + at * step, 1), None if v is None else y(v)) for at, v in enumerate(values)]
    parts = [
        Markup(
            '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        ).format(_WIDTH, _HEIGHT, _WIDTH, _HEIGHT, label)
    ]
    if area.low is not None and area.high is not None:
        high, low = y(area.high) - 1, y(area.low) + 1
        parts.append(
            Markup('<rect class="band" x="0" y="{}" width="{}" height="{}"/>').format(
                round(high, 1), _WIDTH, round(low - high, 1)
            )
        )
    parts += [Markup('<polyline points="{}"/>').format(run) for run in _runs(points)]
    for at, ((x, height), count) in enumerate(zip(points, area.trend, strict=True)):
        if height is not None:
            kind = "small" if count.value is None else "last" if at == len(points) - 1 else "dot"
            radius = 3.2 if at == len(points) - 1 else 2.2
            parts.append(
                Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(kind, x, height, radius)
            )
    return Markup("").join([*parts, Markup("</svg>")])


def _drawn(count: Count) -> float | None:
    if count.value is not None:
        return float(count.value)
    return None if count.over else (count.least + count.limit) / 2


def _runs(points: Sequence[tuple[float, float | None]]) -> list[str]:
    """Stretches of the line between the gaps."""
    runs: list[list[str]] = [[]]
    for x, y in points:
        if y is None:
            runs.append([])
        else:
            runs[-1].append(f"{x},{y}")
    return [" ".join(run) for run in runs if len(run) > 1]


def plan(
    outlines: Sequence[tuple[str, str, str, str, tuple[float, float]]], size: tuple[float, float], label: str
) -> Markup:
    """Plan of the city: each stadsdeel a link.

    Parameters
    ----------
    outlines : sequence of tuple
        For each stadsdeel: SVG path, page to link to, name, class (how it is filled), place of its name.
    size : tuple of float
        Width and height of the drawing.
    label : str
        What a screen reader says.

    Returns
    -------
    markupsafe.Markup
        An ``<svg>`` element.
    """
    shapes = Markup("").join(
        Markup('<a href="{}" aria-label="{}"><path class="{}" d="{}"/></a>').format(page, name, kind, path)
        for path, page, name, kind, _ in outlines
    )
    names = Markup("").join(_name(name, at) for _, _, name, _, at in outlines)
    return Markup('<svg class="plan" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>').format(
        *size, label, shapes, names
    )


def _name(name: str, at: tuple[float, float]) -> Markup:
    """Name on the plan, in two lines where it is made of two words."""
    first, sign, rest = name.partition("-")
    lines = [first + sign, rest] if rest else name.split(" ", 1)
    x, y = at
    spans = Markup("").join(
        Markup('<tspan x="{}" y="{}">{}</tspan>').format(
            x, round(y + 16 * (row - (len(lines) - 1) / 2), 1), line
        )
        for row, line in enumerate(lines)
    )
    return Markup("<text>{}</text>").format(spans)
