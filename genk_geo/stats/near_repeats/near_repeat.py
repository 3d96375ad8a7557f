"""How far and how long an incident raises the risk near it.

References
----------
Knox (1964), Applied Statistics 13, for the pairs; Johnson et al. (2007), Journal of Quantitative Criminology
23, for near repeats; Westfall & Young (1993), *Resampling-Based Multiple Testing*, for the correction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError
from genk_geo.show import Chart, Shown, View
from genk_geo.stats.checks import seed_of
from genk_geo.stats.near_repeats.knox import count_pairs, standardised
from genk_geo.stats.near_repeats.pair_lines import pair_layers, pair_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.show.words import Words
    from genk_geo.stats.checks import Chance, Places, Times
    from genk_geo.stats.near_repeats.knox import PairCount

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """How far and how long the risk is raised.

    Attributes
    ----------
    distance_m, days : float
        Pairs count that lie nearer and follow sooner than this.
    observed : int
        Such pairs.
    expected, ratio : float
        Mean of such pairs when times are shuffled over places, and observed over expected.
    p_value : float
        Corrected for all reaches that were looked at.

    Examples
    --------
    Fifty incidents, each followed three days later and 40 m further:

    >>> rng = np.random.default_rng(1)
    >>> xy, days = rng.uniform(0, 3000, (50, 2)), rng.uniform(0, 365, 50)
    >>> xy, days = np.vstack([xy, xy + [40, 0]]), np.concatenate([days, days + 3])
    >>> reach = gg.stats.near_repeat(xy, days).reach()
    >>> reach.distance_m, reach.days, reach.observed, reach.p_value
    (100.0, 7.0, 50, 0.001)
    """

    distance_m: float
    days: float
    observed: int
    expected: float
    ratio: float
    p_value: float


@dataclass(frozen=True, repr=False)
class NearRepeats(Shown):
    """Pairs of incidents by band, and by reach.

    Attributes
    ----------
    bands : pandas.DataFrame
        A row for each band of distance and of time below the last edges: ``from_m``, ``to_m``,
        ``from_days``, ``to_days``, ``observed``, ``expected``, ``ratio``, ``z``, ``p_value`` (of this band
        alone).
    reaches : pandas.DataFrame
        A row for each reach, all bands up to it together: ``distance_m``, ``days``, ``observed``,
        ``expected``, ``ratio``, ``z``, ``p_value`` (corrected for the number of reaches), ``fading_p`` (share
        of the shuffles of which as large a part of the pairs within twice the last time follows as soon; NaN
        without blocks).
    chance : str
        How many shuffles there were and where chance came from.
    pairs : geopandas.GeoDataFrame or None
        Pairs within the last edges as lines, where the places were given as a layer.

    Examples
    --------
    Fifty incidents, each followed three days later and 40 m further:

    >>> rng = np.random.default_rng(1)
    >>> xy, days = rng.uniform(0, 3000, (50, 2)), rng.uniform(0, 365, 50)
    >>> xy, days = np.vstack([xy, xy + [40, 0]]), np.concatenate([days, days + 3])
    >>> found = gg.stats.near_repeat(xy, days)
    >>> found.bands.query("from_m == 1 and from_days == 0")["observed"].item()
    50
    >>> found.reach().days
    7.0
    """

    bands: pd.DataFrame
    reaches: pd.DataFrame
    chance: str = ""
    pairs: gpd.GeoDataFrame | None = None

    def shows(self, words: Words) -> View:
        """The reach that stands out, and pairs by distance and delay."""
        found = self.reach()
        facts = [("shuffles", self.chance)]
        if found is None:
            facts.append(("reach", "no reach stands out"))
            note = words.note("no_near_repeat")
        else:
            note = words.note(
                "near_repeat", metres=found.distance_m, days=found.days, observed=found.observed,
                expected=found.expected, ratio=found.ratio, p=found.p_value,
            )  # fmt: skip
            facts.append(("reach", f"within {found.distance_m:g} m and {found.days:g} days"))
            facts.append(("pairs_there", f"{found.observed:,} against {found.expected:.1f} expected"))
            facts.append(("ratio", f"{found.ratio:.2f}"))
            facts.append(("p_value", f"{found.p_value:.3g} (corrected for {len(self.reaches)} reaches)"))
        table = self.bands.assign(
            rows=[
                f"{low:g}-{high:g} m"
                for low, high in zip(self.bands["from_m"], self.bands["to_m"], strict=True)
            ]
        ).pivot_table(index="rows", columns="to_days", values="ratio", sort=False, dropna=False)
        chart = Chart(
            "matrix",
            "within_days",
            "distance",
            [f"{day:g}" for day in table.columns],
            {str(row): table.loc[row] for row in table.index},
        )
        layers = pair_layers(self.pairs)
        return View(words("title.near_repeat"), tuple(facts), layers, chart=chart, notes=(note,))

    def reach(self, *, max_p: float = 0.05, min_ratio: float = 1.0) -> Reach | None:
        """Find the reach that stands out most.

        That is the one with the largest standardised excess. Its p-value compares it with the largest excess
        of every shuffle, whatever reach that had, so that looking at many reaches does not make one
        significant. (Its ratio is that of the most striking reach, hence rather high than low.) Where times
        are shuffled within blocks, the excess must also fade: a place that becomes busy within a block has
        more pairs of every delay, a near repeat has more of short ones.

        Parameters
        ----------
        max_p : float, default 0.05
            Highest corrected p-value; also of the fading.
        min_ratio : float, default 1
            Smallest ratio that is worth telling.

        Returns
        -------
        Reach or None
            None when nothing stands out.
        """
        table = self.reaches
        fades = table["fading_p"].isna() | (table["fading_p"] <= max_p)
        striking = table[(table["p_value"] <= max_p) & (table["ratio"] >= min_ratio) & fades]
        if striking.empty:
            return None
        row = striking.sort_values(["z", "distance_m", "days"], ascending=[False, True, True]).iloc[0]
        return Reach(
            float(row["distance_m"]),
            float(row["days"]),
            int(row["observed"]),
            float(row["expected"]),
            float(row["ratio"]),
            float(row["p_value"]),
        )


def near_repeat(  # noqa: PLR0913 - places and days, and seven options of one question
    xy: Places,
    days: Times = None,
    *,
    distance_bands: Sequence[float] = (0, 1, 100, 200, 300, 400),
    time_bands: Sequence[float] = (0, 7, 14, 21, 28),
    least_m: float = 0.0,
    block_days: float | None = None,
    metric: Literal["manhattan", "euclidean"] = "euclidean",
    permutations: int = 999,
    rng: Chance = None,
) -> NearRepeats:
    """Count pairs of incidents by band and by reach, against shuffled times.

    Parameters
    ----------
    xy : geopandas.GeoDataFrame, geopandas.GeoSeries or array_like, shape (n, 2)
        Places in metres.
    days : pandas.Series, array_like or None
        Times: numbers of days, moments, texts or weeks; those of a table of incidents by default.
    distance_bands, time_bands : sequence of float
        Ascending edges, the first one 0; bands are half-open. With 0 and 1 as the first distances the first
        band is the same place.
    least_m : float, default 0
        Smallest distance of a reach: 100 counts the same place as part of every reach, not as one.
    block_days : float, optional
        Shuffle times only among incidents of the same block of so many days. Then a place that is busy for
        months is busy in every shuffle too, and does not pass for a near repeat; the expected counts are the
        exact means of the shuffles without what the repeats themselves add to them, for repeats stay close
        in many shuffles (:mod:`genk_geo.stats.near_repeats.without_repeats`). Without blocks all times are
        shuffled, and the expected counts are the exact means.
    metric : {"euclidean", "manhattan"}
        Straight distance, or along the axes.
    permutations : int, default 999
        Shuffles of the times over the places.
    rng : numpy.random.Generator, optional
        Source of the shuffles; a fixed one by default.

    Returns
    -------
    NearRepeats
        Bands and reaches; :meth:`NearRepeats.reach` picks one.

    Raises
    ------
    SchemaError
        If there are fewer than two incidents, the shapes differ, or a value is not finite.
    ConfigError
        If the edges do not ascend from 0, the metric is unknown, no edge reaches `least_m`, a block is not
        above 0 days, or there are no permutations.

    Examples
    --------
    Where times have nothing to do with places, no reach stands out:

    >>> rng = np.random.default_rng(1)
    >>> xy, days = rng.uniform(0, 3000, (100, 2)), rng.uniform(0, 365, 100)
    >>> gg.stats.near_repeat(xy, days).reach() is None
    True
    """
    if permutations < 1:
        raise ConfigError("permutations: given {permutations}, needed at least 1.", permutations=permutations)
    count = count_pairs(xy, days, distance_bands, time_bands, metric)
    if count.distances[-1] < least_m:
        raise ConfigError(
            "least_m: given {least_m:g}, but the bands end at {distances:g}.",
            least_m=least_m,
            distances=count.distances[-1],
        )
    far = count.distances[1:] >= least_m
    fading = np.full((count.distances.size - 1, count.spans.size - 1), np.nan)
    if block_days is None:
        tables = np.concatenate(list(count.shuffled(permutations, rng)))
    else:
        longer = (*count.spans, 2.0 * count.spans[-1])
        wide = count_pairs(xy, days, distance_bands, longer, metric, known=count.pairs)
        tables = np.concatenate(list(wide.shuffled(permutations, rng, block_days=block_days)))
        fading = _fading(wide.observed, tables)
        tables = np.concatenate([tables[..., :-2], tables[..., -2:].sum(axis=-1, keepdims=True)], axis=-1)
    observed, shuffled = _up_to(count.observed), _up_to(tables)
    if block_days is None:
        mean, variance = (values[:-1, :-1] for values in count.moments(cumulated=True))
        band_mean, band_variance = count.moments()
    else:
        mean, variance = _pooled(observed, shuffled)
        band_mean, band_variance = _pooled(count.observed, tables)
    ratio, z = standardised(observed, mean, variance)
    usual, band_usual = mean, band_mean
    if block_days is not None:
        from genk_geo.stats.near_repeats.without_repeats import expected_without_repeats

        close = expected_without_repeats(count, block_days)
        usual = close.cumsum(axis=0).cumsum(axis=1)
        ratio = standardised(observed, usual, variance)[0]
        band_usual = np.pad(close, ((0, 1), (0, 1)))
    most = _largest_excess(shuffled, mean, variance, far)
    p_value = (1.0 + (most[:, None, None] >= z - 1e-9).sum(axis=0)) / (permutations + 1.0)
    reaches = pd.DataFrame(
        {
            "distance_m": np.repeat(count.distances[1:], count.spans.size - 1),
            "days": np.tile(count.spans[1:], count.distances.size - 1),
            "observed": observed.ravel(),
            "expected": usual.ravel(),
            "ratio": ratio.ravel(),
            "z": z.ravel(),
            "p_value": np.where(np.isnan(z), 1.0, p_value).ravel(),
            "fading_p": fading.ravel(),
        }
    )
    kept = np.repeat(far, count.spans.size - 1)
    bands = _bands(count, tables, (band_mean, band_variance), band_usual)
    told = f"{permutations:,}, {seed_of(rng)}"
    lines = pair_lines(xy, days, distance_bands[-1], time_bands[-1])
    return NearRepeats(bands, reaches[kept].reset_index(drop=True), told, lines)


def _up_to(tables: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Pairs within each reach: bands added up, those beyond the last edges left out."""
    return tables.cumsum(axis=-2).cumsum(axis=-1)[..., :-1, :-1]


def _fading(observed: npt.NDArray[np.int64], shuffled: npt.NDArray[np.int64]) -> Floats:
    """How often shuffles have as large a part of their pairs at short delays, by reach.

    The last but one band of time is the comparison: delays between the last edge and twice that.
    """
    every = np.concatenate([observed[None], shuffled]).cumsum(axis=1)[:, :-1]
    within = every[..., :-1].sum(axis=-1, keepdims=True)
    part = every[..., :-2].cumsum(axis=-1) / np.maximum(within, 1)
    return np.asarray((part >= part[0] - 1e-12).mean(axis=0))


def _pooled(observed: npt.NDArray[np.int64], shuffled: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Mean and variance of the shuffles, the data itself among them, so that all are judged alike."""
    every = np.concatenate([shuffled, observed[None]])
    return every.mean(axis=0), every.var(axis=0)


def _largest_excess(
    shuffled: npt.NDArray[np.int64], mean: Floats, variance: Floats, far: npt.NDArray[np.bool_]
) -> Floats:
    """Largest standardised excess of each shuffle over the reaches that are looked at."""
    z = standardised(shuffled, mean, variance)[1][:, far]
    largest: Floats = np.where(np.isnan(z), -np.inf, z).max(axis=(1, 2))
    return largest


def _bands(
    count: PairCount, tables: npt.NDArray[np.int64], shuffled: tuple[Floats, Floats], usual: Floats
) -> pd.DataFrame:
    """Bands with z and p against the shuffles, and the ratio to what is usual without repeats."""
    z = standardised(count.observed, *shuffled)[1]
    ratio = standardised(count.observed, usual, shuffled[1])[0]
    p_value = (1.0 + (tables >= count.observed).sum(axis=0)) / (len(tables) + 1.0)
    rows, columns = count.distances.size - 1, count.spans.size - 1
    table = pd.DataFrame(
        {
            "from_m": np.repeat(count.distances[:-1], columns),
            "to_m": np.repeat(count.distances[1:], columns),
            "from_days": np.tile(count.spans[:-1], rows),
            "to_days": np.tile(count.spans[1:], rows),
        }
    )
    found = {"observed": count.observed, "expected": usual, "ratio": ratio, "z": z, "p_value": p_value}
    return table.assign(**{name: values[:-1, :-1].ravel() for name, values in found.items()})
