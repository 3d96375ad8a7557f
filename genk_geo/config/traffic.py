"""The street network and the accidents on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from genk_geo.config._frozen import Frozen
from genk_geo.config.paths import AnchoredPath


class NetworkSettings(Frozen):
    """The street network; without a file there is none."""

    path: AnchoredPath | None = Field(
        None, description="streets: .osm (XML), GraphML of OSMnx, or a layer of lines cut where they meet"
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="of a layer: where segment_id, name, road_class and speed_kmh stand"
    )
    max_distance_m: Annotated[float, Field(gt=0, le=500)] = Field(
        50.0, description="accidents further from every street are not on the network"
    )


class TrafficSettings(Frozen):
    """Accidents on the street network."""

    theme: str = Field("traffic", description="theme that holds the accidents")
    years: Annotated[int, Field(ge=1, le=10)] = 3
    until: Literal["quarter", "week"] = Field(
        "quarter",
        description="where the period ends: with the last whole quarter, four weeks after it (pages of two "
        "weeks, subtracted, tell no accident of a week), or with the week itself",
    )
    radius_m: Annotated[float, Field(gt=0, le=500)] = Field(100.0, description="reach of a dangerous point")
    radii_m: tuple[Annotated[float, Field(gt=0, le=500)], ...] = Field(
        (50.0, 75.0, 100.0, 150.0), description="other radii, to see which points stay on the list"
    )
    bandwidth_m: Annotated[float, Field(gt=0, le=2000)] = 300.0
    windows_m: tuple[Annotated[float, Field(gt=0, le=5000)], ...] = Field(
        (200.0, 400.0), description="lengths of dangerous stretches"
    )
    replicates: Annotated[int, Field(ge=9, le=99_999)] = 999
    draws: Annotated[int, Field(ge=0, le=999)] = Field(
        49, description="random data sets, to see how many points chance puts on the list"
    )
    target: Annotated[float, Field(gt=0)] | None = Field(
        None, description="at most so many injury accidents a year is what the city aims for"
    )
    victims: dict[str, str] = Field(
        default_factory=dict,
        description="kept columns with fatal, serious, light, weak_fatal, weak_serious and weak_light",
    )
    schools: AnchoredPath | None = Field(None, description="layer, CSV with lon and lat, or .osm")
    walk_minutes: Annotated[float, Field(gt=0, le=60)] = 5.0
