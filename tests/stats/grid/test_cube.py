import pandas as pd
import pytest
import shapely

from genk_geo.calendar import Week
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.stats import Grid, space_time_cube

TZ = "Europe/Brussels"


def points_and_moments():
    moments = pd.to_datetime(
        pd.Series(
            [
                "2026-01-05 00:00",
                "2026-01-11 23:59",
                "2026-01-12 00:00",
                "2026-02-28 12:00",
                "2026-03-01 00:00",
            ]
        )
    ).dt.tz_localize(TZ)
    return [[50, 50], [50, 50], [150, 50], [50, 150], [50, 50]], moments


def test_a_cube_has_every_cell_and_every_week():
    grid = Grid.cover(shapely.box(0, 0, 200, 200), 100)
    xy, moments = points_and_moments()
    cube = space_time_cube(xy, moments, grid, first=Week(2026, 2), last=Week(2026, 9))
    assert cube.shape == (4, 8)
    assert cube.columns[0] == pd.Timestamp("2026-01-05")
    assert cube.iloc[0].tolist() == [2, 0, 0, 0, 0, 0, 0, 1]
    assert cube.loc["100m_E1_N0"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert cube.to_numpy().sum() == 5
    # Periods of three weeks end with the last week; the two oldest weeks make no whole one.
    three = space_time_cube(xy, moments, grid, first=Week(2026, 2), last=Week(2026, 9), step=3)
    assert [str(d.date()) for d in three.columns] == ["2026-01-19", "2026-02-09"]
    assert three.to_numpy().sum() == 2
    weighted = space_time_cube(xy, moments, grid, first=Week(2026, 2), last=Week(2026, 9), weights=[0.5] * 5)
    assert weighted.to_numpy().sum() == 2.5


def test_months_that_were_seen_in_part_are_left_out():
    grid = Grid.cover(shapely.box(0, 0, 200, 200), 100)
    xy, moments = points_and_moments()
    cube = space_time_cube(xy, moments, grid, first=Week(2026, 2), last=Week(2026, 18), step="month")
    assert [str(d.date()) for d in cube.columns] == ["2026-02-01", "2026-03-01", "2026-04-01"]
    assert cube.sum().tolist() == [1, 1, 0]


def test_cubes_that_cannot_be():
    grid = Grid.cover(shapely.box(0, 0, 200, 200), 100)
    xy, moments = points_and_moments()
    run = {"first": Week(2026, 2), "last": Week(2026, 3)}
    with pytest.raises(ConfigError, match="no whole period"):
        space_time_cube(xy, moments, grid, step="month", **run)
    with pytest.raises(ConfigError, match="no whole period"):
        space_time_cube(xy, moments, grid, step=3, **run)
    with pytest.raises(ConfigError, match="given 0, needed week, month or a number of weeks, 1 or more"):
        space_time_cube(xy, moments, grid, step=0, **run)
    with pytest.raises(ConfigError, match="given 'day'"):
        space_time_cube(xy, moments, grid, step="day", **run)
    with pytest.raises(ConfigError, match="first before the last"):
        space_time_cube(xy, moments, grid, first=Week(2026, 3), last=Week(2026, 2))
    with pytest.raises(SchemaError, match="needed moments, dates, texts or weeks"):
        space_time_cube(xy, [1, 2, 3], grid, **run)
    with pytest.raises(ConfigError, match="grid: needed"):
        space_time_cube(xy, moments, **run)
    with pytest.raises(SchemaError, match="one a point"):
        space_time_cube(xy, moments[:2], grid, **run)
    with pytest.raises(SchemaError, match="weights"):
        space_time_cube(xy, moments, grid, weights=[1], **run)
