"""What next week may look like, seen at many scales: the columns that every forecast model is built from.

References
----------
Mohler et al. (2011), Journal of the American Statistical Association 106: background and triggering at
several scales. Bowers, Johnson & Pease (2004), British Journal of Criminology 44: ProMap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from genk_geo.stats.outlook.record import WeekRecord

    Floats = npt.NDArray[np.float64]

#: Half-life of the baseline.
BASELINE_WEEKS = 13.0
#: Half-lives in weeks; infinity counts every past incident alike. The shortest ones, spread over the nearest
#: cells, are the near repeat.
HALF_LIVES = (1.0, 2.0, 6.0, BASELINE_WEEKS, 26.0, 52.0, np.inf)
#: Standard deviations of the spread over the surroundings, in cells.
SPREADS = (0.0, 1.0, 2.0, 4.0, 8.0)
#: Retrospective density: a quartic kernel over the last weeks.
DENSITY_RADIUS_M, DENSITY_WEEKS = 300.0, 52
#: ProMap: reach, and width of its distance bands.
PROMAP_REACH_M, PROMAP_BAND_M, PROMAP_WEEKS = 400.0, 50.0, 8
#: The same season of former years: so many weeks around the same week.
SEASON_WEEKS = 3
_YEAR = 52


class Scale(NamedTuple):
    """A decay and a spread."""

    half_life_weeks: float
    spread_cells: float


SCALES = tuple(Scale(half_life, spread) for half_life in HALF_LIVES for spread in SPREADS)


class Components:
    """Columns of expected counts for the week after the origin, renewed week by week.

    A component is a map of the expected counts of the next week by one simple rule: past counts with one
    decay and one spread, the same season of former years, ground, dwellings, a factor of the environment.

    Parameters
    ----------
    record : WeekRecord
        Incidents; only what is known at an origin is used at that origin.
    exposure : numpy.ndarray, optional
        Dwellings of each cell.
    factors : mapping of str to numpy.ndarray, optional
        Other values of each cell, 0 or more, such as the score of a risk terrain.
    """

    def __init__(
        self,
        record: WeekRecord,
        *,
        exposure: Floats | None = None,
        factors: Mapping[str, Floats] | None = None,
    ) -> None:
        self._record, self._raster = record, record.raster
        #: What is left of the past, by spread, half-life and cell. To spread and to fade are both linear:
        #: each week only what it adds is spread, not everything that went before.
        self._decayed = np.zeros((len(SPREADS), len(HALF_LIVES), len(record.grid)))
        self._next = 0
        self._by_known = np.argsort(record.known, kind="stable")
        self._begins = np.searchsorted(record.known[self._by_known], np.arange(record.weeks + 1))
        still = {"even": np.ones(len(record.grid)), "area": record.grid.cells["area_m2"].to_numpy(float)}
        if exposure is not None and exposure.sum() > 0:
            still["exposure"] = exposure
        still |= {f"factor:{name}": values for name, values in (factors or {}).items() if values.sum() > 0}
        self._still = {name: values / values.sum() for name, values in still.items()}
        self.names: tuple[str, ...] = (
            *(scale_name(scale) for scale in SCALES), "density", "promap", "season", *self._still,
        )  # fmt: skip

    def at(self, origin: int) -> npt.NDArray[np.float32]:
        """Components for the week after `origin`, shape (components, cells); origins go up, gaps allowed."""
        for week in range(self._next, origin + 1):
            self._take_in(week)
        self._next = origin + 1
        level = self._level(origin)
        columns = self._scaled(origin)
        columns += [self._density(origin, level), self._promap(origin, level), self._season(origin, level)]
        columns += [share * level for share in self._still.values()]
        return np.array(columns, dtype=np.float32)

    def _take_in(self, week: int) -> None:
        """Let the past fade by a week and add what became known, each incident at its own age."""
        record, raster = self._record, self._raster
        new = self._by_known[self._begins[week] : self._begins[week + 1]]
        cell, age = record.cell[new], week - record.week[new]
        fade = 0.5 ** (1 / np.array(HALF_LIVES))
        self._decayed *= fade[:, None]
        ages = np.unique(age)
        if ages.size == 0:
            return
        counts = np.array([np.bincount(cell[age == one], minlength=len(record.grid)) for one in ages], float)
        weights = fade[:, None] ** ages
        if ages.size > len(HALF_LIVES):
            counts, weights = weights @ counts, np.eye(len(HALF_LIVES))
        for at, cells in enumerate(SPREADS):
            self._decayed[at] += weights @ raster.smooth(counts, cells * raster.cell_m)

    def _scaled(self, origin: int) -> list[Floats]:
        """Mean count a week at every scale, in the order of the scales."""
        weeks = [_weight_sum(one, origin) for one in HALF_LIVES]
        means = self._decayed / np.array(weeks)[:, None]
        return [layer[of] for of in range(len(HALF_LIVES)) for layer in means]

    def _level(self, origin: int) -> float:
        """Incidents a week, lately."""
        lately = self._decayed[SPREADS.index(0.0), HALF_LIVES.index(BASELINE_WEEKS)]
        return float(lately.sum() / _weight_sum(BASELINE_WEEKS, origin))

    def _density(self, origin: int, level: float) -> Floats:
        counts = self._counts(np.arange(origin + 1 - DENSITY_WEEKS, origin + 1), origin)
        away = self._raster.distances(DENSITY_RADIUS_M) / DENSITY_RADIUS_M
        return _at_level(self._raster.around(counts, np.maximum(1 - away**2, 0) ** 2), level)

    def _counts(self, weeks: npt.NDArray[np.int64], origin: int) -> Floats:
        """Incidents of some weeks by cell, as known at an origin."""
        record = self._record
        return np.bincount(record.cell[record.seen(weeks, origin)], minlength=len(record.grid)).astype(float)

    def _promap(self, origin: int, level: float) -> Floats:
        record = self._record
        recent = np.sort(record.seen(np.arange(origin + 1 - PROMAP_WEEKS, origin + 1), origin))
        weight = 1 / (1.0 + (origin - record.week[recent]))
        counts = np.bincount(record.cell[recent], weights=weight, minlength=len(record.grid)).astype(float)
        away = self._raster.distances(PROMAP_REACH_M)
        kernel = np.where(away <= PROMAP_REACH_M, 1 / (1 + away // PROMAP_BAND_M), 0.0)
        return _at_level(self._raster.around(counts, kernel), level)

    def _season(self, origin: int, level: float) -> Floats:
        weeks = np.arange(origin + 1)
        ahead = origin + 1 - weeks
        off = np.abs(ahead - _YEAR * np.round(ahead / _YEAR))
        counts = self._counts(weeks[(ahead > _YEAR // 2) & (off <= SEASON_WEEKS)], origin)
        return _at_level(self._raster.smooth(counts, self._raster.cell_m), level)


def scale_name(scale: Scale) -> str:
    """Name of a component, such as ``13w+2`` (half-life of 13 weeks, spread over 2 cells)."""
    return f"{scale.half_life_weeks:g}w+{scale.spread_cells:g}"


def harmonics(weeks: Floats, *, pairs: int = 2) -> Floats:
    """Sine and cosine of the place in the year, shape (weeks, 2 x pairs)."""
    turn = 2 * np.pi * np.asarray(weeks, dtype=float)[:, None] / 52.1775 * np.arange(1, pairs + 1)
    return np.hstack([np.sin(turn), np.cos(turn)])


def _weight_sum(half_life: float, origin: int) -> float:
    """Sum of the weights of all weeks so far: divided by it, a decayed count is a mean count a week."""
    if np.isinf(half_life):
        return origin + 1.0
    fade = 0.5 ** (1 / half_life)
    return float((1 - fade ** (origin + 1)) / (1 - fade))


def _at_level(shape: Floats, level: float) -> Floats:
    total = shape.sum()
    return shape * (level / total) if total > 0 else shape
