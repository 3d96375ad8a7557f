"""Did a measure help? The weighted displacement difference of counts before and after.

References
----------
Wheeler & Ratcliffe (2018), Crime Science 7:11. Guerette & Bowers (2009), Criminology 47, on displacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What an area can be in an evaluation, and how its change counts.
ROLES = {"treated": 1, "control": -1, "displacement": 1, "displacement_control": -1}
#: Levels of the intervals.
LEVELS = (0.90, 0.95)
#: Below this many incidents in any of the counts, the normal interval is not to be trusted.
SMALL = 5
#: Below this p-value a difference is called unlikely to be chance.
UNLIKELY = 0.05


@dataclass(frozen=True)
class Displacement:
    """What changed where a measure was taken, against what changed elsewhere.

    Attributes
    ----------
    counts : pandas.DataFrame
        Index: role; columns ``before``, ``after``, ``change``.
    estimate : float
        Weighted displacement difference: incidents more (above 0) or fewer (below 0) in the treated area, and
        in the ring around it, than the control areas lead one to expect.
    standard_error : float
        Square root of the sum of all counts.
    z, p_value : float
        Estimate over its standard error, and the two-sided p-value of that; NaN when nothing was counted.
    intervals : pandas.DataFrame
        Index: level (.90 and .95); columns ``low``, ``high`` of the estimate.
    exact_p : float
        Two-sided p-value of Fisher's exact test that treated (with ring) and control changed by the same
        factor: for small counts.
    small : bool
        True where a count is below 5: then `exact_p` is the one to go by.

    Examples
    --------
    Fewer in the treated streets, while the control area stayed as it was:

    >>> found = gg.stats.displacement({"treated": 160, "control": 200}, {"treated": 90, "control": 196})
    >>> found.estimate, round(found.z, 2), found.verdict
    (-66.0, -2.6, 'fewer')
    """

    counts: pd.DataFrame
    estimate: float
    standard_error: float
    z: float
    p_value: float
    intervals: pd.DataFrame
    exact_p: float
    small: bool

    @property
    def verdict(self) -> Literal["fewer", "more", "even"]:
        """What may be said: ``even`` where the difference may be chance, by the test to go by."""
        if not (self.exact_p if self.small else self.p_value) < UNLIKELY:
            return "even"
        return "fewer" if self.estimate < 0 else "more"


def displacement(before: Mapping[str, int], after: Mapping[str, int]) -> Displacement:
    """Compare the change in treated areas with the change in control areas.

    The estimate is (after - before) of the treated area minus that of the control area, plus the same of the
    displacement ring (minus that of its own control, where there is one). Each count is Poisson, so that its
    variance is the count itself and the variance of the estimate the sum of all counts.

    Parameters
    ----------
    before, after : mapping of str to int
        Incidents by role in two periods of equal length: ``treated`` and ``control``, and where wanted
        ``displacement`` and ``displacement_control``.

    Returns
    -------
    Displacement

    Raises
    ------
    SchemaError
        If a role is unknown or missing, or a count is no whole number of 0 or more.

    Examples
    --------
    Nearly all that left the treated streets turns up in the ring around them:

    >>> before = {"treated": 160, "control": 200, "displacement": 80}
    >>> after = {"treated": 90, "control": 196, "displacement": 141}
    >>> gg.stats.displacement(before, after).estimate
    -5.0
    """
    roles = _checked_roles(before, after)
    counts = pd.DataFrame(
        {"before": [int(before[role]) for role in roles], "after": [int(after[role]) for role in roles]},
        index=pd.Index(roles, name="role"),
    )
    counts["change"] = counts["after"] - counts["before"]
    sign = np.array([ROLES[role] for role in roles])
    estimate = float((sign * counts["change"]).sum())
    error = float(np.sqrt(counts[["before", "after"]].to_numpy().sum()))
    z, p_value, intervals = _normal(estimate, error)
    return Displacement(
        counts, estimate, error, z, p_value, intervals, _exact(counts, sign),
        bool((counts[["before", "after"]] < SMALL).any(axis=None)),
    )  # fmt: skip


def _normal(estimate: float, error: float) -> tuple[float, float, pd.DataFrame]:
    from scipy.stats import norm

    half = [error * float(norm.ppf((1 + level) / 2)) for level in LEVELS]
    intervals = pd.DataFrame(
        {"low": [estimate - one for one in half], "high": [estimate + one for one in half]},
        index=pd.Index(LEVELS, name="level"),
    )
    if error == 0:
        return float("nan"), float("nan"), intervals
    return estimate / error, float(2 * norm.sf(abs(estimate) / error)), intervals


def _exact(counts: pd.DataFrame, sign: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    from scipy.stats import fisher_exact

    table = [counts.loc[sign == side, ["before", "after"]].sum().tolist() for side in (1, -1)]
    return float(fisher_exact(table).pvalue)


def _checked_roles(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    if set(before) != set(after):
        raise SchemaError(
            f"The counts: before has {sorted(before)}, after has {sorted(after)}: needed the same."
        )
    unknown = sorted(set(before) - set(ROLES))
    if unknown:
        raise SchemaError(f"Unknown role: {', '.join(unknown)}. Known: {', '.join(ROLES)}.")
    missing = [role for role in ("treated", "control") if role not in before]
    if missing:
        raise SchemaError(f"No counts for {' and '.join(missing)}: needed both a treated and a control area.")
    if "displacement_control" in before and "displacement" not in before:
        raise SchemaError("A displacement_control was given without a displacement area.")
    wrong = [role for one in (before, after) for role, count in one.items() if not _is_count(count)]
    if wrong:
        raise SchemaError(
            f"The counts of {', '.join(sorted(set(wrong)))}: needed whole numbers of 0 or more."
        )
    return [role for role in ROLES if role in before]


def _is_count(value: object) -> bool:
    return isinstance(value, Real) and float(value).is_integer() and float(value) >= 0
