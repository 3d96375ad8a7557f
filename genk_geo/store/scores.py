"""Scores of past outlooks in the history: a row a week, model and budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import duckdb

_NUMBERS = (
    "model", "budget", "incidents", "caught", "best", "base_incidents", "base_caught", "log_score",
)  # fmt: skip


def write_scores(
    connection: duckdb.DuckDBPyConnection, theme: str, fingerprint: str, scores: pd.DataFrame
) -> None:
    """Write scores in place of those of the same weeks, inside the caller's transaction."""
    weeks = scores["week"].dt.strftime("%G-W%V")
    for week in sorted(set(weeks)):
        connection.execute(
            "delete from outlook_scores where theme = ? and fingerprint = ? and week = ?",
            [theme, fingerprint, week],
        )
    rows = scores[list(_NUMBERS)].assign(theme=theme, fingerprint=fingerprint, week=weeks)
    connection.register("scored", rows)
    try:
        connection.execute(
            f"insert into outlook_scores select theme, fingerprint, week, {', '.join(_NUMBERS)} from scored"  # noqa: S608 - our own column names
        )
    finally:
        connection.unregister("scored")


def read_scores(
    connection: duckdb.DuckDBPyConnection, theme: str, fingerprint: str, first: str, last: str
) -> pd.DataFrame:
    """Read the scores of a run of weeks, in the order of weeks, budgets and models."""
    rows: pd.DataFrame = connection.execute(
        f"select week, {', '.join(_NUMBERS)} from outlook_scores"  # noqa: S608 - our own column names
        " where theme = ? and fingerprint = ? and week between ? and ? order by week, budget, model",
        [theme, fingerprint, first, last],
    ).df()
    monday = pd.to_datetime(rows["week"] + "-1", format="%G-W%V-%u")
    return rows.assign(week=monday)
