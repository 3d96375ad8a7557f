"""The environment as it is shown: to analysts and wijkmanagers whole, to the public not at all.

Nothing of a zone is held back, so that a released one has the fields of one that was found. It takes the
place of one, and never the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

from genk_geo.results import Driver, Zone


@dataclass(frozen=True)
class ReleasedDriver(Driver):
    """A factor of the environment that this reader may see: see :class:`genk_geo.results.Driver`."""


@dataclass(frozen=True)
class ReleasedZone(Zone):
    """A zone of the environment that this reader may see: see :class:`genk_geo.results.Zone`."""

    drivers: tuple[ReleasedDriver, ...]


@dataclass(frozen=True)
class ReleasedEnvironment:
    """The risk terrain of a theme as it is shown: see :class:`genk_geo.results.Environment`.

    Attributes
    ----------
    theme : str
        Key of the theme.
    zones : tuple of ReleasedZone
        By rank.
    budget : float
        Share of the area that `capture` and `baseline` are told for.
    capture, baseline : float or None
        Shares of the later incidents that were caught there; None when not measured.
    """

    theme: str
    zones: tuple[ReleasedZone, ...]
    budget: float
    capture: float | None
    baseline: float | None
