"""Which rows are the same report: a number is evidence, not proof.

A supplier's number identifies a report as long as its rows agree in what a correction does not change: the
day or the place. Numbers that stand on rows with another day and another place are no key there, and numbers
that a spreadsheet rounded (2,02605E+11) are none either: the whole row then is the identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import Message
from genk_geo.ingestion.values import hashed

if TYPE_CHECKING:
    import numpy.typing as npt

    from genk_geo.ingestion.coordinates import Located

#: Points further apart than this, and than their uncertainty, are different places.
SAME_PLACE_M = 250.0

# A report that was corrected more often than this is no report but a number that many share.
_MOST_VERSIONS = 5
_FAR = np.timedelta64(6, "D")
_ROUNDED = r"(?:^|\x1f)[+-]?[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]{1,3}(?:$|\x1f)"
# A spreadsheet keeps fifteen digits; the rest of a longer number became zeros.
_CUT = r"(?:^|\x1f)[0-9]{15}0+(?:$|\x1f)"


class Evidence(NamedTuple):
    """When each row begins (and whether its clock time is known), where it was, and of which theme."""

    begin: pd.Series
    timed: npt.NDArray[np.bool_]
    located: Located
    addresses: pd.DataFrame
    theme: pd.Series


@dataclass(frozen=True)
class Identity:
    """Identity of each row.

    Attributes
    ----------
    incident_id : pandas.Series of str
        Of the incident; rows with the same one are versions of one report.
    number_id : pandas.Series of str
        Of the supplier's number; the same as `incident_id` where the number is a key.
    warnings : tuple of str
        Where the number is no key.
    """

    incident_id: pd.Series
    number_id: pd.Series
    warnings: tuple[str, ...]


def identify(
    source: str,
    numbers: pd.Series,
    contents: pd.Series,
    *,
    evidence: Evidence,
    valid: npt.NDArray[np.bool_],
    column: str,
) -> Identity:
    """Find the identity of each row.

    Parameters
    ----------
    source : str
        Who delivers.
    numbers : pandas.Series of str
        The supplier's own number; empty where there is none.
    contents : pandas.Series of str
        The whole row as one text.
    evidence : Evidence
        When and where each was.
    valid : numpy.ndarray of bool
        Rows that can become incidents; the others are no evidence.
    column : str
        How messages name the number.

    Returns
    -------
    Identity
        Aligned with the rows.
    """
    filled = (numbers != "").to_numpy()
    rounded = filled & _rounded(numbers)
    is_key = filled & ~rounded
    number_id = hashed(source, numbers.where(is_key, ""), contents)
    shared = np.zeros(len(numbers), dtype=bool)
    incident_id = number_id
    rows = np.flatnonzero(is_key & valid)
    repeated = rows[number_id.iloc[rows].duplicated(keep=False).to_numpy()]
    if repeated.size:
        several = _of_several_themes(number_id.iloc[repeated], evidence.theme.iloc[repeated])
        apart = number_id.isin(several).to_numpy() & is_key
        by_theme = numbers + "\x1f" + evidence.theme.astype("str").fillna("")
        incident_id = number_id.where(~apart, hashed(source, by_theme, contents))
        facts = _facts(evidence, repeated)
        broken = _broken(incident_id.iloc[repeated].to_numpy(object), contents.iloc[repeated], facts)
        shared = incident_id.isin(broken).to_numpy() & is_key
    if shared.any():
        incident_id = incident_id.where(~shared, hashed(source, numbers.where(~shared, ""), contents))
    warnings = []
    if shared.any():
        one = len(broken) == 1
        which = Message("the number stands") if one else Message("{count} numbers stand", count=len(broken))
        warnings.append(
            Message(
                "{column}: {which} on rows with different dates and places ({count} rows): no key there, "
                "the whole row was taken as identity",
                column=column,
                which=which,
                count=int(shared.sum()),
            )
        )
    if rounded.any():
        example = numbers[rounded].iloc[0].replace("\x1f", " ")
        warnings.append(
            Message(
                "{column}: {count} numbers were rounded by a spreadsheet ({example}) and are no key: the "
                "whole row was taken as identity; ask for the column as text",
                column=column,
                count=int(rounded.sum()),
                example=example,
            )
        )
    return Identity(incident_id, number_id, tuple(warnings))


def _of_several_themes(number_id: pd.Series, theme: pd.Series) -> npt.NDArray[np.object_]:
    """Numbers that stand for a report of one theme and for another one of a second theme."""
    themes = theme.groupby(number_id).nunique()
    return np.asarray(themes[themes > 1].index, dtype=object)


def _rounded(numbers: pd.Series) -> npt.NDArray[np.bool_]:
    found = numbers.str.contains(_ROUNDED, regex=True).to_numpy(dtype=bool)
    long = numbers.str.contains(_CUT, regex=True).to_numpy(dtype=bool)
    if long.any():
        # one round number is a number; a column of them was cut
        whole = numbers.str.fullmatch(r"[0-9]{16,}").to_numpy(dtype=bool)
        found = found | (long & (long.sum() >= max(2, 0.9 * whole.sum())))
    return np.asarray(found, dtype=bool)


def _facts(evidence: Evidence, rows: npt.NDArray[np.intp]) -> pd.DataFrame:
    """What a correction of a report seldom changes both at once: when and where."""
    begin, timed, located = evidence.begin, evidence.timed, evidence.located
    where = evidence.addresses.iloc[rows]
    text = (where["address"] + "\x1f" + where["house_number"]).str.casefold().to_numpy(object)
    moment = begin.iloc[rows].dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return pd.DataFrame(
        {"moment": moment, "timed": timed[rows], "x": located.x[rows], "y": located.y[rows], "text": text}
    )


def _broken(
    number: npt.NDArray[np.object_], contents: pd.Series, facts: pd.DataFrame
) -> npt.NDArray[np.object_]:
    """Numbers whose rows, one after the other, are no versions of one report."""
    versions = pd.Series(contents.groupby(number).nunique())
    many = np.asarray(versions[versions > _MOST_VERSIONS].index, dtype=object)
    order = pd.factorize(number)[0].argsort(kind="stable")
    rows, number = facts.iloc[order].reset_index(drop=True), number[order]
    before = rows.shift()
    apart = np.abs(rows["moment"].to_numpy() - before["moment"].to_numpy(dtype="datetime64[us]"))
    whole_day = ~(rows["timed"].to_numpy(bool) & before["timed"].fillna(False).to_numpy(bool))
    same_day = rows["moment"].to_numpy().astype("datetime64[D]") == before["moment"].to_numpy(
        dtype="datetime64[us]"
    ).astype("datetime64[D]")
    other_time = np.where(whole_day, ~same_day, apart > np.timedelta64(0))
    apart_m = rows[["x", "y"]].to_numpy(float) - before[["x", "y"]].to_numpy(float)
    distance = np.hypot(apart_m[:, 0], apart_m[:, 1])
    nothing = ((rows["text"] == "\x1f") | (before["text"] == "\x1f")).to_numpy()
    other_text = (rows["text"] != before["text"]).to_numpy() & ~nothing
    other_place = np.where(np.isfinite(distance), distance > SAME_PLACE_M, other_text)
    follows = np.append(False, number[1:] == number[:-1])
    conflict = follows & ((other_time & other_place) | (apart > _FAR))
    return np.unique(np.concatenate([number[conflict], many]).astype(object))
