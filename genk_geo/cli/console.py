"""What the commands share in talking to a terminal: words, progress, tables, paths."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from genk_geo.render.words.texts import Texts


def words(lang: str) -> Texts:
    """The texts of a language."""
    from genk_geo.render.words.texts import Texts

    return Texts(lang)


def short(path: Path) -> str:
    """Path from here where that is shorter, with nothing in it that steers a terminal."""
    from genk_geo.spreadsheet import visible

    try:
        return visible(str(path.resolve().relative_to(Path.cwd())))
    except ValueError:
        return visible(str(path))


@contextmanager
def progress(lang: str) -> Iterator[Callable[[str, int, int], None]]:
    """A line a stage with a bar; only on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    t = words(lang)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(t(f"console.stage.{stage}"), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell


def show_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, left: Sequence[int]) -> None:
    """Columns as wide as what stands in them, however wide the terminal is.

    Parameters
    ----------
    columns : sequence of str
        Their names.
    rows : sequence of sequences
        What stands in them.
    left : sequence of int
        Columns of words; numbers end at the right.
    """
    from genk_geo.spreadsheet import visible

    lines = [[visible(str(cell)) for cell in line] for line in (columns, *rows)]
    wide = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        cells = [part.ljust(wide[at]) if at in left else part.rjust(wide[at]) for at, part in enumerate(line)]
        typer.echo("  ".join(cells).rstrip())
