"""One file, no other host: own scripts inside, stable identifiers, a policy that blocks the rest."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from genk_geo.spreadsheet import visible_page

#: Where the policy goes in the page, once everything else in it is fixed.
POLICY_MARK = "<!--policy-->"

_RANDOM_ID = re.compile(r"([A-Za-z_]+_)([0-9a-f]{32})(?![0-9a-f])")
_INLINE = {
    "script-src": re.compile(r"<script>(.*?)</script>", re.DOTALL),
    "style-src": re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL),
}


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
