"""How fine a reader may see: the one scale that every decision to show or to leave out goes by."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.config import ReleaseSettings


class Level(StrEnum):
    """The finest thing that a reader may see.

    Attributes
    ----------
    POINTS
        Single incidents: analysts.
    AREAS
        Areas, and no incident in them: wijkmanagers.
    WIJKEN
        Counts by wijk and nothing finer: the public.
    """

    POINTS = "points"
    AREAS = "areas"
    WIJKEN = "wijken"

    @classmethod
    def seen_by(cls, reader: ReleaseSettings) -> Level:
        """What a reader sees.

        Examples
        --------
        >>> from genk_geo.config import ReleaseSettings
        >>> Level.seen_by(ReleaseSettings(profile="publiek"))
        <Level.WIJKEN: 'wijken'>
        """
        return _BY_PROFILE[reader.profile]

    @classmethod
    def named(cls, name: str) -> Level:
        """Level of that name.

        Raises
        ------
        ConfigError
            If there is none.
        """
        if name not in list(cls):
            raise ConfigError("{name!r} is not a level. Choose one of {cls}.", name=name, cls=", ".join(cls))
        return cls(name)

    @property
    def shows_points(self) -> bool:
        """Whether single incidents may be shown."""
        return self is Level.POINTS

    @property
    def shows_areas(self) -> bool:
        """Whether anything finer than a wijk may be shown."""
        return self is not Level.WIJKEN


_BY_PROFILE = {"analist": Level.POINTS, "wijkmanager": Level.AREAS, "publiek": Level.WIJKEN}
