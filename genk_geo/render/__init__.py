"""Pages and data files for readers: self-contained HTML, a table and a GeoPackage for each week."""

from genk_geo.render.files.publish import publish, told_in

__all__ = ["publish", "told_in"]
