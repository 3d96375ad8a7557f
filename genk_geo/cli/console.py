"""How a command speaks: answers on standard output, warnings and progress on standard error."""

from __future__ import annotations

import datetime as dt
import logging
import re
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from genk_geo.errors import GenkGeoError
from genk_geo.spreadsheet import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from genk_geo.config import Settings
    from genk_geo.render.words.texts import Texts


#: So much of a settings file is looked through for its language.
_MOST_LOOKED_AT = 1_000_000

#: What is told; it goes to a file where a command is given one, and never to the screen a second time.
_log = logging.getLogger("genk_geo.told")
_log.propagate = False
_log.addHandler(logging.NullHandler())


def texts_of(settings: Settings) -> Texts:
    """Words in the language of the settings, with those that the settings give."""
    from genk_geo.render.words.texts import Texts

    return Texts.of(settings)


def say(text: str) -> None:
    """One line of the answer."""
    typer.echo(visible(text))
    _log.info("%s", visible(text))


def warn(text: str) -> None:
    """One line to look at, beside the answer."""
    typer.echo(visible(f"! {text}"), err=True)
    _log.warning("%s", visible(text))


def say_rows(columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: Collection[int] = ()) -> None:
    """Columns as wide as what stands in them, however wide the terminal is.

    Parameters
    ----------
    columns : sequence of str
        Heading of each.
    rows : sequence of sequence of str
        What stands under them.
    left : collection of int
        Positions of the columns of words; the others hold numbers and end in line.
    """
    wide = [max(len(row[at]) for row in (columns, *rows)) for at in range(len(columns))]
    for row in (columns, *rows):
        cells = [part.ljust(wide[at]) if at in left else part.rjust(wide[at]) for at, part in enumerate(row)]
        line = "  ".join(cells).rstrip()
        typer.echo(typer.style(visible(line), bold=True) if row is columns else visible(line))
        _log.info("%s", visible(line))


def short(path: Path) -> str:
    """Path from here where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def spoken_in(arguments: Sequence[str]) -> str:
    """Language of a command whose settings may be what is wrong: as it was typed, else as they say.

    Parameters
    ----------
    arguments : sequence of str
        What was typed behind ``genk-geo``.

    Returns
    -------
    str
        ``nl`` or ``en``; Dutch where neither says.
    """
    from genk_geo.render.words.texts import LANGUAGES

    if (asked := _typed("--lang", arguments)) in LANGUAGES:
        return asked
    told = None
    with suppress(OSError, ValueError):  # what is wrong with the file is what will be told
        config = Path(_typed("--config", arguments) or ".")
        if config.is_file():  # a pipe would be waited for without end
            with config.open(encoding="utf-8", errors="replace") as stream:
                told = re.search(
                    r"""^\s*lang\s*=\s*["'](\w+)["']""", stream.read(_MOST_LOOKED_AT), re.MULTILINE
                )
    return told[1] if told and told[1] in LANGUAGES else "nl"


def _typed(option: str, arguments: Sequence[str]) -> str:
    """Value of an option, ``--lang en`` or ``--lang=en``; the last one counts."""
    found = ""
    for at, one in enumerate(arguments):
        if one == option:
            found = "".join(arguments[at + 1 : at + 2])
        elif one.startswith(f"{option}="):
            found = one.partition("=")[2]
    return found


@contextmanager
def progress(texts: Texts) -> Iterator[Callable[[str, int, int], None]]:
    """A line a stage: with a bar on a terminal, and one when it begins where the output goes elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                name = texts(f"console.stage.{stage}")
                tasks[stage] = bar.add_task(name, total=total)
                _log.info("%s", name)
                if not console.is_terminal and _progress_lines():
                    typer.echo(f"{dt.datetime.now().astimezone():%H:%M:%S} {name}", err=True)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell


def _progress_lines() -> bool:
    """Whether standard error is a file or a pipe of a process: then somebody reads it later."""
    try:
        return sys.stderr.fileno() == 2
    except (OSError, ValueError):  # a text in memory
        return False


@contextmanager
def logged(path: Path | None, lang: str) -> Iterator[None]:
    """Write everything that is told to a file too, with its moment; ten files of 1 MB are kept.

    Parameters
    ----------
    path : pathlib.Path, optional
        The file; without it nothing is written.
    lang : str
        Language of what is written.
    """
    if path is None:
        yield
        return
    from logging.handlers import RotatingFileHandler

    from genk_geo.render.words.told import told_in

    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=9, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    level = _log.level
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    try:
        yield
    except GenkGeoError as fault:
        _log.error("%s", visible(told_in(lang, fault)))
        raise
    finally:
        _log.setLevel(level)
        _log.removeHandler(handler)
        handler.close()
