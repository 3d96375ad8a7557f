"""What one weekly run found: frozen values that `jobs` puts together and `release` prepares for readers."""

from genk_geo.results.dossiers import CHAIN, STATES, Agreement, Book, Dossier, RegisterNote
from genk_geo.results.effects import MeasuredEffect
from genk_geo.results.environment import Driver, Environment, Zone
from genk_geo.results.outlook import NearRepeat, Outlook, PastOutlook
from genk_geo.results.overlay import Overlay
from genk_geo.results.traffic_result import Concentrated, Snapping, Traffic, YearAccidents
from genk_geo.results.week import Delivered, Density, Quality, ThemeWeek, WeekResult

__all__ = [
    "CHAIN",
    "STATES",
    "Agreement",
    "Book",
    "Concentrated",
    "Delivered",
    "Density",
    "Dossier",
    "Driver",
    "Environment",
    "MeasuredEffect",
    "NearRepeat",
    "Outlook",
    "Overlay",
    "PastOutlook",
    "Quality",
    "RegisterNote",
    "Snapping",
    "ThemeWeek",
    "Traffic",
    "WeekResult",
    "YearAccidents",
    "Zone",
]
