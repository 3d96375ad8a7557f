"""Which number of a date is the day: decided from all values of a column, never value by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from genk_geo.errors import Message, all_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.ingestion.moments.forms import Forms

    Floats = npt.NDArray[np.float64]
    Days = npt.NDArray[np.datetime64]

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = get_args(Order)
IN_WORDS = {"dmy": Message("day first"), "mdy": Message("month first"), "ymd": Message("year first")}

_FIRST_YEAR, _LAST_YEAR = 1970, 2100
# So few values against an order are errors of writing, which are rejected; more are another order.
_ERRORS = 0.05
# So many different dates of which none tells day from month are no accident.
_TELLING = 8
# Years of two digits need fewer.
_TELLING_YEARS = 3
_SPAN = 3.0
_LONG_AGO_DAYS = 10 * 366


@dataclass(frozen=True)
class Decision:
    """Order of a column.

    Attributes
    ----------
    order : str
        ``dmy``, ``mdy`` or ``ymd``.
    sure : bool
        Whether values of the column decide it.
    witnesses : tuple of int
        Places of values that decide, or of those that fit more than one order.
    doubt : str
        Why the column can't be read; empty where it can.
    """

    order: Order
    sure: bool
    witnesses: tuple[int, ...] = ()
    doubt: str = ""


def days_of(forms: Forms, order: Order) -> Days:
    """Midnight of each date, its numbers read in an order; NaT where there is no such day."""
    a, b, c = forms.a, forms.b, forms.c
    parts = {"dmy": (c, b, a), "mdy": (c, a, b), "ymd": (a, b, c)}[order]
    year, month, day = (
        np.where(forms.settled, own, part) for own, part in zip((a, b, c), parts, strict=True)
    )
    short = ~forms.settled & (year < 100)
    year = np.where(short, year + np.where(year < 70, 2000, 1900), year)
    return calendar_days(year, month, day)


def calendar_days(year: Floats, month: Floats, day: Floats) -> Days:
    """Midnight of a date; NaT where there is no such day."""
    fits = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(fits, (year - 1970) * 12 + month - 1, 0).astype(np.int64).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(fits, day - 1, 0).astype("timedelta64[D]")
    fits &= days.astype("datetime64[M]") == months
    return np.where(fits, days.astype("datetime64[us]"), np.datetime64("NaT", "us"))


def decide_order(forms: Forms, latest: np.datetime64 | None = None) -> Decision:
    """Decide the order of a column of dates.

    Parameters
    ----------
    forms : Forms
        Each different text once.
    latest : numpy.datetime64, optional
        The present; later dates speak against an order.

    Returns
    -------
    Decision
        Day first where nothing in the column says otherwise.
    """
    open_ = np.isfinite(forms.a) & ~forms.settled
    if not open_.any():
        return Decision("dmy", sure=False)
    days = {order: days_of(forms, order)[open_] for order in ORDERS}
    fits = {order: ~np.isnat(days[order]) for order in ORDERS}
    places = np.flatnonzero(open_)
    only = {
        order: fits[order] & ~np.any([fits[other] for other in ORDERS if other != order], axis=0)
        for order in ORDERS
    }
    votes = {order: int(only[order].sum()) for order in ORDERS}
    ranked = sorted(ORDERS, key=lambda order: (-votes[order], ORDERS.index(order)))
    best, second = ranked[:2]
    if votes[best] and votes[second] > _ERRORS * votes[best]:
        witnesses = tuple(int(places[np.flatnonzero(only[one])[0]]) for one in (best, second))
        doubt = Message(
            "some can only be {order} and some only {other}", order=IN_WORDS[best], other=IN_WORDS[second]
        )
        return Decision(best, sure=True, witnesses=witnesses, doubt=doubt)
    possible = [order for order in ORDERS if fits[order].sum() >= (1 - _ERRORS) * _most(fits)]
    if votes[best] and (best == "dmy" or votes[best] > _ERRORS * len(places)):
        possible = [order for order in possible if fits[order][only[best]].all()] or [best]
    if len(possible) == 1:
        telling = only[best] if votes[best] and best == possible[0] else fits[possible[0]]
        telling = telling & (~fits["dmy"] if possible[0] != "dmy" else True)
        return Decision(possible[0], sure=True, witnesses=tuple(places[np.flatnonzero(telling)[:3]].tolist()))
    return _likeliest({order: days[order] for order in possible}, places, latest)


def _most(fits: dict[Order, npt.NDArray[np.bool_]]) -> int:
    return max(int(mask.sum()) for mask in fits.values())


def _likeliest(
    days: dict[Order, Days], places: npt.NDArray[np.intp], latest: np.datetime64 | None
) -> Decision:
    """Of orders that all fit, the one in which the dates lie close together and not long ago."""
    different = len(np.unique(next(iter(days.values()))))
    spans = {order: _span(one) for order, one in days.items()}
    if latest is not None:
        strange = {order: _strange(one, latest) for order, one in days.items()}
        least = min(strange.values())
        if least < max(strange.values()):
            spans = {order: span for order, span in spans.items() if strange[order] == least}
    default: Order = "dmy" if "dmy" in spans else min(spans, key=ORDERS.index)
    shortest = min(spans, key=lambda order: (spans[order], ORDERS.index(order)))
    example = tuple(places[:3].tolist())
    doubt = Message("all can be read {orders}", orders=all_of([IN_WORDS[order] for order in days]))
    if len(spans) == 1:
        # the calendar rules nothing out here, the present does: enough for the year, not for the month
        if default == "mdy" and "dmy" in days:
            return Decision(
                "dmy", sure=False, witnesses=example, doubt=doubt if different >= _TELLING else ""
            )
        return Decision(default, sure=default != "dmy", witnesses=example)
    if shortest != default and different >= 3 and spans[default] > _SPAN * max(spans[shortest], 7.0):
        return Decision(default, sure=False, witnesses=example, doubt=doubt)
    much_shorter = all(spans[order] > _SPAN * max(spans[default], 7.0) for order in spans if order != default)
    telling = _TELLING if "mdy" in spans else _TELLING_YEARS
    if different >= telling and not much_shorter:
        return Decision(default, sure=False, witnesses=example, doubt=doubt)
    return Decision(default, sure=False, witnesses=example)


def _span(days: Days) -> float:
    known = days[~np.isnat(days)]
    return float((known.max() - known.min()) / np.timedelta64(1, "D")) if known.size else 0.0


def _strange(days: Days, latest: np.datetime64) -> int:
    """0: within some years before the present; 1: many long ago; 2: many in the future."""
    known = days[~np.isnat(days)]
    if not known.size:
        return 2
    if (known > latest + np.timedelta64(1, "D")).mean() > _ERRORS:
        return 2
    return int((known < latest - np.timedelta64(_LONG_AGO_DAYS, "D")).mean() > _ERRORS)
