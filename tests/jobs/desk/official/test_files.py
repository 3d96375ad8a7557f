"""A file is fetched whole, gone on with, kept where it is the same; every failure has one message."""

from __future__ import annotations

import re
import time

import pytest
import requests

from genk_geo.jobs.desk.official.faults import DownloadError
from genk_geo.jobs.desk.official.fetching.files import Fetched, fetch_file
from genk_geo.render.words.texts import Texts

from .conftest import Served

CONTENT = b"PK\x03\x04" + bytes(range(256)) * 400


def test_a_file_comes_in_once_and_is_kept_while_it_is_the_same(server, asker, tmp_path):
    server.paths["/a.zip"] = Served(CONTENT, etag='"one"')
    told = []
    first = fetch_file(
        asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip", tell=lambda *at: told.append(at)
    )
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "a.zip.json"}
    assert fetch_file(asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip") == first
    assert server.asked[-1][1]["If-None-Match"] == '"one"'
    server.paths["/a.zip"] = Served(CONTENT + b"more", etag='"two"')
    second = fetch_file(asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip")
    assert (second.etag, second.size) == ('"two"', len(CONTENT) + 4)


def test_a_file_without_etag_goes_by_its_date_and_a_spoiled_copy_is_fetched_anew(server, asker, tmp_path):
    moment = "Mon, 02 Nov 2026 10:00:00 GMT"
    server.paths["/a.zip"] = Served(CONTENT, modified=moment)
    target = tmp_path / "a.zip"
    fetch_file(asker(), f"{server.url}/a.zip", target, kind="zip")
    fetch_file(asker(), f"{server.url}/a.zip", target, kind="zip")
    assert server.asked[-1][1]["If-Modified-Since"] == moment
    target.write_bytes(CONTENT[:-1] + b"x")
    assert Fetched.known(target) is None
    fetch_file(asker(), f"{server.url}/a.zip", target, kind="zip")
    assert "If-Modified-Since" not in server.asked[-1][1]
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("mark", [{"etag": '"one"'}, {"modified": "Mon, 02 Nov 2026 10:00:00 GMT"}])
def test_what_was_cut_off_is_gone_on_with(mark, server, asker, rests, tmp_path):
    server.paths["/a.zip"] = Served(CONTENT, fails=[{"cut": 60_000}, 503], **mark)
    fetch_file(asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert server.asked[-1][1]["Range"] == "bytes=60000-"
    assert rests.taken == [1.0, 2.0]


def test_the_next_run_goes_on_too_unless_the_file_has_changed(server, asker, tmp_path):
    address, target = f"{server.url}/a.zip", tmp_path / "a.zip"
    server.paths["/a.zip"] = Served(CONTENT, etag='"one"', fails=[{"cut": 60_000}])
    with pytest.raises(DownloadError, match="broke off"):
        fetch_file(asker(tries=1), address, target, kind="zip")
    assert not target.exists()
    server.paths["/a.zip"] = Served(CONTENT + b"!", etag='"two"')
    fetch_file(asker(tries=1), address, target, kind="zip")
    assert server.asked[-1][1]["If-Range"] == '"one"'
    assert target.read_bytes() == CONTENT + b"!"


def test_a_weak_mark_or_none_begins_anew(server, asker, tmp_path):
    server.paths["/a.zip"] = Served(CONTENT, etag='W/"one"', fails=[{"cut": 60_000}])
    fetch_file(asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip")
    assert "Range" not in server.asked[-1][1]
    assert (tmp_path / "a.zip").read_bytes() == CONTENT


def refusing(seconds):
    def answer(handler):
        handler.send_response(429)
        handler.send_header("Retry-After", seconds)
        handler.end_headers()

    return answer


def test_a_busy_server_is_waited_for_as_long_as_it_says(server, asker, rests, tmp_path):
    server.paths["/a.zip"] = Served(CONTENT, fails=[refusing("7"), refusing("nonsense")])
    fetch_file(asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip")
    assert rests.taken == [7.0, 2.0]


def test_requests_keep_their_distance(server, asker, rests, tmp_path):
    server.paths["/a.zip"] = Served(CONTENT)
    polite = asker(pause_s=2.5)
    for name in ("a.zip", "b.zip", "c.zip"):
        fetch_file(polite, f"{server.url}/a.zip", tmp_path / name, kind="zip")
    assert rests.taken == [2.5, 2.5]


def redirecting(handler):
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.end_headers()


def silent(handler):
    time.sleep(0.6)


def dripping(rests):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[:10])
        rests.now += 120  # a minute for every few bytes
        handler.wfile.write(CONTENT[10:20])

    return answer


BAD = {
    "not_there": (404, "404"),
    "shut": (403, "proxy"),
    "refused": (400, "400"),
    "busy": (500, "500"),
    "busy_long": (refusing("3600"), "60"),
    "redirects": (redirecting, "addresses_of"),
    "silent": (silent, "0.3"),
    "broken_off": ({"cut": 1000}, "127.0.0.1"),
    "web_page": (b"\n<!DOCTYPE html><html>", "--from"),
    "wrong_kind": (b"a,b\n1,2\n", "zip"),
    "empty": (b"", "--from"),
}


@pytest.mark.parametrize("why", BAD)
def test_every_failure_leaves_what_was_there_and_says_what_to_do(why, server, asker, tmp_path):
    fault, told = BAD[why]
    target = tmp_path / "a.zip"
    server.paths["/a.zip"] = Served(CONTENT, etag='"one"')
    fetch_file(asker(), f"{server.url}/a.zip", target, kind="zip")
    content = fault if isinstance(fault, bytes) else CONTENT
    fails = [] if isinstance(fault, bytes) else [fault] * 9
    server.paths["/a.zip"] = Served(content, etag='"two"', fails=fails, ranges=False)
    with pytest.raises(DownloadError) as refused:
        fetch_file(asker(), f"{server.url}/a.zip", target, kind="zip")
    assert (refused.value.why, refused.value.exit_code) == (why, 4)
    for lang in ("nl", "en"):
        said = refused.value.in_words(Texts(lang))
        assert told in said
        assert re.search(r"--from|addresses_of|probeer|try again", said, re.IGNORECASE)
    assert target.read_bytes() == CONTENT
    assert Fetched.known(target).etag == '"one"'


def test_a_server_that_drips_is_given_up(server, asker, rests, tmp_path):
    server.paths["/a.zip"] = dripping(rests)
    with pytest.raises(DownloadError, match="longer than 1 minutes"):
        fetch_file(asker(minutes=1), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip")


def test_nobody_listens(asker, tmp_path):
    with pytest.raises(DownloadError, match="broke off each time"):
        fetch_file(asker(), "http://127.0.0.1:9/a.zip", tmp_path / "a.zip", kind="zip")


def test_a_mirror_that_lags_behind_is_refused(server, asker, tmp_path):
    server.paths["/a.zip"] = Served(CONTENT, modified="Mon, 02 Nov 2026 10:00:00 GMT")
    fetch_file(asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip")
    server.paths["/a.zip"] = Served(CONTENT + b"x", modified="Thu, 01 Oct 2026 10:00:00 GMT")
    with pytest.raises(DownloadError, match=r"older file \(2026-10-01\).*\(2026-11-02\)"):
        fetch_file(asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip")


def test_more_than_allowed_is_refused_before_and_while_it_comes(server, asker, tmp_path):
    from genk_geo.doors import Limits, limited

    server.paths["/a.zip"] = Served(CONTENT + bytes(1_000_000))

    def nameless(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(CONTENT + bytes(1_000_000))

    server.paths["/b.zip"] = nameless
    for name in ("a.zip", "b.zip"):
        with limited(Limits(file_mb=1)), pytest.raises(DownloadError, match="larger than 1 MB"):
            fetch_file(asker(), f"{server.url}/{name}", tmp_path / name, kind="zip")


def test_the_proxy_of_the_environment_is_used(server, asker, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.paths["http://register.example/a.zip"] = Served(CONTENT)
    fetch_file(asker(), "http://register.example/a.zip", tmp_path / "a.zip", kind="zip")
    assert server.asked[-1][0] == "http://register.example/a.zip"
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with pytest.raises(DownloadError, match="HTTPS_PROXY"):
        fetch_file(asker(), "http://register.example/a.zip", tmp_path / "b.zip", kind="zip")


def test_every_reason_has_its_words_in_both_languages(root):
    """A reason without a text would fall over in the moment that it is needed."""
    room = root / "genk_geo" / "jobs" / "desk" / "official"
    source = "\n".join(path.read_text(encoding="utf-8") for path in room.rglob("*.py"))
    tables = {"DownloadError": "download", "PassingError": "download", "LayerError": "layer"}
    asked = {
        (tables[kind], why) for kind, why in re.findall(r"(\w+Error)\(\s*\"(\w+)\"", source) if kind in tables
    }
    asked |= {("unfit", why) for why in re.findall(r"_unfit\([\w\"]+, \"(\w+)\"", source)}
    assert len(asked) > 35
    for table, why in asked:
        for lang in ("nl", "en"):
            assert Texts(lang)._find(f"console.{table}.{why}"), (table, why)


def test_a_redirect_from_a_secure_address_to_another_is_not_followed():
    from genk_geo.jobs.desk.official.fetching.asking import _check

    answer = requests.Response()
    answer.status_code, answer.url = 200, "http://elders.example/a.zip"
    with pytest.raises(DownloadError, match="not secure"):
        _check(answer, "https://register.example/a.zip")


def test_a_certificate_that_nobody_trusts_is_no_busy_server(asker, rests, tmp_path, monkeypatch):
    """Trying again would not help: what helps is told at once."""

    def refuse(*_, **__):
        raise requests.exceptions.SSLError("self-signed certificate in certificate chain")

    monkeypatch.setattr(requests.Session, "request", refuse)
    with pytest.raises(DownloadError, match=r"REQUESTS_CA_BUNDLE.*--from"):
        fetch_file(asker(), "https://register.example/a.zip", tmp_path / "a.zip", kind="zip")
    assert rests.taken == []


def test_a_full_disk_is_not_the_fault_of_the_server(server, asker, rests, tmp_path, monkeypatch):
    server.paths["/a.zip"] = Served(CONTENT, etag='"one"')

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("genk_geo.jobs.desk.official.fetching.files._write", full)
    with pytest.raises(OSError, match="No space left"):
        fetch_file(asker(), f"{server.url}/a.zip", tmp_path / "a.zip", kind="zip")
    assert rests.taken == []
