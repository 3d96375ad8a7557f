"""Write the pages and data files of one week into a folder."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError
from genk_geo.release import release
from genk_geo.release.check import guarded
from genk_geo.render.files.tables import write_csv, write_geopackage
from genk_geo.render.files.traffic_files import write_traffic
from genk_geo.render.maps.basemap import TILES
from genk_geo.render.pages.guide_page import guide_page
from genk_geo.render.pages.index_page import index_page
from genk_geo.render.pages.site import GUIDE, Site, page_names
from genk_geo.render.pages.stadsdeel_page import stadsdeel_page
from genk_geo.render.pages.traffic_page import PAGE as TRAFFIC
from genk_geo.render.pages.zone_sheet import zone_file, zone_sheet
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from genk_geo.config import ReleaseSettings
    from genk_geo.release.told import Record
    from genk_geo.results import WeekResult

_log = logging.getLogger(__name__)

#: File in a published folder that says what was told there.
TOLD = "told.json"


def publish(
    result: WeekResult,
    folder: Path,
    *,
    lang: str = "nl",
    tiles: str = "grb",
    profile: ReleaseSettings | None = None,
    told: Iterable[Record] = (),
    contact: str = "",
    other_weeks: Iterable[str] = (),
) -> list[Path]:
    """Write everything that readers get of one week.

    Parameters
    ----------
    result : WeekResult
        What the week's run found.
    folder : pathlib.Path
        Existing or new folder; moving it into place is the caller's work.
    lang : str, default "nl"
        Language of the pages: ``nl`` or ``en``.
    tiles : str, default "grb"
        Base map under the maps: ``grb``, ``osm`` or ``none``. Without a connection the maps read as well.
    profile : ReleaseSettings, optional
        Who reads it; wijkmanagers when absent, to whom counts below 5 are not shown.
    told : iterable of dict
        What was told of earlier weeks and is told to others, from :func:`told_in`.
    contact : str, default ""
        Whom a reader can ask.
    other_weeks : iterable of str
        Weeks (``2026-W45``) whose folders stand beside this one.

    Returns
    -------
    list of pathlib.Path
        ``index.html``, ``handleiding.html``, a page for each stadsdeel, ``hotspots.csv``, ``hotspots.gpkg``,
        a sheet for each zone of the environment (``zone-....html``), and except for an analist
        ``told.json``, the counts as they were told, with which later weeks are checked.

    Raises
    ------
    ConfigError
        If the language, the base map or a week is unknown.
    QualityGateError
        If a count that is held back follows from what is published; nothing is written.
    SchemaError
        If a layer has no coordinate reference system.
    """
    if tiles not in (*TILES, "none"):
        raise ConfigError(f"{tiles!r} is not a base map. Choose one of {', '.join(TILES)}, none.")
    texts = Texts(lang, {theme.theme: theme.label for theme in result.themes if theme.label})
    weeks = tuple(sorted({Week.parse(week) for week in other_weeks} - {result.week}))
    before = list(told)
    released, record = guarded(release(result, profile=profile, told=before), before)
    also = () if released.traffic is None else ((TRAFFIC, texts("traffic.title")),)
    site = Site(released, texts, tiles, contact, weeks, also)
    pages = {"index.html": index_page(site), GUIDE: guide_page(site)}
    for stadsdeel, name in page_names(tuple(site.stadsdelen)).items():
        pages[name] = stadsdeel_page(site, stadsdeel)
    names = page_names(tuple(site.stadsdelen))
    for zone in (zone for look in released.environments for zone in look.zones):
        pages[zone_file(zone)] = zone_sheet(
            zone, texts, city=result.city_name, demo=result.demo, week_page=names.get(zone.stadsdeel, "")
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(folder / name, text) for name, text in pages.items()]
    written.append(write_csv(site.week, folder / "hotspots.csv", texts))
    written.append(write_geopackage(site.week, folder / "hotspots.gpkg"))
    if released.profile.level != "points":
        written.append(_write(folder / TOLD, json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n"))
    written += write_traffic(site, folder)
    _log.info("%d files written to %s", len(written), folder)
    return written


def told_in(folder: Path) -> list[Record]:
    """What was told in a published folder.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of one week.

    Returns
    -------
    list of dict
        One record; none for an analist's folder, or one of before records were kept.

    Raises
    ------
    ConfigError
        If the record is damaged.
    """
    path = folder / TOLD
    if not path.is_file():
        return []
    try:
        return [dict(json.loads(path.read_text(encoding="utf-8")))]
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}. Restore it, or publish that week again."
        ) from error


def _write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path
