"""Reading TOML files and checking them, with every fault in one message."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from genk_geo.doors import regular_file
from genk_geo.errors import ConfigError, Message, in_a_row, one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

#: The grouping of the largest city, and the longest list of aliases, are far smaller.
_MOST_BYTES = 20_000_000

#: Nobody reads more in one message.
_MOST_FAULTS = 20

#: What the checking library says most, by its own kinds, in its own words: told in other languages too.
KINDS = {
    "missing": "Field required",
    "string_type": "Input should be a valid string",
    "int_type": "Input should be a valid integer",
    "int_parsing": "Input should be a valid integer, unable to parse string as an integer",
    "int_from_float": "Input should be a valid integer, got a number with a fractional part",
    "float_type": "Input should be a valid number",
    "float_parsing": "Input should be a valid number, unable to parse string as a number",
    "finite_number": "Input should be a finite number",
    "bool_type": "Input should be a valid boolean",
    "bool_parsing": "Input should be a valid boolean, unable to interpret input",
    "greater_than": "Input should be greater than {gt}",
    "greater_than_equal": "Input should be greater than or equal to {ge}",
    "less_than": "Input should be less than {lt}",
    "less_than_equal": "Input should be less than or equal to {le}",
    "literal_error": "Input should be {expected}",
    "string_pattern_mismatch": "String should match pattern '{pattern}'",
    "tuple_type": "Input should be a valid tuple",
    "list_type": "Input should be a valid list",
    "dict_type": "Input should be a valid dictionary",
    "path_type": "Input should be a path",
}

Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path | str) -> dict[str, Any]:
    """Read a TOML file with a clear message when it is missing or malformed."""
    file = Path(path)
    try:
        if not file.exists():
            raise ConfigError("{file} does not exist. Give the path of an existing TOML file.", file=file)
        plain = regular_file(file, Message("The TOML file"))  # a pipe would be waited for without end
        if plain.stat().st_size > _MOST_BYTES:
            raise ConfigError("{file} is larger than any table of settings. Is it the right file?", file=file)
        return tomllib.loads(plain.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError) as error:  # also numbers without end, tables without bottom
        raise ConfigError("{file} cannot be read as TOML: {reason}.", file=file, reason=error) from error


def validated(model: type[Model], values: dict[str, Any], where: str, *, folder: Path | None = None) -> Model:
    """Build a model and say every fault in one message.

    Parameters
    ----------
    model : type
        What to build.
    values : dict
        What was read.
    where : str
        What the message calls the place where it was read.
    folder : Path, optional
        What relative paths count from; the current folder when absent.

    Raises
    ------
    ConfigError
        If a key is unknown or a value impossible.
    """
    try:
        return model.model_validate(values, context={"folder": folder})
    except ValidationError as error:
        faults = [
            Message(
                "{key}: {fault}",
                key=".".join(map(str, fault["loc"])) or Message("the file"),
                fault=_fault_in_words(model, fault),
            )
            for fault in error.errors()[:_MOST_FAULTS]
        ]
        if error.error_count() > _MOST_FAULTS:
            faults.append(Message("and {count} more", count=error.error_count() - _MOST_FAULTS))
        raise ConfigError("{where}: {faults}.", where=where, faults=in_a_row(faults)) from error


def _fault_in_words(model: type[BaseModel], fault: ErrorDetails) -> Message:
    if fault["type"] == "extra_forbidden":
        *place, key = fault["loc"]
        return _unknown_key(str(key), _table_at(model, place), model)
    said = _said(fault)
    shown = isinstance(fault["input"], str | int | float) and fault["type"] != "value_error"
    return Message("{said}, given {given!r}", said=said, given=fault["input"]) if shown else said


def _said(fault: ErrorDetails) -> Message:
    """What the library says, as a message that can be told in other languages where it is a common one."""
    facts = fault.get("ctx", {})
    if fault["type"] == "path_type":
        return Message(KINDS["path_type"])
    if isinstance(own := facts.get("error"), ValueError) and own.args and isinstance(own.args[0], Message):
        return own.args[0]
    template = KINDS.get(fault["type"], "")
    if fault["type"] == "literal_error":
        *names, last = str(facts["expected"]).rsplit(" or ", 1)
        facts = {"expected": one_of([*names, last])}
    told = Message(template, **facts) if template else Message("")
    # another release of the library may say it in other words
    return told if told == fault["msg"] else Message(fault["msg"].removeprefix("Value error, "))


def _unknown_key(key: str, table: type[BaseModel], file: type[BaseModel]) -> Message:
    """What else can have been meant: a key like it, one of a table below, or one of the whole file."""
    known = sorted(table.model_fields)
    below = [
        f"{name}.{key}"
        for name, field in table.model_fields.items()
        if (inner := _table_in(field.annotation)) and key in inner.model_fields
    ]
    meant = Message("")
    if close := get_close_matches(key, known, n=1):
        meant = Message(", did you mean {key}?", key=close[0])
    elif table is not file and key in file.model_fields:
        meant = Message(", {key} belongs to the whole file: put it above the first [table]", key=key)
    elif below:
        meant = Message(", did you mean {key}?", key=one_of(below))
    return Message("unknown key{meant} (known here: {known})", meant=meant, known=", ".join(known))


def _table_at(model: type[BaseModel], place: Sequence[str | int]) -> type[BaseModel]:
    """Model of the table at a place; a number in a list or a key that the user chose stays in its table."""
    here = model
    for part in place:
        field = here.model_fields.get(str(part))
        here = (_table_in(field.annotation) if field else None) or here
    return here


def _table_in(annotation: object) -> type[BaseModel] | None:
    """The model that an annotation holds: itself, or in a list, a dictionary or beside None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    parts = (_table_in(part) for part in getattr(annotation, "__args__", ()))
    return next((found for found in parts if found), None)
