"""The pins: complete for what the project names, and nothing but pins."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def pin_lines(root):
    text = (root / "constraints.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.fixture(scope="module")
def pins(root):
    return [Requirement(line) for line in pin_lines(root)]


@pytest.fixture(scope="module")
def named(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line) for requirements in lists for line in requirements]


def test_constraints_are_only_pins(root):
    for line in pin_lines(root):
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+(; sys_platform == '\w+')?", line), line
    whole = (root / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"(?m)^\s*-|://|index[-_]url|\bfile:", whole)


def test_constraints_pin_everything_the_project_names(pins, named):
    pinned = {canonicalize_name(pin.name) for pin in pins}
    assert {canonicalize_name(need.name) for need in named} <= pinned


def test_every_dependency_has_a_lower_bound_and_no_upper_one(named):
    """`scripts/lowest.py` tries them; an upper bound would keep others from what came out since."""
    for need in named:
        assert [part.operator for part in need.specifier] == [">="], str(need)


def test_the_smoke_selection_for_the_lowest_versions_exists(root):
    source = (root / "scripts" / "lowest.py").read_text(encoding="utf-8")
    selected = re.findall(r'^    "(tests/[^"]+)",$', source, re.MULTILINE)
    assert len(selected) >= 5
    assert all((root / name).exists() for name in selected)


def test_constraints_satisfy_the_bounds_of_the_project(pins, named):
    versions = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}
    for need in named:
        assert need.specifier.contains(versions[canonicalize_name(need.name)]), str(need)


def test_constraints_pin_each_library_once_in_order(pins):
    names = [pin.name for pin in pins]
    assert names == sorted(set(names))
