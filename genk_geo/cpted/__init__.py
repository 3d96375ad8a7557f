"""The environment: risk terrain, risk zones and the on-site checklist (schouw)."""

from genk_geo.cpted.factor import QUALITIES, Factor
from genk_geo.cpted.risk import risk_terrain
from genk_geo.cpted.terrain import FitFacts, RiskTerrain, relative_risk_value, risk_score

__all__ = [
    "QUALITIES",
    "Factor",
    "FitFacts",
    "RiskTerrain",
    "relative_risk_value",
    "risk_score",
    "risk_terrain",
]
