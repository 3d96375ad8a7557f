"""From hotspot to agreement to effect, in a year of the demo: two Mondays with a register between them.

On the first, a year before the end, hotspots that last are proposed in the register. Partners write what they
do. On the last Monday the page says of each measure whether it helped; beside it stands what is true.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from genk_geo.config import Settings
from genk_geo.demo.generate import DEMO_WEEK, HISTORY, REGISTER, generate
from genk_geo.demo.measures.agreed import Agreed, agree
from genk_geo.demo.measures.planted import TRUTH, WEEKS
from genk_geo.errors import ConfigError
from genk_geo.jobs.monday.run import Monday, monday
from genk_geo.jobs.week.made.published import Publication

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from genk_geo.calendar import Week
    from genk_geo.results import MeasuredEffect

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Score:
    """Verdicts on the measures of the demo, against the truth.

    Attributes
    ----------
    working, null : int
        Measures that work, and that do nothing.
    found, fooled : int
        Those of each of which the page says that they helped.
    plain : int
        Measures that do nothing after which fewer came than in the year before: what a plain before-after
        calls a success.
    """

    working: int
    null: int
    found: int
    fooled: int
    plain: int


def run_year(
    data: Path, out: Path | None, *, seed: int, lang: str, progress: Progress | None = None
) -> tuple[Settings, Monday, Score]:
    """Make the demo with measures, with a Monday before they began and the one a year later.

    Parameters
    ----------
    data : pathlib.Path
        Folder of the supplier files, the history and the register.
    out : pathlib.Path or None
        Folder of all weeks; None: beside them, as the settings that are written say.
    seed : int
        Another seed gives another city.
    lang : str
        Language of the pages.
    progress : callable, optional
        As for :func:`genk_geo.weekly`.

    Returns
    -------
    Settings
        Those that were written.
    Monday
        The last one.
    Score
        What its pages for analysts say of the measures, against the truth.

    Raises
    ------
    ConfigError
        If the folder has a history: it knows what was to come, and no dossier would be proposed.
    """
    first = DEMO_WEEK.shift(-WEEKS)
    for name in (HISTORY, REGISTER):
        if (data / name).exists():
            raise ConfigError(
                "{path} is there already, and the demo begins a year ago. Give --data another folder, or "
                "take it away.",
                path=data / name,
            )
    made = generate(data, seed=seed, measures=True, told_until=first)
    settings = Settings.load(made.config, lang=lang)
    if out is not None:
        settings = settings.model_copy(update={"out": out.resolve()})
    monday(settings, week=str(first), now=_morning_after(first), progress=progress)
    agreed = agree(settings, folder=data, now=_morning_after(first) + dt.timedelta(hours=4))
    generate(data, seed=seed, measures=True)
    works = _with_dossiers(data / TRUTH, agreed)
    last = monday(settings, week=str(DEMO_WEEK), now=_morning_after(DEMO_WEEK), progress=progress)
    published = last.publications[-1]
    assert isinstance(published, Publication)  # with a register no week stands: it is made each time
    return settings, last, score_of(published.result.effects, agreed, works)


def score_of(
    effects: Iterable[MeasuredEffect], agreed: Mapping[str, Agreed], works: Mapping[str, bool]
) -> Score:
    """Count what is said of measures against what they do.

    Parameters
    ----------
    effects : iterable of MeasuredEffect
        As a week found them.
    agreed : mapping of str to Agreed
        Where each measure stands in the register.
    works : mapping of str to bool
        Which of them work.

    Returns
    -------
    Score
    """
    told = {(one.dossier, one.place): one for one in effects if not one.planned}
    helped, fewer = set(), set()
    for name, one in agreed.items():
        effect = told.get((one.dossier, one.place))
        if effect is not None and effect.verdict == "helped":
            helped.add(name)
        if effect is not None and effect.plain_ratio < 1:
            fewer.add(name)
    working = {name for name, does in works.items() if does}
    null = set(works) - working
    return Score(len(working), len(null), len(helped & working), len(helped & null), len(fewer & null))


def _with_dossiers(path: Path, agreed: Mapping[str, Agreed]) -> dict[str, bool]:
    """Write beside what is true in which dossier each measure stands; tell which of them work."""
    truth = json.loads(path.read_text(encoding="utf-8"))
    truth["measures"] = [one | agreed[one["name"]]._asdict() for one in truth["measures"]]
    path.write_text(json.dumps(truth, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return {one["name"]: bool(one["works"]) for one in truth["measures"]}


def _morning_after(week: Week) -> dt.datetime:
    return dt.datetime.combine(week.shift(1).monday, dt.time(6), ZoneInfo("Europe/Brussels"))
