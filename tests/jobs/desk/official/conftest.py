"""A server on loopback that answers as the services do, or badly; nothing here asks the internet."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from genk_geo.config import ReferenceSettings
from genk_geo.jobs.desk.official.fetching.asking import Asker


@dataclass
class Served:
    """What stands at a path: bytes, with what the server says of them and how it fails.

    `fails` is used up: a status, `cut` (bytes after which the line breaks), or a function of the handler.
    """

    content: bytes = b""
    etag: str = ""
    modified: str = ""
    kind: str = "application/octet-stream"
    fails: list = field(default_factory=list)
    ranges: bool = True


class Server:
    """The server, what stands on it, and what it was asked."""

    def __init__(self):
        self.paths = {}
        self.asked = []
        own = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self):
                own.asked.append((self.path, dict(self.headers)))
                answer = own.paths.get(self.path) or own.paths.get(self.path.split("?")[0])
                own.answer(self, answer)

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                own.asked.append((self.path, self.rfile.read(length).decode()))
                own.answer(self, own.paths.get(self.path))

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def close(self):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def answer(self, handler, served):
        if served is None:
            handler.send_error(404)
            return
        if callable(served):
            served(handler)
            return
        fault = served.fails.pop(0) if served.fails else None
        if callable(fault):
            fault(handler)
        elif isinstance(fault, int):
            handler.send_error(fault)
        else:
            self._send(handler, served, fault)

    def _send(self, handler, served, fault):
        told = handler.headers
        same = (served.etag and told.get("If-None-Match") == served.etag) or (
            served.modified and told.get("If-Modified-Since") == served.modified
        )
        start, status = 0, 304 if same else 200
        if "Range" in told and served.ranges and told.get("If-Range") in {served.etag, served.modified}:
            start, status = int(told["Range"].removeprefix("bytes=").rstrip("-")), 206
        body = b"" if same else served.content[start:]
        handler.send_response(status)
        handler.send_header("Content-Type", served.kind)
        for name, value in (("ETag", served.etag), ("Last-Modified", served.modified)):
            if value:
                handler.send_header(name, value)
        if not same:
            handler.send_header("Content-Length", str(len(body)))
        if status == 206:
            handler.send_header(
                "Content-Range", f"bytes {start}-{len(served.content) - 1}/{len(served.content)}"
            )
        handler.end_headers()
        handler.wfile.write(body[: fault["cut"]] if isinstance(fault, dict) else body)


@pytest.fixture(scope="session")
def _server():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def server(_server):
    _server.paths.clear()
    _server.asked.clear()
    return _server


@dataclass
class Rests:
    """A clock that only rests move."""

    now: float = 0.0
    taken: list = field(default_factory=list)

    def sleep(self, seconds):
        self.taken.append(seconds)
        self.now += seconds

    def clock(self):
        return self.now


@pytest.fixture
def rests():
    return Rests()


@pytest.fixture
def asker(rests):
    def make(**told):
        settings = ReferenceSettings(**{"pause_s": 0, "timeout_s": 0.3, "tries": 3} | told)
        return Asker(settings, sleep=rests.sleep, clock=rests.clock)

    return make


def zipped(**files):
    """An archive of some files, by name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.fixture
def pages(server):
    """Serve features in pages, as OGC API Features does."""

    def serve(path, features, *, limit, matched=True, spoil=None):
        def answer(handler):
            from urllib.parse import parse_qs, urlsplit

            start = int(parse_qs(urlsplit(handler.path).query).get("startIndex", ["0"])[0])
            part = features[start : start + limit]
            page = {"type": "FeatureCollection", "features": part, "numberReturned": len(part), "links": []}
            if matched:
                page["numberMatched"] = len(features)
            if start + limit < len(features):
                href = f"{server.url}{path}?f=json&startIndex={start + limit}"
                page["links"] = [{"rel": "next", "href": href}, {"rel": "self", "href": handler.path}]
            body = json.dumps(page).encode()
            if spoil is not None:
                page = spoil(page, start)
                if page is None:
                    handler.send_error(503)
                    return
                body = page if isinstance(page, bytes) else json.dumps(page).encode()
            handler.send_response(200)
            handler.send_header("Content-Type", "application/geo+json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        server.paths[path] = answer
        return f"{server.url}{path}"

    return serve
