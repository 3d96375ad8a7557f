"""The rows of a file, seen through a profile, and what is found wrong with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.errors import Message, MissingColumnsError, in_a_row
from genk_geo.ingestion.profiles.profile import Columns
from genk_geo.ingestion.reading.header import Header
from genk_geo.ingestion.values import cleaned, joined, matches_any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from genk_geo.ingestion.profiles.profile import Profile

# Without these a file is worth a warning: the windows or the lateness of reports cannot be known.
_MISSED = (
    "source_id",
    "from_time",
    "to_date",
    "to_time",
    "reported_date",
    "severity",
    "weak_road_user",
    "weight",
)
_TIMES = (
    "from_date",
    "from_time",
    "to_date",
    "to_time",
    "reported_date",
    "reported_time",
    "year",
    "month",
    "hour",
)
#: What has to be seen of a rejected row to mend it, besides its number with the supplier. Free text is not.
_SEEN = {
    "missing_time": _TIMES,
    "bad_time": _TIMES,
    "time_reversed": _TIMES,
    "time_in_future": _TIMES,
    "bad_coordinates": ("x", "y"),
    "outside_city": ("x", "y", "postcode", "city"),
    "missing_location": ("x", "y", "postcode", "city"),
    "bad_value": ("theme", "category", "severity", "weight"),
}
_SHOWN_CHARS = 80
_TOTALS = (
    r"(?i)^\s*(?:(?:algemeen|eind|sub|grand|general|overall)[\s-]*)?(?:totaal|totalen|total|totals|totaux|gesamt|gesamtsumme"
    r"|summe|som|somme)(?:\s+(?:g[eé]n[eé]ral|aantal|general))?\s*[:=]?\s*[0-9.]*\s*$"
)
_JOINED = ("source_id", "address")
_JOINTS = {"source_id": "\x1f", "address": " "}


class Rows:
    """Text columns of a file under the field names of a profile.

    Parameters
    ----------
    frame : pandas.DataFrame of str
        The file's own columns.
    columns : dict of str to tuple of str
        Field -> the file's columns (see :func:`find_columns`).
    """

    def __init__(self, frame: pd.DataFrame, columns: dict[str, tuple[str, ...]]) -> None:
        self.frame = frame
        self.columns = columns
        self._texts: dict[str, pd.Series] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def has(self, field: str) -> bool:
        """Whether the file has a column for the field."""
        return bool(self.columns.get(field))

    def name(self, field: str) -> str:
        """How the file calls the field, for messages."""
        return " + ".join(self.columns.get(field, ())) or field

    def text(self, field: str) -> pd.Series:
        """Cleaned text of a field; empty where the file has none."""
        if field not in self._texts:
            names = self.columns.get(field, ())
            parts = [cleaned(self.frame[name]) for name in names]
            nothing = pd.Series("", index=self.frame.index, dtype="str")
            self._texts[field] = joined(parts, _JOINTS.get(field, " ")) if parts else nothing
        return self._texts[field]

    def seen(self, positions: npt.NDArray[np.intp], reasons: npt.NDArray[np.object_]) -> list[str]:
        """What of each row is needed to find its fault: the supplier's number, the columns of the reason.

        The whole line is not kept: what else stands in it (names, free text) is nobody's business here.
        """
        shown = np.full(len(positions), "", dtype=object)
        for reason in set(reasons):
            chosen = np.flatnonzero(reasons == reason)
            fields = ("source_id", *_SEEN.get(reason, ()))
            names = dict.fromkeys(name for field in fields for name in self.columns.get(field, ()))
            rows = self.frame[list(names)].iloc[positions[chosen]].to_numpy(dtype=object)
            shown[chosen] = [
                "; ".join(f"{name}: {_short(value.strip())}" for name, value in zip(names, row, strict=True))
                for row in rows
            ]
        texts: list[str] = shown.tolist()
        return texts

    def take(self, chosen: npt.NDArray[np.bool_]) -> Rows:
        """Rows under a mask, numbered anew."""
        return Rows(self.frame.loc[chosen].reset_index(drop=True), self.columns)


class Faults:
    """Why rows are not taken; the first reason that is found counts.

    Attributes
    ----------
    reason, detail : numpy.ndarray of object
        One a row; empty where nothing is wrong.
    """

    def __init__(self, rows: int) -> None:
        self.reason = np.full(rows, "", dtype=object)
        self.detail = np.full(rows, "", dtype=object)

    @property
    def none(self) -> npt.NDArray[np.bool_]:
        """True for the rows with which nothing is wrong."""
        return np.asarray(self.reason == "", dtype=bool)

    def add(
        self, wrong: npt.NDArray[np.bool_], reason: str, column: str, values: pd.Series | None = None
    ) -> None:
        """Give a reason to the rows under a mask that have none, with the column and what it says."""
        new = np.flatnonzero(wrong & self.none)
        self.reason[new] = reason
        for row in new:
            self.detail[row] = column if values is None else f"{column}: {_said(values.iloc[row])}"


def _said(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, dt.datetime) else repr(_short(value))


def _short(value: Any) -> Any:
    too_long = isinstance(value, str) and len(value) > _SHOWN_CHARS
    return value[: _SHOWN_CHARS - 1] + "…" if too_long else value


def find_columns(
    profile: Profile, names: Sequence[str], file: str, *, located: bool
) -> dict[str, tuple[str, ...]]:
    """Columns of a file for each field of a profile.

    Parameters
    ----------
    profile : Profile
        What is looked for.
    names : sequence of str
        Column names of the file.
    file : str
        How messages name the file.
    located : bool
        True for a geometry layer, which needs no columns to say where.

    Returns
    -------
    dict of str to tuple of str
        Field -> the file's columns; fields that the file lacks are absent.

    Raises
    ------
    SupplierFileError
        If the file lacks what the profile cannot do without: what is needed, what is there, the likely match.
    """
    header = Header(names)
    found: dict[str, tuple[str, ...]] = {}
    for field in Columns.model_fields:
        accepted = getattr(profile.columns, field)
        if field == "weak_road_user":
            columns = tuple(name for name in (header.find((one,)) for one in accepted) if name)
        elif field in _JOINED:
            columns = header.find_parts(accepted)
        else:
            column = header.find(accepted)
            columns = (column,) if column else ()
        if columns:
            found[field] = columns
    missing = _missing(profile, found, header, located=located)
    if missing:
        needed = [accepted[0] for accepted in missing.values()]
        raise MissingColumnsError(_missing_message(profile, missing, header, file), needed)
    return found


def said_of_absent(profile: Profile, columns: dict[str, tuple[str, ...]]) -> list[str]:
    """Say which fields the profile hopes for and the file lacks, where that loses something."""
    absent = [field for field in _MISSED if getattr(profile.columns, field) and field not in columns]
    return [_absence(field) for field in absent]


def _absence(field: str) -> str:
    if field != "source_id":
        return Message("the file has no column for {field}", field=field)
    return Message("the file has no column for source_id: rows that agree in everything are taken for one")


def selected(profile: Profile, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """True for the rows that the profile's selection takes."""
    header = Header(list(frame.columns))
    taken = np.ones(len(frame), dtype=bool)
    for column, values in profile.select.items():
        name = header.find((column,))
        assert name is not None  # find_columns saw to it
        texts, wanted = cleaned(frame[name]), [str(value) for value in values]
        # a code counts sign by sign; with `*`, words are compared as in [categories]
        same = texts.str.casefold().isin([value.casefold() for value in wanted]).to_numpy()
        taken &= same | matches_any(texts, [value for value in wanted if "*" in value])
    return taken


def totals_rows(frame: pd.DataFrame, columns: dict[str, tuple[str, ...]]) -> npt.NDArray[np.bool_]:
    """True for rows of totals: the word stands in a cell, and no date in the column of dates."""
    found = np.zeros(len(frame), dtype=bool)
    dated = columns.get("from_date") or columns.get("reported_date") or ()
    read = {
        name
        for field in ("source_id", "category", "theme", "street", "address")
        for name in columns.get(field, ())
    }
    for name in dict.fromkeys((*frame.columns[:1], *sorted(read), *dated)):
        found |= frame[name].str.contains(_TOTALS, regex=True).to_numpy(dtype=bool)
    if found.any() and dated:
        some = np.flatnonzero(found)
        date = frame[dated[0]].iloc[some].str.contains(r"[0-9]\s*[-/. ]\s*[0-9]|[0-9]{5}", regex=True)
        found[some] &= ~date.to_numpy(dtype=bool)
    return found


def _missing(
    profile: Profile, found: dict[str, tuple[str, ...]], header: Header, *, located: bool
) -> dict[str, tuple[str, ...]]:
    """Field -> accepted names, for each field that cannot be missed and is not there."""
    columns = profile.columns
    fields = [name for name in ("theme", "category") if getattr(columns, name)]
    by_month = bool(columns.year and columns.month)
    if columns.from_date and not by_month and not (profile.time_from_report and "reported_date" in found):
        fields.append("from_date")
    elif by_month and "from_date" not in found:
        fields += ["year", "month"]
    elif profile.time_from_report and "from_date" not in found:
        fields.append("reported_date")
    placed = located or {"x", "y"} <= set(found) or "address" in found or "street" in found
    if not placed:
        fields += [name for name in ("x", "y", "address", "street") if getattr(columns, name)]
    missing = {name: tuple(getattr(columns, name)) for name in fields if name not in found}
    others = {name: (name,) for name in (*profile.select, *profile.keep) if header.find((name,)) is None}
    return missing | others


def _missing_message(
    profile: Profile, missing: dict[str, tuple[str, ...]], header: Header, file: str
) -> Message:
    needs = "; ".join(f"{field} ({', '.join(accepted[:3])})" for field, accepted in missing.items())
    likely = [
        Message("{match!r} for {field}", match=match, field=field)
        for field, accepted in missing.items()
        if (match := header.likely(accepted))
    ]
    hints = [Message(" Likely: {likely}.", likely=in_a_row(likely, ", "))] if likely else []
    if len(header.names) == 1:
        hints.append(
            Message(
                " There is only one column: is the separator another than ; , | or tab? Name it in the "
                "profile."
            )
        )
    return Message(
        "{file} lacks what the profile {profile} needs: {needs}. The file has {has}.{hint} Add the names to "
        "a copy of the profile, or let `genk-geo profile {file}` propose one.",
        file=file,
        profile=profile.name or profile.source,
        needs=needs,
        has=", ".join(repr(name[:60]) for name in header.names[:40]),
        hint=in_a_row(hints, ""),
    )
