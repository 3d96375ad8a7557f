"""The environment: risk terrain, risk zones and the on-site checklist (schouw)."""

from genk_geo.cpted.catalogue import CHAIN, Catalogue, CatalogueEntry, load_catalogue
from genk_geo.cpted.factor import QUALITIES, Factor
from genk_geo.cpted.factors import factor_of, factors_from_osm, read_factor
from genk_geo.cpted.network import network_factors
from genk_geo.cpted.raster import raster_means
from genk_geo.cpted.risk import risk_terrain
from genk_geo.cpted.terrain import FitFacts, RiskTerrain, relative_risk_value, risk_score

__all__ = [
    "CHAIN",
    "QUALITIES",
    "Catalogue",
    "CatalogueEntry",
    "Factor",
    "FitFacts",
    "RiskTerrain",
    "factor_of",
    "factors_from_osm",
    "load_catalogue",
    "network_factors",
    "raster_means",
    "read_factor",
    "relative_risk_value",
    "risk_score",
    "risk_terrain",
]
