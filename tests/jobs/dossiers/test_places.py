"""Places that an analyst drew: each an area of the city, with a name that stands for nothing else."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely

from genk_geo.config import DossierSettings
from genk_geo.errors import ConfigError
from genk_geo.jobs.dossiers.places import drawn_places

CITY = SimpleNamespace(crs=31370, boundary=shapely.box(0, 0, 1000, 1000))
PARK = shapely.box(100, 100, 200, 200)


def layer(tmp_path, shapes, names, *, column="Naam", crs=31370):
    path = tmp_path / "plaatsen.gpkg"
    gpd.GeoDataFrame({column: names}, geometry=shapes, crs=crs).to_file(path)
    return DossierSettings(path=tmp_path / "acties.xlsx", places=path)


def test_places_go_by_name_in_the_system_of_the_city(tmp_path):
    drawn = gpd.GeoSeries([PARK, PARK.buffer(9)], crs=31370).to_crs(4326)
    found = drawn_places(layer(tmp_path, list(drawn), ["Park  Noord", "'t Plein"], crs=4326), CITY)
    assert set(found) == {"park noord", "t plein"}
    assert found["park noord"].symmetric_difference(PARK).area < 1
    assert drawn_places(DossierSettings(path=tmp_path / "acties.xlsx"), CITY) == {}


@pytest.mark.parametrize(
    ("shapes", "names", "rows"),
    [
        ([PARK, shapely.Point(5, 5)], ["Park", "Hoek"], "2"),
        ([PARK, PARK.buffer(9)], ["Park", "  "], "2"),
        ([PARK, PARK.buffer(9)], ["Plein", "PLEIN"], "1, 2"),
        ([PARK, shapely.box(5000, 0, 5100, 100)], ["Park", "Elders"], "2"),
    ],
)
def test_what_is_no_place_is_named_by_its_row(tmp_path, shapes, names, rows):
    with pytest.raises(ConfigError, match=f"shapes {rows} are no places"):
        drawn_places(layer(tmp_path, shapes, names), CITY)


def test_a_layer_without_names_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no column `name`"):
        drawn_places(layer(tmp_path, [PARK], ["Park"], column="id"), CITY)
