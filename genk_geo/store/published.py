"""Which weeks were published, of what: a week whose reports changed since is told by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    import duckdb

    from genk_geo.calendar import Week

#: Came later; older files get it when they are opened.
PUBLISHED = """
create table if not exists published (
    theme varchar, week varchar, start_utc timestamp, end_utc timestamp, as_of_utc timestamp,
    lost boolean, digest varchar
)
"""

_CONTENT = """
select coalesce(md5(string_agg(md5(concat_ws('|',
    incident_id, category, from_utc, coalesce(to_utc::varchar, ''), coalesce(weight::varchar, ''),
    coalesce(severity, ''), coalesce(weak_road_user::varchar, ''), geocode_level,
    coalesce(round(geocode_uncertainty_m, 1)::varchar, ''), coalesce(wijk, ''), coalesce(stadsdeel, ''),
    coalesce(round(x, 2)::varchar, ''), coalesce(round(y, 2)::varchar, '')
)), '' order by incident_id)), '')
from happened
where theme = ? and occurred_utc >= ? and occurred_utc < ? and coalesce(reported_utc, occurred_utc) < ?
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


def digest_of(base: duckdb.DuckDBPyConnection, theme: str, moments: list[object]) -> str:
    """Digest of the reports that a page looks at; it never leaves the history."""
    row = base.execute(_CONTENT, [theme, *moments]).fetchone()
    return str(row[0]) if row else ""


def write_published(base: duckdb.DuckDBPyConnection, span: Span, *, lost: bool) -> None:
    """Note a page, in place of what was noted of the same week."""
    base.execute("delete from published where theme = ? and week = ?", [span.theme, str(span.week)])
    digest = digest_of(base, span.theme, span.moments)
    values = [span.theme, str(span.week), *span.moments, lost, digest]
    base.execute("insert into published values (?, ?, ?, ?, ?, ?, ?)", values)


def read_published(base: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Pages on record: ``theme``, ``week``, ``lost``, and ``changed``: whether its reports are others now."""
    rows = base.execute("select * from published order by week, theme").fetchall()
    told = [
        (theme, week, bool(lost), digest_of(base, theme, list(moments)) != digest)
        for theme, week, *moments, lost, digest in rows
    ]
    return pd.DataFrame(told, columns=["theme", "week", "lost", "changed"])
