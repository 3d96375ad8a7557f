"""A supplier's file to incidents: each row becomes an incident, a duplicate or a reject, none is lost."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.doors import shown
from genk_geo.errors import Message, QualityGateError
from genk_geo.geocoding import read_aliases
from genk_geo.ingestion.coordinates import Located
from genk_geo.ingestion.delivered import delivered_at, newest_of
from genk_geo.ingestion.identifying.contents import row_contents
from genk_geo.ingestion.identifying.duplicates import find_duplicates
from genk_geo.ingestion.identifying.identity import Evidence, identify
from genk_geo.ingestion.kinds import read_kinds
from genk_geo.ingestion.places import find_places, lost_addresses, read_addresses, read_coordinates
from genk_geo.ingestion.profiles.profile import Profile, load_profile
from genk_geo.ingestion.reading.header import Header, comparison_key
from genk_geo.ingestion.reading.raw_table import Points, RawTable
from genk_geo.ingestion.reading.readers import read_raw, sha256_of
from genk_geo.ingestion.report import IngestReport, IngestResult
from genk_geo.ingestion.rows import Faults, Rows, find_columns, said_of_absent, selected, totals_rows
from genk_geo.ingestion.windows import Windows, read_windows
from genk_geo.ingestion.withdrawals import read_withdrawn, withdrawn_rows
from genk_geo.schema import CIRCUMSTANCE, GEOCODE_LEVELS, check_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import numpy.typing as npt

    from genk_geo.reference import City

log = logging.getLogger(__name__)

#: Below this share of located incidents the report warns.
LEAST_LOCATED = 0.85

# Fewer repeated rows say nothing.
_TELLING_DUPLICATES = 5

_REJECT_COLUMNS = ["source", "line", "reason", "detail", "original"]


def ingest(
    path: Path | str,
    *,
    profile: str | Path | Profile,
    city: City,
    now: dt.datetime | str | None = None,
    aliases: Mapping[str, str] | Path | str | None = None,
) -> IngestResult:
    """Read a supplier's file to incidents.

    Parameters
    ----------
    path : path-like
        CSV (also in gzip), Excel, GeoJSON or GeoPackage.
    profile : str, path-like or Profile
        Name of a shipped profile, a profile file, or a profile.
    city : City
        Where the incidents are; gives the clock and the metric system.
    now : datetime.datetime or str, optional
        Moment of reading (the city's clock when it names no zone); dates after it are rejected.
    aliases : mapping or path-like, optional
        Corrected addresses, or the alias file that holds them.

    Returns
    -------
    IngestResult
        ``incidents`` (contract ``incidents``, in the file's order), ``duplicates``, ``rejects`` (contract
        ``rejects``) and ``report``, with rows_in = incidents + duplicates + rejects + what the profile's
        selection leaves out.

    Raises
    ------
    SupplierFileError
        If the file cannot be read, or lacks columns that the profile needs.
    ConfigError
        If the profile is not right.
    QualityGateError
        If too many rows repeat another row.

    Examples
    --------
    A day that does not exist is rejected, with its reason:

    >>> days = ["09/11/2026", "31/02/2026"]
    >>> rows = pd.DataFrame({"PV-nummer": ["A", "B"], "Datum van": days, "Straat": "Stadsplein"})
    >>> rows["Feit"] = "inbraak ander gebouw"
    >>> rows.to_csv("inbraken.csv", sep=";", index=False)
    >>> result = gg.ingest("inbraken.csv", profile="burglary", city=gg.City.load(), now="2026-11-16")
    >>> result.report.rows_in, result.report.incidents, result.report.reasons
    (2, 1, {'bad_time': 1})
    """
    file, chosen = Path(path), load_profile(profile)
    corrections = read_aliases(aliases) if isinstance(aliases, (str, Path)) else aliases
    raw = read_raw(
        file, expected=chosen.expected(), separator=chosen.separator, encoding=chosen.encoding,
        sheet=chosen.sheet, names=chosen.names,
    )  # fmt: skip
    if chosen.delivery == "withdrawn":
        return read_withdrawn(file, raw, chosen, _moment(now, city.timezone), epsg=city.crs)
    columns = find_columns(chosen, list(raw.frame.columns), file.name, located=raw.points is not None)
    totals = totals_rows(raw.frame, columns)
    taken = selected(chosen, raw.frame) & ~totals
    reading = _Reading(
        raw, Rows(raw.frame, columns).take(taken), np.flatnonzero(taken), chosen, city, corrections, file.name
    )
    warnings = said_of_absent(chosen, columns)
    present = _moment(now, city.timezone)
    incidents = reading.incidents(present, warnings)
    rejects, duplicates = reading.rejects(np.flatnonzero(totals)), reading.duplicates()
    report = _report(file, chosen, raw, incidents, duplicates, rejects, warnings)
    left_out = int((~taken & ~totals).sum())
    report = replace(report, left_out=left_out, unmapped=reading.unmapped, due=reading.due)
    log.info("%s: %d rows, %d incidents", file.name, report.rows_in, report.incidents)
    return IngestResult(
        check_table(incidents, "incidents", epsg=city.crs),
        duplicates,
        check_table(rejects, "rejects"),
        report,
        reading.numbers,
        chosen.repeats,
        numbered=reading.numbered,
        withdrawn=reading.withdrawn,
        delivered=delivered_at(file, chosen.delivery_date, newest=newest_of(incidents), now=present),
        delivery=chosen.delivery,
        max_withdrawn=chosen.max_withdrawn,
        lost=reading.lost,
    )


class _Reading:
    """One file on its way to incidents; `positions` are the places of the selected rows in the raw table."""

    def __init__(
        self,
        raw: RawTable,
        rows: Rows,
        positions: npt.NDArray[np.intp],
        profile: Profile,
        city: City,
        aliases: Mapping[str, str] | None,
        file: str,
    ) -> None:
        self._file = file
        self._raw = raw
        self._rows = rows
        self._whole = Rows(raw.frame, rows.columns)
        self._positions = positions
        self._profile = profile
        self._city = city
        self._aliases = aliases
        self._faults = Faults(len(rows))
        self._given_way = pd.DataFrame({"reason": [], "detail": []}, dtype="str")
        self.unmapped: dict[str, int] = {}
        self.due = ""
        self.lost = pd.Series(dtype="str")
        self.numbers = pd.Series(dtype="str")
        self.numbered = pd.Series(dtype=bool)
        self.withdrawn = pd.DataFrame({"number_id": [], "reason": []}, dtype="str")

    def incidents(self, now: pd.Timestamp, warnings: list[str]) -> gpd.GeoDataFrame:
        rows, profile, city, faults = self._rows, self._profile, self._city, self._faults
        kinds = read_kinds(rows, profile, faults, warnings, self.unmapped)
        windows = read_windows(rows, profile, city.timezone, now, faults)
        warnings += windows.warnings
        self.due = "" if windows.due is None else windows.due.tz_convert("UTC").isoformat()
        points = _taken(self._raw.points, self._positions)
        located = read_coordinates(rows, profile, city, points, faults)
        addresses = read_addresses(rows, city, located, faults)
        contents = row_contents(rows, profile, windows, points)
        identity = identify(
            profile.source,
            rows.text("source_id"),
            contents,
            evidence=Evidence(windows.begin, windows.timed, located, addresses, kinds["theme"]),
            valid=faults.none,
            column=rows.name("source_id"),
        )
        warnings += identity.warnings
        valid = np.flatnonzero(faults.none)
        lines = self._raw.lines[self._positions]
        same = identity.incident_id.iloc[valid]
        self._given_way = find_duplicates(same, contents.iloc[valid], lines[valid])
        self._check_duplicates(rows.text("source_id"), warnings)
        last = valid[~np.isin(valid, self._given_way.index)]
        places, doubts = find_places(
            _some(located, last), addresses.iloc[last].reset_index(drop=True), profile, city, self._aliases
        )
        warnings += doubts
        self.lost = lost_addresses(addresses.iloc[last].reset_index(drop=True), places)
        when = _when(windows, last)
        what = kinds.iloc[last].reset_index(drop=True)
        self.numbers = identity.number_id.iloc[last].reset_index(drop=True)
        self.numbered = (rows.text("source_id").iloc[last] != "").reset_index(drop=True)
        self.withdrawn = withdrawn_rows(identity.number_id, rows.text("source_id") != "", faults, valid)
        chosen = identity.incident_id.iloc[last].reset_index(drop=True)
        return _assembled(chosen, what, when, places, _kept(rows, profile, last), city.crs)

    def _check_duplicates(self, numbers: pd.Series, warnings: list[str]) -> None:
        """So many repeated rows are no slips: the number is no key, or the file was put together wrongly."""
        away, most = self._given_way, self._profile.max_duplicates
        if len(away) >= _TELLING_DUPLICATES and len(away) > most * len(self._rows):
            raise QualityGateError(
                "{file}: {count} of {rows_count} rows repeat another row of the file (more than "
                "{most:.0%}). Is {column} really the number of a report? Name another column under "
                "source_id, or none; to take the file as it is, set max_duplicates = 1 in the profile.",
                file=self._file,
                count=len(away),
                rows_count=len(self._rows),
                most=most,
                column=self._rows.name("source_id"),
            )
        unnumbered = int((numbers.loc[away.index] == "").sum())
        if unnumbered:
            warnings.append(
                Message(
                    "{unnumbered} rows without a number agree in everything with another row: taken for one",
                    unnumbered=unnumbered,
                )
            )

    def rejects(self, totals: npt.NDArray[np.intp]) -> pd.DataFrame:
        """Rows that were not taken, in the order of the file."""
        faulty = np.flatnonzero(~self._faults.none)
        rejected = self._with_reason(
            self._positions[faulty], self._faults.reason[faulty], self._faults.detail[faulty]
        )
        unreadable = pd.DataFrame(
            [(self._profile.source, line, "unreadable_line", why, "") for line, why in self._raw.unreadable],
            columns=_REJECT_COLUMNS,
        )
        summed = self._with_reason(totals, "totals_row", "a total of other rows")
        parts = [part for part in (unreadable, summed, rejected) if len(part)] or [rejected]
        together = pd.concat(parts, ignore_index=True).sort_values("line", kind="stable", ignore_index=True)
        return together.astype(
            {name: "str" for name in _REJECT_COLUMNS if name != "line"} | {"line": "int64"}
        )

    def duplicates(self) -> pd.DataFrame:
        """Rows that gave way to another row of the same report."""
        away = self._given_way
        positions = self._positions[away.index.to_numpy(dtype=np.intp)]
        return self._with_reason(positions, away["reason"].to_numpy(object), away["detail"].to_numpy(object))

    def _with_reason(
        self,
        positions: npt.NDArray[np.intp],
        reason: npt.NDArray[np.object_] | str,
        detail: npt.NDArray[np.object_] | str,
    ) -> pd.DataFrame:
        """Rows that did not become incidents: where they stood, why, and what shows the fault."""
        reasons = np.broadcast_to(np.asarray(reason, dtype=object), positions.shape)
        table = pd.DataFrame(
            {
                "source": self._profile.source,
                "line": self._raw.lines[positions],
                "reason": reasons,
                "detail": detail,
                "original": self._whole.seen(positions, reasons),
            },
            columns=_REJECT_COLUMNS,
        )
        return table.astype({name: "str" for name in _REJECT_COLUMNS if name != "line"} | {"line": "int64"})


def _moment(now: dt.datetime | str | None, tz: str) -> pd.Timestamp:
    moment = pd.Timestamp.now(tz) if now is None else pd.Timestamp(now)
    return moment.tz_localize(tz) if moment.tzinfo is None else moment


def _taken(points: Points | None, positions: npt.NDArray[np.intp]) -> Points | None:
    return None if points is None else Points(points.x[positions], points.y[positions], points.epsg)


def _some(located: Located, rows: npt.NDArray[np.intp]) -> Located:
    return Located(
        located.x[rows], located.y[rows], located.given[rows], located.bad[rows], located.outside[rows],
        located.step_m[rows],
    )  # fmt: skip


def _when(windows: Windows, rows: npt.NDArray[np.intp]) -> pd.DataFrame:
    columns = {"from": windows.begin, "to": windows.end, "reported": windows.reported}
    if windows.hour is not None:
        columns["hour"] = windows.hour
    return pd.DataFrame({name: column.iloc[rows].reset_index(drop=True) for name, column in columns.items()})


def _kept(rows: Rows, profile: Profile, chosen: npt.NDArray[np.intp]) -> pd.DataFrame:
    """Columns that the profile keeps, under names of our own."""
    header, columns = Header(list(rows.frame.columns)), {}
    for name in profile.keep:
        column = header.find((name,))
        assert column is not None  # find_columns saw to it
        columns[f"kept_{comparison_key(name)}"] = column
    for name, accepted in profile.circumstances.items():
        if (column := header.find(accepted)) is not None:
            columns[f"{CIRCUMSTANCE}{comparison_key(name)}"] = column
    kept = {}
    for name, column in columns.items():
        texts = Rows(rows.frame, {"value": (column,)}).text("value")
        kept[name] = texts.iloc[chosen].reset_index(drop=True)
    return pd.DataFrame(kept, index=pd.RangeIndex(len(chosen)))


def _assembled(
    identity: pd.Series,
    what: pd.DataFrame,
    when: pd.DataFrame,
    places: pd.DataFrame,
    kept: pd.DataFrame,
    crs: int,
) -> gpd.GeoDataFrame:
    points = shapely.points(places["x"].to_numpy(), places["y"].to_numpy())
    points = np.where(places["x"].notna(), points, None)
    table = pd.DataFrame({"incident_id": identity})
    for name in ("source", "theme", "category"):
        table[name] = what[name].astype("str")
    for name in ("from", "to", "reported"):
        table[name] = when[name]
    for name in ("weight", "severity", "weak_road_user"):
        table[name] = what[name]
    for name in ("geocode_level", "geocode_score", "geocode_uncertainty_m", "sector", "wijk", "stadsdeel"):
        table[name] = places[name]
    if "hour" in when:
        table["hour"] = when["hour"]
    return gpd.GeoDataFrame(table.join(kept), geometry=gpd.GeoSeries(points, index=table.index, crs=crs))


def _shares(incidents: pd.DataFrame, column: str) -> dict[str, tuple[int, float]]:
    """Incidents and located share by the values of a column; without a value under the empty name."""
    located = incidents["geocode_level"] >= "street"
    groups = located.groupby(incidents[column].astype(object).where(incidents[column].notna(), ""))
    return {str(name): (len(part), float(part.mean())) for name, part in groups}


def _report(
    file: Path,
    profile: Profile,
    raw: RawTable,
    incidents: gpd.GeoDataFrame,
    duplicates: pd.DataFrame,
    rejects: pd.DataFrame,
    warnings: list[str],
) -> IngestReport:
    levels = incidents["geocode_level"].value_counts(sort=False).to_dict()
    share = float((incidents["geocode_level"] >= "street").mean()) if len(incidents) else 0.0
    if len(incidents) and share < LEAST_LOCATED:
        warnings.append(
            Message(
                "only {share:.0%} of the incidents could be located ({least_located:.0%} is usual)",
                share=share,
                least_located=LEAST_LOCATED,
            )
        )
    for theme, (count, part) in _shares(incidents, "theme").items():
        if part < LEAST_LOCATED <= share:
            warnings.append(
                Message(
                    "of the {count} incidents of {theme} only {part:.0%} could be located",
                    count=count,
                    theme=theme,
                    part=part,
                )
            )
    return IngestReport(
        file=shown(file.name),
        sha256=sha256_of(file),
        profile=profile.name,
        source=profile.source,
        theme=profile.theme or ", ".join(sorted(incidents["theme"].unique())),
        rows_in=len(raw.frame) + len(raw.unreadable),
        incidents=len(incidents),
        duplicates=len(duplicates),
        rejects=len(rejects),
        reasons={str(reason): int(count) for reason, count in rejects["reason"].value_counts().items()},
        levels={level: int(levels[level]) for level in GEOCODE_LEVELS if levels.get(level)},
        located_share=share,
        by_theme=_shares(incidents, "theme"),
        by_wijk=_shares(incidents, "wijk"),
        warnings=tuple(warnings),
    )
