"""Dangerous stretches: windows that slide along the streets, and the strongest that chance would give."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.errors import ConfigError
from genk_geo.reference.streets.street_network import StreetNetwork
from genk_geo.show import Look, MappedFrame, Note
from genk_geo.stats.checks import generator, seed_of
from genk_geo.stats.network.exposure import piece_rates
from genk_geo.stats.network.reach import Reached, Spots, within_reach
from genk_geo.stats.network.segments import lixel_frame, pieces_of, snap_to_network, street_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from genk_geo.stats.checks import Chance
    from genk_geo.stats.network.segments import Pieces

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_COLUMNS = ["place", "window_m", "length_m", "observed", "expected", "relative_risk", "llr", "p_value"]


class _Windows(NamedTuple):
    """Windows of one length: which pieces each holds, and what chance expects there."""

    window_m: float
    holds: Reached
    expected: Floats


_LOOK = Look("stretches", colour="danger", tips=("name", "observed", "events", "expected", "p_value"))


def dangerous_stretches(
    segments: gpd.GeoDataFrame | StreetNetwork,
    events: gpd.GeoDataFrame,
    *,
    windows_m: Sequence[float] = (200.0, 400.0),
    lixel_m: float = 25.0,
    max_distance_m: float = 50.0,
    replicates: int = 999,
    max_p: float = 0.05,
    rng: Chance = None,
) -> gpd.GeoDataFrame:
    """Find stretches of street with more events than their length and class would give.

    A window is all street within half its length of a place, along the streets: a stretch of road, or the
    arms of a junction.

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        LineStrings in a metric system; ``road_class`` and ``name`` are used where present.
    events : geopandas.GeoDataFrame
        Points.
    windows_m : sequence of float
        Lengths of the windows.
    lixel_m : float, default 25
        Step of the windows.
    max_distance_m : float, default 50
        Events further from every segment are left out.
    replicates : int, default 999
        Data sets of as many events, spread by length within each class.
    max_p : float, default 0.05
        Weaker stretches are not returned.
    rng : numpy.random.Generator, int or None
        Source of randomness.

    Returns
    -------
    geopandas.GeoDataFrame
        Index: ``number``, strongest first; no two share a piece of street. ``place`` (street names),
        ``window_m``, ``length_m`` (street in it), ``observed``, ``expected``, ``relative_risk`` (observed /
        expected), ``llr`` (log likelihood ratio), ``p_value`` (of the strongest window anywhere, so corrected
        for all that were looked at), geometry: the pieces.

    Raises
    ------
    ConfigError
        If a length, the replicates or the limit is impossible.
    SchemaError
        If the segments or events are not right.

    Notes
    -----
    Kulldorff's scan statistic (Poisson, given the total) on network windows, as in Shiode (2011) and
    Okabe and Sugihara (2012, chapter 8).

    Examples
    --------
    Eight of nine accidents at one place on a road of two kilometres:

    >>> streets = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (2000, 0)])], crs=31370)
    >>> events = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500] * 8 + [1500], [0] * 9, crs=31370))
    >>> found = gg.stats.dangerous_stretches(streets, events, windows_m=[200], rng=np.random.default_rng(1))
    >>> found[["observed", "expected", "p_value"]].round(3).values.tolist()
    [[8.0, 1.013, 0.001]]
    """
    _check(windows_m, replicates, max_p)
    network = StreetNetwork.from_segments(segments)
    pieces = pieces_of(network, lixel_m)
    placed = snap_to_network(events, network, max_distance_m=max_distance_m)
    on = placed[placed["segment"] >= 0]
    segment = on["segment"].to_numpy()
    piece = pieces.at(segment, on["offset_m"].to_numpy())
    total = len(piece)
    told = (("shuffles", f"{replicates:,}, {seed_of(rng)}"),)
    nothing = gpd.GeoDataFrame(
        {name: pd.Series(dtype="object") for name in _COLUMNS}, geometry=[], crs=network.segments.crs
    )
    nothing.index = pd.RangeIndex(1, 1, name="number")
    if total < 2:
        return MappedFrame.of(nothing, _LOOK)
    rates = piece_rates(network, pieces, segment)
    windows = _windows(network, pieces, rates, windows_m)
    strongest = _strongest_by_chance(windows, rates / rates.sum(), total, replicates, generator(rng))
    found = _choose(windows, np.bincount(piece, minlength=len(rates)).astype(float), total, strongest, max_p)
    if not found:
        return MappedFrame.of(nothing, _LOOK, told)
    return MappedFrame.of(_build_frame(network, pieces, found), _LOOK, told, _says)


def _says(table: pd.DataFrame) -> tuple[Note, ...]:
    """The strongest stretch."""
    best = table.iloc[0]
    values = {name: best[name] for name in ("observed", "expected")}
    return (Note("stretch", {**values, "metres": best["length_m"], "p": best["p_value"]}),)


def _check(windows_m: Sequence[float], replicates: int, max_p: float) -> None:
    if not len(windows_m) or not all(length > 0 for length in windows_m):
        raise ConfigError("windows_m: needed at least one length above 0 metres.")
    if replicates < 1 or not 0 < max_p <= 1:
        raise ConfigError(
            "{replicates} replicates and max_p {max_p:g}: needed 1 or more, and 0 to 1.",
            replicates=replicates,
            max_p=max_p,
        )


def _windows(
    network: StreetNetwork, pieces: Pieces, rates: Floats, windows_m: Sequence[float]
) -> tuple[_Windows, ...]:
    middles = Spots(pieces.segment, pieces.middle_m)
    found = []
    for window_m in sorted(windows_m):
        holds = within_reach(network, middles, middles, window_m / 2)
        found.append(_Windows(float(window_m), holds, holds.sums(rates)))
    return tuple(found)


def _strongest_by_chance(
    windows: tuple[_Windows, ...], share: Floats, total: int, replicates: int, rng: np.random.Generator
) -> Floats:
    """Highest log likelihood ratio of each replicate, over all windows."""
    from genk_geo.stats.network.window_scan import highest_ratios

    ends = np.cumsum(share)
    drawn = np.minimum(
        np.searchsorted(ends, rng.random((replicates, total)) * ends[-1], side="right"), len(share) - 1
    )
    workers = os.cpu_count() or 1
    best = np.zeros(replicates)
    for window in windows:
        holds = window.holds

        def run(part: Ints, window: _Windows = window, holds: Reached = holds) -> Floats:
            top: Floats = highest_ratios(part, holds.start, holds.target, window.expected, total)
            return top

        with ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(run, np.array_split(drawn, workers)))
        best = np.maximum(best, np.concatenate(parts))
    return best


def _choose(
    windows: tuple[_Windows, ...], counts: Floats, total: int, strongest: Floats, max_p: float
) -> list[dict[str, Any]]:
    """Windows by strength that share no piece with a stronger one."""
    from genk_geo.stats.inference.likelihood_ratio import log_ratio

    observed = [window.holds.sums(counts) for window in windows]
    ratios = [
        np.array([log_ratio(c, e, total) for c, e in zip(count, window.expected, strict=True)])
        for window, count in zip(windows, observed, strict=True)
    ]
    size = np.repeat(np.arange(len(windows)), [len(part) for part in ratios])
    middle = np.concatenate([np.arange(len(part)) for part in ratios])
    flat = np.concatenate(ratios)
    p_values = (1 + (strongest[None, :] >= flat[:, None] - 1e-9).sum(axis=1)) / (1 + len(strongest))
    worth = np.flatnonzero((flat > 0) & (p_values <= max_p))
    taken = np.zeros(len(counts), dtype=bool)
    found = []
    for at in worth[np.lexsort((middle[worth], size[worth], -np.round(flat[worth], 9)))]:
        window = windows[size[at]]
        mine = window.holds.target[window.holds.start[middle[at]] : window.holds.start[middle[at] + 1]]
        if taken[mine].any():
            continue
        taken[mine] = True
        expected = float(window.expected[middle[at]])
        count = int(observed[size[at]][middle[at]])
        found.append(
            {
                "pieces": mine,
                "window_m": window.window_m,
                "observed": count,
                "expected": expected,
                "relative_risk": count / expected,
                "llr": float(flat[at]),
                "p_value": float(p_values[at]),
            }
        )
    return found


def _build_frame(network: StreetNetwork, pieces: Pieces, found: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    lines = lixel_frame(network, pieces).geometry.to_numpy()
    rows = [
        {
            **row,
            "place": street_names(network.segments, pieces.segment[row["pieces"]]),
            "length_m": float(pieces.length_m[row["pieces"]].sum()),
        }
        for row in found
    ]
    shapes = [shapely.line_merge(shapely.multilinestrings(lines[row["pieces"]])) for row in found]
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=_COLUMNS), geometry=shapes, crs=network.segments.crs)
    table.index = pd.RangeIndex(1, len(table) + 1, name="number")
    return table
