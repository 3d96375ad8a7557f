"""Hot areas as sets of whole cells, followed from week to week: where only their identity is asked.

The same areas and identities as :func:`~genk_geo.stats.local.hotspot_areas.hotspot_areas` and
:func:`~genk_geo.stats.local.hotspot_areas.track` find, without drawing an outline or making a table: cells of
one size that do not overlap share as much ground as they have cells in common. A year of weeks takes a third
of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.stats.local.hotspot_areas import fates, named_anew

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from genk_geo.calendar import Week
    from genk_geo.stats.local.neighbours import Links

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]


class CellArea(NamedTuple):
    """An area: positions of its cells, and that of the cell with most incidents."""

    cells: Ints
    peak: int


class Kept(NamedTuple):
    """An area with its identity, and the week since which that lasts."""

    hotspot_id: str
    since: str
    area: CellArea


def cell_areas(hot: npt.NDArray[np.bool_], counts: Floats, links: Links, order: Ints) -> list[CellArea]:
    """Hot cells that hang together.

    Parameters
    ----------
    hot : numpy.ndarray of bool
        Which cells are hot.
    counts : numpy.ndarray
        Incidents of each cell.
    links : Links
        Which cells touch.
    order : numpy.ndarray of int
        Positions of all cells in the order of their names: of equal counts the first name is the peak.

    Returns
    -------
    list of CellArea
        In no particular order.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows = order[hot[order]]
    if rows.size == 0:
        return []
    place = np.full(hot.size, -1, dtype=np.intp)
    place[rows] = np.arange(rows.size)
    one, other = place[links.focal], place[links.neighbour]
    linked = (one >= 0) & (other >= 0)
    table = coo_array((np.ones(int(linked.sum())), (one[linked], other[linked])), shape=(rows.size,) * 2)
    count, group = connected_components(table, directed=False)
    ends = np.cumsum(np.bincount(group, minlength=count))[:-1]
    parts = np.split(rows[np.argsort(group, kind="stable")], ends)
    return [CellArea(part, int(part[np.argmax(counts[part])])) for part in parts]


def follow(
    areas: Sequence[CellArea],
    before: Sequence[Kept],
    *,
    names: npt.NDArray[np.object_],
    cell_m2: float,
    theme: str,
    week: Week,
) -> list[Kept]:
    """Give areas an identity that lasts, as :func:`~genk_geo.stats.local.hotspot_areas.track` does.

    Parameters
    ----------
    areas : sequence of CellArea
        This week's areas.
    before : sequence of Kept
        Those of the week before.
    names : numpy.ndarray of str
        Names of all cells.
    cell_m2 : float
        Ground of a cell.
    theme : str
        Theme.
    week : Week
        This week.

    Returns
    -------
    list of Kept
        This week's areas, in the order of the names of their peaks.
    """
    now = sorted(areas, key=lambda area: names[area.peak])
    then = sorted(before, key=lambda one: (one.since, one.hotspot_id))
    owner = np.full(len(names), -1, dtype=np.intp)
    for at, one in enumerate(then):
        owner[one.area.cells] = at
    common = [np.bincount(owner[area.cells] + 1, minlength=len(then) + 1)[1:] for area in now]
    shared = np.array(common, dtype=float).reshape(len(now), len(then)) * cell_m2
    found = fates(
        shared,
        np.array([area.cells.size for area in now]) * cell_m2,
        np.array([one.area.cells.size for one in then]) * cell_m2,
        names=np.array([one.hotspot_id for one in then], dtype=object),
        begun=np.array([one.since for one in then], dtype=object),
    )
    named_anew(found, [names[area.peak] for area in now], {one.hotspot_id for one in then}, theme, week)
    return [Kept(fate["hotspot_id"], fate["since"], area) for fate, area in zip(found, now, strict=True)]
