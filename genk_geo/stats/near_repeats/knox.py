"""Near repeats: incidents that follow each other closely in space and time, more often than by chance.

References
----------
Knox (1964), Applied Statistics 13; Barton & David (1966) for the moments; Johnson et al. (2007), Journal of
Quantitative Criminology 23, for the banded table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError, some_rows
from genk_geo.show import Chart, Shown, View
from genk_geo.stats.checks import generator, in_days, places_of, seed_of
from genk_geo.stats.near_repeats.pair_lines import pair_layers, pair_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.show.words import Words
    from genk_geo.stats.checks import Chance, Places, Times
    from genk_geo.stats.near_repeats.pairs import Pairs

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: More bands than this are a mistake.
_MOST_EDGES = 10_000


@dataclass(frozen=True, repr=False)
class Knox(Shown):
    """A banded Knox table: distance bands (rows) by time bands (columns).

    Attributes
    ----------
    observed, expected : pandas.DataFrame
        Pairs of incidents, and their exact mean when times are shuffled over places.
    ratio : pandas.DataFrame
        Observed over expected; above 1 the band holds more pairs than chance. NaN where nothing is expected.
    variance, z : pandas.DataFrame
        Exact variance under shuffling, and the standardised count.
    p_value : pandas.DataFrame
        (1 + shuffles with at least as many pairs) / (shuffles + 1).
    permutations : int
        Number of shuffles.
    seed : str
        Where chance came from.
    pairs : geopandas.GeoDataFrame or None
        Pairs of incidents in the first bands as lines, where the places were given as a layer.

    Examples
    --------
    Two at one address within a week, where shuffled times would give half a pair:

    >>> found = gg.stats.knox([[0, 0], [0, 0], [60, 0], [900, 900]], [1, 4, 6, 200])
    >>> int(found.observed.loc["[0, 1)", "[0, 7)"])
    1
    >>> float(found.expected.loc["[0, 1)", "[0, 7)"])
    0.5
    """

    observed: pd.DataFrame
    expected: pd.DataFrame
    ratio: pd.DataFrame
    variance: pd.DataFrame
    z: pd.DataFrame
    p_value: pd.DataFrame
    permutations: int
    seed: str = ""
    pairs: gpd.GeoDataFrame | None = None

    def shows(self, words: Words) -> View:
        """Observed over expected, by distance and time."""
        inner = self.ratio.iloc[:-1, :-1]
        excess = self.z.iloc[:-1, :-1].to_numpy(dtype=float)
        facts = [
            ("pairs", f"{int(self.observed.to_numpy().sum()):,}"),
            ("shuffles", f"{self.permutations:,}, {self.seed}"),
        ]
        if np.isfinite(excess).any():
            at = down, across = divmod(int(np.nanargmax(excess)), excess.shape[1])
            seen, usual, p = (table.to_numpy() for table in (self.observed, self.expected, self.p_value))
            facts.append(("strongest", f"{inner.index[down]} m, {inner.columns[across]} days"))
            facts.append(("pairs_there", f"{int(seen[at]):,} against {float(usual[at]):.1f} expected"))
            facts.append(("p_value", f"{float(p[at]):.3g}"))
        chart = Chart(
            "matrix",
            "days",
            "distance",
            list(inner.columns),
            {str(row): inner.loc[row] for row in inner.index},
        )
        return View(words("title.knox"), tuple(facts), pair_layers(self.pairs), chart=chart)


def knox(
    xy: Places,
    days: Times = None,
    *,
    distance_bands: Sequence[float] = (0, 1, 100, 200, 300),
    time_bands: Sequence[float] = (0, 7, 14, 21),
    metric: Literal["manhattan", "euclidean"] = "manhattan",
    permutations: int = 999,
    rng: Chance = None,
) -> Knox:
    """Count pairs of incidents by distance and time, against shuffled times.

    Bands are half-open; beyond the last edge a band to infinity is added. With 0 and 1 as the first edges the
    first band is the same location.

    Parameters
    ----------
    xy : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like, shape (n, 2)
        Places, in metres (or any unit that the distance bands share).
    days : pandas.Series, array_like or None
        Times: numbers of days, moments, texts or weeks; those of a table of incidents by default.
    distance_bands, time_bands : sequence of float
        Ascending edges, the first one 0.
    metric : {"manhattan", "euclidean"}
        Distance along the axes, as one walks a street grid, or straight.
    permutations : int, default 999
        Shuffles of the times over the places.
    rng : numpy.random.Generator, int or None
        Source of the shuffles; seed 0 by default, so that a rerun gives the same.

    Returns
    -------
    Knox
        Tables with labels such as ``[100, 200)``.

    Raises
    ------
    SchemaError
        If there are fewer than two incidents, the shapes differ, or a value is not finite or no number.
    ConfigError
        If the edges do not ascend from 0, the metric is unknown, or the permutations are fewer than 0.

    Examples
    --------
    Fifty incidents, each followed three days later and 40 m further:

    >>> rng = np.random.default_rng(1)
    >>> xy, days = rng.uniform(0, 3000, (50, 2)), rng.uniform(0, 365, 50)
    >>> xy, days = np.vstack([xy, xy + [40, 0]]), np.concatenate([days, days + 3])
    >>> float(gg.stats.knox(xy, days).p_value.loc["[1, 100)", "[0, 7)"])
    0.001
    """
    if permutations < 0:
        raise ConfigError("permutations: given {permutations}, needed 0 or more.", permutations=permutations)
    count = count_pairs(xy, days, distance_bands, time_bands, metric)
    mean, variance = count.moments()
    beyond = np.zeros(mean.shape, dtype=np.int64)
    for tables in count.shuffled(permutations, rng):
        beyond += (tables >= count.observed).sum(axis=0)
    ratio, z = standardised(count.observed, mean, variance)
    p_value = (1.0 + beyond) / (permutations + 1.0)
    rows, columns = labels_of(count.distances), labels_of(count.spans)
    frames = [
        pd.DataFrame(np.asarray(values), index=rows, columns=columns)
        for values in (count.observed, mean, ratio, variance, z, p_value)
    ]
    observed, expected, relative, spread, score, chance = frames
    lines = pair_lines(xy, days, distance_bands[-1], time_bands[-1])
    return Knox(observed, expected, relative, spread, score, chance, permutations, seed_of(rng), lines)


@dataclass(frozen=True)
class PairCount:
    """Pairs by distance and time, and what shuffled times make of them.

    Attributes
    ----------
    pairs : Pairs
        Pairs nearer than the last edge.
    times : numpy.ndarray, shape (n,)
        Times of the incidents.
    distances, spans : numpy.ndarray
        Edges of the bands.
    near, soon : numpy.ndarray of int, shape (bands, n)
        Partners of each incident in each band of distance, and of time (incidents in order of time).
    observed : numpy.ndarray of int, shape (distance bands, time bands)
        Pairs; beyond the last edges too.
    """

    pairs: Pairs
    times: Floats
    distances: Floats
    spans: Floats
    near: Ints
    soon: Ints
    observed: Ints

    def moments(self, *, cumulated: bool = False) -> tuple[Floats, Floats]:
        """Exact mean and variance of every cell, or of all pairs up to each cell."""
        if cumulated:
            return _moments(self.near.cumsum(axis=0), self.soon.cumsum(axis=0))
        return _moments(self.near, self.soon)

    def shuffled(self, permutations: int, rng: Chance, *, block_days: float = np.inf) -> Iterator[Ints]:
        """Give the tables of shuffles of the times over the places; shape (some, bands, bands).

        With blocks, times are shuffled among the incidents of the same block of so many days.
        """
        from genk_geo.stats.near_repeats.pairs import shuffled_tallies

        if not block_days > 0:
            raise ConfigError(
                "block_days: given {block_days}, needed a number of days above 0.", block_days=block_days
            )
        source = generator(rng)
        by_time = self.soon.sum(axis=1) // 2
        blocks = np.unique((self.times - self.times.min()) // block_days, return_inverse=True)[1]
        for close in shuffled_tallies(
            self.pairs,
            self.times,
            self.spans,
            len(self.distances) - 1,
            blocks=blocks,
            runs=permutations,
            rng=source,
        ):
            yield _with_far(close, by_time)


def count_pairs(
    xy: Places,
    days: Times,
    distance_bands: Sequence[float],
    time_bands: Sequence[float],
    metric: str,
    *,
    known: Pairs | None = None,
) -> PairCount:
    """Check what is given to :func:`knox` and count its pairs, those that are close where they are known."""
    from genk_geo.stats.near_repeats.pairs import close_pairs, tally

    places, times = _checked(xy, days)
    distances, spans = edges_of(distance_bands, "distance_bands"), edges_of(time_bands, "time_bands")
    if metric not in {"manhattan", "euclidean"}:
        raise ConfigError("metric: given {metric!r}, needed manhattan or euclidean.", metric=metric)
    pairs = known or close_pairs(places, distances, manhattan=metric == "manhattan")
    near = _degrees_near(pairs, len(times), len(distances) - 1)
    soon = _degrees_soon(times, spans)
    close = tally(pairs, times[:, None], spans, len(distances) - 1)
    observed = _with_far(close, soon.sum(axis=1) // 2)[0]
    return PairCount(pairs, times, distances, spans, near, soon, observed)


def standardised(observed: Ints, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Observed over expected, and standard deviations above it; NaN where nothing is to be expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(mean > 0, observed / mean, np.nan)
        z = np.where(variance > 0, (observed - mean) / np.sqrt(variance), np.nan)
    return ratio, z


def _checked(xy: Places, days: Times) -> tuple[Floats, Floats]:
    places, times = places_of(xy, "incidents"), in_days(days, of=xy)
    if places.ndim != 2 or places.shape[1:] != (2,) or times.shape != places.shape[:1]:
        raise SchemaError(
            "Incidents: needed places of shape (n, 2) and n times, given {shape} and {times_shape}.",
            shape=places.shape,
            times_shape=times.shape,
        )
    if len(times) < 2:
        raise SchemaError("Incidents: needed at least 2 to make a pair, given {count}.", count=len(times))
    lost = np.flatnonzero(~np.isfinite(places).all(axis=1) | ~np.isfinite(times))
    if lost.size:
        raise SchemaError(
            "{count} incidents have no place or time (rows {lost}). Leave them out.",
            count=lost.size,
            lost=some_rows(lost),
        )
    return places, times


def edges_of(bands: Sequence[float], name: str) -> Floats:
    """Check the edges of bands, which ascend from 0."""
    edges = np.asarray(bands, dtype=float)
    if edges.ndim != 1 or edges.size < 2 or edges[0] != 0 or not (np.diff(edges) > 0).all():
        raise ConfigError(
            "{name}: needed ascending edges that begin with 0, given {bands}.", name=name, bands=list(bands)
        )
    if edges.size > _MOST_EDGES:
        raise ConfigError(
            "{name}: given {count} edges, needed at most {most_edges:,}.",
            name=name,
            count=edges.size,
            most_edges=_MOST_EDGES,
        )
    if not np.isfinite(edges).all():
        raise ConfigError(
            "{name}: leave infinity out; the band beyond the last edge is added by itself.", name=name
        )
    return edges


def labels_of(edges: Floats) -> list[str]:
    """Name each band, the one beyond the last edge too."""
    return [f"[{low:g}, {high:g})" for low, high in zip(edges, [*edges[1:], np.inf], strict=True)]


def _degrees_near(pairs: Pairs, n: int, bands: int) -> Ints:
    """Partners of each incident in each distance band, the far band last; shape (bands + 1, n)."""
    degrees = np.zeros((bands + 1, n), dtype=np.int64)
    first = np.repeat(np.arange(n), np.diff(pairs.start))
    for band in range(bands):
        of_band = pairs.band == band
        degrees[band] = np.bincount(first[of_band], minlength=n)
        degrees[band] += np.bincount(pairs.other[of_band], minlength=n)
    degrees[bands] = n - 1 - degrees[:bands].sum(axis=0)
    return degrees


def _degrees_soon(times: Floats, edges: Floats) -> Ints:
    """Partners of incidents, in order of time, in each time band, the late band last; shape (edges, n)."""
    from genk_geo.stats.near_repeats.pairs import partners_within

    ordered = np.sort(times)
    within = np.zeros((edges.size + 1, times.size), dtype=np.int64)
    for k, edge in enumerate(edges[1:], start=1):
        within[k] = partners_within(ordered, edge)
    within[-1] = times.size - 1
    return np.diff(within, axis=0)


def _moments(near: Ints, soon: Ints) -> tuple[Floats, Floats]:
    """Exact mean and variance of every cell when times are shuffled (Barton & David)."""
    n = near.shape[1]
    pairs = n * (n - 1) / 2
    ns, nt = (degrees.sum(axis=1) / 2.0 for degrees in (near, soon))
    adjacent_s, adjacent_t = ((degrees * (degrees - 1.0)).sum(axis=1) / 2.0 for degrees in (near, soon))
    mean = np.outer(ns, nt) / pairs
    three, four = n * (n - 1.0) * (n - 2.0), n * (n - 1.0) * (n - 2.0) * (n - 3.0)
    square = mean.copy()
    if n > 2:
        square += 4.0 * np.outer(adjacent_s, adjacent_t) / three
    if n > 3:
        apart_s, apart_t = ns * (ns - 1) - 2 * adjacent_s, nt * (nt - 1) - 2 * adjacent_t
        square += 4.0 * np.outer(apart_s, apart_t) / four
    return mean, np.maximum(square - mean**2, 0.0)


def _with_far(near: Ints, by_time: Ints) -> Ints:
    """Add the far band to tables: all pairs of a time band that are not near."""
    far = by_time - near.sum(axis=1)
    return np.concatenate([near, far[:, None]], axis=1)
