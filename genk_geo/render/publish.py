"""Write the pages and data files of one week into a folder."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError
from genk_geo.render.index import index_page
from genk_geo.render.layers import TILES
from genk_geo.render.release import release
from genk_geo.render.site import Site, page_names
from genk_geo.render.stadsdeel import stadsdeel_page
from genk_geo.render.tables import write_csv, write_geopackage
from genk_geo.render.texts import Texts
from genk_geo.render.traffic_files import write_traffic
from genk_geo.render.zone import zone_file, zone_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from genk_geo.results import WeekResult

_log = logging.getLogger(__name__)


def publish(
    result: WeekResult,
    folder: Path,
    *,
    lang: str = "nl",
    tiles: str = "grb",
    small_count: int = 5,
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
    small_count : int, default 5
        Counts of a wijk or hotspot below this are in none of the files.
    contact : str, default ""
        Whom a reader can ask.
    other_weeks : iterable of str
        Weeks (``2026-W45``) whose folders stand beside this one.

    Returns
    -------
    list of pathlib.Path
        ``index.html``, a page for each stadsdeel, ``hotspots.csv``, ``hotspots.gpkg``, and a sheet
        for each zone of the environment (``zone-....html``).

    Raises
    ------
    ConfigError
        If the language, the base map or a week is unknown.
    SchemaError
        If a layer has no coordinate reference system.
    """
    if tiles not in (*TILES, "none"):
        raise ConfigError(f"{tiles!r} is not a base map. Choose one of {', '.join(TILES)}, none.")
    texts = Texts(lang, {theme.theme: theme.label for theme in result.themes if theme.label})
    weeks = tuple(sorted({Week.parse(week) for week in other_weeks} - {result.week}))
    site = Site(release(result, small_count=small_count), texts, tiles, contact, weeks)
    pages = {"index.html": index_page(site)}
    for stadsdeel, name in page_names(tuple(site.stadsdelen)).items():
        pages[name] = stadsdeel_page(site, stadsdeel)
    names = page_names(tuple(site.stadsdelen))
    for zone in (zone for look in result.environments for zone in look.zones):
        pages[zone_file(zone)] = zone_sheet(
            zone, texts, city=result.city_name, demo=result.demo, week_page=names.get(zone.stadsdeel, "")
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(folder / name, text) for name, text in pages.items()]
    written.append(write_csv(site.week, folder / "hotspots.csv", texts))
    written.append(write_geopackage(site.week, folder / "hotspots.gpkg"))
    written += write_traffic(site, folder, small_count=small_count)
    _log.info("%d files written to %s", len(written), folder)
    return written


def _write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path
