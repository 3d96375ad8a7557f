"""The page and the data file on traffic accidents, beside the other pages of a week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyogrio

from genk_geo.render.files.week_files import fixed_date
from genk_geo.render.maps.traffic_layers import traffic_tables
from genk_geo.render.pages.traffic_page import PAGE, traffic_page

if TYPE_CHECKING:
    from pathlib import Path

    from genk_geo.render.pages.site import Site

#: File name of the layers.
LAYERS = "verkeer.gpkg"


def write_traffic(site: Site, folder: Path) -> list[Path]:
    """Write the page on traffic accidents and its layers.

    Parameters
    ----------
    site : Site
        What all pages share.
    folder : pathlib.Path
        Existing folder.

    Returns
    -------
    list of pathlib.Path
        ``verkeer.html``, and ``verkeer.gpkg`` where there is anything to put in it; nothing where the week
        has no street network.
    """
    result, shown = site.week.result, site.week.traffic
    if shown is None:
        return []
    page = folder / PAGE
    page.write_bytes(traffic_page(site, shown).encode("utf-8"))
    layers = traffic_tables(shown)
    if not layers:
        return [page]
    path = folder / LAYERS
    path.unlink(missing_ok=True)
    with fixed_date(f"{result.as_of.tz_convert('UTC'):%Y-%m-%dT%H:%M:%S}Z"):
        for name, layer in layers.items():
            pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", geometry_type="Unknown")
    return [page, path]
