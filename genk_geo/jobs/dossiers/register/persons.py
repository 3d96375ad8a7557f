"""Whether a name where an organisation belongs looks like that of a person.

Work goes by area and by organisation, never by person. The check only warns, and never repeats the name.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib.resources import files

from genk_geo.jobs.dossiers.register.columns import plain

_WORDS = {
    kind: frozenset(words.split())
    for kind, words in tomllib.loads(
        files("genk_geo.jobs.dossiers.register").joinpath("persons.toml").read_text(encoding="utf-8")
    ).items()
}
#: Words of organisations: with one of them in it a name is none of a person.
_ORGANISATION = _WORDS["organisation"]
_TITLE = re.compile(r"\b(dhr|mevr|mw|mvr|meneer|mevrouw|de heer|inspecteur|insp|commissaris|mr|mrs|ms)\b")
_CONTACT = re.compile(r"@|\+?\d[\d /.\-]{7,}")
#: "J. Peeters" and "Peeters J.".
_INITIAL = re.compile(r"([A-Z]\. ?)+((van|de|der|den) )*[A-Z][a-z]+|[A-Z][a-z]+,? ([A-Z]\. ?)+")
#: First names that are common in Limburg, without accents. They only tip the scale of two capitalised words.
_FIRST_NAMES = _WORDS["first"]
_SMALL = frozenset({"van", "de", "der", "den", "vanden", "ten", "ter", "el", "al", "di"})


def looks_like_a_person(name: str) -> bool:
    """Whether a name is more likely one of a person than of an organisation.

    Parameters
    ----------
    name : str
        What stands under partner.

    Returns
    -------
    bool

    Examples
    --------
    >>> from genk_geo.jobs.dossiers.register.persons import looks_like_a_person
    >>> [looks_like_a_person(name) for name in ("Jan Peeters", "dhr. Willems", "Dienst Groen", "vzw De Brug")]
    [True, True, False, False]
    """
    words = plain(name).split()
    if not words:
        return False
    if _CONTACT.search(name) or _TITLE.search(" ".join(words)):
        return True
    if _ORGANISATION.difference(_SMALL).intersection(words):
        return False
    if _INITIAL.fullmatch(name.strip()):
        return True
    if words[0] in _FIRST_NAMES:
        return len(words) <= 4
    own = [word for word in words if word not in _SMALL]
    capitals = [word for word in _as_written(name) if word[:1].isupper() and not word.isupper()]
    return len(own) == 2 and len(capitals) >= 2 and own[1] in _FIRST_NAMES


def is_of_persons(column: str) -> bool:
    """Whether a column by its name holds persons.

    Examples
    --------
    >>> from genk_geo.jobs.dossiers.register.persons import is_of_persons
    >>> is_of_persons("Naam agent"), is_of_persons("Plaats")
    (True, False)
    """
    return bool(_WORDS["columns"].intersection(plain(column).split()))


def _as_written(name: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.findall(r"[A-Za-z]+", bare)
