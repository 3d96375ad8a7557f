"""The search of a scan of counts: every window of every shape, the real cases and drawn ones alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError
from genk_geo.stats.scanning.clusters import (
    Reporting,
    Scan,
    build_scan,
    check_limits,
    in_threads,
    without_overlap,
)
from genk_geo.stats.scanning.shapes import around, check_room, compactness, distances, shapes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from genk_geo.stats.scanning.shapes import Around

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ScanLimits:
    """Which circles, ellipses and windows a scan of counts looks at.

    Attributes
    ----------
    radius_m : float
        Largest radius, of an ellipse half of its long axis.
    largest_share : float
        Largest share of all that is expected (or of all people) in one circle.
    longest : int, optional
        Longest window in periods; half of all periods by default.
    alive : bool
        Only clusters that last until the last period (prospective).
    min_cases : int
        Fewest cases of a cluster.
    ratios : tuple of float
        Length over breadth of the windows: 1 is a circle; 1.5, 2, 3, 4 and 5 are ellipses in 4, 6, 9, 12 and
        15 directions.
    penalty : float
        Narrow ellipses are held back: their likelihood ratio is multiplied with 4 r / (r + 1)² to this power;
        0: not at all, 1: strongly.

    Examples
    --------
    Only what lasts until the last period: the larger cluster is over:

    >>> cases = [[1, 9, 1, 1], [1, 1, 1, 1], [1, 1, 1, 5]]
    >>> alive, xy = gg.stats.ScanLimits(alive=True), [[0, 0], [1000, 0], [0, 1000]]
    >>> found = gg.stats.scan_counts(xy, cases, np.ones((3, 4)), limits=alive)
    >>> found.clusters.loc[0, ["x", "y", "first", "last"]].tolist()
    [0.0, 1000.0, 3.0, 3.0]
    """

    radius_m: float = np.inf
    largest_share: float = 0.5
    longest: int | None = None
    alive: bool = False
    min_cases: int = 2
    ratios: tuple[float, ...] = (1.0,)
    penalty: float = 0.5


#: Windows anywhere in the record, circles of up to half of what is expected.
RETROSPECTIVE = ScanLimits()


class Question(NamedTuple):
    """What a scan of counts is asked.

    Attributes
    ----------
    places : numpy.ndarray, shape (places, 2)
        Where.
    cases : numpy.ndarray of int, shape (places, periods)
        Cases.
    weight : numpy.ndarray, shape (places, periods)
        What is expected, or all people, cases among them.
    everybody : float
        All people; 0 where `weight` is what is expected.
    apart : numpy.ndarray, optional
        Distances between places that are not straight ones.
    """

    places: Floats
    cases: Ints
    weight: Floats
    everybody: float
    apart: Floats | None = None


class _Best(NamedTuple):
    """Best window of each centre and shape."""

    ratio: Floats
    held: Ints
    first: Ints
    after: Ints


def search(
    question: Question, drawn: Iterable[Ints], *, limits: ScanLimits, reporting: Reporting, replicates: int
) -> Scan:
    """Find the windows with the highest likelihood ratios and set them against drawn cases."""
    places, cases, weight = question.places, question.cases, question.weight
    periods = cases.shape[1]
    span = max(periods // 2, 1) if limits.longest is None else limits.longest
    check_limits(limits.radius_m, span, replicates)
    views = _views(question, limits)

    def judge(counts: Ints) -> _Best:
        return _judge(views, counts, question, limits, span)

    best = judge(cases)
    largest = np.array(in_threads(lambda one: float(judge(one).ratio.max()), drawn))
    n, total = len(places), int(cases.sum())
    share = weight * (total / weight.sum())

    def members(i: int) -> npt.NDArray[np.int32]:
        return views[i // n].near.order[i % n, : best.held[i]]

    rows, shapes = [], []
    for i in without_overlap(best.ratio, members, reporting.most):
        view, centre, window = views[i // n], i % n, slice(best.first[i], best.after[i])
        inside, radius = members(i), view.rim[centre, best.held[i] - 1]
        seen, likely = cases[inside, window].sum(), share[inside, window].sum()
        ends = (best.first[i], best.after[i] - 1)
        rows.append((*places[centre], radius, *ends, seen, likely, best.ratio[i], inside))
        shapes.append(view.shape)
    return build_scan(rows, total, largest, every_days=reporting.every_days, shapes=shapes)


def _views(question: Question, limits: ScanLimits) -> list[Around]:
    """Places around each centre, for every shape."""
    shapes = shapes_of(limits.ratios)
    if not limits.penalty >= 0:
        raise ConfigError("penalty: given {penalty}, needed 0 or more.", penalty=limits.penalty)
    if question.apart is not None and any(shape.ratio > 1.0 for shape in shapes):
        raise ConfigError("ratios: ellipses need straight distances; leave `distances` out, or take circles.")
    check_room(len(question.places), len(shapes))
    weight = question.weight.sum(axis=1)
    most = limits.largest_share * weight.sum()
    return [
        around(
            distances(question.places, shape) if question.apart is None else question.apart,
            shape, weight, radius_m=limits.radius_m, most=most,
        )
        for shape in shapes
    ]  # fmt: skip


def _judge(views: list[Around], cases: Ints, question: Question, limits: ScanLimits, span: int) -> _Best:
    from genk_geo.stats.scanning.cylinders import all_cylinders

    parts = []
    for view in views:
        ratio, *rest = all_cylinders(view.near, cases, question.weight, question.everybody, span,
            limits.min_cases, limits.alive,
        )  # fmt: skip
        parts.append((ratio * compactness(view.shape, limits.penalty), *rest))
    return _Best(*(np.concatenate(column) for column in zip(*parts, strict=True)))
