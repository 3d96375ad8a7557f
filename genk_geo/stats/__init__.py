"""Statistics of incidents in space and time, one module a method."""

from genk_geo.stats._bh import q_values
from genk_geo.stats._peak import Peak, peak
from genk_geo.stats.aoristic import aoristic
from genk_geo.stats.areas import hotspot_areas, track
from genk_geo.stats.density import kernel_density, whole_extent
from genk_geo.stats.expected import expect, overdispersion, weekly_counts
from genk_geo.stats.grid import Grid
from genk_geo.stats.local import local_g
from genk_geo.stats.moran import local_moran
from genk_geo.stats.overall import Overall, global_g, global_moran
from genk_geo.stats.rates import eb_rates, poisson_tail
from genk_geo.stats.shifted import shifted_hot

__all__ = [
    "Grid",
    "Overall",
    "Peak",
    "aoristic",
    "eb_rates",
    "expect",
    "global_g",
    "global_moran",
    "hotspot_areas",
    "kernel_density",
    "local_g",
    "local_moran",
    "overdispersion",
    "peak",
    "poisson_tail",
    "q_values",
    "shifted_hot",
    "track",
    "weekly_counts",
    "whole_extent",
]
