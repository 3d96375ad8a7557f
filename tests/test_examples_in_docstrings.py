"""Every public function and class shows how it is used, and what its example says comes out."""

from __future__ import annotations

import doctest
import inspect

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import genk_geo as gg

#: What the examples take as imported; the package says so to its readers.
IMPORTED = {"gg": gg, "gpd": gpd, "np": np, "pd": pd, "shapely": shapely}


def public():
    """Every function and class that a user may call, by its name."""
    found = {"genk_geo": gg, "stats": gg.stats, "cpted": gg.cpted}
    for room, prefix in ((gg, ""), (gg.stats, "stats."), (gg.cpted, "cpted.")):
        for name in room.__all__:
            value = getattr(room, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                found[prefix + name] = value
    return found


def failures_of(value):
    """What goes wrong in the examples of a name, and in those of its methods."""
    name = value.__name__
    tests = doctest.DocTestFinder(recurse=inspect.isclass(value)).find(value, name, globs=IMPORTED)
    if not any(test.examples for test in tests if test.name == name):
        return f"{name} has no Examples section in its docstring."
    told: list[str] = []
    for test in tests:
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)
    return "".join(told)


@pytest.mark.parametrize("name", public())
def test_an_example_says_what_comes_out(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert failures_of(public()[name]) == ""


def test_a_name_without_an_example_or_with_a_wrong_one_is_found():
    def silent():
        """Say nothing."""

    def wrong():
        """Say something else.

        >>> 1 + 1
        3
        """

    assert failures_of(silent) == "silent has no Examples section in its docstring."
    assert "Expected:\n    3\nGot:\n    2" in failures_of(wrong)
