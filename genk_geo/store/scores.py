"""Scores of past outlooks in the history: a row a week, model and budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import duckdb

_NUMBERS = (
    "model", "budget", "incidents", "caught", "best", "base_incidents", "base_caught", "log_score",
)  # fmt: skip
_WRITE = f"insert into outlook_scores select theme, fingerprint, week, {', '.join(_NUMBERS)}, ? from scored"  # noqa: S608


def write_scores(
    connection: duckdb.DuckDBPyConnection, theme: str, fingerprint: str, scores: pd.DataFrame, *, tx: int
) -> None:
    """Write scores of weeks as a transaction found them, inside the caller's transaction."""
    weeks = scores["week"].dt.strftime("%G-W%V")
    for week in sorted(set(weeks)):
        connection.execute(
            "delete from outlook_scores where theme = ? and fingerprint = ? and week = ? and tx = ?",
            [theme, fingerprint, week, tx],
        )
    rows = scores[list(_NUMBERS)].assign(theme=theme, fingerprint=fingerprint, week=weeks)
    connection.register("scored", rows)
    try:
        connection.execute(_WRITE, [tx])
    finally:
        connection.unregister("scored")


def read_scores(
    connection: duckdb.DuckDBPyConnection, key: tuple[str, str], first: str, last: str, *, tx: int
) -> pd.DataFrame:
    """Read the scores of a run of weeks as known at a transaction, by weeks, budgets and models."""
    rows: pd.DataFrame = connection.execute(
        f"select week, {', '.join(_NUMBERS)} from outlook_scores"  # noqa: S608 - our own column names
        " where theme = ? and fingerprint = ? and week between ? and ? and tx <= ?"
        " qualify tx = max(tx) over (partition by week) order by week, budget, model",
        [*key, first, last, tx],
    ).df()
    monday = pd.to_datetime(rows["week"] + "-1", format="%G-W%V-%u")
    return rows.assign(week=monday)


def read_theme_scores(connection: duckdb.DuckDBPyConnection, theme: str, *, tx: int) -> pd.DataFrame:
    """All scores of a theme in the same way, with their fingerprints."""
    rows: pd.DataFrame = connection.execute(
        f"select fingerprint, week, {', '.join(_NUMBERS)} from outlook_scores"  # noqa: S608 - our own
        " where theme = ? and tx <= ? qualify tx = max(tx) over (partition by fingerprint, week)"
        " order by fingerprint, week, budget, model",
        [theme, tx],
    ).df()
    # Of the types that pandas reads where there are any: without rows it chooses others.
    week = pd.to_datetime(rows["week"] + "-1", format="%G-W%V-%u").dt.as_unit("us")
    return rows.assign(week=week, model=rows["model"].astype("str"))
