"""How a command speaks: answers on standard output, warnings and progress on standard error."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from genk_geo.spreadsheet import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from genk_geo.config import Settings
    from genk_geo.render.words.texts import Texts


def texts_of(settings: Settings) -> Texts:
    """Words in the language of the settings, themes by the names that the settings give them."""
    from genk_geo.render.words.texts import Texts

    dutch = settings.lang == "nl"
    labels = {name: own.label_nl if dutch else own.label_en for name, own in settings.themes.items()}
    return Texts(settings.lang, {name: label for name, label in labels.items() if label})


def say(text: str) -> None:
    """One line of the answer."""
    typer.echo(visible(text))


def warn(text: str) -> None:
    """One line to look at, beside the answer."""
    typer.echo(visible(f"! {text}"), err=True)


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


def short(path: Path) -> str:
    """Path from here where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@contextmanager
def progress(texts: Texts) -> Iterator[Callable[[str, int, int], None]]:
    """A line a stage with a bar; only on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(texts(f"console.stage.{stage}"), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell
