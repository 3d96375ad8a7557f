"""Tables that know how they look on a map: a GeoDataFrame and a Series, for all that is by cell."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import pandas as pd

from genk_geo.crs import WGS84
from genk_geo.errors import ConfigError
from genk_geo.show.shown import summary
from genk_geo.show.view import Layer, Look, Note, View
from genk_geo.show.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from genk_geo.show.offline_map import OfflineMap

_PLAIN, _GROUND = Look("shapes"), Look("ground")
#: Makes the sentences of a table.
Says = Callable[[pd.DataFrame], tuple[Note, ...]]


class MappedFrame(gpd.GeoDataFrame):  # type: ignore[misc]  # geopandas has no types
    """A GeoDataFrame that knows its look.

    Everything that a GeoDataFrame does works as ever; ``.plot()`` and ``.explore()`` without arguments draw
    it with the palette, the legend and the words of the pages. With arguments they are those of geopandas.
    What is taken out of it (rows, columns) keeps the look as long as it has shapes.
    """

    _metadata = [*gpd.GeoDataFrame._metadata, "look", "facts", "says", "ground"]  # noqa: RUF012, SLF001 - pandas' own way
    look: Look | None = None
    facts: tuple[tuple[str, str], ...] = ()
    says: Says | None = None
    ground: gpd.GeoDataFrame | None = None

    @classmethod
    def of(
        cls,
        frame: gpd.GeoDataFrame,
        look: Look,
        facts: tuple[tuple[str, str], ...] = (),
        says: Says | None = None,
        ground: gpd.GeoDataFrame | None = None,
    ) -> MappedFrame:
        """The same table with a look.

        Parameters
        ----------
        frame : geopandas.GeoDataFrame
            Shapes with a coordinate system.
        look : Look
            How they are drawn.
        facts : tuple of (str, str)
            What was chosen: key in the texts, and value.
        says : callable, optional
            Makes sentences of the table as it is when it is looked at: they hold for a part of it too.
        ground : geopandas.GeoDataFrame, optional
            What it lies on: drawn as an outline, so that empty ground is seen.

        Returns
        -------
        MappedFrame
        """
        made = cls(frame, geometry=frame.geometry.name, crs=frame.crs)
        # object.__setattr__: pandas would take a new attribute for a column that is spelt wrong
        object.__setattr__(made, "look", look)
        object.__setattr__(made, "facts", facts)
        object.__setattr__(made, "says", says)
        object.__setattr__(made, "ground", ground)
        return made

    def shows(self, words: Words) -> View:
        """What there is to see."""
        look = self.look or _PLAIN
        facts = (*(self.facts or ()), ("rows", f"{len(self):,}"))
        under = () if self.ground is None else (Layer(self.ground, _GROUND, ground=True),)
        layers = (*under, Layer(gpd.GeoDataFrame(self), look))
        return View(words(f"layer.{look.key}"), facts, layers, notes=self._sentences(words))

    def _sentences(self, words: Words) -> tuple[str, ...]:
        if self.says is None or self.empty:
            return ()
        try:
            notes = self.says(pd.DataFrame(self))
        except KeyError:  # a column of which it speaks was taken out
            return ()
        return tuple(words.note(note.key, **note.values) for note in notes)

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
        facts = (("cells", grid.chosen), ("total", f"{float(self.sum()):,.6g}"))
        return MappedFrame.of(frame, look, facts, ground=grid.outline)

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

    _metadata = ["grid", "look", "facts", "says"]  # noqa: RUF012 - pandas' own way
    grid: Any = None
    look: Look | None = None
    facts: tuple[tuple[str, str], ...] = ()
    says: Says | None = None

    @classmethod
    def of(
        cls,
        table: pd.DataFrame,
        grid: Any,
        look: Look | None = None,
        facts: tuple[tuple[str, str], ...] = (),
        says: Says | None = None,
    ) -> MappedTable:
        """The same table with its grid; without a look its columns are added up."""
        made = cls(table)
        made.grid = grid
        for name, value in (("look", look), ("facts", facts), ("says", says)):
            object.__setattr__(made, name, value)
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
            found = on_cells_of(pd.DataFrame(self), self, self.look, self.says)
            assert isinstance(found, MappedFrame)  # it knows its grid
            facts = (*found.facts, *(self.facts or ()))
            return MappedFrame.of(found, self.look, facts, self.says, self.grid.outline)
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


class ToldTable(pd.DataFrame):
    """Rows that say under themselves how they were made."""

    _metadata = ["facts"]  # noqa: RUF012 - pandas' own way
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, table: pd.DataFrame, facts: tuple[tuple[str, str], ...]) -> ToldTable:
        """The same table with what is to be told of it: key in the texts, and value."""
        made = cls(table)
        object.__setattr__(made, "facts", facts)
        return made

    @property
    def _constructor(self) -> Callable[..., ToldTable]:
        return ToldTable

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels as a plain table."""
        return pd.DataFrame, (pd.DataFrame(self).to_dict("series"), self.index)

    def told(self) -> str:
        """How it was made, in one line."""
        words = Words("en")
        return ", ".join(f"{words(f'fact.{key}')} {value}" for key, value in self.facts or ())

    def __repr__(self) -> str:
        """The rows, and how they were made."""
        return "\n".join(part for part in (super().__repr__(), self.told()) if part)

    def _repr_html_(self) -> str | None:
        rows = pd.DataFrame(self)._repr_html_()  # type: ignore[operator]  # the stubs do not know it
        return None if rows is None else f"{rows}<div>{escape(self.told())}</div>"


def on_cells_of(table: pd.DataFrame, counted: Any, look: Look, says: Says | None = None) -> pd.DataFrame:
    """A table by cell with the shapes of its cells, where what was counted knows its grid.

    Parameters
    ----------
    table : pandas.DataFrame
        Index of the cells.
    counted : object
        What the table was computed from; a plain Series knows no grid.
    look : Look
        How the table is drawn.
    says : callable, optional
        Makes sentences of it.

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
    return MappedFrame.of(frame, look, (("cells", grid.chosen),), says, grid.outline)


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
