"""Tables that know how they look on a map: a GeoDataFrame and a Series, for all that is by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import pandas as pd

from genk_geo.crs import WGS84
from genk_geo.errors import ConfigError
from genk_geo.show.shown import summary
from genk_geo.show.view import Layer, Look, View
from genk_geo.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from genk_geo.show.offline_map import OfflineMap

_PLAIN = Look("shapes")


class MappedFrame(gpd.GeoDataFrame):  # type: ignore[misc]  # geopandas has no types
    """A GeoDataFrame that knows its look.

    Everything that a GeoDataFrame does works as ever; ``.plot()`` and ``.explore()`` without arguments draw
    it with the palette, the legend and the words of the pages. With arguments they are those of geopandas.
    What is taken out of it (rows, columns) keeps the look as long as it has shapes.
    """

    _metadata = [*gpd.GeoDataFrame._metadata, "look", "facts"]  # noqa: RUF012, SLF001 - pandas' own way
    look: Look | None = None
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, look: Look, facts: tuple[tuple[str, str], ...] = ()) -> MappedFrame:
        """The same table with a look.

        Parameters
        ----------
        frame : geopandas.GeoDataFrame
            Shapes with a coordinate system.
        look : Look
            How they are drawn.
        facts : tuple of (str, str)
            What was chosen: key in the texts, and value.

        Returns
        -------
        MappedFrame
        """
        made = cls(frame, geometry=frame.geometry.name, crs=frame.crs)
        # object.__setattr__: pandas would take a new attribute for a column that is spelt wrong
        object.__setattr__(made, "look", look)
        object.__setattr__(made, "facts", facts)
        return made

    def shows(self, words: Words) -> View:
        """What there is to see."""
        look = self.look or _PLAIN
        facts = (*(self.facts or ()), ("rows", f"{len(self):,}"))
        return View(words(f"layer.{look.key}"), facts, (Layer(gpd.GeoDataFrame(self), look),))

    def summary(self) -> str:
        """What it is and which choices were made, in a few lines."""
        return summary(self.shows(Words("en")), Words("en"))

    def plot(self, *arguments: Any, lang: str = "nl", **options: Any) -> Axes:
        """Draw it with matplotlib (extra ``plot``); with geopandas' own options as geopandas does."""
        if options.keys() - {"ax"} or arguments:
            return cast("Axes", gpd.GeoDataFrame(self).plot(*arguments, **options))
        from genk_geo.show.plotting import draw

        return draw(self.shows(Words(lang)), Words(lang), options.get("ax"))

    def explore(self, *arguments: Any, lang: str = "nl", **options: Any) -> OfflineMap:
        """A map in one file that needs no internet; with geopandas' own options as geopandas does."""
        if arguments or options:
            return cast("OfflineMap", gpd.GeoDataFrame(self).explore(*arguments, **options))
        from genk_geo.show.offline_map import explored

        return explored(self.shows(Words(lang)), Words(lang))

    def to_gdf(self) -> gpd.GeoDataFrame:
        """A plain GeoDataFrame."""
        return gpd.GeoDataFrame(self)


class MappedSeries(pd.Series):  # the stubs' parameter is no class at run time
    """A Series by cell that knows its grid, so that it can be looked at.

    It computes as any Series; what comes out of it on the same cells knows the grid too.
    """

    _metadata = ["_name", "grid"]  # noqa: RUF012 - pandas' own way
    grid: Any = None

    @property
    def _constructor(self) -> Callable[..., MappedSeries]:
        return MappedSeries

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels as a plain Series: the cells of its grid do not go with every block of work."""
        return pd.Series, (self.to_numpy(), self.index, self.dtype, self.name)

    def on_cells(self) -> MappedFrame:
        """The values with the shapes of their cells."""
        grid = self.grid
        if grid is None:
            raise ConfigError("These values do not know their grid. Count with `Grid.count`.")
        cells = grid.cells.reindex(self.index)
        name = str(self.name or "value")
        frame = gpd.GeoDataFrame({name: pd.Series(self)}, geometry=cells.geometry, crs=cells.crs)
        look = Look("count", name, "steps", tips=(name,))
        return MappedFrame.of(frame, look, (("cells", grid.chosen), ("total", f"{float(self.sum()):,.6g}")))

    def summary(self) -> str:
        """What it is and which choices were made, in a few lines."""
        return self.on_cells().summary()

    def explore(self, *, lang: str = "nl") -> OfflineMap:
        """A map of the cells in one file that needs no internet."""
        return self.on_cells().explore(lang=lang)

    def to_gdf(self) -> gpd.GeoDataFrame:
        """The values with the shapes of their cells, as a plain GeoDataFrame."""
        return self.on_cells().to_gdf()


class MappedTable(pd.DataFrame):
    """Numbers by cell that know their grid, so that they can be looked at: a column a period or a model."""

    _metadata = ["grid", "look"]  # noqa: RUF012 - pandas' own way
    grid: Any = None
    look: Look | None = None

    @classmethod
    def of(cls, table: pd.DataFrame, grid: Any, look: Look | None = None) -> MappedTable:
        """The same table with its grid; without a look its columns are added up."""
        made = cls(table)
        made.grid = grid
        object.__setattr__(made, "look", look)
        return made

    @property
    def _constructor(self) -> Callable[..., MappedTable]:
        return MappedTable

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels as a plain table."""
        return pd.DataFrame, (pd.DataFrame(self).to_dict("series"), self.index)

    def on_cells(self) -> MappedFrame:
        """The columns with the shapes of the cells; periods are added up."""
        if self.look is not None:
            found = on_cells_of(pd.DataFrame(self), self, self.look)
            assert isinstance(found, MappedFrame)  # it knows its grid
            return found
        total = MappedSeries(pd.DataFrame(self).sum(axis=1).rename("count"))
        total.grid = self.grid
        return total.on_cells()

    def summary(self) -> str:
        """What it is and which choices were made, in a few lines."""
        return self.on_cells().summary()

    def explore(self, *, lang: str = "nl") -> OfflineMap:
        """A map in one file that needs no internet."""
        return self.on_cells().explore(lang=lang)

    def to_gdf(self) -> gpd.GeoDataFrame:
        """The numbers with the shapes of the cells, as a plain GeoDataFrame."""
        return self.on_cells().to_gdf()


def on_cells_of(table: pd.DataFrame, counted: Any, look: Look) -> pd.DataFrame:
    """A table by cell with the shapes of its cells, where what was counted knows its grid.

    Parameters
    ----------
    table : pandas.DataFrame
        Index of the cells.
    counted : object
        What the table was computed from; a plain Series knows no grid.
    look : Look
        How the table is drawn.

    Returns
    -------
    MappedFrame or pandas.DataFrame
        The table as it is without a grid.
    """
    grid = getattr(counted, "grid", None)
    if grid is None:
        return table
    cells = grid.cells if table.index.equals(grid.cells.index) else grid.cells.reindex(table.index)
    frame = gpd.GeoDataFrame(table, geometry=cells.geometry.array, crs=grid.crs)
    return MappedFrame.of(frame, look, (("cells", grid.chosen),))


class LocatedTable(pd.DataFrame):
    """Rows with ``lon`` and ``lat`` that can be looked at."""

    @property
    def _constructor(self) -> Callable[..., LocatedTable]:
        return LocatedTable

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels as a plain table."""
        return pd.DataFrame, (pd.DataFrame(self).to_dict("series"), self.index)

    def to_gdf(self) -> gpd.GeoDataFrame:
        """The rows with their places in longitude and latitude, none where it is not known."""
        points = gpd.points_from_xy(self["lon"], self["lat"], crs=WGS84)
        return gpd.GeoDataFrame(pd.DataFrame(self), geometry=points)

    def explore(self, *, lang: str = "nl") -> OfflineMap:
        """A map of the places that were found, in one file that needs no internet."""
        tips = ("geocode_level", "geocode_uncertainty_m", "wijk", "stadsdeel")
        look = Look("located", "geocode_level", "names", tips=tips, private=True)
        return MappedFrame.of(self.to_gdf(), look).explore(lang=lang)
