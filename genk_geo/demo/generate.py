"""Make the demo data: fictitious supplier files, the truth about the planted hotspots, a configuration."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import shapely

from genk_geo.calendar import BRUSSELS, Week, Window
from genk_geo.config import THEMES
from genk_geo.crs import LAMBERT72, WGS84, transform_xy
from genk_geo.demo.dirt import soil
from genk_geo.demo.echoes import Telling, with_echoes
from genk_geo.demo.environment import drive, place_features, write_features
from genk_geo.demo.fictitious_streets import write_network, write_schools
from genk_geo.demo.files import write_burglary, write_nuisance, write_traffic
from genk_geo.demo.hotspots import DETECTABLE_FROM, RADIUS_M, Hotspot
from genk_geo.demo.incidents import draw_incidents
from genk_geo.demo.measures.planted import FILE, THEME, with_measures, write_measures
from genk_geo.demo.near_repeats import planted_near_repeats
from genk_geo.demo.places import Terrain
from genk_geo.demo.suppliers import burglary_rows, nuisance_rows, traffic_rows
from genk_geo.reference import City

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

#: The week that the demo shows.
DEMO_WEEK = Week(2026, 46)
#: The moment at which the demo is made: early on the Monday after, whatever the date of the machine is.
DEMO_NOW = dt.datetime.combine(DEMO_WEEK.shift(1).monday, dt.time(6), ZoneInfo(BRUSSELS))
_SUPPLIERS = {
    "burglary": (burglary_rows, write_burglary, "Datum vaststelling"),
    "nuisance": (nuisance_rows, write_nuisance, "Gemeld op"),
    "traffic": (traffic_rows, write_traffic, "Datum"),
}
#: The history and the register, in the folder of the demo.
HISTORY, REGISTER = "history.duckdb", "acties.xlsx"
_CONFIG = f"""\
# Demo: everything in this folder is fictitious and made by a program; no real incident is in it.
demo = true
store = "{HISTORY}"
out = "maps"
contact = "analist@voorbeeld.invalid"

[[sources]]
path = "politie_inbraken.csv"
profile = "burglary"

[[sources]]
path = "meldpunt_overlast_*"
profile = "nuisance"

[[sources]]
path = "politie_verkeer.csv"
profile = "traffic"

[network]
path = "straten_fictief.geojson"
max_distance_m = 150

[traffic]
schools = "scholen_fictief.geojson"

[cpted]
themes = ["nuisance", "burglary"]

"""
#: What the settings of a city with measures say besides: the register, and both who write and who read.
_WITH_MEASURES = f"""
[dossiers]
path = "{REGISTER}"
places = "{FILE}"

[[releases]]
profile = "analist"

[[releases]]
profile = "wijkmanager"
"""


@dataclass(frozen=True)
class DemoFiles:
    """What was made.

    Attributes
    ----------
    folder : pathlib.Path
        Where everything lies.
    config : pathlib.Path
        Configuration for the weekly job.
    truth : pathlib.Path
        GeoJSON (longitude and latitude) of the planted hotspots.
    files : mapping of str to tuple of pathlib.Path
        Supplier files by theme.
    environment : mapping of str to pathlib.Path
        Layers of fictitious features by factor.
    week : Week
        The last week with data.
    """

    folder: Path
    config: Path
    truth: Path
    files: Mapping[str, tuple[Path, ...]]
    environment: Mapping[str, Path]
    week: Week


def generate(
    folder: Path | str,
    *,
    week: Week = DEMO_WEEK,
    years: int = 3,
    seed: int = 20261,
    city: City | None = None,
    measures: bool = False,
    told_until: Week | None = None,
) -> DemoFiles:
    """Write fictitious supplier files for Genk with planted hotspots.

    The same arguments give the same bytes. Counts, hours, weekdays and seasons follow published figures
    (`calibration.csv`); places follow the dwellings, with real street names; hotspots are planted at places
    chosen by chance.

    Parameters
    ----------
    folder : path-like
        Folder to write to; made when absent.
    week : Week
        The last week with data.
    years : int
        Years of 52 weeks, at least 1.
    seed : int
        Another seed gives other incidents and other hotspots.
    city : City, optional
        The embedded Genk when absent.
    measures : bool, default False
        Whether the city is busier and measures were taken a year before the end, some of which work: see
        :mod:`genk_geo.demo.measures.planted`. It takes three years. All else has the same bytes but for the
        files of nuisance, where everything is told once, and the settings, which name a register.
    told_until : Week, optional
        Files as they stood when this week had ended: rows reported later are not in them yet. A row that is
        there has the words that it has in the files of the end.

    Returns
    -------
    DemoFiles
        Paths of the files: per theme the supplier files, ``waarheid.geojson`` (the planted hotspots),
        layers of fictitious features with ``waarheid_omgeving.json`` (what they do), fictitious streets in
        ``straten_fictief.geojson`` and schools in ``scholen_fictief.geojson``, and ``genk-geo.toml``.
        A feature of the truth is a circle with `id`, `theme`, `kind`, `x_31370` and
        `y_31370` (its middle), `radius_m`, `from` and `to` (dates, `to` not included), `extra_incidents`
        (in the files), `window_weeks` and `extra_located_in_window` (those with good coordinates in the
        theme's window that ends with the week), and `detectable_in_week` (at least 8 of these). Beside the
        features stands how incidents follow each other (`near_repeats`, by theme), and how many are told more
        than once (`echoes`, by theme); further tellings count for no hotspot.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    terrain = Terrain.from_city(City.load() if city is None else city)
    files: dict[str, tuple[Path, ...]] = {}
    features: list[dict[str, Any]] = []
    echoes: dict[str, dict[str, Any]] = {}
    end = np.datetime64(week.shift(1).monday, "s")
    places = place_features(terrain, seed)
    environment = write_features(place, places)
    write_network(place, terrain.city)
    write_schools(place, terrain, seed)
    for theme, (supplier_rows, write, reported) in _SUPPLIERS.items():
        rng = np.random.default_rng([seed, zlib.crc32(theme.encode())])
        incidents, hotspots = draw_incidents(
            theme, week, years, terrain, rng, times=drive(theme, terrain.xy, places)
        )
        if measures and theme == THEME:
            incidents, taken = with_measures(incidents, hotspots, terrain, week=week, years=years, seed=seed)
            write_measures(place, taken)
        clean = supplier_rows(incidents, end, rng)
        rows, spoiled, located = soil(clean, rng)
        told = Telling(incidents, clean, rows)
        if not (measures and theme == THEME):
            # A child of its own: what else is drawn does not depend on the echoes.
            told, echoes[theme] = with_echoes(
                theme, told, terrain, rows_of=supplier_rows, end=end, rng=rng.spawn(1)[0]
            )
        rows = told.rows
        if told_until is not None:
            rows = rows[rows.index.isin(told.clean.index[_told_by(told.clean[reported], told_until)])]
        files[theme] = write(place, rows, rng)
        known = incidents.loc[clean.index].assign(spoiled=spoiled, located=located)
        features += [_feature(spot, known, Window(week, THEMES[theme].window_weeks)) for spot in hotspots]
    truth, config = place / "waarheid.geojson", place / "genk-geo.toml"
    text = json.dumps(_collection(features, echoes, seed), ensure_ascii=False)
    truth.write_text(text + "\n", encoding="utf-8", newline="\n")
    text = _CONFIG + _layers(environment) + (_WITH_MEASURES if measures else "")
    config.write_text(text, encoding="utf-8", newline="\n")
    return DemoFiles(place, config, truth, files, environment, week)


def _told_by(days: pd.Series, week: Week) -> npt.NDArray[np.bool_]:
    """Rows whose day of report, as the supplier writes it, lies before the end of a week."""
    day = pd.to_datetime(days.str.slice(0, 10), format="%d/%m/%Y")
    return (day < np.datetime64(week.shift(1).monday)).to_numpy()


def _layers(environment: Mapping[str, Path]) -> str:
    """Settings of the layers of features."""
    tables = [
        f'[[cpted.factors]]\nname = "{name}"\npath = "{path.name}"\n' for name, path in environment.items()
    ]
    return "\n".join(tables)


def _feature(spot: Hotspot, known: pd.DataFrame, window: Window) -> dict[str, Any]:
    """A planted hotspot with what of it is in the files."""
    own = known[known["hotspot"] == spot.hotspot_id]
    opens = np.datetime64(window.first.monday)
    usable = int((own["located"] & (own["moment"] >= opens)).sum())
    circle = shapely.get_coordinates(shapely.Point(spot.x, spot.y).buffer(RADIUS_M, quad_segs=8))
    lon, lat = transform_xy(circle[:, 0], circle[:, 1], LAMBERT72, WGS84)
    ring = np.round(np.column_stack([lon, lat]), 6)[::-1].tolist()
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "id": spot.hotspot_id,
            "theme": spot.theme,
            "kind": spot.kind,
            "x_31370": round(spot.x, 1),
            "y_31370": round(spot.y, 1),
            "radius_m": RADIUS_M,
            "from": _day(spot.first),
            "to": _day(spot.after),
            "extra_incidents": int((~own["spoiled"]).sum()),
            "window_weeks": window.weeks,
            "extra_located_in_window": usable,
            "detectable_in_week": usable >= DETECTABLE_FROM,
        },
    }


def _collection(
    features: list[dict[str, Any]], echoes: dict[str, dict[str, Any]], seed: int
) -> dict[str, Any]:
    note = "Fictieve demogegevens: plaatsen door het toeval gekozen, geen enkel echt feit."
    return {
        "type": "FeatureCollection",
        "name": "waarheid",
        "note": note,
        "seed": seed,
        "near_repeats": planted_near_repeats(),
        "echoes": echoes,
        "features": features,
    }


def _day(date: dt.date) -> str:
    return date.isoformat()
