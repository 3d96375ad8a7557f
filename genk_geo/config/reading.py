"""Reading TOML files and checking them, with every fault in one message."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from genk_geo.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path | str) -> dict[str, Any]:
    """Read a TOML file with a clear message when it is missing or malformed."""
    file = Path(path)
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{file} does not exist. Give the path of an existing TOML file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{file} cannot be read as TOML: {error}.") from error


def validated(model: type[Model], values: dict[str, Any], where: str) -> Model:
    """Build a model and say every fault in one message."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {_plain(fault)}" for fault in error.errors()
        )
        raise ConfigError(f"{where}: {faults}.") from error


def _plain(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "unknown key (see the README for the known ones)"
    return str(fault["msg"])
