"""Weights of 0 or more that add up to one, so that a mix of places follows each wanted place.

References
----------
Abadie, Diamond & Hainmueller (2010), Journal of the American Statistical Association 105, for the
synthetic control. Abadie & L'Hour (2021), same journal 116, for a penalty on it. Beck & Teboulle (2009), SIAM
Journal on Imaging Sciences 2, for the descent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

_STEPS = 400
# A change of a weight that no count of a place can tell.
_STILL = 1e-5


def simplex_weights(
    donors: Floats, wanted: Floats, noise: Floats, penalty: float, allowed: Flags | None = None
) -> Floats:
    """Weights that make a mix of donors follow each wanted series, the noisier a donor the less.

    It minimises ``sum((wanted - donors @ w)²) + penalty * sum(noise * w²)`` over weights of 0 or more that
    add up to one. With a penalty without end the weights go as one over the noise.

    Parameters
    ----------
    donors : numpy.ndarray, shape (blocks, n)
        Series of the donors, as multiples of their own level.
    wanted : numpy.ndarray, shape (blocks, k)
        Series to follow, likewise.
    noise : numpy.ndarray, shape (n,)
        Variance of each donor's series by chance alone, above 0, up to a constant.
    penalty : float
        0 or more; ``inf`` looks at the noise only.
    allowed : numpy.ndarray of bool, shape (n, k), optional
        Which donors each series may be made of; all where absent.

    Returns
    -------
    numpy.ndarray, shape (n, k)
    """
    n, k = donors.shape[1], wanted.shape[1]
    open_ = np.ones((n, k), dtype=bool) if allowed is None else allowed
    # In units of their own noise all donors are equally uncertain, and the descent is well conditioned.
    scale = 1.0 / np.sqrt(noise)
    calm = np.where(open_, scale[:, None], 0.0)
    start = calm / (calm**2).sum(axis=0)
    if not np.isfinite(penalty):
        calmest: Floats = start * scale[:, None]
        return calmest
    scaled = donors * scale
    steep = float(np.linalg.norm(scaled, 2)) ** 2 + penalty
    found = ahead = start
    speed = 1.0
    for _ in range(_STEPS):
        slope = scaled.T @ (scaled @ ahead - wanted) + penalty * ahead
        new = _onto_simplex(ahead - slope / steep, scale, open_)
        faster = (1.0 + np.sqrt(1.0 + 4.0 * speed**2)) / 2.0
        step = new - found
        # Momentum that points uphill is dropped (O'Donoghue & Candes 2015).
        uphill = ((ahead - new) * step).sum(axis=0) > 0
        ahead = new + np.where(uphill, 0.0, (speed - 1.0) / faster) * step
        found, speed = new, faster
        if np.abs(step).max() < _STILL * np.abs(new).max():
            break
    weights: Floats = found * scale[:, None]
    return weights


def _onto_simplex(point: Floats, scale: Floats, allowed: Flags) -> Floats:
    """Nearest point, column by column, with ``scale @ v = 1`` and v of 0 or more, 0 where not allowed."""
    # v = max(point - t * scale, 0): entries leave in the order of point / scale.
    key = np.where(allowed, point / scale[:, None], -np.inf)
    order = np.argsort(-key, axis=0, kind="stable")
    ranked = np.take_along_axis(key, order, axis=0)
    square = scale[order] ** 2
    usable = np.isfinite(ranked)
    filled = np.where(usable, ranked, 0.0)
    whole = np.cumsum(square * filled, axis=0) - 1.0
    cut = whole / np.cumsum(square, axis=0)
    kept = (usable & (ranked > cut)).sum(axis=0)
    last = np.take_along_axis(cut, np.maximum(kept - 1, 0)[None], axis=0)
    return np.where(allowed, np.maximum(point - last * scale[:, None], 0.0), 0.0)
