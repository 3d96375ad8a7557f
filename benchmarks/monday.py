"""The Monday of the demo: three themes, all methods; a first week on a history, a following one, that again.

``python benchmarks/monday.py`` makes the fictitious files in a folder of its own and publishes two weeks,
each in a process of its own that begins cold (compiled code is at hand from a run before), and then runs
the last one again, with nothing new. It tells seconds of processor (of all processes) and by the clock, from
the start of the process, and the checksum of all that was published: two versions that should publish the
same can be compared by it. ``--secret`` fixes what a history draws by chance
for the names of its hotspots, or no two histories have the same checksum.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = (("first week on a history", 1), ("following week", 0), ("again, without new files", 0))


def publish(week: str, now: str, secret: str) -> None:
    """Publish a week of the demo at a moment, as the command does."""
    begin = time.process_time()
    from genk_geo.config import Settings
    from genk_geo.jobs.monday.run import monday

    loading = time.process_time() - begin
    if secret:
        import secrets

        secrets.token_hex = lambda n=32: hashlib.shake_256(secret.encode()).hexdigest(n)
        secrets.token_bytes = lambda n=32: hashlib.shake_256(secret.encode()).digest(n)
    settings = Settings.load("data/genk-geo.toml", out=Path("maps").resolve())
    done = monday(settings, week=week, now=dt.datetime.fromisoformat(now))
    own = os.times()
    stood = done.publications[0].stood
    here = own.user + own.system
    cpu = here + own.children_user + own.children_system
    print(json.dumps({"cpu": cpu, "own": here, "gib": _peak_gib(), "loading": loading, "stood": stood}))


def _peak_gib() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def checksum(folder: Path) -> str:
    """Of the names and bytes of all published files in a folder; lists tell how long a run took."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and "maandag" not in str(one)):
        digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secret", default="", help="fix what is drawn by chance, to compare two versions")
    parser.add_argument("--week", help="publish one week in the folder one stands in")
    parser.add_argument("--now", help="at this moment")
    chosen = parser.parse_args()
    if chosen.week is not None:
        publish(chosen.week, chosen.now, chosen.secret)
        return
    from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate

    with tempfile.TemporaryDirectory(prefix="genk-geo-monday-") as folder:
        generate(Path(folder) / "data")
        for name, back in RUNS:
            now = DEMO_NOW - dt.timedelta(weeks=back)
            command = [sys.executable, str(Path(__file__).resolve()), "--week", str(DEMO_WEEK.shift(-back))]
            command += ["--now", now.isoformat(), "--secret", chosen.secret]
            begin = time.perf_counter()
            done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
            one = json.loads(done.stdout.splitlines()[-1])
            taken = time.perf_counter() - begin
            parts = f"{one['own']:.1f} s in the run itself, {one['loading']:.1f} s to load the program"
            told = f"{one['cpu']:.1f} s of processor ({parts})"
            print(f"{name}: {told}, {taken:.1f} s, {one['gib']:.2f} GiB", flush=True)
            if one["stood"] != name.startswith("again"):
                sys.exit(f"{name}: the week {'stood' if one['stood'] else 'was made anew'}.")
        print(f"published: {checksum(Path(folder) / 'maps')}")


if __name__ == "__main__":
    main()
