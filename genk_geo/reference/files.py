"""A city from the user's own files."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from genk_geo.config import CitySettings, path_fields, read_toml, validated
from genk_geo.crs import WGS84, check_degrees, check_scale, epsg_of, reproject
from genk_geo.doors import read_csv, read_layer
from genk_geo.errors import ConfigError, Message, SchemaError, some_rows
from genk_geo.reference.best import with_addresses
from genk_geo.reference.city import CityValue
from genk_geo.reference.grouping import check_names, read_grouping
from genk_geo.reference.indicative import areas_from_points
from genk_geo.spreadsheet import visible

if TYPE_CHECKING:
    import numpy.typing as npt

_log = logging.getLogger(__name__)

# Less than this part of an area is the rounding of a border, of which nobody needs to hear.
_ROUNDING = 1e-4
_FILES = path_fields(CitySettings)


def read_settings(areas: Path | str | None, options: dict[str, Any]) -> CitySettings:
    """Settings of a city from keyword options, a TOML file, or both (options go first).

    Parameters
    ----------
    areas : path-like or None
        Layer of polygons, CSV of labelled points, or TOML file with the settings.
    options : dict
        Fields of :class:`genk_geo.config.CitySettings`.

    Returns
    -------
    CitySettings
        Relative paths of a TOML file count from its folder.

    Raises
    ------
    ConfigError
        If a key is unknown or a value impossible.
    """
    given, where = dict(options), "City.from_files"
    if areas is not None:
        suffixes = [suffix.lower() for suffix in Path(areas).suffixes]
        if suffixes[-1:] == [".toml"]:
            where = str(areas)
            given = _from_toml(Path(areas)) | given
        elif ".csv" in suffixes:
            given["points"] = Path(areas)
        else:
            given["areas"] = Path(areas)
    return validated(CitySettings, given, where)


def _from_toml(path: Path) -> dict[str, Any]:
    values = read_toml(path)
    city = values.get("city", values)
    if not isinstance(city, dict):
        raise ConfigError("{path}: city must be a table with the settings of the city.", path=path)
    base = path.resolve().parent
    return city | {name: base / str(city[name]) for name in _FILES if city.get(name)}


def load_city(settings: CitySettings, grouping: Path | str | None = None) -> CityValue:
    """Read and check the files of a city.

    Parameters
    ----------
    settings : CitySettings
        Which files and columns.
    grouping : path-like, optional
        TOML file with the stadsdeel of each wijk; goes before the settings.

    Returns
    -------
    CityValue
        See :meth:`City.from_files`.

    Raises
    ------
    ConfigError
        See :meth:`City.from_files`.
    """
    if (settings.areas is None) == (settings.points is None):
        raise ConfigError(
            "The city {settings} needs either `areas` (polygons) or `points` (labelled points).",
            settings=settings.name,
        )
    layer = _areas(settings) if settings.areas is not None else _areas_of_points(settings)
    wijken, grouping_note = _grouped(layer, settings, grouping)
    check_scale(wijken, settings.crs)
    city = CityValue(
        name=settings.name,
        crs=settings.crs,
        timezone=settings.timezone,
        wijken=wijken,
        sectors=pd.DataFrame(columns=["sector", "sector_name", "wijk_code", "wijk", "exposure"], dtype="str"),
        streets=_streets(settings, wijken),
        addresses=_nothing(["street", "house_number", "postcode", "sector"], settings.crs),
        pois=_nothing(["poi", "address"], settings.crs),
        boundary_note="" if settings.points is None else "indicative",
        grouping_note=grouping_note,
        attribution=settings.attribution,
    )
    return city if settings.addresses is None else with_addresses(city, settings.addresses)


def _cleaned(names: pd.Series) -> pd.Series:
    """Names without signs that nobody sees, which would make two names of one."""
    return names.astype("str").map(visible, na_action="ignore").str.strip()


def _nothing(columns: list[str], crs: int) -> gpd.GeoDataFrame:
    empty = {column: pd.Series(dtype="str") for column in columns}
    return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=crs), crs=crs)


def _read_layer(path: Path, what: str, told_crs: int | None, target: int) -> gpd.GeoDataFrame:
    """Layer from a file in the coordinate system of the city."""
    frame = read_layer(path, what)
    if frame.empty:
        raise ConfigError("{what}: {path} holds no shapes.", what=what, path=path)
    if told_crs is not None:
        frame = frame.set_crs(told_crs, allow_override=True)
    try:
        epsg_of(frame, Message("{what} ({path})", what=what, path=path))
        check_degrees(frame, Message("{what} ({path})", what=what, path=path), both_ways=True)
        return reproject(frame, target, what=Message("{what} ({path})", what=what, path=path))
    except SchemaError as error:
        raise ConfigError(
            "{reason} Or give its EPSG code in the settings (areas_crs).", reason=error
        ) from error


def _need(frame: pd.DataFrame, column: str, setting: str, path: Path) -> None:
    if column not in frame.columns:
        raise ConfigError(
            "{path} has no column {column!r} (setting `{setting}`); it has {columns}.",
            path=path,
            column=column,
            setting=setting,
            columns=", ".join(map(str, frame.columns)),
        )


def _areas(settings: CitySettings) -> gpd.GeoDataFrame:
    """One row a wijk: wijk, wijk_code, exposure, the grouping column if there is one, geometry."""
    assert settings.areas is not None
    path = settings.areas
    layer = _read_layer(path, "areas", settings.areas_crs, settings.crs)
    for setting in ("wijk", "wijk_code", "stadsdeel", "exposure"):
        column = getattr(settings, setting)
        if column is not None:
            _need(layer, column, setting, path)
    empty = layer[settings.wijk].isna() | (_cleaned(layer[settings.wijk]) == "")
    if empty.any():
        raise ConfigError(
            "{path}: column {wijk!r} is empty in row {rows}. Fill it in.",
            path=path,
            wijk=settings.wijk,
            rows=some_rows(layer.index[empty] + 1),
        )
    names = _cleaned(layer[settings.wijk])
    if settings.stadsdeel is not None:
        names = _told_apart(names, _cleaned(layer[settings.stadsdeel]), path)
    codes = names if settings.wijk_code is None else layer[settings.wijk_code].astype(str).str.strip()
    for column, values in ((settings.wijk, names), (settings.wijk_code, codes)):
        twice = sorted(values[values.duplicated()].unique())
        if twice:
            raise ConfigError(
                "{path}: more than one area has the same value in column {column!r}: {twice}. Dissolve them "
                "or make the names distinct.",
                path=path,
                column=column,
                twice=some_rows(twice),
            )
    found = pd.DataFrame({"wijk": names, "wijk_code": codes, "exposure": _figures(layer, settings, path)})
    if settings.stadsdeel is not None:
        found["stadsdeel"] = _cleaned(layer[settings.stadsdeel])
    shapes = _without_overlap(_polygons_only(layer, names, path), names, path, settings.max_overlap)
    return gpd.GeoDataFrame(found, geometry=gpd.GeoSeries(shapes, index=layer.index), crs=settings.crs)


def _told_apart(names: pd.Series, stadsdeel: pd.Series, path: Path) -> pd.Series:
    """Names that two stadsdelen have, with the stadsdeel behind them: "Centrum (Noord)"."""
    pairs = pd.DataFrame({"wijk": names, "stadsdeel": stadsdeel})
    twice = names.duplicated(keep=False)
    if not twice.any() or pairs.duplicated().any() or pairs["stadsdeel"][twice].isna().any():
        return names
    _log.warning("%s: %s in more than one stadsdeel: told apart.", path, some_rows(sorted(set(names[twice]))))
    return names.where(~twice, names + " (" + pairs["stadsdeel"] + ")")


def _figures(layer: pd.DataFrame, settings: CitySettings, path: Path) -> pd.Series:
    if settings.exposure is None:
        return pd.Series(np.nan, index=layer.index)
    figures = pd.to_numeric(layer[settings.exposure], errors="coerce").astype(float)
    wrong = (figures.isna() & layer[settings.exposure].notna()) | (figures < 0)
    if wrong.any():
        raise ConfigError(
            "{path}: column {exposure!r} (setting `exposure`) must hold numbers from 0; row {rows} does not.",
            path=path,
            exposure=settings.exposure,
            rows=some_rows(layer.index[wrong] + 1),
        )
    return figures


def _polygons_only(layer: gpd.GeoDataFrame, names: pd.Series, path: Path) -> npt.NDArray[np.object_]:
    shapes = layer.geometry.to_numpy().copy()
    wrong = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    if wrong.any():
        _log.warning("%s: repaired the outline of %s.", path, some_rows(names[wrong]))
        shapes[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    flat = ~np.isin(shapely.get_type_id(shapes), [3, 6]) | shapely.is_empty(shapes)
    if flat.any():
        raise ConfigError(
            "{path}: {names} is not an area (polygon). Points with a label go under `points` instead of "
            "`areas`.",
            path=path,
            names=some_rows(names[flat]),
        )
    return np.asarray(shapely.force_2d(shapes), dtype=object)


def _without_overlap(
    shapes: npt.NDArray[np.object_], names: pd.Series, path: Path, most: float
) -> npt.NDArray[np.object_]:
    """Refuse real overlaps; take small ones from the later area, and say so."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(first, second) for first, second in zip(one, other, strict=True) if first < second]
    parts = list(shapes)
    for first, second in sorted(pairs):
        shared = shapely.area(shapely.intersection(parts[first], parts[second]))
        smaller = min(shapes[first].area, shapes[second].area)
        if shared > most * smaller:
            raise ConfigError(
                "{path}: the areas {first!r} and {second!r} overlap by {shared:,.0f} m2. Every "
                "place must lie in one wijk: correct the layer, or raise `max_overlap` ({most:g}).",
                path=path,
                first=names.iloc[first],
                second=names.iloc[second],
                shared=shared,
                most=most,
            )
        if shared > _ROUNDING * smaller:
            _log.warning(
                "%s: the areas %r and %r overlap by %.0f m2 (%.1f %%): that went to the first.",
                path, names.iloc[first], names.iloc[second], shared, 100 * shared / smaller,
            )  # fmt: skip
        if shared > 0:
            rest = shapely.difference(parts[second], parts[first])
            parts[second] = shapely.union_all([part for part in shapely.get_parts(rest) if part.area > 0])
    return np.array(parts, dtype=object)


def _areas_of_points(settings: CitySettings) -> gpd.GeoDataFrame:
    """Indicative wijken drawn from labelled points."""
    assert settings.points is not None
    path = settings.points
    table = read_csv(path, Message("points"), dtype=str)
    for setting in ("x", "y", "wijk", "stadsdeel"):
        if getattr(settings, setting) is not None:
            _need(table, getattr(settings, setting), setting, path)
    x, y = (
        pd.to_numeric(table[column].str.replace(",", "."), errors="coerce")
        for column in (settings.x, settings.y)
    )
    geometry = gpd.points_from_xy(x, y, crs=_system_of_points(settings, x, y))
    points = gpd.GeoDataFrame({"wijk": _cleaned(table[settings.wijk])}, geometry=geometry)
    points = points[x.notna() & y.notna() & points["wijk"].notna()]
    if points.empty:
        raise ConfigError(
            "{path}: no row has both coordinates and a value in column {wijk!r}.",
            path=path,
            wijk=settings.wijk,
        )
    areas = areas_from_points(reproject(points, settings.crs), "wijk")
    areas = areas.assign(wijk_code=areas["wijk"], exposure=np.nan)
    if settings.stadsdeel is None:
        return areas
    of_wijk = _stadsdeel_of_points(table.loc[points.index], points["wijk"], settings)
    return areas.assign(stadsdeel=areas["wijk"].map(of_wijk).astype("str"))


def _system_of_points(settings: CitySettings, x: pd.Series, y: pd.Series) -> int:
    """System of the points: as the settings say; metres where they say nothing and no degrees are written."""
    if settings.points_crs != WGS84 or not ((x.abs() > 180) | (y.abs() > 180)).any():
        return settings.points_crs
    if "points_crs" in settings.model_fields_set or not ((x.abs() > 180) & (y.abs() > 180))[x.notna()].all():
        raise ConfigError(
            "{points}: {x} and {y} are no degrees (found {east:g}, {north:g}). Give their EPSG code under "
            "`points_crs`, such as {crs}.",
            points=settings.points,
            x=settings.x,
            y=settings.y,
            east=x.max(),
            north=y.max(),
            crs=settings.crs,
        )
    _log.warning(
        "%s: %s and %s are read as metres in EPSG:%s, the city's own system. Is it another one? Give its "
        "EPSG code under `points_crs`.",
        settings.points, settings.x, settings.y, settings.crs,
    )  # fmt: skip
    return settings.crs


def _stadsdeel_of_points(table: pd.DataFrame, wijk: pd.Series, settings: CitySettings) -> pd.Series:
    """Stadsdeel of each wijk, by the column of its points."""
    pairs = pd.DataFrame({"wijk": wijk, "stadsdeel": table[str(settings.stadsdeel)].str.strip()}).dropna()
    pairs = pairs[pairs["stadsdeel"] != ""].drop_duplicates()
    several = sorted(pairs["wijk"][pairs["wijk"].duplicated()].unique())
    without = sorted(set(wijk) - set(pairs["wijk"]))
    if several or without:
        what = Message("more than one stadsdeel for {wijken}", wijken=some_rows(several)) if several else (
            Message("no stadsdeel for {wijken}", wijken=some_rows(without))
        )  # fmt: skip
        raise ConfigError(
            "{points}: {what} in column {stadsdeel!r}. Correct the file.",
            points=settings.points,
            what=what,
            stadsdeel=settings.stadsdeel,
        )
    return pairs.set_index("wijk")["stadsdeel"]


def _grouped(
    layer: gpd.GeoDataFrame, settings: CitySettings, grouping: Path | str | None
) -> tuple[gpd.GeoDataFrame, str]:
    """Wijken with their stadsdeel, and what is to be said about the grouping."""
    confidence, note = pd.Series("", index=layer.index), ""
    if grouping is not None:
        membership = read_grouping(grouping, layer["wijk"])
        stadsdeel = layer["wijk"].map(lambda name: membership.wijken[name].stadsdeel)
        confidence, note = layer["wijk"].map(lambda name: membership.wijken[name].confidence), membership.note
    elif settings.grouping:
        stadsdeel = layer["wijk"].map(_stadsdeel_of_wijk(settings, layer["wijk"]))
    elif settings.stadsdeel_prefix is not None:
        prefix = layer["wijk_code"].str[: settings.stadsdeel_prefix]
        stadsdeel = prefix.map(lambda code: settings.stadsdeel_names.get(code, code))
    elif "stadsdeel" in layer.columns:
        if layer["stadsdeel"].isna().any():
            without = layer["wijk"][layer["stadsdeel"].isna()]
            raise ConfigError(
                "{areas}: no stadsdeel for {without}. Fill it in.",
                areas=settings.areas,
                without=some_rows(without),
            )
        stadsdeel = layer["stadsdeel"]
    else:
        stadsdeel = pd.Series(settings.name, index=layer.index)
    wijken = layer.assign(stadsdeel=stadsdeel.astype("str"), stadsdeel_confidence=confidence.astype("str"))
    columns = ["wijk_code", "wijk", "stadsdeel", "stadsdeel_confidence", "exposure", "geometry"]
    return wijken[columns].sort_values("wijk_code", ignore_index=True), note


def _stadsdeel_of_wijk(settings: CitySettings, names: pd.Series) -> dict[str, str]:
    listed = [(wijk, stadsdeel) for stadsdeel, wijken in settings.grouping.items() for wijk in wijken]
    found = dict(listed)
    twice = sorted({wijk for wijk, _ in listed if sum(wijk == other for other, _ in listed) > 1})
    if twice:
        raise ConfigError(
            "The grouping puts {twice} in more than one stadsdeel. Keep one.", twice=some_rows(twice)
        )
    check_names(found, names, Message("The grouping of the settings"))
    return found


def _streets(settings: CitySettings, wijken: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if settings.streets is None:
        return _nothing(["street", "postcode", "sector", "wijk"], settings.crs)
    layer = _read_layer(settings.streets, "streets", None, settings.crs)
    _need(layer, "street", "streets", settings.streets)
    layer = layer[layer["street"].notna() & ~(layer.geometry.isna() | layer.geometry.is_empty)]
    layer = layer.reset_index(drop=True)
    middle = layer.geometry.representative_point()
    near, area = wijken.sindex.query(middle, predicate="intersects")
    wijk = pd.Series(wijken["wijk"].to_numpy()[area], index=near).groupby(level=0).first()
    postcode = layer["postcode"].astype("str") if "postcode" in layer.columns else pd.NA
    facts = pd.DataFrame({"street": layer["street"].astype("str").str.strip()}).assign(
        postcode=pd.Series(postcode, index=layer.index, dtype="str"),
        sector=pd.Series(pd.NA, index=layer.index, dtype="str"),
        wijk=wijk.reindex(layer.index),
    )
    return gpd.GeoDataFrame(facts, geometry=layer.geometry)
