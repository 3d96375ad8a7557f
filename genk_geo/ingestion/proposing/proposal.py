"""A first profile for a file that nobody described: proposed, tried on the file itself, and told."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.config import validated
from genk_geo.errors import GenkGeoError, Message, SupplierFileError
from genk_geo.ingestion.incidents import ingest
from genk_geo.ingestion.moments.order import decide_order
from genk_geo.ingestion.profiles.profile import Columns, Profile, load_profile, shipped_profiles
from genk_geo.ingestion.proposing.columns import assigned, synonyms
from genk_geo.ingestion.proposing.values_seen import Seen
from genk_geo.ingestion.reading.header import Header
from genk_geo.ingestion.reading.readers import read_raw
from genk_geo.ingestion.rows import find_columns
from genk_geo.ingestion.times import read_dates, read_moments
from genk_geo.ingestion.values import cleaned
from genk_geo.reference import City

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.ingestion.reading.raw_table import RawTable
    from genk_geo.ingestion.report import IngestResult

# A shipped profile fits when the file has so many of its rows read by it, and names for most of its columns.
_ROWS_READ, _COLUMNS_KNOWN = 0.5, 0.6
_SHOWN = 3
#: What columns without a name are called, with their number.
_COLUMN = "column "
_FIRST = {
    "burglary": ("inbraak", "inbraken", "burglar", "cambriol", "einbruch", "woningdiefstal"),
    "traffic": ("ongeval", "accident", "collision", "unfall", "verkeer", "crash", "aanrijding"),
}
_MONTHS = r"(jan|feb|maart|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*"


def propose_profile(path: Path | str, *, city: City | None = None) -> str:
    """Propose a profile for a file, from the names in its header and the values below them.

    Every shipped profile is tried first. Otherwise a column is taken for a field when its name says so and
    its values do not contradict, or when its values alone say so: a number of a report is unique, a date
    parses as one, a coordinate lies in or near the city, an address is found there, a category repeats.

    Parameters
    ----------
    path : path-like
        A supplier's file.
    city : City, optional
        Where its places should lie; the embedded one by default.

    Returns
    -------
    str
        TOML to save and use: :func:`genk_geo.ingest` takes it unchanged. Comments show three values of each
        column as they were read, how many rows were, and what is left out.

    Raises
    ------
    SupplierFileError
        If the file cannot be read.

    Examples
    --------
    >>> from genk_geo.ingestion import propose_profile
    >>> rows = pd.DataFrame({"Unique Key": [101, 102], "Incident Zip": 3600, "Street": "Stadsplein"})
    >>> rows["Created Date"], rows["Complaint Type"] = ["2026-11-02 10:00", "2026-11-03 11:00"], "Noise"
    >>> rows.to_csv("meldingen.csv", index=False)
    >>> [line for line in propose_profile("meldingen.csv").splitlines() if line.startswith("source_id")]
    ['source_id = "Unique Key"']
    """
    file, where = Path(path), city or City.load()
    shipped = {name: load_profile(name) for name in shipped_profiles()}
    expected = [name for names in synonyms().values() for name in names]
    expected += [name for profile in shipped.values() for name in profile.expected()]
    raw = read_raw(file, expected=expected)
    if _is_values(raw):
        given = [f"{_COLUMN}{number}" for number in range(1, len(raw.frame.columns) + 1)]
        return _of_values(file, read_raw(file, expected=expected, names=given), where, names=given)
    fits = _fitting(file, raw, shipped, where)
    if fits is not None:
        return _of_shipped(file, raw, *fits)
    return _of_values(file, raw, where)


def _is_values(raw: RawTable) -> bool:
    """Whether the first row is no row of names: it holds a date, or mostly numbers."""
    if raw.points is not None:
        return False
    names = pd.Series([str(name) for name in raw.frame.columns], dtype="str")
    dates = ~read_moments(read_dates(names)).unreadable
    numbers = names.str.fullmatch(r"[+-]?\d+([.,]\d+)?(\.\d+)?").to_numpy(dtype=bool)
    return bool(dates.any() or numbers.mean() > 0.5)


def _fitting(
    file: Path, raw: RawTable, shipped: dict[str, Profile], city: City
) -> tuple[Profile, dict[str, tuple[str, ...]], IngestResult] | None:
    """The shipped profile that knows most columns and reads the rows, if one does."""
    names, found = [str(name) for name in raw.frame.columns], []
    for profile in shipped.values():
        try:
            columns = find_columns(profile, names, file.name, located=raw.points is not None)
        except SupplierFileError:
            continue
        known = {name for several in columns.values() for name in several}
        if len(known) >= _COLUMNS_KNOWN * len(names):
            found.append((len(known), profile, columns))
    for _, profile, columns in sorted(found, key=lambda one: -one[0]):
        try:
            result = ingest(file, profile=profile, city=city)
        except GenkGeoError:
            continue
        report = result.report
        if report.incidents + report.duplicates >= _ROWS_READ * max(report.rows_in - report.left_out, 1):
            return profile, columns, result
    return None


def _of_shipped(
    file: Path, raw: RawTable, profile: Profile, columns: dict[str, tuple[str, ...]], result: IngestResult
) -> str:
    known = {name for several in columns.values() for name in several}
    header = Header([str(name) for name in raw.frame.columns])
    known |= {name for one in profile.expected() if (name := header.find((one,)))}
    total = len(raw.frame.columns)
    lines = [
        f"# The shipped profile {profile.name} fits {_comment(file.name)}: {len(known)} of {total} columns.",
        f"# Use it as it is (--profile {profile.name}), or this copy of it.",
        *_told(result),
        *_toml(profile),
    ]
    return "\n".join([*lines, *_not_read(raw, known)]) + "\n"


def _of_values(file: Path, raw: RawTable, city: City, *, names: Sequence[str] = ()) -> str:
    """A proposal from names and values; `names` are ours where the file has none."""
    given = names
    names = [str(name) for name in raw.frame.columns]
    seen = Seen(raw.frame, city)
    found, pair = assigned(names, seen, located=raw.points is not None, nameless=bool(given))
    from_report = (
        "from_date" not in found and not {"year", "month"} <= set(found) and "reported_date" in found
    )
    head = [
        f"# Proposed from the names and values of {_comment(file.name)}: check every line before use.",
        "# `source` is who delivers: keep it the same for every file of this supplier.",
        f"source = {_quoted(_source(file))}",
        f"theme = {_quoted(_theme(file, found, seen))}",
        "coordinate_uncertainty_m = 10",
    ]
    if given:
        head += [
            "# The file has no row of names: its first row holds values. The columns, from left to right",
            "# (give each a name of your own, here and below, or ask the supplier for a row of names):",
            f"names = [{', '.join(map(_quoted, given))}]",
        ]
    head += ["time_from_report = true"] if from_report else []
    head += [f"crs = {pair.crs}"] if pair is not None and pair.crs is not None else []
    columns = ["", "[columns]"]
    for field, chosen in found.items():
        value = _quoted(chosen[0]) if len(chosen) == 1 else f"[{', '.join(map(_quoted, chosen))}]"
        columns.append(f"{field} = {value}")
        columns += [f"#   {line}" for line in _examples(field, chosen[0], seen)]
    if raw.points is not None:
        columns.append("# x and y are the file's own geometry")
        columns += [f'{axis} = "{axis}"' for axis in ("x", "y") if axis not in found]
    columns += _advice(found, located=raw.points is not None, from_report=from_report)
    tail = _not_read(raw, {name for chosen in found.values() for name in chosen}) + _lists(found, raw)
    return "\n".join([*head, *_tried(file, [*head, *columns], city), *columns, *tail]) + "\n"


def _tried(file: Path, proposal: Sequence[str], city: City) -> list[str]:
    """What became of the rows of the file when they were read by the proposal."""
    try:
        values = tomllib.loads("\n".join(proposal))
        profile = validated(Profile, {"name": "proposal"} | values, Message("The proposal"))
        return _told(ingest(file, profile=profile, city=city))
    except GenkGeoError as error:
        return [f"# Tried on the file: it cannot be read yet. {_comment(str(error), 300)}"]


def _told(result: IngestResult) -> list[str]:
    report = result.report
    reasons = ", ".join(f"{count} x {reason}" for reason, count in report.reasons.items())
    left = f", {report.left_out} left out by choice" if report.left_out else ""
    became = f"{report.duplicates} duplicates, {report.rejects} rejects{left}"
    read = f"{report.incidents} of {report.rows_in} rows are incidents ({became})"
    lines = [f"# Tried on the file: {read}, {report.located_share:.0%} located."]
    lines += [f"# rejected: {reasons}"] if reasons else []
    return lines + [f"# ! {_comment(warning, 200)}" for warning in report.warnings]


def _examples(field: str, name: str, seen: Seen) -> list[str]:
    """Three values as written, and as they were read where that is something else."""
    values = seen.filled(name).drop_duplicates().head(_SHOWN)
    if not len(values):
        return ["empty"]
    written = [repr(_comment(text)) for text in values]
    if not field.endswith("_date"):
        return [", ".join(written)]
    read = read_moments(read_dates(values), order=decide_order(read_dates(seen.filled(name)).forms).order)
    both = zip(read.clock(), read.unreadable, strict=True)
    shown = ["?" if bad else str(moment)[:16].replace("T", " ") for moment, bad in both]
    return [", ".join(f"{text} = {moment}" for text, moment in zip(written, shown, strict=True))]


def _advice(found: dict[str, list[str]], *, located: bool, from_report: bool) -> list[str]:
    advice = []
    if "from_date" not in found and not {"year", "month"} <= set(found) and not from_report:
        advice.append("# from_date = ...   no column looks like the date: name it")
    if not (located or {"x", "y"} <= set(found) or "address" in found or "street" in found):
        advice.append("# x, y or street or address = ...   no column looks like the place: name it")
    if "source_id" not in found:
        advice.append("# source_id = ...   without a number of the report equal rows are taken for one")
    return advice


def _not_read(raw: RawTable, used: set[str]) -> list[str]:
    unused = [str(name) for name in raw.frame.columns if str(name) not in used]
    return ["", f"# not read: {', '.join(_comment(name) for name in unused)}"] if unused else []


def _lists(found: dict[str, list[str]], raw: RawTable) -> list[str]:
    lines = []
    if "category" in found:
        values = cleaned(raw.frame[found["category"][0]]).value_counts()
        lines += ["", "# our word = the supplier's words; the file has:"]
        lines += [
            f"#   {_comment(str(value))} ({count} x)" for value, count in values.head(15).items() if value
        ]
        lines += ["[categories]"]
    if "severity" in found:
        lines += ["", "# fatal, serious, light, material = the supplier's words", "[severities]"]
    return lines


def _theme(file: Path, found: dict[str, list[str]], seen: Seen) -> str:
    if "severity" in found or "weak_road_user" in found:
        return "traffic"
    words = " ".join(seen.filled(found["category"][0]).unique()[:200]) if "category" in found else ""
    for text in (file.name.casefold(), words.casefold()):
        for theme, telling in _FIRST.items():
            if any(word in text for word in telling):
                return theme
    return "burglary" if "to_date" in found else "nuisance"


def _source(file: Path) -> str:
    """Name of the file without what changes from one delivery to the next."""
    name = re.sub(r"[\W\d_]+", "-", file.name.split(".")[0]).lower()
    parts = [part for part in name.split("-") if part and not re.fullmatch(_MONTHS, part)]
    return (
        "-".join(part for part in parts if part not in {"w", "week", "q", "kwartaal", "export"}) or "supplier"
    )


def _toml(profile: Profile) -> list[str]:
    """A profile as the lines of its file."""
    values = profile.model_dump(exclude_defaults=True, exclude={"name"})
    columns = values.pop("columns")
    order = [name for name in Columns.model_fields if name in columns]
    tables = {"columns": {name: columns[name] for name in order}}
    tables |= {key: values.pop(key) for key in list(values) if isinstance(values[key], dict)}
    lines = [f"{key} = {_literal(value)}" for key, value in values.items()]
    for title, table in tables.items():
        lines += ["", f"[{title}]", *(f"{_key(key)} = {_literal(value)}" for key, value in table.items())]
    return lines


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_literal(one) for one in value)}]"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str, most: int = 80) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)[:most]
