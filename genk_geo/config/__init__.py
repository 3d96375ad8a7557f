"""Settings of the weekly job, and how settings are read."""

from genk_geo.config.analysis import THEMES, GridSettings, OutlookSettings, SignalSettings, ThemeSettings
from genk_geo.config.city import CitySettings, SourceSettings
from genk_geo.config.environment import CptedSettings, FactorSettings, OverlaySettings
from genk_geo.config.limits import LimitSettings
from genk_geo.config.operating import (
    GATES,
    GateSettings,
    InboxSettings,
    NotifySettings,
    RunningSettings,
    ShareSettings,
)
from genk_geo.config.paths import path_fields
from genk_geo.config.readers.dossiers import DossierSettings
from genk_geo.config.readers.map import MapLayerSettings, MapSettings
from genk_geo.config.readers.release import PUBLIC_DELAY_WEEKS, PUBLIC_SMALL_COUNT, ReleaseSettings
from genk_geo.config.readers.theme_words import ThemeWords
from genk_geo.config.reading import read_toml, validated
from genk_geo.config.reference import LAYERS, ReferenceSettings
from genk_geo.config.settings import Settings
from genk_geo.config.traffic import NetworkSettings, TrafficSettings

__all__ = [
    "GATES",
    "LAYERS",
    "PUBLIC_DELAY_WEEKS",
    "PUBLIC_SMALL_COUNT",
    "THEMES",
    "CitySettings",
    "CptedSettings",
    "DossierSettings",
    "FactorSettings",
    "GateSettings",
    "GridSettings",
    "InboxSettings",
    "LimitSettings",
    "MapLayerSettings",
    "MapSettings",
    "NetworkSettings",
    "NotifySettings",
    "OutlookSettings",
    "OverlaySettings",
    "ReferenceSettings",
    "ReleaseSettings",
    "RunningSettings",
    "Settings",
    "ShareSettings",
    "SignalSettings",
    "SourceSettings",
    "ThemeSettings",
    "ThemeWords",
    "TrafficSettings",
    "path_fields",
    "read_toml",
    "validated",
]
