"""What comes around a week: the list and where it lies, first pages, old weeks, shares, messages, looking."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from genk_geo.calendar import Week
from genk_geo.config import NotifySettings, Settings
from genk_geo.errors import ConfigError
from genk_geo.jobs.monday.notify import notify
from genk_geo.jobs.monday.retire import retire_weeks
from genk_geo.jobs.monday.review import renew_review
from genk_geo.jobs.monday.serve import server_of
from genk_geo.jobs.monday.share import share_weeks
from genk_geo.jobs.monday.write import folder_of_lists, write_first_pages, write_list
from genk_geo.jobs.week.publication import sha256
from genk_geo.release.values.monday import MondayList

MADE = dt.datetime(2026, 11, 16, 7, 5, tzinfo=ZoneInfo("Europe/Brussels"))
TOLD = MondayList(week=Week(2026, 46), made=MADE, seconds=12.3, index="index.html", new=7)


def settings_in(folder, text=""):
    (folder / "genk-geo.toml").write_text(f'store = "g/historiek.duckdb"\n{text}', encoding="utf-8")
    return Settings.load(folder / "genk-geo.toml")


def published(settings, *weeks):
    for folder in settings.release_folders.values():
        for week in weeks:
            place = folder / week
            place.mkdir(parents=True)
            (place / "index.html").write_text(f"<title>{week}</title>", encoding="utf-8")
            (place / "told.json").write_text('{"week": "' + week + '"}', encoding="utf-8")
            names = {"index.html": "", "told.json": sha256(place / "told.json")}
            facts = {"files": names, "release": {"profile": "wijkmanager"}}
            (place / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")


TWO = '[[releases]]\nprofile = "wijkmanager"\n[[releases]]\nprofile = "analist"\n'


@pytest.mark.parametrize(("releases", "place"), [(TWO, "maps/analist"), ("", "g")])
def test_the_list_lies_with_the_analyst_or_beside_the_history(tmp_path, releases, place):
    settings = settings_in(tmp_path, releases)
    page = write_list(TOLD, settings)
    assert page == tmp_path / place / "maandag.html"
    facts = json.loads((page.parent / "maandag" / "2026-W46.json").read_text(encoding="utf-8"))
    assert (facts["week"], facts["new"], facts["to_do"]) == (
        "2026-W46", 7, ["Niets. Alles kwam binnen en alles haalde de controles."],
    )  # fmt: skip
    text = page.read_text(encoding="utf-8")
    assert "Lijst van maandag: week 2026-W46" in text
    assert "maandag 16 november 2026" in text
    assert "<script" not in text
    if os.name == "posix":
        assert all(path.stat().st_mode & 0o077 == 0 for path in (page, page.parent / "maandag"))
    # no other reader's folder holds a word of it
    others = {name: folder for name, folder in settings.release_folders.items() if name != "analist"}
    assert not any(list(folder.rglob("maandag*")) for folder in others.values() if folder.is_dir())


def test_an_older_week_made_again_does_not_become_the_newest_list(tmp_path):
    settings = settings_in(tmp_path)
    write_list(TOLD, settings)
    older = MondayList(week=Week(2026, 40), made=MADE, seconds=1.0, index="index.html")
    page = write_list(older, settings)
    assert "week 2026-W46" in page.read_text(encoding="utf-8")
    assert (folder_of_lists(settings) / "maandag" / "2026-W40.html").is_file()


def test_the_first_page_leads_to_the_newest_week_and_says_nothing_of_it(tmp_path):
    settings = settings_in(tmp_path)
    published(settings, "2026-W45", "2026-W46", "2025-W52")
    (page,) = write_first_pages(settings)
    text = page.read_text(encoding="utf-8")
    places = [text.index(f'href="{week}/index.html"') for week in ("2026-W46", "2026-W45", "2025-W52")]
    assert places == sorted(places)
    assert 'lang="nl"' in text


def test_pages_of_old_weeks_go_and_what_was_told_stays_on_record(tmp_path):
    from genk_geo.jobs.week.publication import published_weeks, told_under

    settings = settings_in(tmp_path, f"{TWO}[running]\nkeep_weeks = 8\n")
    published(settings, "2026-W37", "2026-W38", "2026-W46")
    assert retire_weeks(settings, Week(2026, 46)) == 4
    assert {name: published_weeks(folder) for name, folder in settings.release_folders.items()} == {
        "wijkmanager": ["2026-W46"], "analist": ["2026-W46"],
    }  # fmt: skip
    told = sorted(record["week"] for record in told_under(settings.out))
    assert told == sorted(2 * ["2026-W37", "2026-W38", "2026-W46"])
    assert retire_weeks(settings, Week(2026, 46)) == 0


def test_a_week_with_a_file_of_somebody_in_it_is_not_removed(tmp_path):
    settings = settings_in(tmp_path, "[running]\nkeep_weeks = 8\n")
    published(settings, "2026-W30")
    (settings.out / "2026-W30" / "nota.docx").write_bytes(b"x")
    with pytest.raises(ConfigError, match="also holds what was not published there"):
        retire_weeks(settings, Week(2026, 46))
    assert (settings.out / "2026-W30" / "index.html").is_file()


def test_a_release_is_copied_to_its_share_and_only_that(tmp_path):
    (tmp_path / "deel").mkdir()
    settings = settings_in(tmp_path, f'{TWO}[[shares]]\nrelease = "wijkmanager"\npath = "deel"\n')
    published(settings, "2026-W45", "2026-W46")
    write_first_pages(settings)
    assert share_weeks(settings, {"wijkmanager": "2026-W46", "analist": "2026-W46"}) == 4
    found = sorted(
        path.relative_to(tmp_path / "deel").as_posix() for path in (tmp_path / "deel").rglob("*.*")
    )
    assert found == [
        "2026-W46/index.html", "2026-W46/manifest.json", "2026-W46/told.json", "index.html",
    ]  # fmt: skip
    (tmp_path / "deel").rename(tmp_path / "weg")
    with pytest.raises(ConfigError, match="is not connected"):
        share_weeks(settings, {"wijkmanager": "2026-W46"})


@pytest.mark.parametrize("told", ["sftp://server/map", "sftp://wie:geheim@server/map"])
def test_an_address_without_user_or_with_a_password_is_refused_unsaid(tmp_path, told):
    pytest.importorskip("paramiko")
    settings = settings_in(tmp_path, f'[[shares]]\npath = "{told}"\n')
    published(settings, "2026-W46")
    with pytest.raises(ConfigError) as caught:
        share_weeks(settings, {"wijkmanager": "2026-W46"})
    assert "geheim" not in str(caught.value)


class Mail(threading.Thread):
    """A mail server of one message, on this machine."""

    def __init__(self):
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.door.getsockname()[1]}"
        self.lines: list[str] = []

    def run(self):
        caller, _ = self.door.accept()
        with caller, caller.makefile("rb") as read:
            caller.sendall(b"220 hier\r\n")
            within = False
            for raw in read:
                line = raw.decode().rstrip("\r\n")
                self.lines.append(line)
                if within and line != ".":
                    continue
                if line.upper() == "DATA":
                    within = True
                    caller.sendall(b"354 ga door\r\n")
                elif line.upper() == "QUIT":
                    caller.sendall(b"221 dag\r\n")
                    return
                else:
                    within = False
                    caller.sendall(b"250 goed\r\n")


@pytest.fixture
def hook():
    got = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204 if self.path == "/haak" else 500)
            self.end_headers()

        def log_message(self, *told):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


SAID = {"state": "partly", "week": "2026-W46", "subject": "Hotspots: gepubliceerd", "text": "Zie de lijst."}


def test_a_mail_says_that_a_run_ended():
    server = Mail()
    server.start()
    told = NotifySettings(
        smtp=server.address, starttls=False, sender="a@stad.example", to=("b@stad.example",)
    )
    notify(told, **SAID)
    server.join(5)
    server.door.close()
    assert "Subject: Hotspots: gepubliceerd" in server.lines
    assert any("b@stad.example" in line and line.lower().startswith("rcpt") for line in server.lines)
    assert "Zie de lijst." in server.lines


def test_a_webhook_gets_the_state_and_the_week_alone(hook):
    address, got = hook
    notify(NotifySettings(webhook=f"{address}/haak"), **SAID)
    assert got == [{"state": "partly", "week": "2026-W46", "text": "Hotspots: gepubliceerd"}]
    notify(NotifySettings(webhook=f"{address}/haak", when="trouble"), **SAID | {"state": "published"})
    assert len(got) == 1
    with pytest.raises(ConfigError, match="HTTP 500") as caught:
        notify(NotifySettings(webhook=f"{address}/geheim"), **SAID)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "told",
    [
        {"smtp": "127.0.0.1:1", "sender": "a@b.example", "to": ("c@d.example",)},
        {"smtp": "127.0.0.1:1"},
        {"webhook": "http://127.0.0.1:1/haak"},
        {"smtp": "127.0.0.1:1", "sender": "a\nBcc: x@y.example", "to": ("c@d.example",)},
    ],
)
def test_who_cannot_be_told_is_said_in_one_line(told):
    with pytest.raises(ConfigError) as caught:
        notify(NotifySettings(**told), **SAID)
    assert "\n" not in str(caught.value)


@pytest.fixture
def ask(tmp_path):
    settings = settings_in(tmp_path)
    published(settings, "2026-W46")
    (settings.out / ".publishing.json").write_text("[]", encoding="utf-8")
    (tmp_path / "geheim.txt").write_text("x", encoding="utf-8")
    (settings.out / "weg.txt").symlink_to(tmp_path / "geheim.txt")
    server = server_of(settings, None, 0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def get(path, method="GET", **headers):
        caller = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        caller.request(method, path, headers=headers)
        answer = caller.getresponse()
        caller.close()
        return answer.status

    assert server.server_address[0] == "127.0.0.1"
    yield get
    server.shutdown()
    server.server_close()


def test_pages_are_shown_on_this_machine_read_only(ask):
    assert ask("/2026-W46/index.html") == ask("/2026-W46/") == 200
    for path in ("/", "/.publishing.json", "/../geheim.txt", "/%2e%2e/geheim.txt", "/weg.txt", "/niets"):
        assert ask(path) == 404, path
    for method in ("POST", "PUT", "DELETE"):
        assert ask("/2026-W46/index.html", method) == 501
    assert ask("/2026-W46/index.html", Host="kwaad.example") == 403


def test_nothing_to_show_is_said(tmp_path):
    settings = settings_in(tmp_path)
    with pytest.raises(ConfigError, match="Nothing was published yet"):
        server_of(settings, None, 0)
    with pytest.raises(ConfigError, match="no release analist"):
        server_of(settings, "analist", 0)


def test_the_review_file_holds_a_place_once_until_it_is_corrected(tmp_path, city):
    settings = settings_in(tmp_path, 'aliases = "aliassen.csv"\n')
    (tmp_path / "aliassen.csv").write_text("written,meant\n", encoding="utf-8")
    lost = pd.Series(["Bij de frituur", "bij de FRITUUR", "achter het station"])
    assert renew_review(settings, [lost], lambda: city) == 2
    rows = pd.read_csv(settings.running.review, encoding="utf-8-sig")
    assert rows[["address", "rows"]].iloc[0].tolist() == ["Bij de frituur", 2]
    assert renew_review(settings, [pd.Series(["bij de frituur"])], lambda: city) == 2
    assert pd.read_csv(settings.running.review, encoding="utf-8-sig")["rows"].tolist() == [3, 1]
    (tmp_path / "aliassen.csv").write_text("written,meant\nbij de frituur,Europalaan 1\n", encoding="utf-8")
    assert renew_review(settings, [], None) == 1
    settings.running.review.write_bytes(b"%PDF-1.7 iets anders")  # what cannot be read stays as it is
    assert renew_review(settings, [lost], lambda: city) == 0
    assert settings.running.review.read_bytes() == b"%PDF-1.7 iets anders"


def test_corrections_under_a_title_row_are_remembered(tmp_path):
    from genk_geo.geocoding import read_aliases
    from genk_geo.jobs.desk.geocode_file import remember

    book = tmp_path / "nakijken.xlsx"
    with pd.ExcelWriter(book, engine="openpyxl") as writer:
        pd.DataFrame([["Nagekeken door de wijkcel"]]).to_excel(writer, index=False, header=False)
        table = pd.DataFrame({"address": ["bij de frituur"], "rows": [3], "correction": ["Europalaan 1"]})
        table.to_excel(writer, index=False, startrow=2)
    assert remember(book, tmp_path / "aliassen.csv") == 1
    assert list(read_aliases(tmp_path / "aliassen.csv").values()) == ["Europalaan 1"]


def test_precision_names_its_remedy(tmp_path):
    from genk_geo.jobs.monday.build import precision_of

    look = SimpleNamespace(theme="nuisance", located=36, in_window=100)
    settings = settings_in(tmp_path)
    assert precision_of(look, settings, 5).remedy == "register"
    with_register = settings.model_copy(update={"addresses": tmp_path / "adressen.parquet"})
    assert [precision_of(look, with_register, n).remedy for n in (5, 0)] == ["review", ""]
