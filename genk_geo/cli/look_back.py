"""Commands that look back: how well weeks could have been foreseen, and whether a measure helped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genk_geo.cli.console import short, show_table, words
from genk_geo.cli.options import ConfigOption, LangOption

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from genk_geo.jobs.desk.evaluate import Evaluated
    from genk_geo.render.words.texts import Texts


def backtest(
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

    settings = Settings.load(config, lang=lang)
    found = backtest_theme(settings, theme=theme, weeks=weeks, last=last, cell_m=cell, min_patch_cells=patch)
    t = words(settings.lang)
    label = settings.themes[theme].label_nl if settings.lang == "nl" else settings.themes[theme].label_en
    title = t(
        "console.backtest.title", theme=label or theme, first=found.first, last=found.last,
        cells=found.cells, cell_m=f"{found.cell_m:g}",
    )  # fmt: skip
    typer.echo(title)
    _show_scores(found.scores, t)
    if out is not None:
        labels = {model: t.model(model) for model in found.scores["model"].unique()}
        labels |= {name: t(f"console.backtest.{name}") for name in ("capture", "budget")}
        paths = write_backtest(found, out, labels=labels | {"title": title})
        typer.echo(", ".join(short(path) for path in paths))


def evaluate(
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
    _show_evaluation(found, label or theme, words(settings.lang))
    if out is not None:
        typer.echo(", ".join(short(path) for path in write_evaluation(found, out, settings)))


def _show_scores(scores: pd.DataFrame, t: Texts) -> None:
    rows = [
        (
            f"{row['budget']:.0%}", t.model(str(row["model"])) + " *" * row["chosen"],
            f"{row['capture']:.1%} ({_span(row, 'capture', 100, 1)})",
            f"{row['gain']:.2f} ({_span(row, 'gain', 1, 2)})", f"{row['pai']:.1f}", f"{row['pei']:.2f}",
            f"{row['rri']:.2f}", f"{row['log_score']:.2f}",
        )
        for row in scores.to_dict("records")
    ]  # fmt: skip
    show_table(t.names("console.backtest.columns"), rows, left=(1,))
    counted = {"incidents": scores["incidents"].iloc[0], "weeks": scores["weeks"].iloc[0]}
    typer.echo(t("console.backtest.of", **counted))
    model = scores.loc[scores["chosen"], "model"].iloc[0]
    proved = not scores.loc[scores["chosen"], "baseline"].any()
    typer.echo(t("console.backtest.used", model=t.model(model)))
    typer.echo(t("console.backtest.proved" if proved else "console.backtest.unproved"))


def _span(row: dict[Hashable, Any], name: str, factor: float, digits: int) -> str:
    """Low and high end of an interval."""
    return "-".join(f"{factor * row[f'{name}_{end}']:.{digits}f}" for end in ("low", "high"))


def _show_evaluation(found: Evaluated, label: str, t: Texts) -> None:
    result = found.result
    typer.echo(t("console.evaluate.periods", theme=label, before=found.before, after=found.after))
    rows = [
        (t(f"console.evaluate.roles.{role}"), row["before"], row["after"], f"{row['change']:+d}")
        for role, row in result.counts.iterrows()
    ]
    show_table(t.names("console.evaluate.columns"), rows, left=(0,))
    (low90, high90), (low95, high95) = result.intervals.to_numpy()
    limits = {"low90": low90, "high90": high90, "low95": low95, "high95": high95}
    told = {name: f"{value:.1f}" for name, value in limits.items()}
    estimate, p = f"{result.estimate:+.0f}", f"{result.p_value:.3f}"
    typer.echo(t("console.evaluate.estimate", estimate=estimate, p=p, **told))
    typer.echo(t("console.evaluate.exact", p=f"{result.exact_p:.3f}"))
    if result.small:
        typer.echo(t("console.evaluate.small"))
    typer.echo(t(f"console.evaluate.{result.verdict}"))
    if found.outside:
        typer.echo(t("console.evaluate.unplaced", n=found.outside))
