"""Read published folders as their readers can: every page, layer, table and record, in whatever language."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyogrio

from genk_geo.calendar import Week
from genk_geo.render.file_names import GUIDE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Ends = tuple[int, int | None]

_WITHOUT_END = {"meta", "link", "input", "br", "img", "hr", "option", "path", "rect", "circle", "line", "use"}
_SPOKEN = ("aria-label", "title", "alt", "content")
_WHOLE = r"\d{1,3}(?:[.,\u00a0\u202f]\d{3})+|\d+"
_YEAR = r"20\d\d"
_COUNT = re.compile(rf"< (?P<below>\d+)|≥ (?P<least>\d+)|(?P<low>{_WHOLE})(?:\u2013(?P<high>{_WHOLE}))?")


#: Numbers of sentences that are no counts: hotspots and places are counted by eye.
_SAID = set(range(21))


#: Weeks of a verdict, as others than analysts are told them: whole quarters, up to five years.
_QUARTERS = "|".join(str(13 * at) for at in range(1, 21))
#: What a number beside a dossier may be: its own, a day, a week, hours, how many dossiers, agreements or
#: measures, of how many of these which verdict is told; of a verdict shares in steps of 5 %, quarters, and
#: how many weeks ago a day was.
_OF_DOSSIERS = re.compile(
    r"\b\d{4}-\d{3}\b|\b\d{1,2} \w+ \d{4}\b|\b(?:week|weeks|weken) \d{1,2}(?: (?:van|of) \d{4})?\b"
    r"|\b\d{1,2}(?: en |[-\u2010-\u2015])\d{1,2} uur\b|\bbetween \d{1,2} and \d{1,2} h\b"
    r"|\b\d+ (?:dossiers?|gedaan|lopen|te laat|done|under way|late)\b"
    r"|\b\d+ (?:maatregel(?:en)?|measures?|hielp(?:en)?|helped|did not help)\b"
    r"|\b(?:van|of) \d+ (?:is het nog niet te zeggen|wordt niets gezegd|it can't be told yet|nothing is said)"
    r"|\b(?:voor|for) \d+ (?:is het te vroeg of|it is too early, or)"
    rf"|\b\d*[05] %|\b(?:{_QUARTERS}) (?:weken|weeks)\b|\((?:nu|now) \d+\)"
)


def beside_a_dossier(text: str) -> bool:
    """Whether every number in a text beside a dossier is one that may stand there."""
    return not re.search(r"\d", _OF_DOSSIERS.sub("", text))


def digits_in(text: str) -> set[int]:
    """The whole numbers in a text."""
    return {number(found) for found in re.findall(_WHOLE, text)}


class Counted(NamedTuple):
    """A count of an area in a week, as a page tells it; `where` says which file and place."""

    theme: str
    kind: str
    name: str
    week: Week
    ends: Ends
    where: str


class Held(NamedTuple):
    """Incidents in an outline over some weeks up to that of the page, no more than its wijken had.

    Those of one page that are `apart` as the same kind of finding share none. (A hotspot that is gone and a
    point of attention may.)
    """

    theme: str
    shape: str
    wijken: tuple[str, ...]
    weeks: tuple[Week, ...]
    ends: Ends
    page: Week
    apart: str = ""


class Unread(NamedTuple):
    """A number on a page that nobody looks at."""

    file: str
    place: str
    text: str


class Cell(NamedTuple):
    """Text of one place on a page."""

    section: str
    table: str
    theme: str
    row: int
    column: int
    tag: str
    text: str


@dataclass
class Read:
    """Everything that one published folder says."""

    folder: Path
    profile: str
    week: Week
    parents: dict[str, str] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    beside: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    years: list[tuple[str, str, str, Ends]] = field(default_factory=list)
    conditions: list[tuple[str, str, str, Ends]] = field(default_factory=list)
    spans: list[tuple[str, tuple[int, int], str, Ends]] = field(default_factory=list)
    places: list[tuple[str, str, Ends]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    limit: int = 5


def number(text: str) -> int:
    """A whole number with whatever stands between its thousands."""
    return int(re.sub(r"\D", "", text))


def ends_of(text: str) -> Ends | None:
    """Lowest and highest value of a count as it is told; None for a dash, and where nothing is said."""
    found = _COUNT.fullmatch(text.strip())
    if found is None:
        return None
    if found["below"]:
        return 0, int(found["below"]) - 1
    if found["least"]:
        return int(found["least"]), None
    low = number(found["low"])
    return low, number(found["high"]) if found["high"] else low


class _Page(HTMLParser):
    """Texts of a page with where they stand, and its scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str]]] = []
        self.cells: list[Cell] = []
        self.scripts: list[str] = []
        self._table = self._row = self._column = -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        self._table += tag == "table"
        self._row = 0 if tag == "table" else self._row + (tag == "tr")
        self._column = -1 if tag == "tr" else self._column + (tag in {"td", "th"})
        self.open.append((tag, own))
        for name in _SPOKEN:
            if name in own:
                self._note(f"{tag}@{name}", own[name])
        if tag in _WITHOUT_END:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _ in self.open):
            name, _ = self.open.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        tag = self.open[-1][0] if self.open else ""
        if tag == "script":
            self.scripts.append(data)
        elif tag != "style" and data.strip():
            name = self.open[-1][1].get("class", "").split(" ")[0] if self.open else ""
            self._note(f"{tag}.{name}" if name else tag, data.strip())

    def _note(self, tag: str, text: str) -> None:
        inside: dict[str, list[str]] = defaultdict(list)
        for name, own in self.open:
            if name == "section":
                inside[name].append(own.get("id") or own.get("aria-labelledby", ""))
            if name == "table":
                inside[name].append(own.get("class", "").split(" ")[0] or "table")
            if "data-for-theme" in own:
                inside["theme"].append(own["data-for-theme"])
        section, table, theme = (["", *inside[name]][-1] for name in ("section", "table", "theme"))
        row, column = (self._row, self._column) if table else (-1, -1)
        numbered = f"{table}#{self._table}" if table else ""
        self.cells.append(Cell(section, numbered, theme, row, column, tag, text))


def read_page(path: Path) -> _Page:
    """A page in its parts."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def read_folder(folder: Path, of: dict[str, str]) -> Read:
    """Read everything in the folder of one week.

    Parameters
    ----------
    folder : Path
        Folder of one week of a release.
    of : dict of str to str
        Where a number may stand on a page, and what reads it: see ``_PLACES`` of `attack.py`.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    read = Read(folder, manifest["release"]["profile"], Week.parse(folder.name))
    _told(read)
    if not (folder / "index.html").is_file():  # the pages of this week are gone, what was told is not
        return read
    _layers(read)
    _hotspot_rows(read)
    labels = labels_in(folder)
    for path in sorted(folder.glob("*.html")):
        page = read_page(path)
        _tables(read, path.name, page, labels)
        listed = {end for one in read.spans for end in one[3] if end is not None}
        for cell in page.cells:
            if cell.table or cell.tag.startswith("p."):
                listed |= digits_in(cell.text)
        for cell in page.cells:
            if re.search(r"\d", cell.text):
                place = "/".join(filter(None, (cell.section, cell.table.partition("#")[0], cell.tag)))
                # The guide is the same for all weeks.
                name = next((what for known, what in of.items() if re.fullmatch(known, place)), "")
                name = "fixed" if path.name == GUIDE else name
                if name == "dossier" and not beside_a_dossier(cell.text):
                    name = ""
                if name == "again" and not digits_in(cell.text) <= listed | _SAID:
                    name = ""
                read.numbers[name or "unread"] += 1
                if not name:
                    read.unread.append(Unread(path.name, place, cell.text))
    return read


def _told(read: Read) -> None:
    """What stands in told.json."""
    record = json.loads((read.folder / "told.json").read_text(encoding="utf-8"))
    read.parents, read.limit = dict(record["parents"]), int(record["limit"])
    for theme, found in record["themes"].items():
        for week, kinds in found["weeks"].items():
            for kind, areas in kinds.items():
                for name, text in areas.items():
                    read.counted.append(
                        Counted(theme, kind, name, Week.parse(week), ends_told(text), "told.json")
                    )
            read.beside[theme, week] = dict(found["beside"].get(week, {}))
        for spot in (*found["hotspots"], *found.get("signals", ())):
            weeks = tuple(read.week.shift(-back) for back in range(int(spot["weeks"])))
            own = (theme, spot["shape"], tuple(spot["wijken"]), weeks, ends_told(spot["observed"]))
            read.held.append(Held(*own, read.week, "hotspot" if spot["apart"] else ""))
        read.held += _measures(read.week, theme, found)
        for place in found.get("attention", ()):
            back = read.week.minus(Week.parse(place["until"])) + int(place["weeks"])
            weeks = tuple(read.week.shift(-at) for at in range(back))
            own = (theme, place["shape"], tuple(place["touched"]), weeks, (read.limit, None))
            read.held.append(Held(*own, read.week, "attention"))
            lately = weeks[: read.week.minus(Week.parse(place["until"]))]
            read.held.append(Held(*own[:3], lately, (1, None), read.week, ""))
    for year, table in record["traffic"].items():
        for column in ("injury", "weak"):
            read.years += [(year, column, name, ends_told(text)) for name, text in table[column].items()]
        read.years.append((year, "injury", "", ends_told(table["city"])))
        read.years.append((year, "weak", "", ends_told(table["city_weak"])))
        for name, values in table["conditions"].items():
            read.conditions += [(year, name, value, ends_told(text)) for value, text in values.items()]


def _measures(week: Week, theme: str, found: dict[str, Any]) -> Iterator[Held]:
    """Of a measure with a verdict: what came since it began."""
    for one in found.get("effects", ()):
        weeks = tuple(week.shift(-back) for back in range(week.minus(Week.parse(one["since"])) + 1))
        yield Held(theme, f"effect {one['of']}", tuple(one["wijken"]), weeks, (int(one["least"]), None), week)


def ends_told(text: str) -> Ends:
    """A count as the records have it."""
    low, dash, high = text.partition("-")
    return (int(low), int(high) if high else None) if dash else (int(low), int(low))


def _layers(read: Read) -> None:
    """Counts of wijken and of outlines in the layers for a GIS."""
    path = read.folder / "hotspots.gpkg"
    wijken = gpd.read_file(path, layer="wijken")
    themes = [name.removesuffix("_observed") for name in wijken.columns if name.endswith("_observed")]
    for row in wijken.to_dict("records"):
        for theme in themes:
            value = row[f"{theme}_observed"]
            if not np.isnan(value):
                read.counted.append(
                    Counted(
                        theme, "wijken", row["wijk"], read.week, (int(value), int(value)), "hotspots.gpkg"
                    )
                )
    for name, _ in pyogrio.list_layers(path):
        layer = gpd.read_file(path, layer=name)
        known = {"areas", "wijken", "zones"}
        if name not in known and len(layer):
            read.unread.append(Unread(path.name, name, f"{len(layer)} rows"))
    areas = gpd.read_file(path, layer="areas")
    for row in areas.to_dict("records"):
        if not np.isnan(row["this_week"]):
            read.unread.append(Unread(path.name, "areas/this_week", str(row["this_week"])))
        if not np.isnan(row["observed"]):
            inside = tuple(wijken.loc[wijken.intersection(row["geometry"]).area > 0, "wijk"])
            weeks = tuple(read.week.shift(-back) for back in range(int(row["weeks"])))
            shape = f"{row['geometry'].normalize().wkb_hex[-40:]}"
            ends = (int(row["observed"]), int(row["observed"]))
            read.held.append(Held(row["theme"], shape, inside, weeks, ends, read.week))


def _hotspot_rows(read: Read) -> None:
    """The table of hotspots: the same counts again, which have to be those of the layer."""
    with (read.folder / "hotspots.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1:]
    held = {one.ends for one in read.held}
    for row in rows:
        for column in (8, 9):
            ends = ends_of(row[column])
            if ends is not None and ends not in held:
                read.unread.append(Unread("hotspots.csv", f"column {column}", row[column]))


def _rows(page: _Page, tables: str) -> Iterator[list[Cell]]:
    """Rows of the tables of a class: cells in their order."""
    rows: dict[tuple[str, int], list[Cell]] = defaultdict(list)
    for cell in page.cells:
        if cell.table.partition("#")[0] == tables:
            rows[cell.table, cell.row].append(cell)
    yield from rows.values()


def _tables(read: Read, file: str, page: _Page, labels: dict[str, str]) -> None:
    """Counts by area in tables, sparklines and popups, and accidents by year and wijk."""
    stadsdeel = next((cell.text for cell in page.cells if cell.tag == "h1"), "")
    names = set(read.parents)
    for cells in _rows(page, "wijken"):
        first = next((cell for cell in cells if cell.column == 0 and "@" not in cell.tag), None)
        if first is None:
            continue
        kind = "wijken" if first.text in names else "city" if file == "index.html" else "stadsdelen"
        theme = labels.get(first.text, "") if kind == "city" else first.theme
        name = first.text if kind == "wijken" else _city(read) if kind == "city" else stadsdeel
        if theme:
            _area(read, file, cells, theme, kind, name)
    for script in page.scripts:
        _cards(read, file, script, names)
    _city_cards(read, file, page, labels)
    if file == "verkeer.html":
        _accidents(read, page)


def labels_in(folder: Path) -> dict[str, str]:
    """Keys of themes by what readers call them, from the buttons above a map."""
    button = re.compile(r'data-choose-theme="(\w+)"[^>]*>(?:<span class="theme-name">)?([^<]+)<')
    pages = (path.read_text(encoding="utf-8") for path in folder.glob("stadsdeel-*.html"))
    return {label: key for page in pages for key, label in button.findall(page)}


def _city_cards(read: Read, file: str, page: _Page, labels: dict[str, str]) -> None:
    """Counts of the stadsdelen on the first page."""
    tables: dict[str, str] = {
        cell.table: cell.text for cell in page.cells
        if cell.tag == "table@aria-label" and cell.section == "stadsdelen"
    }  # fmt: skip
    for cells in _rows(page, "table"):
        name, theme = tables.get(cells[0].table, ""), ""
        for cell in cells:
            if cell.column == 0 and "@" not in cell.tag:
                theme = labels.get(cell.text, "")
        if name and theme:
            # No column for what is usual: the sparkline comes third, and last year is not told.
            moved = [cell._replace(column=4) if cell.column == 3 else cell for cell in cells]
            _area(read, file, [cell for cell in moved if cell.column != 5], theme, "stadsdelen", name)


def _city(read: Read) -> str:
    return next((one.name for one in read.counted if one.kind == "city"), "")


def _area(read: Read, file: str, cells: list[Cell], theme: str, kind: str, name: str) -> None:
    for cell in cells:
        if cell.column == 1 and (ends := ends_of(cell.text)):
            read.counted.append(Counted(theme, kind, name, read.week, ends, file))
        if cell.column == 5 and (ends := ends_of(cell.text)):
            read.counted.append(Counted(theme, kind, name, read.week.a_year_before(), ends, file))
        if cell.column == 4 and cell.tag != "svg@aria-label" and (small := re.search(r"< (\d+)", cell.text)):
            # "All weeks < 5", where there is nothing to draw.
            alike = [(week, (0, int(small[1]) - 1)) for week in map(read.week.shift, range(-3, 1))]
            read.counted += [Counted(theme, kind, name, week, ends, f"{file} spark") for week, ends in alike]
        if cell.column == 4 and cell.tag == "svg@aria-label":
            told = cell.text.partition(": ")[2].rstrip(".").split(", ")
            for back, text in enumerate(reversed(told)):
                if ends := ends_of(text):
                    read.counted.append(
                        Counted(theme, kind, name, read.week.shift(-back), ends, f"{file} spark")
                    )


def _cards(read: Read, file: str, script: str, names: set[str]) -> None:
    """Popups of wijken on the map."""
    for found in re.finditer(r'"cards": (\{.*?\}\}), "corner"', script):
        cards: dict[str, Any] = json.loads(found[1])
        for theme, card in cards.items():
            if card["title"] in names:
                for row, week in ((0, read.week), (2, read.week.a_year_before())):
                    if len(card["rows"]) > row and (ends := ends_of(card["rows"][row][1])):
                        read.counted.append(
                            Counted(theme, "wijken", card["title"], week, ends, f"{file} popup")
                        )


def _accidents(read: Read, page: _Page) -> None:
    """By wijk over the years that the page names, by year, and at places."""
    years = {
        int(cell.text) for cell in page.cells
        if cell.section == "jaren-kop" and cell.column == 0 and re.fullmatch(_YEAR, cell.text)
    }  # fmt: skip
    if not years:
        return
    span = (min(years), max(years))
    for cell in page.cells:
        named = set(map(int, re.findall(_YEAR, cell.text)))
        if cell.tag == "li" and named >= {*span} and (count := _COUNT.match(cell.text)):
            read.spans.append(("injury", span, "", ends_of(count[0]) or (0, None)))
    for cells in _rows(page, "traffic-table"):
        row = {cell.column: cell.text for cell in cells if "@" not in cell.tag}
        if cells[0].section == "jaren-kop" and re.fullmatch(_YEAR, row.get(0, "")):
            read.years += [(row[0], name, "", ends) for name, ends in _in(row, {1: "injury", 2: "weak"})]
        if cells[0].section == "wijken-kop" and row.get(0) in read.parents:
            read.spans += [(name, span, row[0], ends) for name, ends in _in(row, {1: "injury", 2: "weak"})]
        _at_places(read, cells[0].section, row)


def _at_places(read: Read, section: str, row: dict[int, str]) -> None:
    """Accidents at dangerous points, on stretches and around schools."""
    if section in {"punten-kop", "wegvakken-kop"}:
        place, count = (1, 2) if section == "punten-kop" else (0, 1)
        if wijk := re.search(r"\((.+)\)$", row.get(place, "")):
            told = _in(row, {count: f"injury {section}"})
            read.places += [(what, wijk[1], ends) for what, ends in told]
    if section == "scholen-kop" and row.get(1) in read.parents and 4 in row:
        told = _in(row, {2: f"injury {row[0]}", 3: f"weak {row[0]}", 4: f"injury {row[0]} by day"})
        read.places += [(what, row[1], ends) for what, ends in told]


def _in(row: dict[int, str], columns: dict[int, str]) -> list[tuple[str, Ends]]:
    """Counts in some columns of a row, with what is counted there."""
    found = ((name, ends_of(row.get(column, ""))) for column, name in columns.items())
    return [(name, ends) for name, ends in found if ends is not None]
