"""What partners wrote in the register a year ago: each measure of the demo, in the dossier of its place.

Where a hotspot lasted at the place of a measure, the register proposes a dossier, and the measure is written
beside it; two measures in one dossier each name their place. Elsewhere somebody opens a dossier for the wijk
first, and the row names the place that was drawn.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd

from genk_geo.crs import reproject
from genk_geo.demo.measures.planted import FILE, THEME
from genk_geo.jobs.dossiers.desk import dossiers_now, open_dossier
from genk_geo.jobs.dossiers.register.columns import COLUMNS
from genk_geo.jobs.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet
    from shapely.geometry.base import BaseGeometry

    from genk_geo.config import Settings
    from genk_geo.reference import City

#: A dossier is about a measure where it holds so much of its ground.
_HELD = 0.5
_PARTNERS = {
    "camera": "Politie", "verlichting": "Technische dienst", "toezicht": "Gemeenschapswachten",
    "heraanleg": "Dienst ruimtelijke ordening", "campagne": "Preventiedienst",
}  # fmt: skip
#: Every so many measures something else was promised beside it, to be done so many weeks after the start.
_PROMISE_EVERY, _PROMISED_WEEKS = 6, (40, 60)


class Agreed(NamedTuple):
    """Where a measure stands in the register: in which dossier, and the place that its row names, if any."""

    dossier: str
    place: str


def agree(settings: Settings, *, folder: Path, now: dt.datetime) -> dict[str, Agreed]:
    """Write the measures in the register, as partners would.

    Parameters
    ----------
    settings : Settings
        Settings of the demo; the week before the measures must be published.
    folder : pathlib.Path
        Folder of the demo.
    now : datetime.datetime
        The moment at which dossiers are opened.

    Returns
    -------
    dict of str to Agreed
        Name of the measure -> where it stands.
    """
    city = Session(settings).city
    drawn = reproject(gpd.read_file(folder / FILE), city.crs)
    measures = drawn.to_dict("records")
    held = _held(settings, {one["name"]: one["geometry"] for one in measures})
    shared = Counter(held.values())
    opened: dict[str, str] = {}
    found: dict[str, Agreed] = {}
    for one in measures:
        name, number = str(one["name"]), held.get(one["name"])
        if number is None:
            wijk = _wijk_of(one["geometry"], city)
            if wijk not in opened:
                opened[wijk] = open_dossier(settings, theme=THEME, area=wijk, now=now)
            found[name] = Agreed(opened[wijk], name)
        else:
            found[name] = Agreed(number, name if shared[number] > 1 else "")
    _write(settings, measures, found)
    return found


def _held(settings: Settings, measures: Mapping[str, BaseGeometry]) -> dict[str, str]:
    """Name of a measure -> number of the proposed dossier that holds most of its ground."""
    book = dossiers_now(settings)
    grounds = {
        one.number: one.ground
        for one in (() if book is None else book.dossiers)
        if one.theme == THEME and one.ground is not None
    }
    held = {}
    for name, shape in measures.items():
        shares = {number: ground.intersection(shape).area for number, ground in grounds.items()}
        best = max(shares, key=lambda number: (shares[number], number), default=None)
        if best is not None and shares[best] >= _HELD * shape.area:
            held[name] = best
    return held


def _wijk_of(shape: BaseGeometry, city: City) -> str:
    wijken = city.wijken
    return str(wijken["wijk"].iloc[int(wijken.geometry.intersection(shape).area.to_numpy().argmax())])


def _write(settings: Settings, measures: list[dict[str, Any]], found: Mapping[str, Agreed]) -> None:
    import openpyxl

    path = settings.dossiers.path
    assert path is not None  # the demo names one
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for at, one in enumerate(measures):
        agreed = found[str(one["name"])]
        start = dt.date.fromisoformat(str(one["start"])[:10])
        _put(
            sheet, agreed, partner=_PARTNERS[one["measure"]], what=one["measure"],
            agreed_on=start - dt.timedelta(weeks=3), due=start + dt.timedelta(weeks=4), done=start,
        )  # fmt: skip
        if at % _PROMISE_EVERY == 0:
            weeks = _PROMISED_WEEKS[at // _PROMISE_EVERY % len(_PROMISED_WEEKS)]
            _put(
                sheet, agreed, partner="Buurtwerk", what="buurtoverleg",
                agreed_on=start, due=start + dt.timedelta(weeks=weeks), done=None,
            )  # fmt: skip
    book.save(path)


def _put(
    sheet: Worksheet,
    one: Agreed,
    *,
    partner: str,
    what: str,
    agreed_on: dt.date,
    due: dt.date,
    done: dt.date | None,
) -> None:
    """Fill in the row that was proposed, or add one; the place of a proposal stays as it stands."""
    at = {column: number for number, column in enumerate(COLUMNS, 1)}
    bare = (
        row
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, at["dossier"]).value == one.dossier and not sheet.cell(row, at["partner"]).value
    )
    row = next(bare, sheet.max_row + 1)
    told = {
        "dossier": one.dossier,
        "partner": partner,
        "what": what,
        "agreed": agreed_on,
        "due": due,
        "done": done,
    }
    for column, value in told.items():
        sheet.cell(row, at[column]).value = value
    if one.place:
        sheet.cell(row, at["place"]).value = one.place
