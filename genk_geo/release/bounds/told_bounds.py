"""What a reader with a pencil finds out: bounds on every count that is held back, from all that was told.

All that was ever told of a theme is a set of linear equations and inequalities in whole numbers: counts by
wijk, stadsdeel and week, totals, windows of weeks that shift, parts that are no larger than the whole. The
lowest and the highest value that a count can have under all of them is what its reader knows, and no less.

Source: Fischetti & Salazar (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47(7); the bounds are those of the attacker's problems there.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from genk_geo.calendar import Week
from genk_geo.release.bounds.integer_bounds import Rule, System
from genk_geo.release.told import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from genk_geo.release.told import Record

_log = logging.getLogger(__name__)

#: No count is higher; the solver wants an end.
_MOST = 1_000_000
_TWO = 2


class Cell(NamedTuple):
    """A count: of an area (``city``, ``stadsdelen``, ``wijken``) or a hotspot outline in one week."""

    kind: str
    name: str
    week: str


@dataclass(frozen=True)
class Finding:
    """A count that is held back and yet known too well.

    Attributes
    ----------
    theme : str
        Key of the theme.
    cells : tuple of Cell
        The count, or the counts of which this is the sum.
    low, high : int
        What a reader can say of it.
    """

    theme: str
    cells: tuple[Cell, ...]
    low: int
    high: int

    @property
    def text(self) -> str:
        """For a message; names the cell and not what was found."""
        first = self.cells[0]
        return f"{self.theme}, {first.name}, {first.week}"


def outlines_of(record: Record, theme: str) -> Iterator[tuple[Record, tuple[Cell, ...]]]:
    """Hotspots and signals on record, in their order, each with its count of every week."""
    last, found = Week.parse(record["week"]), record["themes"][theme]
    drawn = Counter(spot["shape"] for spot in found["hotspots"])
    for at, spot in enumerate((*found["hotspots"], *found.get("signals", ()))):
        # Two that are drawn as one are two: of either, no other page tells.
        name = spot["shape"] if drawn[spot["shape"]] < _TWO else f"{spot['shape']}/{last}/{at}"
        weeks = (str(last.shift(-back)) for back in range(int(spot["weeks"])))
        yield spot, tuple(Cell("hotspot", name, week) for week in weeks)


class Knowledge:
    """Everything that some records tell of one theme.

    Parameters
    ----------
    theme : str
        Key of the theme.
    records : sequence of dict
        From :func:`genk_geo.release.kept.record.record_of`.
    """

    def __init__(self, theme: str, records: Sequence[Record]) -> None:
        self.theme = theme
        self.bounds: dict[Cell, tuple[int, int]] = {}
        self.shown: set[Cell] = set()
        self.rules: list[Rule] = []
        self.sums: list[tuple[Cell, ...]] = []
        self._bounded: set[tuple[Cell, ...]] = set()
        self._promised: dict[Cell, tuple[int, int | None]] = {}
        self._beside: dict[str, dict[str, int]] = {}
        self._corrected: set[str] = set()
        for record in sorted(records, key=lambda told: str(told["week"]), reverse=True):
            if theme in record["themes"]:
                self._tables(record)
        for record in records:
            if theme in record["themes"]:
                self._hotspots(record)
        self._told = {cell for cell in self.bounds if cell.kind != "part"}
        self._totals({wijk: whole for record in records for wijk, whole in record["parents"].items()})

    def _tell(self, cell: Cell, told: str) -> None:
        self.bounds[cell] = self._both(cell, told)
        self._promised.setdefault(cell, limits(told))
        if "-" not in told:
            self.shown.add(cell)

    def _both(self, cell: Cell, told: str) -> tuple[int, int]:
        """Range from what was known of a cell and what is told now; empty where these contradict."""
        low, high = limits(told)
        before = self.bounds.get(cell, (0, _MOST))
        return max(low, before[0]), min(_MOST if high is None else high, before[1])

    def _tables(self, record: Record) -> None:
        """Counts by area, from the newest record to the oldest.

        Where an older one contradicts, the data of that week were corrected since: it tells of other counts.
        """
        self._beside |= record["themes"][self.theme].get("beside", {})
        for week, kinds in record["themes"][self.theme]["weeks"].items():
            told = {
                Cell(kind, name, week): text for kind, areas in kinds.items() for name, text in areas.items()
            }
            ranges = [self._both(cell, text) for cell, text in told.items()]
            if week in self._corrected or any(low > high for low, high in ranges):
                self._corrected.add(week)
                continue
            for cell, text in told.items():
                self._tell(cell, text)

    def _hotspots(self, record: Record) -> None:
        together: dict[Cell, list[Cell]] = defaultdict(list)
        for spot, cells in outlines_of(record, self.theme):
            for cell in cells:
                self.bounds.setdefault(cell, (0, _MOST))
                self._inside(cell, spot["wijken"], together if spot["apart"] else None)
            least, most = self._both(cells[0], spot["this_week"])
            if least <= most:
                self._tell(cells[0], spot["this_week"])
            low, high = limits(spot["observed"])
            self.rules.append(Rule(dict.fromkeys(cells, 1), low, np.inf if high is None else high, "window"))
            if (low, high) != (0, None):
                self._bounded.add(cells)
            if low != high:
                self.sums.append(cells)
        for wijk, parts in together.items():
            self.rules.append(Rule({**dict.fromkeys(parts, 1), wijk: -1}, -np.inf, 0, "part"))

    def _inside(self, cell: Cell, wijken: list[str], together: dict[Cell, list[Cell]] | None) -> None:
        """A hotspot holds no more than its wijken do; those that lie apart, no more together."""
        around = [Cell("wijken", wijk, cell.week) for wijk in wijken]
        if not around or not all(wijk in self.bounds for wijk in around):
            return
        if together is None:
            self.rules.append(Rule({cell: 1, **dict.fromkeys(around, -1)}, -np.inf, 0, "part"))
            return
        parts = [cell]
        if len(around) > 1:
            parts = [Cell("part", f"{cell.name} in {wijk}", cell.week) for wijk in wijken]
        for part, wijk in zip(parts, around, strict=True):
            self.bounds.setdefault(part, (0, _MOST))
            together[wijk].append(part)
        if len(around) > 1:
            self.rules.append(Rule({cell: 1, **dict.fromkeys(parts, -1)}, 0, 0, "part"))

    def _totals(self, parents: dict[str, str]) -> None:
        """Wijken add up to their stadsdeel and stadsdelen to the city, in every week with a table."""
        tables = {cell.week for cell in self._told if cell.kind != "hotspot"}
        cities = [cell for cell in self.bounds if cell.kind == "city"]
        for week in sorted(tables):
            inside: dict[Cell, list[Cell]] = defaultdict(list)
            for wijk, stadsdeel in parents.items():
                inside[Cell("stadsdelen", stadsdeel, week)].append(Cell("wijken", wijk, week))
            for whole, parts in inside.items():
                for cell in (whole, *parts):
                    self.bounds.setdefault(cell, (0, _MOST))
                self.rules.append(self._total(whole, parts))
            self.rules += [self._total(city, inside) for city in cities if city.week == week]

    def _total(self, whole: Cell, parts: Iterable[Cell]) -> Rule:
        """A total is its parts and what is in none of them, which the reader is taken to know."""
        known = self._beside.get(whole.week)
        beside = 0 if known is None else known.get(whole.name, 0)
        terms = {**dict.fromkeys(parts, 1), whole: -1}
        return Rule(terms, -beside, -beside, "total" if known is None else "sum")

    def knows(self, finding: Finding) -> bool:
        """Whether this alone says as much."""
        if any(cell not in self.bounds for cell in finding.cells):
            return False
        for cells, part in self._parts({*finding.cells}):
            if set(finding.cells) <= set(cells):
                system = _holding(self._systems(cells, part), cells)
                known = None if system is None else system.extremes(finding.cells)
                return known is not None and known[0] >= finding.low and known[1] <= finding.high
        return False

    def contradicted_by(self, kind: str, touched: set[Cell]) -> bool:
        """Whether rules of a kind cannot hold beside the strongest of the others that can."""
        for cells, part in self._parts(touched):
            rest = [rule for rule in part if rule.kind != kind]
            if len(rest) < len(part):
                stages = zip(self._systems(cells, rest), self._systems(cells, part), strict=True)
                holding = next((whole for plain, whole in stages if plain.solvable), None)
                if holding is not None and not holding.solvable:
                    return True
        return False

    def too_well(self, touched: set[Cell], *, limit: int) -> list[Finding]:
        """What is told as a range, and is known better than is promised.

        Of a count that is told as small every small value is promised; of any other range, that it keeps as
        many values as there are small counts, as long as it can be small or its high end was told.
        """
        pinned = [cell for cell, (low, high) in self.bounds.items() if low == high and cell in touched]
        found = [
            Finding(self.theme, (cell,), *self.bounds[cell])
            for cell in pinned
            if cell in self._told and cell not in self.shown and self._narrow(cell, *self.bounds[cell], limit)
        ]
        for cells, part in self._parts(touched):
            inside = set(cells)
            targets: list[tuple[Cell, ...]] = [
                (cell,) for cell in cells if cell in self._told and cell not in self.shown
            ]
            targets += [sums for sums in self.sums if inside.intersection(sums)]
            systems = self._systems(cells, part)
            system = _holding(systems, cells)
            if system is not systems[0]:
                # A correction: what later windows say of it together is not in the weaker rules.
                found += [
                    Finding(self.theme, sums, 0, 0)
                    for sums in sorted(self._bounded)
                    if inside.intersection(sums) and touched.issuperset(sums)
                ]
            if system is None:
                continue
            for target in self._doubtful(system, targets, limit):
                known = system.extremes(target)
                alone = target[0] if len(target) == 1 else None
                if known is not None and self._narrow(alone, *known, limit):
                    found.append(Finding(self.theme, target, *known))
        return found

    def _doubtful(
        self, system: System, targets: list[tuple[Cell, ...]], limit: int
    ) -> Iterator[tuple[Cell, ...]]:
        """Those of the targets that no solutions show to be wide enough, one by one.

        Solutions that were found for one target settle most others: as long as any are settled, all that
        are left are looked for together, each at the end where it is not yet wide enough.
        """
        idle = _TWO if system.simple else 0
        if targets and not system.simple:
            system.explore(targets)
            targets = [target for target in targets if not self._wide(system, target, limit)]
        while targets and idle < _TWO:
            left = len(targets)
            sides = [self._missing(system, target, limit, at + idle) for at, target in enumerate(targets)]
            system.push(list(zip(targets, sides, strict=True)))
            targets = [target for target in targets if not self._wide(system, target, limit)]
            idle = idle + 1 if len(targets) == left else 0
        for target in targets:
            for turn in range(0 if system.simple else _TWO):
                if not self._wide(system, target, limit):
                    system.push([(target, self._missing(system, target, limit, turn))])
            if not self._wide(system, target, limit):
                yield target

    def _missing(self, system: System, target: tuple[Cell, ...], limit: int, turn: int) -> int:
        """The end of a target to look for next, -1 low or 1 high: by turns where either may do."""
        if len(target) == 1 and self._promised.get(target[0]) == (0, limit - 1):
            seen = system.seen(target)
            return -1 if seen is None or seen[0] > 0 else 1
        return (-1, 1)[turn % _TWO]

    def _wide(self, system: System, target: tuple[Cell, ...], limit: int) -> bool:
        """Whether solutions are known that lie as far apart as was promised."""
        seen = system.seen(target)
        if seen is None:
            return False
        if len(target) == 1 and self._promised.get(target[0]) == (0, limit - 1):
            return seen[0] <= 0 and seen[1] >= limit - 1
        return seen[1] - seen[0] >= limit - 1

    def _narrow(self, cell: Cell | None, low: int, high: int, limit: int) -> bool:
        """Whether from `low` to `high` is less than was promised of a cell; None: of a sum of cells."""
        told = (0, None) if cell is None else self._promised.get(cell, (0, None))
        if told == (0, limit - 1):
            return low > 0 or high < limit - 1
        return high - low < limit - 1 and (told[1] is not None or low < limit)

    def _parts(self, touched: set[Cell]) -> Iterator[tuple[list[Cell], list[Rule]]]:
        """Cells that hang together through what is not shown, with their rules; only where one is touched."""
        cells = list(self.bounds)
        number = {cell: at for at, cell in enumerate(cells)}
        free = {cell for cell, (low, high) in self.bounds.items() if low < high}
        rules = [rule for rule in self.rules if all(cell in number for cell in rule.terms)]
        unknown = [[number[cell] for cell in rule.terms if cell in free] for rule in rules]
        pairs = [(inside[0], other) for inside in unknown for other in inside[1:]]
        one, two = zip(*pairs, strict=True) if pairs else ((), ())
        graph = coo_array((np.ones(len(pairs)), (one, two)), shape=(len(cells), len(cells)))
        label = connected_components(graph, directed=False)[1]
        members: dict[int, list[Cell]] = defaultdict(list)
        for at, cell in enumerate(cells):
            if cell in free:
                members[int(label[at])].append(cell)
        own: dict[int, list[Rule]] = defaultdict(list)
        for rule, places in zip(rules, unknown, strict=True):
            if places:
                own[int(label[places[0]])].append(rule)
        for part, inside in members.items():
            if touched.intersection(inside):
                yield inside, own[part]

    def _systems(self, cells: list[Cell], rules: list[Rule]) -> list[System]:
        """The rules as they stand, and ever weaker where the records contradict each other."""
        kept = [rule for rule in rules if rule.kind != "part"]
        # Some incidents of a total have no known wijk; late reports may be in a window and in no week.
        loose = [rule._replace(low=-np.inf) if rule.kind == "total" else rule for rule in kept]
        stages = (rules, kept, loose, [rule for rule in loose if rule.kind != "window"])
        return [System(cells, stage, self.bounds) for stage in stages]


def _holding(systems: list[System], cells: Sequence[Cell]) -> System | None:
    """The first of the systems that can be true; None where nothing was told that can be true."""
    for system in systems:
        if system.solvable:
            return system
    _log.warning("What was told of %s in %s contradicts itself.", cells[0].name, cells[0].week)
    return None
