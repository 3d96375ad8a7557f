"""The worked examples on real data of other cities."""

from __future__ import annotations

import os

import pytest

from genk_geo import weekly
from genk_geo.config import Settings

pytestmark = pytest.mark.shared
#: Its files are read, and weeks of it foreseen, by other tests too.
BY_HAND = pytest.mark.skipif(
    not os.environ.get("GENK_GEO_HOUSTON"),
    reason="a whole week of Houston takes a minute: GENK_GEO_HOUSTON=1",
)


@pytest.mark.parametrize(
    ("example", "week", "rows", "at_least"),
    [
        ("groningen", "2016-W40", 15_947, 15_000),
        pytest.param("houston", "2010-W30", 17_802, 17_000, marks=BY_HAND),
    ],
)
def test_an_example_gives_maps_for_a_chosen_week(example, week, rows, at_least, root, shared_data, tmp_path):
    settings = Settings.load(root / "examples" / f"{example}.toml")
    few = settings.outlook.model_copy(update={"weeks": 4})  # twenty are foreseen in tests/jobs/desk
    changed = {"outlook": few, "store": tmp_path / "history.duckdb", "out": tmp_path / "maps"}
    settings = settings.model_copy(update=changed)
    publication = weekly(settings, week=week)
    (report,) = publication.reports
    assert report.rows_in == rows
    assert report.rows_in == report.incidents + report.duplicates + report.rejects
    assert report.incidents >= at_least
    (look,) = publication.result.themes
    assert not look.too_few
    assert len(look.areas)
    assert len(list(publication.folder.glob("stadsdeel-*.html"))) == len(publication.result.stadsdelen)
