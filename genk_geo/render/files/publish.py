"""Write the pages and data files of one week into a folder."""

from __future__ import annotations

import json
import logging
import shutil
from functools import partial
from typing import TYPE_CHECKING

from genk_geo.at_once import at_once
from genk_geo.calendar import Week
from genk_geo.errors import ConfigError
from genk_geo.release.kept.week_maps import kept_text, map_of, map_weeks
from genk_geo.render.file_names import (
    DOSSIERS,
    GUIDE,
    HOTSPOT_LAYERS,
    HOTSPOT_ROWS,
    INDEX,
    MAP,
    TOLD,
    TRAFFIC,
    zone_page,
)
from genk_geo.render.files.traffic_files import write_traffic
from genk_geo.render.files.week_files import write_csv, write_geopackage
from genk_geo.render.maps.basemap import TILES
from genk_geo.render.pages.dossier_page import dossier_pages
from genk_geo.render.pages.guide_page import guide_page
from genk_geo.render.pages.index_page import index_page
from genk_geo.render.pages.site import Site
from genk_geo.render.pages.stadsdeel_page import stadsdeel_page
from genk_geo.render.pages.zone_sheet import zone_sheet
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.release.told import Record
    from genk_geo.release.values.week import CheckedWeek
    from genk_geo.release.values.week_maps import WeekMap

_log = logging.getLogger(__name__)

#: The sentence that a page was made again, before and after that is so.
_UNSAID, _SAID = '<p class="again" hidden>', '<p class="again">'


def publish(
    checked: CheckedWeek,
    folder: Path,
    *,
    texts: Texts | None = None,
    tiles: str = "none",
    contact: str = "",
    other_weeks: Iterable[str] = (),
    backdrop: Backdrop | None = None,
    kept: Mapping[Week, WeekMap | None] | None = None,
) -> list[Path]:
    """Write everything that readers get of one week.

    Parameters
    ----------
    checked : CheckedWeek
        What they may see of it, from :func:`genk_geo.release.checked_release`.
    folder : pathlib.Path
        Existing or new folder; moving it into place is the caller's work.
    texts : Texts, optional
        The readers' language, with the words that the settings give to themes; Dutch when absent.
    tiles : str, default "none"
        Base map that a reader may ask a server for: ``grb``, ``osm`` or ``none``. Nothing is asked for before
        the reader's click.
    contact : str, default ""
        Whom a reader can ask.
    other_weeks : iterable of str
        Weeks (``2026-W45``) whose folders stand beside this one.
    backdrop : Backdrop, optional
        Streets and names under the maps, carried by the pages themselves.
    kept : mapping of Week to WeekMap or None, optional
        What the maps of the weeks beside it showed, as kept in their folders; None where it was not kept.

    Returns
    -------
    list of pathlib.Path
        ``index.html``, ``handleiding.html``, a page for each stadsdeel, ``hotspots.csv``, ``hotspots.gpkg``,
        a sheet for each zone of the environment (``zone-....html``), ``map.json``, what the map showed, for
        later weeks to go back to, and except for an analist ``told.json``, the counts as they were told,
        with which later weeks are checked.

    Raises
    ------
    ConfigError
        If the language, the base map or a week is unknown.
    SchemaError
        If a layer has no coordinate reference system.
    """
    if tiles not in (*TILES, "none"):
        raise ConfigError(
            "{tiles!r} is not a base map. Choose one of {known}, none.",
            tiles=tiles,
            known=", ".join(TILES),
        )
    week = checked.week
    texts = texts or Texts("nl")
    others = tuple(sorted({Week.parse(other) for other in other_weeks} - {week.week}))
    also = () if week.traffic is None else ((TRAFFIC, texts("traffic.title")),)
    if week.dossiers is not None:
        also = (*also, (DOSSIERS, texts("dossier.title")))
    site = Site(week, texts, tiles, contact, others, also, backdrop, map_weeks(week, kept or {}))
    pages = _pages(site)
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(folder / name, text) for name, text in pages.items()]
    written.append(write_csv(week, folder / HOTSPOT_ROWS, texts))
    written.append(write_geopackage(week, folder / HOTSPOT_LAYERS))
    written.append(_write(folder / MAP, kept_text(map_of(week))))
    if not week.level.shows_points:
        record = json.dumps(checked.record, ensure_ascii=False, sort_keys=True)
        written.append(_write(folder / TOLD, record + "\n"))
    written += write_traffic(site, folder)
    _log.info("%d files written to %s", len(written), folder)
    return written


def _pages(site: Site) -> dict[str, str]:
    """All pages by the names of their files; none depends on another, so they are made at once."""
    week, texts = site.week, site.texts
    makers: dict[str, Callable[[], str]] = {
        name: partial(stadsdeel_page, site, stadsdeel) for stadsdeel, name in site.pages.items()
    }
    makers |= {INDEX: partial(index_page, site), GUIDE: partial(guide_page, site)}
    for zone in (zone for look in week.environments for zone in look.zones):
        makers[zone_page(zone.zone_id)] = partial(
            zone_sheet, zone, texts, city=week.city_name, demo=week.demo,
            week_page=site.pages.get(zone.stadsdeel, ""),
        )  # fmt: skip
    pages = dict(zip(makers, at_once(list(makers.values())), strict=True))
    return pages | dossier_pages(site)


def say_made_again(folder: Path) -> None:
    """Let the pages of a published week say that it was made again.

    They say so whenever that is the case, also where they stay as they were published: said only of what has
    changed, it would tell that something came in late.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of one week.
    """
    for path in sorted(folder.glob("*.html")):
        text = path.read_bytes().decode("utf-8")
        if _UNSAID in text:
            beside = path.with_name(f".{path.name}")
            _write(beside, text.replace(_UNSAID, _SAID))
            shutil.copymode(path, beside)
            beside.replace(path)


def is_made_again(folder: Path) -> bool:
    """Whether the pages of a published week say that it was made again."""
    return any(_SAID.encode() in path.read_bytes() for path in folder.glob("*.html"))


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
            "{path} cannot be read: {reason}. Restore it, or publish that week again.",
            path=path,
            reason=error,
        ) from error


def _write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path
