"""Fetching the official layers: all that were asked for come into use together, or nothing changes."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import geopandas as gpd

from genk_geo.config.reference import LAYERS, MANIFEST, files_of
from genk_geo.crs import WGS84, reproject
from genk_geo.doors import regular_file
from genk_geo.errors import BusyError, ConfigError, GenkGeoError
from genk_geo.jobs.desk.official.catalogue import Service, services
from genk_geo.jobs.desk.official.checks import check
from genk_geo.jobs.desk.official.difference import NOTHING, differences
from genk_geo.jobs.desk.official.faults import DownloadError, LayerError, OfficialError, UnfitError
from genk_geo.jobs.desk.official.fetching.asking import Asker
from genk_geo.jobs.desk.official.fetching.files import checksum, fetch_file, forget
from genk_geo.jobs.desk.official.fetching.overpass import check_answer, question
from genk_geo.jobs.desk.official.fetching.paging import check_collection, fetch_features
from genk_geo.jobs.desk.official.looking import intact
from genk_geo.jobs.desk.official.prepare import MARGIN_M, Order, Prepared, prepare
from genk_geo.jobs.desk.official.readers import CHECK as READERS
from genk_geo.jobs.desk.official.readers import check_readers
from genk_geo.jobs.desk.official.versions import Versions
from genk_geo.jobs.session import bounded
from genk_geo.reference import City
from genk_geo.reference.official import with_official

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from genk_geo.config import Settings
    from genk_geo.jobs.desk.official.difference import Difference

    Tell = Callable[[str, int, int], None]

log = logging.getLogger(__name__)

#: Layers that come of the same raw file as another one.
_OF_THE_SAME = {"osm": ("osm", "streets")}
_DIFFERENCE = "difference.json"
#: Layers of which the blocks of addresses are made.
_OF_BLOCKS = frozenset({"sectors", "population", "addresses"})


@dataclass(frozen=True)
class Source:
    """Where a layer comes from in this run."""

    layer: str
    service: Service
    addresses: tuple[str, ...]
    file: Path | None = None


@dataclass(frozen=True)
class Updated:
    """What a run brought.

    Attributes
    ----------
    layers : dict of str to dict
        What is noted of each layer in the new version.
    fetched : tuple of str
        Those that are new in it; the others were taken along.
    difference : Difference
        Against the version before.
    accepted : tuple of str
        Checks that were passed over.
    version : pathlib.Path, optional
        Folder of the new version; None when nothing was changed.
    same : bool
        Whether every layer was the same as before.
    """

    layers: dict[str, dict[str, Any]]
    fetched: tuple[str, ...]
    difference: Difference
    accepted: tuple[str, ...] = ()
    version: Path | None = None
    same: bool = False


@dataclass
class Run:
    """One run: its settings, who asks, and who is told."""

    settings: Settings
    asker: Asker
    tell: Tell
    year: int
    versions: Versions = field(init=False)

    def __post_init__(self) -> None:
        folder = self.settings.reference.folder
        if folder is None:
            raise ConfigError(
                'Say where the layers go: folder = "referentie" under [reference] in the settings.'
            )
        self.versions = Versions(folder)


def sources(
    settings: Settings, layers: Iterable[str] = (), files: Mapping[str, Path] | None = None, *, year: int
) -> list[Source]:
    """Where each layer would come from; nothing is asked of anybody.

    Parameters
    ----------
    settings : Settings
        ``[reference]`` counts.
    layers : iterable of str
        Which; those of the settings where it is empty, or those of the files.
    files : mapping of str to pathlib.Path, optional
        Files that were fetched by hand.
    year : int
        This year.

    Returns
    -------
    list of Source
        In the order of fetching.

    Raises
    ------
    ConfigError
        If a layer is not known, or a file not there.
    """
    own, given = settings.reference, dict(files or {})
    wanted = [*layers] or ([*given] if given else [*own.layers])
    unknown = sorted({*wanted, *given} - set(LAYERS))
    if unknown:
        raise ConfigError(
            "No layer is called {unknown}. Known: {layers}.",
            unknown=", ".join(unknown),
            layers=", ".join(LAYERS),
        )
    found = []
    for layer in LAYERS:
        if layer not in {*wanted, *given}:
            continue
        service = services()[layer]
        if layer in own.addresses_of:
            service = service.at(own.addresses_of[layer])
        file = given.get(layer)
        if file is not None:
            file = regular_file(file, "--from")
        found.append(Source(layer, service, tuple(service.places(year)), file))
    return found


@bounded
def update_reference(
    settings: Settings,
    *,
    layers: Iterable[str] = (),
    files: Mapping[str, Path] | None = None,
    accept: Iterable[str] = (),
    asker: Asker | None = None,
    progress: Tell | None = None,
    year: int | None = None,
) -> Updated:
    """Fetch layers, prepare and check them, and take them into use.

    Parameters
    ----------
    settings : Settings
        ``[reference]`` counts.
    layers, files
        As for :func:`sources`.
    accept : iterable of str
        Checks to pass over, as their messages name them.
    asker : Asker, optional
        Who asks.
    progress : callable, optional
        Told a stage, what is done, and the whole (0: not known).
    year : int, optional
        This year.

    Returns
    -------
    Updated

    Raises
    ------
    OfficialError
        If a layer cannot be had or is not fit; what was there before stays in use.
    """
    now, accept = dt.datetime.now(dt.UTC), tuple(accept)
    run = Run(settings, asker or Asker(settings.reference), progress or (lambda *_: None), year or now.year)
    wanted = sources(settings, layers, files, year=run.year)
    old = _city_so_far(settings)
    with run.versions.making() as made:
        current = run.versions.current
        before = run.versions.manifest(current)["layers"]
        raws = {}
        for one in wanted:
            with _about(one):
                raws[one.layer] = _raw(run, one, old)
        if all(_unchanged(one.layer, raws[one.layer], before, current) for one in wanted):
            return Updated(before, (), NOTHING, same=True)
        _take_along(current, before, {name for one in wanted for name in _files(one.layer)}, made)
        order = Order(old, settings.reference.municipality, made, run.tell)
        new, noted = _make(wanted, raws, order, now)
        notes = before | noted
        rows = {name: int(one["rows"]) for name, one in before.items()}
        accepted = check(made, new, old, rows, settings.reference.change, accept)
        manifest = {"made": now.replace(microsecond=0).isoformat(), "accepted": accepted, "layers": notes}
        (made / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        city = _city_with(settings, made)
        if _OF_BLOCKS & new.keys():
            accepted += _accepted_by_readers(settings, city, accept)
        difference = differences(old, city, settings)
        (made / _DIFFERENCE).write_text(json.dumps(difference.told(), ensure_ascii=False), encoding="utf-8")
        version = run.versions.use(made, manifest, keep=settings.reference.keep)
    return Updated(notes, tuple(new), difference, tuple(accepted), version)


def _accepted_by_readers(settings: Settings, city: City, accept: tuple[str, ...]) -> list[str]:
    """The check of the pages that readers have, where it failed and was passed over."""
    try:
        check_readers(settings, city)
    except UnfitError:
        if READERS not in accept:
            raise
        return [READERS]
    return []


def _make(
    wanted: list[Source], raws: Mapping[str, tuple[Path, str, str]], order: Order, now: dt.datetime
) -> tuple[dict[str, Prepared], dict[str, dict[str, Any]]]:
    """Prepare each layer, with what is to be noted of it."""
    new: dict[str, Prepared] = {}
    notes: dict[str, dict[str, Any]] = {}
    for one in wanted:
        raw = raws[one.layer]
        try:
            with _about(one):
                found = prepare(one.layer, one.service, raw[0], order)
        except OfficialError:
            if one.file is None:  # or the next run would be told that it is still the same
                forget(raw[0])
            raise
        new |= found
        notes |= {name: _note(order.folder, one, part, raw, now) for name, part in found.items()}
    return new, notes


def _city_so_far(settings: Settings) -> City:
    """The city with the layers in use; without them where they are damaged, so that they can be mended."""
    try:
        return City.of(settings)
    except GenkGeoError as fault:
        if not settings.official:
            raise
        log.warning("%s The reference is held against the city without it.", fault)
        return City.from_settings(settings.city, settings.grouping)


@contextmanager
def _about(one: Source) -> Iterator[None]:
    """Let a fault say which layer it is of."""
    try:
        yield
    except OfficialError as fault:
        fault.layer = one.layer
        raise
    except BusyError:
        raise
    except GenkGeoError as fault:  # of the doors, and of who reads such files
        told = LayerError("unreadable", reason=str(fault).rstrip("."))
        told.layer = one.layer
        raise told from fault


def _files(layer: str) -> tuple[str, ...]:
    return _OF_THE_SAME.get(layer, (layer,))


def _raw(run: Run, one: Source, city: City) -> tuple[Path, str, str]:
    """The raw file of a layer, where it came from, and the edition that its name says."""
    if one.file is not None:
        return one.file, one.file.name, ""
    run.asker.begin()
    folder = run.versions.cache / one.layer
    folder.mkdir(exist_ok=True)
    missing: DownloadError | None = None
    for address in one.addresses:
        try:
            file = _fetched(run, one, address, folder, city)
        except DownloadError as fault:
            if fault.why != "not_there":
                raise
            missing = missing or fault  # this edition is not out yet, or not in this system: the next address
            continue
        year = re.search(r"(?<!\d)(20\d\d)(?:0101)?(?!\d)", address)
        return file, address, year[1] if year and len(one.addresses) > 1 else ""
    assert missing is not None
    raise missing


def _fetched(run: Run, one: Source, address: str, folder: Path, city: City) -> Path:
    def tell(done: int, whole: int) -> None:
        run.tell("fetch", done, whole)

    if one.service.kind == "features":
        target = folder / f"{one.layer}.geojson"
        query = {"bbox": ",".join(f"{side:.5f}" for side in _box(city))}
        fetch_features(run.asker, address, target, query=query, limit=one.service.limit, tell=tell)
        return target
    if one.service.kind == "overpass":
        target = folder / "osm.osm"
        host = str(urlsplit(address).hostname)

        def ask() -> None:
            asked = {"data": question(city)}
            fetch_file(run.asker, address, target, kind="xml", form=asked, tell=tell)
            check_answer(target, host)

        run.asker.patiently(ask)
        return target
    target = folder / _name(one, address)
    fetch_file(run.asker, address, target, kind=one.service.format, tell=tell)
    if one.service.format == "json":
        check_collection(target, address)
    return target


def _name(one: Source, address: str) -> str:
    """Name of the file, which says what it is: the systems of Statbel stand in it, and the ending decides."""
    named = re.sub(r"[^\w.-]", "_", unquote(Path(urlsplit(address).path).name)) or one.layer
    ending = {"zip": ".zip", "json": ".geojson", "xml": ".osm"}[one.service.format]
    return named if named.lower().endswith((ending, ".json")) else f"{named}{ending}"


def _box(city: City) -> tuple[float, float, float, float]:
    """West, south, east and north of the city and its margin, in degrees."""
    around = gpd.GeoDataFrame(geometry=[city.boundary.envelope.buffer(MARGIN_M)], crs=city.crs)
    west, south, east, north = reproject(around, WGS84).total_bounds
    return float(west), float(south), float(east), float(north)


def _unchanged(
    layer: str, raw: tuple[Path, str, str], before: Mapping[str, dict[str, Any]], current: Path | None
) -> bool:
    """Whether the version in use was made of this raw file, and is still as it was made."""
    told = [before.get(name) for name in _files(layer)]
    return current is not None and all(
        one is not None and one["raw_sha256"] == checksum(raw[0]) and intact(current, one) for one in told
    )


def _take_along(current: Path | None, before: Mapping[str, Any], anew: set[str], made: Path) -> None:
    """Layers that are not made anew stay as they are, so that a version is whole."""
    if current is None:
        return
    for name, file in files_of(current).items():
        if name in before and name not in anew:
            shutil.copy2(file, made / file.name)


def _note(
    made: Path, one: Source, part: Prepared, raw: tuple[Path, str, str], now: dt.datetime
) -> dict[str, Any]:
    file, address, edition = raw
    return {
        "file": part.file, "rows": part.rows, "sha256": checksum(made / part.file), "origin": address,
        "raw_sha256": checksum(file), "fetched": now.replace(microsecond=0).isoformat(),
        "edition": part.edition or edition, "licence": one.service.licence,
        "attribution": one.service.attribution,
    }  # fmt: skip


def _city_with(settings: Settings, made: Path) -> City:
    """The city as it would be with the layers that were made."""
    files = files_of(made)
    addresses = settings.addresses
    own = settings.reference.folder
    if own is not None and (addresses is None or addresses.is_relative_to(own)):
        addresses = files.get("addresses", addresses)
    city = City.from_settings(settings.city, settings.grouping, addresses=addresses)
    return with_official(city, files, areas=settings.city is None)
