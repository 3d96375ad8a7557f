"""Two weeks that differ in nothing but what is held back are published alike, to the last byte."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from genk_geo.config import ReleaseSettings
from genk_geo.errors import QualityGateError
from genk_geo.release import checked_release
from genk_geo.render import publish

LIMIT = 5
WIJKEN = {
    "Kastanjehof": "Noorderveld",
    "Molenakker": "Noorderveld",
    "Sint-Odulf": "Noorderveld",
    "Bruggeneinde": "Zuiderpoort",
    "Lindelo": "Zuiderpoort",
    "'t Vossenhol & Co": "Zuiderpoort",
}


def frame(rows, names):
    """Counts of five weeks for each area: four of the trend, and the same week last year."""
    values = np.array(rows)
    return pd.DataFrame(
        {
            "observed": values[:, 3],
            "expected": 3.0,
            "low": 0.0,
            "high": 9.0,
            "last_year": values[:, 4].astype(float),
            "trend": [tuple(int(n) for n in row[:4]) for row in values],
        },
        index=pd.Index(names, name="name"),
    )


def week_of(week_result, counts):
    values = np.array(counts)
    parents = np.array(list(WIJKEN.values()))
    stadsdelen = [values[parents == name].sum(axis=0) for name in ("Noorderveld", "Zuiderpoort")]
    theme = replace(
        week_result.themes[1],
        city=frame([values.sum(axis=0)], ["Fictiestad"]),
        stadsdelen=frame(stadsdelen, ["Noorderveld", "Zuiderpoort"]),
        wijken=frame(values, list(WIJKEN)).assign(stadsdeel=list(WIJKEN.values())),
        areas=week_result.themes[1].areas[:0],
        hotspots=week_result.themes[1].hotspots[:0],
        density=None,
    )
    return replace(week_result, themes=(theme,))


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


counts = st.lists(st.lists(st.integers(0, 11), min_size=5, max_size=5), min_size=6, max_size=6)


@pytest.mark.parametrize("profile", ["wijkmanager", "publiek"])
@given(rows=counts, week=st.integers(0, 4))
@settings(deadline=None, max_examples=2, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_two_small_counts_may_change_places(tmp_path_factory, week_result, profile, rows, week):
    """In this week, in the trend or last year: with the same sums, nobody sees which wijk it was."""
    one, two = [list(row) for row in rows], [list(row) for row in rows]
    small = [at for at in (0, 1, 2) if rows[at][week] < LIMIT]
    assume(len(small) > 1 and rows[small[0]][week] != rows[small[1]][week])
    two[small[0]][week], two[small[1]][week] = one[small[1]][week], one[small[0]][week]
    chosen = ReleaseSettings(profile=profile)
    folder = tmp_path_factory.mktemp("twee")
    for name, told in (("a", one), ("b", two)):
        publish(checked_release(week_of(week_result, told), reader=chosen), folder / name, tiles="none")
    assert content(folder / "a") == content(folder / "b")
    publish(
        checked_release(week_of(week_result, two), reader=ReleaseSettings(profile="analist")),
        folder / "all",
        tiles="none",
    )
    page = "stadsdeel-noorderveld.html"
    assert content(folder / "all")[page] != content(folder / "a")[page]


@given(
    first=counts, news=st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=1), min_size=6, max_size=6)
)
@settings(deadline=None, max_examples=12, phases=[Phase.explicit, Phase.generate])
def test_two_weeks_in_a_row_pass_the_check(week_result, first, news):
    """What the release step holds back stays held back beside the week before: nothing is refused."""
    from genk_geo.release import release
    from genk_geo.release.check import guarded

    second = [[*row[1:4], new[0], row[4]] for row, new in zip(first, news, strict=True)]
    told = []
    for back, rows in ((-1, first), (0, second)):
        result = replace(week_of(week_result, rows), week=week_result.week.shift(back))
        for profile in ("wijkmanager", "publiek"):
            try:
                _, record = guarded(release(result, reader=ReleaseSettings(profile=profile)), told)
            except QualityGateError as error:
                raise AssertionError(f"{profile} {back}: {error}") from error
            told.append(record)
