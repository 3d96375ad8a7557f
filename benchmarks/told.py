"""How much readers are told: ``python benchmarks/told.py [--weeks 104]``.

Shares of the counts of wijken, stadsdelen and the city, by week, that others than analysts are told exactly,
as a range, or as "< 5", by the rule of :mod:`genk_geo.release.suppress`; on the demo, and on the bicycle
thefts of Groningen where the real data lies beside the checkout. The same shares by the
rule of before stand in CHANGELOG.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate
from genk_geo.ingestion import ingest
from genk_geo.jobs.history import first_whole_week
from genk_geo.jobs.session import Session
from genk_geo.release.suppress import held_back
from genk_geo.stats import weekly_counts

if TYPE_CHECKING:
    import datetime as dt

LIMIT = 5
GRONINGEN = Path(__file__).resolve().parents[1] / "examples" / "groningen.toml"


def counts_of(settings: Settings, now: dt.datetime | None, last: Week) -> dict[str, list[pd.DataFrame]]:
    """Counts by Monday of stadsdelen and wijken, and of what has none, for each theme."""
    session = Session(settings)
    city, found = session.city, {}
    with session.opened() as store:
        for source in settings.sources:
            for path in sorted(Path(source.path).parent.glob(Path(source.path).name)):
                store.add(ingest(path, profile=source.profile, city=city, now=now))
        for theme in settings.show:
            history = session.history(theme, store.incidents(theme=theme))
            first = first_whole_week(history.moment, last)
            kinds = {"wijk": list(city.wijken["wijk"]), "stadsdeel": list(city.stadsdelen["stadsdeel"])}
            moment, tz = history.moment, city.timezone
            frames = [
                weekly_counts(moment, history.incidents[name], first=first, last=last, names=names, tz=tz)
                for name, names in kinds.items()
            ]
            whole = pd.Series("all", index=history.incidents.index)
            frames.append(weekly_counts(moment, whole, first=first, last=last, tz=tz))
            found[theme] = frames
        parents = dict(zip(city.wijken["wijk"], city.wijken["stadsdeel"], strict=True))
    return {theme: [*frames, pd.DataFrame([parents])] for theme, frames in found.items()}


def told(frames: list[pd.DataFrame], weeks: int) -> dict[str, Counter[str]]:
    """How the counts of the last weeks are told, by kind of area."""
    wijken, stadsdelen, city, parents = frames
    above = [parents.iloc[0][name] for name in wijken.columns]
    kinds: dict[str, Counter[str]] = {name: Counter() for name in ("wijken", "stadsdelen", "city")}
    for monday in wijken.index[-weeks:]:
        counts = [int(n) for n in wijken.loc[monday]]
        totals = {name: int(n) for name, n in stadsdelen.loc[monday].items()}
        table = held_back(counts, above, totals, int(city.loc[monday].iloc[0]), LIMIT)
        for name, shown in (
            ("wijken", table.wijken), ("stadsdelen", table.stadsdelen.values()), ("city", [table.city])
        ):  # fmt: skip
            kinds[name].update(
                "exact" if one.value is not None else "small" if one.ends == (0, LIMIT - 1) else "range"
                for one in shown
            )
    return kinds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--weeks", type=int, default=104)
    own = parser.parse_args()
    print("| City | Theme | Area | Exact | Range | < 5 |\n|---|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        cities = [("demo", Settings.load(generate(folder).config), DEMO_NOW, DEMO_WEEK)]
        if (GRONINGEN.parents[2] / "shared" / "data").is_dir():
            settings = Settings.load(GRONINGEN).model_copy(
                update={"store": Path(folder) / "groningen.duckdb"}
            )
            cities.append(("Groningen", settings, None, Week(2016, 40)))
        for name, settings, now, last in cities:
            for theme, frames in counts_of(settings, now, last).items():
                for kind, how in told(frames, own.weeks).items():
                    shares = [f"{how[what] / how.total():.1%}" for what in ("exact", "range", "small")]
                    print(f"| {name} | {theme} | {kind} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
