"""Pages as a wijkmanager opens them: bytes, time on a phone four times slower than this machine, names.

``python benchmarks/pages.py`` publishes the week of the demo three times, each in a process of its own:
with names of streets at their points (the embedded Genk); with 25 earlier weeks under the slider besides;
and with these and a street layer that does not exist (a bent grid of 12,012 pieces with 780 names over
the city). The earlier weeks are that of the demo with every outline moved, so that no two weeks share
one. It opens the pages in a Chromium without a network and tells the largest page, what its map carries,
seconds of processor of the backdrop and of the weeks beside those of the weekly run, how long the page
takes to draw with the processor throttled, requests, how many streets are named with the map zoomed on
each hotspot, and how long a step of the slider takes.
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
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import shapely

import genk_geo as gg
from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate
from genk_geo.jobs import weekly
from genk_geo.jobs.week import releases
from genk_geo.reference import backdrop as backdrops
from genk_geo.release.kept.week_maps import WEEKS_BACK, from_kept
from genk_geo.render.files import publish as published
from genk_geo.render.maps import city_map, stadsdeel_map
from genk_geo.render.pages import stadsdeel_page

if TYPE_CHECKING:
    from genk_geo.calendar import Week
    from genk_geo.release.values.week_maps import WeekMap

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("names", "weeks", "lines")
SIDE, RUN = 78, 16
SLOWER = 4
WIDTHS = ((390, 844), (1280, 900))
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
#: Milliseconds of each reading and drawing, by what was done.
MEASURED = "performance.getEntriesByType('measure').map(one => [one.name, one.duration])"
WEEKS = re.compile(r'id="weken-gegevens">(.*?)</script>', re.DOTALL)
CARRIED = re.compile(r"backdrop: (\{.*\}),\n")
#: Milliseconds of each step of the slider, until what it changed is drawn.
MOVE = """async () => {
    const slider = document.getElementById("weken-kaart-week"), took = [];
    for (let at = Number(slider.max) - 1; at >= 0; at -= 1) {
        const begin = performance.now();
        slider.value = String(at);
        slider.dispatchEvent(new Event("input"));
        document.body.getBoundingClientRect();
        took.push(performance.now() - begin);
    }
    return took;
}"""
NAMES = "document.querySelector('.folium-map').dataset.names.split('|').filter(Boolean).length"


def publish(earlier: Path | None) -> None:
    """Publish the week of the demo in the folder one stands in, and tell what its maps cost."""
    spent: Counter[str] = Counter()

    def timed(what: str, work: Any) -> Any:
        def run(*given: Any, **more: Any) -> Any:
            begin = time.process_time()
            try:
                return work(*given, **more)
            finally:
                spent[what] += time.process_time() - begin

        return run

    backdrops.load_backdrop = timed("backdrop", backdrops.load_backdrop)
    for module in (city_map, stadsdeel_map):
        module.coded_backdrop = timed("backdrop", module.coded_backdrop)
    if earlier is not None:
        releases.kept_maps = lambda *_: weeks_before(earlier)
    releases.kept_maps = timed("weeks", releases.kept_maps)
    for name in ("map_weeks", "map_of", "kept_text"):
        setattr(published, name, timed("weeks", getattr(published, name)))
    stadsdeel_page.weeks_section = timed("weeks", stadsdeel_page.weeks_section)
    weekly("data/genk-geo.toml", week=DEMO_WEEK, out=Path("maps").resolve(), now=DEMO_NOW)
    own = os.times()
    print(json.dumps({"cpu": own.user + own.system, **spent}))


def weeks_before(file: Path) -> dict[Week, WeekMap]:
    """Twenty-five weeks like the one that was kept in a file, their hotspots elsewhere."""
    own = from_kept(file.read_text(encoding="utf-8"))
    if own is None:
        sys.exit(f"{file} is of another version.")

    def moved(theme: Any, metres: float) -> Any:
        shift = [metres, metres / 2]
        spots = [
            replace(spot, geometry=shapely.transform(spot.geometry, lambda xy: xy + shift))
            for spot in theme.hotspots
        ]
        return replace(theme, hotspots=tuple(spots))

    return {
        DEMO_WEEK.shift(-back): replace(
            own,
            week=DEMO_WEEK.shift(-back),
            themes={name: moved(theme, 17.0 * back) for name, theme in own.themes.items()},
        )
        for back in range(1, WEEKS_BACK)
    }


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
    weeks = max(
        (
            len(found[1].encode())
            for page in pages
            if (found := WEEKS.search(page.read_text(encoding="utf-8")))
        ),
        default=0,
    )
    code = sum(
        len((ROOT / "genk_geo/render/static" / name).read_bytes())
        for name in ("weeks.js", "twins.js", "weeks.css")
    )
    print(f"  weeks: {weeks / 1000:.0f} kB at most, and {code / 1000:.0f} kB of code")


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
            moves: list[float] = []
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
                if page.locator("#weken-kaart-week").count():
                    moves += page.evaluate(MOVE)
                context.close()
            far = [url for url in asked if not url.startswith(("data:", "blob:"))]
            print(
                f"  {width} px: read and drawn by {max(drawn):.0f} ms, again in {max(again):.0f} ms at most;"
            )
            if moves:
                print(f"    a step of the slider in {median(moves):.0f} ms, {max(moves):.0f} at most")
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
    parser.add_argument("--earlier", type=Path, help="with --publish: the map of the week that came before")
    parser.add_argument("--keep", type=Path, help="folder to leave the pages in")
    chosen = parser.parse_args()
    if chosen.publish:
        publish(chosen.earlier)
        return
    with tempfile.TemporaryDirectory(prefix="genk-geo-pages-") as temporary:
        top = (chosen.keep or Path(temporary)).resolve()
        generate(top / KINDS[0] / "data")
        for kind in KINDS[1:]:
            shutil.copytree(top / KINDS[0] / "data", top / kind / "data", dirs_exist_ok=True)
        write_streets(top / KINDS[-1] / "data" / "streets.gpkg")
        with (top / KINDS[-1] / "data" / "genk-geo.toml").open("a", encoding="utf-8") as settings:
            settings.write('\n[map]\nstreets = "streets.gpkg"\n')
        for kind in KINDS:
            command = [sys.executable, str(Path(__file__).resolve()), "--publish"]
            if kind != KINDS[0]:
                command += ["--earlier", str(top / KINDS[0] / "maps" / str(DEMO_WEEK) / "map.json")]
            done = subprocess.run(command, cwd=top / kind, stdout=subprocess.PIPE, text=True, check=True)
            one = json.loads(done.stdout.splitlines()[-1])
            cpu = one.pop("cpu")
            shares = ", ".join(
                f"{name} {took:.2f} s ({took / (cpu - took):.1%} more)" for name, took in one.items()
            )
            print(f"{kind}: {cpu:.1f} s of processor; of these {shares}", flush=True)
            week = top / kind / "maps" / str(DEMO_WEEK)
            sizes(week)
            browse(week)


if __name__ == "__main__":
    main()
