"""Which weeks were published, of what: a week whose reports changed since is told by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from genk_geo.store.versions.known import KNOWN_OF_SPAN

if TYPE_CHECKING:
    import duckdb

    from genk_geo.calendar import Week

_CONTENT = f"""
{KNOWN_OF_SPAN}
select coalesce(md5(string_agg(md5(concat_ws('|',
    incident_id, category, from_utc, coalesce(to_utc::varchar, ''), coalesce(weight::varchar, ''),
    coalesce(severity, ''), coalesce(weak_road_user::varchar, ''), geocode_level,
    coalesce(round(geocode_uncertainty_m, 1)::varchar, ''), coalesce(wijk, ''), coalesce(stadsdeel, ''),
    coalesce(round(x, 2)::varchar, ''), coalesce(round(y, 2)::varchar, '')
)), '' order by incident_id)), '')
from happened_then
where theme = $theme and occurred_utc >= $start and occurred_utc < $end
  and coalesce(reported_utc, occurred_utc) < $moment
"""  # noqa: S608 - ours
# Pages of which something may have changed since: an incident that a later transaction touched has at some
# time been told of a day that they look at. Of what was forgotten, or a migration left out, nothing is left
# to see that by.
_TOUCHED = """
with moved as (
    select incident_id, max(greatest(tx_from, coalesce(tx_to, 0))) as tx from versions group by incident_id
    having max(greatest(tx_from, coalesce(tx_to, 0))) > (select coalesce(min(tx), 0) from published)
), days as (
    select k.theme, k.from_utc::date as first, coalesce(k.to_utc, k.from_utc)::date as last, max(m.tx) as tx
    from moved m join versions v using (incident_id) join contents k using (row_id) group by all
)
select distinct theme, week, tx from published p
where tx <= (select coalesce(max(tx), 0) from transactions where what in ('forget', 'migration'))
   or exists (
       select 1 from days d where d.theme = p.theme and d.tx > p.tx
         and least(d.first, d.last) <= p.end_utc::date and greatest(d.first, d.last) >= p.start_utc::date
   )
"""


class Span(NamedTuple):
    """What a page of a theme looked at: reports from `start` to `end` that were known at `as_of`."""

    theme: str
    week: Week
    start: pd.Timestamp
    end: pd.Timestamp
    as_of: pd.Timestamp

    @property
    def moments(self) -> list[object]:
        """In UTC, without zone."""
        limits = (self.start, self.end, self.as_of)
        return [moment.tz_convert("UTC").tz_localize(None).to_pydatetime() for moment in limits]


def digest_of(base: duckdb.DuckDBPyConnection, theme: str, moments: list[object], tx: int) -> str:
    """Digest of the reports that a page looks at; it never leaves the history."""
    start, end, as_of = moments
    row = base.execute(
        _CONTENT, {"theme": theme, "start": start, "end": end, "moment": as_of, "tx": tx}
    ).fetchone()
    return str(row[0]) if row else ""


def write_published(base: duckdb.DuckDBPyConnection, span: Span, *, lost: bool, tx: int) -> None:
    """Note a page as a transaction found it."""
    base.execute(
        "delete from published where theme = ? and week = ? and tx = ?", [span.theme, str(span.week), tx]
    )
    digest = digest_of(base, span.theme, span.moments, tx)
    values = [span.theme, str(span.week), *span.moments, lost, digest, tx]
    base.execute("insert into published values (?, ?, ?, ?, ?, ?, ?, ?)", values)


def read_published(base: duckdb.DuckDBPyConnection, tx: int) -> pd.DataFrame:
    """Pages on record at a transaction.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        The history.
    tx : int
        The transaction.

    Returns
    -------
    pandas.DataFrame
        ``theme``, ``week``, ``lost``, and ``changed``: whether its reports are others by then.

    Notes
    -----
    Only pages that a later transaction can have changed are looked at again, so that it does not take longer
    every year.
    """
    rows = base.execute(
        "select * from published where tx <= ? "
        "qualify tx = max(tx) over (partition by theme, week) order by week, theme",
        [tx],
    ).fetchall()
    touched = set(base.execute(_TOUCHED).fetchall()) if rows else set()
    told = [
        (
            theme, week, bool(lost),
            (theme, week, then) in touched and digest_of(base, theme, list(moments), tx) != digest,
        )
        for theme, week, *moments, lost, digest, then in rows
    ]  # fmt: skip
    return pd.DataFrame(told, columns=["theme", "week", "lost", "changed"])


def renew_digests(base: duckdb.DuckDBPyConnection, pages: pd.DataFrame, tx: int) -> None:
    """Note what pages look at anew, after something was forgotten on purpose: that makes no page stale."""
    for theme, week in pages[["theme", "week"]].itertuples(index=False, name=None):
        *moments, last = base.execute(
            "select start_utc, end_utc, as_of_utc, tx from published where theme = ? and week = ? "
            "order by tx desc limit 1",
            [theme, week],
        ).fetchall()[0]
        base.execute(
            "update published set digest = ? where theme = ? and week = ? and tx = ?",
            [digest_of(base, theme, moments, tx), theme, week, last],
        )


def write_run(base: duckdb.DuckDBPyConnection, week: str, facts: str, tx: int) -> None:
    """Note of what a published week was made, in place of what the same transaction noted."""
    base.execute("delete from runs where week = ? and tx = ?", [week, tx])
    base.execute("insert into runs values (?, ?, ?)", [week, tx, facts])


def read_run(base: duckdb.DuckDBPyConnection, week: str) -> tuple[int, str] | None:
    """Transaction at which a week was last published, and of what; None where it never was."""
    row = base.execute(
        "select tx, facts from runs where week = ? order by tx desc limit 1", [week]
    ).fetchone()
    return (int(row[0]), str(row[1])) if row else None


def runs_of(base: duckdb.DuckDBPyConnection, week: str) -> set[int]:
    """Transactions at which a week was published."""
    found = base.execute("select tx from runs where week = ?", [week]).fetchall()
    return {int(tx) for (tx,) in found}
