"""Small tables of one's own: points with columns, as CSV."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.doors.limits import limits, setting
from genk_geo.doors.paths import shown
from genk_geo.doors.whole import read_whole
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

_QUOTED = re.compile(rb'"[^"]*"')


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
            io.BytesIO(content), sep=_separator(content), engine="python", encoding="utf-8-sig", **options
        )
    except (ValueError, OSError) as fault:  # the parser's own errors are ValueErrors
        raise ConfigError(
            "{what}: {path} cannot be read as CSV ({reason}).",
            what=what,
            path=shown(path),
            reason=shown(str(fault)),
        ) from fault
    return table


def _separator(content: bytes) -> str | None:
    """What stands most often in the heading, outside quotes; to be guessed where none of the usual ones does.

    A guess takes any letter that returns regularly: of ``CD_REFNIS|CD_SECTOR|TOTAL`` the T.
    """
    heading = _QUOTED.sub(b"", content.split(b"\n", 1)[0])
    counts = {sign: heading.count(sign.encode()) for sign in (";", "|", "\t", ",")}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else None


def _check_shape(content: bytes, path: str, what: str) -> None:
    """Counted before the parser lays it out; a line end in quotes counts too, far below the limit."""
    first = content[: content.find(b"\n") if b"\n" in content else len(content)]
    columns = 1 + max(first.count(separator) for separator in (b";", b",", b"\t", b"|"))
    for count, name in ((content.count(b"\n") - 1, "rows"), (columns, "columns")):
        if count > (most := getattr(limits(), name)):
            raise ConfigError(
                "{what}: {path} has {count} {name}, more than {most} ({setting}). Is it the right file?",
                what=what,
                path=shown(path),
                count=count,
                name=name,
                most=most,
                setting=setting(name),
            )
