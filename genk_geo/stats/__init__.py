"""Statistics of incidents in space and time, one module a method."""

from genk_geo.stats._bh import q_values
from genk_geo.stats._forecast_models import BASELINE, MODELS
from genk_geo.stats._forecast_record import WeekRecord
from genk_geo.stats._peak import Peak, peak
from genk_geo.stats._scorer import Scorer
from genk_geo.stats.adaptive import adaptive_density
from genk_geo.stats.aoristic import aoristic
from genk_geo.stats.areas import hotspot_areas, track
from genk_geo.stats.bandwidth import likelihood_bandwidth, quartic_radius, scott_bandwidth
from genk_geo.stats.clusters import Clusters, density_clusters
from genk_geo.stats.cube import space_time_cube
from genk_geo.stats.density import kernel_density, whole_extent
from genk_geo.stats.dual import RiskSurface, relative_risk_surface
from genk_geo.stats.emerging import EMERGING, emerging_category, emerging_hotspots
from genk_geo.stats.evaluation import ROLES, Displacement, displacement
from genk_geo.stats.expected import expect, overdispersion, weekly_counts
from genk_geo.stats.forecast import Walk, forecast
from genk_geo.stats.grid import Grid
from genk_geo.stats.knox import Knox, knox
from genk_geo.stats.local import local_g
from genk_geo.stats.moran import local_moran
from genk_geo.stats.near_repeat import (
    NearRepeats,
    Reach,
    near_repeat,
    near_repeat_strings,
    near_repeat_zones,
)
from genk_geo.stats.overall import Overall, global_g, global_moran
from genk_geo.stats.patrol import SHIFTS, Slot, aoristic_by, aoristic_share, patrol_slots, slot_hours
from genk_geo.stats.rates import eb_rates, poisson_tail
from genk_geo.stats.scan import Scan, scan, scan_counts
from genk_geo.stats.scorecard import BUDGETS, backtest, choose_model, scorecard
from genk_geo.stats.shifted import shifted_hot
from genk_geo.stats.suggestion import suggest
from genk_geo.stats.surfaces import contour_polygons, write_geotiff
from genk_geo.stats.trend import MannKendall, mann_kendall
from genk_geo.stats.weekly_alerts import alerts, farrington

__all__ = [
    "BASELINE",
    "BUDGETS",
    "EMERGING",
    "MODELS",
    "ROLES",
    "SHIFTS",
    "Clusters",
    "Displacement",
    "Grid",
    "Knox",
    "MannKendall",
    "NearRepeats",
    "Overall",
    "Peak",
    "Reach",
    "RiskSurface",
    "Scan",
    "Scorer",
    "Slot",
    "Walk",
    "WeekRecord",
    "adaptive_density",
    "alerts",
    "aoristic",
    "aoristic_by",
    "aoristic_share",
    "backtest",
    "choose_model",
    "contour_polygons",
    "density_clusters",
    "displacement",
    "eb_rates",
    "emerging_category",
    "emerging_hotspots",
    "expect",
    "farrington",
    "forecast",
    "global_g",
    "global_moran",
    "hotspot_areas",
    "kernel_density",
    "knox",
    "likelihood_bandwidth",
    "local_g",
    "local_moran",
    "mann_kendall",
    "near_repeat",
    "near_repeat_strings",
    "near_repeat_zones",
    "overdispersion",
    "patrol_slots",
    "peak",
    "poisson_tail",
    "q_values",
    "quartic_radius",
    "relative_risk_surface",
    "scan",
    "scan_counts",
    "scorecard",
    "scott_bandwidth",
    "shifted_hot",
    "slot_hours",
    "space_time_cube",
    "suggest",
    "track",
    "weekly_counts",
    "whole_extent",
    "write_geotiff",
]
