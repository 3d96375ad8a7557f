"""Did a measure help? Counts before and after in the areas of a file, and what they say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from genk_geo import stats
from genk_geo.calendar import Week, occurred
from genk_geo.crs import epsg_of, reproject
from genk_geo.doors import read_layer
from genk_geo.errors import ConfigError, Message, QualityGateError, SchemaError, some_rows
from genk_geo.jobs.desk.layer_file import write_layer
from genk_geo.jobs.effects.places import Treated, effects_at, measured
from genk_geo.jobs.history import precisely_placed
from genk_geo.jobs.session import Session, bounded
from genk_geo.release import Level, release_effects, release_evaluation
from genk_geo.render.file_names import EVALUATION
from genk_geo.render.pages.evaluation_page import evaluation_page
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from genk_geo.config import Settings
    from genk_geo.jobs.history import ThemeHistory
    from genk_geo.reference import City
    from genk_geo.results import MeasuredEffect

#: Columns of a measure file that tell its periods; the same in every row, or on the first one only.
DATES = ("before_from", "before_to", "after_from", "after_to")
# Areas that overlap by less than this share of the smaller one only share a border.
_OVERLAP = 0.005


class Period(NamedTuple):
    """Whole days, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2026-01-05/2026-03-29``."""
        try:
            first, last = (dt.date.fromisoformat(part.strip()) for part in text.split("/"))
        except ValueError as error:
            raise ConfigError(
                "{text!r} is not a period. Write first and last day, for example 2026-01-05/2026-03-29.",
                text=text,
            ) from error
        if last < first:
            raise ConfigError("The period {text} ends before it begins.", text=text)
        return cls(first, last)

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"


@dataclass(frozen=True)
class Evaluated:
    """A measure and what followed.

    Attributes
    ----------
    theme : str
        Key of the theme.
    before, after : Period
        Periods that are compared, of equal length.
    areas : geopandas.GeoDataFrame
        One row a role: ``role``, ``area_m2``, ``before``, ``after``, ``change``, geometry, in the city's
        system.
    result : genk_geo.stats.Displacement
        What they say.
    outside : int
        Incidents of both periods without a precise place, which are in no count.
    city : City
        The city that they are in.
    effect : MeasuredEffect or None
        Whether it helped, against all like places of the city; None where there are too few of these.
    """

    theme: str
    before: Period
    after: Period
    areas: gpd.GeoDataFrame
    result: stats.Displacement
    outside: int
    city: City
    effect: MeasuredEffect | None = None


@bounded
def evaluate_measure(
    settings: Settings,
    *,
    measure: Path,
    theme: str,
    before: Period | None = None,
    after: Period | None = None,
    ring_m: float = 0.0,
) -> Evaluated:
    """Compare counts before and after a measure with those of control areas.

    Parameters
    ----------
    settings : Settings
        Settings of the weekly job; its store must exist.
    measure : path-like
        GeoJSON or GeoPackage with polygons and a column ``role``: ``treated``, ``control`` and where wanted
        ``displacement`` and ``displacement_control``. The periods may stand in columns ``before_from``,
        ``before_to``, ``after_from`` and ``after_to``.
    theme : str
        A theme of the settings.
    before, after : Period, optional
        Periods of equal length, instead of those in the file.
    ring_m : float
        Width of a ring around the treated area, for displacement, where the file has none; 0: no ring.

    Returns
    -------
    Evaluated

    Raises
    ------
    ConfigError
        If the file, the theme, the store or a period is wrong; the message says how to mend it.
    QualityGateError
        If the history does not cover the periods.
    """
    session = Session(settings)
    own = session.theme(theme)
    session.check_record()
    city = session.city
    table = _read(measure)
    periods = _periods(table, measure, before, after)
    areas = _areas(table, city, measure, ring_m)
    with session.on_record() as store:
        incidents = store.incidents(theme=theme)
    _check_coverage(incidents, periods, theme, city.timezone)
    day = occurred(incidents).dt.tz_convert(city.timezone).dt.date
    precise = precisely_placed(incidents, own)
    counts: dict[str, list[int]] = {}
    outside = 0
    for name, period in zip(("before", "after"), periods, strict=True):
        within = (day >= period.first) & (day <= period.last)
        there = incidents[within & precise]
        outside += int((within & ~precise).sum())
        counts[name] = [int(there.intersects(shape).sum()) for shape in areas.geometry]
    areas = areas.assign(**counts).assign(change=lambda one: one["after"] - one["before"])
    told = areas.set_index("role")
    result = stats.displacement(told["before"].to_dict(), told["after"].to_dict())
    columns = ["role", "area_m2", "before", "after", "change", "geometry"]
    effect = _effect(session.history(theme, incidents), told.geometry["treated"], periods[1], city)
    return Evaluated(theme, *periods, areas[columns], result, outside, city, effect)


def _effect(history: ThemeHistory, treated: BaseGeometry, after: Period, city: City) -> MeasuredEffect | None:
    """What the engine that judges all measures says of this one, at the end of the period after it."""
    week = Week.from_day(after.last + dt.timedelta(days=1)).shift(-1)
    reported = history.incidents["reported"].max()
    end = week.end(city.timezone)
    # As of the last report on record: each week counts with what was known of it as long after its end.
    as_of = end + pd.Timedelta(days=1) if pd.isna(reported) else max(reported, end + pd.Timedelta(days=1))
    found = effects_at(history, [Treated("", treated, after.first)], week=week, as_of=as_of)
    told = found.get("")
    return None if told is None else measured(told, dossier="", measures=("",), ground=treated, city=city)


def write_evaluation(found: Evaluated, folder: Path, settings: Settings) -> list[Path]:
    """Write the areas with their counts as GeoPackage and CSV, and a page with their map.

    Parameters
    ----------
    found : Evaluated
        The evaluation.
    folder : path-like
        Made where it does not exist.
    settings : Settings
        Language, names of themes and base map of the page.

    Returns
    -------
    list of Path
        ``evaluation.gpkg``, ``evaluation.csv`` and ``evaluatie.html``; all three are for analysts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    layer, table, page = folder / "evaluation.gpkg", folder / "evaluation.csv", folder / EVALUATION
    told = found.areas.assign(before_period=str(found.before), after_period=str(found.after))
    write_layer(told, layer)
    flat = pd.DataFrame(told.drop(columns="geometry"))
    flat.to_csv(table, index=False, lineterminator="\n", float_format="%.0f")
    page.write_bytes(_page(found, settings).encode())
    return [layer, table, page]


def _page(found: Evaluated, settings: Settings) -> str:
    shown = release_evaluation(
        found.theme,
        found.areas,
        found.result,
        before=(found.before.first, found.before.last),
        after=(found.after.first, found.after.last),
        outside=found.outside,
        city=found.city,
        demo=settings.demo,
    )
    effects = () if found.effect is None else release_effects([found.effect], Level.POINTS, 0)
    return evaluation_page(
        replace(shown, effect=next(iter(effects), None)),
        texts=Texts.of(settings),
        tiles=settings.tiles,
        backdrop=Session(settings).backdrop,
    )


def _read(measure: Path) -> gpd.GeoDataFrame:
    """The file, checked: polygons, a known role each."""
    table = read_layer(measure, Message("The measure"))
    if table.empty:
        raise ConfigError(
            "{measure} holds no areas. Draw at least a treated and a control area.", measure=measure.name
        )
    if "role" not in table.columns:
        raise ConfigError(
            "{measure} has no column `role` with {roles}.", measure=measure.name, roles=", ".join(stats.ROLES)
        )
    unknown = ~table["role"].isin(list(stats.ROLES))
    if unknown.any():
        raise ConfigError(
            "{measure}: unknown role {found!r} (rows {rows}). Known: {roles}.",
            measure=measure.name,
            found=table.loc[unknown, "role"].iloc[0],
            rows=some_rows(table.index[unknown]),
            roles=", ".join(stats.ROLES),
        )
    wrong = ~(table.geometry.geom_type.isin(["Polygon", "MultiPolygon"]) & table.geometry.is_valid)
    if wrong.any():
        raise ConfigError(
            "{measure}: rows {rows} are no valid polygons. Draw them again.",
            measure=measure.name,
            rows=some_rows(table.index[wrong]),
        )
    missing = {"treated", "control"} - set(table["role"])
    if missing:
        raise ConfigError(
            "{measure} has no {missing} area.", measure=measure.name, missing=" and no ".join(sorted(missing))
        )
    return table


def _areas(table: gpd.GeoDataFrame, city: City, measure: Path, ring_m: float) -> gpd.GeoDataFrame:
    """One area a role, in the city's system, none over another."""
    try:
        epsg_of(table, measure.name)
    except SchemaError as error:
        raise ConfigError(error.message) from error
    one = reproject(table[["role", "geometry"]], city.crs).dissolve("role", as_index=False)
    shape = dict(zip(one["role"], one.geometry, strict=True))
    if ring_m < 0:
        raise ConfigError("The ring: given {ring_m:g} m, needed 0 or more.", ring_m=ring_m)
    if ring_m and "displacement" in shape:
        raise ConfigError(
            "{measure} has a displacement area already: leave the ring out.", measure=measure.name
        )
    if ring_m:
        shape["displacement"] = shape["treated"].buffer(ring_m) - shapely.union_all(list(shape.values()))
    names = [role for role in stats.ROLES if role in shape]
    for at, role in enumerate(names):
        if not shape[role].intersects(city.boundary):
            raise ConfigError(
                "{measure}: the {role} area lies outside {city}.",
                measure=measure.name,
                role=role,
                city=city.name,
            )
        for other in names[:at]:
            shared = shape[role].intersection(shape[other]).area
            if shared > _OVERLAP * min(shape[role].area, shape[other].area):
                raise ConfigError(
                    "{measure}: the {role} and {other} areas overlap by {shared:,.0f} m2: an incident there "
                    "would count twice. Draw them apart.",
                    measure=measure.name,
                    role=role,
                    other=other,
                    shared=shared,
                )
    shapes = gpd.GeoSeries([shape[role] for role in names], crs=city.crs)
    return gpd.GeoDataFrame({"role": names, "area_m2": shapes.area}, geometry=shapes)


def _periods(
    table: gpd.GeoDataFrame, measure: Path, before: Period | None, after: Period | None
) -> tuple[Period, Period]:
    """The two periods, from the command or the file, of equal length and in order."""
    found = []
    for name, told in (("before", before), ("after", after)):
        found.append(told if told is not None else _period_in(table, measure, name))
    first, second = found
    if second.first <= first.last:
        raise ConfigError(
            "The period after ({second}) begins before the one before ({first}) has ended.",
            second=second,
            first=first,
        )
    if first.days != second.days:
        raise ConfigError(
            "The periods have {first_days} and {second_days} days: needed equally long ones, best the same "
            "season of two years.",
            first_days=first.days,
            second_days=second.days,
        )
    return first, second


def _period_in(table: gpd.GeoDataFrame, measure: Path, name: str) -> Period:
    days = []
    for column in (f"{name}_from", f"{name}_to"):
        values: list[Any] = list(dict.fromkeys(table[column].dropna())) if column in table.columns else []
        if len(values) != 1:
            raise ConfigError(
                "{measure}: needed one date in column `{column}`, found {count}. Give the periods with "
                "--{name} 2026-01-05/2026-03-29.",
                measure=measure.name,
                column=column,
                count=len(values),
                name=name,
            )
        days.append(str(values[0])[:10])
    return Period.parse("/".join(days))


def _check_coverage(incidents: gpd.GeoDataFrame, periods: tuple[Period, Period], theme: str, tz: str) -> None:
    """Refuse periods that the history does not reach: no incidents there would read as none."""
    if incidents.empty:
        raise QualityGateError(
            "The history has no incident of {theme}. Run `genk-geo weekly` first.", theme=theme
        )
    days = occurred(incidents).dt.tz_convert(tz).dt.date
    first, last = days.min(), days.max()
    if periods[0].first < first or periods[1].last > last:
        raise QualityGateError(
            "The history of {theme} runs from {first} to {last}, the periods from {begin} to {end}. "
            "Read the missing files with `genk-geo ingest`, or choose other periods.",
            theme=theme,
            first=first,
            last=last,
            begin=periods[0].first,
            end=periods[1].last,
        )
