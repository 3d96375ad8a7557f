"""Measures planted in supplier files, found back: ``python benchmarks/truth/planted_measures.py`` (seeds).

The demo with ``--measures`` is written, its files of nuisance are read and geocoded as the weekly job does
it, and each of its 40 measures is judged a year after it began, against the truth that stands beside them.
Beside it what a plain before-after (fewer than in the year before) would have called a success.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time

import geopandas as gpd
import pandas as pd

from genk_geo.config import THEMES, Settings
from genk_geo.crs import reproject
from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate
from genk_geo.demo.measures.planted import FILE, THEME, TRUTH
from genk_geo.ingestion import ingest
from genk_geo.jobs.effects.places import Treated, effects_at
from genk_geo.jobs.history import ThemeHistory
from genk_geo.jobs.session import Session


def row(seed: int) -> str:
    """What was said of the measures of one city."""
    with tempfile.TemporaryDirectory() as name:
        made = generate(name, seed=seed, measures=True)
        truth = json.loads((made.folder / TRUTH).read_text(encoding="utf-8"))["measures"]
        session = Session(Settings.load(made.config))
        city = session.city
        read = [ingest(file, profile=THEME, city=city, now=DEMO_NOW).incidents for file in made.files[THEME]]
        drawn = reproject(gpd.read_file(made.folder / FILE), city.crs)
    incidents = pd.concat(read, ignore_index=True)
    # Places are compared report by report: bundled into events, forty thousand reports take minutes.
    own = THEMES[THEME].model_copy(update={"bundle": False})
    history = ThemeHistory(THEME, own, incidents, session.ground)
    asked = [
        Treated(one.name, one.geometry, pd.Timestamp(one.start).date())
        for one in drawn.itertuples(index=False)
    ]
    as_of = DEMO_WEEK.end(city.timezone) + pd.Timedelta(days=1)
    found = effects_at(history, asked, week=DEMO_WEEK, as_of=as_of)
    works = {one["name"] for one in truth if one["works"]}
    helped = {name for name, effect in found.items() if effect.verdict == "helped"}
    plain = {name for name, effect in found.items() if effect.plain_ratio < 1}
    null = set(found) - works
    return (
        f"| {seed} | {len(helped & works)} of {len(works)} | {len(helped & null)} of {len(null)} "
        f"| {len(plain & null)} of {len(null)} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, nargs="*", default=[20261])
    print("| seed | working: helped | null: helped | null: plainly fewer |\n| --- | ---: | ---: | ---: |")
    for seed in parser.parse_args().seeds:
        begin = time.perf_counter()
        print(row(seed), f"{time.perf_counter() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
