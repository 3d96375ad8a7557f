"""Two weeks that differ in nothing but what is held back are published alike, to the last byte."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from genk_geo.config import ReleaseSettings
from genk_geo.errors import QualityGateError
from genk_geo.release import checked_release, release
from genk_geo.release.check import guarded
from genk_geo.render import publish
from tests.examples import examples
from tests.fixtures.town import WIJKEN

LIMIT = 5
READERS = ("wijkmanager", "publiek")


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


def parts_of(value):
    """What a value is made of; nothing when it is one thing."""
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, Mapping):
        return [*value, *value.values()]
    return list(value) if isinstance(value, tuple | list) else None


def alike(one, two):
    """Whether two values are the same all the way down: tables, rasters and shapes included."""
    if one is two:
        return True
    if type(one) is not type(two):
        return False
    if isinstance(one, pd.DataFrame):
        return list(one) == list(two) and one.equals(two)
    if isinstance(one, np.ndarray):
        return np.array_equal(one, two, equal_nan=True)
    parts, others = parts_of(one), parts_of(two)
    if parts is None:
        return one == two or (isinstance(one, float) and np.isnan([one, two]).all())
    return len(parts) == len(others) and all(map(alike, parts, others))


def known(result, profile):
    """All that the pages of a release are made of, and what goes on record."""
    return guarded(release(result, reader=ReleaseSettings(profile=profile)), ())


counts = st.lists(st.lists(st.integers(0, 11), min_size=5, max_size=5), min_size=6, max_size=6)


@st.composite
def twins(draw):
    """Counts of six wijken, and the same with small ones changed about within their stadsdeel.

    In each of the five weeks by itself, so all sums stay the same.
    """
    one = draw(counts)
    two = [list(row) for row in one]
    for week, wijken in product(range(5), ((0, 1, 2), (3, 4, 5))):
        small = [at for at in wijken if one[at][week] < LIMIT]
        for at, other in zip(small, draw(st.permutations(small)), strict=True):
            two[at][week] = one[other][week]
    assume(one != two)
    return one, two


@pytest.mark.parametrize("profile", READERS)
@given(pair=twins())
@settings(
    deadline=None, max_examples=examples(60), phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_small_counts_may_change_places(week_result, profile, pair):
    """In this week, in the trend or last year: with the same sums, nobody can know which wijk it was."""
    one, two = (week_of(week_result, rows) for rows in pair)
    assert alike(known(one, profile), known(two, profile))


@given(pair=twins())
@settings(
    deadline=None, max_examples=examples(6), phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_an_analist_sees_small_counts_change_places(week_result, pair):
    """What is alike for others is not alike because nothing is told."""
    one, two = (known(week_of(week_result, rows), "analist") for rows in pair)
    assert not alike(one, two)


@pytest.mark.parametrize("profile", READERS)
@given(pair=twins())
@settings(
    deadline=None, max_examples=examples(4), phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_files_are_alike_to_the_last_byte(tmp_path_factory, week_result, profile, pair):
    """What cannot be known stands in no file either; an analist's tell it."""
    folder = tmp_path_factory.mktemp("twee")
    for name, rows in zip("ab", pair, strict=True):
        released = checked_release(week_of(week_result, rows), reader=ReleaseSettings(profile=profile))
        publish(released, folder / name, tiles="none")
    assert content(folder / "a") == content(folder / "b")


def test_an_analist_sees_which_of_two_small_counts_is_which(week_result, tmp_path):
    """The search for differences finds one where there is one, in what is told and in the files."""
    pair = ([1, 3, 9, 7, 7, 7], [3, 1, 9, 7, 7, 7])
    one, two = (week_of(week_result, [[count] * 5 for count in numbers]) for numbers in pair)
    assert not alike(known(one, "analist"), known(two, "analist"))
    for name, result in (("a", one), ("b", two)):
        released = checked_release(result, reader=ReleaseSettings(profile="analist"))
        publish(released, tmp_path / name, tiles="none")
    told, other = content(tmp_path / "a"), content(tmp_path / "b")
    changed = {name for name in told if told[name] != other[name]}
    # The map is kept for later weeks as this reader saw it.
    assert changed == {"stadsdeel-noorderveld.html", "hotspots.gpkg", "map.json"}


@given(
    first=counts, news=st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=1), min_size=6, max_size=6)
)
@settings(deadline=None, max_examples=examples(12), phases=[Phase.explicit, Phase.generate])
def test_two_weeks_in_a_row_pass_the_check(week_result, first, news):
    """What the release step holds back stays held back beside the week before: nothing is refused."""
    second = [[*row[1:4], new[0], row[4]] for row, new in zip(first, news, strict=True)]
    told = []
    for back, rows in ((-1, first), (0, second)):
        result = replace(week_of(week_result, rows), week=week_result.week.shift(back))
        for profile in READERS:
            try:
                _, record = guarded(release(result, reader=ReleaseSettings(profile=profile)), told)
            except QualityGateError as error:
                raise AssertionError(f"{profile} {back}: {error}") from error
            told.append(record)
