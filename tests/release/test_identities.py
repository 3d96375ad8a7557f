"""Names, ranks and figures of findings say nothing that is not shown."""

from __future__ import annotations

import itertools
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from genk_geo.config import ReleaseSettings
from genk_geo.release import checked_release
from genk_geo.release.identities import Names
from genk_geo.release.table_values import about
from genk_geo.render import publish

CRS, X, Y = 31370, 226_000, 183_000
#: A block of 172 ha of farmland with 12 addresses, and a street beside it.
FARM_M = 1720


@pytest.fixture(scope="module")
def farmland():
    shapes = [
        shapely.box(X, Y, X + FARM_M, Y + 1000),
        shapely.box(X, Y + 1000, X + FARM_M, Y + 2000),
    ]
    return gpd.GeoDataFrame(
        {"addresses": [12.0, 200.0], "place": [("Veldweg",), ("Dorpsstraat",)], "wijk": "Kastanjehof",
         "stadsdeel": "Noorderveld"}, geometry=shapes, crs=CRS,
    )  # fmt: skip


def farm_week(week_result, farmland, x, y):
    """A week in which all that was found of a theme is one burglary somewhere in the farmland."""
    burglary = week_result.themes[1]
    col, row = int((X + x) // 100), int((Y + y) // 100)
    cell = shapely.box(col * 100, row * 100, col * 100 + 100, row * 100 + 100)
    areas = burglary.areas.iloc[:1].assign(
        hotspot_id=f"B-2026W46-E{col}N{row}", observed=1, this_week=1, expected=0.01 + x / 1e5,
        relative_risk=9.0, risk_low=3.0, q_value=0.001 + y / 1e6, area_m2=cell.area, place=[("Erf",)],
    )  # fmt: skip
    areas.geometry = [cell]
    cells = burglary.hotspots.iloc[:1].assign(cell_id=f"{col}_{row}", observed=1)
    cells.geometry = [cell]
    points = gpd.GeoDataFrame(
        {"incident_id": ["i"], "category": "x", "moment": [pd.Timestamp("2026-11-12", tz="Europe/Brussels")]},
        geometry=[shapely.Point(X + x, Y + y)], crs=CRS,
    )  # fmt: skip
    theme = replace(burglary, areas=areas, hotspots=cells, points=points, density=None)
    return replace(week_result, themes=(theme,), blocks=farmland)


@pytest.mark.parametrize("profile", ["wijkmanager", "publiek"])
def test_where_on_the_farmland_it_was_is_in_no_file(week_result, farmland, tmp_path, profile):
    """172 ha, 12 addresses, one incident: every file is the same to the last byte, wherever it lies."""
    reader, content = ReleaseSettings(profile=profile), []
    for x, y in ((40, 950), (1100, 320), (1690, 10)):
        folder = tmp_path / f"{x}"
        # The names differ with those of the history, by a key that nobody has: nothing else does.
        result = farm_week(week_result, farmland, x, y)
        checked = checked_release(result, reader=reader)
        names = {spot.hotspot_id for theme in checked.week.themes for spot in theme.hotspots}
        themes = tuple(
            replace(theme, hotspots=tuple(replace(spot, hotspot_id="name") for spot in theme.hotspots))
            for theme in checked.week.themes
        )
        publish(replace(checked, week=replace(checked.week, themes=themes)), folder, tiles="none")
        content.append({path.name: path.read_bytes() for path in folder.iterdir()})
        assert not any("E22" in name or "B-2026" in name for name in names)
    assert content[0] == content[1] == content[2]


def test_a_name_is_stable_and_another_one_in_every_release(week_result):
    readers = [
        ReleaseSettings(profile="wijkmanager").resolved(5), ReleaseSettings(profile="publiek").resolved(5),
        ReleaseSettings(profile="wijkmanager", folder="noord").resolved(5),
    ]  # fmt: skip
    names = [Names.of(reader, b"one")("nuisance", "N-2026W46-E2285N1848") for reader in readers]
    assert len({*names, Names.of(readers[0], b"two")("nuisance", "N-2026W46-E2285N1848")}) == 4
    assert names == [Names.of(reader, b"one")("nuisance", "N-2026W46-E2285N1848") for reader in readers]
    inner = [spot.hotspot_id for spot in checked_release(week_result).week.themes[0].hotspots]
    assert inner == [spot.hotspot_id for spot in checked_release(week_result).week.themes[0].hotspots]
    assert not set(inner) & set(week_result.themes[0].areas["hotspot_id"])
    analyst = checked_release(week_result, reader=ReleaseSettings(profile="analist")).week
    assert {spot.hotspot_id for spot in analyst.themes[0].hotspots} == {
        *week_result.themes[0].areas["hotspot_id"]
    }


def test_ranks_go_by_what_is_shown(week_result):
    """The order of the test, of hidden counts and of inner names leads to the same rows."""
    nuisance = week_result.themes[0]
    told = []
    for order in itertools.islice(itertools.permutations(range(len(nuisance.areas))), 0, 720, 97):
        areas = nuisance.areas.iloc[list(order)].reset_index(drop=True)
        places = [0 if status == "gone" else at + 1 for at, status in enumerate(areas["status"])]
        areas = areas.assign(
            number=places, q_value=np.linspace(0.001, 0.01, len(areas)), this_week=range(len(areas)),
            observed=areas["observed"].where(areas["observed"] >= 5, order[0] % 5),
        )  # fmt: skip
        week = checked_release(replace(week_result, themes=(replace(nuisance, areas=areas),))).week
        told.append([(spot.number, spot.streets, spot.observed) for spot in week.themes[0].hotspots])
    assert all(rows == told[0] for rows in told)
    assert [row[0] for row in told[0]] == [1, 2, 3, 4, 5, 0]


def test_a_hotspot_lies_in_a_zone_by_its_shown_outline(full_result, week_result, farmland):
    """Which end of its block it is at would follow from a zone that covers one end only."""
    zone = full_result.environments[0].zones[0]
    east = replace(zone, theme="burglary", geometry=shapely.box(X + 1500, Y, X + FARM_M, Y + 900))
    environment = replace(full_result.environments[0], theme="burglary", zones=(east,), capture=0.2712)
    zones = []
    for x in (40, 1690):
        result = replace(farm_week(week_result, farmland, x, 10), environments=(environment,))
        week = checked_release(result).week
        assert week.environments[0].zones[0].hotspots == (week.themes[0].hotspots[0].hotspot_id,)
        zones.append(replace(week.environments[0].zones[0], hotspots=()))
        assert week.environments[0].capture == pytest.approx(0.25)
    assert zones[0] == zones[1]


def test_no_subset_of_cells_follows_from_what_was_expected():
    """Of an outline of 16 cells, whatever is told leaves every cell both in and out."""
    rng = np.random.default_rng(4)
    sums = (np.arange(2**16)[:, None] >> np.arange(16) & 1).astype(bool)  # every subset
    for _ in range(20):
        cells = rng.gamma(2.0, 0.25, 16)
        chosen = rng.random(16) < 0.5
        told = about(float(cells @ chosen), 5)
        edges = np.array([0.0, 1.0, *(np.sqrt(a * b) for a, b in itertools.pairwise((1, 2, 5, 10, 20, 50)))])
        band = np.digitize(sums @ cells, edges)
        possible = sums[band == np.digitize(cells @ chosen, edges)]
        assert told is not None
        assert possible.any(axis=0).all()
        assert not possible.all(axis=0).any()
        assert len(possible) > len(sums) / 100  # one decimal, as before, left a few per thousand of some
