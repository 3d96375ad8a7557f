"""Reports that are withdrawn: listed by number, or corrected to a place outside the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from genk_geo.doors import shown
from genk_geo.errors import SupplierFileError
from genk_geo.ingestion.delivered import delivered_at
from genk_geo.ingestion.reading.header import Header
from genk_geo.ingestion.reading.readers import sha256_of
from genk_geo.ingestion.report import IngestReport, IngestResult
from genk_geo.ingestion.rows import Faults, Rows
from genk_geo.ingestion.values import hashed
from genk_geo.schema import geocode_level_dtype

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from genk_geo.ingestion.profiles.profile import Profile
    from genk_geo.ingestion.reading.raw_table import RawTable

#: Why a report is withdrawn: its number stands on a list, it lies elsewhere, a full delivery lacks it.
LISTED, OUTSIDE, ABSENT = "listed", "outside_city", "absent"


def withdrawn_rows(
    number_id: pd.Series, numbered: pd.Series, faults: Faults, valid: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """Reports of a file that lie outside the city: what was known of them counts no more.

    Parameters
    ----------
    number_id : pandas.Series of str
        Identity of the number of each row.
    numbered : pandas.Series of bool
        Whether it has one.
    faults : Faults
        What is wrong with the rows.
    valid : numpy.ndarray of int
        Rows that became incidents: a number that stands on one of these is not withdrawn.

    Returns
    -------
    pandas.DataFrame
        ``number_id``, ``reason``.
    """
    outside = (faults.reason == OUTSIDE) & numbered.to_numpy(bool)
    ids = pd.Series(number_id[outside].unique(), dtype="str")
    known = number_id.iloc[valid]  # of a million rows, when hardly any is outside
    ids = ids[~ids.isin(known[known.isin(ids)])].reset_index(drop=True)
    return pd.DataFrame({"number_id": ids, "reason": pd.Series(OUTSIDE, index=ids.index, dtype="str")})


def read_withdrawn(
    file: Path, raw: RawTable, profile: Profile, now: pd.Timestamp, *, epsg: int
) -> IngestResult:
    """Read a supplier's list of withdrawn numbers.

    Parameters
    ----------
    file : pathlib.Path
        The file.
    raw : RawTable
        Its rows.
    profile : Profile
        Names the column of the number.
    now : pandas.Timestamp
        Moment of reading.
    epsg : int
        Metric system of the city.

    Returns
    -------
    IngestResult
        Without incidents.

    Raises
    ------
    SupplierFileError
        If the column of the number is not there.
    """
    columns = Header(list(raw.frame.columns)).find_parts(profile.columns.source_id)
    if not columns:
        named = ", ".join(profile.columns.source_id[:3])
        raise SupplierFileError(
            "{file} lacks the column with the number of the report ({named}). Name it under source_id in "
            "the profile.",
            file=file.name,
            named=named,
        )
    rows = Rows(raw.frame, {"source_id": columns})
    numbers = rows.text("source_id")
    filled = numbers[numbers != ""]
    ids = pd.Series(hashed(profile.source, filled, filled).unique(), dtype="str")
    rejects = _without_number(raw, profile, numbers)
    report = IngestReport(
        file=shown(file.name), sha256=sha256_of(file), profile=profile.name, source=profile.source,
        theme=profile.theme, rows_in=len(raw.frame) + len(raw.unreadable), incidents=0,
        duplicates=len(filled) - len(ids), rejects=len(rejects), withdrawn=len(ids),
        reasons={str(reason): int(n) for reason, n in rejects["reason"].value_counts().items()},
    )  # fmt: skip
    return IngestResult(
        _no_incidents(epsg, str(now.tz)),
        rejects.iloc[:0],
        rejects,
        report,
        withdrawn=pd.DataFrame({"number_id": ids, "reason": pd.Series(LISTED, index=ids.index, dtype="str")}),
        delivered=delivered_at(file, profile.delivery_date, newest=None, now=now),
        delivery=profile.delivery,
    )


def _without_number(raw: RawTable, profile: Profile, numbers: pd.Series) -> pd.DataFrame:
    lines = [(line, "unreadable_line", why) for line, why in raw.unreadable]
    lines += [(int(line), "bad_value", "no number") for line in raw.lines[(numbers == "").to_numpy()]]
    table = pd.DataFrame(sorted(lines), columns=["line", "reason", "detail"])
    table.insert(0, "source", profile.source)
    table["original"] = ""
    return table.astype({name: "str" for name in table if name != "line"} | {"line": "int64"})


def _no_incidents(epsg: int, tz: str) -> gpd.GeoDataFrame:
    moment = pd.Series([], dtype=f"datetime64[us, {tz}]")
    names = ("incident_id", "source", "theme", "category")
    table = pd.DataFrame({name: pd.Series([], dtype="str") for name in names})
    for name in ("from", "to", "reported"):
        table[name] = moment
    table["weight"] = 0.0
    table["severity"] = pd.Series([], dtype="str")
    table["weak_road_user"] = pd.Series([], dtype="boolean")
    table["geocode_level"] = pd.Series([], dtype=geocode_level_dtype())
    table["geocode_score"], table["geocode_uncertainty_m"] = 0.0, 0.0
    for name in ("sector", "wijk", "stadsdeel"):
        table[name] = pd.Series([], dtype="str")
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([], crs=epsg))
