"""Evidence that one model catches more than another, valid however often one looks.

An interval that is looked at every week excludes the truth sooner or later. An e-value does not: where two
models are equally good, the chance that it ever reaches 1 / a is at most a, over all looks together (Ville).
So a model may be taken in use in the week in which its evidence gets there, and several candidates share a.

What is weighed are the differences of each week. Where neither model is better, a week in which one catches
so many more is as likely as one in which it catches so many fewer, whatever else drives the counts; then
``exp(bet * sum - bet**2 * sum of squares / 2)`` is a fair bet or worse. Bets of several sizes share the
stake.

References
----------
de la Pena (1999), Annals of Probability 27, for the symmetric bet; Robbins (1970), Annals of Mathematical
Statistics 41, for mixtures; Ramdas et al. (2023), Statistical Science 38, for e-values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Spread of the bets, an incident more a week at a time: from great differences in few weeks to small ones.
_SPREADS = (0.03, 0.1, 0.3, 1.0)


def evidence(differences: npt.ArrayLike) -> float:
    """Weigh that differences lie above zero.

    Parameters
    ----------
    differences : array_like, shape (weeks,)
        What a model caught more than the other in each week, from the first week that both were scored on.

    Returns
    -------
    float
        E-value: 1 says nothing, 40 is as sure as 2.5 % at any number of looks.
    """
    from scipy.special import log_ndtr, logsumexp

    given = np.asarray(differences, dtype=float)
    total, squares = float(given.sum()), float((given**2).sum())
    spread = np.asarray(_SPREADS) ** 2
    wide = 1.0 + spread * squares
    # Bets upward only: half a normal distribution of them, integrated.
    logs = (
        np.log(2.0) - 0.5 * np.log(wide) + spread * total**2 / (2.0 * wide)
        + log_ndtr(total * np.sqrt(spread / wide))
    )  # fmt: skip
    return float(np.exp(min(logsumexp(logs) - np.log(spread.size), 700.0)))
