"""How often the count of an area lies in its expected range, by the size of the area."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from cities import WEEK, WEEKS, Drawn, Truth, draw, ground

from genk_geo import stats
from genk_geo.calendar import occurred

if TYPE_CHECKING:
    import numpy.typing as npt

#: Mean weekly counts between which areas are of one size.
SIZES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 1e9)
#: Weeks that are judged of each history: some time apart, so that shocks differ, and all after a step.
JUDGED = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


class Judged(NamedTuple):
    """One row an area and week."""

    mean: npt.NDArray[np.float64]
    inside: npt.NDArray[np.bool_]
    above: npt.NDArray[np.bool_]
    after: npt.NDArray[np.int64]
    step: npt.NDArray[np.bool_]


def weekly_of(drawn: Drawn) -> dict[str, pd.DataFrame]:
    """Reports by week: of the city, the stadsdelen and the wijken."""
    incidents, city = drawn.history.incidents, drawn.history.ground.city
    cell = ground().grid.assign(incidents)
    wijk = ground().cells["wijk"].reindex(cell).set_axis(incidents.index)
    part = wijk.map(city.wijken.set_index("wijk")["stadsdeel"])
    moment, first = occurred(incidents), WEEK.shift(1 - WEEKS)
    areas = {"city": pd.Series(city.name, incidents.index), "stadsdeel": part, "wijk": wijk}
    names = {
        "city": [city.name],
        "stadsdeel": list(city.stadsdelen["stadsdeel"]),
        "wijk": list(city.wijken["wijk"]),
    }
    return {
        kind: stats.weekly_counts(moment, areas[kind], first=first, last=WEEK, names=names[kind])
        for kind in areas
    }


def judged(truth: Truth, n: int, key: int, *, steps: bool = True) -> Judged:
    """Judge the areas of n histories in each of the last ten weeks."""
    rows = []
    for seed in range(n):
        weekly = weekly_of(draw(truth, np.random.default_rng([key, seed])))
        for after in JUDGED:
            week = WEEK.shift(after - 10)
            step = stats.reporting_step(weekly["wijk"], week=week) if steps else None
            for counts in weekly.values():
                found = stats.expect(counts, week=week, step=step)
                seen = found["observed"].between(found["low"], found["high"])
                size = counts.iloc[:-10].mean()
                rows.append(
                    pd.DataFrame(
                        {
                            "mean": size,
                            "inside": seen,
                            "above": found["observed"] > found["high"],
                            "after": after,
                            "step": step is not None,
                        }
                    )
                )
    table = pd.concat(rows)
    return Judged(*(table[name].to_numpy() for name in Judged._fields))
