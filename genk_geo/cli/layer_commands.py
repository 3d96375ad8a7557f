"""Layers out of the history, for a GIS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genk_geo.cli.console import short, words
from genk_geo.cli.options import ConfigOption, WeekOption


def hotspots(
    *,
    theme: Annotated[str, typer.Option(help="Theme of the settings.")],
    out: Annotated[Path, typer.Option(help="GeoPackage or GeoJSON to write.")],
    week: WeekOption = None,
    config: ConfigOption = None,
) -> None:
    """Write the hot cells of a theme, from the history, for a GIS."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.hot_cells import hot_cells_of_week, write_layer

    settings = Settings.load(config)
    cells = hot_cells_of_week(settings, theme=theme, week=week)
    write_layer(cells, out)
    typer.echo(words(settings.lang)("console.hot_cells", n=len(cells), path=short(out)))


def export(
    *,
    out: Annotated[Path, typer.Option(help="File to write: .gpkg, .geojson, .parquet or .csv.")],
    theme: Annotated[str | None, typer.Option(help="Only this theme.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First week, such as 2026-W40.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last week.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write incidents of the history, with their exact points: for analysts only."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.export import incidents_of_weeks, write_incidents

    settings = Settings.load(config)
    incidents = incidents_of_weeks(settings, theme=theme, first=first, last=last)
    write_incidents(incidents, out)
    typer.echo(words(settings.lang)("console.exported", n=len(incidents), path=short(out)))
