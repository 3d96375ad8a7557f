"""Names and ranks of findings that say nothing that is not shown.

Analysts know a hotspot by the cell with most incidents: of farmland that is one address. Others get a name
that is a keyed hash of it, with a secret that never leaves the history: the same in every week, so that a
hotspot can be followed, and another one in every release, so that two readers cannot lay theirs side by side.
Ranks and the order of rows go by what the reader is shown, so that they add nothing to it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from genk_geo.config import ReleaseSettings
    from genk_geo.release.values.findings import Hotspot

T = TypeVar("T", bound=Any)

_LENGTH = 10
_CERTAINTY = ("hot 99", "hot 95", "hot 90")


@dataclass(frozen=True)
class Names:
    """Names of hotspots for one reader; those of the history itself for an analist.

    Attributes
    ----------
    secret : bytes or None
        That of the history; None: names are shown as they are.
    release : str
        Which release it is.
    """

    secret: bytes | None
    release: str

    @classmethod
    def of(cls, reader: ReleaseSettings, secret: bytes) -> Names:
        """Names for a reader."""
        exact = reader.profile == "analist"
        return cls(None if exact else secret, f"{reader.profile}/{reader.folder}")

    def __call__(self, theme: str, name: str) -> str:
        """Name of a hotspot of a theme, as this reader knows it.

        Examples
        --------
        >>> Names(b"secret", "wijkmanager/maps")("burglary", "B-2026W40-E2285N1848")
        'burglary-a3d5b1'
        """
        if self.secret is None:
            return name
        text = f"{self.release}\n{theme}\n{name}".encode()
        return f"{theme}-{hmac.digest(self.secret, text, 'sha256').hex()[:_LENGTH]}"


def in_shown_order(spots: Iterable[Hotspot]) -> tuple[Hotspot, ...]:
    """Hotspots with most incidents first and those that are gone last, ranked by what is told of each.

    Parameters
    ----------
    spots : iterable of Hotspot
        As they are told.

    Returns
    -------
    tuple of Hotspot
        Numbered from 1; 0 for those that are gone.
    """
    ordered = sorted(spots, key=_shown)
    return tuple(replace(spot, number=0 if is_gone(spot) else at) for at, spot in enumerate(ordered, start=1))


def renumbered(found: Iterable[T], key: Callable[[T], Any]) -> tuple[T, ...]:
    """Findings of another kind, in the order of something that is told of them, numbered from 1.

    Parameters
    ----------
    found : iterable
        Findings with a ``number``.
    key : callable
        What is told of one.

    Returns
    -------
    tuple
        Where two are told alike, by their outline.
    """
    ordered = sorted(found, key=lambda one: (key(one), outline_of(one)))
    return tuple(replace(one, number=at) for at, one in enumerate(ordered, start=1))


def outline_of(found: Any) -> bytes:
    """An outline as bytes; empty for what has none."""
    shape = getattr(found, "geometry", None)
    return b"" if shape is None else bytes(shapely.to_wkb(shapely.normalize(shape)))


def is_gone(spot: Hotspot) -> bool:
    """Whether it is told only because it was there the week before."""
    return spot.status == "gone"


def _shown(spot: Hotspot) -> tuple[bool, int, int, int, str, bytes, str]:
    """What is told of a hotspot, and nothing else; the name, by chance, only of two that look alike."""
    certainty = _CERTAINTY.index(spot.hotspot_class) if spot.hotspot_class in _CERTAINTY else len(_CERTAINTY)
    count = spot.observed if spot.before is None else spot.before[0]
    told = (-count.ends[0], certainty, -(spot.times or 0), spot.wijk)
    return (is_gone(spot), *told, outline_of(spot), spot.hotspot_id)
