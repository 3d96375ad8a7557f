"""A whole file located, its review, and corrections that are remembered."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pandas as pd
import pytest

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.geocoding import geocode, read_aliases
from genk_geo.geocoding.online import FlemishService
from genk_geo.ingestion import read_table
from genk_geo.jobs.desk.geocode_file import Columns, geocode_file, remember

ROWS = ["Europalaan 12", "bij de frituur", "bij de frituur", "Xeerstraat 4", "=1+1"]


@pytest.fixture
def table():
    return pd.DataFrame({"id": range(len(ROWS)), "adres": ROWS})


def written(table, path):
    if path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix == ".xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_csv(path, index=False, sep=";")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_every_kind_of_file_in_and_out(table, city, tmp_path, suffix):
    told = []
    if suffix == ".xlsx":  # a workbook would take the text for a formula
        table["adres"] = table["adres"].str.replace("=1", "-1")
    done = geocode_file(
        written(table, tmp_path / f"in{suffix}"), tmp_path / f"uit{suffix}", city,
        progress=lambda *step: told.append(step),
    )  # fmt: skip
    assert done.rows == 5
    assert sum(done.levels.values()) == 5
    assert told[-1] == ("geocode", 5, 5)
    back = (
        pd.read_parquet(tmp_path / "uit.parquet")
        if suffix == ".parquet"
        else read_table(tmp_path / f"uit{suffix}")
    )
    assert back["matched_street"].tolist()[0] == "Europalaan"
    shown = {".csv": "'=1+1", ".xlsx": "'-1+1", ".parquet": "=1+1"}
    assert back["adres"].tolist()[4] == shown[suffix]


def test_review_and_corrections(table, city, tmp_path):
    source = written(table, tmp_path / "in.csv")
    review, aliases, out = tmp_path / "nazicht.csv", tmp_path / "alias.toml", tmp_path / "uit.csv"
    done = geocode_file(source, out, city, review=review)
    found = read_table(review)
    assert done.to_review == len(found) == 3
    assert found["address"].tolist()[0] == "bij de frituur"  # settles most rows
    assert found["rows"].tolist()[0] == "2"
    doubt = found[found["address"] == "Xeerstraat 4"].iloc[0]
    assert "Keerstraat" in doubt["alternatives"]
    assert (found["correction"] == "").all()
    found.loc[0, "correction"] = "Europalaan 1"
    found.to_csv(review, index=False)
    assert remember(review, aliases) == 1
    assert remember(review, aliases) == 1  # once more changes nothing
    assert read_aliases(aliases) == {"bij de frituur": "Europalaan 1"}
    again = geocode_file(source, out, city, review=review, aliases=aliases)
    assert again.to_review == 2
    assert read_table(out)["matched_street"].tolist()[:3] == ["Europalaan"] * 3


def test_aliases_in_csv_and_their_faults(city, tmp_path):
    path = tmp_path / "alias.csv"
    path.write_text("written,meant\nDe Kruising,Europalaan 3\n", encoding="utf-8")
    aliases = read_aliases(path)
    frame = pd.DataFrame({"address": ["DE KRUISING"]})
    assert geocode(frame, city, aliases=aliases)["matched_street"].tolist() == ["Europalaan"]
    path.write_text("written,meant\nX 1,Europalaan 3\nx 1,Europalaan 4\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="two meanings"):
        read_aliases(path)
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="written"):
        read_aliases(path)
    with pytest.raises(ConfigError, match="does not exist"):
        read_aliases(tmp_path / "nergens.toml")


def test_faults_of_files(table, city, tmp_path):
    source = written(table, tmp_path / "in.csv")
    with pytest.raises(ConfigError, match=r"\.parquet"):
        geocode_file(source, tmp_path / "uit.txt", city)
    with pytest.raises(SchemaError, match="straat"):
        geocode_file(source, tmp_path / "uit.csv", city, columns=Columns("straat"))
    with pytest.raises(SchemaError, match="correction"):
        remember(source, tmp_path / "alias.toml")


def agreed(host, addresses):
    return host == "127.0.0.1" and addresses > 0


@pytest.fixture
def service():
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            question = parse_qs(urlparse(self.path).query)["q"][0]
            asked.append(question)
            status = (
                429
                if "druk" in question and asked.count(question) == 1
                else 500
                if "stuk" in question
                else 200
            )
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "2")
            self.end_headers()
            away = "ver" in question
            place = {"Lat_WGS84": 51.22 if away else 50.96814, "Lon_WGS84": 4.4 if away else 5.48633}
            result = {"Thoroughfarename": "Nieuwstraat", "Housenumber": "5", "Location": place}
            body = {"LocationResult": [result | {"FormattedAddress": "Nieuwstraat 5, 3600 Genk"}]}
            self.wfile.write(json.dumps(body).encode() if status == 200 else b"")

        def log_message(self, *_):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/", asked
    running.shutdown()
    running.server_close()


def test_the_service_is_asked_for_the_rest_only(city, service):
    url, asked = service
    waits = []
    texts = ["Europalaan 12", "zzqq 5", "zzqq 5", "zzqq druk", "zzqq ver"]
    located = geocode(pd.DataFrame({"adres": texts}), city, column="adres")
    found = FlemishService(city, consent=agreed, url=url, sleep=waits.append).fill(located, "adres")
    assert found["geocode_level"].tolist()[1:] == ["address", "address", "address", "none"]
    assert asked == ["zzqq 5, Genk", "zzqq druk, Genk", "zzqq druk, Genk", "zzqq ver, Genk"]
    assert 2.0 in waits
    assert found["x_31370"].iloc[1] == pytest.approx(228500, abs=2)
    assert located["geocode_level"].tolist()[1] == "none"


def test_the_service_is_left_alone_after_three_failures(city, service):
    url, asked = service
    located = geocode(pd.DataFrame({"adres": [f"zzqq stuk {c}" for c in "abcdef"]}), city, column="adres")
    found = FlemishService(city, consent=agreed, url=url, sleep=lambda _: None).fill(located, "adres")
    assert (found["geocode_level"] == "none").all()
    assert len(asked) == 3


def test_nothing_is_sent_without_consent_or_without_need(city, service):
    url, asked = service
    told = []

    def refused(host, addresses):
        told.append((host, addresses))
        return False

    lost = geocode(
        pd.DataFrame({"adres": ["zzqq 5", "zzqq 5", "zzqq 6", "Europalaan 12"]}), city, column="adres"
    )
    found = FlemishService(city, consent=refused, url=url).fill(lost, "adres")
    pd.testing.assert_frame_equal(found, lost)
    assert told == [("127.0.0.1", 2)]
    known = geocode(pd.DataFrame({"adres": ["Europalaan 12"]}), city, column="adres")
    FlemishService(city, consent=refused, url=url).fill(known, "adres")
    assert told == [("127.0.0.1", 2)]
    assert not asked


def test_a_job_that_runs_by_itself_sends_nothing_without_a_yes(genk_geo, tmp_path):
    (tmp_path / "in.csv").write_text("adres\nzzqq 5\n", encoding="utf-8")
    done = genk_geo("geocode", "in.csv", "--out", "uit.csv", "--online", cwd=tmp_path)
    assert done.returncode == 2
    assert "geo.api.vlaanderen.be" in done.stderr
    assert "--yes" in done.stderr
