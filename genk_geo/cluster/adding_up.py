"""What adds up over weeks: counts, densities, near pairs; and the replicates of a scan."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from genk_geo.calendar import Week, occurred
from genk_geo.cluster.parts import Parts, gathered, sent
from genk_geo.errors import ConfigError
from genk_geo.stats import kernel_density, scan
from genk_geo.stats.near_repeats.knox import count_pairs, edges_of, labels_of
from genk_geo.stats.scanning.clusters import weighed_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt
    from distributed import Client

    from genk_geo.stats import Grid, Scan

    Floats = npt.NDArray[np.float64]

_DAY_US = 86_400_000_000


class Bands(NamedTuple):
    """Edges of distance and of time, and how distance is measured."""

    distances: Floats
    spans: Floats
    metric: str


def count_cells(client: Client, folder: Path, grid: Grid, *, theme: str | None = None) -> pd.Series:
    """Count incidents by week and cell.

    Parameters
    ----------
    client : distributed.Client
        The workers.
    folder : path-like
        What :func:`read_files` or :func:`lay_down` made.
    grid : Grid
        Cells, as of :meth:`genk_geo.stats.Grid.cover`.
    theme : str, optional
        Only this theme.

    Returns
    -------
    pandas.Series
        Whole numbers above 0 on ``week`` and ``cell_id``, in the order of weeks and of the grid.
    """
    columns = ["theme", "geometry"]
    tables = _mapped(client, folder, _cells_of, columns=columns, theme=theme, given=grid)
    counts = pd.concat([table for part in tables for table in part]) if tables else _no_counts()
    return counts.rename("count")


def count_wijken(client: Client, folder: Path, *, theme: str | None = None) -> pd.DataFrame:
    """Count incidents by wijk and week; those whose wijk is not known stand under an empty name.

    Parameters
    ----------
    client, folder, theme
        As for :func:`count_cells`.

    Returns
    -------
    pandas.DataFrame
        Whole numbers, a row a wijk in order of name, a column a week.
    """
    columns = ["theme", "wijk", "geometry"]
    found = dict(
        pair for part in _mapped(client, folder, _wijken_of, columns=columns, theme=theme) for pair in part
    )
    return pd.DataFrame(found).sort_index().fillna(0).astype(np.int64).rename_axis("wijk")


def density(
    client: Client, folder: Path, *, theme: str | None = None, **options: Any
) -> npt.NDArray[np.float64]:
    """Kernel density of all incidents that have a point: the sum of those of their weeks.

    Parameters
    ----------
    client, folder, theme
        As for :func:`count_cells`.
    **options
        Of :func:`genk_geo.stats.kernel_density`, but for `method`, `weights` and `window`: the kernel of
        every point is summed, because what is rounded up to 0 or scaled to a total does not add up.

    Returns
    -------
    numpy.ndarray
        Incidents per square kilometre, row 0 = north.

    Raises
    ------
    ConfigError
        If one of these is given.
    """
    wrong = sorted({"method", "weights", "window"} & options.keys())
    if wrong:
        raise ConfigError(
            "{wrong}: densities of weeks do not add up with it. Leave it out.", wrong=", ".join(wrong)
        )
    sums = _mapped(client, folder, _density_of, columns=["theme", "geometry"], theme=theme, given=options)
    if not sums:
        return np.asarray(kernel_density(np.empty((0, 2)), method="exact", **options))
    return np.asarray(reduce(add, sums), dtype=float)


def near_pairs(
    client: Client,
    folder: Path,
    *,
    distance_bands: Sequence[float] = (0, 1, 100, 200, 300),
    time_bands: Sequence[float] = (0, 7, 14, 21),
    metric: str = "manhattan",
    theme: str | None = None,
) -> pd.DataFrame:
    """Count pairs by distance and time as :func:`genk_geo.stats.knox` does, without the far bands.

    A part of the weeks is counted together with what follows it within the last time band, and what follows
    is taken off: then every pair is counted once, by the part of its earlier incident.

    Parameters
    ----------
    client, folder, theme
        As for :func:`count_cells`.
    distance_bands, time_bands, metric
        As for :func:`genk_geo.stats.knox`; days are fractions.

    Returns
    -------
    pandas.DataFrame
        Whole numbers, the bands of distance by those of time.
    """
    bands = Bands(edges_of(distance_bands, "distance_bands"), edges_of(time_bands, "time_bands"), metric)
    parts = Parts.open(folder)
    tasks = [
        client.submit(_pairs_of, weeks, _following(weeks[-1], parts, bands), parts, bands, theme, pure=False)
        for weeks in parts.together
    ]
    shape = (bands.distances.size - 1, bands.spans.size - 1)
    found = reduce(add, gathered(client, tasks), np.zeros(shape, dtype=np.int64))
    return pd.DataFrame(found, labels_of(bands.distances)[:-1], labels_of(bands.spans)[:-1])


def spread_scan(client: Client, xy: npt.ArrayLike, days: npt.ArrayLike, **options: Any) -> Scan:
    """Scan for clusters with the replicates on the workers.

    Parameters
    ----------
    client : distributed.Client
        The workers.
    xy, days, **options
        As for :func:`genk_geo.stats.scan`.

    Returns
    -------
    Scan
        The same as of :func:`genk_geo.stats.scan`, to the last digit.
    """

    def on_workers(weigh: Callable[[Any], Any], drawn: Iterable[Any]) -> list[Any]:
        there = sent(client, weigh)
        tasks = [client.submit(_weighed, there, one, pure=False) for one in drawn]
        return gathered(client, tasks)

    with weighed_by(on_workers):
        return scan(xy, days, **options)


def _weighed(weigh: Callable[[Any], Any], one: Any) -> Any:
    return weigh(one)


def _mapped(
    client: Client,
    folder: Path,
    work: Callable[..., Any],
    *,
    columns: list[str],
    theme: str | None,
    given: Any = None,
) -> list[Any]:
    """What a function makes of each run of weeks, in their order."""
    parts = Parts.open(folder)
    there = sent(client, given)
    tasks = [
        client.submit(_work_on, work, weeks, parts, columns, theme, there, pure=False)
        for weeks in parts.together
    ]
    return gathered(client, tasks)


def _work_on(
    work: Callable[..., Any],
    weeks: list[str],
    parts: Parts,
    columns: list[str],
    theme: str | None,
    given: Any,
) -> Any:
    return work([(week, parts.read(week, columns, theme)) for week in weeks], given)


def _cells_of(weeks: list[tuple[str, gpd.GeoDataFrame]], grid: Grid) -> list[pd.Series]:
    tables = []
    for week, incidents in weeks:
        counts = pd.Series(grid.count(incidents))
        tables.append(pd.concat({week: counts[counts > 0]}, names=["week", "cell_id"]))
    return tables


def _no_counts() -> pd.Series:
    index = pd.MultiIndex.from_arrays([[], []], names=["week", "cell_id"])
    return pd.Series([], index=index, dtype=np.int64)


def _wijken_of(weeks: list[tuple[str, gpd.GeoDataFrame]], _given: None) -> list[tuple[str, pd.Series]]:
    return [(week, incidents["wijk"].fillna("").value_counts()) for week, incidents in weeks]


def _density_of(weeks: list[tuple[str, gpd.GeoDataFrame]], options: dict[str, Any]) -> Floats:
    xy = np.concatenate([_points_of(incidents)[1] for _, incidents in weeks])
    return np.asarray(kernel_density(xy, method="exact", **options))


def _points_of(incidents: gpd.GeoDataFrame) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Which incidents have a point, and those points."""
    shapes = incidents.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return there, np.asarray(shapely.get_coordinates(shapes[there]), dtype=float)


def _following(last: str, parts: Parts, bands: Bands) -> list[str]:
    """Weeks that begin before the longest span after a week has passed."""
    end = Week.parse(last).end(parts.timezone) + pd.Timedelta(days=float(bands.spans[-1]))
    return [week for week in parts.weeks if week > last and Week.parse(week).start(parts.timezone) < end]


def _pairs_of(
    weeks: list[str], later: list[str], parts: Parts, bands: Bands, theme: str | None
) -> npt.NDArray[np.int64]:
    columns = ["theme", "from", "to", "geometry"]
    own, after = (
        [_placed_in_time(parts.read(week, columns, theme)) for week in some] for some in (weeks, later)
    )
    return _close(own + after, bands) - _close(after, bands)


def _close(events: list[tuple[Floats, Floats]], bands: Bands) -> npt.NDArray[np.int64]:
    xy = np.concatenate([np.empty((0, 2)), *(places for places, _ in events)])
    days = np.concatenate([np.empty(0), *(times for _, times in events)])
    if len(days) < 2:
        return np.zeros((bands.distances.size - 1, bands.spans.size - 1), dtype=np.int64)
    found = count_pairs(xy, days, list(bands.distances), list(bands.spans), bands.metric)
    return found.observed[:-1, :-1]


def _placed_in_time(incidents: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    there, xy = _points_of(incidents)
    return xy, days_of(occurred(incidents))[there]


def days_of(moments: pd.Series) -> npt.NDArray[np.float64]:
    """Days since 1970 with their fraction, the same for a moment whichever others stand beside it."""
    micro = moments.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]").astype("int64")
    return np.asarray(micro.to_numpy() / _DAY_US, dtype=float)
