"""The command line `genk-geo`: the only place that prints.

It speaks the language of the settings, Dutch by default. Everything heavy is imported inside a command, so
that ``genk-geo --help`` answers at once.
"""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from genk_geo.cli import (
    address_commands,
    environment_commands,
    file_commands,
    layer_commands,
    look_back,
    machine_commands,
    traffic_commands,
    weekly_commands,
)
from genk_geo.errors import GenkGeoError
from genk_geo.private import private_files
from genk_geo.spreadsheet import visible

app = typer.Typer(
    help="Hotspots of nuisance, burglary and traffic incidents by wijk and stadsdeel.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    weekly_commands.weekly,
    weekly_commands.demo,
    file_commands.ingest,
    file_commands.profile,
    address_commands.geocode,
    address_commands.aliases,
    layer_commands.hotspots,
    layer_commands.export,
    environment_commands.risk,
    environment_commands.schouw,
    look_back.backtest,
    look_back.evaluate,
    machine_commands.doctor,
):
    app.command()(command)
app.add_typer(machine_commands.reference_app, name="reference")
app.add_typer(traffic_commands.traffic_app, name="traffic")


@app.callback()
def _configure(
    *, verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens.")] = False
) -> None:
    level = logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


def main() -> None:
    """Run a command; a fault that is not a bug becomes one line and its exit code."""
    try:
        with private_files():  # whatever a command writes; a release opens its folder itself
            app()
    except GenkGeoError as error:
        typer.echo(visible(f"genk-geo: {error}"), err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk, a folder without rights, a file that another program holds
        typer.echo(visible(f"genk-geo: {error}. Nothing was published."), err=True)
        sys.exit(GenkGeoError.exit_code)
