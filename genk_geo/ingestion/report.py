"""What became of a supplier's file: the result of an ingest."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from genk_geo.errors import Message
from genk_geo.show import Layer, Look, Shown, View

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from genk_geo.ingestion.delivered import Delivered
    from genk_geo.show.words import Words

#: What a hand on an incident reads; its number and its address are not among it.
_TIPS = ("theme", "category", "from", "geocode_level", "geocode_uncertainty_m", "wijk", "stadsdeel")


@dataclass(frozen=True)
class IngestReport:
    """Counts and warnings of one file.

    Attributes
    ----------
    file : str
        File name, without folder.
    sha256 : str
        Checksum of the file as delivered.
    profile, source, theme : str
        How it was read, who delivered it, and its theme (several joined by a comma).
    rows_in, incidents, duplicates, rejects : int
        Rows of the file and what became of them: rows_in = incidents + duplicates + rejects + left_out.
    reasons : dict of str to int
        Rejects by reason.
    levels : dict of str to int
        Incidents by geocode level, worst first.
    located_share : float
        Share of the incidents of which a street or better is known; 0 without incidents.
    by_theme, by_wijk : dict
        Incidents and the located share of them, by theme and by wijk. Under the empty name stand those
        whose wijk is not known.
    warnings : tuple of str
        What an analyst should look at; never the content of a row.
    left_out : int
        Rows that the profile's selection leaves out by choice.
    withdrawn : int
        Rows of a list of withdrawn reports; there they stand beside the others in the sum.
    brought : dict of str to int
        What the history found in it when it was first read: ``new``, ``known``, ``changed``, ``returned``,
        ``withdrawn`` and ``older``, as :class:`genk_geo.store.Added` has them; empty outside a history.
    unmapped : dict of str to int
        Words for a category that the profile's list lacks, and how often they occur; at most twenty.
    due : str
        Moment from which the first of the rows of days to come would be taken; empty where there are none.
    """

    file: str
    sha256: str
    profile: str
    source: str
    theme: str
    rows_in: int
    incidents: int
    duplicates: int
    rejects: int
    reasons: dict[str, int] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    located_share: float = 0.0
    by_theme: dict[str, tuple[int, float]] = field(default_factory=dict)
    by_wijk: dict[str, tuple[int, float]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    left_out: int = 0
    withdrawn: int = 0
    brought: dict[str, int] = field(default_factory=dict)
    unmapped: dict[str, int] = field(default_factory=dict)
    due: str = ""

    @classmethod
    def from_told(cls, told: dict[str, Any]) -> IngestReport:
        """A report as it was kept as JSON.

        Parameters
        ----------
        told : dict
            What :meth:`told` gave.

        Returns
        -------
        IngestReport
        """
        shares = {
            name: {key: (int(count), float(share)) for key, (count, share) in told[name].items()}
            for name in ("by_theme", "by_wijk")
        }
        return cls(**{**told, **shares, "warnings": tuple(map(Message.from_noted, told["warnings"]))})

    def told(self) -> dict[str, Any]:
        """The report ready for JSON; warnings with what they were made of, for readers of any language."""
        warnings = [one.noted() if isinstance(one, Message) else one for one in self.warnings]
        return {**asdict(self), "warnings": warnings}


@dataclass(frozen=True, repr=False)
class IngestResult(Shown):
    """Rows of one file, each in exactly one of three tables; those left out by choice are only counted.

    Attributes
    ----------
    incidents : geopandas.GeoDataFrame
        Contract ``incidents`` in the city's metric system; plus ``hour`` (0 to 23) where the file gives no
        day, and the columns that the profile keeps, as ``kept_<name>``. A row of which no place was found
        has no geometry.
    duplicates : pandas.DataFrame
        ``source``, ``line``, ``reason`` (``duplicate`` or ``superseded``), ``detail``, ``original``.
    rejects : pandas.DataFrame
        Contract ``rejects``. In ``original`` stands what the supplier needs to find and mend the row: his
        number of it and the columns that the reason is about, as he wrote them. Nothing else of the row is
        kept, and nothing of a line that could not be cut into columns.
    report : IngestReport
        Counts and warnings.
    numbers : pandas.Series of str or None
        Identity of the supplier's number of each incident, same index; it differs from ``incident_id`` where
        the number is no key. The history recognises reports by it.
    repeats : tuple of str
        Sources whose incidents this one may tell again, from the profile.
    numbered : pandas.Series of bool or None
        Whether the supplier gave each incident a number, same index; all of them when absent.
    withdrawn : pandas.DataFrame or None
        ``number_id`` and ``reason`` of reports that are no incidents any more: listed as withdrawn, or
        corrected to a place outside the city.
    delivered : Delivered or None
        When the file was delivered; by its newest report when absent.
    delivery : str
        ``changes``, ``full`` or ``withdrawn``, from the profile.
    reading : str
        Fingerprint of all that decides what is read of the file; empty where it is not known.
    max_withdrawn : float
        A full delivery that lacks a larger share of what is on record is refused.
    lost : pandas.Series of str or None
        Address of each incident of which no street was found, as written; for the review, never kept.
    """

    incidents: gpd.GeoDataFrame
    duplicates: pd.DataFrame
    rejects: pd.DataFrame
    report: IngestReport
    numbers: pd.Series | None = None
    repeats: tuple[str, ...] = ()
    numbered: pd.Series | None = None
    withdrawn: pd.DataFrame | None = None
    delivered: Delivered | None = None
    delivery: str = "changes"
    reading: str = ""
    max_withdrawn: float = 0.5
    lost: pd.Series | None = None

    def shows(self, words: Words) -> View:
        """What became of the rows, and where the incidents lie."""
        told = self.report
        facts = [("rows_in", f"{told.rows_in:,}"), ("incidents", f"{told.incidents:,}")]
        facts += [("duplicates", f"{told.duplicates:,}"), ("rejects", f"{told.rejects:,}")]
        facts += [(f"reason_{name}", f"{count:,}") for name, count in list(told.reasons.items())[:3]]
        facts += [("left_out", f"{told.left_out:,}")] if told.left_out else []
        facts.append(("located", f"{told.located_share:.1%}"))
        facts += [("warning", text) for text in told.warnings[:4]]
        layer = Layer(self.incidents, Look("incidents", "theme", "names", tips=_TIPS, private=True))
        note = words.note(
            "ingest", rows=told.rows_in, incidents=told.incidents, duplicates=told.duplicates,
            rejects=told.rejects, left_out=told.left_out,
        )  # fmt: skip
        title = words("title.ingest", file=told.file, profile=told.profile)
        return View(title, tuple(facts), (layer,), notes=(note,))
