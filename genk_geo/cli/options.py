"""Options that several commands have, and places to write to, which are looked at before work begins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.config import Settings

ConfigOption = Annotated[Path | None, typer.Option("--config", help="TOML file with the settings.")]
WeekOption = Annotated[str | None, typer.Option(help="ISO week, such as 2026-W46; default: the last whole.")]
LangOption = Annotated[str | None, typer.Option(help="nl or en; default: that of the settings.")]
ProfileOption = Annotated[str, typer.Option(help="Name of a shipped profile, or path of a profile file.")]
ThemeOption = Annotated[str, typer.Option(help="Theme of the settings.")]


def settings_from(config: Path | None, lang: str | None) -> Settings:
    """The settings of a command; its limits count for every file that the command opens from here on.

    Parameters
    ----------
    config : pathlib.Path, optional
        TOML file.
    lang : str, optional
        Language, instead of that of the file.

    Returns
    -------
    Settings
        Checked.
    """
    from genk_geo.config import Settings
    from genk_geo.doors import limit

    settings = Settings.load(config, lang=lang)
    limit(settings.limits.of_doors())
    return settings


def file_to_write(*names: str, says: str, endings: tuple[str, ...] = ()) -> Any:
    """Option for a file to write.

    Parameters
    ----------
    *names : str
        As it is typed; the name of the parameter when absent.
    says : str
        What ``--help`` says of it.
    endings : tuple of str
        What the name may end on; anything when empty.
    """

    def checked(path: Path | None) -> Path | None:
        if path is not None and endings and path.suffix.lower() not in endings:
            raise ConfigError(
                "{path}: unknown format. End the name in {endings}.",
                path=path.name,
                endings=", ".join(endings),
            )
        if path is not None and not path.resolve().parent.is_dir():
            raise ConfigError("The folder of {path} does not exist. Make it first.", path=path)
        return path

    return typer.Option(*names, help=says, callback=checked, parser=_named, metavar="PATH")


def folder_to_write(says: str) -> Any:
    """Option for a folder to write to, made where it does not exist."""

    def checked(path: Path | None) -> Path | None:
        if path is not None and path.exists() and not path.is_dir():
            raise ConfigError("{path} is a file. Give a folder.", path=path)
        return path

    return typer.Option(help=says, callback=checked, parser=_named, metavar="PATH")


def _named(path: str | Path) -> Path:
    """A path that was really given: an empty one would be the current folder."""
    if not str(path).strip():
        raise ConfigError("The path to write to is empty. Give a name.")
    if "://" in str(path):  # not repeated: it may hold a password
        raise ConfigError("An address of another system is no file. Give `genk-geo export` it as --to.")
    return Path(path)
