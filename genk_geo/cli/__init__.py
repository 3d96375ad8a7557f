"""The command line `genk-geo`: the only place that prints.

Commands answer in the language of the settings, Dutch by default. Everything heavy is imported inside a
command, so that ``genk-geo --help`` answers at once.
"""

from __future__ import annotations

import logging
import sys
from contextvars import copy_context
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from genk_geo.cli import (
    address_commands,
    doctor_command,
    dossier_commands,
    environment_commands,
    file_commands,
    keeping_commands,
    look_back_commands,
    operator_commands,
    reference_commands,
    traffic_commands,
    weekly_commands,
)
from genk_geo.cli.console import spoken_in
from genk_geo.errors import GenkGeoError, Message
from genk_geo.private import private_files
from genk_geo.spreadsheet import visible
from genk_geo.writing import reason, write_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

app = typer.Typer(
    help="Hotspots of nuisance, burglary and traffic incidents by wijk and stadsdeel.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    weekly_commands.weekly, weekly_commands.demo,
    operator_commands.init, operator_commands.inbox, operator_commands.serve,
    file_commands.ingest, file_commands.profile,
    address_commands.geocode, address_commands.aliases,
    file_commands.hotspots, file_commands.export,
    keeping_commands.backup, keeping_commands.restore, keeping_commands.forget,
    environment_commands.risk, environment_commands.schouw,
    look_back_commands.backtest, look_back_commands.evaluate,
    doctor_command.doctor,
):  # fmt: skip
    app.command()(command)
app.add_typer(dossier_commands.dossier_app, name="dossiers")
app.add_typer(reference_commands.reference_app, name="reference")
app.add_typer(traffic_commands.traffic_app, name="traffic")


@app.callback()
def _configure(
    *, verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens.")] = False
) -> None:
    level = logging.INFO if verbose else logging.ERROR
    logging.getLogger("genk_geo").setLevel(min(level, logging.WARNING))  # what was mended is always told
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


@cache
def _commands() -> Callable[..., Any]:
    """The commands, made of their functions once: that takes longer than most of them run."""
    return get_command(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; a fault that is not a bug becomes one line and its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What stands behind ``genk-geo``; that of the process when absent.
    """
    try:
        with private_files():  # whatever a command writes; a release opens its folder itself
            copy_context().run(_commands(), args=arguments)  # limits of its settings end with the command
    except GenkGeoError as error:
        _tell(error, arguments)
        sys.exit(error.exit_code)
    except Exception as error:
        # a full disk, a folder without rights, a file that another program holds
        if not isinstance(error, write_faults()):
            raise
        told = Message(
            "{reason}: what was being written is not there. Mend that, then try again.", reason=reason(error)
        )
        _tell(told, arguments)
        sys.exit(GenkGeoError.exit_code)


def _tell(fault: GenkGeoError | Message, arguments: Sequence[str] | None) -> None:
    from genk_geo.render.words.told import told_in

    lang = spoken_in(sys.argv[1:] if arguments is None else arguments)
    typer.echo(visible(f"genk-geo: {told_in(lang, fault)}"), err=True)
