"""Commands that look back: how well weeks could have been foreseen, and whether a measure helped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genk_geo.cli.console import say, say_rows, short, texts_of
from genk_geo.cli.options import ConfigOption, LangOption, ThemeOption, folder_to_write, settings_from

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from genk_geo.jobs.desk.evaluate import Evaluated
    from genk_geo.render.words.texts import Texts


def backtest(
    *,
    theme: ThemeOption,
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
    out: Annotated[Path | None, folder_to_write("Folder for the tables (CSV) and the plot (SVG).")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Foresee past weeks with what was known before them, and score every model beside the plain count.

    For each share of the city's area: how many of the incidents fell in the places that a model chose, how
    that compares with the plain count, and the PAI, PEI, RRI and log score, with 95 % intervals. It needs the
    history that `genk-geo weekly` or `genk-geo ingest` made, and changes nothing.
    """
    from genk_geo.jobs.desk.backtest import backtest_theme, write_backtest

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    found = backtest_theme(settings, theme=theme, weeks=weeks, last=last, cell_m=cell, min_patch_cells=patch)
    told = {"theme": texts.theme(theme), "first": found.first, "last": found.last}
    cells, cell_m = texts.number(found.cells), f"{found.cell_m:g}"
    title = texts("console.backtest.title", **told, cells=cells, cell_m=cell_m)
    say(title)
    _say_scores(found.scores, texts)
    if out is not None:
        labels = {model: texts.model(model) for model in found.scores["model"].unique()}
        labels |= {
            "title": title,
            "capture": texts("console.backtest.capture_axis"),
            "budget": texts("console.backtest.budget_axis"),
        }
        say(", ".join(short(path) for path in write_backtest(found, out, labels=labels)))


def evaluate(
    *,
    measure: Annotated[Path, typer.Option(help="GeoJSON or GeoPackage: polygons with a column `role`.")],
    theme: ThemeOption,
    before: Annotated[
        str | None, typer.Option(help="First/last day, such as 2025-01-06/2025-03-30; default: the file.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(help="First/last day, as long as the period before; default: the file.")
    ] = None,
    ring: Annotated[float, typer.Option(min=0, help="Width in m of a ring to count displacement in.")] = 0.0,
    out: Annotated[
        Path | None, folder_to_write("Folder for the areas, the table and a page with their map.")
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
    from genk_geo.jobs.desk.evaluate import Period, evaluate_measure, write_evaluation

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    found = evaluate_measure(
        settings, measure=measure, theme=theme, ring_m=ring,
        before=Period.parse(before) if before else None, after=Period.parse(after) if after else None,
    )  # fmt: skip
    _say_evaluation(found, texts)
    if out is not None:
        say(", ".join(short(path) for path in write_evaluation(found, out, settings)))


def _say_scores(scores: pd.DataFrame, texts: Texts) -> None:
    columns = [
        texts("console.backtest.budget"), texts("console.backtest.model"), texts("console.backtest.capture"),
        texts("console.backtest.gain"), texts("console.backtest.pai"), texts("console.backtest.pei"),
        texts("console.backtest.rri"), texts("console.backtest.log"),
    ]  # fmt: skip
    rows = [
        (
            texts.share(row["budget"]), texts.model(str(row["model"])) + " *" * row["chosen"],
            _span(row, "capture", texts, factor=100, digits=1), _span(row, "gain", texts, factor=1, digits=2),
            texts.number(row["pai"], 1), texts.number(row["pei"], 2), texts.number(row["rri"], 2),
            texts.number(row["log_score"], 2),
        )
        for row in scores.to_dict("records")
    ]  # fmt: skip
    say_rows(columns, rows, left=(1,))
    incidents, weeks = (texts.number(scores[name].iloc[0]) for name in ("incidents", "weeks"))
    say(texts("console.backtest.of", incidents=incidents, weeks=weeks))
    chosen = scores[scores["chosen"]]
    model, proved = str(chosen["model"].iloc[0]), not chosen["baseline"].any()
    say(texts("console.backtest.used", model=texts.model(model)))
    say(texts("console.backtest.proved") if proved else texts("console.backtest.unproved"))


def _span(row: dict[Hashable, Any], name: str, texts: Texts, *, factor: float, digits: int) -> str:
    """A figure with the low and high end of its interval; a share (factor 100) with its sign."""
    figure, low, high = (
        texts.number(factor * row[part], digits) for part in (name, f"{name}_low", f"{name}_high")
    )
    value = texts("count.share", share=figure) if factor == 100 else figure
    return texts("console.span", value=value, low=low, high=high)


def _say_evaluation(found: Evaluated, texts: Texts) -> None:
    from genk_geo.release import Level, release_effects
    from genk_geo.render.words.measures.effects import effect_sentence

    result = found.result
    say(
        texts(
            "console.evaluate.periods",
            theme=texts.theme(found.theme), before=found.before, after=found.after,
        )
    )  # fmt: skip
    columns = [
        texts("evaluation.area"), texts("evaluation.before"), texts("evaluation.after"),
        texts("evaluation.change"),
    ]  # fmt: skip
    rows = [
        (
            texts(f"evaluation.role.{role}"), texts.number(row["before"]), texts.number(row["after"]),
            f"{row['change']:+d}",
        )
        for role, row in result.counts.iterrows()
    ]  # fmt: skip
    say_rows(columns, rows, left=(0,))
    low, high = (float(result.ratio_intervals[end][0.95]) for end in ("low", "high"))
    say(
        texts(
            "console.evaluate.ratio", ratio=texts.number(result.ratio, 2), p=texts.number(result.exact_p, 3),
            low95=texts.number(low, 2), high95=texts.number(high, 2),
        )
    )  # fmt: skip
    if result.unequal:
        say(texts("evaluation.unequal"))
    else:
        (low90, high90), (low95, high95) = result.intervals.to_numpy()
        ends = {"low90": low90, "high90": high90, "low95": low95, "high95": high95}
        say(
            texts(
                "console.evaluate.estimate",
                estimate=f"{result.estimate:+.0f}",
                p=texts.number(result.p_value, 3),
                **{name: texts.number(end, 1) for name, end in ends.items()},
            )
        )
    if result.small:
        say(texts("evaluation.small"))
    if found.effect is None:
        say(texts(f"evaluation.verdict.{result.verdict}"))
    else:
        (effect,) = release_effects([found.effect], Level.POINTS, 0)
        say(effect_sentence(effect, texts))
    if found.outside:
        say(texts.plural("evaluation.unplaced", found.outside))
