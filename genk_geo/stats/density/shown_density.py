"""A density that knows where it lies: the array that it always was, with its place, unit and choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genk_geo.errors import ConfigError
from genk_geo.show import Look, Shown, View
from genk_geo.show.shades import round_limits
from genk_geo.show.view import Raster
from genk_geo.stats.density.surfaces import contour_polygons, write_geotiff

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.show.words import Words
    from genk_geo.stats.density.raster import Extent

    Floats = npt.NDArray[np.float64]

UNIT = "events per km2"
_LOOK = Look("density", shading="density", unit="per_km2")


@dataclass(frozen=True)
class Choices:
    """Where a density lies and how it was made.

    Attributes
    ----------
    extent : tuple of float
        xmin, ymin, xmax, ymax.
    cell_m, bandwidth_m : float
        Size of a cell and radius of the kernel.
    crs : int or None
        EPSG code, where the points were given as a layer.
    points : int
        How many points were counted.
    kernel : str
        The kernel.
    automatic : tuple of str
        What was chosen for the user.
    """

    extent: Extent
    cell_m: float
    bandwidth_m: float
    crs: int | None
    points: int
    kernel: str
    automatic: tuple[str, ...] = ()


class Density(Shown, np.ndarray[Any, np.dtype[np.float64]]):
    """Events per square kilometre, rows from the north: an array that also knows its place.

    Whatever keeps the shape keeps the place; a part of it is a plain array to look at.

    Attributes
    ----------
    choices : Choices or None
        Where it lies and how it was made.
    unit : str
        "events per km2".

    Examples
    --------
    >>> density = gg.stats.kernel_density([[250, 250], [280, 260]], cell_m=50, bandwidth_m=200)
    >>> density.shape, density.unit, density.choices.extent
    ((9, 9), 'events per km2', (50.0, 50.0, 500.0, 500.0))
    """

    choices: Choices | None
    unit = UNIT

    @classmethod
    def of(cls, values: Floats, choices: Choices) -> Density:
        """The same numbers with their place."""
        made = np.asarray(values, dtype=float).view(cls)
        made.choices = choices
        return made

    def __array_finalize__(self, other: Any) -> None:
        """An array of the same shape and kind lies at the same place."""
        keeps = getattr(other, "shape", None) == self.shape and self.dtype.kind == "f"
        self.choices = getattr(other, "choices", None) if keeps else None

    def __repr__(self) -> str:
        """The facts; the numbers where it no longer has a place."""
        return repr(np.asarray(self)) if self.choices is None else super().__repr__()

    __str__ = __repr__

    def _repr_html_(self) -> str | None:  # type: ignore[override]  # None: the notebook shows the text
        return None if self.choices is None else super()._repr_html_()

    def shows(self, words: Words) -> View:
        """The surface, and the choices behind it."""
        made = self._placed()
        chosen = ", chosen for you" if "bandwidth_m" in made.automatic else ""
        facts = [
            ("points", f"{made.points:,}"),
            ("bandwidth", f"{made.bandwidth_m:,.0f} m ({made.kernel}{chosen})"),
            ("cells", f"{self.shape[0]} x {self.shape[1]} of {made.cell_m:g} m"),
            ("peak", f"{float(np.nanmax(np.asarray(self), initial=0.0)):,.1f} {UNIT}"),
        ]
        if "extent" in made.automatic:
            west, south, east, north = made.extent
            facts.append(("extent", f"{west:.0f}, {south:.0f}, {east:.0f}, {north:.0f}, chosen for you"))
        raster = None if made.crs is None else Raster(np.asarray(self), made.extent, made.crs, _LOOK)
        return View(words("title.density"), tuple(facts), raster=raster)

    def to_raster(self, path: Path | str, *, crs: int | None = None) -> Path:
        """Write it as a GeoTIFF, with its unit.

        Parameters
        ----------
        path : path-like
            File to write.
        crs : int, optional
            EPSG code, needed where the points were given as bare coordinates.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        ConfigError
            If the coordinate system is not known, or the file cannot be written.
        """
        made = self._placed()
        code = made.crs if crs is None else crs
        if code is None:
            raise ConfigError("crs: needed; bare coordinates do not say in which system they are.")
        values = np.asarray(self)
        return write_geotiff(path, values, extent=made.extent, cell_m=made.cell_m, crs=code, unit=UNIT)

    def to_gdf(self, *, crs: int | None = None) -> gpd.GeoDataFrame:
        """Polygons of where it reaches the limits of the legend: ``level``, ``area_m2``, geometry."""
        made = self._placed()
        code = made.crs if crs is None else crs
        if code is None:
            raise ConfigError("crs: needed; bare coordinates do not say in which system they are.")
        values = np.asarray(self)
        levels = round_limits(values[values > np.nanmax(values, initial=0.0) / 100], 3)
        return contour_polygons(values, levels=levels, extent=made.extent, cell_m=made.cell_m, crs=code)

    def _placed(self) -> Choices:
        if self.choices is None:
            raise ConfigError("This is a part of a density and does not know its place. Use the whole.")
        return self.choices
