"""Leaflet as it stands inside every page and map, so that none needs another host."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path


@cache
def leaflet_js() -> str:
    """Leaflet's code from XStatic-Leaflet, fit to stand in a page."""
    code = (_leaflet() / "leaflet.js").read_text(encoding="utf-8")
    code = re.sub(r"//# sourceMappingURL=.*", "", code)
    return code.replace("</script", r"<\/script").replace("<!--", r"<\!--").strip()


@cache
def leaflet_css() -> str:
    """Leaflet's style sheet with its images inside."""

    def inside(match: re.Match[str]) -> str:
        image = (_leaflet() / match[1]).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(image).decode()})"

    css = (_leaflet() / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\((images/[\w.-]+)\)", inside, css)


def page_libraries() -> dict[str, dict[str, str]]:
    """Version and checksum of what of others stands inside every page."""
    digest = hashlib.sha256((leaflet_js() + leaflet_css()).encode()).hexdigest()
    return {"leaflet": {"version": version("XStatic-Leaflet"), "sha256": digest}}


def _leaflet() -> Path:
    from xstatic.pkg import leaflet

    return Path(leaflet.BASE_DIR)
