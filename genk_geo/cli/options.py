"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[Path | None, typer.Option("--config", help="TOML file with the settings.")]
WeekOption = Annotated[str | None, typer.Option(help="ISO week, such as 2026-W46; default: the last whole.")]
LangOption = Annotated[str | None, typer.Option(help="nl or en; default: that of the settings.")]
ProfileOption = Annotated[str, typer.Option(help="Name of a shipped profile, or path of a profile file.")]
ThemeOption = Annotated[str, typer.Option(help="Theme of the settings.")]
