"""What was told stays told: a week's numbers are those of the first page that showed them.

A correction after that, told beside the page that somebody kept, would say what came in late: a small count.
So a table is told once. The page of the week, its place in the trend of later weeks, the same week a year on,
the public's page four weeks later and every rerun show the same numbers, whatever the history holds by then.
An analist sees what it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from genk_geo.release.level import Level
from genk_geo.release.suppress import Count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: A count as text: ``12``, ``0-4``, or ``5-`` for five or more.
Text = str
Record = dict[str, Any]


def text_of(count: Count) -> Text:
    """A count as text."""
    low, high = count.ends
    return f"{low}-" if high is None else str(low) if low == high else f"{low}-{high}"


def limits(told: Text) -> tuple[int, int | None]:
    """Lowest and highest possible value of a count that was told; None: no highest."""
    low, dash, high = told.partition("-")
    if not dash:
        return int(low), int(low)
    return int(low), int(high) if high else None


def count_of(told: Text) -> Count:
    """A count from its text."""
    return Count.from_ends(*limits(told))


class WeekTable(NamedTuple):
    """Counts of one week as they are told, by name.

    Attributes
    ----------
    city, stadsdelen, wijken : dict of str to Count
        By name.
    beside : dict of str to int
        How many incidents of a stadsdeel, and of the city, are in none of its parts; 0 when absent.
    """

    city: dict[str, Count]
    stadsdelen: dict[str, Count]
    wijken: dict[str, Count]
    beside: dict[str, int]

    def fits(self, frames: Sequence[Iterable[str]]) -> bool:
        """Whether it holds these areas and no others: city, stadsdelen, wijken."""
        return all({*own} == {*names} for own, names in zip(self[:3], frames, strict=True))


class Told:
    """What other readers than analists were told before.

    Parameters
    ----------
    records : iterable of dict
        From :func:`genk_geo.release.kept.record.record_of`.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        # The page of a week speaks for it; else the oldest page that showed it.
        self._records = sorted(
            (record for record in records if record["level"] != Level.POINTS),
            key=lambda record: (str(record["week"]), str(record["level"])),
        )

    def _themes(self, theme: str, *, week: str = "") -> Iterable[Record]:
        return (
            record["themes"][theme]
            for record in self._records
            if theme in record["themes"] and week in {"", record["week"]}
        )

    @property
    def years(self) -> dict[str, Record]:
        """Accidents of every year that was told, as it was first told."""
        told: dict[str, Record] = {}
        for record in self._records:
            told = record.get("traffic", {}) | told
        return told

    def table(self, theme: str, week: str) -> WeekTable | None:
        """Counts of a week; None when they were never told."""
        for found in (*self._themes(theme, week=week), *self._themes(theme)):
            if (kinds := found["weeks"].get(week)) is not None:
                city, stadsdelen, wijken = (
                    {name: count_of(text) for name, text in kinds.get(kind, {}).items()}
                    for kind in ("city", "stadsdelen", "wijken")
                )
                return WeekTable(city, stadsdelen, wijken, dict(found.get("beside", {}).get(week, {})))
        return None

    def silent(self, theme: str, week: str) -> bool:
        """Whether the page of a week said that nothing had come in of a theme."""
        return any(week not in found["weeks"] for found in self._themes(theme, week=week))

    def judged(self, theme: str, week: str) -> dict[str, dict[str, list[Any]]]:
        """Expected range, level and alert of a week's areas, by kind and name; empty when never told."""
        return next(
            (dict(found["judged"]) for found in self._themes(theme, week=week) if "judged" in found), {}
        )

    def figures(self, of: str) -> dict[str, Text] | None:
        """Counts beside the tables by area of a week or a period; None when no page told these."""
        told = [record["figures"][of] for record in self._records if of in record.get("figures", {})]
        return dict(told[0]) if told else None

    def shown(self, week: str, level: str) -> list[dict[str, str]]:
        """Digests of the pages of a week, of all releases of a level."""
        return [
            dict(record["shown"])
            for record in self._records
            if record["week"] == week and record["level"] == level and "shown" in record
        ]

    def blocks(self) -> tuple[str, str, int] | None:
        """Week, fingerprint of the blocks and addresses in each, of the first page with outlines."""
        return next(
            (
                (str(record["week"]), str(record["blocks"]), int(record["min_addresses"]))
                for record in self._records
                if record.get("blocks")
            ),
            None,
        )

    def dossier(self, number: str, week: str) -> Record | None:
        """Where and how a dossier was told, up to a week; None where it never was."""
        found = [
            record["dossiers"][number]
            for record in self._records
            if number in record.get("dossiers", {}) and str(record["week"]) <= week
        ]
        return dict(found[-1]) if found else None

    def hotspots(self, theme: str, week: str) -> dict[str, Record] | None:
        """Hotspots on the page of a week by the name of their outline; None when there was no such page."""
        pages = [found["hotspots"] for found in self._themes(theme, week=week) if found["hotspots"]]
        return {spot["shape"]: spot for page in pages for spot in page} if pages else None
