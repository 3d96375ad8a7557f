"""Incidents laid down in parts, by file and by week, for workers to read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from genk_geo.calendar import Week, occurred, week_of
from genk_geo.cluster.parts import TOGETHER, Parts, emptied, finish, gathered, sent
from genk_geo.errors import QualityGateError
from genk_geo.ingestion import ingest
from genk_geo.private import private_files
from genk_geo.store.tallies import weeks_on_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from distributed import Client

    from genk_geo.reference import City
    from genk_geo.stats import Grid
    from genk_geo.store import Store


def read_files(
    client: Client,
    deliveries: Sequence[tuple[Path, str | Path]],
    folder: Path,
    *,
    city: City,
    now: str | None = None,
    aliases: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Read and geocode suppliers' files, and lay them down by file and by week.

    No identity is looked up across files. What stands in two of them is refused: which of them is right is
    for the history to say (:meth:`genk_geo.store.Store.add`, then :func:`lay_down`).

    Parameters
    ----------
    client : distributed.Client
        Workers that see the files and the folder.
    deliveries : sequence of tuple
        File and profile of each.
    folder : path-like
        New or empty.
    city : City
        Where the incidents are.
    now : str, optional
        Moment of reading, as for :func:`genk_geo.ingestion.ingest`.
    aliases : mapping of str to str, optional
        Corrected addresses, as :func:`genk_geo.geocoding.read_aliases` gives them.

    Returns
    -------
    pandas.DataFrame
        The report of each file, in the order given (see :class:`genk_geo.ingestion.IngestReport`).

    Raises
    ------
    ConfigError
        If the folder holds something.
    QualityGateError
        If an incident stands in two files; nothing can be counted in the folder then.
    """
    place = emptied(folder)
    there = sent(client, (city, now, aliases))
    tasks = [
        client.submit(_read_one, at, Path(file), profile, place, there, pure=False)
        for at, (file, profile) in enumerate(deliveries)
    ]
    reports, names, weeks = zip(*gathered(client, tasks), strict=True) if tasks else ((), (), ())
    known, times = np.unique(np.concatenate([*names, np.empty(0, np.uint64)]), return_counts=True)
    if known.size and times.max() > 1:
        raise QualityGateError(
            "{count} incidents stand in more than one file. Read the files into the history (`genk-geo "
            "ingest`), which keeps the right ones, and lay that down.",
            count=int((times > 1).sum()),
        )
    finish(place, weeks, crs=city.crs, timezone=city.timezone)
    return pd.DataFrame([asdict(report) for report in reports])


def lay_down(store: Store, folder: Path, *, theme: str | None = None) -> int:
    """Lay a history down by week, for the workers to count.

    Parameters
    ----------
    store : Store
        The history; a few weeks of it are in memory at a time.
    folder : path-like
        New or empty.
    theme : str, optional
        Only this theme.

    Returns
    -------
    int
        Incidents.
    """
    place = emptied(folder)
    span = weeks_on_record(store, theme)
    total, weeks = 0, []
    for at in range(0, len(span), TOGETHER):
        part = span[at : at + TOGETHER]
        incidents = store.incidents(
            theme, start=part[0].start(store.timezone), end=part[-1].end(store.timezone)
        )
        weeks.append(_write_weeks(incidents, place, at, store.timezone))
        total += len(incidents)
    finish(place, weeks, crs=store.crs, timezone=store.timezone)
    return total


def assign(client: Client, folder: Path, target: Path, *, city: City, grid: Grid) -> int:
    """Put every incident on its sector, wijk, stadsdeel and cell anew, such as after a change of the layers.

    Parameters
    ----------
    client : distributed.Client
        The workers.
    folder, target : path-like
        What :func:`read_files` or :func:`lay_down` made, and where the same goes with ``cell_id``.
    city, grid
        The layers.

    Returns
    -------
    int
        Incidents.
    """
    parts = Parts.open(folder)
    place = emptied(target)
    layers = sent(client, (city, grid))
    tasks = [client.submit(_assign_some, some, parts, place, layers, pure=False) for some in parts.together]
    total = sum(gathered(client, tasks))
    pieces = [{week: piece} for week, files in parts.weeks.items() for piece in files]
    finish(place, pieces, crs=parts.crs, timezone=parts.timezone)
    return int(total)


def _read_one(
    at: int,
    file: Path,
    profile: str | Path,
    place: Path,
    how: tuple[City, str | None, Mapping[str, str] | None],
) -> tuple[Any, npt.NDArray[np.uint64], dict[str, str]]:
    """A file as a part, and its weeks; the report, digests of the incidents, and the parts of weeks."""
    city, now, aliases = how
    result = ingest(file, profile=str(profile), city=city, now=now, aliases=aliases)
    with private_files():
        (place / "files").mkdir(exist_ok=True)
        _write(result.incidents, place / "files" / f"{at:06d}.parquet")
    names = pd.util.hash_array(result.incidents["incident_id"].to_numpy(object))
    return result.report, names, _write_weeks(result.incidents, place, at, city.timezone)


def _write_weeks(incidents: gpd.GeoDataFrame, place: Path, at: int, timezone: str) -> dict[str, str]:
    written = {}
    for monday, rows in incidents.groupby(week_of(occurred(incidents), timezone)):
        week = str(Week.from_day(pd.Timestamp(monday).date()))
        piece = f"weeks/{week}/{at:06d}.parquet"
        with private_files():
            (place / "weeks" / week).mkdir(parents=True, exist_ok=True)
            _write(rows, place / piece)
        written[week] = piece
    return written


def _write(incidents: gpd.GeoDataFrame, path: Path) -> None:
    incidents.to_parquet(path, index=False, schema_version="1.1.0", write_covering_bbox=True)


def _assign_some(weeks: list[str], parts: Parts, place: Path, layers: tuple[City, Grid]) -> int:
    city, grid = layers
    rows = 0
    for week in weeks:
        for piece in parts.weeks[week]:
            incidents = gpd.read_parquet(parts.folder / piece)
            areas = city.locate(incidents.geometry.x.to_numpy(), incidents.geometry.y.to_numpy())
            areas = areas.set_axis(incidents.index)
            placed = {str(name): areas[name] for name in areas} | {"cell_id": grid.assign(incidents)}
            with private_files():
                (place / piece).parent.mkdir(parents=True, exist_ok=True)
                _write(incidents.assign(**placed), place / piece)
            rows += len(incidents)
    return rows
