"""A column of clock times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from genk_geo.ingestion.moments.forms import fields_of, offsets_of, seconds_of, twelve_hours, words_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_CLOCK = (
    r"^(?P<h>\d{1,2})(?:\s*[:huHU.]\s*(?P<m>\d{2})?(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?)?\s*(?:u|h|uur|Uhr|uhr)?"
    r"\s*(?P<p>[AaPp]\.?[Mm]\.?)?\s*(?P<z>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
_DIGITS = r"^(?P<h>\d{1,2})(?P<m>\d{2})$"
_WITH_SECONDS = r"^(?P<h>\d{1,2})(?P<m>\d{2})(?P<s>\d{2})$"
_FRACTION = r"^(?P<serial>(?:0?[.,]\d+))$"
# A time column of Excel may hold whole datetimes: only the clock counts. Its midnight has no clock at all.
_DATED = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]+(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?$"
_MIDNIGHT = r"^(?:1899-12-3[01]|1900-01-0[01]|(?:30|31)/12/1899|0?[01]/0?1/1900)$"
_UNKNOWN_HOUR = 99


def read_clocks(texts: pa.Array) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Read each text of a column of clock times.

    Numbers without signs are hours (``23``) or hours and minutes (``2305``). Where zeros in front were lost,
    as the column shows (``5``, ``930`` and ``2305``), ``5`` is five past midnight.

    Parameters
    ----------
    texts : pyarrow.Array of str
        Trimmed; best each text once.

    Returns
    -------
    seconds : numpy.ndarray
        Since midnight; NaN where blank, unknown (hour 99) or unreadable.
    offset : numpy.ndarray
        Seconds ahead of UTC, NaN where not said.
    bad : numpy.ndarray of bool
        Where something is written that is no time.
    """
    texts = pc.replace_substring_regex(texts, r"^(\d{1,6})[.,]0$", r"\1")
    texts = _with_lost_zeros(texts)
    named, taken = fields_of(texts, _CLOCK, _DIGITS, _WITH_SECONDS, _DATED)
    seconds, _ = seconds_of(named)
    fraction, _ = fields_of(texts, _FRACTION)
    seconds = np.where(np.isfinite(fraction["serial"]), np.round(fraction["serial"] * 86_400), seconds)
    seconds = np.where(np.asarray(pc.match_substring_regex(texts, _MIDNIGHT)), 0.0, seconds)
    seconds, _ = twelve_hours(seconds, words_of(texts, _CLOCK, "p"))
    offset, strange = offsets_of(words_of(texts, _CLOCK, "z"))
    unknown = np.asarray(pc.equal(texts, "")) | (taken & (named["h"] == _UNKNOWN_HOUR))
    seconds = np.where(unknown | strange, np.nan, seconds)
    return seconds, offset, np.isnan(seconds) & ~unknown


def _with_lost_zeros(texts: pa.Array) -> pa.Array:
    """Numbers of a column that lost their zeros in front, with them again."""
    digits = pc.match_substring_regex(texts, r"^\d{1,4}$")
    if not pc.any(digits).as_py():
        return texts
    length = pc.utf8_length(texts)
    three = pc.and_(digits, pc.equal(length, 3))
    four = pc.and_(digits, pc.equal(length, 4))
    short = pc.and_(digits, pc.less(length, 3))
    padded = pc.any(pc.and_(four, pc.starts_with(texts, "0"))).as_py()
    signs = pc.any(pc.and_(pc.not_equal(texts, ""), pc.invert(digits))).as_py()
    lost = pc.any(three).as_py() or (pc.any(four).as_py() and not signs)
    if padded or not lost or not pc.any(short).as_py():
        return texts
    unknown = pc.equal(texts, str(_UNKNOWN_HOUR))
    return pc.if_else(pc.and_(short, pc.invert(unknown)), pc.utf8_lpad(texts, 4, "0"), texts)
