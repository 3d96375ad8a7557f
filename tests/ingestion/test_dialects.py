"""One truth in forty dialects: `profile`, then `ingest` without editing, gives the truth or stops."""

from __future__ import annotations

import csv
import datetime as dt
import io

import numpy as np
import pandas as pd
import pytest

from genk_geo.crs import transform_xy
from genk_geo.errors import GenkGeoError
from genk_geo.ingestion import ingest, propose_profile
from tests.ingestion.test_dates import EXCEL, MONTHS, twelve

NOW = "2026-11-20 12:00"
ROWS = 60
KINDS = ("Noise", "Graffiti", "Illegal dumping", "Loitering")


def truth(city) -> pd.DataFrame:
    """Sixty reports, each at its own place and minute."""
    rng = np.random.default_rng(7)
    when = pd.Timestamp("2026-01-03") + pd.to_timedelta(
        np.sort(rng.integers(0, 300 * 1440, ROWS)), unit="min"
    )
    centre = city.boundary.representative_point()
    return pd.DataFrame(
        {
            "number": [f"M{n:05}" for n in range(1, ROWS + 1)],
            "when": when,
            "kind": rng.choice(KINDS, ROWS),
            "x": (centre.x + rng.uniform(-1500, 1500, ROWS)).round(2),
            "y": (centre.y + rng.uniform(-1500, 1500, ROWS)).round(2),
        }
    )


DATES = {
    "iso": lambda w: f"{w:%Y-%m-%d %H:%M}",
    "day": lambda w: f"{w:%d/%m/%Y %H:%M}",
    "month": lambda w: f"{w:%m/%d/%Y %H:%M}",
    "ampm": lambda w: f"{w:%m/%d/%Y} {twelve(w)}",
    "T": lambda w: f"{w:%Y-%m-%dT%H:%M:%S}.000",
    "nl": lambda w: f"{w.day} {MONTHS['nl'][w.month - 1]} {w.year} {w:%H:%M}",
    "fr": lambda w: f"{w.day} {MONTHS['fr'][w.month - 1]} {w.year} {w:%H:%M}",
    "de": lambda w: f"{w.day}. {MONTHS['de'][w.month - 1]} {w.year} {w:%H:%M}",
    "en": lambda w: f"{MONTHS['en'][w.month - 1]} {w.day}, {w.year} {twelve(w)}",
    "short": lambda w: f"{w:%d-%m-%y %H:%M}",
    "points": lambda w: f"{w:%d.%m.%Y %H:%M}",
    "compact": lambda w: f"{w:%Y%m%d%H%M}",
    "serial": lambda w: f"{(w - EXCEL) / dt.timedelta(days=1):.6f}",
    "zone": lambda w: pd.Timestamp(w, tz="Europe/Brussels").tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"),
    "epoch": lambda w: str(int(pd.Timestamp(w, tz="Europe/Brussels").timestamp() * 1000)),
}
SYSTEMS = {"wgs": 4326, "l72": 31370, "l08": 3812, "rd": 28992, "utm": 25832, "merc": 3857, "bng": 27700}
BASE = {
    "date": "iso", "system": "wgs", "separator": ",", "encoding": "utf-8", "title": 0, "totals": False,
    "names": ("Case ID", "Occurred", "Offense", "Longitude", "Latitude"),
    "order": (0, 1, 2, 3, 4), "number": "own",
    "place": "two", "decimal": ".",
}  # fmt: skip
DUTCH = ("Meldingsnr", "Datum feit", "Aard van het feit", "X", "Y")
DIALECTS: dict[str, dict[str, object]] = {
    **{f"date {name}": {"date": name} for name in DATES},
    **{f"system {name}": {"system": name, "names": DUTCH} for name in SYSTEMS},
    "semicolons": {"separator": ";", "decimal": ",", "names": DUTCH},
    "tabs": {"separator": "\t"},
    "bars": {"separator": "|", "date": "day"},
    "utf-16": {"encoding": "utf-16", "separator": "\t"},
    "cp1252": {
        "encoding": "cp1252",
        "names": ("Référence", "Date des faits", "Catégorie", "Longitude", "Latitude"),
    },
    "byte order mark": {"encoding": "utf-8-sig"},
    "a title": {"title": 1},
    "three lines of title": {"title": 3, "separator": ";"},
    "totals": {"totals": True},
    "totals of day first": {"totals": True, "date": "day", "separator": ";"},
    "turned round": {"order": (4, 2, 1, 0, 3)},
    "swapped": {"names": ("Case ID", "Occurred", "Offense", "Latitude", "Longitude")},
    "numbers restart": {"number": "restart"},
    "numbers rounded": {"number": "rounded"},
    "one number": {"number": "one"},
    "a pair": {"place": "pair"},
    "a point": {"place": "wkt", "separator": ";"},
    "names that say nothing": {"names": ("ref", "moment", "soort", "c1", "c2")},
    "german": {
        "names": ("Aktenzeichen", "Tatzeit", "Delikt", "Rechtswert", "Hochwert"), "system": "utm",
        "date": "de",
    },
    "date and time apart": {"place": "two", "apart": True, "date": "day"},
}  # fmt: skip


def written(rows: pd.DataFrame, city, dialect: dict[str, object]) -> bytes:
    how = BASE | dialect
    x, y = transform_xy(rows["x"], rows["y"], city.crs, SYSTEMS[str(how["system"])])
    digits = 6 if how["system"] == "wgs" else 2
    numbers = {
        "own": rows["number"].tolist(),
        "restart": [str(n % 20 + 1) for n in range(ROWS)],
        "rounded": ["2,02605E+11"] * ROWS,
        "one": ["1"] * ROWS,
    }[str(how["number"])]
    when = [moment.to_pydatetime() for moment in rows["when"]]
    date = [DATES[str(how["date"])](moment) for moment in when]
    places = [[f"{one:.{digits}f}", f"{other:.{digits}f}"] for one, other in zip(x, y, strict=True)]
    names = list(how["names"])
    if how["decimal"] == ",":
        places = [[part.replace(".", ",") for part in place] for place in places]
    if how["place"] == "pair":
        places, names = [[f"({lat}, {lon})"] for lon, lat in places], [*names[:3], "Location"]
    elif how["place"] == "wkt":
        places, names = [[f"POINT ({lon} {lat})"] for lon, lat in places], [*names[:3], "the_geom"]
    table = [[n, d, k, *place] for n, d, k, place in zip(numbers, date, rows["kind"], places, strict=True)]
    if how.get("apart"):
        table = [
            [n, f"{w:%d/%m/%Y}", k, *p, f"{w:%H:%M}"] for (n, _, k, *p), w in zip(table, when, strict=True)
        ]
        names.append("Hour")
    order = [place for place in how["order"] if place < len(names)] + list(range(5, len(names)))
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=str(how["separator"]), lineterminator="\n")
    for line in range(int(how["title"])):
        stream.write(f"Overzicht deel {line + 1}\n")
    writer.writerow([names[place] for place in order])
    writer.writerows([row[place] for place in order] for row in table)
    if how["totals"]:
        writer.writerow(["Totaal", str(ROWS), *[""] * (len(names) - 2)])
    return stream.getvalue().encode(str(how["encoding"]))


def outcome(city, tmp_path, dialect) -> str:
    """``right``, the reason why it stopped, or what is silently wrong."""
    rows = truth(city)
    path = tmp_path / "export_2026.csv"
    path.write_bytes(written(rows, city, dialect))
    try:
        (tmp_path / "p.toml").write_text(propose_profile(path, city=city), encoding="utf-8")
        result = ingest(path, profile=tmp_path / "p.toml", city=city, now=NOW)
    except GenkGeoError as error:
        return f"stopped: {error}"
    found = result.incidents
    if len(found) != ROWS:
        return f"WRONG: {len(found)} incidents, {result.report.reasons}"
    found = found.sort_values("from", kind="stable")
    apart = np.hypot(found.geometry.x.to_numpy() - rows["x"], found.geometry.y.to_numpy() - rows["y"])
    moved = (found["from"].dt.tz_localize(None).to_numpy() != rows["when"].to_numpy()).sum()
    if moved or not (apart <= 3).all() or found["category"].tolist() != rows["kind"].tolist():
        return f"WRONG: {moved} moments, {(~(apart <= 3)).sum()} places"
    return "right"


@pytest.fixture(scope="module")
def outcomes(city, tmp_path_factory):
    return {
        name: outcome(city, tmp_path_factory.mktemp("dialect"), dialect) for name, dialect in DIALECTS.items()
    }


def test_there_are_forty_dialects():
    assert len(DIALECTS) >= 40


def test_nothing_is_silently_wrong(outcomes):
    assert {name: found for name, found in outcomes.items() if found.startswith("WRONG")} == {}


def test_nine_in_ten_give_the_truth_without_editing(outcomes):
    stopped = {name: found for name, found in outcomes.items() if found != "right"}
    assert len(stopped) <= 4, stopped
