"""One run of the weekly job on the demo data, shared by the tests that look at it."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory):
    from genk_geo.demo import generate

    return generate(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def demo_run(demo_files, tmp_path_factory):
    from genk_geo import weekly
    from genk_geo.demo import DEMO_NOW, DEMO_WEEK

    return weekly(demo_files.config, week=DEMO_WEEK, out=tmp_path_factory.mktemp("maps"), now=DEMO_NOW)
