"""What a page says of earlier weeks under its map: read into the system, and held against what these said."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from _published import Counted, Read, digits_in, ends_of, ends_told

from genk_geo.render.file_names import MAP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from genk_geo.calendar import Week

_CARRIED = re.compile(r'<script type="application/json" id="weken-gegevens">(.*?)</script>', re.DOTALL)
#: How a place on a page ends where it is about an earlier week.
UNDER_MAP = " weeks"
#: Numbers of sentences that are no counts: hotspots are counted by eye.
_SAID = set(range(21))


class Retold(NamedTuple):
    """Something of an earlier week that its own page did not say, or said otherwise."""

    file: str
    week: Week
    theme: str
    what: str


def read_weeks(read: Read) -> list[Retold]:
    """Read the map of a week as it was kept, and what the pages beside it say of earlier weeks.

    Parameters
    ----------
    read : Read
        The folder of a week; all counts are added to it.

    Returns
    -------
    list of Retold
        What the pages say that the folder of that week does not.
    """
    if not (read.folder / MAP).is_file():
        return []
    own = _map_in(read.folder)
    for theme, found in own["themes"].items():
        for kind in ("wijken", "stadsdelen"):
            for name, row in found[kind].items():
                read.counted.append(Counted(theme, kind, name, read.week, ends_told(row[1]), MAP))
                read.numbers["count"] += 1
    return [fault for page in sorted(read.folder.glob("*.html")) for fault in _page(read, page)]


def _map_in(folder: Path) -> dict[str, Any]:
    """What was kept of the map of a week, in any form."""
    return dict(json.loads((folder / MAP).read_text(encoding="utf-8")))


def _page(read: Read, page: Path) -> Iterator[Retold]:
    carried = _CARRIED.search(page.read_text(encoding="utf-8"))
    if carried is None:
        return
    told = json.loads(carried[1])
    last = len(told["weeks"]) - 1
    for at in range(last + 1):
        week = read.week.shift(at - last)
        folder = read.folder.parent / str(week)
        kept = _map_in(folder) if (folder / MAP).is_file() else {"themes": {}}
        for theme, weeks in told["themes"].items():
            what = _said(told, weeks[at], read, week, theme, f"{page.name}{UNDER_MAP}")
            own = kept["themes"].get(theme)
            for fault in what - _known(own, told["names"]):
                yield Retold(page.name, week, theme, str(fault))
            allowed = digits_in(told["weeks"][at]["spoken"]) | _SAID | _numbers_of(own)
            for number in digits_in(weeks[at]["says"]) - allowed:
                yield Retold(page.name, week, theme, f"{number} in: {weeks[at]['says']}")


def _said(
    told: dict[str, Any], of_week: dict[str, Any], read: Read, week: Week, theme: str, where: str
) -> Counter[tuple[Any, ...]]:
    """Levels, counts and ranges of wijken, and numbers and counts of hotspots, as a page says them."""
    texts = told["texts"]
    found: Counter[tuple[Any, ...]] = Counter()
    for name, row in zip(told["names"], of_week["wijken"], strict=False):
        if row:
            level, count, likely = (texts[at] for at in row)
            found["wijk", name, level, ends_of(count), frozenset(digits_in(likely))] += 1
            read.numbers["count"] += 1
            if ends := ends_of(count):
                read.counted.append(Counted(theme, "wijken", name, week, ends, where))
    for spot in of_week["spots"]:
        found["hotspot", spot[1], ends_of(texts[spot[6]])] += 1
        read.numbers["count"] += 1
    return found


def _known(own: dict[str, Any] | None, names: list[str]) -> Counter[tuple[Any, ...]]:
    """The same of what was kept of the map of that week."""
    if own is None:
        return Counter()
    found: Counter[tuple[Any, ...]] = Counter()
    for name in names:
        if name in own["wijken"]:
            _, count, low, high, level, _ = own["wijken"][name]
            likely = frozenset() if low is None or high is None else frozenset({low, high})
            found["wijk", name, level, _shown(count), likely] += 1
    for spot in own["hotspots"]:
        found["hotspot", spot["number"], _shown(spot["observed"])] += 1
    return found


def _shown(count: str) -> tuple[int, int | None] | None:
    """Ends of a count as a page shows them: of one of which nothing is told, none."""
    ends = ends_told(count)
    return None if ends == (0, None) else ends


def _numbers_of(own: dict[str, Any] | None) -> set[int]:
    """Every number that a sentence on the map may name."""
    if own is None:
        return set()
    rows = [*own["stadsdelen"].values(), *own["wijken"].values()]
    told = {
        number for row in rows for number in (*_spoken(ends_told(row[1])), *row[2:4]) if number is not None
    }
    spots = own["hotspots"]
    named = {number for spot in spots for name in spot["streets"] for number in digits_in(name)}
    return told | named | {int(spot["number"]) for spot in spots}


def _spoken(ends: tuple[int, int | None]) -> tuple[int | None, ...]:
    """Numbers with which a count is told in a sentence: 0 to 4 as fewer than 5."""
    low, high = ends
    return (low, high) if high is None or low else (low, high, high + 1)
