"""Statistics of incidents in space and time, one module a method, by the question that they answer.

Where do incidents lie together?
    Counts on a :class:`Grid` and their hotspots (:func:`local_g`, :func:`window_family`,
    :func:`hotspot_areas`, :func:`track`, :func:`emerging_hotspots`), one number for the map
    (:func:`global_moran`, :func:`clark_evans`, :func:`quadrat_test`) or a curve (:func:`planar_k`), risks as
    far as few incidents tell (:func:`shrunken_risk`), where something most probably changed
    (:func:`place_odds`), densities (:func:`kernel_density`,
    :func:`relative_risk_surface`), groups (:func:`density_clusters`), rates of areas (:func:`eb_rates`), how
    few places hold them (:func:`concentration`).
When do they happen?
    Hours of the week of uncertain times (:func:`aoristic`, :func:`peak`, :func:`patrol_slots`), weekly counts
    against the weeks before (:func:`weekly_counts`, :func:`expect`, :func:`alerts`, :func:`farrington`,
    :func:`reporting_step`).
Which reports are one event?
    Several reports of one thing that happened (:func:`bundle_reports`, :func:`learn_links`).
What follows?
    Near repeats (:func:`knox`, :func:`near_repeat`, :func:`space_time_k`,
    :func:`self_exciting`), clusters that are alive
    (:func:`scan`, :func:`scan_counts`) or of another kind (:func:`scan_cases`), the outlook on next week
    (:class:`WeekRecord`, :func:`forecast`, :func:`suggest`).
Did it help?
    A measure (:func:`effects`, how long until that can be told: :func:`weeks_needed`; beside drawn control
    areas :func:`displacement`), a forecast (:func:`backtest`, :func:`scorecard`, :func:`choose_model`).
And on streets?
    Densities, stretches and distances along a :class:`Network` (:func:`network_density`,
    :func:`dangerous_stretches`, :func:`network_k`, :func:`walking_zones`), accidents and the points that they
    mark (:func:`accident_scores`, :func:`dangerous_points`).
Is it chance?
    Many tests at once (:func:`q_values`), trends (:func:`mann_kendall`).

The examples of its functions start from:

>>> import geopandas as gpd
>>> import numpy as np
>>> import pandas as pd
>>> import shapely
>>> import genk_geo as gg
"""

# Where
from genk_geo.stats.counts.concentration import Concentration, concentration
from genk_geo.stats.counts.rates import eb_rates
from genk_geo.stats.density.adaptive import adaptive_density
from genk_geo.stats.density.bandwidth import (
    likelihood_bandwidth,
    maximal_bandwidth,
    quartic_radius,
    scott_bandwidth,
)
from genk_geo.stats.density.clusters import Clusters, density_clusters
from genk_geo.stats.density.kernel import kernel_density, whole_extent
from genk_geo.stats.density.risk_surface import RiskSurface, relative_risk_surface
from genk_geo.stats.density.shown_density import Density
from genk_geo.stats.density.surfaces import contour_polygons, write_geotiff
from genk_geo.stats.grid.cube import space_time_cube
from genk_geo.stats.grid.grid import Grid
from genk_geo.stats.local.emerging import EMERGING, emerging_category, emerging_hotspots
from genk_geo.stats.local.getis_ord import local_g
from genk_geo.stats.local.hotspot_areas import hotspot_areas, track
from genk_geo.stats.local.moran import local_moran
from genk_geo.stats.local.shifted_grids import shifted_hot
from genk_geo.stats.local.whole_map import Overall, global_g, global_moran
from genk_geo.stats.local.window_dispersion import window_dispersion
from genk_geo.stats.patterns.clark_evans import ClarkEvans, clark_evans
from genk_geo.stats.patterns.planar_k import PlanarK, planar_k
from genk_geo.stats.patterns.quadrats import QuadratTest, quadrat_test
from genk_geo.stats.places.place_odds import place_odds
from genk_geo.stats.places.shrunken_risk import shrunken_risk
from genk_geo.stats.places.window_family import WindowFamily, window_family

# isort: split

# When
from genk_geo.stats.counts.alerts import alerts, farrington
from genk_geo.stats.counts.expected import expect, overdispersion, weekly_counts
from genk_geo.stats.counts.farrington import FarringtonSettings
from genk_geo.stats.counts.reporting_step import ReportingStep, reporting_step
from genk_geo.stats.hours.aoristic import aoristic
from genk_geo.stats.hours.peak import Peak, peak
from genk_geo.stats.outlook.patrol import SHIFTS, Slot, aoristic_by, aoristic_share, patrol_slots, slot_hours

# isort: split

# Which reports are one event
from genk_geo.stats.events.bundles import Bundles, bundle_reports, learn_links
from genk_geo.stats.events.links import EventLimits, ReportLinks

# isort: split

# What follows
from genk_geo.stats.near_repeats.knox import Knox, knox
from genk_geo.stats.near_repeats.near_repeat import NearRepeats, Reach, near_repeat
from genk_geo.stats.near_repeats.zones import near_repeat_strings, near_repeat_zones
from genk_geo.stats.outlook.forecast import Walk, forecast
from genk_geo.stats.outlook.models import BASELINE, MODELS
from genk_geo.stats.outlook.record import WeekRecord
from genk_geo.stats.outlook.suggestion import suggest
from genk_geo.stats.patterns.self_exciting import Excitation, self_exciting
from genk_geo.stats.patterns.space_time_k import SpaceTimeK, space_time_k
from genk_geo.stats.scanning.bernoulli import scan_cases
from genk_geo.stats.scanning.clusters import Reporting, Scan
from genk_geo.stats.scanning.poisson import scan_counts
from genk_geo.stats.scanning.search import ScanLimits
from genk_geo.stats.scanning.space_time import scan

# isort: split

# Did it help
from genk_geo.stats.counts.displacement import ROLES, Displacement, displacement
from genk_geo.stats.effects.effect import VERDICTS, Change, Effect
from genk_geo.stats.effects.judging import effects
from genk_geo.stats.effects.waiting import weeks_needed
from genk_geo.stats.outlook.scorecard import BUDGETS, backtest, choose_model, scorecard
from genk_geo.stats.outlook.scorer import Scorer

# isort: split

# On streets
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

# isort: split

# Is it chance
from genk_geo.stats.inference.false_discovery import q_values
from genk_geo.stats.inference.tails import poisson_tail
from genk_geo.stats.inference.trend import MannKendall, mann_kendall

# Where
__all__ = [
    "EMERGING",
    "ClarkEvans",
    "Clusters",
    "Concentration",
    "Density",
    "Grid",
    "Overall",
    "PlanarK",
    "QuadratTest",
    "RiskSurface",
    "adaptive_density",
    "clark_evans",
    "concentration",
    "contour_polygons",
    "density_clusters",
    "eb_rates",
    "emerging_category",
    "emerging_hotspots",
    "global_g",
    "global_moran",
    "hotspot_areas",
    "kernel_density",
    "likelihood_bandwidth",
    "local_g",
    "local_moran",
    "maximal_bandwidth",
    "place_odds",
    "planar_k",
    "quadrat_test",
    "quartic_radius",
    "relative_risk_surface",
    "scott_bandwidth",
    "shifted_hot",
    "shrunken_risk",
    "space_time_cube",
    "track",
    "whole_extent",
    "window_dispersion",
    "window_family",
    "write_geotiff",
]

# When
__all__ += [
    "SHIFTS",
    "FarringtonSettings",
    "Peak",
    "ReportingStep",
    "Slot",
    "alerts",
    "aoristic",
    "aoristic_by",
    "aoristic_share",
    "expect",
    "farrington",
    "overdispersion",
    "patrol_slots",
    "peak",
    "reporting_step",
    "slot_hours",
    "weekly_counts",
]

# Which reports are one event
__all__ += [
    "Bundles",
    "EventLimits",
    "ReportLinks",
    "bundle_reports",
    "learn_links",
]

# What follows
__all__ += [
    "BASELINE",
    "MODELS",
    "Excitation",
    "Knox",
    "NearRepeats",
    "Reach",
    "Reporting",
    "Scan",
    "ScanLimits",
    "SpaceTimeK",
    "Walk",
    "WeekRecord",
    "WindowFamily",
    "forecast",
    "knox",
    "near_repeat",
    "near_repeat_strings",
    "near_repeat_zones",
    "scan",
    "scan_cases",
    "scan_counts",
    "self_exciting",
    "space_time_k",
    "suggest",
]

# Did it help
__all__ += [
    "BUDGETS",
    "ROLES",
    "VERDICTS",
    "Change",
    "Displacement",
    "Effect",
    "Scorer",
    "backtest",
    "choose_model",
    "displacement",
    "effects",
    "scorecard",
    "weeks_needed",
]

# On streets
__all__ += [
    "FLEMISH_RULE",
    "SEVERITY_POINTS",
    "WALK_KMH",
    "Network",
    "NetworkK",
    "PointRule",
    "accident_scores",
    "at_school_time",
    "dangerous_by_chance",
    "dangerous_by_radius",
    "dangerous_points",
    "dangerous_stretches",
    "events_around",
    "lixelise",
    "network_density",
    "network_k",
    "segment_density",
    "snap_to_network",
    "walking_reach_m",
    "walking_zones",
    "ways_to_school",
    "yearly_accidents",
]

# Is it chance
__all__ += [
    "MannKendall",
    "mann_kendall",
    "poisson_tail",
    "q_values",
]


def __dir__() -> list[str]:
    """What is public and nothing else; the docstring has it by question."""
    return sorted(__all__)
