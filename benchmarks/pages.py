"""Pages as a wijkmanager opens them: bytes, time on a phone four times slower than this machine, names.

``python benchmarks/pages.py`` publishes the week of the demo twice, with names of streets at their points
(the embedded Genk) and with a street layer that does not exist (a bent grid of 12,012 pieces with 780 names
over the whole city), each in a process of its own, and opens the pages in a Chromium without a network. It
tells the largest page, what its map carries, seconds of processor of the backdrop beside those of the weekly
run, how long the page takes to draw it with the processor throttled, requests, and how many streets are named
with the map zoomed on each hotspot.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import genk_geo as gg
from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate
from genk_geo.jobs import session, weekly
from genk_geo.render.maps import city_map, stadsdeel_map

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("names", "lines")
SIDE, RUN = 78, 16
SLOWER = 4
WIDTHS = ((390, 844), (1280, 900))
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
#: Milliseconds of each reading and drawing, by what was done.
MEASURED = "performance.getEntriesByType('measure').map(one => [one.name, one.duration])"
CARRIED = re.compile(r"backdrop: (\{.*\}),\n")
NAMES = "document.querySelector('.folium-map').dataset.names.split('|').filter(Boolean).length"


def publish() -> None:
    """Publish the week of the demo in the folder one stands in, and tell what the backdrop costs."""
    spent = 0.0

    @contextmanager
    def clocked() -> Iterator[None]:
        nonlocal spent
        begin = time.process_time()
        yield
        spent += time.process_time() - begin

    def timed(work: Any) -> Any:
        def run(*given: Any, **more: Any) -> Any:
            with clocked():
                return work(*given, **more)

        return run

    session.load_backdrop = timed(session.load_backdrop)
    for module in (city_map, stadsdeel_map):
        module.coded_backdrop = timed(module.coded_backdrop)
    weekly("data/genk-geo.toml", week=DEMO_WEEK, out=Path("maps").resolve(), now=DEMO_NOW)
    own = os.times()
    print(json.dumps({"cpu": own.user + own.system, "backdrop": spent}))


def write_streets(path: Path) -> None:
    """Streets over the whole city, as a layer."""
    sys.path.insert(0, str(ROOT))
    from tests.fixtures.streets import bent_grid

    city = gg.City.load()
    grid = bent_grid(city.boundary.bounds, side=SIDE, run=RUN, crs=city.crs)
    print(f"streets: {len(grid):,} pieces, {grid['name'].nunique()} names")
    grid.to_file(path, driver="GPKG")


def sizes(folder: Path) -> None:
    """The largest page, and the largest backdrop in one."""
    pages = sorted(folder.glob("*.html"), key=lambda page: page.stat().st_size)
    carried = {
        page.name: max(map(len, CARRIED.findall(page.read_text(encoding="utf-8"))), default=0)
        for page in pages
    }
    code = sum(
        len((ROOT / "genk_geo/render/static" / name).read_bytes())
        for name in ("backdrop.js", "backdrop_names.js")
    )
    most = max(carried, key=lambda name: carried[name])
    stadsdeel = max(
        (name for name in carried if name.startswith("stadsdeel")), key=lambda name: carried[name]
    )
    print(f"  largest page: {pages[-1].name}, {pages[-1].stat().st_size / 1000:.0f} kB")
    print(
        f"  backdrop: {carried[most] / 1000:.0f} kB on {most}, at most "
        f"{carried[stadsdeel] / 1000:.0f} kB on that of a stadsdeel"
    )
    print(f"  code that draws it: {code / 1000:.0f} kB")


def browse(folder: Path) -> None:
    """Open the pages without a network on a slow machine, zoom on every hotspot."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=_chromium(), args=ARGS)
        for width, height in WIDTHS:
            drawn: list[float] = []
            again: list[float] = []
            named: list[int] = []
            asked: list[str] = []
            for path in [*sorted(folder.glob("stadsdeel-*.html")), folder / "verkeer.html"]:
                context = browser.new_context(
                    viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce"
                )
                page = context.new_page()
                page.on("request", lambda r, to=asked: r.url.startswith("file:") or to.append(r.url[:60]))
                page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
                page.goto(path.as_uri())
                page.wait_for_selector("html.ready, [data-ready]")
                first = page.evaluate(MEASURED)
                drawn.append(sum(took for _, took in first))
                for row in page.locator("tr[data-show^=hotspot] button").all():
                    row.click()
                    page.wait_for_timeout(400)
                    named.append(page.evaluate(NAMES))
                again += [took for _, took in page.evaluate(MEASURED)[len(first) :]]
                context.close()
            far = [url for url in asked if not url.startswith(("data:", "blob:"))]
            print(
                f"  {width} px: read and drawn by {max(drawn):.0f} ms, again in {max(again):.0f} ms at most;"
            )
            print(f"    {len(named)} hotspots, at least {min(named)} names on each; {len(far)} requests")
        browser.close()


def _chromium() -> str:
    found = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("This benchmark opens pages: it needs Chromium or Chrome.")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true", help="publish in the folder one stands in")
    parser.add_argument("--keep", type=Path, help="folder to leave the pages in")
    chosen = parser.parse_args()
    if chosen.publish:
        publish()
        return
    with tempfile.TemporaryDirectory(prefix="genk-geo-pages-") as temporary:
        top = chosen.keep or Path(temporary)
        generate(top / KINDS[0] / "data")
        shutil.copytree(top / KINDS[0] / "data", top / KINDS[1] / "data", dirs_exist_ok=True)
        write_streets(top / KINDS[1] / "data" / "streets.gpkg")
        with (top / KINDS[1] / "data" / "genk-geo.toml").open("a", encoding="utf-8") as settings:
            settings.write('\n[map]\nstreets = "streets.gpkg"\n')
        for kind in KINDS:
            command = [sys.executable, str(Path(__file__).resolve()), "--publish"]
            done = subprocess.run(command, cwd=top / kind, stdout=subprocess.PIPE, text=True, check=True)
            one = json.loads(done.stdout.splitlines()[-1])
            share = one["backdrop"] / (one["cpu"] - one["backdrop"])
            print(
                f"{kind}: {one['backdrop']:.1f} of {one['cpu']:.1f} s of processor ({share:.1%} more)",
                flush=True,
            )
            week = top / kind / "maps" / str(DEMO_WEEK)
            sizes(week)
            browse(week)


if __name__ == "__main__":
    main()
