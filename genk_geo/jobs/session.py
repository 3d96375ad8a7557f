"""One session for every command: the city, the history and the themes of the settings, opened in one way.

Each part is loaded when it is asked for: a run that finds its week standing needs none but the history.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from genk_geo.calendar import BRUSSELS, Week
from genk_geo.crs import LAMBERT72
from genk_geo.doors import limited
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd

    from genk_geo.config import Settings, ThemeSettings
    from genk_geo.jobs.ground import Ground
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City, StreetNetwork
    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.store import Store


P = ParamSpec("P")
R = TypeVar("R")


def bounded(work: Callable[Concatenate[Settings, P], R]) -> Callable[Concatenate[Settings, P], R]:
    """Let the limits of the settings count for every file that a job opens.

    Parameters
    ----------
    work : callable
        A job, with its settings in the first place.

    Returns
    -------
    callable
        The same job.
    """

    @wraps(work)
    def within(settings: Settings, /, *arguments: P.args, **options: P.kwargs) -> R:
        with limited(settings.limits.of_doors()):
            return work(settings, *arguments, **options)

    return within


@dataclass(frozen=True)
class Session:
    """What every command needs of the settings, each part made once and only when it is asked for.

    Attributes
    ----------
    settings : Settings
        The settings.
    """

    settings: Settings
    _grounds: dict[int, Ground] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def city(self) -> City:
        """The city, with the official layers that were fetched and the registers that the settings name."""
        from genk_geo.reference import City

        return City.of(self.settings)

    @property
    def ground(self) -> Ground:
        """The city in cells of the settings."""
        return self.ground_in(self.settings.grid.cell_m)

    def ground_in(self, cell_m: int) -> Ground:
        """The city in cells of another size."""
        from genk_geo.jobs.ground import Ground

        if cell_m not in self._grounds:
            self._grounds[cell_m] = Ground.cover(self.city, cell_m)
        return self._grounds[cell_m]

    @cached_property
    def streets(self) -> StreetNetwork | None:
        """The street network, where the settings name one."""
        from genk_geo.reference import StreetNetwork

        own = self.settings.network
        if own.path is None:
            return None
        return StreetNetwork.load(own.path, crs=self.city.crs, columns=own.columns)

    @cached_property
    def backdrop(self) -> Backdrop:
        """What lies under the maps: the same for every week and reader."""
        from genk_geo.reference.backdrop import load_backdrop

        return load_backdrop(self.settings.map, self.city, self.streets)

    def theme(self, name: str) -> ThemeSettings:
        """Settings of a theme.

        Raises
        ------
        ConfigError
            If there is no such theme.
        """
        if name not in self.settings.themes:
            raise ConfigError(
                "Theme {name!r} is not in the settings. Known: {themes}.",
                name=name,
                themes=", ".join(self.settings.themes),
            )
        return self.settings.themes[name]

    def history(self, theme: str, incidents: gpd.GeoDataFrame, *, cell_m: int | None = None) -> ThemeHistory:
        """Incidents of a theme on the ground, in cells of the settings unless told otherwise."""
        from genk_geo.jobs.history import ThemeHistory

        ground = self.ground if cell_m is None else self.ground_in(cell_m)
        return ThemeHistory(theme, self.theme(theme), incidents, ground)

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The history, made where there is none yet."""
        from genk_geo.store import Store

        with Store.open(self.settings.store, crs=self.crs, timezone=self.timezone) as store:
            yield store

    @contextmanager
    def on_record(self) -> Iterator[Store]:
        """The history, which has to be there: as it stands, also while a run writes it.

        Raises
        ------
        ConfigError
            If nothing was read yet.
        """
        self.check_record()
        from genk_geo.store import Store

        path, crs, timezone = self.settings.store, self.crs, self.timezone
        with Store.open(path, crs=crs, timezone=timezone, read_only=True) as store:
            yield store

    def check_record(self) -> None:
        """Refuse to go on without a history."""
        if not self.settings.store.exists():
            raise ConfigError(
                "There is no history at {store}. Run `genk-geo weekly` first.", store=self.settings.store
            )

    @property
    def now(self) -> pd.Timestamp:
        """The present moment on the clock of the city."""
        return pd.Timestamp(dt.datetime.now(ZoneInfo(self.timezone)))

    @property
    def timezone(self) -> str:
        """The city's clock, for which no city has to be loaded."""
        return BRUSSELS if self.settings.city is None else self.settings.city.timezone

    @property
    def crs(self) -> int:
        """EPSG code of the city's metric system, for which no city has to be loaded."""
        return LAMBERT72 if self.settings.city is None else self.settings.city.crs

    def week_or_last(self, week: Week | str | None) -> Week:
        """The week asked for, or the last whole one."""
        return Week.from_day(self.now.date()).shift(-1) if week is None else Week.parse(str(week))


def retention_limits(settings: Settings, now: dt.datetime) -> dict[str, pd.Timestamp]:
    """Theme -> moment before which its incidents are forgotten."""
    return {
        theme: pd.Timestamp(now) - pd.DateOffset(months=months)
        for theme, months in settings.retention.items()
    }
