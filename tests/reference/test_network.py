"""The street network from files and from a server, all of it written and served by the tests."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString

from genk_geo.crs import transform_xy
from genk_geo.errors import ConfigError, SchemaError
from genk_geo.reference import StreetNetwork
from genk_geo.reference.streets.osm import speed_kmh
from genk_geo.schema import check_table

# Metres around the middle of Genk. Node 5 is only a bend, node 7 a dead end; node 8 and 9 close a ring at 3.
NODES = {
    1: (0, 0),
    2: (100, 0),
    3: (200, 0),
    4: (100, 150),
    5: (150, 20),
    6: (300, 0),
    7: (100, -80),
    8: (220, 40),
    9: (180, 40),
}
WAYS = {
    11: ([1, 2], {"highway": "primary", "name": "Europalaan", "maxspeed": "70", "oneway": "yes"}),
    12: ([2, 3], {"highway": "primary", "name": "Europalaan", "maxspeed": "50"}),
    13: ([3, 5, 2], {"highway": "service"}),
    14: ([2, 4], {"highway": "residential", "name": "Molenstraat", "maxspeed": "30"}),
    15: ([2, 7], {"highway": "residential", "name": "Molenstraat", "maxspeed": "30"}),
    16: ([3, 6], {"highway": "footway"}),
    17: ([4, 6], {"railway": "rail"}),
    18: ([3, 8, 9, 3], {"highway": "living_street", "name": "Hofke"}),
}


def degrees():
    x, y = np.array(list(NODES.values()), dtype=float).T
    lon, lat = transform_xy(x + 228500, y + 184800, 31370, 4326)
    return {node: (float(a), float(b)) for node, a, b in zip(NODES, lon, lat, strict=True)}


@pytest.fixture
def osm_file(tmp_path):
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    lines += [f'<node id="{at}" lat="{lat}" lon="{lon}"/>' for at, (lon, lat) in degrees().items()]
    for at, (nodes, tags) in WAYS.items():
        lines.append(f'<way id="{at}">' + "".join(f'<nd ref="{node}"/>' for node in nodes))
        lines.append("".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()) + "</way>")
    file = tmp_path / "streets.osm"
    file.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return file


def check_streets(network):
    """What the file above holds: six streets, one of them round the bend, no footpath, no railway."""
    segments = check_table(network.segments, "segments", epsg=31370)
    assert sorted(segments["road_class"]) == [
        "living_street", "primary", "primary", "residential", "residential", "service",
    ]  # fmt: skip
    by_length = segments.sort_values("length_m")
    assert by_length["length_m"].tolist() == pytest.approx([80, 100, 100, 107.7, 129.44, 150], abs=0.3)
    assert set(segments["name"].dropna()) == {"Europalaan", "Molenstraat", "Hofke"}
    lane = segments[segments["road_class"] == "service"]
    assert lane["name"].isna().all()
    assert np.isnan(lane["speed_kmh"].iloc[0])
    assert segments.loc[segments["name"] == "Molenstraat", "speed_kmh"].tolist() == [30, 30]
    assert sorted(network.degree) == [1, 1, 1, 4, 5]


class TestOpenStreetMap:
    def test_a_local_file(self, osm_file):
        network = StreetNetwork.load(osm_file, crs=31370)
        check_streets(network)
        assert network.source == "streets.osm"
        assert "OpenStreetMap" in network.attribution
        assert not network.fictitious
        again = StreetNetwork.load(osm_file, crs=31370)
        assert again.segments.equals(network.segments)

    def test_the_direction_of_travel_does_not_matter(self, osm_file):
        text = osm_file.read_text(encoding="utf-8")
        osm_file.write_text(text.replace('<tag k="oneway" v="yes"/>', ""), encoding="utf-8")
        both_ways = StreetNetwork.load(osm_file, crs=31370).segments
        osm_file.write_text(text, encoding="utf-8")
        assert StreetNetwork.load(osm_file, crs=31370).segments.index.equals(both_ways.index)

    def test_the_graph_of_osmnx(self, osm_file, tmp_path):
        import osmnx as ox

        graph = ox.graph_from_xml(osm_file, bidirectional=True, retain_all=True, simplify=False)
        ox.save_graphml(graph, tmp_path / "streets.graphml")
        check_streets(StreetNetwork.load(tmp_path / "streets.graphml", crs=31370))
        network = StreetNetwork.from_osmnx(graph, crs=31370)
        check_streets(network)
        assert "OpenStreetMap" in network.attribution

    @pytest.mark.parametrize(
        ("told", "kmh"),
        [
            ("50", 50),
            ("30 mph", 48.28),
            (["50", "70"], 70),
            (90, 90),
            ("70 km/h", 70),
            ("BE:urban", None),
            (None, None),
        ],
    )
    def test_speed_limits(self, told, kmh):
        assert speed_kmh(told) == pytest.approx(np.nan if kmh is None else kmh, abs=0.01, nan_ok=True)


class Overpass(BaseHTTPRequestHandler):
    """Answers like an Overpass server that knows the streets above."""

    asked: list[str]
    status = 200

    def do_POST(self):
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        nodes = [{"type": "node", "id": at, "lat": lat, "lon": lon} for at, (lon, lat) in degrees().items()]
        streets = {at: way for at, way in WAYS.items() if at not in {16, 17}}  # the server filters
        ways = [{"type": "way", "id": at, "nodes": of, "tags": tags} for at, (of, tags) in streets.items()]
        body = json.dumps({"elements": [*nodes, *ways]}).encode() if self.status == 200 else b"forbidden"
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def overpass(monkeypatch):
    handler = type("Handler", (Overpass,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr("osmnx._http._config_dns", lambda _: None)
    yield f"http://127.0.0.1:{server.server_port}/api", handler
    server.shutdown()
    server.server_close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
class TestDownload:
    def test_asks_the_server_that_is_told(self, overpass, city):
        import osmnx as ox

        url, handler = overpass
        before = ox.settings.overpass_url
        network = StreetNetwork.download(city, overpass_url=url)
        check_streets(network)
        assert network.source == url
        assert "highway" in handler.asked[0]
        assert ox.settings.overpass_url == before

    def test_a_server_that_fails_is_named(self, overpass, city):
        url, handler = overpass
        handler.status = 403
        with pytest.raises(ConfigError, match="could not be downloaded from http://127"):
            StreetNetwork.download(city, overpass_url=url)

    def test_a_named_place_needs_a_system(self):
        with pytest.raises(ConfigError, match="crs="):
            StreetNetwork.download("Genk, Belgium")


class TestLayers:
    @pytest.fixture
    def layer(self):
        return gpd.GeoDataFrame(
            {"wegnaam": ["Weg", None], "morf": ["hoofdweg", "lokaal"], "max": ["70", None]},
            geometry=[
                MultiLineString([[(0, 0), (10, 0)], [(20, 0), (35, 0)]]),
                LineString([(10, 0, 5), (10, 30, 6)]),
            ],
            crs=31370,
        )

    def test_columns_are_told(self, layer, tmp_path):
        layer.to_file(tmp_path / "wegen.gpkg")
        network = StreetNetwork.load(
            tmp_path / "wegen.gpkg",
            crs=31370,
            columns={"name": "wegnaam", "road_class": "morf", "speed_kmh": "max"},
        )
        segments = network.segments
        assert segments.index.tolist() == ["0", "0#2", "1"]
        assert segments["road_class"].tolist() == ["hoofdweg", "hoofdweg", "lokaal"]
        assert segments["speed_kmh"].tolist()[:2] == [70, 70]
        assert segments["length_m"].tolist() == [10, 15, 30]
        assert network.ends[0, 1] == network.ends[2, 0]
        assert not shapely.has_z(segments.geometry.to_numpy()).any()

    def test_saved_and_read_again(self, layer, tmp_path):
        network = StreetNetwork.from_lines(
            layer, crs=31370, source="test", fictitious=True, columns={"name": "wegnaam"}
        )
        again = StreetNetwork.load(network.save(tmp_path / "net.gpkg"), crs=31370)
        assert again.fictitious
        assert again.segments.index.equals(network.segments.index)
        assert again.segments["name"].equals(network.segments["name"])
        assert again.segments["road_class"].tolist() == ["unknown"] * 3

    def test_a_network_is_handed_on(self, layer):
        network = StreetNetwork.from_lines(layer, crs=31370, source="test")
        assert StreetNetwork.from_segments(network) is network

    def test_what_is_left_of_a_name_that_comes_twice_is_refused(self, layer):
        named = layer.assign(segment_id=["a", "a#2"])
        with pytest.raises(SchemaError, match="a#2 stand more than once"):
            StreetNetwork.from_lines(named, crs=31370, source="test")

    def test_faults_are_told(self, layer, tmp_path):
        with pytest.raises(ConfigError, match="does not exist"):
            StreetNetwork.load(tmp_path / "nergens.osm", crs=31370)
        with pytest.raises(ConfigError, match="no column 'naam'"):
            StreetNetwork.from_lines(layer, crs=31370, source="laag", columns={"name": "naam"})
        with pytest.raises(ConfigError, match="street_name is not one of"):
            StreetNetwork.from_lines(layer, crs=31370, source="laag", columns={"street_name": "naam"})
        with pytest.raises(ConfigError, match="no street"):
            StreetNetwork.from_lines(layer.iloc[:0], crs=31370, source="laag")
        with pytest.raises(SchemaError, match="no coordinate reference system"):
            StreetNetwork.from_lines(layer.set_crs(None, allow_override=True), crs=31370, source="laag")
        with pytest.raises(SchemaError, match="in degrees"):
            StreetNetwork.from_lines(layer, crs=4326, source="laag")
        (tmp_path / "kapot.osm").write_text("<osm", encoding="utf-8")
        with pytest.raises(ConfigError, match="cannot be read"):
            StreetNetwork.load(tmp_path / "kapot.osm", crs=31370)
        (tmp_path / "kapot.graphml").write_text("<graphml", encoding="utf-8")
        with pytest.raises(ConfigError, match="cannot be read"):
            StreetNetwork.load(tmp_path / "kapot.graphml", crs=31370)
        (tmp_path / "kapot.gpkg").write_text("nee", encoding="utf-8")
        with pytest.raises(ConfigError, match="not what its name says"):
            StreetNetwork.load(tmp_path / "kapot.gpkg", crs=31370)


class TestWayOut:
    def test_every_segment_is_an_edge(self, osm_file):
        network = StreetNetwork.load(osm_file, crs=31370)
        graph = network.to_networkx()
        assert graph.number_of_nodes() == len(network.nodes)
        assert dict(graph.degree()) == dict(enumerate(network.degree.tolist()))
        edges = {key: told for _, _, key, told in graph.edges(keys=True, data=True)}
        assert set(edges) == set(network.segments.index)
        assert sum(told["length"] for told in edges.values()) == pytest.approx(network.length_m.sum())
        named = {key: told["name"] for key, told in edges.items() if isinstance(told["name"], str)}
        assert named == network.segments["name"].dropna().to_dict()

    def test_osmnx_takes_it_and_gives_the_same_streets_back(self, osm_file):
        import osmnx as ox

        network = StreetNetwork.load(osm_file, crs=31370)
        nodes, edges = ox.convert.graph_to_gdfs(network.to_networkx())
        assert edges.crs.to_epsg() == 31370
        assert np.allclose(nodes[["x", "y"]].to_numpy(), network.nodes)
        back = edges.reset_index().set_index("key").loc[network.segments.index]
        assert shapely.equals(back.geometry.to_numpy(), network.segments.geometry.to_numpy()).all()
        assert back["road_class"].equals(network.segments["road_class"].rename_axis("key"))

    def test_a_bare_table_goes_out_too(self):
        lines = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (30, 40)])], crs=31370)
        graph = StreetNetwork.from_segments(lines).to_networkx()
        assert graph.get_edge_data(0, 1)[0]["length"] == pytest.approx(50)
