"""The environment: risk terrain, risk zones and the on-site checklist (schouw).

The examples of its functions start from:

>>> import geopandas as gpd
>>> import numpy as np
>>> import pandas as pd
>>> import shapely
>>> import genk_geo as gg
"""

from genk_geo.cpted.factors.catalogue import CHAIN, Catalogue, CatalogueEntry, load_catalogue
from genk_geo.cpted.factors.factor import QUALITIES, Factor
from genk_geo.cpted.factors.layers import factor_of, factors_from_osm, read_factor
from genk_geo.cpted.factors.raster import raster_means
from genk_geo.cpted.factors.street_factors import network_factors
from genk_geo.cpted.model.risk import risk_terrain
from genk_geo.cpted.model.terrain import FitFacts, RiskTerrain, relative_risk_value, risk_score
from genk_geo.cpted.schouw import agreement, change, checklist, quality_index, read_forms, write_template
from genk_geo.cpted.zones import qualities_of, risk_zones, zones_layer

__all__ = [
    "CHAIN",
    "QUALITIES",
    "Catalogue",
    "CatalogueEntry",
    "Factor",
    "FitFacts",
    "RiskTerrain",
    "agreement",
    "change",
    "checklist",
    "factor_of",
    "factors_from_osm",
    "load_catalogue",
    "network_factors",
    "qualities_of",
    "quality_index",
    "raster_means",
    "read_factor",
    "read_forms",
    "relative_risk_value",
    "risk_score",
    "risk_terrain",
    "risk_zones",
    "write_template",
    "zones_layer",
]


def __dir__() -> list[str]:
    """What is public and nothing else."""
    return sorted(__all__)
