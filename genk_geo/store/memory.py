"""What runs remember in the history: areas, scores, and of what a week was made; each as of a transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.schema import check_table
from genk_geo.store.areas import area_keys, read_areas, write_areas
from genk_geo.store.database import NAMES, transaction
from genk_geo.store.dossiers import (
    acts_after,
    book_weeks,
    give_number,
    ground_of,
    number_of,
    read_book,
    write_act,
    write_book,
)
from genk_geo.store.published import read_published, read_run, runs_of, write_published, write_run
from genk_geo.store.scores import read_scores, read_theme_scores, write_scores
from genk_geo.store.theme_notes import ThemeNotes
from genk_geo.store.versions.known import begin, last_transaction, transaction_before

if TYPE_CHECKING:
    import datetime as dt

    import duckdb
    import geopandas as gpd

    from genk_geo.calendar import Week
    from genk_geo.store.dossiers import Act, BookRows
    from genk_geo.store.published import Span


class Memory:
    """A history, as it is known at a transaction: the last one unless told otherwise."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, crs: int, timezone: str, known: int | None = None
    ) -> None:
        self._connection = connection
        self.crs = crs
        self.timezone = timezone
        self._known = known

    @property
    def known(self) -> int:
        """Number of the transaction up to which this history is known."""
        return last_transaction(self._connection) if self._known is None else self._known

    def known_before(self, moment: dt.datetime) -> int:
        """Number of the last transaction that changed what is known before a moment; 0 for none."""
        when = in_utc(moment, self.timezone)
        assert when is not None
        return transaction_before(self._connection, when)

    @property
    def last_told(self) -> int:
        """Number of the last transaction that changed what is known of incidents; 0 in a new history."""
        asked = "select coalesce(max(tx), 0) from transactions where what <> 'run'"
        (last,) = self._connection.execute(asked).fetchall()[0]
        return int(last)

    @property
    def last_moment(self) -> pd.Timestamp | None:
        """When something was last noted in the history, on the clock of that run; None where nothing was."""
        (last,) = self._connection.execute("select max(at_utc) from transactions").fetchall()[0]
        return None if last is None else pd.Timestamp(last, tz="UTC")

    def begin_run(self, now: dt.datetime) -> int:
        """Number a run that publishes: what it saves is told from what other runs saved."""
        with transaction(self._connection):
            return begin(self._connection, present(now), "run")

    def run_of(self, week: Week | str) -> tuple[int, dict[str, Any]] | None:
        """Transaction at which a week was last published, and of what; None where it never was."""
        found = read_run(self._connection, str(week))
        return None if found is None else (found[0], json.loads(found[1]))

    def has_run(self, week: Week | str, run: int) -> bool:
        """Whether a week was noted as published by a run."""
        return run in runs_of(self._connection, str(week))

    def note_run(self, week: Week | str, facts: dict[str, Any]) -> None:
        """Note of what a published week was made, so that it can be made again."""
        with transaction(self._connection):
            write_run(self._connection, str(week), json.dumps(facts), self.known)

    def areas(self, theme: str, week: Week | str, fingerprint: str) -> gpd.GeoDataFrame | None:
        """Hotspot areas that were saved for a theme, a week and a fingerprint of the settings.

        Parameters
        ----------
        theme : str
            Key of the theme.
        week : Week or str
            ISO week.
        fingerprint : str
            What the areas depend on; areas of other settings are not comparable.

        Returns
        -------
        geopandas.GeoDataFrame or None
            As saved; None if that week was never saved, an empty table if it had no areas.
        """
        return read_areas(self._connection, (theme, str(week), fingerprint), self.crs, tx=self.known)

    def save_areas(self, theme: str, week: Week | str, fingerprint: str, areas: gpd.GeoDataFrame) -> None:
        """Save the hotspot areas of a week, in place of what was saved for it before.

        Parameters
        ----------
        theme : str
            Key of the theme.
        week : Week or str
            ISO week.
        fingerprint : str
            What the areas depend on.
        areas : geopandas.GeoDataFrame
            Contract ``areas``, in the city's system; further columns of text, numbers, booleans and tuples of
            these are kept too.
        """
        check_table(areas, "areas", epsg=self.crs)
        with transaction(self._connection):
            write_areas(self._connection, (theme, str(week), fingerprint), areas, tx=self.known)

    def scores(self, theme: str, fingerprint: str, *, first: Week, last: Week) -> pd.DataFrame:
        """Scores of past outlooks that were saved.

        Parameters
        ----------
        theme : str
            Key of the theme.
        fingerprint : str
            What the scores depend on; those of other settings are not comparable.
        first, last : Week
            Weeks, both included.

        Returns
        -------
        pandas.DataFrame
            As :func:`genk_geo.stats.backtest` gives them; empty if no week was saved.
        """
        return read_scores(self._connection, (theme, fingerprint), str(first), str(last), tx=self.known)

    def save_scores(self, theme: str, fingerprint: str, scores: pd.DataFrame) -> None:
        """Save the scores of past outlooks, in place of what was saved for the same weeks before.

        Parameters
        ----------
        theme : str
            Key of the theme.
        fingerprint : str
            What the scores depend on.
        scores : pandas.DataFrame
            As :func:`genk_geo.stats.backtest` gives them.
        """
        with transaction(self._connection):
            write_scores(self._connection, theme, fingerprint, scores, tx=self.known)

    def notes_of(self, theme: str, *weeks: Week) -> ThemeNotes:
        """What is remembered of a theme, apart from the history: its scores, and the areas of some weeks.

        Parameters
        ----------
        theme : str
            Key of the theme.
        *weeks : Week
            Weeks of which the areas may be asked for.

        Returns
        -------
        ThemeNotes
            What is saved in it is to be saved here later.
        """
        keys = area_keys(self._connection, theme, [str(week) for week in weeks], tx=self.known)
        found = {key: self.areas(theme, *key) for key in keys}
        areas = {key: one for key, one in found.items() if one is not None}
        return ThemeNotes(theme, areas, read_theme_scores(self._connection, theme, tx=self.known))

    def published(self) -> pd.DataFrame:
        """Published pages: ``theme``, ``week``, ``lost`` and ``changed`` (its reports are others now)."""
        return read_published(self._connection, self.known)

    def note_published(self, span: Span, *, lost: bool) -> None:
        """Note a page that was published, and whether its theme was without data."""
        with transaction(self._connection):
            write_published(self._connection, span, lost=lost, tx=self.known)

    @property
    def secret(self) -> bytes:
        """Random bytes, the same as long as this history lives; see :mod:`genk_geo.release.identities`."""
        row = self._connection.execute("select value from meta where key = ?", [NAMES]).fetchone()
        return bytes.fromhex(str(row[0])) if row else b""

    def book(self, week: Week | str) -> BookRows | None:
        """Dossiers and agreements as they stood after a week; None where none were kept."""
        found = read_book(self._connection, str(week), tx=self.known)
        return None if found is None else found[1]

    def has_own_book(self, week: Week | str) -> bool:
        """Whether this very run has kept the book of a week already: made again, the week has that one."""
        found = read_book(self._connection, str(week), tx=self.known)
        return found is not None and found[0] == self.known

    def book_weeks(self) -> list[str]:
        """Weeks that have a book, oldest first."""
        return book_weeks(self._connection, tx=self.known)

    def save_book(self, book: BookRows) -> None:
        """Keep the dossiers and agreements of a week, in place of what this run kept of it."""
        with transaction(self._connection):
            write_book(self._connection, book, tx=self.known)

    def number_for(self, week: Week, *, theme: str, hotspot_id: str) -> str:
        """Number of the dossier on a hotspot: the one that it was given, or a free one of the year.

        Without a hotspot it is always a free one.
        """
        given = number_of(self._connection, theme, hotspot_id) if hotspot_id else None
        if given is not None:
            return given
        with transaction(self._connection):
            return give_number(
                self._connection, week.year, theme=theme, hotspot_id=hotspot_id, week=str(week),
                secret=self.secret, tx=self.known,
            )  # fmt: skip

    def ground_of(self, number: str, *, before: Week, until: Week) -> bytes | None:
        """Ground that a dossier had before a week, else the first one kept of it.

        Weeks from `until` on do not count, so that a week that is made again finds what it found. None where
        none is kept.
        """
        return ground_of(self._connection, number, before=str(before), until=str(until), tx=self.known)

    def acts_after(self, act: int) -> list[Act]:
        """What was done to dossiers by hand after an act."""
        return acts_after(self._connection, act, tx=self.known)

    def note_act(
        self, number: str, what: str, *, day: dt.date, facts: dict[str, Any], ground: bytes | None = None
    ) -> None:
        """Note something that was done to a dossier by hand."""
        with transaction(self._connection):
            write_act(
                self._connection, number, what, day=day, facts=json.dumps(facts), ground=ground,
                tx=self.known,
            )  # fmt: skip


def present(now: dt.datetime | None) -> dt.datetime:
    """UTC without zone."""
    moment = pd.Timestamp.now("UTC") if now is None else pd.Timestamp(now)
    return moment.tz_convert("UTC").tz_localize(None).as_unit("us").to_pydatetime()


def in_utc(moment: dt.datetime | None, timezone: str) -> dt.datetime | None:
    """UTC without zone; a moment without zone is on the city's clock."""
    if moment is None:
        return None
    stamp = pd.Timestamp(moment)
    stamp = stamp.tz_localize(timezone) if stamp.tzinfo is None else stamp
    return stamp.tz_convert("UTC").tz_localize(None).to_pydatetime()
