"""The tables that an evaluation takes, checked: counts by week and place, and the actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError, some_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Sequence

#: Columns that actions have.
ACTION_COLUMNS = ("action_id", "dossier", "measure", "theme", "area", "start", "end")
#: Fewer places where nothing was done than this give no rank below one in forty.
LEAST_PLACES = 39


class Action(NamedTuple):
    """One row of the actions: a measure at a place, for a theme; no end: it goes on."""

    action_id: str
    dossier: str
    measure: str
    theme: str
    area: Hashable
    start: dt.date
    end: dt.date | None
    ring: Hashable | None


def checked_actions(actions: pd.DataFrame) -> list[Action]:
    """The actions one by one, days as dates, empty rings as None."""
    missing = [name for name in ACTION_COLUMNS if name not in actions.columns]
    if missing:
        raise SchemaError(
            "The actions have no column {missing}. Needed: {needed}, and where wanted ring.",
            missing=", ".join(missing), needed=", ".join(ACTION_COLUMNS),
        )  # fmt: skip
    rows = actions.reset_index(drop=True)
    start = _days(rows["start"], "start")
    if any(day is None for day in start):
        lacking = [at for at, day in enumerate(start) if day is None]
        raise SchemaError(
            "The actions: rows {rows} have no start. Leave out what has none.", rows=some_rows(lacking)
        )
    end = _days(rows["end"], "end")
    turned = [at for at, (a, b) in enumerate(zip(start, end, strict=True)) if a and b and b < a]
    if turned:
        raise SchemaError("The actions: rows {rows} end before they start.", rows=some_rows(turned))
    twice = rows.duplicated(["action_id", "theme"])
    if twice.any():
        raise SchemaError(
            "The actions: rows {rows} repeat an action and theme. One row for each.",
            rows=some_rows(rows.index[twice]),
        )
    ring = _named(rows["ring"]) if "ring" in rows.columns else [None] * len(rows)
    texts = (rows[name].astype(str) for name in ACTION_COLUMNS[:4])
    parts = zip(*texts, rows["area"], start, end, ring, strict=True)
    return [Action(*part) for part in parts]


def _named(values: pd.Series[str]) -> list[Hashable | None]:
    return [None if pd.isna(one) or one == "" else one for one in values]


def checked_counts(
    counts: pd.DataFrame | Mapping[str, pd.DataFrame], actions: Sequence[Action]
) -> dict[str, pd.DataFrame]:
    """One table a theme of the actions, its rows Mondays, its columns places."""
    themes = sorted({one.theme for one in actions})
    if isinstance(counts, Mapping):
        tables = {str(theme): table for theme, table in counts.items()}
    elif len(themes) > 1:
        raise SchemaError(
            "The actions have themes {themes} and the counts are one table: give one a theme.",
            themes=", ".join(themes),
        )
    else:
        tables = dict.fromkeys(themes, counts)
    unknown = [theme for theme in themes if theme not in tables]
    if unknown:
        raise ConfigError(
            "The actions have theme {theme!r}, the counts {known}.",
            theme=unknown[0], known=", ".join(sorted(tables)),
        )  # fmt: skip
    return {theme: _checked_table(tables[theme], theme, actions) for theme in themes}


def _checked_table(table: pd.DataFrame, theme: str, actions: Sequence[Action]) -> pd.DataFrame:
    try:
        weeks = pd.DatetimeIndex(pd.to_datetime(pd.Index(table.index)))
    except (TypeError, ValueError) as error:
        raise SchemaError(
            "The counts of {theme}: their rows are no days. Needed Mondays.", theme=theme
        ) from error
    steps = np.diff(weeks.to_numpy(dtype="datetime64[D]")).astype(int)
    if len(weeks) < 2 or (steps != 7).any() or weeks[0].weekday() != 0 or weeks.tz is not None:
        raise SchemaError(
            "The counts of {theme}: needed a row for each Monday, in order and none left out, without a time "
            "zone.",
            theme=theme,
        )
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise SchemaError(
            "The counts of {theme}: places {places} stand there twice.", theme=theme, places=some_rows(twice)
        )
    values = table.to_numpy(dtype=float)
    if not (np.isfinite(values) & (values >= 0) & (values == np.round(values))).all():
        raise SchemaError("The counts of {theme}: needed whole numbers of 0 or more everywhere.", theme=theme)
    own = [one for one in actions if one.theme == theme]
    named = [place for one in own for place in (one.area, one.ring) if place is not None]
    absent = [place for place in named if place not in table.columns]
    if absent:
        raise ConfigError(
            "The counts of {theme} have no place {place!r}, which an action names.",
            theme=theme, place=absent[0],
        )  # fmt: skip
    free = len(table.columns) - len(set(named))
    if free < LEAST_PLACES:
        raise ConfigError(
            "The counts of {theme}: {free} places where nothing was done, needed {least}. Add places to "
            "compare with, such as circles of the same size over the rest of the city.",
            theme=theme, free=free, least=LEAST_PLACES,
        )  # fmt: skip
    return table.set_axis(weeks, axis=0)


def _days(values: pd.Series[str], name: str) -> list[dt.date | None]:
    try:
        moments = pd.to_datetime(values.replace("", None))
    except (TypeError, ValueError) as error:
        raise SchemaError(
            "The actions: column {name} has something that is no day ({error}).", name=name, error=error
        ) from error
    return [None if pd.isna(one) else one.date() for one in moments]
