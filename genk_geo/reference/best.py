"""The address register BeST: a full file of Flanders filtered to some municipalities, and put into a city.

The full file has one row a box, some 4 million rows; it is streamed, never held. From October 2026 the
Lambert columns change from EPSG:31370 to EPSG:3812; columns are found by name, and longitude and latitude are
used where they are filled in.
"""

from __future__ import annotations

import zipfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from genk_geo.crs import WGS84, transform_xy
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from genk_geo.reference.city import CityValue

C = TypeVar("C", bound="CityValue")

#: Columns of a prepared file.
COLUMNS = ("street", "house_number", "postcode", "municipality", "lon", "lat")
ATTRIBUTION = "Adressen: BeST Address, Digitaal Vlaanderen (CC BY 4.0)."

_NEEDED = ("house_number", "municipality_id", "municipality_name_nl", "postcode", "streetname_nl")
_PLACES = ((WGS84, "EPSG:4326_lon", "EPSG:4326_lat"), (31370, "EPSG:31370_x", "EPSG:31370_y"),
           (3812, "EPSG:3812_x", "EPSG:3812_y"))  # fmt: skip
_BLOCK_BYTES = 8 << 20


def filter_best(
    source: Path | str,
    out: Path | str,
    *,
    municipalities: Iterable[str] = (),
    postcodes: Iterable[str] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> int:
    """Take the addresses of some municipalities out of a full BeST file.

    Parameters
    ----------
    source : path-like
        ``openaddress-bevlg.csv`` or the ``.zip`` around it.
    out : path-like
        Parquet file to write, see :data:`COLUMNS`; one row a house number.
    municipalities, postcodes : iterable of str
        NIS codes and postcodes; a row is taken when it has either.
    progress : callable, optional
        Called with the stage, the rows read so far, and 0.

    Returns
    -------
    int
        House numbers written.

    Raises
    ------
    ConfigError
        If nothing is asked for, the file is missing or has other columns, or no address is left.
    """
    wanted, codes = sorted(set(municipalities)), sorted(set(postcodes))
    if not wanted and not codes:
        raise ConfigError(
            "Name at least one municipality (NIS code) or postcode to take out of the BeST file."
        )
    parts, rows = [], 0
    with _opened(Path(source)) as stream:
        for batch in _batches(stream, Path(source)):
            rows += batch.num_rows
            parts.append(_taken(batch, wanted, codes))
            if progress is not None:
                progress("best", rows, 0)
    table = _distinct(pa.Table.from_batches(parts).to_pandas()) if parts else pd.DataFrame()
    if table.empty:
        asked = ", ".join([*wanted, *codes])
        raise ConfigError(
            "{source} holds no current address of {asked}. Check the codes.",
            source=Path(source).name,
            asked=asked,
        )
    target = Path(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    table.to_parquet(beside, index=False)
    beside.replace(target)
    return len(table)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The CSV as a stream, also from inside a zip."""
    try:
        if path.suffix.lower() != ".zip":
            with path.open("rb") as stream:
                yield stream
            return
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(names) != 1:
                raise ConfigError(
                    "{path} must hold one CSV file, it holds {count}.", path=path, count=len(names)
                )
            with archive.open(names[0]) as stream:
                yield stream
    except FileNotFoundError as error:
        raise ConfigError(
            "{path} does not exist. Give the path of a BeST file (.csv or .zip).", path=path
        ) from error
    except (zipfile.BadZipFile, OSError) as error:
        raise ConfigError(
            "{path} cannot be read ({reason}). Download it again.", path=path, reason=error
        ) from error


def _batches(stream: IO[bytes], path: Path) -> Iterator[pa.RecordBatch]:
    """Rows in blocks, of the columns needed, all as text."""
    header = stream.readline()
    names = [name.strip().strip('"') for name in header.decode("utf-8-sig").rstrip("\r\n").split(",")]
    places = [column for _, *columns in _PLACES for column in columns if column in names]
    missing = [name for name in _NEEDED if name not in names] + ([] if places else ["EPSG:4326_lon"])
    if missing:
        raise ConfigError(
            "{path} is no BeST address file: column {missing} is missing.",
            path=path.name,
            missing=", ".join(missing),
        )
    used = [*_NEEDED, *places, *(name for name in ("status",) if name in names)]
    try:
        yield from pa_csv.open_csv(
            stream,
            read_options=pa_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES, use_threads=False),
            convert_options=pa_csv.ConvertOptions(
                include_columns=used, column_types=dict.fromkeys(used, pa.string())
            ),
        )
    except pa.ArrowInvalid as error:
        raise ConfigError(
            "{path} cannot be read as CSV ({reason}). Download it again.", path=path.name, reason=error
        ) from error


def _taken(batch: pa.RecordBatch, municipalities: list[str], postcodes: list[str]) -> pa.RecordBatch:
    keep = pc.or_(
        pc.is_in(batch["municipality_id"], pa.array(municipalities, pa.string())),
        pc.is_in(batch["postcode"], pa.array(postcodes, pa.string())),
    )
    if "status" in batch.schema.names:
        keep = pc.and_(keep, pc.equal(pc.utf8_lower(batch["status"]), "current"))
    return batch.filter(keep)


def _distinct(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a house number, with longitude and latitude; rows without a place are left out."""
    lon = pd.Series(np.nan, index=rows.index)
    lat = lon.copy()
    for epsg, x_name, y_name in _PLACES:
        if x_name not in rows or y_name not in rows:
            continue
        x, y = (pd.to_numeric(rows[name], errors="coerce") for name in (x_name, y_name))
        empty = lon.isna() & x.notna() & y.notna() & (x != 0)
        if empty.any():
            found = transform_xy(x[empty].to_numpy(), y[empty].to_numpy(), epsg, WGS84)
            lon[empty], lat[empty] = found
    table = pd.DataFrame(
        {
            "street": rows["streetname_nl"].str.strip(),
            "house_number": rows["house_number"].str.strip(),
            "postcode": rows["postcode"].str.strip(),
            "municipality": rows["municipality_name_nl"].str.strip(),
            "lon": lon.round(7),
            "lat": lat.round(7),
        }
    )
    full = (table["street"].fillna("") != "") & (table["house_number"].fillna("") != "") & lon.notna()
    order = ["municipality", "street", "postcode", "house_number", "lon", "lat"]
    ordered = table[full].sort_values(order, ignore_index=True)
    return ordered.drop_duplicates(order[:4], ignore_index=True)[list(COLUMNS)]


def read_prepared(path: Path | str) -> pd.DataFrame:
    """Read a file that :func:`filter_best` wrote.

    Raises
    ------
    ConfigError
        If it is missing or something else.
    """
    try:
        table = pd.read_parquet(path)
    except FileNotFoundError as error:
        raise ConfigError(
            "The address file {path} does not exist. Make it with `genk-geo reference update`.", path=path
        ) from error
    except (OSError, pa.ArrowInvalid) as error:
        raise ConfigError(
            "{path} is no prepared address file ({reason}).", path=path, reason=error
        ) from error
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise ConfigError(
            "{path} is no prepared address file: column {missing} is missing.",
            path=path,
            missing=", ".join(missing),
        )
    return table


def with_addresses(city: C, path: Path | str) -> C:
    """Put the addresses of a prepared BeST file in place of the streets and addresses of a city.

    A street that several of the municipalities have is named with its municipality ("Kerkstraat (Zonhoven)"),
    so that each keeps its own place. The point of a street is its median house number.

    Parameters
    ----------
    city : City
        Its areas stay.
    path : path-like
        From :func:`filter_best`.

    Returns
    -------
    City
        A new city.
    """
    table = read_prepared(path)
    towns = table.groupby("street")["municipality"].transform("nunique")
    table["street"] = table["street"].where(towns == 1, table["street"] + " (" + table["municipality"] + ")")
    x, y = transform_xy(table["lon"].to_numpy(), table["lat"].to_numpy(), WGS84, city.crs)
    place = city.locate(x, y)
    points = gpd.points_from_xy(x, y, crs=city.crs)
    table["number"] = pd.to_numeric(table["house_number"].str.extract(r"^(\d+)")[0], errors="coerce")
    located: Any = table.assign(sector=place["sector"], wijk=place["wijk"])
    addresses = gpd.GeoDataFrame(located[["street", "house_number", "postcode", "sector"]], geometry=points)
    middles = gpd.GeoDataFrame(located, geometry=points).sort_values(["street", "number", "house_number"])
    size = middles.groupby("street")["street"].transform("size")
    streets = middles[middles.groupby("street").cumcount() == (size - 1) // 2]
    streets = streets.rename(columns={"number": "median_house_number"}).reset_index(drop=True)
    columns = ["street", "postcode", "municipality", "sector", "wijk", "median_house_number", "geometry"]
    return replace(
        city,
        streets=streets[columns],
        addresses=addresses,
        postcodes=tuple(sorted(set(city.postcodes) | set(table["postcode"].dropna()))),
        attribution=" ".join(part for part in (city.attribution, ATTRIBUTION) if part),
    )
