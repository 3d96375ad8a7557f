"""Statistics of incidents in space and time, one module a method."""

from genk_geo.stats._peak import Peak, peak
from genk_geo.stats.aoristic import aoristic
from genk_geo.stats.areas import hotspot_areas, track
from genk_geo.stats.density import kernel_density, whole_extent
from genk_geo.stats.expected import expect, weekly_counts
from genk_geo.stats.grid import Grid
from genk_geo.stats.knox import Knox, knox
from genk_geo.stats.local import local_g
from genk_geo.stats.moran import local_moran
from genk_geo.stats.scan import Scan, scan, scan_counts

__all__ = [
    "Grid",
    "Knox",
    "Peak",
    "Scan",
    "aoristic",
    "expect",
    "hotspot_areas",
    "kernel_density",
    "knox",
    "local_g",
    "local_moran",
    "peak",
    "scan",
    "scan_counts",
    "track",
    "weekly_counts",
    "whole_extent",
]
