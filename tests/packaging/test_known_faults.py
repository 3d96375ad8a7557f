"""The look-up of known faults, against a database on this machine."""

from __future__ import annotations

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


@pytest.fixture
def script(root):
    spec = importlib.util.spec_from_file_location("known_faults", root / "scripts" / "known_faults.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def database():
    """A database that knows two faults of one library, the second on a page of its own."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        answer: tuple | None = None

        def do_POST(self):
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, told))
            status, body = self.answer or (200, self.found(told))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        @staticmethod
        def found(told):
            results = []
            for query in told["queries"]:
                if query["package"]["name"] != "jinja2":
                    results.append({})
                elif "page_token" in query:
                    results.append({"vulns": [{"id": "PYSEC-2"}]})
                else:
                    results.append({"vulns": [{"id": "GHSA-1"}], "next_page_token": "x"})
            return {"results": results}

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked, Handler
        server.shutdown()


def pins(folder, text):
    (folder / "pins.txt").write_text(text, encoding="utf-8")
    return ["--pins", str(folder / "pins.txt")]


def test_every_pin_of_the_project_is_asked_for(script, root, database):
    url, asked, _ = database
    listed = [line for line in (root / "constraints.txt").read_text().splitlines() if "==" in line]
    assert len(script.read_pins(root / "constraints.txt")) == len(listed) > 100
    assert script.main(["--database", url]) == 1
    queries = [query for _, told in asked for query in told["queries"] if "page_token" not in query]
    assert len(queries) == len(listed)
    assert all(query["package"]["ecosystem"] == "PyPI" and query["version"] for query in queries)
    assert {path for path, _ in asked} == {"/v1/querybatch"}


def test_faults_are_listed_over_all_pages(script, database, tmp_path, capsys):
    url, _, _ = database
    told = pins(tmp_path, "# pins\na==1.0\njinja2==3.0.0; sys_platform == 'linux'\n")
    assert script.main([*told, "--database", url + "/"]) == 1
    said = capsys.readouterr().out
    assert "jinja2 3.0.0: GHSA-1, PYSEC-2" in said
    assert "2 libraries looked up: 2 known faults in 1 of them" in said


def test_nothing_known_is_said_too(script, database, tmp_path, capsys):
    assert script.main([*pins(tmp_path, "a==1.0\n"), "--database", database[0]]) == 0
    assert "1 libraries looked up: no known faults" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        (503, b""),
        (200, b"<html>"),
        (200, {"results": []}),
        (200, []),
        (200, {"results": [{"vulns": [{}]}]}),
        (200, {"results": [{"vulns": 3}]}),
        (200, {"results": [{"next_page_token": "again"}]}),
    ],
)
def test_a_database_that_does_not_answer_well_is_not_taken_for_a_clean_bill(
    script, database, tmp_path, capsys, answer
):
    url, _, handler = database
    handler.answer = answer
    assert script.main([*pins(tmp_path, "a==1.0\n"), "--database", url]) == 3
    said = capsys.readouterr().out
    assert said.startswith("NOT CHECKED")
    assert "known faults" not in said


def test_a_database_that_is_out_of_reach_is_said_to_be_so(script, tmp_path, capsys):
    told = pins(tmp_path, "a==1.0\n")
    assert script.main([*told, "--database", "http://127.0.0.1:9"]) == 3
    assert script.main([*told, "--database", "http://no-such-host.invalid"]) == 3
    assert capsys.readouterr().out.count("NOT CHECKED") == 2
