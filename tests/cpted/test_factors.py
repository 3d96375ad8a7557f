"""Factors from files, OpenStreetMap, rasters and the street network."""

from __future__ import annotations

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import rasterio
import shapely

from genk_geo.cpted import factors_from_osm, load_catalogue, network_factors, raster_means, read_factor
from genk_geo.cpted.factors.catalogue import CHAIN
from genk_geo.cpted.factors.factor import QUALITIES
from genk_geo.crs import reproject, transform_xy
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.reference import StreetNetwork
from genk_geo.stats import Grid


@pytest.fixture(scope="module")
def small():
    return Grid.cover(shapely.box(227_000, 184_000, 228_000, 184_800), 100)


@pytest.fixture(scope="module")
def bars():
    xy = [(227_100, 184_100), (227_500, 184_400), (227_900, 184_700)]
    return gpd.GeoDataFrame(
        {"naam": ["a", "b", "c"]}, geometry=gpd.points_from_xy(*zip(*xy, strict=True)), crs=31370
    )


def test_the_catalogue_is_whole():
    catalogue = load_catalogue()
    assert {"horeca", "bus_stop", "dead_ends", "sight_line"} <= set(catalogue)
    for entry in catalogue.values():
        assert entry.quality in QUALITIES
        assert entry.advice
        assert entry.measures.proactie or entry.measures.preventie
    assert list(type(entry.measures).model_fields) == list(CHAIN)


def test_own_entries_go_before_and_faults_are_named(tmp_path):
    own = tmp_path / "eigen.toml"
    own.write_text('[horeca]\nlabel = "cafés"\n[kapel]\nlabel = "kapellen"\n', encoding="utf-8")
    catalogue = load_catalogue(own)
    assert (catalogue["horeca"].label, catalogue["kapel"].label) == ("cafés", "kapellen")
    assert catalogue["bus_stop"].tags
    own.write_text('[horeca]\nlabel = "x"\nkwaliteit = "mooi"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="kwaliteit: unknown key"):
        load_catalogue(own)


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "csv", "csv.gz", "dutch.csv"])
def test_layers_come_in_from_every_format(kind, bars, small, tmp_path):
    path = tmp_path / f"bars.{kind}"
    degrees = reproject(bars, 4326)
    options = {}
    if kind == "gpkg":
        bars.to_file(path)
    elif kind == "geojson":
        degrees.to_file(path)
    elif kind == "dutch.csv":
        rows = [f"{p.x:.3f};{p.y:.3f}".replace(".", ",") for p in bars.geometry]
        path.write_text("\n".join(["X;Y", *rows, ";"]), encoding="utf-8")
        options = {"x": "X", "y": "Y", "epsg": 31370}
    else:
        text = "\n".join(["lon,lat", *(f"{p.x:.9f},{p.y:.9f}" for p in degrees.geometry)])
        path.write_bytes(gzip.compress(text.encode()) if kind.endswith("gz") else text.encode())
    factor = read_factor(path, small, name="horeca", **options)
    assert (factor.label, factor.direction, factor.quality) == (
        "cafés en eetgelegenheden", "aggravating", "toegankelijkheid",
    )  # fmt: skip
    moved = shapely.distance(factor.features.geometry.to_numpy(), bars.geometry.to_numpy())
    assert moved.max() < 0.01


def test_a_layer_that_cannot_serve_is_said(small, tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        read_factor(tmp_path / "x.gpkg", small, name="x")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="no column lon, lat"):
        read_factor(tmp_path / "x.csv", small, name="x")
    (tmp_path / "far.csv").write_text("lon,lat\n0,0\n1,1\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="none of its 2 features"):
        read_factor(tmp_path / "far.csv", small, name="x")


def osm_xml(bars):
    degrees = reproject(bars, 4326).geometry
    tags = [("amenity", "pub"), ("highway", "bus_stop"), ("disused:shop", "bakery")]
    nodes = "".join(
        f'<node id="{i}" lat="{p.y:.7f}" lon="{p.x:.7f}" version="1"><tag k="{k}" v="{v}"/></node>'
        for i, (p, (k, v)) in enumerate(zip(degrees, tags, strict=True), start=1)
    )
    return f'<?xml version="1.0"?><osm version="0.6">{nodes}</osm>'


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_a_local_osm_file_gives_the_factors_of_the_catalogue(bars, small, tmp_path):
    (tmp_path / "genk.osm").write_text(osm_xml(bars), encoding="utf-8")
    found = {factor.name: factor for factor in factors_from_osm(tmp_path / "genk.osm", small)}
    assert set(found) == {"horeca", "bus_stop", "vacant"}
    assert shapely.distance(found["horeca"].features.geometry.iloc[0], bars.geometry[0]) < 0.1
    with pytest.raises(ConfigError, match="nergens"):
        factors_from_osm(tmp_path / "nergens.osm", small)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_download_asks_the_overpass_server_of_the_settings(bars, small, monkeypatch, tmp_path):
    import osmnx as ox

    degrees = reproject(bars, 4326).geometry
    elements = [
        {"type": "node", "id": 7, "lat": degrees[1].y, "lon": degrees[1].x, "tags": {"amenity": "bar"}}
    ]
    asked = []

    class Overpass(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            body = json.dumps({"elements": elements}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Overpass)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr(ox.settings, "overpass_url", f"http://127.0.0.1:{server.server_port}/api")
    monkeypatch.setattr(ox.settings, "overpass_rate_limit", False)
    monkeypatch.setattr(ox.settings, "use_cache", False)
    monkeypatch.setattr("osmnx._http._config_dns", lambda _: None)
    try:
        (factor,) = factors_from_osm(None, small)
    finally:
        server.shutdown()
        server.server_close()
    assert factor.name == "horeca"
    assert shapely.distance(factor.features.geometry.iloc[0], bars.geometry[1]) < 0.01
    assert any("amenity" in request for request in asked)


def from_origin(west, north, width, height):
    return rasterio.Affine(width, 0.0, west, 0.0, -height, north)


def write_raster(path, values, transform, epsg, **options):
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
        dtype=values.dtype, crs=None if epsg is None else f"EPSG:{epsg}", transform=transform, **options,
    ) as target:  # fmt: skip
        target.write(values, 1)
    return path


def overlay_means(path, grid):
    """Exact: every pixel as a polygon in the grid's system, cut by every cell."""
    with rasterio.open(path) as source:
        values = source.read(1, masked=True)
        transform, epsg = source.transform, source.crs.to_epsg()
    row, column = np.indices(values.shape)
    corners = [
        (transform.a * (column + dx) + transform.c, transform.e * (row + dy) + transform.f)
        for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    xy = np.stack(
        [np.stack(transform_xy(x.ravel(), y.ravel(), epsg, grid.crs), axis=1) for x, y in corners], axis=1
    )
    pixels, known = shapely.polygons(xy), ~np.ma.getmaskarray(values).ravel()
    cell, pixel = shapely.STRtree(pixels).query(grid.cells.geometry.to_numpy(), predicate="intersects")
    cell, pixel = cell[known[pixel]], pixel[known[pixel]]
    area = shapely.area(shapely.intersection(grid.cells.geometry.to_numpy()[cell], pixels[pixel]))
    covered = np.bincount(cell, weights=area, minlength=len(grid))
    total = np.bincount(cell, weights=area * values.data.ravel()[pixel].astype(float), minlength=len(grid))
    return total / np.where(covered > 0, covered, np.nan), covered / grid.cell_m**2


def corner_in(epsg):
    x, y = transform_xy(np.array([226_950.0]), np.array([184_850.0]), 31370, epsg)
    return float(x[0]), float(y[0])


@pytest.mark.parametrize(
    ("epsg", "size", "kind", "shape"),
    [
        (31370, 10.0, "float", (90, 110)),
        (31370, 250.0, "float", (4, 5)),
        (31370, 33.0, "byte", (28, 34)),
        (31370, 10.0, "1-bit", (90, 110)),
        (3812, 40.0, "float", (24, 28)),
        (4326, 0.0003, "float", (40, 60)),
        (32631, 60.0, "nodata", (17, 20)),
        (31370, 40.0, "partial", (12, 14)),
    ],
)
def test_zonal_means_are_those_of_an_exact_overlay(epsg, size, kind, shape, small, tmp_path):
    rng = np.random.default_rng(3)
    smooth = rng.normal(size=shape).cumsum(axis=0).cumsum(axis=1)
    values = (smooth - smooth.min()) / np.ptp(smooth)
    options = {}
    if kind in {"byte", "1-bit"}:
        values = (values * 200).astype(np.uint8) if kind == "byte" else (values > 0.5).astype(np.uint8)
        options = {"nbits": 1} if kind == "1-bit" else {}
    if kind == "nodata":
        values[:, 7:12] = -9999
        options = {"nodata": -9999}
    west, north = corner_in(epsg)
    path = write_raster(tmp_path / "r.tif", values, from_origin(west, north, size, size), epsg, **options)
    found = raster_means(path, small)
    exact, share = overlay_means(path, small)
    assert (share > 0.99).sum() >= 10
    np.testing.assert_allclose(found[share >= 0.5], exact[share >= 0.5], rtol=1e-9, atol=1e-9)
    assert found[share < 0.499].isna().all()
    if kind in {"nodata", "partial"}:
        assert found.isna().any()


def test_a_raster_of_very_many_pixels_is_looked_at_on_a_lattice(small, tmp_path, monkeypatch):
    rng = np.random.default_rng(4)
    smooth = rng.normal(size=(450, 550)).cumsum(axis=0).cumsum(axis=1)
    values = (smooth - smooth.min()) / np.ptp(smooth)
    path = write_raster(tmp_path / "r.tif", values, from_origin(*corner_in(31370), 2.0, 2.0), 31370)
    exact = raster_means(path, small)
    monkeypatch.setattr("genk_geo.cpted.factors.raster._MOST_PIXELS", 1)
    looked = raster_means(path, small)
    assert np.abs(looked - exact).max() < 5e-3
    assert looked.isna().equals(exact.isna())


def test_a_raster_that_cannot_serve_is_said(small, tmp_path):
    ones, far = np.ones((4, 4), dtype=np.float32), from_origin(100_000, 100_000, 10, 10)
    with pytest.raises(ConfigError, match="does not exist"):
        raster_means(tmp_path / "x.tif", small)
    (tmp_path / "text.tif").write_text("geen raster", encoding="utf-8")
    with pytest.raises(ConfigError, match="is no GeoTIFF"):
        raster_means(tmp_path / "text.tif", small)
    with pytest.raises(SchemaError, match="no coordinate reference system"):
        raster_means(write_raster(tmp_path / "bare.tif", ones, far, None), small)
    path = write_raster(tmp_path / "far.tif", ones, far, 31370)
    with pytest.raises(SchemaError, match="no cell of the grid"):
        raster_means(path, small)
    with pytest.raises(ConfigError, match="1 bands, given band 2"):
        raster_means(path, small, band=2)


@pytest.fixture
def crossing():
    """A cross of four streets with dead ends, one of them round a bend, with a longer way beside another."""
    middle, west, east, south, north = (
        (227_450, 184_450), (227_150, 184_450), (227_850, 184_450), (227_450, 184_150), (227_450, 184_750),
    )  # fmt: skip
    lines = {
        "west": [middle, west],
        "east": [middle, (227_650, 184_550), east],
        "south": [middle, south],
        "north": [north, middle],
        "beside": [middle, (227_350, 184_700), north],
    }
    return gpd.GeoDataFrame(
        geometry=[shapely.LineString(line) for line in lines.values()], index=list(lines), crs=31370
    )


def test_the_network_gives_its_four_factors(small, crossing):
    found = {factor.name: factor for factor in network_factors(crossing.drop("beside"), small)}
    assert set(found) == {"dead_ends", "permeability", "betweenness", "sight_line"}
    ends = {(point.x, point.y) for point in found["dead_ends"].features.geometry}
    assert ends == {(227_150, 184_450), (227_850, 184_450), (227_450, 184_150), (227_450, 184_750)}
    middle, west, east = small.assign([(227_450, 184_450), (227_150, 184_450), (227_850, 184_450)])
    assert found["permeability"].per_cell[middle] == 1
    assert found["permeability"].per_cell[west] == 0
    assert found["betweenness"].per_cell[middle] == pytest.approx(4 / 10)  # of 10 pairs, 4 use an arm
    assert found["sight_line"].per_cell[west] == pytest.approx(300)
    assert found["sight_line"].per_cell[east] == pytest.approx(400)  # as the crow flies, not along the bend
    assert np.isnan(found["sight_line"].per_cell[small.assign([(227_050, 184_050)])[0]])


def test_routes_go_over_the_shorter_of_two_streets(small, crossing):
    found = {factor.name: factor for factor in network_factors(crossing, small)}
    beside, north = small.assign([(227_370, 184_650), (227_450, 184_650)])
    assert found["betweenness"].per_cell[beside] == 0
    assert found["betweenness"].per_cell[north] == pytest.approx(4 / 10)
    assert len(found["dead_ends"].features) == 3


def test_the_network_that_was_read_is_the_one_that_gives_the_factors(small, crossing):
    network = StreetNetwork.from_lines(crossing, crs=31370, source="test")
    for own, other in zip(network_factors(network, small), network_factors(crossing, small), strict=True):
        assert own.name == other.name
        assert own.per_cell is None or own.per_cell.equals(other.per_cell)


def test_a_graph_is_no_network_and_is_told_the_way_in(small):
    with pytest.raises(SchemaError, match=r"given a MultiDiGraph\. StreetNetwork\.from_osmnx"):
        network_factors(nx.MultiDiGraph(), small)


def test_the_score_goes_out_as_a_geotiff(tmp_path):
    from genk_geo.cpted import risk_terrain

    round_city = shapely.Point(227_500, 184_500).buffer(1500)
    grid = Grid.cover(round_city, 100)
    rng = np.random.default_rng(1)
    xy = rng.normal([227_500, 184_500], 500, (800, 2))
    bars = gpd.GeoDataFrame(geometry=gpd.points_from_xy([227_500], [184_500], crs=31370))
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T, crs=31370))
    terrain = risk_terrain(incidents, {"bars": bars}, grid, stability=0)
    path = tmp_path / "risico.tif"
    terrain.to_geotiff(path)
    with rasterio.open(path) as source:
        assert source.crs.to_epsg() == 31370
        assert source.profile["tiled"]
        assert source.nodata == -1
        assert source.descriptions == ("risk terrain score, 1 = lowest",)
        band = source.read(1, masked=True)
        middles = grid.cells.centroid
        read = np.array([value[0] for value in source.sample(zip(middles.x, middles.y, strict=True))])
    assert band.count() == len(grid) < band.size
    np.testing.assert_allclose(read, terrain.score, rtol=1e-6)
    assert read.max() > read.min()
    assert [one.name for one in tmp_path.iterdir()] == ["risico.tif"]
    with pytest.raises(ConfigError, match="no folder"):
        terrain.to_geotiff(tmp_path / "nergens" / "risico.tif")
