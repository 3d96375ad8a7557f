"""Commands that look back: how well weeks could have been foreseen, and whether a measure helped."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations when the command is made
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genk_geo.cli._options import ConfigOption, LangOption, short

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd

    from genk_geo.jobs.desk.evaluate import Evaluated

TEXTS: dict[str, dict[str, Any]] = {
    "nl": {
        "title": "{theme}: {first} tot {last}, {cells} vakken van {cell_m:g} m",
        "capture": "aandeel van de incidenten in de gekozen plaatsen (lijn: 95 %)",
        "budget": "oppervlakte van de gekozen plaatsen, als deel van de stad",
        "columns": ["grond", "manier", "in de plaatsen", "tegenover telling", "PAI", "PEI", "RRI", "log"],
        "of": "{incidents} incidenten in {weeks} weken. Tussen haakjes: 95 %. *: gebruikt voor de kaart.",
        "used": "Gebruikt voor de kaart: {model}.",
        "proved": "Ving over deze weken meer dan de gewone telling; de ondergrens ligt boven 1.",
        "unproved": "Geen andere manier deed het aantoonbaar beter dan de gewone telling.",
        "roles": {"treated": "aanpak", "control": "vergelijking", "displacement": "rand",
                  "displacement_control": "vergelijking van de rand"},
        "counts": ["gebied", "voor", "na", "verschil"],
        "periods": "{theme}: {before} tegenover {after}",
        "estimate": "Verschil na vergelijking: {estimate:+.0f} (90 %: {low90:.1f} tot {high90:.1f}; "
                    "95 %: {low95:.1f} tot {high95:.1f}), p = {p:.3f}",
        "exact": "Exacte toets: p = {p:.3f}",
        "small": "Kleine aantallen: ga uit van de exacte toets.",
        "fewer": "Minder incidenten dan de vergelijking doet verwachten; toeval is onwaarschijnlijk.",
        "more": "Meer incidenten dan de vergelijking doet verwachten; toeval is onwaarschijnlijk.",
        "even": "Het verschil kan toeval zijn.",
        "unplaced": "{n} incidenten zonder nauwkeurige plaats tellen niet mee.",
    },
    "en": {
        "title": "{theme}: {first} to {last}, {cells} cells of {cell_m:g} m",
        "capture": "share of the incidents in the chosen places (line: 95 %)",
        "budget": "area of the chosen places, as a share of the city",
        "columns": ["area", "model", "in the places", "against count", "PAI", "PEI", "RRI", "log"],
        "of": "{incidents} incidents in {weeks} weeks. In brackets: 95 %. *: used for the map.",
        "used": "Used for the map: {model}.",
        "proved": "Caught more than the plain count over these weeks; the lower limit lies above 1.",
        "unproved": "No other model has proved better than the plain count.",
        "roles": {"treated": "treated", "control": "control", "displacement": "ring",
                  "displacement_control": "control of the ring"},
        "counts": ["area", "before", "after", "change"],
        "periods": "{theme}: {before} against {after}",
        "estimate": "Difference after comparison: {estimate:+.0f} (90 %: {low90:.1f} to {high90:.1f}; "
                    "95 %: {low95:.1f} to {high95:.1f}), p = {p:.3f}",
        "exact": "Exact test: p = {p:.3f}",
        "small": "Small counts: go by the exact test.",
        "fewer": "Fewer incidents than the comparison leads one to expect; chance is unlikely.",
        "more": "More incidents than the comparison leads one to expect; chance is unlikely.",
        "even": "The difference may be chance.",
        "unplaced": "{n} incidents without a precise place do not count.",
    },
}  # fmt: skip


def backtest(  # each argument is an option of the command
    *,
    theme: Annotated[str, typer.Option(help="Theme of the settings.")],
    weeks: Annotated[int, typer.Option(min=4, help="How many past weeks to foresee.")] = 26,
    last: Annotated[
        str | None, typer.Option(help="Last of them, such as 2026-W46; default: the last on record.")
    ] = None,
    cell: Annotated[
        int | None, typer.Option(help="Size of a cell in m; default: that of the settings.")
    ] = None,
    patch: Annotated[
        int | None, typer.Option(min=1, help="Least cells of a place; default: the settings.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables (CSV) and the plot (SVG).")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Foresee past weeks with what was known before them, and score every model beside the plain count.

    For each share of the city's area: how many of the incidents fell in the places that a model chose, how
    that compares with the plain count, and the PAI, PEI, RRI and log score, with 95 % intervals. It needs the
    history that `genk-geo weekly` or `genk-geo ingest` made, and changes nothing.
    """
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.backtest import backtest_theme, write_backtest
    from genk_geo.render.words.texts import Texts

    settings = Settings.load(config, lang=lang)
    found = backtest_theme(settings, theme=theme, weeks=weeks, last=last, cell_m=cell, min_patch_cells=patch)
    words = Texts(settings.lang)
    texts = TEXTS[settings.lang] | {model: words.model(model) for model in found.scores["model"].unique()}
    label = settings.themes[theme].label_nl if settings.lang == "nl" else settings.themes[theme].label_en
    title = texts["title"].format(
        theme=label or theme, first=found.first, last=found.last, cells=found.cells, cell_m=found.cell_m
    )
    typer.echo(title)
    _show_scores(found.scores, texts)
    if out is not None:
        labels = {key: str(value) for key, value in texts.items()} | {"title": title}
        paths = write_backtest(found, out, labels=labels)
        typer.echo(", ".join(short(path) for path in paths))


def evaluate(  # each argument is an option of the command
    *,
    measure: Annotated[Path, typer.Option(help="GeoJSON or GeoPackage: polygons with a column `role`.")],
    theme: Annotated[str, typer.Option(help="Theme of the settings.")],
    before: Annotated[
        str | None, typer.Option(help="First/last day, such as 2025-01-06/2025-03-30; default: the file.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(help="First/last day, as long as the period before; default: the file.")
    ] = None,
    ring: Annotated[float, typer.Option(min=0, help="Width in m of a ring to count displacement in.")] = 0.0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the areas, the table and a page with their map.")
    ] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Compare counts before and after a measure with control areas (weighted displacement difference).

    The file has a polygon or more for each `role`: treated, control, and where wanted displacement and
    displacement_control. The periods may stand in its columns before_from, before_to, after_from and
    after_to. With --out it writes evaluation.gpkg, evaluation.csv and evaluatie.html: a page with the map,
    the counts and what they say, for analysts.
    """
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.evaluate import Period, evaluate_measure, write_evaluation

    settings = Settings.load(config, lang=lang)
    found = evaluate_measure(
        settings, measure=measure, theme=theme, ring_m=ring,
        before=Period.parse(before) if before else None, after=Period.parse(after) if after else None,
    )  # fmt: skip
    label = settings.themes[theme].label_nl if settings.lang == "nl" else settings.themes[theme].label_en
    _show_evaluation(found, label or theme, TEXTS[settings.lang])
    if out is not None:
        typer.echo(", ".join(short(path) for path in write_evaluation(found, out, settings)))


def _show_scores(scores: pd.DataFrame, texts: dict[str, Any]) -> None:
    rows = [
        (
            f"{row['budget']:.0%}", texts[str(row["model"])] + " *" * row["chosen"],
            f"{row['capture']:.1%} ({_span(row, 'capture', 100, 1)})",
            f"{row['gain']:.2f} ({_span(row, 'gain', 1, 2)})", f"{row['pai']:.1f}", f"{row['pei']:.2f}",
            f"{row['rri']:.2f}", f"{row['log_score']:.2f}",
        )
        for row in scores.to_dict("records")
    ]  # fmt: skip
    _table(texts["columns"], rows, left=(1,))
    typer.echo(texts["of"].format(incidents=scores["incidents"].iloc[0], weeks=scores["weeks"].iloc[0]))
    model = scores.loc[scores["chosen"], "model"].iloc[0]
    proved = not scores.loc[scores["chosen"], "baseline"].any()
    typer.echo(texts["used"].format(model=texts[model]))
    typer.echo(texts["proved" if proved else "unproved"])


def _span(row: dict[Hashable, Any], name: str, factor: float, digits: int) -> str:
    """Low and high end of an interval."""
    return "-".join(f"{factor * row[f'{name}_{end}']:.{digits}f}" for end in ("low", "high"))


def _show_evaluation(found: Evaluated, label: str, texts: dict[str, Any]) -> None:
    result, roles = found.result, texts["roles"]
    typer.echo(texts["periods"].format(theme=label, before=found.before, after=found.after))
    rows = [
        (roles[str(role)], str(row["before"]), str(row["after"]), f"{row['change']:+d}")
        for role, row in result.counts.iterrows()
    ]
    _table(texts["counts"], rows, left=(0,))
    (low90, high90), (low95, high95) = result.intervals.to_numpy()
    typer.echo(
        texts["estimate"].format(
            estimate=result.estimate, low90=low90, high90=high90, low95=low95, high95=high95, p=result.p_value
        )
    )
    typer.echo(texts["exact"].format(p=result.exact_p))
    if result.small:
        typer.echo(texts["small"])
    typer.echo(texts[result.verdict])
    if found.outside:
        typer.echo(texts["unplaced"].format(n=found.outside))


def _table(columns: list[str], rows: Sequence[tuple[str, ...]], *, left: tuple[int, ...]) -> None:
    """Columns as wide as what stands in them, however wide the terminal is."""
    lines = [tuple(columns), *rows]
    wide = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        cells = [part.ljust(wide[at]) if at in left else part.rjust(wide[at]) for at, part in enumerate(line)]
        typer.echo("  ".join(cells).rstrip())
