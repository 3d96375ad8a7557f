"""Accidents on the street network: dangerous points and stretches, schools, years, conditions."""

from __future__ import annotations

import datetime as dt
import logging
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import shapely

from genk_geo import stats
from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.errors import ConfigError
from genk_geo.reference import City
from genk_geo.reference.streets.schools import read_schools
from genk_geo.reference.streets.street_network import StreetNetwork
from genk_geo.release.traffic_release import release_traffic
from genk_geo.render.maps.accident_layers import traffic_tables
from genk_geo.results import Concentrated, Snapping, Traffic, YearAccidents
from genk_geo.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt

log = logging.getLogger(__name__)

_VICTIMS = tuple(f"{prefix}{severity}" for prefix in ("", "weak_") for severity in stats.SEVERITY_POINTS)
#: What came in later than this after a quarter counts from the next one on.
_LATE = pd.DateOffset(days=28)
_SHARES = (0.25, 0.5, 0.8)
_NO_SCHOOLS = ["name", "wijk", "stadsdeel", "accidents", "weak", "school_time", "street_m"]
_WAYS = ["school", "length_m", "accidents", "safest_length_m", "safest_accidents"]


def traffic(
    settings: Settings, city: City, store: Store, *, week: Week, as_of: pd.Timestamp
) -> Traffic | None:
    """Look at the accidents of the last years, for the pages of a week.

    Parameters
    ----------
    settings : Settings
        Settings of the job; without a network there is nothing to look at.
    city : City
        The city.
    store : Store
        History.
    week : Week
        The week that is shown. The period ends with it, or with the last whole quarter before its end, as
        the settings say.
    as_of : pandas.Timestamp
        Reports from this moment on are left out; of a quarter those from 28 days after it.

    Returns
    -------
    Traffic or None
        None when the settings name no network.

    Raises
    ------
    ConfigError
        If the network or the schools cannot be read.
    """
    if settings.network.path is None:
        return None
    streets = StreetNetwork.load(settings.network.path, crs=city.crs, columns=settings.network.columns)
    end, frozen = week.end(city.timezone), None
    if settings.traffic.until == "quarter":
        end = whole_quarter(end, as_of)
        frozen = end + _LATE
    incidents = store.incidents(theme=settings.traffic.theme, reported_before=frozen or as_of)
    seed = [settings.seed, end.year, end.month, end.day]
    found = analyse_traffic(incidents, streets, city, settings, end=end, seed=seed)
    return replace(found, as_of=frozen)


def whole_quarter(end: pd.Timestamp, as_of: pd.Timestamp) -> pd.Timestamp:
    """End of the last quarter that is over, with the reports that come in late.

    Counts over years that were published every week would, subtracted from one another, tell the accidents
    of a single week. So they change once a quarter, and late reports wait for the next one.

    Parameters
    ----------
    end : pandas.Timestamp
        End of the week that is shown.
    as_of : pandas.Timestamp
        Reports from this moment on are not known.

    Returns
    -------
    pandas.Timestamp
        Midnight at which a quarter ended, not after `end` and at least 28 days before `as_of`.
    """
    known = as_of.tz_convert(end.tz) - _LATE
    last = min(end, known)
    return pd.Timestamp(last.year, (last.month - 1) // 3 * 3 + 1, 1, tz=end.tz)


def analyse_traffic(
    incidents: gpd.GeoDataFrame,
    streets: StreetNetwork,
    city: City,
    settings: Settings,
    *,
    end: pd.Timestamp,
    seed: list[int],
) -> Traffic:
    """Look at the accidents of the last years on a street network.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Contract ``incidents``, of the theme of the accidents, all years on record.
    streets : StreetNetwork
        The network.
    city : City
        Its wijken.
    settings : Settings
        Periods, distances, schools, target.
    end : pandas.Timestamp
        End of the period, itself not in it.
    seed : list of int
        Of all that is drawn.

    Returns
    -------
    Traffic
    """
    own = settings.traffic
    known = _with_victims(incidents[(incidents["from"] < end).to_numpy()], own.victims)
    look = _Look.at(known, streets, city, settings, end, seed)
    log.info("%d of %d injury accidents are on the network", look.snapping.on_network, look.snapping.injury)
    density = stats.network_density(
        look.network, look.placed, bandwidth_m=own.bandwidth_m,
        max_distance_m=settings.network.max_distance_m,
    )  # fmt: skip
    by_segment = stats.segment_density(look.network, density)
    points, by_chance = _points(look)
    schools = None if own.schools is None else read_schools(own.schools, crs=city.crs)
    return Traffic(
        start=look.start,
        end=end,
        network=streets.source,
        attribution=streets.attribution,
        fictitious=streets.fictitious,
        length_km=float(look.network.length_m.sum() / 1000.0),
        radius_m=own.radius_m,
        bandwidth_m=own.bandwidth_m,
        snapping=look.snapping,
        segments=_busy_segments(by_segment, city),
        points=points,
        radii_m=own.radii_m,
        by_chance=by_chance,
        stretches=_stretches(look),
        concentrated=_concentrated(look),
        years=stats.yearly_accidents(known, end=end, target=own.target),
        target=own.target,
        wijken=_by_wijk(look),
        schools=_schools(look, schools),
        walk_minutes=own.walk_minutes,
        ways=_ways(look, schools, by_segment["events"].to_numpy()),
        conditions=_conditions(look),
        theme=own.theme,
        by_year=_by_year(look, known),
    )


@dataclass(frozen=True)
class _Look:
    """Injury accidents of the period: all of them, and those whose place is known well enough."""

    injured: gpd.GeoDataFrame
    scores: pd.DataFrame
    placed: gpd.GeoDataFrame
    snapping: Snapping
    network: stats.Network
    city: City
    settings: Settings
    start: pd.Timestamp
    end: pd.Timestamp
    seed: list[int]

    @classmethod
    def at(
        cls,
        known: gpd.GeoDataFrame,
        streets: StreetNetwork,
        city: City,
        settings: Settings,
        end: pd.Timestamp,
        seed: list[int],
    ) -> _Look:
        """Take the accidents of the period and put them on the network."""
        start = end - pd.DateOffset(years=settings.traffic.years)
        period = known[(known["from"] >= start).to_numpy()]
        scores = stats.accident_scores(period)
        hurt = (scores["score"] > 0).to_numpy()
        injured = period[hurt]
        network = stats.Network.of(streets.segments)
        limit = settings.themes[settings.traffic.theme].max_uncertainty_m
        somewhere = ~(injured.geometry.isna() | injured.geometry.is_empty)
        precise = somewhere & (injured["geocode_uncertainty_m"].fillna(np.inf) <= limit)
        at = stats.snap_to_network(injured[precise], network, max_distance_m=settings.network.max_distance_m)
        lost = {
            "no_place": int((~somewhere).sum()),
            "imprecise": int((somewhere & ~precise).sum()),
            "too_far": int((at["reason"] != "").sum()),
        }
        snapping = Snapping(
            len(period), len(injured), int((at["reason"] == "").sum()),
            {reason: count for reason, count in lost.items() if count}, settings.network.max_distance_m,
        )  # fmt: skip
        placed = injured[precise]
        return cls(injured, scores[hurt], placed, snapping, network, city, settings, start, end, seed)

    def rng(self, what: str) -> np.random.Generator:
        """Stream of its own for each thing that draws, so that one does not depend on another."""
        return np.random.default_rng([*self.seed, zlib.crc32(f"traffic {what}".encode())])

    @property
    def rule(self) -> stats.PointRule:
        return replace(
            stats.FLEMISH_RULE,
            years=self.settings.traffic.years,
            max_distance_m=self.settings.network.max_distance_m,
        )


def _with_victims(incidents: gpd.GeoDataFrame, told: dict[str, str]) -> gpd.GeoDataFrame:
    """Accidents with the numbers of victims that the settings point to."""
    if unknown := sorted(set(told) - set(_VICTIMS)):
        raise ConfigError(f"[traffic] victims: {', '.join(unknown)} is not one of {', '.join(_VICTIMS)}.")
    if absent := sorted(set(told.values()) - set(incidents.columns)):
        raise ConfigError(
            f"[traffic] victims: the incidents have no column {', '.join(absent)}. Keep it in the profile: "
            'keep = ["..."] gives a column kept_...'
        )
    return incidents.assign(**{name: incidents[column] for name, column in told.items()})


def _located(frame: gpd.GeoDataFrame, city: City) -> gpd.GeoDataFrame:
    """Table with the wijk and the stadsdeel of the middle of each row."""
    middle = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy()))
    if not len(frame):
        return frame.assign(wijk=pd.Series(dtype="str"), stadsdeel=pd.Series(dtype="str"))
    areas = city.locate(middle[:, 0], middle[:, 1])
    return frame.assign(wijk=areas["wijk"].to_numpy(), stadsdeel=areas["stadsdeel"].to_numpy())


def _busy_segments(by_segment: gpd.GeoDataFrame, city: City) -> gpd.GeoDataFrame:
    names = ["name", "road_class", "length_m", "events", "density_per_km", "geometry"]
    busy = by_segment.loc[by_segment["events"] > 1e-6, names]
    order = np.lexsort((busy.index.to_numpy(dtype=str), -busy["density_per_km"]))
    return _located(busy.iloc[order], city)


def _points(look: _Look) -> tuple[gpd.GeoDataFrame, float]:
    own = look.settings.traffic
    told: dict[str, Any] = {"radius_m": own.radius_m, "end": look.end, "rule": look.rule}
    points = stats.dangerous_points(look.placed, look.network, **told)
    others = stats.dangerous_by_radius(look.placed, look.network, radii_m=own.radii_m, **told)
    listed = points.assign(listed_in=others["listed_in"]).drop(columns="members")
    drawn: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    if own.draws:
        drawn = stats.dangerous_by_chance(
            look.placed, look.network, simulations=own.draws, rng=look.rng("points"), **told
        )
    return _located(listed, look.city), float(drawn.mean()) if len(drawn) else float("nan")


def _stretches(look: _Look) -> gpd.GeoDataFrame:
    own = look.settings.traffic
    found = stats.dangerous_stretches(
        look.network, look.placed, windows_m=own.windows_m, replicates=own.replicates,
        max_distance_m=look.settings.network.max_distance_m, rng=look.rng("stretches"),
    )  # fmt: skip
    return _located(found, look.city)


def _concentrated(look: _Look) -> Concentrated | None:
    at = stats.snap_to_network(look.placed, look.network, max_distance_m=look.settings.network.max_distance_m)
    on = at.loc[at["segment"] >= 0, "segment"].to_numpy()
    if not len(on):
        return None
    found = stats.concentration(
        np.bincount(on, minlength=len(look.network.length_m)), shares=_SHARES,
        exposure=look.network.length_m, rng=look.rng("concentration"),
    )  # fmt: skip
    table = found.shares.reset_index()[["share_of_events", "share_of_places", "by_chance"]]
    shares = tuple((float(a), float(b), float(c)) for a, b, c in table.itertuples(index=False, name=None))
    return Concentrated(found.places, found.events, float(found.gini_corrected), shares)


def _by_wijk(look: _Look) -> pd.DataFrame:
    stadsdeel = look.city.wijken.set_index("wijk")["stadsdeel"]
    wijk = look.injured["wijk"].astype("object")
    table = pd.DataFrame({"stadsdeel": stadsdeel})
    counts = {
        "injury": pd.Series(1, index=look.injured.index),
        "fatal": (look.scores["fatal"] > 0).astype(int),
        "serious": (look.scores["serious"] > 0).astype(int),
        "weak": look.scores["weak"].astype(int),
    }
    for name, values in counts.items():
        table[name] = values.groupby(wijk).sum().reindex(table.index, fill_value=0).astype("int64")
    return table


def _by_year(look: _Look, known: gpd.GeoDataFrame) -> tuple[YearAccidents, ...]:
    """Every whole calendar year of the record: what others than analysts are told is told by the year."""
    years = stats.yearly_accidents(known, end=look.end)
    scores = stats.accident_scores(known)
    hurt = (scores["score"] > 0).to_numpy()
    told = []
    for year in years.index[years["whole"].to_numpy(dtype=bool)]:
        mine = hurt & (known["from"].dt.year == year).to_numpy()
        own = replace(look, injured=known[mine], scores=scores[mine])
        wijken = _by_wijk(own)[["injury", "weak"]]
        row = years.loc[year]
        told.append(
            YearAccidents(int(year), int(row["accidents"]), int(row["weak"]), wijken, _conditions(own))
        )
    return tuple(told)


def _schools(look: _Look, schools: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    import geopandas as gpd

    if schools is None or schools.empty:
        nothing = {name: pd.Series(dtype="object") for name in _NO_SCHOOLS}
        return gpd.GeoDataFrame(nothing, geometry=[], crs=look.city.crs)
    minutes = look.settings.traffic.walk_minutes
    zones = stats.walking_zones(look.network, schools, minutes=minutes)
    pairs = stats.events_around(
        look.network, schools, look.placed, reach_m=stats.walking_reach_m(minutes),
        max_distance_m=look.settings.network.max_distance_m,
    )  # fmt: skip
    school_time = stats.at_school_time(look.placed).fillna(value=False).astype(bool)
    told = {
        "accidents": pd.Series(1, index=look.placed.index),
        "weak": look.scores["weak"].reindex(look.placed.index).astype(int),
        "school_time": school_time.astype(int),
    }
    table = _located(schools, look.city)[["name", "wijk", "stadsdeel"]]
    for name, values in told.items():
        counts = values.reindex(pairs["event"]).groupby(pairs["place"].to_numpy()).sum()
        table[name] = counts.reindex(table.index, fill_value=0).astype("int64")
    table["street_m"] = zones["street_m"]
    found = gpd.GeoDataFrame(table, geometry=zones.geometry, crs=look.city.crs)
    order = np.lexsort((found["name"], -found["accidents"], -found["school_time"]))
    return found.iloc[order].reset_index(drop=True)


def _ways(look: _Look, schools: gpd.GeoDataFrame | None, events: npt.NDArray[np.float64]) -> pd.DataFrame:
    wijken = look.city.wijken.set_index("wijk")
    if schools is None or schools.empty:
        return pd.DataFrame(columns=_WAYS, index=wijken.index[:0])
    homes = wijken[["geometry"]].set_geometry(wijken.geometry.representative_point())
    ways = stats.ways_to_school(look.network, homes, schools, events)
    return ways.assign(school=ways["school"].map(schools["name"]))


def _conditions(look: _Look) -> tuple[tuple[str, pd.DataFrame], ...]:
    """Counts by whatever the file tells of the circumstances."""
    injured = look.injured
    told: dict[str, pd.Series[Any]] = {}
    weak = injured["weak_road_user"].astype("boolean")
    if weak.notna().any():
        told["weak_road_user"] = weak.map({True: "yes", False: "no"}).fillna("unknown")
    told["severity"] = injured["severity"].astype("object").where(injured["severity"].notna(), "unknown")
    length = (injured["to"] - injured["from"]).fillna(pd.Timedelta(0))
    exact = length <= pd.Timedelta(hours=3)
    hour = (injured["from"] + length / 2).dt.hour.where(exact)
    if "hour" in injured:
        hour = hour.fillna(injured["hour"].astype("Float64"))
    if hour.notna().any():
        told["hour"] = hour.map(_part_of_day, na_action="ignore").fillna("unknown")
    if exact.any():
        told["weekday"] = (
            injured["from"].dt.day_of_week.where(exact).map(_weekday, na_action="ignore").fillna("unknown")
        )
    for name in (name for name in injured.columns if str(name).startswith("kept_")):
        told[str(name)] = injured[name].astype("object").where(injured[name].notna(), "unknown").astype(str)
    return tuple((name, _table(values)) for name, values in told.items())


def _part_of_day(hour: float) -> str:
    """Three hours at a time: ``06-09``."""
    first = int(hour) // 3 * 3
    return f"{first:02d}-{first + 3:02d}"


def _weekday(day: float) -> str:
    return str(int(day))


def _table(values: pd.Series[Any]) -> pd.DataFrame:
    counts = values.value_counts().sort_index()
    table = pd.DataFrame({"injury": counts.astype("int64"), "share": counts / max(1, int(counts.sum()))})
    table.index = pd.Index([str(value) for value in table.index], name="value")
    return table


def look_at_traffic(config: Settings | Path | str | None = None, *, week: str | None = None) -> Traffic:
    """Look at the accidents of a history that is there, without publishing anything.

    Parameters
    ----------
    config : Settings or path-like, optional
        Settings, or the TOML file that holds them.
    week : str, optional
        Last week that counts, whatever the settings say of quarters; when absent, the period that the pages
        of the last whole week show.

    Returns
    -------
    Traffic

    Raises
    ------
    ConfigError
        If no network is named, there is no history yet, or a file cannot be read.
    """
    settings = config if isinstance(config, Settings) else Settings.load(config)
    if settings.network.path is None:
        raise ConfigError(
            'No street network is named. Put [network] path = "streets.gpkg" in the settings; '
            "`genk-geo traffic network` makes one."
        )
    if not settings.store.exists():
        raise ConfigError(f"{settings.store} does not exist. Run `genk-geo weekly` first.")
    if week is not None:
        own = settings.traffic.model_copy(update={"until": "week"})
        settings = settings.model_copy(update={"traffic": own})
    city = City.from_settings(settings.city, settings.grouping)
    today = dt.datetime.now(ZoneInfo(city.timezone)).date()
    chosen = Week.parse(week) if week is not None else Week.of(today).shift(-1)
    as_of = chosen.end(city.timezone) + pd.DateOffset(days=1)
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        found = traffic(settings, city, store, week=chosen, as_of=as_of)
    assert found is not None  # a network is named
    return found


def write_layers(found: Traffic, path: Path) -> Path:
    """Write what was found as a GeoPackage for analysts.

    Parameters
    ----------
    found : Traffic
        What was found.
    path : pathlib.Path
        File to write; another one of that name is replaced.

    Returns
    -------
    pathlib.Path
    """
    layers = traffic_tables(release_traffic(found, level="points"))
    path.unlink(missing_ok=True)
    for name, layer in layers.items():
        layer.to_file(path, layer=name, driver="GPKG")
    return path
