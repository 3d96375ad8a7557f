"""The week after other borders came into use: readers begin anew, and the history follows.

Two whole weekly runs: with GENK_GEO_NEW_BORDERS=1. Its parts are tested in tests/jobs/desk/official.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.errors import DisclosureError
from genk_geo.jobs import weekly
from genk_geo.jobs.desk.official.faults import UnfitError
from genk_geo.jobs.desk.official.reassign import reassign_history
from genk_geo.jobs.desk.official.update import update_reference
from tests.jobs.desk.official.world import population_zip, sector_zip, sectors

LAST = Week(2026, 46)
NOW = dt.datetime(2026, 11, 18, 9, tzinfo=ZoneInfo("Europe/Brussels"))
HEADER = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
SETTINGS = """store = "history.duckdb"
tiles = "none"
show = ["traffic"]
[reference]
folder = "referentie"
[[sources]]
path = "*.csv"
profile = "traffic"
[[releases]]
profile = "analist"
[[releases]]
profile = "wijkmanager"
"""


def deliver(desk, city, week, count=40):
    """Accidents all over the middle of the city, in many wijken."""
    rng = np.random.default_rng(week.number)
    x, y = rng.uniform(227_000, 231_000, 400), rng.uniform(183_000, 187_000, 400)
    rows = [
        f"TG.{week.number}.{at}/26;{week.monday + dt.timedelta(days=int(at) % 7):%d/%m/%Y};14:30;"
        f"licht gewond;1;auto;fietser;;{x[at]:.0f},0;{y[at]:.0f},0"
        for at in np.flatnonzero(city.contains(x, y))[:count]
    ]
    (desk / f"{week}.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")


@pytest.mark.skipif(
    os.environ.get("GENK_GEO_NEW_BORDERS") != "1", reason="two whole weekly runs: GENK_GEO_NEW_BORDERS=1"
)
def test_readers_begin_anew_and_files_are_read_in_the_new_borders(city, tmp_path):
    config = tmp_path / "genk-geo.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    for back in range(10):
        deliver(tmp_path, city, LAST.shift(-back))
    weekly(config, week=LAST, now=NOW)

    frame = sectors(city, shift_m=200)
    (tmp_path / "s_31370_2026.zip").write_bytes(sector_zip(frame))
    (tmp_path / "b.zip").write_bytes(population_zip(frame))
    files = {"sectors": tmp_path / "s_31370_2026.zip", "population": tmp_path / "b.zip"}
    with pytest.raises(UnfitError, match=r"releases\.blocks"):
        update_reference(Settings.load(config), files=files)
    updated = update_reference(Settings.load(config), files=files, accept=["releases.blocks"])
    moving = updated.difference.moving
    assert updated.difference.placed == 400
    assert moving > 10
    assert reassign_history(Settings.load(config), dry_run=True).incidents == moving

    deliver(tmp_path, city, LAST.shift(1))
    later = NOW + dt.timedelta(days=7)
    with pytest.raises(DisclosureError, match="other blocks of addresses"):  # as update said
        weekly(config, week=LAST.shift(1), now=later)
    config.write_text('out = "opnieuw"\n' + SETTINGS, encoding="utf-8")
    second = weekly(config, week=LAST.shift(1), now=later)
    assert second.result.boundary_note == ""
    folders = {one.release.profile: one.folder for one in second.releases}
    record = json.loads((folders["wijkmanager"] / "told.json").read_text(encoding="utf-8"))
    assert str(LAST.shift(1)) in record["themes"]["traffic"]["weeks"]
    # the files were read anew in the new borders, so nothing is left to be put in them
    assert reassign_history(Settings.load(config), now=later).incidents == 0
