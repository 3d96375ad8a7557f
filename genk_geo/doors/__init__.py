"""The doors: every file that somebody hands in is opened here, as what its name says it is, and bounded.

A name decides what a file has to be, its first bytes prove it, and only then a library may open it. Nothing
that a file says makes this package open another file or ask another host: no virtual layers, no archives of
layers, no remote paths, no external entities.
"""

from genk_geo.doors.limits import Limits, limit, limited, limits, setting
from genk_geo.doors.paths import check_apart, regular_file, shown, within
from genk_geo.doors.raster import open_raster
from genk_geo.doors.table import read_csv
from genk_geo.doors.vector import layer_of_bytes, read_layer, why_not
from genk_geo.doors.whole import read_whole
from genk_geo.doors.workbook import check_workbook
from genk_geo.doors.xml import check_xml

__all__ = [
    "Limits",
    "check_apart",
    "check_workbook",
    "check_xml",
    "layer_of_bytes",
    "limit",
    "limited",
    "limits",
    "open_raster",
    "read_csv",
    "read_layer",
    "read_whole",
    "regular_file",
    "setting",
    "shown",
    "why_not",
    "within",
]
