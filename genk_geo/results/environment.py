"""What the environment has to do with the incidents, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Driver:
    """A factor of the environment that works in a zone.

    Attributes
    ----------
    factor, label : str
        Its key and what readers call it.
    kind, rule : str
        How it works: ``proximity``, ``density`` or ``value``, and the rule of the risk terrain.
    distance_m : float
        Distance or bandwidth; NaN for a value.
    rrv : float
        Relative risk value: so many times the incidents where it works. Above 1.
    absent : bool
        True where a protective factor is missing; `rrv` is then one over its own value.
    quality : str
        CPTED quality; empty when none is known.
    """

    factor: str
    label: str
    kind: str
    rule: str
    distance_m: float
    rrv: float
    absent: bool
    quality: str


@dataclass(frozen=True)
class Zone:
    """Contiguous ground where the environment goes together with more incidents.

    Attributes
    ----------
    zone_id : str
        Theme and rank.
    number : int
        Rank in the city, 1 = highest score.
    theme : str
        Theme of the risk terrain.
    streets : tuple of str
        Streets that tell where it is.
    wijk, stadsdeel : str
        Where most of it lies.
    score : float
        Mean score of its cells, 1 = lowest in the city.
    area_m2 : float
        Size.
    drivers : tuple of Driver
        What works in at least half of it, strongest first.
    advice : tuple of str
        Advice on these drivers.
    measures : tuple of (str, tuple of str)
        Measures by link of the safety chain.
    hotspots : tuple of str
        Current hotspots of the same theme that it shares ground with: beside it, not part of its score.
    geometry : shapely geometry
        In the city's metric system.
    """

    zone_id: str
    number: int
    theme: str
    streets: tuple[str, ...]
    wijk: str
    stadsdeel: str
    score: float
    area_m2: float
    drivers: tuple[Driver, ...]
    advice: tuple[str, ...]
    measures: tuple[tuple[str, tuple[str, ...]], ...]
    hotspots: tuple[str, ...]
    geometry: BaseGeometry


@dataclass(frozen=True)
class Environment:
    """The risk terrain of a theme, as pages show it.

    Attributes
    ----------
    theme : str
        Key of the theme.
    zones : tuple of Zone
        By rank.
    budget, capture, baseline : float
        Out of sample: of the later incidents, the share in the `budget` (share of the area) where most is
        to be expected by score and dwellings, and the share that a decayed count of earlier incidents
        caught; NaN when not measured.
    """

    theme: str
    zones: tuple[Zone, ...]
    budget: float
    capture: float
    baseline: float
