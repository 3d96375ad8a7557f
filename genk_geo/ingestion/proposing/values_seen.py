"""What the values of a column can be: a number of a report, a date, a coordinate, an address, a category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.crs import LAMBERT72, LAMBERT2008, WGS84, transform_xy
from genk_geo.geocoding import geocode
from genk_geo.ingestion.coordinates import read_numbers
from genk_geo.ingestion.moments.order import ORDERS
from genk_geo.ingestion.pairs import read_pairs
from genk_geo.ingestion.times import read_clock, read_dates, read_moments
from genk_geo.ingestion.values import cleaned

if TYPE_CHECKING:
    from genk_geo.reference import City

# Fewer values than this say nothing.
_TELLING = 2
_MOST = 0.8
_SAMPLE, _ADDRESSES = 2_000, 15
_NEAR_M = 20_000.0
_LONGEST_WORD, _LONGEST_NUMBER = 60, 40
#: How a house number begins: few figures, before which at most a word for number stands.
_HOUSE = r"(?i)^\s*(?:n[ro°]?\.?\s*)?\d{1,4}(?!\d)"
_DATES = ("from_date", "to_date", "reported_date")
_TIMES = ("from_time", "to_time", "reported_time", "hour")
# Systems in which coordinates of neighbours come, besides the city's own.
_SYSTEMS = (LAMBERT72, LAMBERT2008, 28992, 27700, 25831, 25832, 25833, 32631, 32632, 2154, 3035, 3857)
_READ_BY_VALUE = (WGS84, LAMBERT72, LAMBERT2008)


@dataclass(frozen=True)
class Pair:
    """Two columns that hold the places, and their system where it is to be said."""

    x: str
    y: str
    crs: int | None
    share: float


class Seen:
    """The values of a file, looked at column by column.

    Parameters
    ----------
    frame : pandas.DataFrame of str
        Its rows.
    city : City
        Where the places should lie.
    """

    def __init__(self, frame: pd.DataFrame, city: City) -> None:
        self._city = city
        rows = frame if len(frame) <= _SAMPLE else frame.sample(_SAMPLE, random_state=0).sort_index()
        self._texts = {str(name): cleaned(rows[name]) for name in frame.columns}

    def filled(self, name: str) -> pd.Series:
        """Values of a column that are not blank."""
        texts = self._texts[name]
        return texts[texts != ""]

    def contradicts(self, name: str, field: str) -> bool:
        """Whether the values of a column can't be what a field wants."""
        values = self.filled(name)
        if len(values) < _TELLING:
            return False
        if field == "source_id":
            return not self.is_number_of_reports(name)
        if field == "category":
            return not self.is_category(name)
        if field in {"street", "address"}:
            wordless = (~values.str.contains(r"[^\W\d_]{2}", regex=True)).mean() > _MOST
            return bool(wordless) and not self.is_pair(name)
        return self._share(name, field) < _MOST

    def _share(self, name: str, field: str) -> float:
        """Share of the values that can be what a field wants; 1 for a field that takes anything."""
        values = self.filled(name)
        if field in _DATES:
            return self.date_share(name)
        if field in _TIMES:
            return float((~read_clock(values)[1]).mean())
        if field in {"x", "y"}:
            return float(np.isfinite(read_numbers(values)).mean())
        if field == "house_number":  # "nummer" is also what suppliers call that of the report
            return float(values.str.contains(_HOUSE).mean())
        if field in {"year", "month", "day"}:
            return float(values.str.fullmatch(r"\d{1,4}([.,]0+)?|[^\W\d_]{3,9}\.?").mean())
        return 1.0

    def date_share(self, name: str) -> float:
        """Share of the values that are dates."""
        values = self.filled(name)
        if not len(values):
            return 0.0
        column = read_dates(values)
        bad = np.min([read_moments(column, order=order).unreadable for order in ORDERS], axis=0)
        return float(1 - bad.mean())

    def is_date(self, name: str) -> bool:
        """Whether the values can be nothing but dates (a whole number may be anything)."""
        values = self.filled(name)
        signs = values.str.contains(r"[-/.:\s]|[A-Za-z]", regex=True).mean() if len(values) else 0.0
        return bool(signs > _MOST and self.date_share(name) >= _MOST)

    def is_clock(self, name: str, *, named: bool = False) -> bool:
        """Whether the values are times of the day; without a name that says so a sign must stand in them."""
        values = self.filled(name)
        if not len(values) or self.is_date(name) or self._share(name, "from_time") < _MOST:
            return False
        signs = "[:.hu]" if named else "[:hu]"
        written = values.str.fullmatch(rf"\d{{1,2}}\s?{signs}\s?\d{{2}}([:.m]\d{{2}})?(\D.*)?").mean()
        return bool(written > _MOST)

    def has_clock(self, name: str) -> bool:
        """Whether dates carry a time of the day."""
        return bool(self.filled(name).str.contains(r"\d[:hu]\d\d|T\d{2}", regex=True).mean() > 0.5)

    def is_packed_date(self, name: str) -> bool:
        """Whether the values are eight digits that are days."""
        values = self.filled(name)
        packed = values.str.fullmatch(r"(19|20)\d{6}(\.0)?").mean() if len(values) else 0.0
        return bool(packed > _MOST and self.date_share(name) >= _MOST)

    def is_number_of_reports(self, name: str) -> bool:
        """Whether each row has its own value, and that is no postcode, date, coordinate or sentence."""
        values = self.filled(name)
        sentences = values.str.contains(r"\s\S+\s", regex=True).mean() if len(values) else 1.0
        if len(values) < 0.9 * len(self._texts[name]) or sentences > 0.2:
            return False
        if (values.str.len() > _LONGEST_NUMBER).any() or self.is_date(name) or self.is_pair(name):
            return False
        decimal = values.str.fullmatch(r"[+-]?\d{1,7}[.,]\d{2,}").mean() > _MOST
        return not decimal and values.nunique() >= 0.95 * len(values)

    def is_category(self, name: str) -> bool:
        """Whether words repeat."""
        values = self.filled(name)
        if len(values) < _TELLING or (values.str.len() > _LONGEST_WORD).mean() > 0.2 or self.is_date(name):
            return len(values) < _TELLING
        words = values.str.contains(r"[^\W\d_]", regex=True).mean() > _MOST or values.nunique() <= 30
        return bool(words and (values.nunique() <= max(2, 0.5 * len(values)) or len(values) < 4))

    def is_pair(self, name: str) -> bool:
        """Whether each value holds two coordinates."""
        values = self.filled(name)
        return bool(len(values)) and float((read_pairs(values)[0] != "").mean()) >= _MOST

    def is_address(self, name: str) -> bool:
        """Whether the values are found among the streets of the city."""
        values = self.filled(name)
        letters = values.str.contains(r"[^\W\d_]{3}", regex=True).mean() if len(values) else 0.0
        if letters < _MOST or self.is_date(name):
            return False
        sample = pd.DataFrame({"a": values.drop_duplicates().head(_ADDRESSES)})
        return float((geocode(sample, self._city, column="a")["geocode_level"] >= "street").mean()) >= 0.4

    def pair_of(self, x: str, y: str) -> Pair | None:
        """The two columns as x and y, in the order and the system that put most rows in or near the city."""
        both = pd.DataFrame({"x": self._texts[x], "y": self._texts[y]})
        both = both[(both["x"] != "") & (both["y"] != "")]
        if len(both) < 1:
            return None
        one, other = read_numbers(both["x"]), read_numbers(both["y"])
        real = np.isfinite(one) & np.isfinite(other) & ~((one == 0) & (other == 0))
        if not real.any():
            return None
        best: Pair | None = None
        for system in dict.fromkeys((WGS84, self._city.crs, *_SYSTEMS)):
            for first, second, names in ((one, other, (x, y)), (other, one, (y, x))):
                share = self._share_near(first[real], second[real], system)
                if share > 0 and (best is None or share > best.share + 0.01):
                    known = system in {*_READ_BY_VALUE, self._city.crs}
                    best = Pair(*names, None if known else system, share)
        return best

    def _share_near(self, x: np.ndarray, y: np.ndarray, system: int) -> float:
        if system == WGS84 and ((np.abs(x) > 180) | (np.abs(y) > 90)).mean() > 0.5:
            return 0.0
        at_x, at_y = transform_xy(x, y, system, self._city.crs)
        left, bottom, right, top = self._city.boundary.bounds
        near = (at_x > left - _NEAR_M) & (at_x < right + _NEAR_M)
        near &= (at_y > bottom - _NEAR_M) & (at_y < top + _NEAR_M)
        inside = self._city.contains(at_x, at_y)
        # in the city counts; near it counts a little, so that a file of the region finds its system too
        return float(inside.mean() + 0.2 * near.mean())
