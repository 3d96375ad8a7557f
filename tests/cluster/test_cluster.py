"""What the workers make is what one process makes: counts to the last one, densities within rounding."""

from __future__ import annotations

import doctest

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import genk_geo as gg
from genk_geo import cluster
from genk_geo.calendar import Week, occurred, week_of
from genk_geo.cluster.adding_up import days_of
from genk_geo.errors import ConfigError, QualityGateError, SupplierFileError
from genk_geo.ingestion import ingest
from genk_geo.store import Store

NOW = "2026-11-18"
PROFILE = """source = "{source}"
theme = "{theme}"
[columns]
source_id = "nr"
from_date = "datum"
from_time = "uur"
to_date = "tot"
x = "x"
y = "y"
address = "adres"
"""


def write_file(folder, name, rows, *, seed, theme="burglary"):
    """Events about Genk in 2025 and 2026, in bursts, with points, addresses and rows that fit nowhere."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, 230, rows))
    when = pd.Timestamp("2025-09-01") + pd.to_timedelta(days, unit="D")
    xy = rng.choice([[228_500, 184_800], [229_800, 186_100], [231_400, 187_000]], rows)
    xy = xy + rng.normal(0, 250, (rows, 2)).round()
    table = pd.DataFrame({"nr": [f"{name}{at}" for at in range(rows)], "datum": when.strftime("%d/%m/%Y")})
    table["uur"] = [f"{hour:02d}:{minute:02d}" for hour, minute in rng.integers((0, 0), (24, 60), (rows, 2))]
    table["tot"] = (when + pd.Timedelta(days=1)).where(rng.random(rows) < 0.3).strftime("%d/%m/%Y")
    table["x"], table["y"] = xy.T.astype(int).astype(str)
    table["adres"] = "Europalaan 12"
    table.loc[rng.random(rows) < 0.1, ["x", "y"]] = ""
    table.loc[rng.random(rows) < 0.05, ["x", "y", "adres"]] = ""
    file, profile = folder / f"{name}.csv", folder / f"{name}.toml"
    table.to_csv(file, sep=";", index=False)
    profile.write_text(PROFILE.format(source=name, theme=theme), encoding="utf-8")
    return file, profile


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    with distributed.Client(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as client:
        yield client


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return [
        write_file(folder, "a", 700, seed=1),
        write_file(folder, "b", 300, seed=2),
        write_file(folder, "c", 200, seed=3, theme="nuisance"),
    ]


@pytest.fixture(scope="module")
def alone(deliveries, city):
    """The same in one process, without any parts."""
    return [ingest(file, profile=str(profile), city=city, now=NOW) for file, profile in deliveries]


@pytest.fixture(scope="module")
def laid(client, deliveries, city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("laid") / "in"
    return folder, cluster.read_files(client, deliveries, folder, city=city, now=NOW)


@pytest.fixture(scope="module")
def incidents(alone):
    return gpd.GeoDataFrame(pd.concat([one.incidents for one in alone], ignore_index=True), crs=31370)


def ordered(table):
    table = pd.DataFrame(table).sort_values("incident_id").reset_index(drop=True)
    return table[sorted(table.columns)]


def test_files_are_read_as_by_one_process(laid, alone):
    folder, told = laid
    for at, one in enumerate(alone):
        there = gpd.read_parquet(folder / "files" / f"{at:06d}.parquet")
        assert ordered(there).equals(ordered(one.incidents))
        assert told.loc[at, "rows_in"] == one.report.rows_in
        assert told.loc[at, "reasons"] == one.report.reasons
    assert told["rejects"].sum() > 20
    assert (folder / "contents.json").stat().st_mode & 0o077 == 0


def test_corrected_addresses_count_on_workers_too(client, city, tmp_path):
    (tmp_path / "a.csv").write_text(
        "nr;datum;uur;tot;x;y;adres\n1;02/11/2026;;;;;Bij Jan\n", encoding="utf-8"
    )
    (tmp_path / "a.toml").write_text(PROFILE.format(source="a", theme="burglary"), encoding="utf-8")
    aliases = {"bij jan": "Europalaan 12, 3600 Genk"}
    files = [(tmp_path / "a.csv", tmp_path / "a.toml")]
    cluster.read_files(client, files, tmp_path / "in", city=city, now=NOW, aliases=aliases)
    there = gpd.read_parquet(tmp_path / "in" / "files" / "000000.parquet")
    one = ingest(*files[0][:1], profile=str(files[0][1]), city=city, now=NOW, aliases=aliases).incidents
    assert there.geometry.notna().all()
    assert ordered(there).equals(ordered(one))


def test_every_incident_lies_in_its_week(laid, incidents):
    folder, _ = laid
    weeks = week_of(occurred(incidents)).map(lambda monday: str(Week.from_day(monday.date())))
    pieces = sorted((folder / "weeks").iterdir())
    assert [one.name for one in pieces] == sorted(set(weeks))
    for piece in pieces:
        there = pd.concat([gpd.read_parquet(file) for file in piece.iterdir()])
        assert sorted(there["incident_id"]) == sorted(incidents.loc[weeks == piece.name, "incident_id"])


def test_cells_and_wijken_are_counted_to_the_last_one(client, laid, incidents, city):
    folder, _ = laid
    grid = gg.stats.Grid.cover(city.boundary, cell_m=200)
    burglaries = incidents[incidents["theme"] == "burglary"]
    for theme, chosen in ((None, incidents), ("burglary", burglaries)):
        week = week_of(occurred(chosen)).map(lambda monday: str(Week.from_day(monday.date())))
        counts = cluster.count_cells(client, folder, grid, theme=theme)
        cell = grid.assign(chosen)
        wanted = chosen.groupby([week.rename("week"), cell]).size()
        pd.testing.assert_series_equal(counts.sort_index(), wanted.sort_index(), check_names=False)
        wijken = cluster.count_wijken(client, folder, theme=theme)
        table = pd.crosstab(chosen["wijk"].fillna(""), week)
        table = table.reindex(wijken.index).astype(np.int64).rename_axis(columns=None)
        assert wijken.loc[:, wijken.sum() > 0].equals(table)


def test_densities_agree_within_rounding(client, laid, incidents):
    folder, _ = laid
    options = {"extent": (226_000, 182_500, 234_000, 190_000), "cell_m": 50, "bandwidth_m": 300}
    there = shapely.get_coordinates(incidents.geometry[incidents.geometry.notna()].to_numpy())
    wanted = gg.stats.kernel_density(there, **options, method="exact")
    found = cluster.density(client, folder, **options)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9 * wanted.max())
    with pytest.raises(ConfigError, match="window: densities"):
        cluster.density(client, folder, **options, window=shapely.box(0, 0, 1, 1))
    with pytest.raises(ConfigError, match="method: densities"):
        cluster.density(client, folder, **options, method="fft")


@pytest.mark.parametrize(
    ("time_bands", "metric"),
    [((0, 7, 14, 21), "manhattan"), ((0, 0.5, 120), "euclidean"), ((0, 900), "manhattan")],
)
def test_near_pairs_are_those_of_knox(client, laid, incidents, time_bands, metric):
    folder, _ = laid
    there = incidents[incidents.geometry.notna()]
    xy = shapely.get_coordinates(there.geometry.to_numpy())
    whole = gg.stats.knox(xy, days_of(occurred(there)), time_bands=time_bands, metric=metric, permutations=0)
    found = cluster.near_pairs(client, folder, time_bands=time_bands, metric=metric)
    assert found.equals(whole.observed.iloc[:-1, :-1])
    assert found.to_numpy().sum() > 1000


@pytest.mark.parametrize("dispersed", [False, True])
def test_a_scan_is_the_same_to_the_last_digit(client, incidents, dispersed):
    there = incidents[incidents.geometry.notna()]
    xy, days = shapely.get_coordinates(there.geometry.to_numpy()), np.floor(days_of(occurred(there)))
    options = {"replicates": 199, "dispersed": dispersed, "centres": np.unique(xy.round(-3), axis=0)}
    one, many = gg.stats.scan(xy, days, **options), cluster.spread_scan(client, xy, days, **options)
    assert len(one.clusters)
    pd.testing.assert_frame_equal(one.clusters, many.clusters, check_exact=True)


def test_incidents_are_placed_anew(client, laid, incidents, city, tmp_path):
    folder, _ = laid
    grid = gg.stats.Grid.cover(city.boundary, cell_m=100)
    assert cluster.assign(client, folder, tmp_path / "anew", city=city, grid=grid) == len(incidents)
    there = pd.concat([gpd.read_parquet(file) for file in (tmp_path / "anew" / "weeks").rglob("*.parquet")])
    there = there.set_index("incident_id").loc[incidents["incident_id"]]
    assert there["cell_id"].fillna("").tolist() == grid.assign(incidents).fillna("").tolist()
    placed = incidents.geometry.notna().to_numpy()
    assert there.loc[placed, "wijk"].tolist() == incidents.loc[placed, "wijk"].tolist()
    assert cluster.count_wijken(client, tmp_path / "anew").to_numpy().sum() == len(incidents)


def test_a_history_is_laid_down_like_its_files(client, laid, alone, city, tmp_path):
    folder, _ = laid
    with Store.open(tmp_path / "history.duckdb", crs=city.crs, timezone=city.timezone) as store:
        store.add_all(alone)
        assert cluster.lay_down(store, tmp_path / "in") == sum(len(one.incidents) for one in alone)
        few = cluster.lay_down(store, tmp_path / "few", theme="nuisance")
    assert few == len(alone[2].incidents)
    wanted = cluster.count_wijken(client, folder)
    assert cluster.count_wijken(client, tmp_path / "in").equals(wanted)
    assert cluster.count_wijken(client, tmp_path / "few").to_numpy().sum() == few


def test_what_cannot_be_added_up_is_refused(client, deliveries, city, tmp_path, laid):
    twice = [deliveries[2], deliveries[2]]
    with pytest.raises(QualityGateError, match="incidents stand in more than one file"):
        cluster.read_files(client, twice, tmp_path / "twice", city=city, now=NOW)
    with pytest.raises(ConfigError, match="was not finished"):
        cluster.count_wijken(client, tmp_path / "twice")
    with pytest.raises(ConfigError, match="holds something already"):
        cluster.read_files(client, deliveries, laid[0], city=city, now=NOW)
    (tmp_path / "leeg.csv").write_text("nr;datum\n", encoding="utf-8")
    with pytest.raises(SupplierFileError):
        cluster.read_files(client, [(tmp_path / "leeg.csv", deliveries[0][1])], tmp_path / "uit", city=city)
    cluster.read_files(client, [], tmp_path / "niets", city=city)
    grid = gg.stats.Grid.cover(city.boundary, cell_m=1000)
    assert cluster.count_wijken(client, tmp_path / "niets").empty
    assert cluster.count_cells(client, tmp_path / "niets", grid).empty
    assert cluster.near_pairs(client, tmp_path / "niets").to_numpy().sum() == 0
    options = {"extent": (0, 0, 100, 100), "cell_m": 50, "bandwidth_m": 300}
    assert cluster.density(client, tmp_path / "niets", **options).sum() == 0


def test_the_example_of_the_room(client):
    found = doctest.DocTestFinder(recurse=False).find(cluster, "cluster", globs={"gg": gg, "client": client})
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert [runner.run(one).failed for one in found] == [0]
