"""Statistics of incidents in space and time, one module a method.

The examples of its functions start from:

>>> import geopandas as gpd
>>> import numpy as np
>>> import pandas as pd
>>> import shapely
>>> import genk_geo as gg
"""

from genk_geo.reference.streets.street_network import StreetNetwork as Network
from genk_geo.stats.accidents.dangerous_points import (
    FLEMISH_RULE,
    PointRule,
    dangerous_by_chance,
    dangerous_by_radius,
    dangerous_points,
)
from genk_geo.stats.accidents.school_time import at_school_time
from genk_geo.stats.accidents.scores import SEVERITY_POINTS, accident_scores, yearly_accidents
from genk_geo.stats.counts.alerts import alerts, farrington
from genk_geo.stats.counts.concentration import Concentration, concentration
from genk_geo.stats.counts.displacement import ROLES, Displacement, displacement
from genk_geo.stats.counts.expected import expect, overdispersion, weekly_counts
from genk_geo.stats.counts.farrington import FarringtonSettings
from genk_geo.stats.counts.rates import eb_rates
from genk_geo.stats.density.adaptive import adaptive_density
from genk_geo.stats.density.bandwidth import likelihood_bandwidth, quartic_radius, scott_bandwidth
from genk_geo.stats.density.clusters import Clusters, density_clusters
from genk_geo.stats.density.kernel import kernel_density, whole_extent
from genk_geo.stats.density.risk_surface import RiskSurface, relative_risk_surface
from genk_geo.stats.density.surfaces import contour_polygons, write_geotiff
from genk_geo.stats.grid.cube import space_time_cube
from genk_geo.stats.grid.grid import Grid
from genk_geo.stats.hours.aoristic import aoristic
from genk_geo.stats.hours.peak import Peak, peak
from genk_geo.stats.inference.false_discovery import q_values
from genk_geo.stats.inference.tails import poisson_tail
from genk_geo.stats.inference.trend import MannKendall, mann_kendall
from genk_geo.stats.local.emerging import EMERGING, emerging_category, emerging_hotspots
from genk_geo.stats.local.getis_ord import local_g
from genk_geo.stats.local.hotspot_areas import hotspot_areas, track
from genk_geo.stats.local.moran import local_moran
from genk_geo.stats.local.shifted_grids import shifted_hot
from genk_geo.stats.local.whole_map import Overall, global_g, global_moran
from genk_geo.stats.near_repeats.knox import Knox, knox
from genk_geo.stats.near_repeats.near_repeat import (
    NearRepeats,
    Reach,
    near_repeat,
)
from genk_geo.stats.near_repeats.zones import near_repeat_strings, near_repeat_zones
from genk_geo.stats.network.density import network_density, segment_density
from genk_geo.stats.network.k_function import NetworkK, network_k
from genk_geo.stats.network.segments import lixelise, snap_to_network
from genk_geo.stats.network.stretches import dangerous_stretches
from genk_geo.stats.network.walking import (
    WALK_KMH,
    events_around,
    walking_reach_m,
    walking_zones,
    ways_to_school,
)
from genk_geo.stats.outlook.forecast import Walk, forecast
from genk_geo.stats.outlook.models import BASELINE, MODELS
from genk_geo.stats.outlook.patrol import SHIFTS, Slot, aoristic_by, aoristic_share, patrol_slots, slot_hours
from genk_geo.stats.outlook.record import WeekRecord
from genk_geo.stats.outlook.scorecard import BUDGETS, backtest, choose_model, scorecard
from genk_geo.stats.outlook.scorer import Scorer
from genk_geo.stats.outlook.suggestion import suggest
from genk_geo.stats.scanning.clusters import Reporting, Scan
from genk_geo.stats.scanning.poisson import ScanLimits, scan_counts
from genk_geo.stats.scanning.space_time import scan

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
    "FarringtonSettings",
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
    "Reporting",
    "RiskSurface",
    "Scan",
    "ScanLimits",
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
