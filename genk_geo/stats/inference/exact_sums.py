"""Exact distribution of the sum of k counts drawn without replacement.

The number of ways to draw k of the values with sum s is the coefficient of z^k x^s in the product over the
distinct values v (present m_v times) of sum_j C(m_v, j) z^j x^(v j). All terms are positive, so plain
floating point keeps the relative precision of the smallest tail; z is scaled by k/N to stay far from
overflow, which cancels when a row is divided by its total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: Multiplications above which moments are used instead of the exact table (about a second).
MAX_WORK = 1e9
#: The scaled coefficients grow like exp(k); beyond this they would leave the range of a double.
MAX_DRAWS = 600


def work(values: Ints, times: Ints, draws: int) -> float:
    """Multiplications that the tables need: decides between exact and moments."""
    if draws > MAX_DRAWS:
        return np.inf
    terms = np.minimum(times, draws).sum() + values.size
    depth = np.log2(values.size) + 1
    return float(terms * depth * (draws + 1) * (_largest_sum(values, times, draws) + 1))


def tail_tables(values: Ints, times: Ints, draws: int, *, remove_one: bool) -> tuple[Floats, Floats]:
    """Upper and lower tail of the sum of 0..draws values, for each distinct value removed once.

    Parameters
    ----------
    values, times : numpy.ndarray
        Distinct counts, ascending, and how often each occurs.
    draws : int
        Largest number drawn.
    remove_one : bool
        True: table i holds the draws from all counts but one of ``values[i]`` (the focal cell keeps its
        own). False: one table, drawn from all.

    Returns
    -------
    tuple of numpy.ndarray
        P(S >= s) and P(S <= s), shape (tables, draws + 1, largest sum + 1).
    """
    width = _largest_sum(values, times, draws) + 1
    scale = max(draws, 1) / max(int(times.sum()), 1)
    start = np.zeros((draws + 1, width))
    start[0, 0] = 1.0
    if remove_one:
        tables = dict(_each_removed(start, values, times, scale, 0, values.size))
        ways = np.stack([tables[i] for i in range(values.size)])
    else:
        for value, m in zip(values, times, strict=True):
            start = _times_factor(start, int(value), int(m), scale)
        ways = start[None]
    upper = np.cumsum(ways[..., ::-1], axis=-1)[..., ::-1]
    lower = np.cumsum(ways, axis=-1)
    total = lower[..., -1:]
    with np.errstate(invalid="ignore"):  # 0/0 where more are drawn than there are: no cell looks there
        return np.minimum(upper / total, 1.0), np.minimum(lower / total, 1.0)


def _largest_sum(values: Ints, times: Ints, draws: int) -> int:
    """Sum of the `draws` largest counts."""
    left, total = draws, 0
    for value, m in zip(values[::-1], times[::-1], strict=True):
        taken = min(left, int(m))
        total += taken * int(value)
        left -= taken
    return total


def _each_removed(
    product: Floats, values: Ints, times: Ints, scale: float, low: int, high: int
) -> Iterator[tuple[int, Floats]]:
    """Product over all values but one occurrence of each in turn: halving needs D log D factors, not D^2."""
    if high - low == 1:
        yield low, _times_factor(product, int(values[low]), int(times[low]) - 1, scale)
        return
    middle = (low + high) // 2
    for inside, outside in (((low, middle), (middle, high)), ((middle, high), (low, middle))):
        rest = product
        for i in range(*outside):
            rest = _times_factor(rest, int(values[i]), int(times[i]), scale)
        yield from _each_removed(rest, values, times, scale, *inside)


def _times_factor(product: Floats, value: int, m: int, scale: float) -> Floats:
    """Multiply by sum_j C(m, j) (scale z)^j x^(value j), cut at the size of the table."""
    draws, width = product.shape
    result = product.copy()
    coefficient = 1.0
    for j in range(1, min(m, draws - 1) + 1):
        coefficient *= (m - j + 1) / j * scale
        shift = value * j
        if shift >= width:
            break
        result[j:, shift:] += coefficient * product[: draws - j, : width - shift]
    return result
