"""What accidents count for, which ones are recent, and how their number goes from year to year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError, some_rows

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Points for a victim, by severity.
SEVERITY_POINTS = {"fatal": 5.0, "serious": 3.0, "light": 1.0}
# What else a severity may be called; without injury, or not known, an accident has no points.
_SEVERITY_WORDS = {
    **dict.fromkeys(("fatal", "killed", "death", "dodelijk", "overleden"), "fatal"),
    **dict.fromkeys(("serious", "severe", "seriously injured", "zwaar gewond", "ernstig gewond"), "serious"),
    **dict.fromkeys(("light", "slight", "slightly injured", "lightly injured", "licht gewond"), "light"),
    **dict.fromkeys(("material", "none", "unknown", "stoffelijke schade", "onbekend", ""), None),
}
#: On foot, on a bicycle or on a moped a victim counts so many times.
WEAK_FACTOR = 1.7


def accident_scores(accidents: pd.DataFrame) -> pd.DataFrame:
    """Score of each accident by its victims.

    Parameters
    ----------
    accidents : pandas.DataFrame
        Either the victims of each accident (columns ``fatal``, ``serious``, ``light``, and of these the weak
        road users in ``weak_fatal``, ``weak_serious``, ``weak_light``), or its ``severity`` (then one victim
        of that severity: ``fatal``, ``serious`` or ``light``, ``material`` or missing without injury; the
        plain English and Dutch words are understood). ``weak_road_user`` (True, False or missing) says it for
        the whole accident where the numbers do not.

    Returns
    -------
    pandas.DataFrame
        Same index: ``score``, ``fatal``, ``serious``, ``light`` (victims) and ``weak`` (True, False). An
        accident without injury, or of unknown severity, has score 0.

    Raises
    ------
    SchemaError
        If neither form is there, a severity or weak road user cannot be read, or a number is negative or more
        weak road users than victims are told.

    Examples
    --------
    Killed on a bicycle (5 x 1.7), lightly injured, and material damage alone:

    >>> severity, weak = ["dodelijk", "licht gewond", "stoffelijke schade"], [True, False, False]
    >>> accidents = pd.DataFrame({"severity": severity, "weak_road_user": weak})
    >>> gg.stats.accident_scores(accidents)["score"].tolist()
    [8.5, 1.0, 0.0]
    """
    counted = [name for name in SEVERITY_POINTS if name in accidents]
    if not counted and "severity" not in accidents:
        raise SchemaError("The accidents have neither severity nor victims (fatal, serious, light).")
    weak_accident = _weak(accidents)
    severity = None if counted else _severities(accidents)
    table = pd.DataFrame(index=accidents.index)
    table["score"] = 0.0
    weak_any = weak_accident.copy()
    for name, points in SEVERITY_POINTS.items():
        victims = _numbers(accidents, name) if severity is None else (severity == name).astype(float)
        weak = np.where(weak_accident, victims, 0.0)
        if counted and f"weak_{name}" in accidents:
            weak = _numbers(accidents, f"weak_{name}")
            if (weak > victims).any():
                rows = some_rows(accidents.index[weak > victims])
                raise SchemaError(
                    "Rows {rows} have more in weak_{name} than in {name}.", rows=rows, name=name
                )
            weak_any |= weak > 0
        table["score"] += points * (victims + (WEAK_FACTOR - 1.0) * weak)
        table[name] = victims.astype("int64")
    table["weak"] = weak_any & (table["score"] > 0).to_numpy()
    return table


def _weak(accidents: pd.DataFrame) -> npt.NDArray[np.bool_]:
    if "weak_road_user" not in accidents:
        return np.zeros(len(accidents), dtype=bool)
    values = accidents["weak_road_user"].astype("object")
    wrong = ~(values.isna() | values.isin([True, False]))
    if wrong.any():
        raise SchemaError(
            "Rows {rows}: weak_road_user is {found!r}, needed True, False or missing.",
            rows=some_rows(accidents.index[wrong]),
            found=values[wrong].iloc[0],
        )
    return np.asarray(values.isin([True]), dtype=bool)


def _severities(accidents: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Severity of each accident as a key of :data:`SEVERITY_POINTS`, or None."""
    values = accidents["severity"].astype("object")
    words = values.where(values.notna(), "").map(lambda value: str(value).strip().casefold())
    wrong = ~words.isin(list(_SEVERITY_WORDS))
    if wrong.any():
        raise SchemaError(
            "Rows {rows}: the severity {found!r} is not known. Write {severity_points}, material or nothing.",
            rows=some_rows(accidents.index[wrong]),
            found=values[wrong].iloc[0],
            severity_points=", ".join(SEVERITY_POINTS),
        )
    return np.array([_SEVERITY_WORDS[word] for word in words], dtype=object)


def _numbers(accidents: pd.DataFrame, name: str) -> Floats:
    if name not in accidents:
        return np.zeros(len(accidents))
    """Victims of a kind; nothing written is none, and what is no whole number is refused, never 0."""
    written = accidents[name].astype("object")
    blank = written.isna().to_numpy() | written.map(lambda one: str(one).strip() == "").to_numpy(bool)
    texts = written.where(~blank, "0").astype(str).str.strip().str.replace(",", ".", regex=False)
    values = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if (values < 0).any():
        raise SchemaError(
            "Rows {rows} have a negative number in {name}.",
            rows=some_rows(accidents.index[values < 0]),
            name=name,
        )
    wrong = ~np.isfinite(values) | (np.nan_to_num(values, posinf=0.5) % 1 != 0)
    if wrong.any():
        raise SchemaError(
            "Rows {rows}: {found!r} in {name} is no number of victims. Write 0, 1, 2, ...",
            rows=some_rows(accidents.index[wrong]),
            found=written[wrong].iloc[0],
            name=name,
        )
    return values


def recent(
    accidents: gpd.GeoDataFrame, *, end: pd.Timestamp | str | None = None, years: int = 3
) -> gpd.GeoDataFrame:
    """Accidents of the last years.

    Parameters
    ----------
    accidents : geopandas.GeoDataFrame
        With ``from`` (when they happened, tz-aware).
    end : timestamp, optional
        End of the period, itself not in it; a day or a moment without a zone is on the clock of ``from``.
        By default the end of the month of the last accident.
    years : int, default 3
        Length of the period: from the same moment so many years earlier.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows with start <= ``from`` < end.
    """
    when = _moments(accidents)
    if years < 1:
        raise ConfigError("The period is {years} years, needed at least 1.", years=years)
    if when.isna().all():
        return accidents.iloc[:0]
    until = period_end(accidents, end)
    start = until - pd.DateOffset(years=years)
    return accidents[((when >= start) & (when < until)).to_numpy()]


def period_end(accidents: pd.DataFrame, end: pd.Timestamp | str | None = None) -> pd.Timestamp:
    """End of the period as a moment on the clock of the accidents."""
    when = _moments(accidents)
    if end is None:
        last = when.max()
        return (last.normalize() + pd.offsets.MonthEnd(0)).normalize() + pd.DateOffset(days=1)
    try:
        moment = pd.Timestamp(end)
        return moment.tz_localize(when.dt.tz) if moment.tzinfo is None else moment.tz_convert(when.dt.tz)
    except ValueError as error:
        raise ConfigError(
            "The end of the period, {end!r}: needed one moment, such as 2026-01-01.", end=end
        ) from error


def _moments(accidents: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    if "from" not in accidents or not isinstance(accidents["from"].dtype, pd.DatetimeTZDtype):
        raise SchemaError("The accidents need a column from with tz-aware times.")
    return accidents["from"]


def yearly_accidents(
    accidents: gpd.GeoDataFrame,
    *,
    end: pd.Timestamp | str | None = None,
    target: float | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Injury accidents by calendar year, with their limits of chance.

    Parameters
    ----------
    accidents : geopandas.GeoDataFrame
        All accidents on record, with ``from`` and what :func:`accident_scores` needs.
    end : timestamp, optional
        End of the record; by default the end of the month of the last accident.
    target : float, optional
        At most so many a year is what the city aims for.
    confidence : float, default 0.95
        Of the exact Poisson interval.

    Returns
    -------
    pandas.DataFrame
        Index: ``year``. ``accidents``, ``low``, ``high`` (interval of the underlying number), ``weak``
        (accidents with a weak road user), ``whole`` (False for a year of which a part is on record), and
        ``against``: ``below`` or ``above`` the target when the whole interval is, ``unclear`` otherwise,
        empty without a target or for a part of a year.

    Examples
    --------
    More than twice as many, and yet the two intervals overlap:

    >>> moments = pd.to_datetime(["2024-03-01"] * 4 + ["2025-05-01"] * 9).tz_localize("Europe/Brussels")
    >>> accidents = pd.DataFrame({"from": moments, "severity": "light", "weak_road_user": False})
    >>> years = gg.stats.yearly_accidents(accidents, end="2026-01-01")
    >>> years[["accidents", "low", "high"]].round(1).to_dict("index")
    {2024: {'accidents': 4, 'low': 1.1, 'high': 10.2}, 2025: {'accidents': 9, 'low': 4.1, 'high': 17.1}}
    """
    if not 0 < confidence < 1:
        raise ConfigError("confidence is {confidence:g}, needed between 0 and 1.", confidence=confidence)
    accidents = accidents.reset_index(drop=True)
    if accidents["from"].isna().all() and len(accidents):
        raise SchemaError("The accidents: needed a moment in `from`, given none.")
    scores = accident_scores(accidents)
    injured = accidents[(scores["score"] > 0).to_numpy()]
    names = ["accidents", "low", "high", "weak", "whole", "against"]
    if injured.empty:
        return pd.DataFrame(columns=names, index=pd.Index([], name="year", dtype="int64"))
    until = period_end(accidents, end)
    when = injured["from"]
    known = when < until
    year, weak = when[known].dt.year, scores.loc[injured.index, "weak"][known]
    years = pd.RangeIndex(int(year.min()), (until - pd.Timedelta(1)).year + 1, name="year")
    count = year.value_counts().reindex(years, fill_value=0).sort_index()
    table = pd.DataFrame({"accidents": count.astype("int64")}, index=years)
    table["low"], table["high"] = _poisson_limits(count.to_numpy(), confidence)
    table["weak"] = weak.groupby(year).sum().reindex(years, fill_value=0).astype("int64")
    first = accidents["from"].min()
    begun = [pd.Timestamp(y, 2, 1, tz=first.tz) > first for y in years]
    ended = [pd.Timestamp(int(y) + 1, 1, 1, tz=first.tz) <= until for y in years]
    table["whole"] = np.array(begun) & np.array(ended)
    table["against"] = ""
    if target is not None:
        conditions = [~table["whole"], table["high"] < target, table["low"] > target]
        table["against"] = np.select(conditions, ["", "below", "above"], "unclear")
    return table


def _poisson_limits(count: npt.NDArray[np.int64], confidence: float) -> tuple[Floats, Floats]:
    """Exact limits (Garwood 1936)."""
    from scipy.stats import chi2

    tail = (1 - confidence) / 2
    low = np.where(count > 0, chi2.ppf(tail, 2 * np.maximum(count, 1)) / 2, 0.0)
    return low, np.asarray(chi2.ppf(1 - tail, 2 * count + 2) / 2)
