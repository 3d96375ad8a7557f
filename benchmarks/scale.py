"""Histories of ten years, of a hundred thousand to ten million rows: time, memory and growth of each stage.

``python benchmarks/scale.py`` makes fictitious files (burglaries in bursts about some places of Genk, most
with a point, some with an address only), reads them, counts them, and does the same on two workers of Dask.
It writes its table into RESULTS.md. ``--sizes 100000 1000000`` are the sizes, each in a process of its own;
so are the two weeks that the weekly job then publishes, with all its methods.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import genk_geo as gg
from genk_geo import cluster
from genk_geo.calendar import Week
from genk_geo.cluster.adding_up import days_of
from genk_geo.config.analysis import ThemeSettings
from genk_geo.demo import generate
from genk_geo.jobs import weekly
from genk_geo.jobs.streamed import count_cells, count_hours
from genk_geo.store import Store
from genk_geo.store.tallies import Selection, blocks, count_wijk_weeks, places_near
from genk_geo.store.weekly import read_weekly_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGIN, END = "<!-- scale -->", "<!-- end of scale -->"
ALONE, PAIRS = "one process", "near pairs"
YEARS, FIRST, NOW = 10, 2016, "2026-01-01"
PROFILE = """source = "politie"
theme = "burglary"
[columns]
source_id = "nr"
from_date = "datum"
from_time = "uur"
to_date = "tot"
to_time = "uur tot"
address = "adres"
x = "x"
y = "y"
"""
#: What the weekly job is told: one theme, with all methods. Streets and places are those of the demo.
SETTINGS = """store = "history.duckdb"
out = "maps"
show = ["burglary"]
[network]
path = "demo/straten_fictief.geojson"
max_distance_m = 150
[cpted]
themes = ["burglary"]
"""
FACTORS = ("horeca", "vacant", "bus_stop", "atm")
WEEKS = (("a first week", "2025-W51"), ("a following week", "2025-W52"))
#: Share of the rows that have an address only.
BY_ADDRESS = 0.2
WORKERS = 2
#: The scan looks at events of the last year about centres so far apart.
APART_M, REPLICATES = 500, 199
EXTENT = (221_000.0, 178_000.0, 235_000.0, 191_000.0)


@dataclass
class Run:
    """One size: its folder, and what its stages took."""

    folder: Path
    rows: int
    told: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def city(self) -> gg.City:
        """The city."""
        return gg.City.load()

    @cached_property
    def grid(self) -> gg.stats.Grid:
        """Its cells."""
        return gg.stats.Grid.cover(self.city.boundary, cell_m=100)

    @property
    def files(self) -> list[Path]:
        """Files of suppliers, a year each."""
        return sorted((self.folder / "files").glob("*.csv"))

    @property
    def profile(self) -> Path:
        """How they are read."""
        return self.folder / "politie.toml"

    @contextmanager
    def history(self) -> Iterator[Store]:
        """Where they are read into."""
        with Store.open(self.folder / "history.duckdb", crs=self.city.crs) as store:
            yield store

    def stage(
        self,
        name: str,
        work: Callable[[], Any],
        *,
        way: str = ALONE,
        also: Callable[[Any], dict[str, Any]] = lambda _: {},
    ) -> Any:
        """Time a stage; its peak is that of the process while it ran. `also` says more of what it found."""
        forget_peak()
        begin, used = time.perf_counter(), time.process_time()
        found = work()
        taken, used = time.perf_counter() - begin, time.process_time() - used
        self.told.append(
            {"stage": name, "way": way, "s": taken, "cpu": used, "gib": peak_gib(), "rows": self.rows}
            | also(found)
        )
        if way == ALONE:
            print(json.dumps(self.told[-1]), flush=True)
        return found


def forget_peak() -> None:
    """Let the peak begin anew, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def peak_gib() -> float:
    """Most memory of this process since the last :func:`forget_peak`."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        return int(kib) / 2**20
    except OSError:
        return float("nan")


def write_files(run: Run) -> None:
    """A file a year, the same for the same size."""
    rng = np.random.default_rng(7)
    folder = run.folder / "files"
    folder.mkdir()
    run.profile.write_text(PROFILE, encoding="utf-8")
    west, south, east, north = run.city.boundary.bounds
    spots = rng.uniform((west + 2000, south + 2000), (east - 2000, north - 2000), (40, 2))
    streets = run.city.streets["street"].unique()
    each = run.rows // YEARS
    for year in range(FIRST, FIRST + YEARS):
        minutes = np.sort(rng.integers(0, 365 * 1440, each))
        begin = pd.Timestamp(year=year, month=1, day=1) + pd.to_timedelta(minutes, unit="min")
        end = begin + pd.to_timedelta(rng.integers(0, 720, each), unit="min")
        xy = np.where(
            rng.random((each, 1)) < 0.3,
            spots[rng.integers(0, len(spots), each)] + rng.normal(0, 150, (each, 2)),
            rng.uniform((west + 2500, south + 2500), (east - 2500, north - 2500), (each, 2)),
        )
        rows = pd.DataFrame({"nr": [f"GE.{at}/{year % 100}" for at in range(each)]})
        rows["datum"], rows["uur"] = begin.strftime("%d/%m/%Y"), begin.strftime("%H:%M")
        rows["tot"], rows["uur tot"] = end.strftime("%d/%m/%Y"), end.strftime("%H:%M")
        street, number = streets[rng.integers(0, len(streets), each)], rng.integers(1, 120, each)
        rows["adres"] = [f"{one} {house}, 3600 Genk" for one, house in zip(street, number, strict=True)]
        told = rng.random(each) >= BY_ADDRESS
        for name, values in zip(("x", "y"), xy.T.round(1), strict=True):
            rows[name] = pd.Series(values.astype(str)).str.replace(".", ",", regex=False).where(told, "")
        rows.loc[told, "adres"] = ""
        rows.to_csv(folder / f"inbraken_{year}.csv", sep=";", index=False)


def read_into_history(run: Run) -> None:
    """Each file read, geocoded and added, as the weekly job would its first time."""
    results = (gg.ingest(file, profile=str(run.profile), city=run.city, now=NOW) for file in run.files)
    with run.history() as store:
        for result in results:
            store.add(result)


def alone(run: Run, *, only_counts: bool) -> None:
    """The stages in one process; or, of what does not grow faster than rows, only what counts."""
    run.stage("read, geocode, add", lambda: read_into_history(run))
    with run.history() as store:
        wijken = run.stage("count wijk-weeks", lambda: count_wijk_weeks(store))
        run.stage("read weekly counts", lambda: read_weekly_counts(store))
        within = Selection(within_m=ThemeSettings().max_uncertainty_m)
        counts = run.stage("count cells", lambda: count_cells(store, run.grid, within))
        run.stage("count hours", lambda: count_hours(store))
        run.stage("places under overlays", lambda: places_near(store, corners(run), 3.0))
        xy, days = run.stage("read places and moments", lambda: events(store))
        run.stage("wijken of points", lambda: run.city.locate(*xy.T))
        run.stage("density", lambda: density(xy))
        if not only_counts:
            run.stage(PAIRS, lambda: near_pairs(xy, days), also=lambda found: {"pairs": int(found.sum())})
            run.stage("scan of a year", lambda: gg.stats.scan(*last_year(xy, days), **scan_options(run)))
    history = by_monday(wijken)
    last = Week.from_day(history.index[-1].date())
    run.stage("alerts", lambda: gg.stats.alerts(history, week=last))
    run.stage("hotspots", lambda: gg.stats.local_g(counts, run.grid.graph()))


def write_settings(run: Run) -> None:
    """Settings of the weekly job, on the history that was read."""
    generate(run.folder / "demo")
    factors = [f'[[cpted.factors]]\nname = "{at}"\npath = "demo/omgeving_{at}.geojson"\n' for at in FACTORS]
    (run.folder / "genk-geo.toml").write_text(SETTINGS + "".join(factors), encoding="utf-8")


def publish_weeks(run: Run) -> None:
    """Publish two weeks, each in a process of its own, as a Monday begins."""
    write_settings(run)
    for name, week in WEEKS:
        command = [sys.executable, __file__, "--week", week, "--sizes", str(run.rows)]
        done = subprocess.run(command, cwd=run.folder, stdout=subprocess.PIPE, text=True, check=True)
        run.told.append(json.loads(done.stdout.splitlines()[-1]) | {"stage": f"weekly job, {name}"})
        print(json.dumps(run.told[-1]), flush=True)


def one_week(week: str, rows: int) -> None:
    """Publish a week here, and tell what it took from the start of the process."""
    weekly("genk-geo.toml", week=week, now=pd.Timestamp(NOW, tz="UTC"))
    used = sum(os.times()[:2])
    print(json.dumps({"way": ALONE, "s": age_s(), "cpu": used, "gib": peak_gib(), "rows": rows}))


def age_s() -> float:
    """Seconds since this process began; NaN where the system does not say."""
    try:
        began = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
        up = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
        return up - began / os.sysconf("SC_CLK_TCK")
    except OSError:
        return float("nan")


def by_monday(wijken: pd.DataFrame) -> pd.DataFrame:
    """Counts of wijken as alerts want them: every Monday, also those without incidents."""
    mondays = pd.DatetimeIndex([Week.parse(week).monday for week in wijken.columns])
    table = wijken.drop(index="", errors="ignore").T.set_axis(mondays)
    return table.asfreq("7D", fill_value=0)


def events(store: Store) -> tuple[np.ndarray, np.ndarray]:
    """Points and days of all incidents that have a point."""
    parts = [
        (block[["x", "y"]].to_numpy(float), days_of(block["occurred_utc"]))
        for block in blocks(store, ["x", "y", "occurred_utc"])
    ]
    xy, days = (np.concatenate(some) for some in zip(*parts, strict=True))
    there = np.isfinite(xy).all(axis=1)
    return xy[there], days[there]


def density(xy: np.ndarray) -> np.ndarray:
    return gg.stats.kernel_density(xy, extent=EXTENT, cell_m=25, bandwidth_m=300, method="exact")


def near_pairs(xy: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Pairs within 300 m and 21 days, a quarter at a time as the workers do: all at once do not fit."""
    from genk_geo.stats.near_repeats.knox import count_pairs

    order = np.argsort(days, kind="stable")
    xy, days = xy[order], days[order]
    edges, total = np.arange(days[0], days[-1] + 91.0, 91.0), np.zeros((4, 3), dtype=np.int64)
    for begin, end in pairwise(edges):
        first, last, after = np.searchsorted(days, [begin, end, end + 21])
        for sign, start in ((1, first), (-1, last)):
            if after - start > 1:
                part = slice(start, after)
                found = count_pairs(xy[part], days[part], (0, 1, 100, 200, 300), (0, 7, 14, 21), "manhattan")
                total += sign * found.observed[:-1, :-1]
    return total


def last_year(xy: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    late = days >= np.floor(days.max()) - 365
    return xy[late], np.floor(days[late])


def scan_options(run: Run) -> dict[str, Any]:
    coarse = gg.stats.Grid.cover(run.city.boundary, cell_m=APART_M)
    centres = coarse.cells.geometry.centroid
    return {"centres": np.column_stack([centres.x, centres.y]), "replicates": REPLICATES}


def corners(run: Run) -> np.ndarray:
    """A layer of 200 things in the city."""
    west, south, east, north = run.city.boundary.bounds
    return np.random.default_rng(3).uniform((west, south), (east, north), (200, 2))


def on_workers(run: Run, *, only_counts: bool) -> None:
    """The same stages on workers of Dask, processes of their own on this machine."""
    from distributed import Client

    laid = run.folder / "laid"
    with Client(
        n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=":0", memory_limit=0
    ) as client:

        def stage(name: str, work: Callable[[], Any]) -> Any:
            client.run(forget_peak)
            used = sum(client.run(time.process_time).values())
            found = run.stage(name, work, way=f"Dask, {WORKERS}")
            run.told[-1]["cpu"] += sum(client.run(time.process_time).values()) - used
            run.told[-1]["workers_gib"] = max(client.run(peak_gib).values())
            print(json.dumps(run.told[-1]), flush=True)
            return found

        files = [(file, run.profile) for file in run.files]
        city = run.city
        stage("read, geocode, lay down", lambda: cluster.read_files(client, files, laid, city=city, now=NOW))
        stage("count wijk-weeks", lambda: cluster.count_wijken(client, laid))
        stage("count cells and weeks", lambda: cluster.count_cells(client, laid, run.grid))
        anew = run.folder / "anew"
        stage("wijken and cells anew", lambda: cluster.assign(client, laid, anew, city=city, grid=run.grid))
        options = {"extent": EXTENT, "cell_m": 25, "bandwidth_m": 300}
        stage("density", lambda: cluster.density(client, laid, **options))
        if only_counts:
            return
        stage(PAIRS, lambda: cluster.near_pairs(client, laid))
        with run.history() as store:
            xy, days = last_year(*events(store))
        stage("scan of a year", lambda: cluster.spread_scan(client, xy, days, **scan_options(run)))


def one_size(rows: int, *, workers: bool, weeks: bool, counts: bool) -> None:
    """All stages of a size, each told as a line of JSON when it is done."""
    folder = Path(tempfile.mkdtemp(prefix="genk-geo-scale-"))
    try:
        run = Run(folder, rows)
        write_files(run)
        alone(run, only_counts=counts)
        if weeks:
            publish_weeks(run)
        if workers:
            on_workers(run, only_counts=counts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_a_process(rows: int, *, workers: bool, weeks: bool, counts: bool) -> Iterator[dict[str, Any]]:
    """Run a size by itself, so that no memory of another is left; give each stage when it is done."""
    command = [sys.executable, __file__, "--sizes", str(rows), "--child"]
    command += [*([] if workers else ["--alone"]), *([] if weeks else ["--no-weeks"])]
    command += ["--counts"] if counts else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout or ():
            one = json.loads(line)
            told = f"{one['s']:9.2f} s {one['cpu']:9.2f} of processor {one['gib']:5.2f} GiB"
            print(f"{rows:>10,}  {one['stage']:<28} {one['way']:<12} {told}", flush=True)
            yield one
    if child.returncode:
        sys.exit(f"The run of {rows:,} rows ended with exit code {child.returncode}.")


def tables(told: list[dict[str, Any]]) -> str:
    """Markdown: a row a stage, and its exponent from the smallest to the largest size."""
    sizes = sorted({one["rows"] for one in told})
    head = ["Stage", "Way", *(f"{n:,}" for n in sizes), "Exponent", "Peak GiB"]
    rows = [f"| {' | '.join(head)} |", "|---|---|" + "---:|" * (len(sizes) + 2)]
    for stage, way in dict.fromkeys((one["stage"], one["way"]) for one in told):
        mine = {one["rows"]: one for one in told if (one["stage"], one["way"]) == (stage, way)}
        seconds = [f"{mine[n]['cpu']:.2f} ({mine[n]['s']:.2f})" if n in mine else "" for n in sizes]
        rows.append(
            f"| {stage} | {way} | {' | '.join(seconds)} | {exponent(mine)} | {peak(mine[max(mine)])} |"
        )
    return "\n".join([*rows, *pair_costs(told)])


def pair_costs(told: list[dict[str, Any]]) -> Iterator[str]:
    """What a pair costs that was found: the bound of what counts pairs, however many there are."""
    found = sorted((one for one in told if one.get("pairs")), key=lambda one: int(one["rows"]))
    if found:
        each = [
            f"{one['rows']:,} rows: {one['pairs']:,} pairs, {one['cpu'] / one['pairs'] * 1e9:.0f} ns each"
            for one in found
        ]
        yield f"\nNear pairs that were found, and processor time a pair: {'; '.join(each)}."


def exponent(mine: dict[int, dict[str, Any]]) -> str:
    """Of processor time against rows, between the two largest sizes; a dash for what takes none."""
    if len(mine) < 2:
        return ""
    low, high = sorted(mine)[-2:]
    if mine[low]["cpu"] < 0.05:
        return "-"
    return f"{np.log(mine[high]['cpu'] / mine[low]['cpu']) / np.log(high / low):.2f}"


def peak(one: dict[str, Any]) -> str:
    here = f"{one['gib']:.2f}"
    return f"{here}; worker {one['workers_gib']:.2f}" if "workers_gib" in one else here


def put(path: Path, text: str) -> None:
    """Put a section where it stood, or at the end."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    head, _, rest = before.partition(BEGIN)
    after = rest.partition(END)[2].lstrip("\n")
    path.write_text(head.rstrip() + f"\n\n{BEGIN}\n{text.strip()}\n{END}\n" + after, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--alone", action="store_true", help="without the workers of Dask")
    parser.add_argument("--no-weeks", action="store_true", help="without the two weeks of the weekly job")
    parser.add_argument("--counts", action="store_true", help="neither pairs, nor scans or weeks")
    parser.add_argument("--child", action="store_true", help="one size, each stage told as a line of JSON")
    parser.add_argument("--told", type=Path, help="keep the lines of JSON here, and add to those of before")
    parser.add_argument("--beside", default="", help="what else the machine did meanwhile, for the table")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("RESULTS.md"))
    parser.add_argument("--week", help="publish a week in the folder one stands in, and tell what it took")
    chosen = parser.parse_args()
    wanted = {
        "workers": not chosen.alone, "weeks": not (chosen.no_weeks or chosen.counts),
    }  # fmt: skip
    if chosen.week:
        one_week(chosen.week, chosen.sizes[0])
        return
    if chosen.child:
        one_size(chosen.sizes[0], counts=chosen.counts, **wanted)
        return
    kept = (
        chosen.told.read_text(encoding="utf-8").splitlines() if chosen.told and chosen.told.exists() else []
    )
    told = [json.loads(line) for line in kept]
    beside = f" {chosen.beside}" if chosen.beside else ""
    intro = (
        "## Scale\n\nWritten by `python benchmarks/scale.py`: rows of ten years, one in five with an address "
        f"only; one run of each stage, the first; {os.cpu_count()} processors.{beside} Seconds of "
        "processor, of all workers together, and in brackets by the clock. The exponent is that of processor "
        "time against rows between the two largest sizes; the peak is that of the process in the largest."
        "\n\n"
    )
    for rows in chosen.sizes:
        for one in in_a_process(rows, counts=chosen.counts, **wanted):
            told.append(one)
            put(chosen.output, intro + tables(told))  # after each stage: a run that is stopped loses none
            if chosen.told:
                with chosen.told.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(one) + "\n")


if __name__ == "__main__":
    main()
