"""A model of the next week in which incidents make others likelier nearby, with a decay and reach of its own.

The self-exciting process (``stats.self_exciting``) on cells and weeks: what lasts, and followers with the
half-life and the spread under which the past weeks were likeliest, instead of one of the steps that the
mixture of scales has.

References
----------
Mohler et al. (2011), Journal of the American Statistical Association 106.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.stats.outlook.components import SPREADS, Scale, scale_name
from genk_geo.stats.outlook.mixing import LEAST, proportions, warm_from

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.outlook.examples import Examples
    from genk_geo.stats.outlook.record import CellRaster, WeekRecord

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Singles = npt.NDArray[np.float32]

#: What lasts: a year and more at every spread, the season, and what stands still.
_LASTING = {scale_name(Scale(half_life, spread)) for half_life in (52.0, np.inf) for spread in SPREADS} | {
    "season",
    "even",
    "area",
    "exposure",
}
#: Where the search begins, and its ends: half-lives in weeks, spreads in cells.
_HALF_LIVES, _SPREADS = (1.0, 4.0), (0.7, 2.0)
_LEAST_WEEKS, _MOST_WEEKS, _LEAST_CELLS, _MOST_CELLS = 0.4, 8.0, 0.3, 5.0
_SIMPLEX = np.array([[0.0, 0.0], [0.4, 0.0], [0.0, 0.4]])
#: Weeks that are learned from at most, and after which nothing follows any more.
_LEARN_WEEKS, _LONGEST = 104, 52
#: The kernel is cut off after so many standard deviations, as that of the raster is.
_CUT = 3.0


class _Pairs(NamedTuple):
    """An incident and one known before its week.

    Number of the later one, cell of the earlier, weeks between them, and cells apart.
    """

    later: Ints
    cell: Ints
    lag: Ints
    east: Ints
    north: Ints


@dataclass(frozen=True)
class Following:
    """Lasting components and the followers of what is known."""

    record: WeekRecord
    weights: Floats
    followers: float
    half_life: float
    spread: float

    def expected(self, components: Singles, origin: int) -> Floats:
        """Expected counts: what lasts, and what follows from the incidents known so far."""
        used = self.weights > 0
        lasting = self.weights[used] @ components[used].astype(float)
        seen = self.record.until(origin)
        fade = 0.5 ** (1 / self.half_life)
        due = (1 - fade) * fade ** (origin - seen.week)
        raised = np.bincount(seen.cell, weights=due, minlength=len(seen.grid))
        # A whole number of hundredths: the raster remembers the edge of every spread that it is asked for.
        spread_m = self.spread * self.record.raster.cell_m
        spread = self.record.raster.smooth(np.asarray(raised, dtype=float), spread_m)
        return np.asarray(np.maximum(lasting + self.followers * spread, LEAST))


@dataclass(frozen=True)
class SelfExciting:
    """A background of what lasts, and followers.

    Attributes
    ----------
    key : str
        Name.
    """

    key: str

    def fit(self, examples: Examples, origin: int) -> Following:
        """Find the half-life and the spread under which the past weeks were likeliest."""
        from scipy.optimize import minimize

        since = max(warm_from(origin), origin - _LEARN_WEEKS)
        chosen = np.array([_lasts(name) for name in examples.names])
        at, stands_for, sums = examples.incidents(origin, from_origin=since)
        pairs, born = _pairs(examples, origin, since)
        raster = examples.record.raster

        def mixed(log: Floats) -> tuple[float, Floats]:
            half_life, spread = _within(log)
            more = _raised(pairs, half_life, spread, at.shape[1], raster)
            columns, totals = np.vstack([at[chosen], more]), np.append(sums[chosen], _due(born, half_life))
            weights = proportions(columns, totals, stands_for)
            rates = np.maximum(weights @ columns, LEAST)
            return float(weights @ totals - (stands_for * np.log(rates)).sum()), weights

        starts = [np.log([half_life, spread]) for half_life in _HALF_LIVES for spread in _SPREADS]
        best = min(starts, key=lambda log: mixed(log)[0])
        found = minimize(
            lambda log: mixed(log)[0], best, method="Nelder-Mead",
            options={"maxfev": 40, "xatol": 0.02, "fatol": 0.05, "initial_simplex": best + _SIMPLEX},
        ).x  # fmt: skip
        weights, all_weights = mixed(found)[1], np.zeros(len(examples.names))
        all_weights[chosen] = weights[:-1]
        return Following(examples.record, all_weights, float(weights[-1]), *_within(found))


def _lasts(name: str) -> bool:
    return name in _LASTING or name.startswith("factor:")


def _within(log: Floats) -> tuple[float, float]:
    """Half-life in weeks and spread in cells, between their ends, to hundredths."""
    half_life, spread = np.exp(log)
    return (
        round(float(np.clip(half_life, _LEAST_WEEKS, _MOST_WEEKS)), 2),
        round(float(np.clip(spread, _LEAST_CELLS, _MOST_CELLS)), 2),
    )


def _pairs(examples: Examples, origin: int, since: int) -> tuple[_Pairs, Floats]:
    """Incidents of the weeks that are learned from, each with what was known before; and what was due when.

    Returns
    -------
    tuple
        The pairs, and for each week that is learned from and each age the incidents of that age.
    """
    from scipy.spatial import KDTree

    record, reach = examples.record, _CUT * _MOST_CELLS + 0.5
    place = np.column_stack(record.raster.at)[record.cell].astype(float)
    parts, born, count = [], np.zeros(_LONGEST), 0
    for one in examples.over(origin, from_origin=since):
        own = np.flatnonzero(one.known <= origin)
        before = np.flatnonzero(
            (record.known <= one.origin) & (record.week <= one.origin) & (record.week > one.origin - _LONGEST)
        )
        born += np.bincount(one.origin - record.week[before], minlength=_LONGEST)[:_LONGEST]
        here = np.column_stack(record.raster.at)[one.cell[own]].astype(float)
        if own.size and before.size:
            found = KDTree(here).query_ball_tree(KDTree(place[before]), reach, p=np.inf)
            later = np.repeat(np.arange(own.size), [len(each) for each in found])
            earlier = before[np.concatenate([np.array(each, dtype=np.int64) for each in found])]
            away = np.abs(here[later] - place[earlier]).astype(np.int64)
            ages = one.origin - record.week[earlier]
            parts.append((later + count, record.cell[earlier], ages, away[:, 1], away[:, 0]))
        count += own.size
    nothing = (np.zeros(0, dtype=np.int64),) * 5
    joined = [np.concatenate(column) for column in zip(nothing, *parts, strict=True)]
    return _Pairs(*joined), born


def _due(born: Floats, half_life: float) -> float:
    """Followers that all weeks together could have seen, if one followed from each incident."""
    fade = 0.5 ** (1 / half_life)
    return float((born * (1 - fade) * fade ** np.arange(born.size)).sum())


def _raised(pairs: _Pairs, half_life: float, spread: float, incidents: int, raster: CellRaster) -> Floats:
    """What each incident's cell and week had due from what was known before."""
    fade = 0.5 ** (1 / half_life)
    far = int(_CUT * spread + 0.5)
    steps = np.exp(-0.5 * (np.arange(far + 1) / spread) ** 2)
    steps /= steps[0] + 2 * steps[1:].sum()
    kernel = np.zeros(int(max(pairs.east.max(initial=0), pairs.north.max(initial=0), far)) + 1)
    kernel[: far + 1] = steps
    # Nothing is lost over the edge of the grid, as when the raster spreads it.
    inside = raster.inside(spread * raster.cell_m)[pairs.cell]
    value = (1 - fade) * fade**pairs.lag * kernel[pairs.east] * kernel[pairs.north] / inside
    return np.bincount(pairs.later, weights=value, minlength=incidents).astype(float, copy=False)
