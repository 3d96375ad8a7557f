"""What renderers get holds nothing that was found, and only the release step makes it."""

from __future__ import annotations

import ast
import dataclasses
from importlib import import_module
from pkgutil import iter_modules

import pytest

from genk_geo.config import ReleaseSettings
from genk_geo.release import checked_release, values


def rooms_in(thing):
    """Rooms whose classes the values are of that can be reached from a thing."""
    todo, seen, rooms = [thing], set(), set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if dataclasses.is_dataclass(one):
            rooms.add(".".join(type(one).__module__.split(".")[:2]))
            todo += [getattr(one, field.name) for field in dataclasses.fields(one)]
        elif isinstance(one, dict):
            todo += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            todo += one
    return rooms


def released_classes():
    # The list of who runs the program is for nobody else: no reader has the folder that it lies in.
    names = [found.name for found in iter_modules(values.__path__) if found.name != "monday"]
    modules = [import_module(f"{values.__name__}.{name}") for name in names]
    return {
        name
        for module in modules
        for name, value in vars(module).items()
        if dataclasses.is_dataclass(value) and value.__module__ == module.__name__
    }


@pytest.mark.parametrize("profile", ["analist", "wijkmanager", "publiek"])
def test_nothing_that_was_found_can_be_reached_from_what_is_published(full_result, profile):
    assert "genk_geo.results" in rooms_in(full_result)
    checked = checked_release(full_result, reader=ReleaseSettings(profile=profile))
    assert rooms_in(checked) == {"genk_geo.release", "genk_geo.calendar"}


def made_in(source, names):
    """Classes of these names that a module imports from the release room and calls."""
    nodes = list(ast.walk(ast.parse(source)))
    imported = {
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("genk_geo.release")
        for alias in node.names
    }
    called = {getattr(node.func, "id", "") for node in nodes if isinstance(node, ast.Call)}
    return names & imported & called


def test_only_the_release_step_makes_what_may_be_shown(root):
    names = released_classes()
    assert {"CheckedWeek", "ReleasedTraffic", "ReleasedZone", "ReleasedEvaluation"} <= names
    step = (root / "genk_geo" / "release" / "week.py").read_text(encoding="utf-8")
    assert made_in(step, names) >= {"CheckedWeek", "ReleasedWeek"}
    others = (
        path
        for path in sorted((root / "genk_geo").rglob("*.py"))
        if not path.is_relative_to(root / "genk_geo" / "release")
    )
    made = {path.name: made_in(path.read_text(encoding="utf-8"), names) for path in others}
    assert {name: classes for name, classes in made.items() if classes} == {}
