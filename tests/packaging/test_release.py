"""What is said of a version in several places is the same everywhere."""

from __future__ import annotations

import datetime as dt
import re
import tomllib

import pytest


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def headings(root):
    return re.findall(r"^## (.+)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_changes_are_dated_by_version_newest_first(headings):
    assert headings[0] == "Unreleased"
    dated = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) - (\d{4}-\d\d-\d\d)", heading) for heading in headings[1:]]
    assert all(dated)
    told = [(tuple(map(int, found.groups()[:3])), dt.date.fromisoformat(found[4])) for found in dated]
    assert told == sorted(told, reverse=True)


def test_the_version_is_that_of_the_last_release(root, project, headings):
    version, date = headings[1].split(" - ")
    cited = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert project["version"] == version
    assert re.findall(r"^version: (.+)$", cited, re.MULTILINE) == [version]
    assert re.findall(r"^date-released: (.+)$", cited, re.MULTILINE) == [date]
    assert re.findall(r"^license: (.+)$", cited, re.MULTILINE) == [project["license"]]


def test_before_a_commit_runs_what_ci_runs(root):
    hooks = (root / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    ci = (root / ".ci" / "run").read_text(encoding="utf-8")
    checks = re.findall(r'^ *"\$BIN/([\w-]+)"(.*)$', ci, re.MULTILINE)
    assert len(checks) >= 4
    entries = re.findall(r"^ +entry: \.venv/bin/(.+)$", hooks, re.MULTILINE)
    assert [f"{tool}{arguments}".removesuffix(" .") for tool, arguments in checks] == entries
    assert set(re.findall(r"^ +language: (.+)$", hooks, re.MULTILINE)) == {"system"}
    assert not re.search(r"repo: (?!local)|https?:", hooks)
