"""All features of a service that hands them out in pages (OGC API Features), held to what it says of itself.

Pages that came in are kept beside the result, so that a run that was cut off goes on with the next one. That
is the one that the service names, never one that is reckoned; what is not said to be whole is refused.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

from genk_geo.doors import limits
from genk_geo.jobs.desk.official.faults import DownloadError, PassingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from genk_geo.jobs.desk.official.fetching.asking import Asker

#: Pages that came in longer ago are fetched anew: the service has moved on.
_FRESH_S = 6 * 3600
_MOST_PAGE_BYTES = 50_000_000
_BLOCK_BYTES = 1 << 18


@dataclass
class _Run:
    """How far a run has come; as noted after each page."""

    first: str
    next: str | None
    begun: float
    matched: int | None = None
    ids: set[str] = field(default_factory=set)
    features: list[Any] = field(default_factory=list)

    def note(self, file: Path) -> None:
        told = {
            "first": self.first, "next": self.next, "begun": self.begun, "matched": self.matched,
            "features": self.features,
        }  # fmt: skip
        beside = file.with_name(f"{file.name}.new")
        beside.write_text(json.dumps(told), encoding="utf-8")
        beside.replace(file)

    @classmethod
    def noted(cls, file: Path, first: str) -> _Run:
        """The run that was cut off, where it asked the same and is not too old; else a new one."""
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            if told["first"] == first and 0 <= time.time() - told["begun"] < _FRESH_S and told["next"]:
                run = cls(first, told["next"], told["begun"], told["matched"], features=told["features"])
                run.ids = {key for one in run.features if (key := _key(one)) is not None}
                return run
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return cls(first, first, time.time())


def fetch_features(
    asker: Asker,
    address: str,
    target: Path,
    *,
    query: Mapping[str, str],
    limit: int,
    tell: Callable[[int, int], None] | None = None,
) -> int:
    """Fetch all features that a question fits, as one GeoJSON.

    Parameters
    ----------
    asker : Asker
        Who asks.
    address : str
        The ``items`` of a collection.
    target : pathlib.Path
        GeoJSON to write; ``.pages`` beside it is of this function.
    query : mapping
        What is asked, such as ``bbox``.
    limit : int
        Features a page.
    tell : callable, optional
        Told the features that are there and the whole (0: not known).

    Returns
    -------
    int
        How many there are.

    Raises
    ------
    DownloadError
        If they cannot be had, or not all of them.
    """
    mark = "&" if urlsplit(address).query else "?"
    asked = {"f": "json", **query, "limit": str(limit)}
    pages = target.with_name(f"{target.name}.pages")
    run = _Run.noted(pages, f"{address}{mark}{urlencode(asked)}")
    seen = {run.first}
    while run.next is not None:
        here = run.next
        page = asker.patiently(partial(_page, asker, here))
        new = _take(run, page, here)
        run.next = _next(page, here)
        if run.next is not None and (run.next in seen or not new):
            raise DownloadError("circle", address=address)
        _check_whole(run, page, limit, address)
        if run.next is not None:
            seen.add(run.next)
            run.note(pages)
        if tell is not None:
            tell(len(run.features), run.matched or 0)
    _write(run, target)
    pages.unlink(missing_ok=True)
    return len(run.features)


def check_collection(file: Path, address: str) -> None:
    """Refuse a collection that came in one answer and says that it is a part: a WFS cuts off at its limit.

    Parameters
    ----------
    file : pathlib.Path
        GeoJSON.
    address : str
        Where it came from.

    Raises
    ------
    DownloadError
        If it is no collection, or not the whole one.
    """
    try:
        told = json.loads(file.read_bytes())
    except ValueError as error:
        raise DownloadError("no_features", address=address) from error
    if not isinstance(told, dict) or not isinstance(told.get("features"), list):
        raise DownloadError("no_features", address=address)
    said = [told.get(name) for name in ("numberMatched", "totalFeatures")]
    whole = max((one for one in said if isinstance(one, int)), default=0)
    if whole > len(told["features"]):
        raise DownloadError("half", address=address, told=str(whole), found=str(len(told["features"])))


def _page(asker: Asker, address: str) -> dict[str, Any]:
    """One page, whole and in the form that is promised."""
    with asker.open(address, headers={"Accept": "application/geo+json, application/json"}) as answer:
        parts, size = [], 0
        while block := answer.raw.read1(_BLOCK_BYTES):
            parts.append(block)
            size += len(block)
            asker.check_time()
            if size > _MOST_PAGE_BYTES:
                raise DownloadError("too_large", address=address, most=str(_MOST_PAGE_BYTES // 1_000_000))
        length = answer.headers.get("Content-Length", "")
    host = str(urlsplit(address).hostname)
    if length.isdigit() and int(length) != size:
        raise PassingError("broken_off", host=host)
    content = b"".join(parts)
    if content.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise DownloadError("web_page", address=address)
    try:
        page = json.loads(content)
    except ValueError as error:
        raise PassingError("half_page", host=host) from error
    if not isinstance(page, dict) or not isinstance(page.get("features"), list):
        raise DownloadError("no_features", address=address)
    return page


def _take(run: _Run, page: dict[str, Any], address: str) -> int:
    """Put the features of a page with the others; how many were new."""
    told = page.get("numberReturned")
    if isinstance(told, int) and told != len(page["features"]):
        raise DownloadError("half", address=address, told=str(told), found=str(len(page["features"])))
    matched = page.get("numberMatched")
    if isinstance(matched, int):
        if run.matched is not None and run.matched != matched:
            raise DownloadError("moved", address=address)
        run.matched = matched
    new = 0
    for feature in page["features"]:
        key = _key(feature)
        if key is not None and key in run.ids:
            continue
        if key is not None:
            run.ids.add(key)
        run.features.append(feature)
        new += 1
    if len(run.features) > limits().rows:
        raise DownloadError("too_many", address=address, most=str(limits().rows))
    return new


def _key(feature: Any) -> str | None:
    told = feature.get("id") if isinstance(feature, dict) else None
    return None if told is None else str(told)


def _next(page: dict[str, Any], here: str) -> str | None:
    """Address of the next page, on the same server; None on the last one."""
    links = page.get("links")
    listed = [one for one in links if isinstance(one, dict)] if isinstance(links, list) else []
    told = next((one.get("href") for one in listed if one.get("rel") == "next"), None)
    if not told:
        return None
    address = urljoin(here, str(told))
    old, new = urlsplit(here), urlsplit(address)
    if (new.scheme, new.netloc) != (old.scheme, old.netloc):
        raise DownloadError("elsewhere", address=here, host=str(new.hostname))
    return address


def _check_whole(run: _Run, page: dict[str, Any], limit: int, address: str) -> None:
    """On the last page all must be there; a full last page without a word of the whole may be a cut one."""
    if run.next is not None:
        return
    found = len(run.features)
    if run.matched is not None and found < run.matched:
        raise DownloadError("half", address=address, told=str(run.matched), found=str(found))
    if run.matched is None and len(page["features"]) >= limit:
        raise DownloadError("perhaps_half", address=address, found=str(found))


def _write(run: _Run, target: Path) -> None:
    beside = target.with_name(f"{target.name}.new")
    collection = {"type": "FeatureCollection", "features": run.features}
    beside.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    beside.replace(target)
