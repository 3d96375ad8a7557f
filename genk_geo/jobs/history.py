"""The incidents of one theme, as the weekly job looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from genk_geo import stats
from genk_geo.calendar import Week, Window, occurred, week_of
from genk_geo.jobs.chance import fingerprint
from genk_geo.jobs.gaps import find_gaps
from genk_geo.jobs.gates.of_weeks import failures_of_week

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.config import GateSettings, ThemeSettings
    from genk_geo.jobs.gaps import Gaps
    from genk_geo.jobs.gates.failure import Failure
    from genk_geo.jobs.ground import Ground


Found = TypeVar("Found")


def precisely_placed(incidents: gpd.GeoDataFrame, settings: ThemeSettings) -> pd.Series:
    """Mask of the incidents whose place is known well enough for a theme: a point, and not too uncertain.

    What is known only to its street is the street: all its reports fall on one point, which is no hotspot.
    """
    near = incidents["geocode_uncertainty_m"] <= settings.max_uncertainty_m
    finer = incidents["geocode_level"] > "street"
    precise: pd.Series = near & finer & incidents.geometry.notna()
    return precise


def first_whole_week(moment: pd.Series, otherwise: Week) -> Week:
    """The first week on record that was whole: the very first one may have begun before the record did."""
    return Week.from_day(moment.min().date()).shift(1) if len(moment) else otherwise


class Events(NamedTuple):
    """Events of a theme: the number of that of each report, and by number its first report and when known."""

    number: pd.Series
    first: npt.NDArray[Any]
    reported: Any


@dataclass(frozen=True)
class ThemeHistory:
    """All incidents of a theme that were known at the as-of moment, on the ground.

    Attributes
    ----------
    theme : str
        Key of the theme.
    settings : ThemeSettings
        How it is looked at.
    incidents : geopandas.GeoDataFrame
        Contract ``incidents``.
    ground : Ground
        The city and its cells.
    """

    theme: str
    settings: ThemeSettings
    incidents: gpd.GeoDataFrame
    ground: Ground

    @cached_property
    def moment(self) -> pd.Series:
        """When each incident happened: the middle of its window, on the city's clock."""
        moment: pd.Series = occurred(self.incidents).dt.tz_convert(self.ground.city.timezone)
        return moment

    @cached_property
    def precise(self) -> pd.Series:
        """Mask of incidents whose place is known well enough for a hotspot."""
        return precisely_placed(self.incidents, self.settings)

    @cached_property
    def events(self) -> Events:
        """Which reports tell of one event; read from no more than that needs, for there may be a million."""
        wanted = ("incident_id", "from", "to", "reported", "category", "geocode_uncertainty_m")
        chosen = [name for name in wanted if name in self.incidents]
        found = stats.bundle_reports(self.incidents[[*chosen, self.incidents.geometry.name]])
        return Events(found.number, found.events["first"].to_numpy(), found.events["reported"].array)

    @cached_property
    def of_events(self) -> ThemeHistory:
        """The same history with one incident an event, as hotspots, signals and near repeats count them.

        An event is where and when its first report puts it, under the label of that report, and known since
        the earliest of its reports. Where the settings do not bundle, each report is an event.
        """
        if not self.settings.bundle or self.incidents.empty:
            return self
        known = pd.Series(self.events.reported, index=self.events.first)
        ordered = self.incidents[self.incidents.index.isin(known.index)]
        ordered = ordered.assign(reported=known[ordered.index].array)
        return ThemeHistory(self.theme, self.settings, ordered, self.ground)

    @cached_property
    def _cell(self) -> pd.Series:
        return self.ground.grid.assign(self.incidents[self.precise])

    @cached_property
    def _position(self) -> npt.NDArray[np.intp]:
        """Number of the cell of each precisely located incident: names are slow to count."""
        return np.asarray(self.ground.grid.cells.index.get_indexer(pd.Index(self._cell, dtype=object)))

    @cached_property
    def expected_share(self) -> pd.Series:
        """Share of the theme's incidents that each cell would have without hotspots."""
        return self.ground.expected_share(self._by_cell(self._position), self.settings.ground_share)

    @cached_property
    def digest(self) -> str:
        """Fingerprint of where and when incidents were: another one for every other past."""
        told = pd.DataFrame({"cell": self._cell.astype(str), "moment": self.moment[self._cell.index]})
        return fingerprint(sorted(pd.util.hash_pandas_object(told, index=False).tolist()))

    def in_window(self, window: Window) -> pd.Series:
        """Mask of the incidents that happened in a window."""
        return window.contains(self.moment, self.ground.city.timezone)

    def weeks_back(self, week: Week) -> npt.NDArray[np.int64]:
        """In which week each precisely located incident happened, counted back: 1 is `week` itself."""
        monday = week_of(self.moment[self.precise], self.ground.city.timezone)
        days: npt.NDArray[np.int64] = (pd.Timestamp(week.shift(1).monday) - monday).dt.days.to_numpy()
        return days // 7

    def within(self, window: Window) -> gpd.GeoDataFrame:
        """Precisely located incidents of a window."""
        return self.incidents[self.precise & self.in_window(window)]

    def counts(self, window: Window) -> pd.Series:
        """Precisely located incidents of a window per cell of the ground."""
        return self.once(window, lambda: self._counted(window))

    def _counted(self, window: Window) -> pd.Series:
        weeks, position = self._by_week
        ends = [np.datetime64(one.monday, "D") for one in (window.first, window.last.shift(1))]
        return self._by_cell(position[slice(*np.searchsorted(weeks, ends))])

    @cached_property
    def _by_week(self) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.intp]]:
        """Mondays of the precisely located incidents, ascending, and their cells.

        Hundreds of windows are asked for; none of them has to look at all incidents.
        """
        monday = week_of(self.moment[self.precise], self.ground.city.timezone)
        weeks = monday.to_numpy().astype("datetime64[D]")
        order = np.argsort(weeks, kind="stable")
        return weeks[order], self._position[order]

    def once(self, question: Hashable, find: Callable[[], Found]) -> Found:
        """The answer to a question about this history, found when it is first asked.

        One week after the other asks for much the same windows.
        """
        if question not in self._answers:
            self._answers[question] = find()
        answer: Found = self._answers[question]
        return answer

    def answered(self, question: Hashable) -> bool:
        """Whether a question was asked :meth:`once` before."""
        return question in self._answers

    @cached_property
    def _answers(self) -> dict[Hashable, Any]:
        return {}

    def before(self, window: Window, most: int) -> list[pd.Series]:
        """Counts per cell of the periods before a window, as long as it, that are wholly on record."""
        first = first_whole_week(self.moment, window.first)
        past = (window.shift(-window.weeks * back) for back in range(1, most + 1))
        return [self.counts(period) for period in past if period.first >= first]

    def _by_cell(self, position: npt.NDArray[np.intp]) -> pd.Series:
        cells = self.ground.grid.cells.index
        found = np.bincount(position[position >= 0], minlength=len(cells))
        return pd.Series(found, index=cells, name="count")

    def known_in_time(self, week: Week, as_of: pd.Timestamp) -> pd.Series:
        """Mask of the incidents that were known as soon after their own week as `as_of` is after `week`.

        This week's late reports are still to come. Compared with weeks whose late reports are in, every last
        week would look quiet; so each week counts with what was known of it at the same distance.
        """
        tz = self.ground.city.timezone
        reported = self.incidents["reported"]
        week_end = (week_of(self.moment, tz) + pd.Timedelta(days=7)).dt.tz_localize(
            tz, ambiguous=np.zeros(len(reported), dtype=bool), nonexistent="shift_forward"
        )
        in_time: pd.Series = reported.isna() | (reported - week_end < as_of - week.end(tz))
        return in_time

    def gaps(self, week: Week, as_of: pd.Timestamp, sources: Iterable[str] | None = None) -> Gaps:
        """Weeks, up to and with `week`, that a source did not tell to their end."""
        known = self.known_in_time(week, as_of)
        return find_gaps(
            self.moment[known], self.incidents["source"][known].astype(str),
            week=week, tz=self.ground.city.timezone, sources=sources,
        )  # fmt: skip

    def swings(
        self,
        week: Week,
        as_of: pd.Timestamp,
        sources: Collection[str],
        lost: Collection[Week],
        gates: GateSettings,
        accepted: Mapping[str, str],
    ) -> tuple[Failure, ...]:
        """Sources whose week is far from their own past (see :func:`failures_of_week`)."""
        known = self.known_in_time(week, as_of)
        return failures_of_week(
            self.moment[known], self.incidents["source"][known].astype(str), theme=self.theme,
            week=week, sources=sources, lost=lost, gates=gates, accepted=accepted,
        )  # fmt: skip
