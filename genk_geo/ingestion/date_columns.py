"""The date columns of a file: in which order they are written, and what their clock times are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import Message, SupplierFileError
from genk_geo.ingestion.moments.order import IN_WORDS, Decision, Order, decide_order
from genk_geo.ingestion.times import DateColumn, Written, read_dates, read_moments, without_standing_in

if TYPE_CHECKING:
    from genk_geo.ingestion.profiles.profile import Profile
    from genk_geo.ingestion.rows import Rows

_COLUMNS = ("from", "to", "reported")
_TWO_DIGITS = 100


@dataclass(frozen=True)
class DateColumns:
    """What the date columns of a file say.

    Attributes
    ----------
    written : dict of str to Written
        ``from``, ``to`` and ``reported``.
    warnings : tuple of str
        What was decided about them.
    """

    written: dict[str, Written]
    warnings: tuple[str, ...]


def which_column(rows: Rows) -> str:
    """Field that says when the window begins: a date, or a year with what stands beside it."""
    return "from_date" if rows.has("from_date") or not rows.has("year") else "year"


def read_date_columns(rows: Rows, profile: Profile, latest: np.datetime64) -> DateColumns:
    """Read the date columns of a file.

    Parameters
    ----------
    rows : Rows
        Text of the file.
    profile : Profile
        May say the order of day, month and year.
    latest : numpy.datetime64
        The present, on the clock of the file.

    Returns
    -------
    DateColumns
        Aligned with `rows`.

    Raises
    ------
    SupplierFileError
        If the values of a column fit more than one order, or no single one.
    """
    dates = {which: read_dates(_date_texts(rows, which)) for which in _COLUMNS}
    orders, warnings = _orders(rows, dates, profile.order, latest)
    written = {}
    for which, column in dates.items():
        read = read_moments(column, _time_texts(rows, which), order=orders[which])
        read, count = without_standing_in(read)
        if count:
            label = rows.name(f"{which}_time" if rows.has(f"{which}_time") else _field(rows, which))
            warnings.append(
                Message(
                    "{count} rows have exactly 00:00 or 12:00 in {label}, far more than the hours around: "
                    "taken as an unknown hour",
                    count=count,
                    label=label,
                )
            )
        written[which] = read
    months = int(written["from"].whole_month.sum())
    if months and rows.has("from_date"):
        warnings.append(
            Message(
                "{months} rows give a month and no day: they count for the month, not for a week",
                months=months,
            )
        )
    return DateColumns(written, tuple(warnings))


def _field(rows: Rows, which: str) -> str:
    return which_column(rows) if which == "from" else f"{which}_date"


def _date_texts(rows: Rows, which: str) -> pd.Series:
    if which != "from" or which_column(rows) == "from_date":
        return rows.text(f"{which}_date")
    year = _whole(rows.text("year"))
    number = pd.to_numeric(year, errors="coerce")
    short = number.notna() & (number < _TWO_DIGITS) & (year.str.len() <= 2)
    full = (number.fillna(0) + np.where(number < 70, 2000, 1900)).astype(int).astype("str")
    text = year.where(~short, full) + "-" + _whole(rows.text("month"))
    if rows.has("day"):
        day = _whole(rows.text("day"))
        text = text.where(day.isin(["", "0", "00", "99"]), text + "-" + day)
    return text.where(text != "-", "")


def _whole(numbers: pd.Series) -> pd.Series:
    return numbers.str.replace(r"[.,]0+$", "", regex=True)


def _time_texts(rows: Rows, which: str) -> pd.Series | None:
    if rows.has(f"{which}_time"):
        return rows.text(f"{which}_time")
    if which == "from" and which_column(rows) == "year" and rows.has("hour") and rows.has("day"):
        return rows.text("hour")
    return None


def _orders(
    rows: Rows, dates: dict[str, DateColumn], told: Order | None, latest: np.datetime64
) -> tuple[dict[str, Order], list[str]]:
    """Order of each column; one that does not say it follows the others of the file."""
    if told is not None:
        return dict.fromkeys(dates, told), []
    decisions = {which: decide_order(column.forms, latest) for which, column in dates.items()}
    sure = {decision.order for decision in decisions.values() if decision.sure and not decision.doubt}
    orders: dict[str, Order] = {}
    warnings: list[str] = []
    for which, decision in decisions.items():
        label = rows.name(_field(rows, which))
        if decision.doubt and not (len(sure) == 1 and not decision.sure):
            raise _doubtful(label, dates[which], decision)
        orders[which] = next(iter(sure)) if not decision.sure and len(sure) == 1 else decision.order
        if decision.sure and decision.order != "dmy":
            warnings.append(
                Message(
                    "the dates in {label} are written {in_words}: {dates} fits no other order",
                    label=label,
                    in_words=IN_WORDS[decision.order],
                    dates=dates[which].examples(decision.witnesses[:1]),
                )
            )
    return orders, warnings


def _doubtful(label: str, column: DateColumn, decision: Decision) -> SupplierFileError:
    return SupplierFileError(
        "The dates in {label} cannot be read safely: {doubt} (look at {column}). Say it in the profile: "
        'date_order = "dmy" (day first), "mdy" (month first) or "ymd" (year first), or ask the supplier for '
        "2026-12-31.",
        label=label,
        doubt=decision.doubt,
        column=column.examples(decision.witnesses),
    )
