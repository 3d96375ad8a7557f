"""Addresses: located, reviewed, and their corrections remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from genk_geo.cli.console import progress, short, words
from genk_geo.cli.options import ConfigOption


def geocode(  # noqa: PLR0913 # each argument is an option of the command
    file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet file with addresses.")],
    *,
    out: Annotated[Path, typer.Option(help="CSV, Excel or Parquet file to write.")],
    column: Annotated[str, typer.Option(help="Column with the address.")] = "adres",
    number: Annotated[str | None, typer.Option(help="Column with the house number.")] = None,
    postcode: Annotated[str | None, typer.Option(help="Column with the postcode.")] = None,
    area: Annotated[str | None, typer.Option(help="Column with the wijk or municipality.")] = None,
    review: Annotated[Path | None, typer.Option(help="Write what was not found here, to correct.")] = None,
    aliases: Annotated[Path | None, typer.Option(help="Alias file (TOML or CSV) with corrections.")] = None,
    online: Annotated[bool, typer.Option(help="Send what is not found to the Flemish service.")] = False,
    config: ConfigOption = None,
) -> None:
    """Give every address of a file a point, a level, a score and an uncertainty."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.geocode_file import Columns, geocode_file
    from genk_geo.reference import City

    settings = Settings.load(config)
    t = words(settings.lang)
    city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    fallback = None
    if online:
        from genk_geo.geocoding.online import SERVICE_URL, FlemishService

        typer.echo(f"! {t('console.privacy', host=urlsplit(SERVICE_URL).hostname)}", err=True)
        fallback = FlemishService(city, lang=settings.lang).fill
    with progress(settings.lang) as tell:
        found = geocode_file(
            file, out, city, columns=Columns(column, number, postcode, area, settings.lang), review=review,
            aliases=aliases or settings.aliases, fallback=fallback, progress=tell,
        )  # fmt: skip
    for level, count in found.levels.items():
        typer.echo(f"{level:>14} {count:>8}  {count / found.rows:.1%}")
    typer.echo(t("console.geocoded", rows=found.rows, path=short(out)))
    if review is not None:
        typer.echo(t("console.to_review", n=found.to_review, path=short(review)))


def aliases(
    review: Annotated[Path, typer.Argument(help="Review file with the column `correction` filled in.")],
    *,
    file: Annotated[Path, typer.Option("--aliases", help="Alias file (TOML or CSV) to add to.")],
    config: ConfigOption = None,
) -> None:
    """Remember the corrections of an edited review file."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.geocode_file import remember

    t = words(Settings.load(config).lang)
    typer.echo(t("console.corrections", n=remember(review, file), path=short(file)))
