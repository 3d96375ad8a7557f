"""What a history remembers of one theme, apart from its file: for a process that may not touch that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.calendar import Week


class Remembers(Protocol):
    """Where the areas and scores of weeks are kept: a history, or the notes of one theme."""

    def areas(self, theme: str, week: Week | str, fingerprint: str) -> gpd.GeoDataFrame | None:
        """See :meth:`genk_geo.store.memory.Memory.areas`."""

    def save_areas(self, theme: str, week: Week | str, fingerprint: str, areas: gpd.GeoDataFrame) -> None:
        """See :meth:`genk_geo.store.memory.Memory.save_areas`."""

    def scores(self, theme: str, fingerprint: str, *, first: Week, last: Week) -> pd.DataFrame:
        """See :meth:`genk_geo.store.memory.Memory.scores`."""

    def save_scores(self, theme: str, fingerprint: str, scores: pd.DataFrame) -> None:
        """See :meth:`genk_geo.store.memory.Memory.save_scores`."""


@dataclass(frozen=True)
class ThemeNotes:
    """The areas of some weeks and all scores of a theme, as read beforehand, and what was saved since.

    Attributes
    ----------
    theme : str
        Key of the theme.
    read_areas : dict
        By week and fingerprint.
    read_scores : pandas.DataFrame
        As :meth:`genk_geo.store.memory.Memory.scores` with a column ``fingerprint``.
    """

    theme: str
    read_areas: dict[tuple[str, str], gpd.GeoDataFrame]
    read_scores: pd.DataFrame
    _areas: dict[tuple[str, str], gpd.GeoDataFrame] = field(default_factory=dict)
    _scores: list[tuple[str, pd.DataFrame]] = field(default_factory=list)

    def areas(self, theme: str, week: Week | str, fingerprint: str) -> gpd.GeoDataFrame | None:
        """Areas that were saved or read for a week; None for those that were not."""
        self._check(theme)
        key = (str(week), fingerprint)
        return self._areas.get(key, self.read_areas.get(key))

    def save_areas(self, theme: str, week: Week | str, fingerprint: str, areas: gpd.GeoDataFrame) -> None:
        """Note the areas of a week."""
        self._check(theme)
        self._areas[str(week), fingerprint] = areas

    def scores(self, theme: str, fingerprint: str, *, first: Week, last: Week) -> pd.DataFrame:
        """Scores of past outlooks, those that were saved last in place of others of their week."""
        self._check(theme)
        read = self.read_scores
        found = read[read["fingerprint"] == fingerprint].drop(columns="fingerprint")
        for key, scores in self._scores:
            if key == fingerprint:
                kept = found[~found["week"].isin(scores["week"])]
                found = pd.concat([kept, scores[list(found)].astype(found.dtypes)])
        monday = found["week"]
        within = (monday >= pd.Timestamp(first.monday)) & (monday <= pd.Timestamp(last.monday))
        return found[within].sort_values(["week", "budget", "model"], kind="stable", ignore_index=True)

    def save_scores(self, theme: str, fingerprint: str, scores: pd.DataFrame) -> None:
        """Note scores of past outlooks."""
        self._check(theme)
        self._scores.append((fingerprint, scores))

    def save_to(self, store: Remembers) -> None:
        """Save in a history what was noted since it was read, in the order of noting."""
        for (week, fingerprint), areas in self._areas.items():
            store.save_areas(self.theme, week, fingerprint, areas)
        for fingerprint, scores in self._scores:
            store.save_scores(self.theme, fingerprint, scores)

    def _check(self, theme: Any) -> None:
        assert theme == self.theme, "the notes of one theme were asked for another"
