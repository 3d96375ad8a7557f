"""Fictitious echoes: a part of what happened is told more than once, by others, nearby and soon."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.demo.dirt import soil
from genk_geo.demo.incidents import with_streets
from genk_geo.demo.suppliers import numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from genk_geo.demo.places import Terrain

    SupplierRows = Callable[[pd.DataFrame, np.datetime64, np.random.Generator], pd.DataFrame]


@dataclass(frozen=True)
class EchoPattern:
    """How often an incident of a theme is told again, and how.

    Attributes
    ----------
    share : float
        Part of the incidents that are told again.
    extra : float
        How often again, on average.
    spread_m : float
        So far from the first telling, as a standard deviation.
    within_hours : float
        So much later at most.
    alike : tuple of str
        Columns of the supplier's file that mostly are the same in both tellings.
    """

    share: float
    extra: float
    spread_m: float
    within_hours: float
    alike: tuple[str, ...]


class Telling(NamedTuple):
    """Incidents of a theme, the rows of them as the supplier has them, and as they come in."""

    incidents: pd.DataFrame
    clean: pd.DataFrame
    rows: pd.DataFrame


#: Garages in a row are found together: one window for all.
_WINDOW = ("Datum van", "Uur van", "Datum tot", "Uur tot", "Datum vaststelling")
#: Own choices: several citizens about one party, garages in a row in one night, both parties of a collision.
#: An accident has one number at the police, so that few are told twice.
ECHOES = {
    "nuisance": EchoPattern(0.10, 2.0, 20.0, 24.0, ("Soort melding",)),
    "burglary": EchoPattern(0.10, 2.0, 20.0, 3.0, (*_WINDOW, "Feit")),
    "traffic": EchoPattern(
        0.02, 1.3, 10.0, 0.5, ("Ernst", "Slachtoffers", "Weggebruiker 1", "Weggebruiker 2")
    ),
}
#: Part of the tellings that agree on what it was.
ALIKE = 0.85


def with_echoes(
    theme: str,
    files: Telling,
    terrain: Terrain,
    *,
    rows_of: SupplierRows,
    end: np.datetime64,
    rng: np.random.Generator,
) -> tuple[Telling, dict[str, Any]]:
    """Put the further tellings between the rows of a supplier's file.

    Nothing of what was there is drawn anew; only its numbers go on counting.

    Parameters
    ----------
    theme : str
        nuisance, burglary or traffic.
    files : Telling
        What happened and what is told of it.
    terrain : Terrain
        The built-up city.
    rows_of : callable
        From :mod:`genk_geo.demo.suppliers`.
    end : numpy.datetime64
        Moment at which the file was made.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    Telling
        The same with the further tellings, in the order of time.
    truth : dict
        What was put in, for the truth beside the data: how, incidents in the file and further tellings.
    """
    how = ECHOES[theme]
    echoes = told_again(theme, files.incidents.loc[files.clean.index], terrain, rng)
    echoes.index += len(files.incidents)
    again = rows_of(echoes, end, rng)
    alike = again.index[rng.random(len(again)) < ALIKE]
    columns = list(how.alike)
    again.loc[alike, columns] = files.clean.loc[echoes.loc[alike, "first"], columns].to_numpy()
    both = pd.concat([files.incidents, echoes]).sort_values("moment", kind="stable")
    place = pd.Series(np.arange(len(both)), both.index)
    number = pd.Series(numbers(theme, both), both.index)

    def merged(rows: pd.DataFrame, further: pd.DataFrame) -> pd.DataFrame:
        """Rows in the order of time, numbered anew."""
        every = pd.concat([rows, further])
        every = every.iloc[np.argsort(place[every.index].to_numpy(), kind="stable")]
        return every.assign(**{every.columns[0]: number[every.index].to_numpy()})

    truth = {name: value for name, value in asdict(how).items() if name != "alike"}
    truth |= {"incidents": len(files.clean), "told_again": len(again)}
    spoiled = soil(again, rng)[0]
    return Telling(both, merged(files.clean, again), merged(files.rows, spoiled)), truth


def told_again(
    theme: str, incidents: pd.DataFrame, terrain: Terrain, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the further tellings of a theme's incidents.

    Parameters
    ----------
    theme : str
        nuisance, burglary or traffic.
    incidents : pandas.DataFrame
        From :func:`genk_geo.demo.incidents.draw_incidents`.
    terrain : Terrain
        The built-up city.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    pandas.DataFrame
        The columns of `incidents` and ``first`` (index of the incident that is told again); ``hotspot`` is
        empty, as nothing more has happened.
    """
    how = ECHOES[theme]
    told = np.flatnonzero(rng.random(len(incidents)) < how.share)
    whole = int(how.extra)
    extra = whole + (rng.random(told.size) < how.extra - whole)
    first = incidents.index[np.repeat(told, extra)]
    again = incidents.loc[first, ["x", "y", "moment"]].assign(hotspot="", first=first)
    again[["x", "y"]] += rng.normal(0, how.spread_m / np.sqrt(2), (len(again), 2))
    later = rng.uniform(0, how.within_hours * 3600, len(again)).astype("timedelta64[s]")
    again["moment"] = again["moment"].to_numpy() + later
    inside = terrain.city.contains(again["x"].to_numpy(), again["y"].to_numpy())
    return with_streets(again[inside].reset_index(drop=True), terrain, rng)
