"""Is the nearest neighbour nearer than by chance? The index of Clark and Evans.

References
----------
Clark & Evans (1954), Ecology 35; Donnelly (1978), in Hodder (ed.), Simulation Studies in Archaeology, for the
correction at the edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from genk_geo.errors import ConfigError
from genk_geo.stats.checks import generator, seed_of
from genk_geo.stats.patterns.study_area import pattern, study_area

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.stats.checks import Chance
    from genk_geo.stats.patterns.study_area import Window

    Floats = npt.NDArray[np.float64]

NearestCorrection = Literal["simulated", "donnelly", "none"]


class ClarkEvans(NamedTuple):
    """How near the nearest neighbour is.

    Attributes
    ----------
    ratio : float
        Mean distance to the nearest neighbour over what chance gives; below 1: clustered, above: regular.
    z : float
        Standardised; below 0: clustered.
    p_value : float
        Two-sided.
    seed : str
        Where chance came from; empty where nothing was drawn.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> xy = rng.normal(500, 60, (30, 2))
    >>> found = gg.stats.clark_evans(xy, window=(0, 0, 1000, 1000), rng=rng)
    >>> found.ratio < 0.5, found.p_value
    (True, 0.002)
    """

    ratio: float
    z: float
    p_value: float
    seed: str = ""


def clark_evans(
    xy: npt.ArrayLike,
    *,
    window: Window,
    correction: NearestCorrection = "simulated",
    among: npt.ArrayLike | None = None,
    simulations: int = 999,
    rng: Chance = None,
) -> ClarkEvans:
    """Compare the mean distance to the nearest neighbour with what chance gives.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Points in metres.
    window : tuple or shapely polygon
        Where points could have been seen: (xmin, ymin, xmax, ymax) or a polygon.
    correction : {"simulated", "donnelly", "none"}
        What chance gives: the mean of patterns drawn in the same window (any window, and `among`), Donnelly's
        formula for a rectangle, or that of an endless plain, which calls patterns more regular than they are.
    among : array_like, shape (m, 2), optional
        Places that chance chooses among, such as dwellings; only with ``"simulated"``.
    simulations : int, default 999
        Patterns that are drawn.
    rng : numpy.random.Generator, int or None
        Source of them.

    Returns
    -------
    ClarkEvans

    Raises
    ------
    SchemaError
        If there are fewer than two points, or one is missing or outside the window.
    ConfigError
        If the correction does not go with the window or with `among`.

    Examples
    --------
    A square of points is as regular as can be:

    >>> xy = [[x, y] for x in range(50, 1000, 100) for y in range(50, 1000, 100)]
    >>> round(gg.stats.clark_evans(xy, window=(0, 0, 1000, 1000), correction="none").ratio, 2)
    2.0
    """
    area = study_area(window, among)
    points = pattern(xy, area.polygon)
    n, seen = len(points), _mean_nearest(points)
    if correction == "simulated":
        if simulations < 1:
            raise ConfigError("simulations: needed at least one, to draw what chance gives.")
        source = generator(rng)
        drawn = np.array([_mean_nearest(area.draw(n, source)) for _ in range(simulations)])
        spread = float(drawn.std())
        below, above = (drawn <= seen).sum(), (drawn >= seen).sum()
        p = min(2.0 * (1 + min(below, above)) / (1 + simulations), 1.0)
        usual = float(drawn.mean())
        z = (seen - usual) / spread if spread > 0 else 0.0
        return ClarkEvans(seen / usual, z, float(p), seed_of(rng))
    if among is not None:
        raise ConfigError('among: only with correction="simulated".')
    size = area.area_m2
    if correction == "none":
        usual, variance = 0.5 * np.sqrt(size / n), (4 - np.pi) * size / (4 * np.pi * n**2)
    elif correction == "donnelly":
        if not area.is_rectangle:
            raise ConfigError('correction: Donnelly\'s is for a rectangle; take "simulated".')
        rim = float(area.polygon.length)
        usual = 0.5 * np.sqrt(size / n) + (0.0514 + 0.0412 / np.sqrt(n)) * rim / n
        variance = 0.0703 * size / n**2 + 0.037 * rim * np.sqrt(size / n**5)
    else:
        raise ConfigError(
            "correction: given {correction!r}, needed simulated, donnelly or none.", correction=correction
        )
    from scipy.special import ndtr

    z = float((seen - usual) / np.sqrt(variance))
    return ClarkEvans(float(seen / usual), z, float(2.0 * ndtr(-abs(z))))


def _mean_nearest(points: Floats) -> float:
    """Mean distance of points to their nearest neighbour."""
    from scipy.spatial import KDTree

    return float(KDTree(points).query(points, k=2)[0][:, 1].mean())
