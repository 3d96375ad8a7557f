"""Factors from the user's layers and from OpenStreetMap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from genk_geo.cpted.factors.catalogue import Catalogue, CatalogueEntry, load_catalogue
from genk_geo.cpted.factors.factor import Factor
from genk_geo.crs import WGS84, reproject
from genk_geo.doors import check_xml, read_csv, read_layer
from genk_geo.errors import ConfigError, SchemaError

if TYPE_CHECKING:
    from genk_geo.stats import Grid

#: How far outside the grid features still work.
MARGIN_M = 500.0


def factor_of(
    name: str,
    *,
    catalogue: Catalogue | None = None,
    features: gpd.GeoDataFrame | None = None,
    per_cell: pd.Series[float] | None = None,
) -> Factor:
    """A factor with what the catalogue says of that name (nothing where it does not know it).

    Parameters
    ----------
    name : str
        Name in the catalogue, or a name of your own.
    catalogue : dict, optional
        The packaged one by default.
    features, per_cell
        As for :class:`Factor`; one of the two.

    Returns
    -------
    Factor
        With label, direction and quality.

    Examples
    --------
    What the catalogue knows of the name comes with it:

    >>> stops = gpd.GeoDataFrame(geometry=gpd.points_from_xy([228500], [184500], crs=31370))
    >>> factor = gg.cpted.factor_of("bus_stop", features=stops)
    >>> factor.label, factor.quality
    ('bushaltes', 'zichtbaarheid')
    """
    entry = (catalogue if catalogue is not None else load_catalogue()).get(name, CatalogueEntry(label=name))
    fitting = ("proximity", "density") if per_cell is None else ("value",)
    kinds = tuple(kind for kind in entry.kinds if kind in fitting)
    return Factor(name, features, per_cell, kinds, entry.direction, entry.quality, entry.label)


def read_factor(
    path: Path | str,
    grid: Grid,
    *,
    name: str,
    catalogue: Catalogue | None = None,
    x: str = "lon",
    y: str = "lat",
    epsg: int | None = None,
) -> Factor:
    """Read a layer of the user as a factor.

    Parameters
    ----------
    path : path-like
        GeoPackage, GeoJSON, shapefile, or CSV with coordinates (comma or semicolon, decimal point or comma).
    grid : Grid
        The cells; the layer is brought into their coordinate system.
    name : str
        Name of the factor.
    catalogue : dict, optional
        The packaged one by default.
    x, y : str
        Columns of a CSV.
    epsg : int, optional
        Coordinate system of a CSV (WGS84 by default) or of a layer that does not say.

    Returns
    -------
    Factor
        Its features near the grid; rows without a place are left out.

    Raises
    ------
    ConfigError
        If the file is missing, cannot be read or lacks a column.
    SchemaError
        If no feature lies near the grid.

    Examples
    --------
    A row without a place is left out:

    >>> stops = pd.DataFrame({"naam": ["Station", "onbekend"], "lon": [5.499, None], "lat": [50.967, None]})
    >>> stops.to_csv("haltes.csv", index=False)
    >>> grid = gg.stats.Grid.cover(gg.City.load().boundary, cell_m=200)
    >>> factor = gg.cpted.read_factor("haltes.csv", grid, name="bus_stop")
    >>> factor.label, len(factor.features), factor.features.crs.to_epsg()
    ('bushaltes', 1, 31370)
    """
    file = Path(path)
    suffixes = [suffix.lower() for suffix in file.suffixes]
    layer = (
        _points_of_csv(file, x, y, epsg or WGS84, f"Factor {name}")
        if ".csv" in suffixes
        else _layer(file, epsg, f"Factor {name}")
    )
    return factor_of(name, catalogue=catalogue, features=_near(layer, grid, f"Factor {name} ({file})"))


def _layer(file: Path, epsg: int | None, what: str) -> gpd.GeoDataFrame:
    frame = read_layer(file, what)
    return frame if epsg is None else frame.set_crs(epsg, allow_override=True)


def _points_of_csv(file: Path, x: str, y: str, epsg: int, what: str) -> gpd.GeoDataFrame:
    table = read_csv(file, what, dtype=str)
    missing = [column for column in (x, y) if column not in table]
    if missing:
        raise ConfigError(
            "{file} has no column {missing}; it has {columns}. Name x and y.",
            file=file,
            missing=", ".join(missing),
            columns=", ".join(table.columns),
        )
    xs, ys = (
        pd.to_numeric(table[column].str.replace(",", "."), errors="coerce").to_numpy(dtype=float)
        for column in (x, y)
    )
    points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(xs, ys, crs=epsg))
    return points[pd.notna(xs) & pd.notna(ys)]


def _near(layer: gpd.GeoDataFrame, grid: Grid, what: str) -> gpd.GeoDataFrame:
    placed = reproject(layer[~(layer.geometry.isna() | layer.geometry.is_empty)], grid.crs, what=what)
    west, south, east, north = grid.cells.total_bounds
    box = shapely.box(west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    near = placed[placed.intersects(box)]
    if near.empty:
        raise SchemaError(
            "{what}: none of its {count} features lies near the grid. Is its coordinate system right?",
            what=what,
            count=len(layer),
        )
    return near


def osm_tags(catalogue: Catalogue) -> dict[str, bool | str | list[str]]:
    """All tags of a catalogue together, as OSMnx wants them."""
    found: dict[str, set[str]] = {}
    for entry in catalogue.values():
        for key, values in entry.tags.items():
            found.setdefault(key, set()).update(values)
    return {key: True if "*" in values else sorted(values) for key, values in sorted(found.items())}


def factors_from_osm(
    source: Path | str | gpd.GeoDataFrame | None, grid: Grid, *, catalogue: Catalogue | None = None
) -> list[Factor]:
    """Factors of the catalogue that OpenStreetMap knows near the grid.

    Parameters
    ----------
    source : path-like, geopandas.GeoDataFrame or None
        An ``.osm`` file (XML, also .gz or .bz2), features that OSMnx gave, or None: download them from the
        Overpass server of ``osmnx.settings``.
    grid : Grid
        The cells.
    catalogue : dict, optional
        The packaged one by default; entries without tags are passed over.

    Returns
    -------
    list of Factor
        In the order of the catalogue, without those that have no feature here.

    Raises
    ------
    ConfigError
        If the file is missing or cannot be read, or nothing could be downloaded.

    Examples
    --------
    The catalogue has an entry for pubs, none for benches:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> points = gpd.points_from_xy([100, 200], [100, 200], crs=31370)
    >>> features = gpd.GeoDataFrame({"amenity": ["pub", "bench"]}, geometry=points)
    >>> [factor.name for factor in gg.cpted.factors_from_osm(features, grid)]
    ['horeca']
    """
    known = load_catalogue() if catalogue is None else catalogue
    features = source if isinstance(source, gpd.GeoDataFrame) else _osm_features(source, grid, known)
    placed = reproject(features, grid.crs, what="OpenStreetMap")
    found = []
    for name, entry in known.items():
        mine = placed[_tagged(placed, entry)]
        if len(mine):
            found.append(factor_of(name, catalogue=known, features=mine[["geometry"]].reset_index(drop=True)))
    return found


def _tagged(features: gpd.GeoDataFrame, entry: CatalogueEntry) -> pd.Series[bool]:
    mask = pd.Series(data=False, index=features.index)
    for key, values in entry.tags.items():
        if key in features:
            mask |= features[key].notna() if "*" in values else features[key].isin(values)
    return mask


def _osm_features(source: Path | str | None, grid: Grid, catalogue: Catalogue) -> gpd.GeoDataFrame:
    import osmnx as ox

    tags = osm_tags(catalogue)
    try:
        if source is not None:
            return _features(ox.features_from_xml(check_xml(source, "OpenStreetMap"), tags=tags))
        return _features(ox.features_from_polygon(_around(grid), tags=tags))
    except ConfigError:
        raise
    except Exception as error:  # OSMnx, its parser and requests each raise their own
        what = source if source is not None else ox.settings.overpass_url
        raise ConfigError(
            "OpenStreetMap features could not be read from {what}: {reason}.", what=what, reason=error
        ) from error


def _features(found: Any) -> gpd.GeoDataFrame:
    assert isinstance(found, gpd.GeoDataFrame)
    return found


def _around(grid: Grid) -> Any:
    """Box around the grid in longitude and latitude."""
    west, south, east, north = grid.cells.total_bounds
    box = shapely.box(west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    return reproject(gpd.GeoDataFrame(geometry=[box], crs=grid.crs), WGS84).geometry.iloc[0]
