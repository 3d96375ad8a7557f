"""The environment: the risk terrain and the schouw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genk_geo.cli.console import short, words
from genk_geo.cli.options import ConfigOption, LangOption
from genk_geo.errors import ConfigError


def risk(
    *,
    theme: Annotated[str, typer.Option(help="Theme of the settings.")],
    out: Annotated[Path, typer.Option(help="Folder for the GeoTIFF, tables, zones and sheets.")],
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Find what in the environment goes together with a theme, and make its zones and their sheets."""
    from genk_geo.config import Settings
    from genk_geo.jobs.week.environment import risk_of_theme, write_risk

    settings = Settings.load(config, lang=lang)
    found = risk_of_theme(settings, theme=theme)
    t = words(settings.lang)
    paths = write_risk(found, out, theme=theme, lang=settings.lang, demo=settings.demo)
    for name, row in found.terrain.factors.iterrows():
        reach = "" if row["kind"] == "value" else f" {row['distance_m']:.0f} m"
        told = f"{row['rrv']:.2f} ({row['rrv_low']:.2f} - {row['rrv_high']:.2f})"
        typer.echo(f"{name:>20}  {row['kind']}{reach}, {row['rule']}  RRV {told}")
    for _, row in found.terrain.capture.iterrows():
        span = f"{row['low']:.1%} - {row['high']:.1%}"
        method = t(f"console.terrain.{str(row['method']).replace(' ', '_')}")
        typer.echo(f"{row['budget']:>20.0%}  {method:<15} {row['capture']:.1%} ({span})")
    made = {"factors": len(found.terrain.factors), "zones": len(found.zones), "files": len(paths)}
    typer.echo(t("console.risk", path=short(out), **made))


def schouw(
    forms: Annotated[list[Path] | None, typer.Argument(help="Returned forms: JSON or CSV.")] = None,
    *,
    template: Annotated[
        Path | None, typer.Option(help="Write an empty form (CSV or Excel) for --zones.")
    ] = None,
    zones: Annotated[Path | None, typer.Option(help="Layer of zones that `genk-geo risk` wrote.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the index per visit and quality (CSV).")] = None,
    lang: LangOption = None,
) -> None:
    """Read returned forms of the schouw, or write an empty one for a spreadsheet."""
    from genk_geo.jobs.desk.schouw import report, zone_ids
    from genk_geo.spreadsheet import harmless_table

    t = words(lang or "nl")
    if (template is None) != (zones is None) or not (template or forms):
        raise ConfigError("Give forms to read, or --template and --zones to write an empty form.")
    if template is not None and zones is not None:
        from genk_geo.cpted import write_template

        write_template(zone_ids(zones), template)
        typer.echo(t("console.form", path=short(template)))
    if forms:
        found = report(forms)
        for row in found.index.to_dict("records"):
            shown = "-" if row["index"] != row["index"] else f"{row['index']:.0f}"
            head = f"{row['zone_id']} {row['date']:%Y-%m-%d} {row['observer']}"
            typer.echo(f"{head:<40} {row['quality']:<18} {shown:>4}  {row['answered']}/{row['items']}")
        for one, other, kappa in found.agreement:
            typer.echo(t("console.kappa", one=one, other=other, kappa=f"{kappa:.2f}"))
        for row in found.change.to_dict("records"):
            told = {"zone": row["zone_id"], "quality": row["quality"], "items": row["items"]}
            typer.echo(t("console.change", change=f"{row['change']:+.0f}", **told))
        if out is not None:
            harmless_table(found.index).to_csv(out, index=False)
            typer.echo(t("console.index", path=short(out)))
