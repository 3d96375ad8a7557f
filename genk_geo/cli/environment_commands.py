"""What in the surroundings goes together with incidents, and what people see who go and look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genk_geo.cli.console import say, say_rows, short, texts_of
from genk_geo.cli.options import (
    ConfigOption,
    LangOption,
    ThemeOption,
    file_to_write,
    folder_to_write,
    settings_from,
)
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from genk_geo.jobs.desk.schouw import SchouwReport
    from genk_geo.render.words.texts import Texts


def risk(
    *,
    theme: ThemeOption,
    out: Annotated[Path, folder_to_write("Folder for the GeoTIFF, tables, zones and sheets.")],
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Find what in the environment goes together with a theme, and make its zones and their sheets."""
    from genk_geo.jobs.desk.risk import risk_of_theme, write_risk

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    found = risk_of_theme(settings, theme=theme)
    paths = write_risk(found, out, theme=theme, lang=settings.lang, demo=settings.demo)
    _say_factors(found.terrain.factors, texts)
    _say_capture(found.terrain.capture, texts)
    factors, zones, files = (texts.number(len(part)) for part in (found.terrain.factors, found.zones, paths))
    say(texts("console.risk.done", factors=factors, zones=zones, files=files, path=short(out)))


def _say_factors(factors: pd.DataFrame, texts: Texts) -> None:
    rows = []
    for name, row in factors.iterrows():
        where = texts(
            f"driver.{row['rule'] if row['kind'] == 'value' else row['kind']}",
            label=row["label"],
            distance=texts.number(row["distance_m"]),
        )
        rrv, low, high = (texts.number(row[part], 2) for part in ("rrv", "rrv_low", "rrv_high"))
        rows.append((str(name), where, texts("console.span", value=rrv, low=low, high=high)))
    columns = (texts("console.risk.factor"), texts("console.risk.where"), texts("console.risk.rrv"))
    say_rows(columns, rows, left=(0, 1))


def _say_capture(capture: pd.DataFrame, texts: Texts) -> None:
    rows = []
    for _, row in capture.iterrows():
        method = texts(f"console.risk.methods.{row['method'].replace(' ', '_')}")
        share, low, high = (texts.number(100 * row[part], 1) for part in ("capture", "low", "high"))
        span = texts("console.span", value=texts("count.share", share=share), low=low, high=high)
        rows.append((texts.share(row["budget"]), method, span))
    columns = (texts("console.risk.budget"), texts("console.risk.method"), texts("console.risk.capture"))
    say_rows(columns, rows, left=(1,))


def schouw(
    forms: Annotated[list[Path] | None, typer.Argument(help="Returned forms: JSON or CSV.")] = None,
    *,
    template: Annotated[
        Path | None,
        file_to_write(says="Write an empty form (CSV or Excel) for --zones.", endings=(".csv", ".xlsx")),
    ] = None,
    zones: Annotated[Path | None, typer.Option(help="Layer of zones that `genk-geo risk` wrote.")] = None,
    out: Annotated[Path | None, file_to_write(says="Write the index per visit and quality (CSV).")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Read returned forms of the schouw, or write an empty one for a spreadsheet."""
    from genk_geo.doors import check_apart
    from genk_geo.jobs.desk.schouw import report, zone_ids
    from genk_geo.spreadsheet import harmless_table

    if (template is None) != (zones is None) or not (template or forms):
        raise ConfigError("Give forms to read, or --template and --zones to write an empty form.")
    check_apart([config, zones, *(forms or ())], [template, out])
    texts = texts_of(settings_from(config, lang))
    if template is not None and zones is not None:
        from genk_geo.cpted import write_template

        write_template(zone_ids(zones), template)
        say(texts("console.schouw.form", path=short(template)))
    if forms:
        found = report(forms)
        _say_forms(found, texts)
        if out is not None:
            harmless_table(found.index).to_csv(out, index=False)
            say(texts("console.schouw.written", path=short(out)))


def _say_forms(found: SchouwReport, texts: Texts) -> None:
    columns = [
        texts("console.schouw.zone"), texts("console.schouw.date"), texts("console.schouw.observer"),
        texts("console.schouw.quality"), texts("console.schouw.index"), texts("console.schouw.answered"),
    ]  # fmt: skip
    rows = [
        (
            row["zone_id"], f"{row['date']:%Y-%m-%d}", row["observer"], _quality(row, texts),
            texts("count.none") if row["index"] != row["index"] else texts.number(row["index"]),
            f"{row['answered']}/{row['items']}",
        )
        for row in found.index.to_dict("records")
    ]  # fmt: skip
    say_rows(columns, rows, left=(0, 1, 2, 3))
    for one, other, kappa in found.agreement:
        say(texts("console.schouw.kappa", one=one, other=other, kappa=texts.number(kappa, 2)))
    for row in found.change.to_dict("records"):
        told = {"zone": row["zone_id"], "quality": _quality(row, texts), "items": row["items"]}
        change = f"{row['change']:+.0f}"
        say(texts("console.schouw.change", **told, change=change))


def _quality(row: dict[Any, Any], texts: Texts) -> str:
    return texts(f"quality_name.{row['quality']}")
