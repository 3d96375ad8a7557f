"""What a scan found: clusters that do not overlap, how surprising and how rare they are.

References
----------
Abrams, Kulldorff & Kleinman (2010), International Journal of Health Geographics 9, for the Gumbel
approximation.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError
from genk_geo.show import Layer, Look, Shown, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy.typing as npt

    from genk_geo.show.words import Words

    Floats = npt.NDArray[np.float64]
    Weigher = Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]

_EULER = 0.5772156649015329
_WEIGHED_BY: ContextVar[Weigher | None] = ContextVar("weighed_by", default=None)


@dataclass(frozen=True)
class Reporting:
    """How clusters are reported.

    Attributes
    ----------
    most : int
        Most clusters to report.
    every_days : float
        Days from one look to the next, for the recurrence interval.

    Examples
    --------
    The strongest cluster alone, of a scan that is made every day:

    >>> xy = [[0, 0], [4000, 0], [0, 4000], [4000, 4000]] * 6 + [[90, 0]] * 5
    >>> one = gg.stats.Reporting(most=1, every_days=1.0)
    >>> len(gg.stats.scan(xy, [*range(24)] + [24] * 5, reporting=one).clusters)
    1
    """

    most: int = 10
    every_days: float = 7.0


#: Highest p of a cluster that a map shows.
_SHOWN_P = 0.05
#: Ten clusters, looked at once a week.
WEEKLY = Reporting()


@dataclass(frozen=True, repr=False)
class Scan(Shown):
    """Clusters that a scan found, the strongest first.

    Attributes
    ----------
    clusters : pandas.DataFrame
        ``x``, ``y`` (centre), ``radius`` (of an ellipse half of the long axis), ``first``, ``last`` (days or
        periods, both included), ``observed``, ``expected``, ``relative_risk`` (inside against outside),
        ``llr``, ``p_value`` (Monte Carlo), ``p_gumbel`` (for the far tail), ``recurrence_days`` (days until
        chance alone gives such a cluster once), ``members`` (tuple of positions of the events or places in
        it), ``ratio`` (length over breadth, 1 for a circle), ``angle`` (of the long axis, degrees from east
        to north). Clusters do not overlap.
    largest : numpy.ndarray
        Largest log-likelihood ratio of each shuffled data set.
    crs : int or None
        EPSG code of the places, where they were given as a layer.
    dated : bool
        Whether days count from the first of January 1970, because moments were given.
    seed : str
        Where chance came from.

    Examples
    --------
    Five events at one place on the last day, against 999 shuffles:

    >>> xy = [[0, 0], [4000, 0], [0, 4000], [4000, 4000]] * 6 + [[90, 0]] * 5
    >>> found = gg.stats.scan(xy, [*range(24)] + [24] * 5)
    >>> sorted(found.clusters.loc[0, "members"]), found.largest.size
    ([24, 25, 26, 27, 28], 999)
    """

    clusters: pd.DataFrame
    largest: Floats
    crs: int | None = None
    dated: bool = False
    seed: str = ""

    def shows(self, words: Words) -> View:
        """The clusters, the strongest first."""
        facts = [("shuffles", f"{self.largest.size:,}" + (f", {self.seed}" if self.seed else ""))]
        facts.append(("clusters", f"{len(self.clusters)}"))
        for row in self.clusters.head(5).to_dict("records"):
            what = f"{row['observed']} against {row['expected']:.1f} expected within {row['radius']:,.0f} m"
            when = f"{self.day(row['first'])} to {self.day(row['last'])}"
            facts.append(("cluster", f"{what}, {when}, p = {row['p_value']:.3g}"))
        return View(words("title.scan"), tuple(facts), self._layers(), notes=(self._sentence(words),))

    def _sentence(self, words: Words) -> str:
        if self.clusters.empty:
            return words.note("no_scan")
        best = self.clusters.iloc[0]
        return words.note(
            "scan",
            observed=best["observed"], expected=best["expected"], metres=best["radius"], p=best["p_value"],
            first=self.day(best["first"]), last=self.day(best["last"]),
        )  # fmt: skip

    def day(self, number: float) -> str:
        """A day as it is told: a date where moments were given."""
        return str(np.datetime64(int(number), "D")) if self.dated else f"{number:g}"

    def _layers(self) -> tuple[Layer, ...]:
        if self.crs is None:
            return ()
        import geopandas as gpd
        from shapely import affinity

        table = self.clusters.drop(columns="members").assign(
            verdict=np.where(self.clusters["p_value"] <= _SHOWN_P, "stands_out", "chance"),
            first=[self.day(one) for one in self.clusters["first"]],
            last=[self.day(one) for one in self.clusters["last"]],
        )
        circles = gpd.points_from_xy(table["x"], table["y"]).buffer(1.0)
        shapes = [
            affinity.rotate(affinity.scale(one, long, long / ratio), angle)
            for one, long, ratio, angle in zip(
                circles, np.maximum(table["radius"], 25.0), table["ratio"], table["angle"], strict=True
            )
        ]
        frame = gpd.GeoDataFrame(table, geometry=shapes, crs=self.crs)
        tips = ("observed", "expected", "relative_risk", "first", "last", "p_value", "recurrence_days")
        # a circle on a map is taken for a finding: what chance gives as well is in the table only
        return (
            Layer(frame, Look("clusters", "verdict", "names", tips=tips, hidden=("chance",), private=True)),
        )


def check_limits(radius_m: float, window: int, replicates: int) -> None:
    """Refuse impossible limits."""
    for name, value, least in (
        ("radius_m", radius_m, 0.0),
        ("window", window, 1),
        ("replicates", replicates, 1),
    ):
        if not value >= least:
            raise ConfigError(
                "{name}: given {value}, needed at least {least:g}.", name=name, value=value, least=least
            )


def in_threads(weigh: Callable[[Any], Any], drawn: Iterable[Any]) -> list[Any]:
    """Weigh what is drawn on all cores, in the order of drawing; elsewhere within :func:`weighed_by`."""
    elsewhere = _WEIGHED_BY.get()
    if elsewhere is not None:
        return elsewhere(weigh, drawn)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(weigh, drawn))


@contextmanager
def weighed_by(run: Weigher) -> Iterator[None]:
    """Let the replicates of scans be weighed elsewhere, such as on other machines.

    They are drawn here, in one order from one source, so that it makes no difference to what is found.

    Parameters
    ----------
    run : callable
        Gets the function that weighs and what was drawn; gives back what came out, in the order of drawing.
    """
    token = _WEIGHED_BY.set(run)
    try:
        yield
    finally:
        _WEIGHED_BY.reset(token)


def without_overlap(ratio: Floats, members: Callable[[int], npt.NDArray[np.integer]], most: int) -> list[int]:
    """Centres of the strongest cylinders that share no member."""
    chosen: list[int] = []
    taken: set[int] = set()
    for i in np.lexsort((np.arange(ratio.size), -ratio)):
        if ratio[i] <= 0 or len(chosen) == most:
            break
        inside = set(members(int(i)).tolist())
        if not inside & taken:
            chosen.append(int(i))
            taken |= inside
    return chosen


def build_scan(
    rows: list[tuple[object, ...]],
    total: int,
    largest: Floats,
    *,
    every_days: float,
    shapes: Sequence[tuple[float, float]] = (),
) -> Scan:
    """Judge clusters against the largest ratio of each shuffled data set.

    Parameters
    ----------
    rows : list of tuple
        x, y, radius, first, last, observed, expected, llr and members of each cluster.
    total : int
        All cases.
    largest : numpy.ndarray
        Largest ratio of each shuffled data set.
    every_days : float
        Days from one look to the next.
    shapes : sequence of tuple
        Length over breadth and direction of each cluster; without: circles.
    """
    columns = ["x", "y", "radius", "first", "last", "observed", "expected", "llr"]
    values = np.array([row[:-1] for row in rows], dtype=float).reshape(-1, len(columns))
    number = dict(zip(columns, values.T, strict=True))
    observed, expected, llr = (number[name] for name in ("observed", "expected", "llr"))
    outside = (total - observed) / (total - expected)
    with np.errstate(divide="ignore", invalid="ignore"):
        risk = observed / expected / outside
    p_value = ((largest[None, :] >= llr[:, None]).sum(axis=1) + 1.0) / (largest.size + 1.0)
    scale = max(float(largest.std(ddof=1)) if largest.size > 1 else 0.0, 1e-9) * np.sqrt(6.0) / np.pi
    place = largest.mean() - _EULER * scale
    # Of one shuffle nothing is known of the spread: beyond e^700 is certain anyway.
    p_gumbel = -np.expm1(-np.exp(np.minimum(-(llr - place) / scale, 700.0)))
    chance = np.where(p_value > 2.0 / (largest.size + 1.0), p_value, p_gumbel)
    drawn = np.array(shapes, dtype=float).reshape(-1, 2) if shapes else np.tile([1.0, 0.0], (len(rows), 1))
    # Made at once: column by column it would take longer than to scan a small table.
    table = pd.DataFrame(
        number
        | {name: number[name].astype(np.int64) for name in ("first", "last", "observed")}
        | {
            "members": [tuple(int(one) for one in cast("Iterable[int]", row[-1])) for row in rows],
            "relative_risk": risk,
            "p_value": p_value,
            "p_gumbel": p_gumbel,
            "recurrence_days": every_days / np.maximum(chance, 1e-300),
            "ratio": drawn[:, 0],
            "angle": drawn[:, 1],
        }
    )
    return Scan(table, largest)
