"""Geocoding of a whole table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from genk_geo.crs import WGS84, transform_xy
from genk_geo.errors import SchemaError
from genk_geo.geocoding.alias import alias_key
from genk_geo.geocoding.answers import Answer, Question
from genk_geo.geocoding.engine import Geocoder
from genk_geo.geocoding.notes import Lang, in_words
from genk_geo.geocoding.register import Register
from genk_geo.schema import geocode_level_dtype
from genk_geo.show import LocatedTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genk_geo.reference import City


def geocode(
    frame: pd.DataFrame | pd.Series[str] | Sequence[str],
    city: City,
    *,
    column: str = "address",
    house_number: str | None = None,
    postcode: str | None = None,
    area: str | None = None,
    aliases: Mapping[str, str] | None = None,
    lang: Lang = "nl",
) -> LocatedTable:
    """Find the place of every row, say how sure it is, and refuse what is not known.

    Nothing leaves the machine. Each distinct string is read once; the answer of a row depends on that row
    only, not on its place in the table or on the other rows.

    Parameters
    ----------
    frame : pandas.DataFrame, pandas.Series or sequence of str
        Table with location strings, or the strings themselves; anything that is no text counts as written
        out, missing values as empty.
    city : City
        The register of streets, house numbers, wijken and known places.
    column : str
        Column with the location, or with the street name when `house_number` is given too.
    house_number, postcode, area : str, optional
        Further columns: house number, postcode, and wijk or municipality. They are evidence beside what
        stands in `column`; a house number here goes before one in the string.
    aliases : mapping, optional
        Corrections by :func:`genk_geo.geocoding.alias.alias_key` of the written string, see
        :func:`genk_geo.geocoding.read_aliases`; they are read in place of it.
    lang : {"nl", "en"}, default "nl"
        Language of the notes.

    Returns
    -------
    LocatedTable
        A table (``.explore()`` shows the places): the columns and index of `frame` and:
        ``x_<epsg>``, ``y_<epsg>`` (in the city's coordinate system;
        missing where nothing better than the city is known), ``lon``, ``lat`` (WGS84), ``geocode_level``
        (see :data:`genk_geo.schema.GEOCODE_LEVELS`), ``geocode_score``, ``geocode_uncertainty_m`` (radius
        in metres that holds the true place nine times in ten), ``matched_address``, ``matched_street``,
        ``matched_house_number``, ``geocode_note`` (what was changed, or why not found),
        ``geocode_alternatives`` (streets that could be meant, when it is not sure), ``sector``, ``wijk``,
        ``stadsdeel``.

    Raises
    ------
    SchemaError
        If `frame` is no table, or a named column does not exist or stands in it twice.

    Notes
    -----
    The score is the score of the name (1 as in the register, .98 abbreviated, .96 turned round, .9 without
    first name or title, .06 less for each wrong letter) times the score of the level (address 1, known
    place .95, crossing .9, interpolated .85, street .7, wijk .4, city .2, none 0), and a tenth less when
    another part of the string contradicts it.

    Examples
    --------
    Abbreviations are read, and what names no place is refused:

    >>> frame = pd.DataFrame({"address": ["Stadsplein 1, 3600 Genk", "Stadspln. 1", "bij de bushalte"]})
    >>> located = gg.geocode(frame, gg.City.load())
    >>> located[["matched_street", "geocode_level"]].astype(str).values.tolist()
    [['Stadsplein', 'street'], ['Stadsplein', 'street'], ['', 'none']]
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame(column)
    elif isinstance(frame, list | tuple) and all(isinstance(one, str) for one in frame):
        frame = pd.DataFrame({column: list(frame)})
    if not isinstance(frame, pd.DataFrame):
        raise SchemaError(
            'geocode: needed a table, given {kind}. Put the strings in one: pandas.DataFrame({{"address": '
            "[...]}}).",
            kind=type(frame).__name__,
        )
    if frame.columns.nlevels > 1:
        raise SchemaError("geocode: the columns have names of several levels. Join them to one.")
    options = {"column": column, "house_number": house_number, "postcode": postcode, "area": area}
    missing = [
        f"{option}={name!r}"
        for option, name in options.items()
        if name is not None and name not in frame.columns
    ]
    if missing:
        raise SchemaError(
            "geocode: no column {missing}. The table has: {columns}.",
            missing=", ".join(missing),
            columns=", ".join(map(str, frame.columns)),
        )
    twice = [name for name in options.values() if name is not None and (frame.columns == name).sum() > 1]
    if twice:
        raise SchemaError(
            "geocode: column {twice} stands in the table more than once.", twice=", ".join(map(repr, twice))
        )
    columns = [_written(frame[name]) if name is not None else None for name in options.values()]
    codes, questions = _distinct(columns, len(frame))
    if aliases:
        questions = [_corrected(question, aliases) for question in questions]
    answers = Geocoder(Register.from_city(city)).answer(questions)
    found = _as_table(answers, city, lang)
    added = found.take(codes).set_axis(frame.index, axis=0)
    kept = frame.drop(columns=[name for name in added.columns if name in frame.columns])
    return LocatedTable(pd.concat([kept, added], axis=1))


def _corrected(question: Question, aliases: Mapping[str, str]) -> Question:
    """The question with what is meant: a correction of string and number, or of the string alone."""
    meant = aliases.get(alias_key(f"{question.text} {question.house_number}"))
    if meant is not None:
        return question._replace(text=meant, house_number="")
    meant = aliases.get(alias_key(question.text))
    return question if meant is None else question._replace(text=meant)


def _written(values: pd.Series) -> list[str]:
    """Values as text: missing is empty, 12.0 is 12."""
    return [value if type(value) is str and value.isascii() else _as_text(value) for value in values.tolist()]


def _as_text(value: Any) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    # Half a character, from a file read with the wrong encoding, can be kept in no table.
    return str(value).encode("utf-8", "replace").decode()


def _distinct(columns: list[list[str] | None], rows: int) -> tuple[np.ndarray, list[Question]]:
    """Distinct questions in order of appearance, and which of them each row asks."""
    if all(column is None for column in columns[1:]):
        texts = columns[0] or []
        seen = dict.fromkeys(texts)
        place = {text: number for number, text in enumerate(seen)}
        return np.fromiter((place[text] for text in texts), np.intp, rows), [Question(text) for text in seen]
    full = [column if column is not None else [""] * rows for column in columns]
    asked = list(zip(*full, strict=True))
    order = {parts: number for number, parts in enumerate(dict.fromkeys(asked))}
    return np.fromiter((order[parts] for parts in asked), np.intp, rows), [
        Question(*parts) for parts in order
    ]


def _as_table(answers: list[Answer], city: City, lang: Lang) -> pd.DataFrame:
    x = np.array([answer.place.x for answer in answers], dtype=float)
    y = np.array([answer.place.y for answer in answers], dtype=float)
    lon, lat = transform_xy(x, y, city.crs, WGS84)
    levels = geocode_level_dtype()
    code = {level: number for number, level in enumerate(levels.categories)}
    table = pd.DataFrame(
        {
            f"x_{city.crs}": x,
            f"y_{city.crs}": y,
            "lon": lon,
            "lat": lat,
            "geocode_level": pd.Categorical.from_codes(
                [code[answer.place.level] for answer in answers], dtype=levels
            ),
            "geocode_score": np.array([answer.score for answer in answers], dtype=float).round(4),
            "geocode_uncertainty_m": np.array(
                [answer.place.radius_m for answer in answers], dtype=float
            ).round(1),
            "matched_address": pd.Series([answer.address for answer in answers], dtype="str"),
            "matched_street": pd.Series([answer.street for answer in answers], dtype="str"),
            "matched_house_number": pd.Series([answer.number for answer in answers], dtype="str"),
            "geocode_note": pd.Series([in_words(answer.notes, lang) for answer in answers], dtype="str"),
            "geocode_alternatives": pd.Series(
                [", ".join(answer.alternatives) for answer in answers], dtype="str"
            ),
        }
    )
    return pd.concat([table, _areas(answers, x, y, city)], axis=1)


def _areas(answers: list[Answer], x: np.ndarray, y: np.ndarray, city: City) -> pd.DataFrame:
    """Sector, wijk and stadsdeel; where only the wijk is known, no sector."""
    inside = city.locate(x, y)
    named = np.array([bool(answer.wijk) for answer in answers], dtype=bool)
    if named.any():
        wijk = pd.Series([answer.wijk for answer in answers], dtype="str")
        stadsdeel = dict(zip(city.wijken["wijk"], city.wijken["stadsdeel"], strict=True))
        inside["sector"] = inside["sector"].mask(named)
        inside["wijk"] = inside["wijk"].mask(named, wijk)
        inside["stadsdeel"] = inside["stadsdeel"].mask(named, wijk.map(stadsdeel))
    return inside
