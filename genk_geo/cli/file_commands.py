"""One supplier's file: read into the history, or described by a first profile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genk_geo.cli.console import short, words
from genk_geo.cli.options import ConfigOption, ProfileOption
from genk_geo.cli.reports import show_reports


def ingest(
    file: Annotated[Path, typer.Argument(help="A supplier's file.")],
    *,
    profile: ProfileOption,
    config: ConfigOption = None,
    rejects: Annotated[Path | None, typer.Option(help="Write the rejected rows to this CSV file.")] = None,
) -> None:
    """Read one file into the history and say what became of each row."""
    from genk_geo.config import Settings
    from genk_geo.ingestion import ingest as read
    from genk_geo.reference import City
    from genk_geo.spreadsheet import harmless_table, visible
    from genk_geo.store import Store

    settings = Settings.load(config)
    city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    result = read(file, profile=profile, city=city, aliases=settings.aliases)
    settings.store.parent.mkdir(parents=True, exist_ok=True)
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        added = store.add(result)
    show_reports((result.report,), settings.lang)
    t = words(settings.lang)
    typer.echo(t("console.stored", new=added.new, known=added.known, store=short(settings.store)))
    for reason, count in result.report.reasons.items():
        typer.echo(f"  {count} x {reason}")
    for warning in result.report.warnings:
        typer.echo(visible(f"! {warning}"), err=True)
    if rejects is not None:
        harmless_table(result.rejects).to_csv(rejects, index=False)
        typer.echo(t("console.rejected_rows", path=short(rejects)))


def profile(file: Annotated[Path, typer.Argument(help="A supplier's file.")]) -> None:
    """Propose a profile for a file from its header; save it, mend it, use it."""
    from genk_geo.ingestion import propose_profile

    typer.echo(propose_profile(file))
