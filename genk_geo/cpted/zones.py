"""Risk zones: high-risk ground in pieces of a workable size, with what drives them and what can help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from scipy.ndimage import label

from genk_geo.cpted.factors.catalogue import CHAIN, Catalogue, load_catalogue
from genk_geo.errors import ConfigError
from genk_geo.results import Driver, Zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import pandas as pd

    from genk_geo.cpted.model.terrain import RiskTerrain
    from genk_geo.reference import City

    Rows = npt.NDArray[np.intp]

_TOUCHING = np.ones((3, 3), dtype=int)
#: Sharing less than this is touching.
_MIN_SHARED_M2 = 1.0


def risk_zones(
    terrain: RiskTerrain,
    city: City,
    *,
    theme: str,
    top_share: float = 0.05,
    area_m2: tuple[float, float] = (20_000.0, 250_000.0),
    max_zones: int = 20,
    hotspots: gpd.GeoDataFrame | None = None,
    catalogue: Catalogue | None = None,
) -> tuple[Zone, ...]:
    """Dissolve high-risk ground to zones that a team can walk.

    The highest scores that together fill `top_share` of the area make the ground (at least the highest
    score; where one score covers more, all of it). What touches, corners included, is one zone; too large a
    zone is halved along its longer side until it is small enough, and too small a piece is left out.

    Parameters
    ----------
    terrain : RiskTerrain
        Scores and factors.
    city : City
        Names streets, wijken and stadsdelen.
    theme : str
        Theme of the incidents; begins the identities of the zones.
    top_share : float, default 0.05
        Share of the area.
    area_m2 : tuple of float, default (20 000, 250 000)
        Smallest and largest size that can be worked with: 2 to 25 hectares.
    max_zones : int, default 20
        At most so many: the highest scores first, where equal those with most incidents expected.
    hotspots : geopandas.GeoDataFrame, optional
        Current hotspots (``hotspot_id``, geometry): those that overlap are named, nothing is added.
    catalogue : dict, optional
        Advice and measures; the packaged one by default.

    Returns
    -------
    tuple of Zone
        By rank; empty when no factor was found.

    Raises
    ------
    ConfigError
        If a size or share is impossible.

    Examples
    --------
    A zone names what drives it:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    >>> bars = gpd.GeoDataFrame(geometry=gpd.points_from_xy([700], [700], crs=31370))
    >>> xy = np.random.default_rng(1).normal(800, 300, (2, 99))
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy, crs=31370))
    >>> factor = gg.cpted.factor_of("horeca", features=bars)
    >>> terrain = gg.cpted.risk_terrain(incidents, [factor], grid, stability=0)
    >>> zones = gg.cpted.risk_zones(terrain, gg.City.load(), theme="nuisance")
    >>> zones[0].zone_id, [driver.factor for driver in zones[0].drivers]
    ('nuisance-01', ['horeca'])
    """
    smallest, largest = area_m2
    if not (0 < top_share < 1 and 0 <= smallest < largest and max_zones > 0):
        raise ConfigError(
            "top_share {top_share}, area_m2 {smallest:g} to {largest:g}, max_zones {max_zones}: needed a "
            "share between 0 and 1, a smallest below a largest area, and 1 zone or more.",
            top_share=top_share,
            smallest=smallest,
            largest=largest,
            max_zones=max_zones,
        )
    if terrain.factors.empty:
        return ()
    known = load_catalogue() if catalogue is None else catalogue
    area = np.asarray(terrain.cells["area_m2"], dtype=float)
    score = np.asarray(terrain.score, dtype=float)
    pieces = [
        rows
        for rows in _pieces(terrain, np.flatnonzero(_high(score, area, top_share)), largest)
        if area[rows].sum() >= smallest
    ]
    means = [float(np.average(score[rows], weights=area[rows])) for rows in pieces]
    # Scores are often equal; then the model says where most is to be expected.
    expected = np.asarray(terrain.cells["expected"], dtype=float)
    order = sorted(
        range(len(pieces)),
        key=lambda at: (
            -round(means[at], 6),
            -round(float(expected[pieces[at]].sum()), 6),
            int(pieces[at][0]),
        ),
    )
    return tuple(
        _zone(terrain, city, theme, number, pieces[at], means[at], hotspots, known)
        for number, at in enumerate(order[:max_zones], start=1)
    )


def _high(
    score: npt.NDArray[np.float64], area: npt.NDArray[np.float64], share: float
) -> npt.NDArray[np.bool_]:
    """Cells with the highest scores: as many whole levels as fit the share, one at least."""
    levels, level = np.unique(-score.round(9), return_inverse=True)
    filled = np.cumsum(np.bincount(level, weights=area)) / area.sum()
    fitting = max(int(np.searchsorted(filled, share, side="right")), 1)
    high: npt.NDArray[np.bool_] = (level < fitting) & (len(levels) > 1)
    return high


def _pieces(terrain: RiskTerrain, rows: Rows, max_area_m2: float) -> Iterator[Rows]:
    """Groups of cells that touch, halved until they are small enough."""
    column, row = (terrain.grid.cells[name].to_numpy() for name in ("col", "row"))
    area = terrain.cells["area_m2"].to_numpy()
    todo = [rows]
    while todo:
        for part in _connected(todo.pop(), column, row):
            if area[part].sum() <= max_area_m2 or len(part) == 1:
                yield part
                continue
            axis = column if np.ptp(column[part]) >= np.ptp(row[part]) else row
            ranked = part[np.argsort(axis[part], kind="stable")]
            # Whole rows or columns go together, so that the cut is straight.
            cut = axis[ranked[len(ranked) // 2]]
            cut = cut if cut > axis[part].min() else cut + 1
            todo += [part[axis[part] < cut], part[axis[part] >= cut]]


def _connected(rows: Rows, column: npt.NDArray[np.int64], row: npt.NDArray[np.int64]) -> Iterator[Rows]:
    if not rows.size:
        return
    across, up = column[rows] - column[rows].min(), row[rows] - row[rows].min()
    plane = np.zeros((up.max() + 1, across.max() + 1), dtype=int)
    plane[up, across] = 1
    groups, number = label(plane, structure=_TOUCHING)
    group = groups[up, across]
    for one in range(1, number + 1):
        yield rows[group == one]


def _zone(
    terrain: RiskTerrain,
    city: City,
    theme: str,
    number: int,
    rows: Rows,
    score: float,
    hotspots: gpd.GeoDataFrame | None,
    catalogue: Catalogue,
) -> Zone:
    outline = shapely.union_all(terrain.cells.geometry.to_numpy()[rows], grid_size=0.001)
    outline = shapely.intersection(outline, terrain.grid.boundary)
    wijk, stadsdeel = city.named(outline)
    drivers = _drivers(terrain, rows)
    known = [driver for driver in drivers if driver.factor in catalogue]
    said = [catalogue[driver.factor].said_of(lacking=_lacking(driver)) for driver in known]
    measures = [
        (link, tuple(dict.fromkeys(one for _, chosen in said for one in getattr(chosen, link))))
        for link in CHAIN
    ]
    overlap: tuple[str, ...] = ()
    if hotspots is not None and len(hotspots):
        shared = hotspots.geometry.intersection(outline).area > _MIN_SHARED_M2
        overlap = tuple(sorted(map(str, hotspots["hotspot_id"][shared])))
    return Zone(
        zone_id=f"{theme}-{number:02d}",
        number=number,
        theme=theme,
        streets=tuple(city.streets_near(outline, 2)),
        wijk=wijk,
        stadsdeel=stadsdeel,
        score=score,
        area_m2=float(outline.area),
        drivers=drivers,
        advice=tuple(dict.fromkeys(advice for advice, _ in said if advice)),
        measures=tuple((link, listed) for link, listed in measures if listed),
        hotspots=overlap,
        geometry=outline,
    )


def _drivers(terrain: RiskTerrain, rows: Rows) -> tuple[Driver, ...]:
    """Factors that raise the score in half of the cells or more, by being there or by being absent."""
    found = []
    for name, factor in terrain.factors.iterrows():
        working = float(terrain.member[name].to_numpy()[rows].mean())
        absent = bool(factor["rrv"] < 1)
        if (1 - working if absent else working) < 0.5:
            continue
        found.append(_driver(str(name), factor, absent=absent))
    return tuple(sorted(found, key=lambda driver: (-driver.rrv, driver.factor)))


def _lacking(driver: Driver) -> bool:
    """Whether the place has little of the factor: it is absent, or a low value is what works."""
    return driver.absent != (driver.kind == "value" and driver.rule == "bottom_quarter")


def _driver(name: str, factor: pd.Series, *, absent: bool) -> Driver:
    return Driver(
        factor=name,
        label=str(factor["label"]),
        kind=str(factor["kind"]),
        rule=str(factor["rule"]),
        distance_m=float(factor["distance_m"]),
        rrv=float(1 / factor["rrv"] if absent else factor["rrv"]),
        absent=absent,
        quality=_text_or_empty(factor["quality"]),
    )


def _text_or_empty(value: object) -> str:
    return value if isinstance(value, str) else ""


def zones_layer(zones: tuple[Zone, ...], crs: int) -> gpd.GeoDataFrame:
    """Zones as a layer for a GIS.

    Parameters
    ----------
    zones : tuple of Zone
        As :func:`risk_zones` gives them.
    crs : int
        EPSG code of their geometry.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zone_id``, ``number``, ``theme``, ``place``, ``wijk``, ``stadsdeel``, ``score``, ``area_m2``,
        ``drivers`` (keys), ``qualities``, ``hotspots``, geometry.

    Examples
    --------
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    >>> bars = gpd.GeoDataFrame(geometry=gpd.points_from_xy([700], [700], crs=31370))
    >>> xy = np.random.default_rng(1).normal(800, 300, (2, 99))
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy, crs=31370))
    >>> factor = gg.cpted.factor_of("horeca", features=bars)
    >>> terrain = gg.cpted.risk_terrain(incidents, [factor], grid, stability=0)
    >>> zones = gg.cpted.risk_zones(terrain, gg.City.load(), theme="nuisance")
    >>> gg.cpted.zones_layer(zones, grid.crs).loc[0, ["zone_id", "drivers"]].tolist()
    ['nuisance-01', 'horeca']
    """
    copied = ("zone_id", "number", "theme", "wijk", "stadsdeel", "score", "area_m2")
    columns = {name: [getattr(zone, name) for zone in zones] for name in copied}
    columns |= {
        "place": [", ".join(zone.streets) for zone in zones],
        "drivers": [", ".join(driver.factor for driver in zone.drivers) for zone in zones],
        "qualities": [", ".join(qualities_of(zone)) for zone in zones],
        "hotspots": [", ".join(zone.hotspots) for zone in zones],
    }
    return gpd.GeoDataFrame(columns, geometry=[zone.geometry for zone in zones], crs=crs)


def qualities_of(zone: Zone) -> tuple[str, ...]:
    """CPTED qualities of a zone's drivers, each once.

    Examples
    --------
    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 2000, 2000), cell_m=100)
    >>> bars = gpd.GeoDataFrame(geometry=gpd.points_from_xy([700], [700], crs=31370))
    >>> xy = np.random.default_rng(1).normal(800, 300, (2, 99))
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy, crs=31370))
    >>> factor = gg.cpted.factor_of("horeca", features=bars)
    >>> terrain = gg.cpted.risk_terrain(incidents, [factor], grid, stability=0)
    >>> zones = gg.cpted.risk_zones(terrain, gg.City.load(), theme="nuisance")
    >>> gg.cpted.qualities_of(zones[0])
    ('toegankelijkheid',)
    """
    return tuple(dict.fromkeys(driver.quality for driver in zone.drivers if driver.quality))
