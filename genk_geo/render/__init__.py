"""Pages and data files for readers: self-contained HTML, a table and a GeoPackage for each week."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genk_geo.render.files.publish import is_made_again as is_made_again
    from genk_geo.render.files.publish import publish as publish
    from genk_geo.render.files.publish import say_made_again as say_made_again
    from genk_geo.render.files.publish import told_in as told_in

__all__ = ["is_made_again", "publish", "say_made_again", "told_in"]


def __getattr__(name: str) -> Any:
    """Loaded on first use: who only wants words must not wait for maps."""
    if name in __all__:
        return getattr(import_module("genk_geo.render.files.publish"), name)
    raise AttributeError(f"module 'genk_geo.render' has no attribute {name!r}")
