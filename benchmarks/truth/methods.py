"""What each method draws on the map of a history: ours in its variants, and what is plainly done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from cities import WEEK, middles

from genk_geo import stats
from genk_geo.calendar import Window
from genk_geo.config import GridSettings, Settings
from genk_geo.jobs.history import ThemeHistory
from genk_geo.jobs.week.attention import attention_places, judge_places
from genk_geo.jobs.week.hotspots import find_heat
from genk_geo.jobs.week.signals import signals

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from genk_geo.jobs.ground import Ground

    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

#: Places that a list of five or a map of the densest ground shows.
TOP, DENSEST = 5, 0.01
#: Places of a ranking that are looked at.
TEN = 10
#: Middles of two places lie at least so far apart.
APART_M = 300.0


def with_settings(history: ThemeHistory, **changed: bool) -> ThemeHistory:
    """The same incidents under other settings."""
    settings = history.settings.model_copy(update=changed)
    return ThemeHistory(history.theme, settings, history.incidents, history.ground)


def window_of(history: ThemeHistory) -> Window:
    return Window(WEEK, history.settings.window_weeks)


def ours(history: ThemeHistory, *, bundle: bool = True, restless: bool = True) -> Mask:
    """Cells of the hotspot areas of the weekly job."""
    told = with_settings(history, bundle=bundle, restless=restless)
    cells = find_heat(told.of_events, window_of(told), GridSettings()).cells
    return history.ground.cells.index.isin(cells["cell_id"])


def top_cells(history: ThemeHistory) -> Mask:
    """The five cells with most reports."""
    return _largest(history.counts(window_of(history)).to_numpy(dtype=float), TOP)


def kernel(history: ThemeHistory) -> Mask:
    """The densest hundredth of the cells, quartic kernel of 300 m."""
    density = _density(history)
    return _largest(density, round(DENSEST * len(density)))


def _density(history: ThemeHistory) -> Floats:
    return density_of(history.ground, history.counts(window_of(history)))


def density_of(ground: Ground, counts: pd.Series) -> Floats:
    """Quartic kernel of 300 m on counts by cell."""
    grid = ground.grid.cells
    col, row = (grid[name].to_numpy() - grid[name].min() for name in ("col", "row"))
    raster = np.zeros((row.max() + 1, col.max() + 1))
    raster[row, col] = counts
    from scipy.signal import fftconvolve

    steps = np.arange(-3, 4) / 3.0
    weight = np.maximum(1.0 - steps[:, None] ** 2 - steps[None] ** 2, 0.0) ** 2
    return np.asarray(fftconvolve(raster, weight, "same")[row, col])


def empirical_bayes(history: ThemeHistory) -> Mask:
    """The five windows of nine cells with the highest shrunken risk (gamma-Poisson, moments)."""
    return _largest(_shrunken(history), TOP)


def _shrunken(history: ThemeHistory) -> Floats:
    return shrunken_of(history.ground, history.counts(window_of(history)), history.expected_share)


def shrunken_of(ground: Ground, counts: pd.Series, share: pd.Series) -> Floats:
    """Risk of nine cells, shrunken by the moments of all."""
    expected = ground.discs.sums(share.to_numpy())[0] * counts.sum()
    observed = ground.discs.sums(counts.to_numpy(dtype=float))[0]
    lived = expected > 0
    rate = observed[lived].sum() / expected[lived].sum()
    between = ((observed - rate * expected) ** 2 - rate * expected)[lived].sum() / (
        expected[lived] ** 2
    ).sum()
    shape = rate**2 / max(between, 1e-6)
    return np.where(lived, (observed + shape) / (expected + shape / rate), 0.0)


def normal_fdr(history: ThemeHistory) -> Mask:
    """Gi* by the normal approximation with false-discovery control, as esda and others offer it."""
    from scipy.stats import norm

    counts = history.counts(window_of(history))
    z = stats.local_g(counts, history.ground.links, permute="all")["z"]
    return np.asarray(stats.q_values(norm.sf(z.to_numpy())) <= 0.05)


METHODS: dict[str, Callable[[ThemeHistory], Mask]] = {
    "ours": ours,
    "ours, reports": lambda history: ours(history, bundle=False, restless=False),
    "ours, events only": lambda history: ours(history, restless=False),
    "ours, dispersion only": lambda history: ours(history, bundle=False),
    "five cells": top_cells,
    "kernel 1 %": kernel,
    "empirical Bayes": empirical_bayes,
    "normal FDR": normal_fdr,
}


#: What places are ranked by, ours first, by cell.
RANKINGS: dict[str, Callable[[ThemeHistory], Floats]] = {
    "ours": lambda history: _odds(history.of_events),
    "most reports": lambda history: history.counts(window_of(history)).to_numpy(dtype=float),
    "kernel density": _density,
    "empirical Bayes": _shrunken,
}


def _odds(history: ThemeHistory) -> Floats:
    """Odds of the places that go on, above 0 in their order."""
    judged = judge_places(history, window_of(history))
    return above_zero(judged.risk["log_odds"].where(judged.goes_on).to_numpy())


def above_zero(value: Floats) -> Floats:
    """The same order from 1 up; 0 where there is nothing."""
    return np.nan_to_num(value - np.nanmin(value, initial=0.0) + 1.0)


def first_ten(value: Floats) -> npt.NDArray[np.intp]:
    """The ten highest places of which no two lie within 300 m; ties by place."""
    middle = middles()
    order = np.lexsort((np.arange(value.size), -value.round(9)))
    order = order[value[order] > 0][:3000]
    kept: list[int] = []
    while len(kept) < TEN and order.size:
        kept.append(int(order[0]))
        order = order[np.hypot(*(middle[order] - middle[order[0]]).T) >= APART_M - 1e-3]
    return np.array(kept, dtype=np.intp)


def attention(history: ThemeHistory) -> list[Mask]:
    """Cells of each place that the page tells: proven hotspots, then points of attention; ten at most."""
    events, cells = history.of_events, history.ground.cells
    heat = find_heat(events, window_of(history), GridSettings())
    found = attention_places(events, window_of(history), heat.cells)
    shapes = [*heat.areas.sort_values("q_value").geometry, *([] if found is None else found.geometry)]
    middle = cells.geometry.representative_point()
    return [middle.within(shape).to_numpy() for shape in shapes[:TEN]]


def rarest_signal(history: ThemeHistory, *, bundle: bool, restless: bool, seed: int) -> float:
    """How seldom chance gives a signal as rare as the rarest of the week, in weeks; 0 for none."""
    told = with_settings(history, bundle=bundle, restless=restless).of_events
    settings = Settings(seed=seed, signals={"replicates": 199, "every_weeks": 52})
    found = signals(told, WEEK, as_of=WEEK.end() + pd.Timedelta(days=1), settings=settings)
    return 0.0 if found is None or found.empty else float(found["every_weeks"].max())


def _largest(values: npt.NDArray[np.float64], n: int) -> Mask:
    """The n largest that are above zero; ties by place."""
    order = np.lexsort((np.arange(values.size), -values))[:n]
    mask = np.zeros(values.size, dtype=bool)
    mask[order] = values[order] > 0
    return mask
