"""The schouw: what observers found on site, how far they agree, and what changed.

The weighted kappa (quadratic weights) is that of Cohen (1968), Psychological Bulletin 70(4).
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genk_geo.config import read_toml
from genk_geo.cpted.factors.factor import QUALITIES
from genk_geo.errors import ConfigError, Message, SchemaError, SupplierFileError, some_rows
from genk_geo.ingestion import read_table
from genk_geo.spreadsheet import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Lowest and highest score of an item.
LOWEST, HIGHEST = 1, 5
#: With fewer of a quality's items answered there is no index.
LEAST_ANSWERED = 0.5
COLUMNS = ("zone_id", "observer", "date", "item", "quality", "score", "remark")
_TEMPLATE = ("zone_id", "observer", "date", "quality", "item", "question", "score", "remark")
_MAX_BYTES = 1_000_000


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    score: Annotated[int, Field(ge=LOWEST, le=HIGHEST)] | None = None
    remark: Annotated[str, Field(max_length=1000)] = ""


class _Form(BaseModel):
    """What the page saves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schouw: Annotated[int, Field(ge=1, le=1)]
    zone_id: Annotated[str, Field(min_length=1, max_length=100)]
    observer: Annotated[str, Field(min_length=1, max_length=100)]
    date: dt.date
    answers: dict[str, _Answer]


def checklist(path: Path | str | None = None) -> pd.DataFrame:
    """Items of the schouw.

    Parameters
    ----------
    path : path-like, optional
        TOML file with a table a quality; the packaged one by default.

    Returns
    -------
    pandas.DataFrame
        Index ``item``: ``quality``, ``question``.

    Raises
    ------
    ConfigError
        If a table is no quality, an item occurs twice or there is none.

    Examples
    --------
    >>> items = gg.cpted.checklist()
    >>> items.loc["verlichting", "quality"]
    'zichtbaarheid'
    """
    if path is None:
        with as_file(files("genk_geo.cpted").joinpath("schouw.toml")) as packaged:
            table = read_toml(packaged)
    else:
        table = read_toml(path)
    wrong = [name for name, items in table.items() if name not in QUALITIES or not isinstance(items, dict)]
    if wrong:
        raise ConfigError(
            "The checklist: {wrong} is no table of {qualities}.",
            wrong=", ".join(wrong),
            qualities=", ".join(QUALITIES),
        )
    rows = [(item, quality, str(text)) for quality, items in table.items() for item, text in items.items()]
    found = pd.DataFrame(rows, columns=["item", "quality", "question"])
    if found.empty or found["item"].duplicated().any():
        raise ConfigError("The checklist needs items, each with an identity of its own.")
    return found.set_index("item")


def write_template(zone_ids: Sequence[str], path: Path | str, *, items: pd.DataFrame | None = None) -> None:
    """Write a table to fill in: a line for each zone and item, score and remark empty.

    Parameters
    ----------
    zone_ids : sequence of str
        Zones to visit.
    path : path-like
        Excel workbook (``.xlsx``), or CSV with semicolons and a byte order mark, as a Dutch spreadsheet
        program expects.
    items : pandas.DataFrame, optional
        Another checklist.

    Examples
    --------
    A line for each zone and item:

    >>> gg.cpted.write_template(["nuisance-01"], "schouw.csv")
    >>> lines = pd.read_csv("schouw.csv", sep=";", encoding="utf-8-sig")
    >>> lines.loc[0, ["zone_id", "quality", "item"]].tolist()
    ['nuisance-01', 'zichtbaarheid', 'zicht_woningen']
    """
    rows = checklist() if items is None else items
    shown = [harmless(zone) for zone in zone_ids]
    lines = [
        (zone, "", "", row["quality"], item, row["question"], "", "")
        for zone in shown
        for item, row in rows.iterrows()
    ]
    table = pd.DataFrame(lines, columns=list(_TEMPLATE))
    if Path(path).suffix.lower() == ".xlsx":
        table.to_excel(path, index=False, sheet_name="schouw")
    else:
        table.to_csv(path, index=False, sep=";", encoding="utf-8-sig", lineterminator="\r\n")


def read_forms(paths: Iterable[Path | str], *, items: pd.DataFrame | None = None) -> pd.DataFrame:
    """Read returned forms: JSON or CSV that the page saved, or the filled template (CSV or Excel).

    Parameters
    ----------
    paths : iterable of path-like
        Files.
    items : pandas.DataFrame, optional
        Another checklist.

    Returns
    -------
    pandas.DataFrame
        One row an answer: ``zone_id``, ``observer``, ``date`` (datetime64), ``item``, ``quality``, ``score``
        (1 to 5, NaN = not answered), ``remark``. Items that a form leaves out are there with NaN.

    Raises
    ------
    SupplierFileError
        If a file cannot be read as a form, or holds an unknown item or impossible score.
    SchemaError
        If two files hold the same zone, observer and date.

    Examples
    --------
    Items that a form leaves out are there, without an answer:

    >>> head = {"zone_id": ["nuisance-01"], "observer": "An", "date": "2026-11-10"}
    >>> form = pd.DataFrame({**head, "item": "verlichting", "score": 2})
    >>> form.to_csv("schouw.csv", sep=";", index=False)
    >>> forms = gg.cpted.read_forms(["schouw.csv"]).set_index("item")
    >>> float(forms.loc["verlichting", "score"]), float(forms.loc["overzicht", "score"])
    (2.0, nan)
    """
    known = checklist() if items is None else items
    forms = [part for path in paths for part in _forms_in(Path(path), known)]
    if not forms:
        return pd.DataFrame(columns=list(COLUMNS))
    heads = pd.Series([(form.zone_id, form.observer, form.date) for form in forms])
    if heads.duplicated().any():
        twice = [f"{zone} by {observer} on {date}" for zone, observer, date in heads[heads.duplicated()]]
        raise SchemaError("A visit occurs twice: {twice}. Hand in each form once.", twice=some_rows(twice))
    rows = [
        (form.zone_id, form.observer, form.date, item, known.loc[item, "quality"],
         np.nan if (answer := form.answers.get(item, _Answer())).score is None else float(answer.score or 0),
         answer.remark)
        for form in forms
        for item in known.index
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.assign(date=pd.to_datetime(table["date"]))


def _forms_in(path: Path, known: pd.DataFrame) -> list[_Form]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise SupplierFileError(
                "{path} is larger than a form can be ({max_bytes:,} bytes).",
                path=path.name,
                max_bytes=_MAX_BYTES,
            )
        text = (
            _workbook_as_csv(path) if path.suffix.lower() == ".xlsx" else path.read_text(encoding="utf-8-sig")
        )
        raw = [json.loads(text)] if path.suffix.lower() == ".json" else _rows_to_forms(text)
        forms = [_Form.model_validate(one) for one in raw]
    except FileNotFoundError as error:
        raise SupplierFileError(
            "{path} does not exist. Give the path of a returned form.", path=path
        ) from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"])) or Message("the form")
        raise SupplierFileError(
            "{path} is no form of the schouw: {where}: {reason}.",
            path=path.name,
            where=where,
            reason=fault["msg"],
        ) from error
    except (ValueError, KeyError, RecursionError) as error:
        raise SupplierFileError(
            "{path} cannot be read as a form of the schouw ({reason}).", path=path.name, reason=error
        ) from error
    unknown = sorted({item for form in forms for item in form.answers} - set(known.index))
    if unknown:
        raise SupplierFileError(
            "{path} answers items that are not asked: {unknown}.", path=path.name, unknown=some_rows(unknown)
        )
    return forms


def _workbook_as_csv(path: Path) -> str:
    """A workbook as the CSV that it could have been; days without the midnight that Excel adds."""
    table = read_table(path)
    table["date"] = table["date"].str.replace(r"[T ]00:00(:00)?$", "", regex=True)
    return str(table.to_csv(index=False, sep=";"))


def _rows_to_forms(text: str) -> list[dict[str, Any]]:
    """Forms in a CSV; lines without observer or date were not filled in."""
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    if rows and (
        missing := [name for name in ("zone_id", "observer", "date", "item", "score") if name not in rows[0]]
    ):
        raise ValueError(f"no column {', '.join(missing)}")
    forms: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        zone, observer, date = (_without_apostrophe(row[name]) for name in ("zone_id", "observer", "date"))
        if not observer and not date:
            continue
        form = forms.setdefault(
            (zone, observer, date),
            {"schouw": 1, "zone_id": zone, "observer": observer, "date": date, "answers": {}},
        )
        score = _without_apostrophe(row["score"])
        form["answers"][_without_apostrophe(row["item"])] = {
            "score": int(score) if score else None,
            "remark": _without_apostrophe(row.get("remark") or ""),
        }
    return list(forms.values())


def _without_apostrophe(cell: str | None) -> str:
    """Text of a cell, without the apostrophe that keeps a spreadsheet from computing."""
    text = (cell or "").strip()
    return text[1:] if text[:1] == "'" and harmless(text[1:]) == text else text


def quality_index(forms: pd.DataFrame) -> pd.DataFrame:
    """Index per quality of each visit: 0 where all is very bad, 100 where all is very good.

    Parameters
    ----------
    forms : pandas.DataFrame
        As :func:`read_forms` gives them.

    Returns
    -------
    pandas.DataFrame
        One row a zone, observer, date and quality: ``index`` (mean of the answered items; NaN when fewer
        than half are answered), ``answered``, ``items``.

    Examples
    --------
    The mean of two scores from 1 to 5, on a scale from 0 to 100:

    >>> visit = {"zone_id": "nuisance-01", "date": pd.Timestamp("2026-11-10"), "quality": "zichtbaarheid"}
    >>> answers = {"item": ["verlichting", "overzicht"] * 2, "score": [1, 4, 2, 5]}
    >>> forms = pd.DataFrame({**visit, "observer": ["An", "An", "Bo", "Bo"], **answers})
    >>> gg.cpted.quality_index(forms).set_index("observer")["index"].to_dict()
    {'An': 37.5, 'Bo': 62.5}
    """
    scaled = forms.assign(scaled=(forms["score"] - LOWEST) / (HIGHEST - LOWEST) * 100)
    grouped = scaled.groupby(["zone_id", "observer", "date", "quality"], sort=True)["scaled"]
    table = grouped.agg(index="mean", answered="count", items="size").reset_index()
    enough = table["answered"] >= LEAST_ANSWERED * table["items"]
    return table.assign(index=table["index"].where(enough))


def agreement(forms: pd.DataFrame, observer: str, other: str) -> float:
    """Agreement of two observers on the same zones: Cohen's kappa with quadratic weights.

    Parameters
    ----------
    forms : pandas.DataFrame
        As :func:`read_forms` gives them.
    observer, other : str
        Two observers; the last visit of each to a zone counts.

    Returns
    -------
    float
        1 = the same, 0 = as by chance; NaN when fewer than two items were scored by both, or neither ever
        differs from one same score.

    Examples
    --------
    Two observers, one of them a point milder throughout:

    >>> visit = {"zone_id": "nuisance-01", "date": pd.Timestamp("2026-11-10"), "quality": "zichtbaarheid"}
    >>> answers = {"item": ["verlichting", "overzicht"] * 2, "score": [1, 4, 2, 5]}
    >>> forms = pd.DataFrame({**visit, "observer": ["An", "An", "Bo", "Bo"], **answers})
    >>> round(gg.cpted.agreement(forms, "An", "Bo"), 2)
    0.82
    """
    from sklearn.metrics import cohen_kappa_score

    scores = [_last_scores(forms[forms["observer"] == name]) for name in (observer, other)]
    both = pd.concat(scores, axis=1, keys=["one", "other"], join="inner").dropna()
    if len(both) < 2 or len(np.unique(both.to_numpy())) < 2:
        return float("nan")
    one, two = (both[name].astype(int) for name in ("one", "other"))
    labels = list(range(LOWEST, HIGHEST + 1))
    return float(cohen_kappa_score(one, two, labels=labels, weights="quadratic"))


def _last_scores(forms: pd.DataFrame) -> pd.Series:
    last = forms.sort_values("date", kind="stable").drop_duplicates(["zone_id", "item"], keep="last")
    scores: pd.Series = last.set_index(["zone_id", "item"])["score"]
    return scores


def change(forms: pd.DataFrame, before: str | dt.date, after: str | dt.date) -> pd.DataFrame:
    """Change between two visits, over the items that were answered at both.

    Parameters
    ----------
    forms : pandas.DataFrame
        As :func:`read_forms` gives them.
    before, after : date or str
        Days of the visits; the mean of several observers counts.

    Returns
    -------
    pandas.DataFrame
        One row a zone and quality: ``before``, ``after`` (index over the shared items), ``change``,
        ``items`` (number shared); empty when no item was answered at both.

    Examples
    --------
    >>> visit = {"zone_id": "nuisance-01", "date": pd.Timestamp("2026-11-10"), "quality": "zichtbaarheid"}
    >>> answers = {"item": ["verlichting", "overzicht"] * 2, "score": [1, 4, 2, 5]}
    >>> forms = pd.DataFrame({**visit, "observer": ["An", "An", "Bo", "Bo"], **answers})
    >>> later = forms.assign(date=pd.Timestamp("2027-05-11"), score=[4, 4, 4, 5])
    >>> found = gg.cpted.change(pd.concat([forms, later]), "2026-11-10", "2027-05-11")
    >>> found[["before", "after", "change"]].values.tolist()
    [[50.0, 81.25, 31.25]]
    """
    mean = forms.pivot_table("score", ["zone_id", "quality", "item"], "date", aggfunc="mean")
    days = [pd.Timestamp(before), pd.Timestamp(after)]
    columns = ["zone_id", "quality", "before", "after", "change", "items"]
    if any(day not in mean for day in days):
        return pd.DataFrame(columns=columns)
    shared = ((mean[days] - LOWEST) / (HIGHEST - LOWEST) * 100).dropna().set_axis(["before", "after"], axis=1)
    table = shared.groupby(level=["zone_id", "quality"]).mean()
    items = shared.groupby(level=["zone_id", "quality"]).size()
    return table.assign(change=table["after"] - table["before"], items=items).reset_index()[columns]
