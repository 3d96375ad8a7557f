"""Attack what was published: `python scripts/attack.py MAPS [--config genk-geo.toml] [--corrected 2026-W43]`.

It reads every file of every release but those for analysts, in all folders that are named, as somebody would
who has them all and knows the program: pages, layers, tables, records. All that they tell goes into one
system of whole numbers. It reports

- counts that are held back and follow from it, or of which less is left than was promised;
- numbers on a page that nothing here reads, so that none slips in unseen;
- what a page says of an earlier week that the page of that week did not say;
- with `--config`, what of the history can be found in the files: names of incidents, their places, and doors
  (a street with a number) of whatever kind; and, for information, how often it has another count than told.

Nothing is changed or sent. Run it in the environment of the program, on one's own folder, before publishing.
Exit codes: 0 nothing was found, 1 something was.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _bounds import MOST, ContradictionError, Numbers
from _published import Held, Read, read_folder
from _weeks import UNDER_MAP, read_weeks

from genk_geo.calendar import Week
from genk_geo.errors import GenkGeoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Where a number may stand on a page (section, class of the table, element), and what it is:
#: "count", read into the system or the same as one that is; "likely", worked out from what is told, as
#: tests/release/attacker shows; "again", a sentence whose numbers stand in the tables of its page;
#: "model", a figure of a model or an index, which is no sum of counts (see docs/privacy.md);
#: "ground", a size, a place or a class of the map; "dossier", what partners promised;
#: "name" and "date"; "fixed", the same on every page.
_PLACES: dict[str, str] = {
    r"(head|title|meta|link).*|kaart/span\.week-name": "date",
    r"p\.(week|as-of|eyebrow)|a(@title|\..*)?|weken/.*|wijken/wijken/caption": "date",
    r"p(\.sheet)?|h1(\..*)?|.*/button(\.link)?(@aria-label)?|.*datalist.*|kop/.*": "name",
    r"(kaart/summary|scholen-kop/traffic-table|wijken-kop/traffic-table|stadsdelen/.*)/th(\..*)?": "name",
    r"(jaren-kop/traffic-table)/th(\..*)?|scholen-kop/traffic-table/td": "name",
    r"(wijken|stad)/wijken/td\.num|stadsdelen/table/td\.num|kaart/summary/td\.num": "count",
    r".*/svg@aria-label|.*/td\.(trend|spark-cell)": "count",
    r"hotspots/hotspots/(span(\.nowrap)?|td\.num|th)": "count",
    r"(punten|wegvakken|scholen|wijken|jaren)-kop/traffic-table/td\.num": "count",
    r"verkeer/danger-table/td\.num|signals?/signals/td\.num|signalen/signals/(td\.num|span.*|td)": "count",
    r"omstandigheden-kop/table/(td\.num|th)": "count",
    r"stadsdelen/table/td\.range|kaart/summary/td\.range|jaren-kop/traffic-table/td": "likely",
    r"signalen/a.*": "name",
    r"signalen/span.*|kort/li\.news-(repeat|signal|ahead)": "model",
    r"kort/.*|li|p\.(city-sentence|headline)|stadsdelen/span\.small|kaart/span\.theme-.*": "again",
    r"kaart/p\.week-says|(opvallend|nieuw)/.*": "again",
    r"kaart/(span|li|p\.small|label|h3)(\..*)?|(volgende-week|omgeving)/.*": "ground",
    r"punten-kop/traffic-table/td|hotspots/hotspots/(td|a).*|hotspots/p\.small": "ground",
    r"verkeer/(summary|.*span.*|p\..*)": "ground",
    r"aandacht/.*|voorstellen/.*|hotspots/hotspots/span\.sub|waarom/.*|gegevens(-kop)?/.*": "model",
    r"aanpak-[a-z0-9-]+/.*": "dossier",
    r"formulier/.*|doen/dd|wijken/p\.small|scholen-kop/p\..*|(punten|wegvakken|jaren)-kop/p\..*": "fixed",
}  # fmt: skip


class Narrowed(NamedTuple):
    """A count that is held back, and what is left of it."""

    theme: str
    kind: str
    name: str
    when: str
    promised: tuple[int, int]
    left: tuple[int, int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, solve, search, and say what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("maps", nargs="+", type=Path, help="folders of all weeks of all releases")
    parser.add_argument("--config", type=Path, help="settings: their history is searched for in the files")
    parser.add_argument("--corrected", help="first week published after a corrected file was read")
    parser.add_argument("--since", help="with --corrected: first week whose counts it changed")
    own = parser.parse_args(arguments)
    reads = [read_folder(folder, _PLACES) for folder in folders_in(own.maps)]
    retold = [fault for read in reads for fault in read_weeks(read)]
    if not reads:
        print("No folder of a week that others than analysts read.")
        return 1
    print(f"{len(reads)} folders: {dict(Counter(read.profile for read in reads))}")
    numbers = sum((Counter(read.numbers) for read in reads), Counter())
    print(f"numbers on pages: {dict(numbers)}")
    print(f"counts by area: {sum(len(read.counted) for read in reads)}; in outlines: "
          f"{sum(len(read.held) for read in reads)}")  # fmt: skip
    unread = _unread(reads)
    for fault in retold[:10]:
        print(f"RETOLD {fault}")
    found = unread + len(retold)
    corrected = (
        None if own.corrected is None else (Week.parse(own.corrected), Week.parse(own.since or own.corrected))
    )
    themes = sorted({one.theme for read in reads for one in read.counted})
    covered = less = 0
    for theme in themes:
        asked, narrowed = attack_theme(theme, reads, corrected)
        covered += asked
        less += len(narrowed)
        for one in narrowed[:10]:
            print(f"NARROWED {one}")
    asked, narrowed = attack_years(reads)
    for one in narrowed[:10]:
        print(f"NARROWED {one}")
    less += len(narrowed)
    found += less
    print(f"told as a range: {covered} counts by week, {asked} by year")
    print(f"narrowed: {less}; unread: {unread}; retold: {len(retold)}")
    if own.config is not None:
        from _searched import search

        found += search(reads, own.config, corrected)
    print("Nothing was found." if not found else f"{found} findings.")
    return int(found > 0)


def folders_in(maps: Iterable[Path]) -> list[Path]:
    """Folders of a week that others than analysts read: those with a record of what was told."""
    found = (path.parent for place in maps for path in place.rglob("told.json"))
    return sorted(folder for folder in found if not folder.name.startswith("."))


def _unread(reads: Sequence[Read]) -> int:
    every = [one for read in reads for one in read.unread]
    shown = {one.place: f"{one.file}: {one.text[:80]}" for one in every}
    for place, count in Counter(one.place for one in every).most_common():
        print(f"UNREAD {count} x {place}: {shown[place]}")
    return len(shown)


def attack_theme(
    theme: str, reads: Sequence[Read], corrected: tuple[Week, Week] | None = None
) -> tuple[int, list[Narrowed]]:
    """All that is told of a theme by week, as one system.

    Parameters
    ----------
    theme : str
        Key of the theme.
    reads : sequence of Read
        The folders.
    corrected : tuple of Week, optional
        First week published after a correction, and the first week that it changed: outlines on pages from
        then on count other incidents of these weeks than the tables, which stay as they were told.

    Returns
    -------
    int
        Counts that are told as a range.
    list of Narrowed
        Those of which less is left than was told.
    """
    numbers, limit = Numbers(), min(read.limit for read in reads)
    every = [one for read in reads for one in read.counted if one.theme == theme]
    told = {(one.kind, one.name, one.week): one.ends for one in every}
    hidden = [key for key, ends in told.items() if ends[0] != ends[1]]
    promised = {numbers(*key): _promised(told[key], limit) for key in hidden}
    try:
        for one in every:
            numbers.tell(numbers(one.kind, one.name, one.week), one.ends)
        _add_up(numbers, theme, reads, {week for _, _, week in told})
        for read in reads:
            held = [one for one in read.held if one.theme == theme and _speaks(one, told)]
            for one in held:
                _outline(numbers, one, told, corrected)
            for kind in ("hotspot", "attention"):
                _side_by_side(numbers, [one for one in held if one.apart == kind], told, corrected)
        left = numbers.extremes(promised, promised)
    except ContradictionError:
        return len(hidden), [Narrowed(theme, "all", "the files contradict each other", "", (0, 0), (0, 0))]
    return len(hidden), [
        Narrowed(theme, key[0], key[1], str(key[2]), promised[at], left[at])
        for key in hidden
        if _less(left[at := numbers(*key)], promised[at], limit, small=key[0] == "wijken")
    ]


def _add_up(numbers: Numbers, theme: str, reads: Sequence[Read], weeks: set[Week]) -> None:
    parents = {wijk: above for read in reads for wijk, above in read.parents.items()}
    beside = {week: own for read in reads for (of, week), own in read.beside.items() if of == theme}
    # On the page and not on record: known to be empty.
    for week in _left_out(theme, reads):
        for wijk in parents:
            numbers.tell(numbers("wijken", wijk, week), (0, 0))
    for week in weeks:
        _totals(numbers, week, parents, beside.get(str(week), {}))


def _promised(ends: tuple[int, int | None], limit: int) -> tuple[int, int]:
    low, high = ends
    return low, low + limit if high is None else high


def _left_out(theme: str, reads: Sequence[Read]) -> set[Week]:
    """Weeks that a page shows like any other and that its record leaves out.

    What it says of earlier weeks under its map is on record where these were published.
    """
    found: set[Week] = set()
    for read in reads:
        shown, on_record = set(), set()
        for one in read.counted:
            if one.theme == theme and not one.where.endswith(UNDER_MAP):
                (on_record if one.where == "told.json" else shown).add(one.week)
        found |= shown - on_record
    return found


def _less(left: tuple[int, int], promised: tuple[int, int], limit: int, *, small: bool) -> bool:
    """Whether less is left than was promised: all small values of a small count, as many of any other."""
    if small:
        return left[0] > promised[0] or left[1] < promised[1]
    return left[1] - left[0] < limit - 1


def _totals(numbers: Numbers, week: Week, parents: Mapping[str, str], beside: Mapping[str, int]) -> None:
    """Wijken add up to stadsdelen, and these to the city, with what has no known smaller area beside it."""
    inside: dict[str, list[int]] = defaultdict(list)
    for wijk, stadsdeel in parents.items():
        inside[stadsdeel].append(numbers("wijken", wijk, week))
    for stadsdeel, parts in inside.items():
        own = numbers("stadsdelen", stadsdeel, week)
        out = beside.get(stadsdeel, 0)
        numbers.rule({**dict.fromkeys(parts, 1), own: -1}, -out, -out)
    cities = [key for key in numbers.at if key[0] == "city" and key[2] == week]
    for city in cities:
        own, out = numbers(*city), beside.get(city[1], 0)
        parts = [numbers("stadsdelen", stadsdeel, week) for stadsdeel in inside]
        numbers.rule({**dict.fromkeys(parts, 1), own: -1}, -out, -out)


def _outline(
    numbers: Numbers,
    one: Held,
    told: Mapping[tuple[str, str, Week], object],
    corrected: tuple[Week, Week] | None,
) -> None:
    """What lies in an outline is no more than its wijken have, each week."""
    later = corrected is not None and one.page >= corrected[0]
    weeks = [(week, later and corrected[1] <= week < corrected[0]) for week in one.weeks]
    cells = [numbers("outline", one.shape, week, changed) for week, changed in weeks]
    low, high = one.ends
    numbers.rule(dict.fromkeys(cells, 1), float(low), MOST if high is None else float(high))
    for cell, (week, changed) in zip(cells, weeks, strict=True):
        around = [("wijken", wijk, week) for wijk in one.wijken]
        if around and not changed and all(key in told for key in around):
            numbers.rule({cell: 1, **{numbers(*key): -1 for key in around}}, -MOST * len(around), 0)


def _speaks(one: Held, told: Mapping[tuple[str, str, Week], object]) -> bool:
    """Whether a lower end says anything: not where a week can have any number."""
    return one.ends[1] is not None or all(
        ("wijken", wijk, week) in told for week in one.weeks for wijk in one.wijken
    )


def _side_by_side(
    numbers: Numbers,
    page: Sequence[Held],
    told: Mapping[tuple[str, str, Week], object],
    corrected: tuple[Week, Week] | None,
) -> None:
    """What one page marks in a wijk shares no incident: together no more than the wijk has."""
    shapes = Counter(one.shape for one in page)
    cells: dict[tuple[str, Week], dict[int, int]] = defaultdict(dict)
    for one in page:
        later = corrected is not None and one.page >= corrected[0]
        # Two that are drawn alike have one number here.
        if len(one.wijken) == 1 and shapes[one.shape] == 1:
            for week in one.weeks:
                if not (later and corrected is not None and corrected[1] <= week < corrected[0]):
                    cells[one.wijken[0], week][numbers("outline", one.shape, week, False)] = 1
    for (wijk, week), parts in cells.items():
        if ("wijken", wijk, week) in told:
            numbers.rule({**parts, numbers("wijken", wijk, week): -1}, -MOST * len(parts), 0)


def attack_years(reads: Sequence[Read]) -> tuple[int, list[Narrowed]]:
    """Accidents by year, over years, and at places, as one system.

    A wijk has no fewer accidents than those of its dangerous points together, those of its stretches, or
    those around any of its schools.
    """
    numbers = Numbers()
    told = {(column, name, year): ends for read in reads for year, column, name, ends in read.years}
    for (column, name, year), ends in told.items():
        numbers.tell(numbers(column, name, year), ends)
    for column, year in {(column, year) for column, _, year in told}:
        parts = [numbers(*key) for key in told if key[0] == column and key[1] and key[2] == year]
        # How many have no wijk is not told: the city has no fewer than its wijken.
        numbers.rule({numbers(column, "", year): 1, **dict.fromkeys(parts, -1)}, 0, MOST)
    for _, name, year in (key for key in told if key[0] == "weak"):
        numbers.rule({numbers("injury", name, year): 1, numbers("weak", name, year): -1}, 0, MOST)
    for year, name in {(year, name) for read in reads for year, name, _, _ in read.conditions}:
        rows = {one for read in reads for one in read.conditions if one[:2] == (year, name)}
        for row in rows:
            numbers.tell(numbers(*row[:3]), row[3])
        # Values that are not named are small: the city has no fewer than those that are.
        numbers.rule({numbers("injury", "", year): 1, **{numbers(*row[:3]): -1 for row in rows}}, 0, MOST)
    for read in reads:
        _over_years(numbers, read)
    hidden = [key for key, ends in told.items() if ends[0] != ends[1]]
    limit = min(read.limit for read in reads)
    promised = {numbers(*key): _promised(told[key], limit) for key in hidden}
    left = numbers.extremes(promised, promised) if promised else {}
    return len(hidden), [
        Narrowed("traffic", key[0], key[1], key[2], promised[at], left[at])
        for key in hidden
        if _less(left[at := numbers(*key)], promised[at], limit, small=bool(key[1]))
    ]


def _over_years(numbers: Numbers, read: Read) -> None:
    """Sums over the years that a page names, and what its places need of their wijk in its period."""
    last = 0
    for column, (first, last), name, ends in read.spans:
        cells = [numbers(column, name, str(year)) for year in range(first, last + 1)]
        low, high = ends
        numbers.rule(dict.fromkeys(cells, 1), float(low), MOST if high is None else float(high))
    together: dict[tuple[str, str], int] = defaultdict(int)
    for what, wijk, ends in read.places:
        together[what, wijk] += ends[0]
    for (what, wijk), needed in together.items():
        # Three years up to a quarter of the next.
        cells = [numbers(what.partition(" ")[0], wijk, str(year)) for year in range(last - 2, last + 2)]
        numbers.rule(dict.fromkeys(cells, 1), float(needed), MOST * len(cells))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except GenkGeoError as fault:
        sys.exit(str(fault))
