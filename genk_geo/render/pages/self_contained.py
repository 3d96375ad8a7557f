"""One file, no other host: Leaflet inside the page, stable identifiers, and a policy that blocks the rest."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from genk_geo.spreadsheet import visible_page

#: Where the policy goes in the page, once everything else in it is fixed.
POLICY_MARK = "<!--policy-->"

_RANDOM_ID = re.compile(r"([A-Za-z_]+_)([0-9a-f]{32})(?![0-9a-f])")
_INLINE = {
    "script-src": re.compile(r"<script>(.*?)</script>", re.DOTALL),
    "style-src": re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL),
}


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


@cache
def static(name: str) -> str:
    """Own style sheet or script by file name."""
    return files("genk_geo.render").joinpath("static", name).read_text(encoding="utf-8")


def stable_ids(text: str) -> str:
    """Replace the random identifiers of folium by numbers in order of appearance."""
    numbers: dict[str, int] = {}

    def numbered(match: re.Match[str]) -> str:
        return f"{match[1]}{numbers.setdefault(match[2], len(numbers) + 1)}"

    return _RANDOM_ID.sub(numbered, text)


def with_policy(page: str, *, image_hosts: tuple[str, ...] = ()) -> str:
    """Write a Content-Security-Policy into a finished page that allows exactly what stands in it.

    Parameters
    ----------
    page : str
        The page with :data:`POLICY_MARK` in its head.
    image_hosts : tuple of str
        Origins that tiles may come from.

    Returns
    -------
    str
        The page without signs that nobody sees, and with the policy, by the hash of each inline script and
        style.
    """
    page = visible_page(page)  # first: a hash holds for the very text that is written
    rules = ["default-src 'none'", " ".join(["img-src data:", *image_hosts])]
    rules += ["base-uri 'none'", "form-action 'none'"]
    for rule, pattern in _INLINE.items():
        allowed = dict.fromkeys(_hash(text) for text in pattern.findall(page))
        rules.append(" ".join([rule, *(allowed or ["'none'"])]))
    policy = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
    return page.replace(POLICY_MARK, policy, 1)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
