"""Did a measure help? Counts before and after, against those of areas where nothing was done.

References
----------
Wheeler & Ratcliffe (2018), Crime Science 7:11, for the weighted displacement difference. Guerette & Bowers
(2009), Criminology 47, on displacement. Fisher (1935) for the conditional test of two rates of change, and
McCullagh & Nelder (1989), section 6.2, for counts that vary more than chance alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError, all_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]

#: What an area can be in an evaluation, and how its change counts.
ROLES = {"treated": 1, "control": -1, "displacement": 1, "displacement_control": -1}
#: Levels of the intervals.
LEVELS = (0.90, 0.95)
#: Below this many incidents in any of the counts, the normal interval is not to be trusted.
SMALL = 5
#: From so many times as many incidents on, two areas do not change by equal numbers when nothing happens.
UNEQUAL = 1.5
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
        factor.
    ratio : float
        By what factor the treated area (with ring) changed, over that of the control areas: 0.8 is 20 % fewer
        than the comparison leads one to expect. NaN or infinite where a count is 0.
    ratio_p : float
        What the verdict goes by: `exact_p`, or the quasi-Poisson p-value where `dispersion` is above 1.
    dispersion : float
        Variance over mean that the counts were taken to have.
    small : bool
        True where a count is below 5: then the normal interval of `estimate` cannot be trusted.
    unequal : bool
        True where the treated area had more than 1.5 times as many incidents before as its control, or fewer
        than that part of them. Then `estimate` has no meaning: a year in which everything falls by a quarter
        takes more from the larger area.

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
    ratio: float
    ratio_p: float
    dispersion: float
    small: bool
    unequal: bool

    @cached_property
    def ratio_intervals(self) -> pd.DataFrame:
        """Limits of the ratio. Index: level (.90 and .95); columns ``low``, ``high``.

        Exact ones given the totals, or quasi-Poisson ones where the counts vary more than chance. They are
        solved when they are asked for: that takes longer than everything else.
        """
        table = _two_by_two(self.counts)
        return _exact_limits(table) if self.dispersion == 1 else _quasi_poisson(table, self.dispersion)[1]

    @property
    def verdict(self) -> Literal["fewer", "more", "even"]:
        """What may be said of the ratio: ``even`` where the difference may be chance."""
        if not self.ratio_p < UNLIKELY:
            return "even"
        return "fewer" if self.ratio < 1 else "more"


def displacement(
    before: Mapping[str, int], after: Mapping[str, int], *, dispersion: float = 1.0
) -> Displacement:
    """Compare the change in treated areas with the change in control areas.

    It is judged by the ratio of their factors of change, which holds for areas of any size. Beside it stands
    the weighted displacement difference, for areas of about equal numbers: (after - before) of the treated
    area minus that of the control area, plus the same of the displacement ring (minus that of its own
    control, where there is one). Each count varies as its mean, times the dispersion.

    Parameters
    ----------
    before, after : mapping of str to int
        Incidents by role in two periods of equal length: ``treated`` and ``control``, and where wanted
        ``displacement`` and ``displacement_control``.
    dispersion : float, default 1
        Variance over mean of such counts in earlier periods (:func:`genk_geo.stats.overdispersion`), 1 or
        more; 1 is chance alone.

    Returns
    -------
    Displacement

    Raises
    ------
    SchemaError
        If a role is unknown or missing, or a count is no whole number of 0 or more.
    ConfigError
        If the dispersion is below 1 or endless.

    Examples
    --------
    Nearly all that left the treated streets turns up in the ring around them:

    >>> before = {"treated": 160, "control": 200, "displacement": 80}
    >>> after = {"treated": 90, "control": 196, "displacement": 141}
    >>> gg.stats.displacement(before, after).estimate
    -5.0

    Everything fell by a quarter; that the control area is ten times as large is no news:

    >>> found = gg.stats.displacement({"treated": 20, "control": 200}, {"treated": 15, "control": 150})
    >>> found.estimate, found.ratio, found.unequal, found.verdict
    (45.0, 1.0, True, 'even')
    """
    from scipy.stats import fisher_exact

    if not (np.isfinite(dispersion) and dispersion >= 1):
        raise ConfigError(
            "dispersion: given {dispersion}, needed variance over mean, 1 or more.", dispersion=dispersion
        )
    roles = _checked_roles(before, after)
    counts = pd.DataFrame(
        {"before": [int(before[role]) for role in roles], "after": [int(after[role]) for role in roles]},
        index=pd.Index(roles, name="role"),
    )
    counts["change"] = counts["after"] - counts["before"]
    sign = np.array([ROLES[role] for role in roles])
    estimate = float((sign * counts["change"]).sum())
    error = float(np.sqrt(dispersion * counts[["before", "after"]].to_numpy().sum()))
    z, p_value, intervals = _normal(estimate, error)
    table = _two_by_two(counts)
    exact_p = float(fisher_exact(table).pvalue)
    ratio_p = exact_p if dispersion == 1 else _quasi_poisson(table, dispersion)[0]
    return Displacement(
        counts, estimate, error, z, p_value, intervals, exact_p, _ratio(table), ratio_p, dispersion,
        small=bool((counts[["before", "after"]] < SMALL).any(axis=None)),
        unequal=_unequal(counts["before"]),
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


def _two_by_two(counts: pd.DataFrame) -> Counts:
    """Before and after, of what should change (first row) and of what it is compared with."""
    sign = counts.index.map(ROLES)
    return np.array([counts.loc[sign == side, ["before", "after"]].sum() for side in (1, -1)], dtype=int)


def _ratio(table: Counts) -> float:
    """Factor of change of the first row over that of the second."""
    (treated, treated_after), (control, control_after) = table.tolist()
    parts, whole = treated_after * control, treated * control_after
    if whole == 0:
        return float("nan") if parts == 0 else float("inf")
    return float(parts / whole)


def _exact_limits(table: Counts) -> pd.DataFrame:
    """Limits of the ratio, given the totals of both periods and both sides."""
    from scipy.stats.contingency import odds_ratio

    if (table.sum(axis=0) == 0).any() or (table.sum(axis=1) == 0).any():
        return _limits([(0.0, float("inf"))] * len(LEVELS))
    turned = odds_ratio(table[:, ::-1])
    return _limits([tuple(turned.confidence_interval(level)) for level in LEVELS])


def _quasi_poisson(table: Counts, dispersion: float) -> tuple[float, pd.DataFrame]:
    """p-value and limits of the ratio, from its logarithm; half an incident more where none was counted."""
    from scipy.stats import norm

    known = table + (0.5 if (table == 0).any() else 0.0)
    centre = float(np.log(known[0, 1] * known[1, 0] / (known[0, 0] * known[1, 1])))
    error = float(np.sqrt(dispersion * (1.0 / known).sum()))
    half = [error * float(norm.ppf((1 + level) / 2)) for level in LEVELS]
    limits = _limits([(float(np.exp(centre - one)), float(np.exp(centre + one))) for one in half])
    return float(2 * norm.sf(abs(centre) / error)), limits


def _limits(pairs: Sequence[tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["low", "high"], index=pd.Index(LEVELS, name="level"))


def _unequal(before: pd.Series[int]) -> bool:
    """Whether an area, and what it is compared with, had numbers too different to subtract changes."""
    pairs = (("treated", "control"), ("displacement", "displacement_control"))
    told = [sorted(float(before[role]) for role in pair) for pair in pairs if set(pair) <= set(before.index)]
    return any(most > UNEQUAL * max(least, 1.0) for least, most in told)


def _checked_roles(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    if set(before) != set(after):
        raise SchemaError(
            "The counts: before has {before}, after has {after}: needed the same.",
            before=sorted(before),
            after=sorted(after),
        )
    unknown = sorted(set(before) - set(ROLES))
    if unknown:
        raise SchemaError(
            "Unknown role: {unknown}. Known: {roles}.", unknown=", ".join(unknown), roles=", ".join(ROLES)
        )
    missing = [role for role in ("treated", "control") if role not in before]
    if missing:
        raise SchemaError(
            "No counts for {missing}: needed both a treated and a control area.",
            missing=all_of(missing),
        )
    if "displacement_control" in before and "displacement" not in before:
        raise SchemaError("A displacement_control was given without a displacement area.")
    wrong = [role for one in (before, after) for role, count in one.items() if not _is_count(count)]
    if wrong:
        raise SchemaError(
            "The counts of {wrong}: needed whole numbers of 0 or more.", wrong=", ".join(sorted(set(wrong)))
        )
    return [role for role in ROLES if role in before]


def _is_count(value: object) -> bool:
    return isinstance(value, Real) and float(value).is_integer() and float(value) >= 0
