"""The review file: places that were not found, one row a place, to be corrected by hand."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.errors import GenkGeoError, NoRowsError
from genk_geo.geocoding.alias import alias_key, read_aliases
from genk_geo.spreadsheet import harmless_table
from genk_geo.writing import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from genk_geo.config import Settings
    from genk_geo.reference import City

log = logging.getLogger(__name__)


def renew_review(settings: Settings, lost: Sequence[pd.Series], city: Callable[[], City]) -> int:
    """Add what was not found in this run to the review file, and take out what was corrected since.

    Parameters
    ----------
    settings : Settings
        Name the file and the aliases.
    lost : sequence of pandas.Series
        Addresses of the new files, as written.
    city : callable
        Gives the city where they are; asked only where there are any.

    Returns
    -------
    int
        Places in the file that wait for a correction. A file that cannot be read or written stays as it is.
    """
    path = settings.running.review
    if not path.exists() and not any(map(len, lost)):
        return 0
    known = set(read_aliases(settings.aliases)) if settings.aliases is not None else set()
    try:
        before, found = _before(path), [one for one in lost if len(one)]
        new = build_new(found, city(), settings.lang) if found else before.head(0)
        rows = _by_place(pd.concat([before, new], ignore_index=True))
        rows = rows[~rows["address"].map(alias_key).isin(known)]
        if len(rows) or path.exists():
            _write(rows, path)
    except (GenkGeoError, OSError) as fault:  # open in a spreadsheet: the week is published all the same
        log.warning("%s was not renewed: %s", path.name, fault)
        return 0
    return int((rows["correction"] == "").sum())


def build_new(lost: Sequence[pd.Series], city: City, lang: str) -> pd.DataFrame:
    """Rows of the review for addresses of this run.

    Parameters
    ----------
    lost : sequence of pandas.Series
        Addresses, as written.
    city : City
        Where they are.
    lang : str
        Language of the notes.

    Returns
    -------
    pandas.DataFrame
        :data:`REVIEW_COLUMNS`.
    """
    from genk_geo.geocoding import geocode
    from genk_geo.jobs.desk.geocode_file import Columns, build_review

    written = pd.concat(lost, ignore_index=True)
    counts = written.value_counts()
    asked = pd.DataFrame({"address": counts.index.astype("str")})
    found = geocode(asked, city, column="address", lang="en" if lang == "en" else "nl")
    review = build_review(found, Columns(address="address"))
    return review.assign(rows=review["address"].map(counts))


def _by_place(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a place, however it was written; the first way to write it stands for all."""
    from genk_geo.jobs.desk.geocode_file import REVIEW_COLUMNS

    if rows.empty:
        return rows
    rows = rows.assign(rows=pd.to_numeric(rows["rows"], errors="coerce").fillna(1).astype(int))
    groups = rows.groupby(rows["address"].map(alias_key).rename("place"), sort=False)
    one = groups.first().assign(rows=groups["rows"].sum(), correction=groups["correction"].max())
    one = one.sort_values(["rows", "address"], ascending=[False, True], ignore_index=True)
    return one[list(REVIEW_COLUMNS)]


def _before(path: Path) -> pd.DataFrame:
    from genk_geo.ingestion import read_table
    from genk_geo.jobs.desk.geocode_file import REVIEW_COLUMNS

    if not path.exists():
        return pd.DataFrame(columns=list(REVIEW_COLUMNS), dtype="str")
    try:
        table = read_table(path, expected=REVIEW_COLUMNS)
    except NoRowsError:
        return pd.DataFrame(columns=list(REVIEW_COLUMNS), dtype="str")
    told = table.reindex(columns=list(REVIEW_COLUMNS), fill_value="")
    return told.assign(address=told["address"].str.removeprefix("'"))


def _write(rows: pd.DataFrame, path: Path) -> None:
    with whole_file(path) as beside:
        harmless_table(rows).to_csv(beside, index=False, encoding="utf-8-sig")
