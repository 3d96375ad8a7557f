"""Statistics of incidents in space and time, one module a method."""

from genk_geo.stats._bh import q_values
from genk_geo.stats._forecast_models import BASELINE, MODELS
from genk_geo.stats._forecast_record import WeekRecord
from genk_geo.stats._peak import Peak, peak
from genk_geo.stats._scorer import Scorer
from genk_geo.stats.accidents import SEVERITY_POINTS, accident_scores, yearly_accidents
from genk_geo.stats.adaptive import adaptive_density
from genk_geo.stats.aoristic import aoristic
from genk_geo.stats.areas import hotspot_areas, track
from genk_geo.stats.bandwidth import likelihood_bandwidth, quartic_radius, scott_bandwidth
from genk_geo.stats.clusters import Clusters, density_clusters
from genk_geo.stats.concentration import Concentration, concentration
from genk_geo.stats.cube import space_time_cube
from genk_geo.stats.dangerous import (
    FLEMISH_RULE,
    PointRule,
    dangerous_by_chance,
    dangerous_by_radius,
    dangerous_points,
)
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
)
from genk_geo.stats.near_repeat_zones import near_repeat_strings, near_repeat_zones
from genk_geo.stats.network import Network, lixelise, snap_to_network
from genk_geo.stats.network_density import network_density, segment_density
from genk_geo.stats.network_k import NetworkK, network_k
from genk_geo.stats.network_scan import dangerous_stretches
from genk_geo.stats.network_zones import (
    WALK_KMH,
    events_around,
    walking_reach_m,
    walking_zones,
    ways_to_school,
)
from genk_geo.stats.overall import Overall, global_g, global_moran
from genk_geo.stats.patrol import SHIFTS, Slot, aoristic_by, aoristic_share, patrol_slots, slot_hours
from genk_geo.stats.rates import eb_rates, poisson_tail
from genk_geo.stats.scan import Scan, scan, scan_counts
from genk_geo.stats.school_time import at_school_time
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
    "FLEMISH_RULE",
    "MODELS",
    "ROLES",
    "SEVERITY_POINTS",
    "SHIFTS",
    "WALK_KMH",
    "Clusters",
    "Concentration",
    "Displacement",
    "Grid",
    "Knox",
    "MannKendall",
    "NearRepeats",
    "Network",
    "NetworkK",
    "Overall",
    "Peak",
    "PointRule",
    "Reach",
    "RiskSurface",
    "Scan",
    "Scorer",
    "Slot",
    "Walk",
    "WeekRecord",
    "accident_scores",
    "adaptive_density",
    "alerts",
    "aoristic",
    "aoristic_by",
    "aoristic_share",
    "at_school_time",
    "backtest",
    "choose_model",
    "concentration",
    "contour_polygons",
    "dangerous_by_chance",
    "dangerous_by_radius",
    "dangerous_points",
    "dangerous_stretches",
    "density_clusters",
    "displacement",
    "eb_rates",
    "emerging_category",
    "emerging_hotspots",
    "events_around",
    "expect",
    "farrington",
    "forecast",
    "global_g",
    "global_moran",
    "hotspot_areas",
    "kernel_density",
    "knox",
    "likelihood_bandwidth",
    "lixelise",
    "local_g",
    "local_moran",
    "mann_kendall",
    "near_repeat",
    "near_repeat_strings",
    "near_repeat_zones",
    "network_density",
    "network_k",
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
    "segment_density",
    "shifted_hot",
    "slot_hours",
    "snap_to_network",
    "space_time_cube",
    "suggest",
    "track",
    "walking_reach_m",
    "walking_zones",
    "ways_to_school",
    "weekly_counts",
    "whole_extent",
    "write_geotiff",
    "yearly_accidents",
]
