"""Accidents by wijk, and by whatever the file tells of the circumstances."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo import stats
from genk_geo.results import YearAccidents

if TYPE_CHECKING:
    import geopandas as gpd

    from genk_geo.jobs.traffic.accidents import AccidentsOnStreets


def by_wijk(accidents: AccidentsOnStreets) -> pd.DataFrame:
    """Injury accidents of each wijk: all, fatal, serious, and those with a weak road user."""
    stadsdeel = accidents.city.wijken.set_index("wijk")["stadsdeel"]
    wijk = accidents.injured["wijk"].astype("object")
    table = pd.DataFrame({"stadsdeel": stadsdeel})
    counts = {
        "injury": pd.Series(1, index=accidents.injured.index),
        "fatal": (accidents.scores["fatal"] > 0).astype(int),
        "serious": (accidents.scores["serious"] > 0).astype(int),
        "weak": accidents.scores["weak"].astype(int),
    }
    for name, values in counts.items():
        table[name] = values.groupby(wijk).sum().reindex(table.index, fill_value=0).astype("int64")
    return table


def circumstances(accidents: AccidentsOnStreets) -> tuple[tuple[str, pd.DataFrame], ...]:
    """Counts by whatever the file tells of the circumstances."""
    injured = accidents.injured
    known: dict[str, pd.Series[Any]] = {}
    weak = injured["weak_road_user"].astype("boolean")
    if weak.notna().any():
        known["weak_road_user"] = weak.map({True: "yes", False: "no"}).fillna("unknown")
    known["severity"] = injured["severity"].astype("object").where(injured["severity"].notna(), "unknown")
    length = (injured["to"] - injured["from"]).fillna(pd.Timedelta(0))
    exact = length <= pd.Timedelta(hours=3)
    hour = (injured["from"] + length / 2).dt.hour.where(exact)
    if "hour" in injured:
        hour = hour.fillna(injured["hour"].astype("Float64"))
    if hour.notna().any():
        known["hour"] = hour.map(_part_of_day, na_action="ignore").fillna("unknown")
    if exact.any():
        known["weekday"] = (
            injured["from"].dt.day_of_week.where(exact).map(_weekday, na_action="ignore").fillna("unknown")
        )
    for name in (name for name in injured.columns if str(name).startswith("kept_")):
        known[str(name)] = injured[name].astype("object").where(injured[name].notna(), "unknown").astype(str)
    return tuple((name, _counted(values)) for name, values in known.items())


def circumstances_by_year(
    accidents: AccidentsOnStreets, known: gpd.GeoDataFrame
) -> tuple[YearAccidents, ...]:
    """Every whole calendar year of the record: what others than analysts are told is told by the year."""
    years = stats.yearly_accidents(known, end=accidents.end)
    scores = stats.accident_scores(known)
    hurt = (scores["score"] > 0).to_numpy()
    found = []
    for year in years.index[years["whole"].to_numpy(dtype=bool)]:
        mine = hurt & (known["from"].dt.year == year).to_numpy()
        own = replace(accidents, injured=known[mine], scores=scores[mine])
        row = years.loc[year]
        found.append(
            YearAccidents(
                int(year),
                int(row["accidents"]),
                int(row["weak"]),
                by_wijk(own)[["injury", "weak"]],
                circumstances(own),
            )
        )
    return tuple(found)


def _part_of_day(hour: float) -> str:
    """Three hours at a time: ``06-09``."""
    first = int(hour) // 3 * 3
    return f"{first:02d}-{first + 3:02d}"


def _weekday(day: float) -> str:
    return str(int(day))


def _counted(values: pd.Series[Any]) -> pd.DataFrame:
    counts = values.value_counts().sort_index()
    table = pd.DataFrame({"injury": counts.astype("int64"), "share": counts / max(1, int(counts.sum()))})
    table.index = pd.Index([str(value) for value in table.index], name="value")
    return table
