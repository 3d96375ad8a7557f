"""Sphinx with the theme of pydata, as geopandas and the libraries of PySAL have it: see docs/README.md."""

from importlib.metadata import version as version_of

project = "genk_geo"
author = "genk_geo"
copyright = "genk_geo, MIT licence"  # noqa: A001 - Sphinx's own name
version = release = version_of("genk_geo")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["README.md"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # an attribute is told once, in the list of its class
autodoc_typehints = "none"
autodoc_member_order = "bysource"
# Docstrings name results of others, and links go by file: what Sphinx cannot resolve by name is text.
suppress_warnings = ["myst.xref_missing", "ref.python"]
html_theme = "pydata_sphinx_theme"
html_theme_options = {
    "navbar_end": ["navbar-icon-links"],
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_context = {"default_mode": "light"}
html_copy_source = html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_title = "genk_geo"
