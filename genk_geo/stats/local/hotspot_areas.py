"""Hot cells dissolved to areas, and what became of last week's areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.crs import epsg_of
from genk_geo.errors import Message, SchemaError, some_rows
from genk_geo.schema import HOTSPOT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from genk_geo.calendar import Week

# Neighbouring cells share corners up to rounding.
_TOUCH_M = 0.01
_CLASS = "hotspot_class"
#: Place of each class, the hottest last.
_RANK = {name: at for at, name in enumerate(HOTSPOT_CLASSES)}
# Areas that share less than this only touch.
_MIN_SHARED_M2 = 1.0
# Below this share of the smaller of the two, an area that overlaps its predecessor has moved.
_KEPT_SHARE = 0.5


def hotspot_areas(
    hot: gpd.GeoDataFrame,
    counts: pd.Series[float],
    *,
    expected: pd.Series[float] | float | None = None,
    drawn: bool = True,
) -> gpd.GeoDataFrame:
    """Dissolve hot cells that touch (at a side or a corner) to areas.

    Parameters
    ----------
    hot : geopandas.GeoDataFrame
        Hot cells, indexed by ``cell_id``. Of ``z``, ``q_value`` and ``hotspot_class``, where present, each
        area gets its strongest.
    counts : pandas.Series
        Incidents of every cell of the grid (at least of the hot ones).
    expected : pandas.Series or float, optional
        Expected incidents a cell; the mean of `counts` by default. (The windows of G* overlap, so their
        expectations cannot be added up.)
    drawn : bool, default True
        False where an outline is only compared with others: it holds the same ground and begins at any
        corner, which takes a small part of the time for many cells that lie on whole coordinates.

    Returns
    -------
    geopandas.GeoDataFrame
        One row an area, most incidents first: ``peak_cell`` (cell with the highest count), ``cells`` (tuple
        of names), ``observed``, ``expected``, ``relative_risk``, ``z``, ``q_value``,
        ``hotspot_class``, ``area_m2``, geometry. The order of the rows of `hot` does not matter.

    Raises
    ------
    SchemaError
        If a cell occurs twice or has no count, or the layer has no coordinate system.

    Examples
    --------
    Cells that touch at a corner are one area:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> counts = grid.count([[50, 50]] * 3 + [[150, 150]] * 2 + [[450, 450]] * 4)
    >>> areas = gg.stats.hotspot_areas(grid.cells[counts > 0], counts)
    >>> areas[["peak_cell", "observed", "area_m2"]].values.tolist()
    [['100m_E0_N0', 5, 20000.0], ['100m_E4_N4', 4, 10000.0]]
    """
    epsg_of(hot, Message("The layer of hot cells"))
    _check_cells(hot, counts)
    cells = hot.sort_index()
    share = counts.mean() if expected is None else expected
    base = share.reindex(cells.index) if isinstance(share, pd.Series) else pd.Series(share, cells.index)
    parts = _parts(
        cells, counts.reindex(cells.index).to_numpy(), np.asarray(base, dtype=np.float64), drawn=drawn
    )
    parts.sort(key=lambda part: (-part["observed"], part["peak_cell"]))
    columns = ["peak_cell", "cells", "observed", "expected", "relative_risk"]
    columns += [name for name in ("z", "q_value", "hotspot_class") if name in hot]
    table = pd.DataFrame(parts, columns=[*columns, "area_m2", "geometry"])
    if "hotspot_class" in hot:
        table["hotspot_class"] = table["hotspot_class"].astype(hot["hotspot_class"].dtype)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=hot.crs)


def _check_cells(hot: gpd.GeoDataFrame, counts: pd.Series[float]) -> None:
    for what, index in (("hot cells", hot.index), ("counts", counts.index)):
        if not index.is_unique:
            raise SchemaError(
                "The {what} name a cell more than once ({rows}). Needed: one row a cell.",
                what=what,
                rows=some_rows(index[index.duplicated()].unique()),
            )
    missing = hot.index.difference(counts.index)
    if len(missing):
        raise SchemaError(
            "Hot cells without count: {missing}. Needed: a count for each.", missing=some_rows(missing)
        )


def _touching(geometry: npt.NDArray[Any]) -> list[npt.NDArray[np.intp]]:
    """Rows of each group of cells that hang together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(geometry)
    if n == 0:
        return []
    one, other = shapely.STRtree(geometry).query(geometry, predicate="dwithin", distance=_TOUCH_M)
    links = coo_array((np.ones(one.size, dtype=bool), (one, other)), shape=(n, n))
    count, group = connected_components(links, directed=False)
    return np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group, minlength=count))[:-1])


def _parts(
    cells: gpd.GeoDataFrame, counts: npt.NDArray[Any], base: npt.NDArray[np.float64], *, drawn: bool
) -> list[dict[str, Any]]:
    """What is known of each area; columns are taken apart once, not anew for each of hundreds of areas."""
    shapes, names = cells.geometry.to_numpy(), cells.index.to_numpy(object)
    whole = _whole(shapes)
    z, q_value = (cells[name].to_numpy(float) if name in cells else None for name in ("z", "q_value"))
    classes = (
        np.array([_RANK[one] for one in cells["hotspot_class"].astype(str)]) if _CLASS in cells else None
    )
    parts = []
    for rows in _touching(shapes):
        if drawn or not whole[rows].all():
            outline = shapely.union_all(shapes[rows], grid_size=0.001)
        else:
            outline = shapely.coverage_union_all(shapes[rows])
        here, own = counts[rows], tuple(names[rows])
        observed, expected = np.nansum(here), float(np.nansum(base[rows]))
        part = {
            "peak_cell": own[int(np.where(np.isnan(here), -1, here).argmax())],
            "cells": own,
            "observed": observed,
            "expected": expected,
            "relative_risk": observed / expected if expected > 0 else np.nan,
        }
        if z is not None:
            part["z"] = np.fmax.reduce(z[rows])
        if q_value is not None:
            part["q_value"] = np.fmin.reduce(q_value[rows])
        if classes is not None:
            part[_CLASS] = HOTSPOT_CLASSES[classes[rows].max()]
        parts.append(part | {"area_m2": outline.area, "geometry": outline})
    return parts


def _whole(shapes: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Whether all corners of a cell lie on whole metres: then neighbours share theirs to the last bit."""
    corners, cell = shapely.get_coordinates(shapes, return_index=True)
    broken = cell[(corners != np.rint(corners)).any(axis=1)]
    return np.asarray(np.bincount(broken, minlength=len(shapes)) == 0)


def track(
    areas: gpd.GeoDataFrame, before: gpd.GeoDataFrame | None, *, theme: str, week: Week
) -> gpd.GeoDataFrame:
    """Give areas an identity that lasts from week to week, and say what became of last week's.

    Each earlier area hands its identity to the area of this week that it shares most ground with, as long as
    that one shares most ground with it. Ties go to the longest standing, then to the name.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        This week's areas, with ``peak_cell``.
    before : geopandas.GeoDataFrame or None
        The week before, as this function gave it; areas that were already gone there are passed over.
    theme : str
        Theme; its initial begins the identities.
    week : Week
        This week.

    Returns
    -------
    geopandas.GeoDataFrame
        The areas in the order of their identity's age and name, then those that vanished, with

        - ``hotspot_id``, such as ``B-2026W40-E2285N1848``: theme, first week, cell of most incidents then;
        - ``theme``;
        - ``status``: new; kept; moved (less than half of the smaller is shared); merged (takes over at least
          two earlier areas); split (a part of an earlier area that now is several: the part that shares
          most ground keeps the identity, the others get their own); gone (this once: last week's row);
        - ``since``: first week of the identity (of the whole, for a part that split off);
        - ``from_ids``: tuple of the earlier areas that it came from.

        An area that was hot, vanished and comes back is new. Columns that only `before` has are kept in
        the rows of areas that are gone, and missing in the others.

    Raises
    ------
    SchemaError
        If the coordinate systems differ or a column is missing.

    Examples
    --------
    The same area a week later keeps its identity:

    >>> from genk_geo.calendar import Week
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> counts = grid.count([[50, 50]] * 3 + [[150, 150]] * 2)
    >>> areas = gg.stats.hotspot_areas(grid.cells[counts > 0], counts)
    >>> before = gg.stats.track(areas, None, theme="burglary", week=Week(2026, 45))
    >>> now = gg.stats.track(areas, before, theme="burglary", week=Week(2026, 46))
    >>> now[["hotspot_id", "status", "since"]].values.tolist()
    [['B-2026W45-E0N0', 'kept', '2026-W45']]
    """
    _check_tracked(areas, before)
    now = areas.sort_values("peak_cell", kind="stable", ignore_index=True)
    then = _nothing_before(areas) if before is None else _oldest_first(before[before["status"] != "gone"])
    shared = _shared_ground(now, then)
    found = fates(
        shared,
        *(shapely.area(one.geometry.to_numpy()) for one in (now, then)),
        names=then["hotspot_id"].to_numpy(object),
        begun=then["since"].to_numpy(object),
    )
    named_anew(found, now["peak_cell"].tolist(), set(then["hotspot_id"]), theme, week)
    names = ["hotspot_id", "theme", "status", "since", "from_ids"]
    identity = pd.DataFrame([{**fate, "theme": theme} for fate in found], columns=names)
    live = pd.concat([identity, now.drop(columns=names, errors="ignore")], axis=1)
    live = gpd.GeoDataFrame(live, geometry="geometry", crs=areas.crs)
    return _with_gone(_oldest_first(live), then, shared)


def _oldest_first(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """By the age of the identity and its name; pandas takes far longer to sort a few rows by two texts."""
    keys = list(zip(areas["since"].tolist(), areas["hotspot_id"].tolist(), strict=True))
    return areas.iloc[sorted(range(len(keys)), key=keys.__getitem__)].reset_index(drop=True)


def _check_tracked(areas: gpd.GeoDataFrame, before: gpd.GeoDataFrame | None) -> None:
    needed: list[tuple[str, gpd.GeoDataFrame, tuple[str, ...]]] = [("areas", areas, ("peak_cell",))]
    if before is not None:
        needed.append(("areas of the week before", before, ("hotspot_id", "status", "since")))
    for what, table, columns in needed:
        absent = [name for name in columns if name not in table]
        if absent:
            raise SchemaError(
                "The {what}: needed columns {columns}; {absent} missing.",
                what=what,
                columns=", ".join(columns),
                absent=", ".join(absent),
            )
    code = epsg_of(areas, Message("The layer of areas"))
    if before is not None and (earlier := epsg_of(before, Message("The areas of the week before"))) != code:
        raise SchemaError(
            "The areas of the week before are in EPSG:{earlier}, needed EPSG:{code}.",
            earlier=earlier,
            code=code,
        )


def _nothing_before(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    columns: dict[str, list[str]] = {"hotspot_id": [], "status": [], "since": []}
    return gpd.GeoDataFrame(columns, geometry=[], crs=areas.crs)


def _shared_ground(now: gpd.GeoDataFrame, then: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """Square metres that this week's areas (rows) share with the earlier ones (columns)."""
    shared = np.zeros((len(now), len(then)))
    if shared.size == 0:
        return shared
    new, old = shapely.STRtree(then.geometry.to_numpy()).query(now.geometry.to_numpy())
    common = shapely.intersection(now.geometry.to_numpy()[new], then.geometry.to_numpy()[old])
    shared[new, old] = np.round(shapely.area(common), 3)  # ties must be ties
    shared[shared < _MIN_SHARED_M2] = 0.0
    return shared


def fates(
    shared: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
    size_then: npt.NDArray[np.float64],
    *,
    names: npt.NDArray[np.object_],
    begun: npt.NDArray[np.object_],
) -> list[dict[str, Any]]:
    """Identity and status of each area of this week, by the ground shared with earlier ones (columns).

    A new identity is left open; `names` and `begun` are those of the earlier areas.
    """
    heirs = shared.argmax(axis=0) if size.size else np.zeros(0, dtype=np.intp)  # of each earlier area;
    parents = shared.argmax(axis=1) if names.size else np.zeros(0, dtype=np.intp)  # sorted: ties to the first
    found: list[dict[str, Any]] = []
    for i, row in enumerate(shared):
        sources = np.flatnonzero(row > 0)
        if sources.size == 0:
            found.append({"hotspot_id": None, "status": "new", "since": None, "from_ids": ()})
            continue
        parent, came_from = int(parents[i]), tuple(names[sources])
        name = names[parent] if heirs[parent] == i else None
        if name is None or ((shared[:, parent] > 0) & (parents == parent)).sum() > 1:
            status = "split"
        else:
            smaller = min(size[i], size_then[parent])
            status = "kept" if row[parent] >= _KEPT_SHARE * smaller else "moved"
        if name is not None and (heirs[sources] == i).sum() > 1:
            status = "merged"
        found.append({"hotspot_id": name, "status": status, "since": begun[parent], "from_ids": came_from})
    return found


def named_anew(
    found: list[dict[str, Any]], peaks: Sequence[str], taken: set[str], theme: str, week: Week
) -> None:
    """Fill in the identities that were left open, each after the peak of its area."""
    for peak, fate in zip(peaks, found, strict=True):
        if fate["hotspot_id"] is None:
            name = _new_id(theme, week, str(peak), taken)
            fate |= {"hotspot_id": name, "since": fate["since"] or str(week)}
            taken.add(name)


def _new_id(theme: str, week: Week, cell: str, taken: Iterable[str]) -> str:
    place = "".join(cell.split("_")[1:]) or cell
    name = f"{theme[:1].upper()}-{week.year}W{week.number:02d}-{place}"
    if name not in taken:
        return name
    return next(f"{name}-{k}" for k in range(2, len(list(taken)) + 3) if f"{name}-{k}" not in taken)


def _with_gone(
    live: gpd.GeoDataFrame, then: gpd.GeoDataFrame, shared: npt.NDArray[np.float64]
) -> gpd.GeoDataFrame:
    """Add last week's areas that share no ground with any of this week."""
    vanished = then[~(shared > 0).any(axis=0)]
    if vanished.empty:
        return live
    changes: dict[str, Any] = {
        "status": "gone",
        "from_ids": pd.Series([()] * len(vanished), index=vanished.index),
    }
    if "hotspot_class" in vanished:
        changes["hotspot_class"] = "not significant"
    if "q_value" in vanished:
        changes["q_value"] = 1.0
    rows = gpd.GeoDataFrame(vanished.assign(**changes))
    if live.empty:
        return gpd.GeoDataFrame(rows.reset_index(drop=True), geometry="geometry", crs=live.crs)
    both = pd.concat([live, rows], ignore_index=True)
    if "hotspot_class" in live and "hotspot_class" in rows:
        both["hotspot_class"] = both["hotspot_class"].astype(live["hotspot_class"].dtype)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=live.crs)
