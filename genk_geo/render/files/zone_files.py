"""The sheets of risk zones as files of their own, without the other pages of a week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genk_geo.errors import ConfigError
from genk_geo.render.file_names import zone_page
from genk_geo.render.pages.zone_sheet import zone_sheet
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from genk_geo.release.values.environment import ReleasedZone


def write_sheets(
    zones: Iterable[ReleasedZone],
    folder: Path,
    *,
    city: str,
    lang: str = "nl",
    demo: bool = False,
    items: pd.DataFrame | None = None,
) -> list[Path]:
    """Write a sheet for each zone into a folder.

    Parameters
    ----------
    zones : iterable of ReleasedZone
        Zones with different names.
    folder : pathlib.Path
        Made when absent.
    city, lang, demo, items
        As for :func:`zone_sheet`.

    Returns
    -------
    list of pathlib.Path
        ``zone-....html``.

    Raises
    ------
    ConfigError
        If two zones would share a file.
    """
    texts, listed = Texts(lang), list(zones)
    names = [zone_page(zone.zone_id) for zone in listed]
    if len(set(names)) < len(names):
        raise ConfigError("Two zones have the same name; every zone needs one of its own.")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for zone, name in zip(listed, names, strict=True):
        page = zone_sheet(zone, texts, city=city, demo=demo, items=items)
        path = folder / name
        path.write_bytes(page.encode("utf-8"))
        paths.append(path)
    return paths
