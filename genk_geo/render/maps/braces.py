"""Braces in data that folium puts into a map.

Branca takes the script that an element has rendered for a template once more: a name with ``{{ }}`` in it
would be executed by Jinja. So braces travel as a sign that no text has, and come back as an escape.
"""

from __future__ import annotations

from typing import Any

#: From the private use area: dropped from texts, so that nobody else can bring it in.
_SIGN = "\ue000"


def braceless(value: Any) -> Any:
    """The same value with a stand-in for every opening brace in its texts.

    Parameters
    ----------
    value : object
        Text, or a mapping or list that holds texts.

    Returns
    -------
    object
        New value; anything but texts, mappings, lists and tuples as it is.
    """
    if isinstance(value, str):
        return value.replace(_SIGN, "").replace("{", _SIGN)
    if isinstance(value, dict):
        return {braceless(key): braceless(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [braceless(part) for part in value]
    return value


def restored(script: str) -> str:
    """A script with its braces back, as an escape within a string.

    Parameters
    ----------
    script : str
        Script in which only strings hold stand-ins.

    Returns
    -------
    str
        The script to publish.
    """
    return script.replace("\\ue000", "\\u007b").replace(_SIGN, "\\u007b")
