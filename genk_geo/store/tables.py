"""The tables of a history."""

from __future__ import annotations

from genk_geo.store import dossiers

# Moments are UTC without zone, so that no reader's time zone can shift them; points are x and y, so that no
# extension is needed to read them.
#
# A history is a function of its deliveries, in the order of their own evidence. `contents` holds each row
# once; `seen` says which delivery told it, `named` of which incident it tells. `versions` is what follows:
# from `moment_utc` of its delivery on, an incident is as `row_id` says (withdrawn where that is empty). What
# a later reading changed of that stays with the transactions between which it was believed, `tx_from` and
# `tx_to`, so that a week can be made again from what was known.

_COLUMNS = """
    source varchar, theme varchar, category varchar,
    from_utc timestamp, to_utc timestamp, reported_utc timestamp,
    weight double, severity varchar, weak_road_user boolean, hour tinyint,
    geocode_level varchar, geocode_score double, geocode_uncertainty_m double,
    sector varchar, wijk varchar, stadsdeel varchar, kept varchar, x double, y double
"""
#: Columns of an incident besides its name, in the order of the table.
COLUMNS = tuple(part.split()[0] for part in _COLUMNS.replace("\n", " ").split(","))

META = "create table meta (key varchar, value varchar);"
TABLES = f"""
create table transactions (tx bigint, at_utc timestamp, what varchar);
create table deliveries (
    delivery integer, sha256 varchar, profile varchar, file varchar, source varchar, theme varchar,
    taken_utc timestamp, rows_in bigint, incidents bigint, duplicates bigint, rejects bigint,
    reasons varchar, levels varchar,
    moment_utc timestamp, file_utc timestamp, kind varchar, reading varchar, report varchar, forgotten bigint
);
create table contents (
    row_id bigint, digest varchar, proposed varchar, number_id varchar, numbered boolean, {_COLUMNS}
);
create table seen (delivery integer, row_id bigint);
create table withdrawals (delivery integer, number_id varchar, reason varchar);
create table named (row_id bigint, incident_id varchar, delivery integer);
create table versions (
    incident_id varchar, row_id bigint, delivery integer, moment_utc timestamp, reason varchar,
    tx_from bigint, tx_to bigint
);
create table current (incident_id varchar, row_id bigint);
create table rejects (
    sha256 varchar, profile varchar, source varchar, line bigint, reason varchar, detail varchar,
    original varchar
);
create table area_sets (theme varchar, week varchar, fingerprint varchar, dtypes varchar, tx bigint);
create table areas (
    theme varchar, week varchar, fingerprint varchar, position integer, hotspot_id varchar,
    attributes varchar, geometry blob, tx bigint
);
create table outlook_scores (
    theme varchar, fingerprint varchar, week varchar, model varchar, budget double, incidents bigint,
    caught double, best double, base_incidents bigint, base_caught double, log_score double, tx bigint
);
create table published (
    theme varchar, week varchar, start_utc timestamp, end_utc timestamp, as_of_utc timestamp,
    lost boolean, digest varchar, tx bigint
);
create table runs (week varchar, tx bigint, facts varchar);
{dossiers.TABLES}"""

#: What is known now: the last version of each incident that is not withdrawn.
VIEWS = f"""
create view incidents as select c.incident_id, {", ".join(f"k.{name}" for name in COLUMNS)}
from current c join contents k using (row_id);
-- the middle of the window, to the microsecond as `calendar.occurred` has it
create view happened as select *, coalesce(
    from_utc + to_microseconds((epoch_us(to_utc) - epoch_us(from_utc)) // 2), from_utc
) as occurred_utc from incidents;
"""  # noqa: S608 - our own column names
#: What tells rows apart.
DIGEST = "md5(concat_ws('\x1f', incident_id, number_id, {}))".format(
    ", ".join(f"coalesce({name}::varchar, chr(30))" for name in COLUMNS)
)
