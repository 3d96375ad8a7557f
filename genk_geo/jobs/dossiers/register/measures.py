"""The catalogue of measures: what a promise in the words of the register is about."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from genk_geo.jobs.dossiers.register.columns import plain


class Measure(NamedTuple):
    """Something that helps: its key, and its link of the safety chain."""

    key: str
    link: str


def measure_in(text: str) -> Measure | None:
    """Find the measure that a text names.

    Parameters
    ----------
    text : str
        As it stands in the register.

    Returns
    -------
    Measure or None
        The one that is named in most words; None where none is, or two different ones are named alike.

    Examples
    --------
    >>> from genk_geo.jobs.dossiers.register.measures import measure_in
    >>> measure_in("Extra verlichting achter de school"), measure_in("Tante Mia belt de buren")
    (Measure(key='light', link='preventie'), None)
    """
    told = set(plain(text).split())
    fits = {
        measure: max((len(words) for words in known if words <= told), default=0)
        for measure, known in _catalogue().items()
    }
    most = max(fits.values())
    best = [measure for measure, count in fits.items() if count == most]
    return best[0] if most and len(best) == 1 else None


def measure_keys() -> tuple[str, ...]:
    """Keys of the catalogue, in its order."""
    return tuple(measure.key for measure in _catalogue())


@cache
def _catalogue() -> dict[Measure, tuple[frozenset[str], ...]]:
    text = files("genk_geo.jobs.dossiers.register").joinpath("measures.toml").read_text(encoding="utf-8")
    return {
        Measure(key, entry["link"]): tuple(frozenset(plain(words).split()) for words in entry["words"])
        for key, entry in tomllib.loads(text).items()
    }
