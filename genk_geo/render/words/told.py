"""What went wrong, in the reader's language: an error's English template is looked up, then filled in."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from genk_geo.errors import GenkGeoError, Message, one_line

_DUTCH_SIGNS = str.maketrans(",.", ".,")


def told_in(lang: str, fault: object) -> str:
    """An error, a message or a text in a language, on one line.

    Parameters
    ----------
    lang : str
        ``nl`` or ``en``; English where the language has no words for it.
    fault : GenkGeoError, Message or object
        What is told. Of an error of somebody else, or a plain text, the words stay as they are.

    Returns
    -------
    str

    Examples
    --------
    >>> from genk_geo.errors import ConfigError
    >>> from genk_geo.render.words.told import told_in
    >>> fault = ConfigError("{path} is a file. Give a folder.", path="maps")
    >>> told_in("nl", fault)
    'maps is een bestand. Geef een map.'
    >>> told_in("en", fault)
    'maps is a file. Give a folder.'
    """
    return one_line(_filled(lang, fault))


def _filled(lang: str, fault: object) -> str:
    message = _message_of(fault) if isinstance(fault, GenkGeoError) else fault
    if not isinstance(message, Message) or lang != "nl":
        return str(message)
    template = _dutch().get(message.template, message.template)
    if not message.values:
        return template
    values = {name: _filled(lang, value) if _told(value) else value for name, value in message.values.items()}
    return _Dutch().vformat(template, (), values)


def _message_of(fault: GenkGeoError) -> str:
    """What an error says; one with texts of its own (a layer that could not be had) says it itself."""
    return fault.message if type(fault).__str__ is GenkGeoError.__str__ else str(fault)


def _told(value: object) -> bool:
    return isinstance(value, Message | GenkGeoError)


class _Dutch(Formatter):
    """Numbers that are written with a sign for thousands get the Dutch signs."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = str(super().format_field(value, format_spec))
        return text.translate(_DUTCH_SIGNS) if "," in format_spec else text


@cache
def _dutch() -> dict[str, str]:
    """Each English template with its Dutch."""
    text = files("genk_geo.render.words").joinpath("errors_nl.toml").read_text(encoding="utf-8")
    return {pair["en"]: pair["nl"] for room in tomllib.loads(text).values() for pair in room}
