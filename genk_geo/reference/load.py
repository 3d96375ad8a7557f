"""The city of the settings: the embedded Genk, or one from the user's own files."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from genk_geo.reference.best import with_addresses
from genk_geo.reference.city import CityValue
from genk_geo.reference.embedded import load_genk
from genk_geo.reference.files import load_city, read_settings
from genk_geo.reference.official import with_official

if TYPE_CHECKING:
    from genk_geo.config import CitySettings, Settings


@dataclass(frozen=True, eq=False, repr=False)
class City(CityValue):
    """A city in which incidents are placed: what :class:`CityValue` holds, with the ways to load it.

    Examples
    --------
    >>> city = gg.City.load()
    >>> city.name, city.crs, city.timezone
    ('Genk', 31370, 'Europe/Brussels')
    >>> city.locate(228_512, 184_849)["stadsdeel"].item()
    'Genk-Midden'
    """

    @classmethod
    def load(
        cls, settings: Path | str | Settings | None = None, *, grouping: Path | str | None = None
    ) -> City:
        """The city of a settings file; without one Genk, from the packaged files.

        Parameters
        ----------
        settings : path-like or Settings, optional
            ``genk-geo.toml``, or the settings that were read from one.
        grouping : path-like, optional
            TOML file with the stadsdeel of each wijk; by default the packaged assumption.

        Returns
        -------
        City
            Genk has indicative boundaries.

        Raises
        ------
        ConfigError
            If the grouping names an unknown wijk or leaves one out, or a file is missing or not
            what it should be.
        """
        if settings is not None:
            from genk_geo.config import Settings

            own = settings if isinstance(settings, Settings) else Settings.load(settings)
            chosen = own if grouping is None else own.model_copy(update={"grouping": Path(grouping)})
            return cls.of(chosen)
        if grouping is None and cls is City:
            return _genk()
        return cls.from_value(load_genk(grouping))

    @classmethod
    def from_files(cls, areas: Path | str | None = None, **options: Any) -> City:
        """Any city, from the user's own files.

        Parameters
        ----------
        areas : path-like, optional
            Layer of polygons (GeoJSON, GeoPackage, shapefile), or a TOML file with the settings, alone or
            under ``[city]``. Left out when labelled `points` are given instead.
        **options
            Fields of :class:`genk_geo.config.CitySettings`: name, crs, timezone, wijk, stadsdeel, ...

        Returns
        -------
        City
            Its boundaries are marked indicative when they are drawn from points.

        Raises
        ------
        ConfigError
            If a file or column is missing, a layer has no coordinate system, a wijk occurs twice, areas
            overlap, or the grouping names an unknown wijk.
        """
        return cls.from_value(load_city(read_settings(areas, options)))

    @classmethod
    def from_settings(
        cls,
        settings: CitySettings | None,
        grouping: Path | str | None = None,
        *,
        addresses: Path | str | None = None,
    ) -> City:
        """The city of the settings: the embedded Genk where there is none.

        Parameters
        ----------
        settings : CitySettings or None
            Another city.
        grouping : path-like, optional
            TOML file with the stadsdeel of each wijk; goes before what the settings say.
        addresses : path-like, optional
            Prepared BeST addresses, see :func:`genk_geo.reference.best.filter_best`; they take the place of
            the streets and addresses that the city has itself.

        Returns
        -------
        City
            As :meth:`load` or :meth:`from_files` give it.
        """
        if settings is None:
            city = cls.load(grouping=grouping)
        else:
            city = cls.from_value(load_city(settings, grouping))
        return city if addresses is None else with_addresses(city, addresses)

    @classmethod
    def of(cls, settings: Settings) -> City:
        """The city of a settings file, with the official layers that were fetched for it.

        Parameters
        ----------
        settings : Settings
            ``[city]``, ``grouping``, ``addresses`` and ``[reference]`` count.

        Returns
        -------
        City
            The embedded Genk has the statistical sectors as its borders, where they were fetched; a city with
            areas of its own keeps those.

        Raises
        ------
        ConfigError
            If a file is missing or not what it should be.

        Examples
        --------
        >>> from genk_geo.config import Settings
        >>> gg.City.of(Settings()).boundary_note
        'indicative'
        """
        city = cls.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
        return with_official(city, settings.official, areas=settings.city is None)

    @classmethod
    def from_value(cls, value: CityValue) -> Self:
        """The same value, as this class."""
        return cls(**{each.name: getattr(value, each.name) for each in fields(CityValue)})


@cache
def _genk() -> City:
    """The embedded city, the same object each time, so that what is worked out for it is kept."""
    return City.from_value(load_genk())
