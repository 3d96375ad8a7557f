"""From the services to a reference in use: whole, checked, kept; and every fault leaves the old one."""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import numpy as np
import pytest
import shapely

from genk_geo import City
from genk_geo.config import Settings
from genk_geo.errors import BusyError, ConfigError
from genk_geo.jobs.desk.official.address_register import update_addresses
from genk_geo.jobs.desk.official.faults import DownloadError, LayerError, OfficialError, UnfitError
from genk_geo.jobs.desk.official.update import update_reference
from genk_geo.jobs.desk.official.versions import Versions
from tests.jobs.desk.official.conftest import Served
from tests.jobs.desk.official.world import (
    best_zip,
    count_of,
    municipality,
    osm_xml,
    points,
    population_zip,
    sector_zip,
    sectors,
)

PATHS = {
    "municipality": "/VRBG/collections/Refgem/items",
    "sectors": "/sh_statbel_statistical_sectors_31370_20260101.geojson.zip",
    "population": "/OPENDATA_SECTOREN_2026.zip",
    "addresses": "/openaddress-bevlg.zip",
    "osm": "/api/interpreter",
    "schools": "/POI/collections/POI/items",
    "stops": "/Haltes/collections/Halte/items",
}


@pytest.fixture(scope="session")
def raw(city):
    """The content of each file, made once."""
    frame = sectors(city)
    return {
        "sectors": sector_zip(frame),
        "population": population_zip(frame),
        "addresses": best_zip(city),
        "osm": osm_xml(city),
    }


@pytest.fixture
def services(server, pages, raw, city):
    """All services, as they answer on a good day."""
    for layer, content in raw.items():
        server.paths[PATHS[layer]] = Served(content, etag=f'"{layer}"')
    pages(PATHS["municipality"], municipality(city), limit=100)
    kinds = ["Basisonderwijs", "Secundair onderwijs", "Bibliotheek"]
    names = ["De Proef", "Het College", "De Boeken"]
    pages(PATHS["schools"], points(names, city, NAAM=names, CATEGORIE=kinds), limit=500)
    stops = ["Genk Station", "Genk Markt"]
    pages(PATHS["stops"], points(stops, city, NAAMHALTE=stops), limit=1000)
    return server


@pytest.fixture
def configured(services, tmp_path):
    """A settings file whose layers come from the server."""

    def write(more=""):
        own = "\n".join(f'{layer} = "{services.url}{path}"' for layer, path in PATHS.items())
        text = f'[reference]\nfolder = "referentie"\npause_s = 0\n{more}\n[reference.addresses_of]\n{own}\n'
        (tmp_path / "genk-geo.toml").write_text(text, encoding="utf-8")
        return Settings.load(tmp_path / "genk-geo.toml")

    return write


@pytest.fixture
def fetched(configured, asker):
    """What update gives, with the settings as they are then."""

    def run(more="", **told):
        settings = configured(more)
        return update_reference(settings, asker=asker(), year=2026, **told)

    return run


def test_all_layers_come_into_use_together(fetched, configured, services, city):
    before = configured()
    assert (before.official, before.addresses, before.network.path) == ({}, None, None)
    updated = fetched()
    settings = configured()
    layers = {"municipality", "sectors", "population", "addresses", "osm", "streets", "schools", "stops"}
    assert set(settings.official) == set(updated.layers) == layers
    assert settings.addresses == settings.official["addresses"]
    assert settings.network.path == settings.official["streets"]
    assert settings.traffic.schools == settings.official["schools"]
    assert settings.cpted.osm is None  # only where it is asked for
    assert configured("terrain = true").cpted.osm == settings.official["osm"]
    now = City.of(settings)
    assert (now.boundary_note, now.grouping_note) == ("", "assumed")
    assert len(now.addresses) == count_of(city)
    # the dwellings of the city, spread as its inhabitants are: outlines promise addresses, not people
    even = city.wijken["exposure"].sum() / len(city.wijken)
    assert now.wijken["exposure"].tolist() == pytest.approx([even] * len(city.wijken))
    assert {"addresses.parquet", "sectors.gpkg", "population.csv"} <= set(now.sources)
    assert now.attribution.count("BeST Address") == 2  # that of the embedded streets, and the register
    assert "Statbel (CC BY 4.0)" in now.attribution
    told = json.loads((updated.version / "manifest.json").read_text(encoding="utf-8"))["layers"]
    assert told["addresses"]["origin"] == f"{services.url}{PATHS['addresses']}"
    assert (told["addresses"]["licence"], told["sectors"]["edition"]) == ("CC BY 4.0", "2026-01-01")
    assert [one["rows"] for one in (told["schools"], told["stops"], told["sectors"])] == [
        2,
        2,
        len(city.wijken),
    ]
    form = next(asked for path, asked in services.asked if path == PATHS["osm"])
    assert "data=%5Bout%3Axml%5D" in form


def test_own_files_go_before_the_official_ones(fetched, configured, tmp_path):
    fetched(layers=["addresses", "osm"])
    text = (tmp_path / "genk-geo.toml").read_text(encoding="utf-8")
    own = f'addresses = "eigen.parquet"\n{text}\n[network]\npath = "eigen.gpkg"\n'
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    settings = Settings.load(tmp_path / "own.toml")
    assert (settings.addresses, settings.network.path) == (
        tmp_path / "eigen.parquet",
        tmp_path / "eigen.gpkg",
    )


def test_what_is_the_same_is_not_fetched_again_and_changes_nothing(fetched, services, tmp_path):
    layers = ["sectors", "population", "addresses"]
    first = fetched(layers=layers)
    services.asked.clear()
    again = fetched(layers=layers)
    assert (again.same, again.version) == (True, None)
    assert all("If-None-Match" in headers for _, headers in services.asked)
    assert Versions(tmp_path / "referentie").current == first.version


def test_one_layer_is_renewed_and_the_others_are_taken_along(fetched, configured, services, city):
    first = fetched(layers=["sectors", "addresses"])
    services.paths[PATHS["addresses"]] = Served(best_zip(city, houses=22), etag='"new"')
    second = fetched(layers=["addresses"])
    assert second.fetched == ("addresses",)
    assert [second.layers[name]["rows"] for name in ("sectors", "addresses")] == [
        len(city.wijken),
        count_of(city, houses=22),
    ]
    assert second.layers["sectors"] == first.layers["sectors"]
    kept = [(version / "sectors.gpkg").read_bytes() for version in (first.version, second.version)]
    assert kept[0] == kept[1]
    assert (first.version / "addresses.parquet").exists()  # the old one is kept
    versions = Versions(configured().reference.folder)
    assert versions.go_back() == first.version == versions.current
    assert len(City.of(configured()).addresses) == count_of(city)
    with pytest.raises(ConfigError, match="no older version"):
        versions.go_back()


@pytest.mark.parametrize("layer", PATHS)
@pytest.mark.parametrize("status", [404, 500, 429, 403])
def test_a_server_that_refuses_leaves_the_reference_as_it_was(
    layer, status, fetched, services, tmp_path, good
):
    kept = good(tmp_path)
    services.paths[PATHS[layer]] = Served(fails=[status] * 9)
    with pytest.raises(DownloadError) as refused:
        fetched(layers=[layer])
    assert refused.value.layer == layer
    assert "Nothing was changed: what was there stays in use." in str(refused.value)
    assert Versions(tmp_path / "referentie").current == kept
    assert not list((tmp_path / "referentie" / "versions").glob(".new*"))


@pytest.fixture(scope="session")
def _good(tmp_path_factory, city):
    """A reference of addresses alone, made once."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "a.zip").write_bytes(best_zip(city))
    (folder / "genk-geo.toml").write_text('[reference]\nfolder = "referentie"\n', encoding="utf-8")
    update_reference(Settings.load(folder / "genk-geo.toml"), files={"addresses": folder / "a.zip"})
    return folder / "referentie"


@pytest.fixture
def good(_good):
    """Put a reference of addresses in a folder; gives the version in use."""

    def put(folder):
        shutil.copytree(_good, folder / "referentie")
        return Versions(folder / "referentie").current

    return put


def test_when_one_layer_fails_none_is_taken_and_the_next_run_fetches_only_that_one(
    fetched, services, tmp_path
):
    good_day = services.paths[PATHS["stops"]]
    services.paths[PATHS["stops"]] = Served(fails=[503] * 3)
    layers = ["sectors", "population", "addresses", "stops"]
    with pytest.raises(DownloadError, match="stops: "):
        fetched(layers=layers)
    assert Versions(tmp_path / "referentie").current is None
    services.paths[PATHS["stops"]] = good_day
    services.asked.clear()
    updated = fetched(layers=layers)
    assert set(updated.layers) == set(layers)
    answered = [headers for path, headers in services.asked if path.endswith(".zip")]
    assert all("If-None-Match" in headers for headers in answered)


def test_of_an_edition_that_is_not_out_the_one_before_is_taken(server, raw, asker, tmp_path, monkeypatch):
    from genk_geo.jobs.desk.official import update

    own = update.services()["population"]
    places = (f"{server.url}/S_{{year}}.zip", f"{server.url}/S_{{year}}_NEW.zip")
    monkeypatch.setattr(
        update, "services", lambda: {"population": own.model_copy(update={"addresses": places})}
    )
    server.paths["/S_2025_NEW.zip"] = Served(raw["population"])
    (tmp_path / "genk-geo.toml").write_text(
        '[reference]\nfolder = "referentie"\nlayers = ["population"]\n', encoding="utf-8"
    )
    updated = update_reference(Settings.load(tmp_path / "genk-geo.toml"), asker=asker(), year=2026)
    assert [path for path, _ in server.asked] == [
        "/S_2026.zip",
        "/S_2026_NEW.zip",
        "/S_2025.zip",
        "/S_2025_NEW.zip",
    ]
    assert updated.layers["population"]["edition"] == "2025"


def test_an_overpass_that_gives_up_halfway_is_asked_again(fetched, services, city, rests):
    half = osm_xml(city, tail="<remark>runtime error: Query timed out</remark></osm>")
    services.paths[PATHS["osm"]] = Served(half)
    with pytest.raises(DownloadError, match="half an answer"):
        fetched(layers=["osm"])
    assert rests.taken == [1.0, 2.0]


UNFIT = {
    "count": ("addresses", lambda city: best_zip(city, others=False)),
    "outside": ("addresses", lambda city: best_zip(city, houses=60, x0=250_000.0)),
    "streets": ("addresses", lambda city: best_zip(city, houses=410, others=False)),
    "cover": ("sectors", lambda city: sector_zip(shrunk(city))),
    "overlap": ("sectors", lambda city: sector_zip(grown(city))),
    "nobody": ("population", lambda city: population_zip(sectors(city), each=0)),
    "editions": (
        "population",
        lambda city: population_zip(
            sectors(city).assign(cd_sector=[f"71016X{at:03d}" for at in range(len(city.wijken))])
        ),
    ),
    "nameless": ("osm", lambda city: osm_xml(city).replace(b'k="name"', b'k="ref"')),
}


def shrunk(city):
    frame = sectors(city)
    return frame.set_geometry(frame.geometry.scale(0.5, 0.5))


def grown(city):
    frame = sectors(city)
    return frame.set_geometry(frame.geometry.buffer(100))


@pytest.mark.parametrize("why", UNFIT)
def test_what_is_unfit_is_refused_unless_somebody_looked_into_it(
    why, fetched, services, city, tmp_path, good
):
    layer, content = UNFIT[why]
    kept = good(tmp_path)
    services.paths[PATHS[layer]] = Served(content(city))
    with pytest.raises(UnfitError) as refused:
        fetched(layers=[layer])
    name = refused.value.facts["check"]
    assert (refused.value.why, refused.value.exit_code) == (why, 3)
    assert f"--accept {name}" in str(refused.value)
    assert Versions(tmp_path / "referentie").current == kept
    updated = fetched(layers=[layer], accept=[name, "addresses.count", "addresses.streets"])
    assert name in updated.accepted
    assert json.loads((updated.version / "manifest.json").read_text(encoding="utf-8"))["accepted"]


def test_pages_that_readers_have_forbid_other_blocks_unless_one_begins_anew(fetched, tmp_path, monkeypatch):
    """The next weekly run would stop: said now, and not on Monday."""
    page = tmp_path / "maps" / "2026-W46"
    page.mkdir(parents=True)
    record = {"week": "2026-W46", "level": 2, "themes": {}, "blocks": "0123456789abcdef", "min_addresses": 8}
    (page / "told.json").write_text(json.dumps(record), encoding="utf-8")
    coarse = "[grid]\ncell_m = 500"
    with pytest.raises(UnfitError, match=r"releases: .*since 2026-W46.*--accept releases\.blocks") as refused:
        fetched(coarse, layers=["sectors"])
    assert refused.value.exit_code == 3
    assert Versions(tmp_path / "referentie").current is None

    def again(*_):
        raise refused.value

    monkeypatch.setattr("genk_geo.jobs.desk.official.update.check_readers", again)  # it is slow
    assert fetched(coarse, layers=["sectors"], accept=["releases.blocks"]).accepted == ("releases.blocks",)
    assert fetched(coarse, layers=["stops"]).accepted == ()  # no block is made of stops


def test_changed_columns_are_named(fetched, services, city, tmp_path):
    frame = sectors(city)
    services.paths[PATHS["population"]] = Served(population_zip(frame, column="AANTAL"))
    with pytest.raises(
        LayerError, match=r"TOTAL / POPULATION.* is missing; there are: CD_REFNIS, CD_SECTOR, AANTAL"
    ):
        fetched(layers=["population"])
    services.paths[PATHS["sectors"]] = Served(sector_zip(frame.rename(columns={"cd_sector": "code"})))
    with pytest.raises(LayerError, match=r"statistical sectors: column cd_sector"):
        fetched(layers=["sectors"])


def test_a_damaged_file_is_not_kept_as_a_good_one(fetched, services, raw, city):
    """The server would say that it is still the same, and the next run would fail like this one."""
    whole = services.paths[PATHS["addresses"]]
    cut = Served(whole.content[: len(whole.content) // 2], etag=whole.etag)
    services.paths[PATHS["addresses"]] = cut
    with pytest.raises(LayerError, match=r"addresses: cannot be read \(.*--from"):
        fetched(layers=["addresses"])
    services.paths[PATHS["addresses"]] = whole
    assert fetched(layers=["addresses"]).layers["addresses"]["rows"] == count_of(city)


def test_an_address_of_ones_own_says_by_its_name_what_it_is():
    from genk_geo.jobs.desk.official.catalogue import services as known

    items = known()["addresses"].at("https://register.example/collections/Adres/items")
    assert (items.kind, items.format) == ("features", "json")
    file = known()["stops"].at("https://register.example/wfs?service=WFS&request=GetFeature")
    assert (file.kind, file.format) == ("file", "json")
    assert known()["osm"].at("https://overpass.example/api/interpreter").kind == "overpass"


@pytest.mark.parametrize("told", [{}, {"totalFeatures": 2, "numberReturned": 2}, {"totalFeatures": 9}])
def test_a_wfs_in_one_answer_must_be_whole(told, server, city, asker, tmp_path):
    stops = ["Genk Station", "Genk Markt"]
    collection = {"type": "FeatureCollection", "features": points(stops, city, NAAMHALTE=stops)} | told
    server.paths["/Haltes/wfs"] = Served(json.dumps(collection).encode())
    address = f"{server.url}/Haltes/wfs?service=WFS&request=GetFeature&outputFormat=application/json"
    (tmp_path / "genk-geo.toml").write_text(
        f'[reference]\nfolder = "r"\n[reference.addresses_of]\nstops = "{address}"\n', encoding="utf-8"
    )
    settings = Settings.load(tmp_path / "genk-geo.toml")
    if told.get("totalFeatures") == 9:
        with pytest.raises(DownloadError, match="9 features and gave 2"):
            update_reference(settings, layers=["stops"], asker=asker())
        return
    assert update_reference(settings, layers=["stops"], asker=asker()).layers["stops"]["rows"] == 2


def test_another_run_is_told_who_has_it(fetched, tmp_path, good):
    good(tmp_path)
    with Versions(tmp_path / "referentie").making(), pytest.raises(BusyError):
        fetched(layers=["addresses"])


def test_a_run_that_was_killed_leaves_nothing_that_counts(fetched, tmp_path, good, monkeypatch):
    kept = good(tmp_path)
    versions = Versions(tmp_path / "referentie")
    left = tmp_path / "referentie" / "versions" / ".new-1"
    left.mkdir()
    (left / "half.gpkg").write_bytes(b"x")
    monkeypatch.setattr(Versions, "_point_to", lambda *_: 1 / 0)  # killed between making and swapping
    with pytest.raises(ZeroDivisionError):
        fetched(layers=["stops"])
    assert versions.current == kept
    assert not left.exists()
    monkeypatch.undo()
    assert fetched(layers=["stops"]).version == versions.current


def test_older_versions_go_when_there_are_more_than_are_kept(fetched, services, city, tmp_path, good):
    kept = good(tmp_path)
    for houses in (21, 22, 23):
        services.paths[PATHS["addresses"]] = Served(best_zip(city, houses=houses), etag=f'"{houses}"')
        last = fetched("keep = 2", layers=["addresses"]).version
    names = sorted(path.name for path in (tmp_path / "referentie" / "versions").iterdir())
    assert len(names) == 3
    assert names[-1] == last.name
    assert kept.name not in names


def test_a_damaged_reference_can_be_fetched_anew(fetched, configured, tmp_path, good, city):
    version = good(tmp_path)
    (version / "addresses.parquet").unlink()
    with pytest.raises(ConfigError, match="reference update"):
        City.of(configured())
    fetched(layers=["addresses"])
    assert len(City.of(configured()).addresses) == count_of(city)
    (tmp_path / "referentie" / "current.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"current\.json is damaged"):
        configured()


def test_streets_new_gone_and_renamed_and_borders_that_moved(fetched, services, city):
    fetched(layers=["addresses", "sectors"])
    streets = ("Europalaan", "Nieuwe Proefstraat", "Verse Straat")
    later = best_zip(city, streets=streets, without=("Aardlaan",))
    services.paths[PATHS["addresses"]] = Served(later, etag='"2"')
    found = fetched(layers=["addresses"]).difference
    assert found.renamed == (("Proefstraat", "Nieuwe Proefstraat"),)
    assert (found.gone, found.new) == (("Aardlaan",), ("Verse Straat",))
    services.paths[PATHS["sectors"]] = Served(sector_zip(sectors(city, shift_m=150)), etag='"2"')
    found = fetched("change = 0.9", layers=["sectors"]).difference
    assert (found.renamed, found.gone, found.new) == ((), (), ())
    assert len(found.borders) > 20
    assert max(found.borders.values()) > 10


def test_only_the_addresses_into_a_file_of_ones_own(server, raw, asker, city, tmp_path):
    server.paths["/best.zip"] = Served(raw["addresses"])
    url, out = f"{server.url}/best.zip", tmp_path / "eigen.parquet"
    assert update_addresses(Settings(), out=out, url=url, asker=asker()) == (count_of(city), out)
    server.paths.clear()
    with pytest.raises(OfficialError, match="does not exist"):
        update_addresses(Settings(), out=tmp_path / "x.parquet", url=url, asker=asker())
    assert not (tmp_path / "x.parquet").exists()


def test_sectors_of_another_edition_go_by_where_they_lie(city, tmp_path):
    from genk_geo.reference.official import with_sectors

    frame = sectors(city).rename(columns={"cd_sector": "sector", "tx_sector_descr_nl": "sector_name"})
    frame["sector"] = [f"71016X{at:03d}" for at in range(len(frame))]
    frame.to_file(tmp_path / "s.gpkg")
    now = with_sectors(city, tmp_path / "s.gpkg")
    shapes = [np.asarray(one.wijken.geometry) for one in (now, city)]
    assert shapely.area(shapely.symmetric_difference(*shapes)).max() < 1.0
    assert now.wijken["exposure"].tolist() == city.wijken["exposure"].tolist()
    assert isinstance(now.wijken, gpd.GeoDataFrame)
    frame.iloc[1:].to_file(tmp_path / "t.gpkg")
    with pytest.raises(ConfigError, match="no sector lies in"):
        with_sectors(city, tmp_path / "t.gpkg")


@pytest.mark.shared
def test_the_real_borders_of_genk_pass_the_checks_and_replace_the_indicative_ones(
    city, shared_data, tmp_path
):
    """Real wijken in the place of sectors; the indicative border of the city is 11 % off."""
    real = gpd.read_file(shared_data / "genk_wijken_2025.geojson").to_crs(city.crs)
    codes = city.sectors.drop_duplicates("wijk_code").set_index("wijk_code")["sector"]
    frame = gpd.GeoDataFrame(
        {
            "cd_sector": real["wijk_code"].map(codes),
            "tx_sector_descr_nl": real["wijk"],
            "cd_munty_refnis": "71016",
            "dt_situation": "2025-01-01",
        },
        geometry=real.geometry,
        crs=city.crs,
    )
    (tmp_path / "s_31370_2025.zip").write_bytes(sector_zip(frame))
    towns = gpd.read_file(shared_data / "genk_and_neighbour_municipalities_2025_clip2km.geojson")
    towns.rename(columns={"nis": "NISCODE", "naam": "NAAM"}).to_file(tmp_path / "gemeenten.geojson")
    (tmp_path / "genk-geo.toml").write_text('[reference]\nfolder = "r"\n', encoding="utf-8")
    for files in (
        {"sectors": tmp_path / "s_31370_2025.zip"},  # held against the indicative border
        {"sectors": tmp_path / "s_31370_2025.zip", "municipality": tmp_path / "gemeenten.geojson"},
    ):
        update_reference(Settings.load(tmp_path / "genk-geo.toml"), files=files)
    now = City.of(Settings.load(tmp_path / "genk-geo.toml"))
    assert now.boundary.area / 1e6 == pytest.approx(87.57, abs=0.02)
    areas = now.wijken.set_index("wijk_code").geometry.area
    assert areas.to_dict() == pytest.approx(real.set_index("wijk_code").geometry.area.to_dict(), rel=1e-4)
    moved = (now.streets["wijk"].to_numpy() != city.streets["wijk"].to_numpy()).mean()
    assert 0 < moved < 0.05  # some streets of the register lie across the border
