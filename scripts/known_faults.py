"""Look up the pinned libraries in the database of known faults: `python3 scripts/known_faults.py`.

It sends the names and versions of `constraints.txt` to OSV (https://osv.dev), nothing else, and needs no
environment. Exit codes: 0 no known fault, 1 known faults, 3 the database could not be asked.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

DATABASE = "https://api.osv.dev"
PINS = Path(__file__).resolve().parents[1] / "constraints.txt"
TIMEOUT_S = 30
#: The database takes up to 1,000 questions at once.
AT_ONCE = 500
#: An answer with so many pages is no answer.
MOST_PAGES = 100
FOUND, NOT_ASKED = 1, 3
_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;]+)")


class Pin(NamedTuple):
    """A library and the version that is installed."""

    name: str
    version: str


class NotAskedError(Exception):
    """The database could not be asked, or its answer was none."""


def read_pins(path: Path) -> list[Pin]:
    """Pins of a constraints file, whatever platform they are for."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pins = [found for line in lines if (found := _PIN.match(line.strip()))]
    return [Pin(found[1], found[2]) for found in pins]


def known_faults(pins: list[Pin], database: str = DATABASE) -> dict[Pin, list[str]]:
    """Identifiers of the known faults of each pin that has any.

    Raises
    ------
    NotAskedError
        If the database cannot be reached or does not answer as it should.
    """
    found: dict[Pin, set[str]] = {}
    for start in range(0, len(pins), AT_ONCE):
        waiting = [(pin, "") for pin in pins[start : start + AT_ONCE]]
        for _ in range(MOST_PAGES):  # a long answer comes in pages
            if not waiting:
                break
            waiting = _ask(waiting, database, found)
        if waiting:
            raise NotAskedError("its answer has no end")
    return {pin: sorted(found[pin]) for pin in pins if pin in found}


def _ask(waiting: list[tuple[Pin, str]], database: str, found: dict[Pin, set[str]]) -> list[tuple[Pin, str]]:
    """Ask one page for each; note what is found, and give those whose answer goes on."""
    questions = [
        {"package": {"name": pin.name, "ecosystem": "PyPI"}, "version": pin.version}
        | ({"page_token": page} if page else {})
        for pin, page in waiting
    ]
    told = _post(f"{database}/v1/querybatch", {"queries": questions})
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, list) or len(results) != len(questions):
        raise NotAskedError("its answer is not one for each library")
    further = []
    for (pin, _), result in zip(waiting, results, strict=True):
        answer = result if isinstance(result, dict) else {}
        names = {str(fault["id"]) for fault in answer.get("vulns", [])}
        if names:
            found.setdefault(pin, set()).update(names)
        if page := answer.get("next_page_token"):
            further.append((pin, str(page)))
    return further


def _post(url: str, content: object) -> object:
    request = urllib.request.Request(  # noqa: S310 - https, or a loopback server of the tests
        url, json.dumps(content).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as fault:
        raise NotAskedError(f"it answers {fault.code}") from fault
    except (OSError, http.client.HTTPException) as fault:
        raise NotAskedError(str(getattr(fault, "reason", fault))) from fault
    except ValueError as fault:
        raise NotAskedError("its answer cannot be read") from fault


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, ask, and say what is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pins", type=Path, default=PINS, help="file with pins; default: constraints.txt")
    parser.add_argument("--database", default=DATABASE, help="address of an OSV database")
    told = parser.parse_args(arguments)
    pins = read_pins(told.pins)
    try:
        faults = known_faults(pins, told.database.rstrip("/"))
    except (NotAskedError, KeyError, TypeError) as why:
        print(f"NOT CHECKED: {told.database} could not be asked ({why}). Nothing is known of the pins.")
        return NOT_ASKED
    for pin, names in faults.items():
        print(f"{pin.name} {pin.version}: {', '.join(names)}  (https://osv.dev/{names[0]})")
    total = sum(map(len, faults.values()))
    print(f"{len(pins)} libraries looked up: {total or 'no'} known faults in {len(faults)} of them.")
    return FOUND if faults else 0


if __name__ == "__main__":
    sys.exit(main())
