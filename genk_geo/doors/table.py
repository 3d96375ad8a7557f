"""Small tables of one's own: points with columns, as CSV."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.doors.limits import limits, setting
from genk_geo.doors.paths import shown
from genk_geo.doors.whole import read_whole
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def read_csv(path: Path | str, what: str, **options: Any) -> pd.DataFrame:
    """Read a CSV file, also a gzipped one, whatever separates its values.

    Parameters
    ----------
    path : path-like
        The file.
    what : str
        How messages name it.
    **options
        Passed to :func:`pandas.read_csv`.

    Returns
    -------
    pandas.DataFrame
        As it stands in the file.

    Raises
    ------
    ConfigError
        If there is no such file, it is larger than allowed, or is no CSV.
    """
    content = read_whole(path, what)
    _check_shape(content, str(path), what)
    try:
        table: pd.DataFrame = pd.read_csv(
            io.BytesIO(content), sep=None, engine="python", encoding="utf-8-sig", **options
        )
    except (ValueError, OSError) as fault:  # the parser's own errors are ValueErrors
        raise ConfigError(f"{what}: {shown(path)} cannot be read as CSV ({shown(str(fault))}).") from fault
    return table


def _check_shape(content: bytes, path: str, what: str) -> None:
    """Counted before the parser lays it out; a line end in quotes counts too, far below the limit."""
    first = content[: content.find(b"\n") if b"\n" in content else len(content)]
    columns = 1 + max(first.count(separator) for separator in (b";", b",", b"\t", b"|"))
    for count, name in ((content.count(b"\n") - 1, "rows"), (columns, "columns")):
        if count > (most := getattr(limits(), name)):
            raise ConfigError(
                f"{what}: {shown(path)} has {count} {name}, more than {most} ({setting(name)}). Is it the "
                "right file?"
            )
