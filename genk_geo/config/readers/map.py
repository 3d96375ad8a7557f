"""What lies under the maps, so that a reader finds his way: streets, water, rail, green, known places."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from genk_geo.config._frozen import Frozen
from genk_geo.config.paths import AnchoredPath


class MapLayerSettings(Frozen):
    """One layer under the maps."""

    path: AnchoredPath = Field(description="GeoPackage, GeoJSON, shapefile, or OpenStreetMap (XML)")
    name: str = Field("", description="column with the names; absent: `name` or `naam`, where present")
    road_class: str = Field(
        "",
        description="of streets: column with their class; absent: `road_class` or `highway`, where present",
    )


def _as_table(told: Any) -> Any:
    """A path alone is a layer without columns to name."""
    return {"path": told} if isinstance(told, str | Path) else told


MapLayer = Annotated[MapLayerSettings, BeforeValidator(_as_table)]


class MapSettings(Frozen):
    """Layers that are drawn into the pages themselves, under what was found."""

    streets: MapLayer | None = Field(None, description="absent: the street network under [network]")
    water: MapLayer | None = Field(None, description="ponds, rivers and canals, as areas or lines")
    rail: MapLayer | None = Field(None, description="railways, as lines")
    green: MapLayer | None = Field(None, description="parks, woods and heath, as areas")
    landmarks: MapLayer | None = Field(
        None,
        description="places that everybody knows: station, schools, town hall; absent: those of the city",
    )
    attribution: str = Field("", max_length=200, description="whom to name for these layers")
