"""What every result can do: say what it is, be looked at in a notebook, be plotted and be explored."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from genk_geo.errors import ConfigError
from genk_geo.show.words import Words

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from genk_geo.show.offline_map import OfflineMap
    from genk_geo.show.view import View

#: A summary is read at a glance.
MOST_LINES = 15


class Shown:
    """A result that shows itself; it only has to say what there is to see, in :meth:`shows`."""

    def shows(self, words: Words) -> View:
        """What there is to see, in the language of `words`."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """The facts, at most fifteen lines."""
        return summary(self.shows(Words("en")), Words("en"))

    def _repr_html_(self) -> str:
        """The facts as a table, for a notebook."""
        return summary_table(self.shows(Words("en")), Words("en"))

    def plot(self, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
        """Draw it with matplotlib (extra ``plot``).

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.
        lang : {"nl", "en"}
            Language of the words.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from genk_geo.show.plotting import draw

        return draw(self.shows(Words(lang)), Words(lang), ax)

    def explore(self, *, lang: str = "nl") -> OfflineMap:
        """A map to move and to click on, in one file and without internet.

        Parameters
        ----------
        lang : {"nl", "en"}
            Language of the words.

        Returns
        -------
        OfflineMap
            A folium map that a notebook shows; ``.save("map.html")`` writes it.

        Raises
        ------
        ConfigError
            If the result has no place on a map.
        """
        from genk_geo.show.offline_map import explored

        return explored(self.shows(Words(lang)), Words(lang))

    def to_gdf(self) -> gpd.GeoDataFrame:
        """Its shapes as a plain GeoDataFrame.

        Raises
        ------
        ConfigError
            If the result has no place on a map.
        """
        import geopandas as gpd

        layers = [layer for layer in self.shows(Words("en")).layers if not layer.ground]
        if not layers:
            raise ConfigError(
                "{kind} has no places on a map. `.plot()` shows its numbers.",
                kind=type(self).__name__,
            )
        return gpd.GeoDataFrame(layers[-1].frame)


def summary(view: View, words: Words) -> str:
    """The facts of a view as text, at most fifteen lines."""
    width = max((len(words(f"fact.{key}")) for key, _ in view.facts), default=0)
    lines = [f"{words(f'fact.{key}'):<{width}}  {_one_line(value)}" for key, value in view.facts]
    lines += list(view.notes)
    if len(lines) >= MOST_LINES:
        lines = [*lines[: MOST_LINES - 2], words("fact.more", n=len(lines) - MOST_LINES + 2)]
    return "\n".join([view.title, *(f"  {line}" for line in lines)])


def summary_table(view: View, words: Words) -> str:
    """The facts of a view as an HTML table; what comes from outside is text in it, never code."""
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(words(f"fact.{key}"))}</th>'
        f'<td style="text-align:left">{escape(_one_line(value))}</td></tr>'
        for key, value in view.facts
    )
    notes = "".join(f"<div>{escape(note)}</div>" for note in view.notes)
    return f"<div><strong>{escape(view.title)}</strong><table>{rows}</table>{notes}</div>"


def _one_line(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 100 else f"{text[:99]}…"
