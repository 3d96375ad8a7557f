"""How many incidents lie precisely enough for hotspots: what is lost without an address register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genk_geo.store import Store
from genk_geo.store.tallies import Selection, count_wijk_weeks

if TYPE_CHECKING:
    from genk_geo.config import Settings
    from genk_geo.reference import City


@dataclass(frozen=True)
class Precision:
    """Of one theme.

    Attributes
    ----------
    theme : str
        Key of the theme.
    incidents : int
        On record.
    precise : int
        Those among them whose point is known to within `within_m`, and better than to its street.
    within_m : float
        What hotspots of the theme need.
    """

    theme: str
    incidents: int
    precise: int
    within_m: float


def has_register(settings: Settings) -> bool:
    """Whether an address register is loaded."""
    city = settings.city
    return settings.addresses is not None or (city is not None and city.addresses is not None)


def precision_on_record(settings: Settings, city: City) -> list[Precision]:
    """Count, in the history, what hotspots can use.

    Parameters
    ----------
    settings : Settings
        Which themes, how precise, and where the history is.
    city : City
        In whose system it is.

    Returns
    -------
    list of Precision
        A theme of the settings that has incidents; nothing where there is no history.
    """
    if not settings.store.exists():
        return []
    found = []
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone, read_only=True) as store:
        for theme in settings.show:
            within_m = settings.themes[theme].max_uncertainty_m
            all_, precise = (
                int(count_wijk_weeks(store, Selection(theme, within_m=limit)).to_numpy().sum())
                for limit in (None, within_m)
            )
            if all_:
                found.append(Precision(theme, all_, precise, within_m))
    return found
