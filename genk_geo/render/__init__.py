"""Pages and data files for readers: self-contained HTML, a table and a GeoPackage for each week."""

from genk_geo.render.files.publish import is_made_again, publish, say_made_again, told_in

__all__ = ["is_made_again", "publish", "say_made_again", "told_in"]
