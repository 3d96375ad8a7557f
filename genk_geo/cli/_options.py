"""Options that several commands have, and how they show a path."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[Path | None, typer.Option("--config", help="TOML file with the settings.")]
WeekOption = Annotated[str | None, typer.Option(help="ISO week, such as 2026-W46; default: the last whole.")]
LangOption = Annotated[str | None, typer.Option(help="nl or en.")]
ProfileOption = Annotated[str, typer.Option(help="Name of a shipped profile, or path of a profile file.")]


def short(path: Path) -> str:
    """Path from here where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
