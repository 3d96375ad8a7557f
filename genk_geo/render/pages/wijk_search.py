"""Find a wijk by its name, on any page of the week."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from genk_geo.render.pages.site import page_names

if TYPE_CHECKING:
    from genk_geo.render.pages.site import Site


def finder(site: Site, page: str) -> dict[str, Any]:
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
    pages, keys, layer = page_names(tuple(site.stadsdelen)), wijk_keys(site), site.week.result.wijken
    rows = zip(map(str, layer["wijk"]), map(str, layer["stadsdeel"]), strict=True)
    found = [{"name": wijk, "key": keys[wijk], "page": pages[stadsdeel]} for wijk, stadsdeel in rows]
    return {"own": page, "wijken": sorted(found, key=lambda wijk: alphabetical(wijk["name"]))}


def wijk_keys(site: Site) -> dict[str, str]:
    """Key of each wijk for links and the script: plain letters, and a number where two would coincide."""
    keys: dict[str, str] = {}
    for wijk in map(str, site.week.result.wijken["wijk"]):
        plain = unicodedata.normalize("NFKD", wijk).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "x"
        taken = set(keys.values())
        number = 1
        while (key := slug if number == 1 else f"{slug}-{number}") in taken:
            number += 1
        keys[wijk] = key
    return keys


def wijken_of(site: Site, stadsdeel: str) -> list[str]:
    """Wijken of a stadsdeel by the alphabet."""
    layer = site.week.result.wijken
    return sorted(map(str, layer["wijk"][layer["stadsdeel"] == stadsdeel]), key=alphabetical)


def alphabetical(name: str) -> str:
    """Key to sort by letters: an apostrophe or an accent makes no difference."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lstrip("' ").lower()
