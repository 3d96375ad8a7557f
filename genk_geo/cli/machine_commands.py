"""What the weekly job stands on: the city's reference, and this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genk_geo.cli.console import progress, short, words
from genk_geo.cli.options import ConfigOption, LangOption

reference_app = typer.Typer(help="The city's areas, streets and addresses.", no_args_is_help=True)


@reference_app.command("show")
def reference_show(*, config: ConfigOption = None) -> None:
    """Say which city is loaded, from which sources, and what is assumed."""
    from genk_geo.config import Settings
    from genk_geo.reference import City

    settings = Settings.load(config)
    for key, value in (
        City.from_settings(settings.city, settings.grouping, addresses=settings.addresses).describe().items()
    ):
        typer.echo(f"{key:>18}: {value}")


@reference_app.command("update")
def reference_update(
    *,
    source: Annotated[Path | None, typer.Option("--from", help="BeST file (.csv or .zip) on disk.")] = None,
    out: Annotated[Path | None, typer.Option(help="Parquet file; default: `addresses` of settings.")] = None,
    municipality: Annotated[list[str] | None, typer.Option(help="NIS code; repeatable.")] = None,
    postcode: Annotated[list[str] | None, typer.Option(help="Postcode; repeatable.")] = None,
    config: ConfigOption = None,
) -> None:
    """Take the city's addresses out of the full BeST file; without --from it is downloaded first."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.address_register import update_addresses

    settings = Settings.load(config)
    with progress(settings.lang) as tell:
        count, target = update_addresses(
            settings, source=source, out=out, municipalities=tuple(municipality or ()),
            postcodes=tuple(postcode or ()), progress=tell,
        )  # fmt: skip
    typer.echo(words(settings.lang)("console.house_numbers", n=count, path=short(target)))


def doctor(*, config: ConfigOption = None, lang: LangOption = None) -> None:
    """Check that this machine has what the weekly job needs."""
    from genk_geo.jobs.desk.doctor import check_up
    from genk_geo.spreadsheet import visible

    findings = check_up(config)
    t = words(lang or "nl")
    for finding in findings:
        state = t("console.ok" if finding.ok else "console.not_ok")
        typer.echo(visible(f"{state:>3}  {finding.what}: {finding.found}"))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(2)
