"""Paths in settings: each counts from the folder of the file that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ValidationInfo

from genk_geo.errors import Message


def _in_folder(path: Path, info: ValidationInfo) -> Path:
    if "\0" in str(path):
        raise ValueError(Message("no path holds a NUL sign"))
    folder: Path | None = (info.context or {}).get("folder")
    return (folder or Path.cwd()) / path


def _text_in_folder(path: str, info: ValidationInfo) -> str:
    return str(_in_folder(Path(path), info))


def _place_in_folder(place: str, info: ValidationInfo) -> str:
    return place if place.startswith("sftp://") else _text_in_folder(place, info)


def _profile_in_folder(profile: str, info: ValidationInfo) -> str:
    return _text_in_folder(profile, info) if profile.endswith(".toml") else profile


#: A path that is absolute once it is checked. It counts from the folder that :func:`validated` was given, and
#: from the current folder where settings are made without a file. A test holds every path to this type.
AnchoredPath = Annotated[Path, AfterValidator(_in_folder)]

#: The same for a text with wildcards in its last part.
AnchoredPattern = Annotated[str, AfterValidator(_text_in_folder)]

#: A folder, which is anchored, or an address that begins with ``sftp://``.
AnchoredPlace = Annotated[str, AfterValidator(_place_in_folder)]

#: Name of a shipped profile, or the path of a profile file, which is anchored.
ProfileName = Annotated[str, AfterValidator(_profile_in_folder)]


def path_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Names of the fields of a model that hold a path."""
    return tuple(name for name, field in model.model_fields.items() if _mentions_path(field.annotation))


def _mentions_path(annotation: object) -> bool:
    return annotation is Path or any(_mentions_path(part) for part in getattr(annotation, "__args__", ()))
