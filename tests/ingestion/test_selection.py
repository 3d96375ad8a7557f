"""What a selection leaves out is counted and is no reject; a star stands for the rest, in any capitals."""

from __future__ import annotations

import pytest

from genk_geo import ingest

KINDS = [
    "Diefstal woning",
    "diefstal fiets",
    "Poging diefstal",
    "Vandalisme",
    "vandalisme (graffiti)",
    "Brand",
]
HEADER = "PV-nummer;Datum van;Feit;Straat;Nr\n"
PROFILE = """source = "proef"
theme = "burglary"
[columns]
source_id = "PV-nummer"
from_date = "Datum van"
category = "Feit"
street = "Straat"
house_number = "Nr"
[select]
Feit = {wanted}
"""


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ('["*"]', 6), ('["diefstal*"]', 2), ('["DIEFSTAL WONING"]', 1), ('["*diefstal*"]', 3),
        ('["vandalisme", "brand"]', 2), ('["vandalisme*", "Brand"]', 3), ('["*(graffiti)"]', 1),
    ],
)  # fmt: skip
def test_what_is_left_out_is_counted_and_is_no_reject(wanted, kept, city, tmp_path):
    rows = "".join(f"A{at};0{at + 1}/03/2026;{kind};Europalaan;{at + 10}\n" for at, kind in enumerate(KINDS))
    (tmp_path / "feiten.csv").write_text(HEADER + rows, encoding="utf-8")
    (tmp_path / "proef.toml").write_text(PROFILE.format(wanted=wanted), encoding="utf-8")
    report = ingest(tmp_path / "feiten.csv", profile=tmp_path / "proef.toml", city=city).report
    assert (report.incidents, report.left_out, report.rejects) == (kept, len(KINDS) - kept, 0)
