"""Find a wijk by its name, on any page of the week."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from genk_geo.render.file_names import keys

if TYPE_CHECKING:
    from genk_geo.render.pages.site import Site


def wijk_search(site: Site, page: str) -> dict[str, Any]:
    """What the search on a page needs.

    Parameters
    ----------
    site : Site
        What all pages share.
    page : str
        File name of the page it stands on.

    Returns
    -------
    dict
        ``own``: this page; ``wijken``: name, key and page of each wijk of the city.
    """
    by_wijk, layer = wijk_keys(site), site.week.wijken
    rows = zip(map(str, layer["wijk"]), map(str, layer["stadsdeel"]), strict=True)
    found = [{"name": wijk, "key": by_wijk[wijk], "page": site.pages[stadsdeel]} for wijk, stadsdeel in rows]
    return {"own": page, "wijken": sorted(found, key=lambda wijk: alphabetical(wijk["name"]))}


def wijk_keys(site: Site) -> dict[str, str]:
    """Key of each wijk for links and the script."""
    return keys(map(str, site.week.wijken["wijk"]))


def wijken_in(site: Site, stadsdeel: str) -> list[str]:
    """Wijken of a stadsdeel by the alphabet."""
    layer = site.week.wijken
    return sorted(map(str, layer["wijk"][layer["stadsdeel"] == stadsdeel]), key=alphabetical)


def alphabetical(name: str) -> str:
    """Key to sort by letters: an apostrophe or an accent makes no difference."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lstrip("' ").lower()
