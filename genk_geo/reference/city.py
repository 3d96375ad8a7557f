"""The city as one value: its areas and places, and the questions asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.errors import ConfigError
from genk_geo.reference.exposure import dwellings_of, lattice
from genk_geo.reference.locating import first_within, nearest_sector
from genk_geo.reference.naming import name_ground
from genk_geo.show import Layer, Look, Shown, View
from genk_geo.spreadsheet import alike, visible

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from genk_geo.show.words import Words

#: Indicative borders leave out some 5 % of the city; an incident so little outside is not refused for that.
INDICATIVE_MARGIN_M = 500.0


@dataclass(frozen=True, eq=False, repr=False)
class CityValue(Shown):
    """A city in which incidents are placed; :class:`genk_geo.City` adds the ways to load one.

    All geometry is in the metric coordinate system `crs`. Tables that are not known are empty, with their
    columns.

    Attributes
    ----------
    name : str
        Name for readers.
    crs : int
        EPSG code of the coordinate system computed in.
    timezone : str
        Clock of the city.
    wijken : geopandas.GeoDataFrame
        One row a wijk: wijk_code, wijk, stadsdeel, stadsdeel_confidence (A documented, B enclosed,
        C a guess, or empty), exposure (dwellings or inhabitants, NaN unknown), geometry.
    sectors : pandas.DataFrame
        Statistical sectors: sector, sector_name, wijk_code, wijk, exposure.
    streets : geopandas.GeoDataFrame
        street, postcode, sector, wijk, geometry (a point or a line per row); Genk also
        median_house_number.
    addresses : geopandas.GeoDataFrame
        street, house_number, postcode, sector, geometry.
    pois : geopandas.GeoDataFrame
        Well-known places: poi, address, geometry.
    postcodes : tuple of str
        Postcodes of the city.
    boundary_note : str
        ``"indicative"`` where the boundaries are drawn from points, else empty.
    grouping_note : str
        ``"assumed"`` where the stadsdelen are an assumption, else empty.
    attribution : str
        Whom to name on every page.
    sources : dict
        File -> origin, licence, date.
    """

    name: str
    crs: int
    timezone: str
    wijken: gpd.GeoDataFrame
    sectors: pd.DataFrame
    streets: gpd.GeoDataFrame
    addresses: gpd.GeoDataFrame
    pois: gpd.GeoDataFrame
    postcodes: tuple[str, ...] = ()
    boundary_note: str = ""
    grouping_note: str = ""
    attribution: str = ""
    sources: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Areas go by name, so that two that a reader cannot tell apart would be one place in his eyes."""
        for column, what in (("wijk", "wijken"), ("stadsdeel", "stadsdelen")):
            pairs = alike(self.wijken[column].dropna().astype(str))
            if pairs:
                one, other = pairs[0]
                raise ConfigError(
                    "The {what} {one!r} and {other!r} of {name} read the same: they differ only in "
                    "capitals, spaces or signs that nobody sees. Write them the same, or differently.",
                    what=what,
                    one=one,
                    other=other,
                    name=visible(self.name),
                )

    def shows(self, words: Words) -> View:
        """The wijken by stadsdeel."""
        known = self.wijken["exposure"].sum(min_count=1)
        facts = [
            ("crs", f"EPSG:{self.crs}, {self.timezone}"),
            ("wijken", f"{len(self.wijken)} in {self.wijken['stadsdeel'].nunique()} stadsdelen"),
            ("streets", f"{self.streets['street'].nunique():,}"),
            ("addresses", f"{len(self.addresses):,}"),
        ]
        facts += [] if pd.isna(known) else [("exposure", f"{known:,.0f}")]
        facts += [("boundary", self.boundary_note)] if self.boundary_note else []
        facts += [("grouping", self.grouping_note)] if self.grouping_note else []
        look = Look("wijken", "stadsdeel", "names", tips=("wijk", "stadsdeel", "exposure"))
        return View(words("title.city", name=self.name), tuple(facts), (Layer(self.wijken, look),))

    @cached_property
    def boundary(self) -> BaseGeometry:
        """All wijken together, as one geometry."""
        shapes = self.wijken.geometry.to_numpy()
        if shapely.coverage_is_valid(shapes):
            return shapely.normalize(shapely.coverage_union_all(shapes))
        return shapely.normalize(shapely.union_all(shapes))

    @cached_property
    def stadsdelen(self) -> gpd.GeoDataFrame:
        """Wijken dissolved: stadsdeel (sorted), geometry."""
        names = sorted(self.wijken["stadsdeel"].unique())
        shapes = [
            shapely.union_all(self.wijken.geometry[self.wijken["stadsdeel"] == name].to_numpy())
            for name in names
        ]
        return gpd.GeoDataFrame({"stadsdeel": names, "geometry": shapes}, geometry="geometry", crs=self.crs)

    def locate(self, x: npt.ArrayLike, y: npt.ArrayLike) -> pd.DataFrame:
        """In which sector, wijk and stadsdeel each place lies.

        A place on a shared border belongs to the wijk that comes first in :attr:`wijken`; where the borders
        are indicative, a place up to 500 m outside belongs to the nearest wijk. The sector is
        that of the nearest known address or street in the same wijk: close by that is right, and in the
        open it is the best that can be said without sector boundaries.

        Parameters
        ----------
        x, y : array_like
            Coordinates in :attr:`crs`; NaN and places outside the city give missing values.

        Returns
        -------
        pandas.DataFrame
            Columns sector, wijk, stadsdeel; index 0 .. n-1.
        """
        xy = np.column_stack([np.ravel(np.asarray(x, dtype=float)), np.ravel(np.asarray(y, dtype=float))])
        row = self._wijk_row(xy)
        sector = nearest_sector(xy, row, self._sector_points)
        return pd.DataFrame(
            {
                "sector": pd.Series(sector, dtype="str"),
                "wijk": _taken(self.wijken["wijk"], row),
                "stadsdeel": _taken(self.wijken["stadsdeel"], row),
            }
        )

    def contains(self, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether each place lies in the city, its border included.

        Where the borders are indicative, a place up to 500 m outside is taken to be in the city.

        Parameters
        ----------
        x, y : array_like
            Coordinates in :attr:`crs`.

        Returns
        -------
        numpy.ndarray of bool
            False for NaN.
        """
        xy = np.column_stack([np.ravel(np.asarray(x, dtype=float)), np.ravel(np.asarray(y, dtype=float))])
        return self._wijk_row(xy) >= 0

    def _wijk_row(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
        """Row of the wijk of each place; indicative borders are not the last word on what lies outside."""
        margin_m = INDICATIVE_MARGIN_M if self.boundary_note == "indicative" else 0.0
        return first_within(self.wijken.geometry.to_numpy(), xy, margin_m)

    def named(self, ground: BaseGeometry, wijken: pd.Series | None = None) -> tuple[str, str]:
        """Wijk and stadsdeel by which a piece of ground is known.

        Parameters
        ----------
        ground : shapely geometry
            In :attr:`crs`.
        wijken : pandas.Series, optional
            Wijk of each incident there: they decide. Without any, the ground itself does.

        Returns
        -------
        wijk : str
            The wijk with most incidents, or two ("A en B") where one alone would mislead.
        stadsdeel : str
            That of the first wijk named.
        """
        return name_ground(self.wijken, ground, wijken)

    def streets_near(self, geometry: BaseGeometry, n: int = 2) -> list[str]:
        """Name the streets at a place, best first.

        Parameters
        ----------
        geometry : shapely geometry
            In :attr:`crs`.
        n : int
            At most so many names.

        Returns
        -------
        list of str
            Streets inside the geometry before streets outside it, then the nearer to its middle; by name
            where equal. Empty when no street is known.
        """
        names, shapes = self._street_places
        if not len(names) or n < 1 or shapely.is_empty(geometry):
            return []
        order = np.lexsort(
            (
                names,
                shapely.distance(shapes, shapely.centroid(geometry)).round(3),
                shapely.distance(shapes, geometry).round(3),
            )
        )
        return list(dict.fromkeys(names[order].tolist()))[:n]

    def exposure_of(self, cells: gpd.GeoDataFrame) -> pd.Series | None:
        """Dwellings (or inhabitants) per cell.

        Each wijk's figure is spread over the ground where people live, see
        :func:`genk_geo.reference.exposure.lattice`; what lies outside the cells is not counted.

        Parameters
        ----------
        cells : geopandas.GeoDataFrame
            Polygons in :attr:`crs` that do not overlap.

        Returns
        -------
        pandas.Series or None
            Index of `cells`, float; over cells that cover a wijk it adds up to the wijk's figure. NaN where
            a cell lies only in wijken without a figure; None when there is no figure at all.
        """
        if self.wijken["exposure"].isna().all():
            return None
        return dwellings_of(cells, *self._lattice)

    def describe(self) -> dict[str, Any]:
        """Counts, notes and sources, for people to read.

        Returns
        -------
        dict
            name, crs, timezone, area_km2, counts of every table, notes, attribution, sources.
        """
        return {
            "name": self.name,
            "crs": f"EPSG:{self.crs}",
            "timezone": self.timezone,
            "area_km2": round(float(self.boundary.area) / 1e6, 2),
            "stadsdelen": int(self.wijken["stadsdeel"].nunique()),
            "wijken": len(self.wijken),
            "sectors": len(self.sectors),
            "streets": int(self.streets["street"].nunique()),
            "addresses": len(self.addresses),
            "pois": len(self.pois),
            "exposure": None
            if self.wijken["exposure"].isna().all()
            else round(float(self.wijken["exposure"].sum())),
            "boundary_note": self.boundary_note,
            "grouping_note": self.grouping_note,
            "attribution": self.attribution,
            "sources": self.sources,
        }

    @cached_property
    def _street_places(self) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
        names = pd.concat([self.streets["street"], self.addresses["street"]]).to_numpy(dtype=object)
        shapes = [self.streets.geometry.to_numpy(), self.addresses.geometry.to_numpy()]
        return names, np.concatenate([np.asarray(part, dtype=object) for part in shapes])

    @cached_property
    def _sector_points(self) -> dict[int, tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]]:
        """Known points and their sectors, by the position of their wijk."""
        if self.sectors.empty:
            return {}
        known = pd.concat([frame[["sector", "geometry"]] for frame in (self.addresses, self.streets)])
        known = known[known["sector"].notna()]
        wijk = known["sector"].map(self.sectors.set_index("sector")["wijk"])
        position = wijk.map({name: row for row, name in enumerate(self.wijken["wijk"])})
        middles = shapely.centroid(known.geometry.to_numpy())
        xy = shapely.get_coordinates(middles)
        sectors = known["sector"].to_numpy(dtype=object)
        return {
            int(row): (xy[mine], sectors[mine])
            for row in sorted(position.dropna().unique())
            if (mine := (position == row).to_numpy()).any()
        }

    @cached_property
    def _lattice(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        return lattice(self.wijken, self.streets, self.addresses, self.sectors)


def _taken(column: pd.Series, row: npt.NDArray[np.intp]) -> pd.Series:
    """Values of a column by position; missing where the position is negative."""
    return column.reset_index(drop=True).reindex(row).reset_index(drop=True)
