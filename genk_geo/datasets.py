"""Data to try everything on: fictitious, with the truth that was planted in it.

>>> import genk_geo as gg
>>> gg.datasets.__all__
['Year', 'genk_year']
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from genk_geo.show import Layer, Look, Shown, View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from genk_geo.calendar import Week
    from genk_geo.reference import City, StreetNetwork
    from genk_geo.show.words import Words

__all__ = ["Year", "genk_year"]

_THEMES = ("burglary", "nuisance", "traffic")


@dataclass(frozen=True, eq=False, repr=False)
class Year(Shown):
    """A fictitious year of Genk.

    Attributes
    ----------
    city : City
        The embedded Genk.
    folder : pathlib.Path
        The supplier files, the settings and the layers, as the demo has them.
    files : mapping of str to pathlib.Path
        One supplier file a theme.
    incidents : mapping of str to geopandas.GeoDataFrame
        What was read of all files, by theme: burglary, nuisance and traffic (the accidents).
    truth : geopandas.GeoDataFrame
        The planted hotspots: circles with ``theme``, ``from``, ``to`` and how many incidents they added.
    streets : StreetNetwork
        Fictitious streets.
    factors : mapping of str to geopandas.GeoDataFrame
        Fictitious features of the environment.
    causes : pandas.DataFrame
        What these were made to do: ``factor``, ``theme`` (empty: nothing), ``within_m`` and ``rrv`` (so many
        times the risk within that distance).
    week : Week
        The last week with data.

    Examples
    --------
    >>> year = gg.datasets.genk_year()
    >>> sorted(year.incidents), str(year.week)
    (['burglary', 'nuisance', 'traffic'], '2026-W46')
    """

    city: City
    folder: Path
    files: Mapping[str, Path]
    incidents: Mapping[str, gpd.GeoDataFrame]
    truth: gpd.GeoDataFrame
    streets: StreetNetwork
    factors: Mapping[str, gpd.GeoDataFrame]
    causes: pd.DataFrame
    week: Week

    def shows(self, words: Words) -> View:
        """The planted hotspots in the city."""
        facts = [("week", f"{self.week.shift(-51)} to {self.week}"), ("fictitious", words("fact.yes"))]
        facts += [("theme", f"{name}: {len(table):,} incidents") for name, table in self.incidents.items()]
        facts += [("planted", f"{len(self.truth)} hotspots"), ("streets", f"{len(self.streets):,} segments")]
        facts.append(("factors", ", ".join(self.factors)))
        ground = Layer(self.city.wijken, Look("wijken", tips=("wijk",)), ground=True)
        look = Look("planted", "theme", "names", tips=("id", "theme", "from", "to", "extra_incidents"))
        return View(words("title.year"), tuple(facts), (ground, Layer(self.truth, look)))


@cache
def genk_year(seed: int = 20261) -> Year:
    """A fictitious year of Genk, made and read in one call, once a session.

    Parameters
    ----------
    seed : int
        Another seed gives other incidents and other hotspots.

    Returns
    -------
    Year
        The same for the same seed, whatever the date of the machine is.

    Examples
    --------
    The truth is known, so that a method can be held against it:

    >>> year = gg.datasets.genk_year()
    >>> bool((year.truth["extra_incidents"] >= 0).all())
    True
    """
    import geopandas as gpd
    import pandas as pd

    from genk_geo.crs import reproject
    from genk_geo.demo import DEMO_NOW, generate
    from genk_geo.ingestion import ingest
    from genk_geo.reference import City, StreetNetwork

    city = City.load()
    made = generate(tempfile.mkdtemp(prefix="genk_year_"), years=1, seed=seed, city=city)
    incidents = {}
    for theme in _THEMES:
        read = [ingest(file, profile=theme, city=city, now=DEMO_NOW).incidents for file in made.files[theme]]
        table = gpd.GeoDataFrame(pd.concat(read, ignore_index=True))
        incidents[theme] = table.drop_duplicates("incident_id", keep="last", ignore_index=True)
    layers = {name: reproject(gpd.read_file(path), city.crs) for name, path in made.environment.items()}
    told = json.loads((made.folder / "waarheid_omgeving.json").read_text(encoding="utf-8"))
    streets = made.folder / "straten_fictief.geojson"
    return Year(
        city=city,
        folder=made.folder,
        files={theme: made.files[theme][-1] for theme in _THEMES},
        incidents=incidents,
        truth=reproject(gpd.read_file(made.truth), city.crs),
        streets=StreetNetwork.load(streets, crs=city.crs),
        factors=layers,
        causes=pd.DataFrame(told["planted"]),
        week=made.week,
    )
