"""Files as suppliers' programs write them, a hundred odd but plausible ones: `profile`, then `ingest`.

Each is drawn from the ways in which such programs differ (names, order of columns, dates, numbers, places,
separators, encodings, lines around the table), by a fixed seed. The truth is known, so that nothing may be
wrong in silence: what is read agrees with the truth, and what is not read is said.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import os
import re
import tomllib
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from genk_geo import ingest
from genk_geo.crs import LAMBERT72, LAMBERT2008, WGS84, transform_xy
from genk_geo.errors import GenkGeoError
from genk_geo.ingestion import propose_profile

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
#: Files that are drawn; a hundred and more by hand.
FILES, ROWS = int(os.environ.get("GENK_GEO_FILES", "12")), 48

#: Names of columns: number, date, time, kind, x, y; date and time are one column where there is no time.
NAMES = {
    "police zone": ("PV nummer", "Datum feit", "Uur feit", "Aard feit", "X-coordinaat", "Y-coordinaat"),
    "police zone fr": (
        "Numéro PV", "Date du fait", "Heure du fait", "Nature du fait", "Longitude", "Latitude",
    ),
    "isl p": ("PVNR", "DATUM_BEGIN", "UUR_BEGIN", "FEIT_OMSCHRIJVING", "LAMBERT_X", "LAMBERT_Y"),
    "gas": ("Dossiernr.", "Datum inbreuk", "Tijdstip", "Soort inbreuk", "X", "Y"),
    "meldpunt": ("Meldingsnummer", "Gemeld op", "", "Categorie", "Longitude", "Latitude"),
    "311": ("service_request_id", "requested_datetime", "", "service_name", "long", "lat"),
    "socrata": ("Case Number", "Occurred Date", "", "Offense Type", "Longitude", "Latitude"),
    "crm": ("Incident ID", "Created On", "", "Case Type", "Lng", "Lat"),
    "statbel": ("ID_ACCIDENT", "DT_DAY", "DT_HOUR", "TX_ACCDT_TYPE", "MS_X_COORD", "MS_Y_COORD"),
    "baac": ("Num_Acc", "date", "heure", "type_accident", "lon", "lat"),
    "unfall": ("Aktenzeichen", "Tatdatum", "Tatzeit", "Delikt", "Ostwert", "Nordwert"),
    "qgis": ("fid", "datum_tijd", "", "type", "xcoord", "ycoord"),
    "r": ("id", "date_time", "", "category", "x", "y"),
    "pandas": ("incident_number", "timestamp", "", "crime_type", "lon", "lat"),
    "oracle": ("INCIDENT_ID", "OCCURRED_DATE", "OCCURRED_TIME", "INCIDENT_TYPE", "GEO_X", "GEO_Y"),
    "sql server": ("IncidentNumber", "OccurredAt", "", "IncidentType", "CoordX", "CoordY"),
}  # fmt: skip
DATES = {
    "belgian": "%d/%m/%Y", "short year": "%d/%m/%y", "dashes": "%d-%m-%Y", "dots": "%d.%m.%Y",
    "iso": "%Y-%m-%d",
    "american": "%m/%d/%Y", "packed": "%Y%m%d", "oracle": "%d-%b-%y", "words": "%d %B %Y",
    "slashes": "%Y/%m/%d",
}  # fmt: skip
TIMES = {
    "minutes": "%H:%M",
    "seconds": "%H:%M:%S",
    "belgian": "%Hu%M",
    "dot": "%H.%M",
    "half days": "%I:%M %p",
}
KINDS = ["geluidshinder", "sluikstorten", "vandalisme", "fietsdiefstal"]


class Made:
    """One file with its truth."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        pick = lambda several: several[int(rng.integers(len(several)))]  # noqa: E731 - drawn in one way
        self.style = list(NAMES)[seed % len(NAMES)]
        self.names = NAMES[self.style]
        x, y = rng.uniform((227_500, 184_000), (229_500, 186_000), (ROWS, 2)).T
        self.system = pick([LAMBERT72, LAMBERT72, WGS84, WGS84, LAMBERT2008])
        if re.search("lon|lng|long", self.names[4], re.IGNORECASE):
            self.system = WGS84
        self.x, self.y = x, y
        digits = pick([0, 1, 2]) if self.system != WGS84 else pick([5, 6, 8])
        to_x, to_y = transform_xy(x, y, LAMBERT72, self.system)
        start = dt.datetime(2025, 11, 20)  # noqa: DTZ001 - local
        moments = [start + dt.timedelta(minutes=int(m)) for m in np.sort(rng.integers(0, 510_000, ROWS))]
        # hours that the clock has twice or not at all say nothing of reading
        self.when = [m.replace(hour=12) if m.hour in {2, 3} else m for m in moments]
        self.date, self.time = pick(list(DATES)), pick(list(TIMES))
        self.comma = bool(rng.integers(2))
        self.separator = ";" if self.comma else pick([",", ";", "\t", "|"])
        self.kinds = [pick(KINDS) for _ in range(ROWS)]
        numbers = [f"{pick(['GE', 'ZP', '2026-'])}{seed:02}{at:05}" for at in range(ROWS)]
        values = {
            0: numbers,
            1: [self._date(m) for m in self.when],
            2: [m.strftime(TIMES[self.time]) for m in self.when],
            3: self.kinds,
            4: [self._number(v, digits) for v in to_x],
            5: [self._number(v, digits) for v in to_y],
        }
        if not self.names[2]:
            del values[2]
            together = pick(["%H:%M", "%H:%M:%S", "%I:%M:%S %p"])
            gap = pick([" ", "T"]) if self.date == "iso" and "%p" not in together else " "
            if self.date in {"packed", "words"}:
                self.date = "iso"
                values[1] = [self._date(m) for m in self.when]
            values[1] = [f"{d}{gap}{m.strftime(together)}" for d, m in zip(values[1], self.when, strict=True)]
        columns = [(self.names[at], column) for at, column in values.items()]
        extra = [
            ("Status", [pick(["open", "gesloten"]) for _ in range(ROWS)]),
            ("Postcode", ["3600"] * ROWS),
            ("Aantal", [str(int(rng.integers(1, 4))) for _ in range(ROWS)]),
            ("Opmerking", [pick(["", "geen", "zie ook", "n.v.t."]) for _ in range(ROWS)]),
            ("Leeg", [""] * ROWS),
        ]
        columns += [extra[at] for at in rng.permutation(len(extra))[: int(rng.integers(0, 4))]]
        self.columns = [columns[at] for at in rng.permutation(len(columns))]
        self.title, self.total, self.blank = (bool(rng.integers(3) == 0) for _ in range(3))
        self.quotes = pick([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
        self.encoding = pick(["utf-8", "utf-8-sig", "cp1252", "utf-16"])
        self.lines, self.packed = pick(["\n", "\r\n"]), bool(rng.integers(6) == 0)
        self.kind = pick(["csv"] * 6 + ["xlsx", "geojson"])

    def _date(self, moment):
        return moment.strftime(DATES[self.date])

    def _number(self, value, digits):
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if self.comma else text

    def write(self, folder):
        if self.kind == "xlsx":
            return self._workbook(folder)
        if self.kind == "geojson":
            return self._layer(folder)
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=self.separator, quoting=self.quotes, lineterminator=self.lines)
        if self.title:
            stream.write(f"Uitvoer van 18 november 2026{self.lines}{self.lines}")
        writer.writerow([name for name, _ in self.columns])
        for at in range(ROWS):
            writer.writerow([column[at] for _, column in self.columns])
            if self.blank and at % 20 == 7:
                stream.write(self.lines)
        content = stream.getvalue().encode(self.encoding)
        path = folder / f"uitvoer.{'csv.gz' if self.packed else 'csv'}"
        path.write_bytes(gzip.compress(content) if self.packed else content)
        return path

    def _workbook(self, folder):
        from openpyxl import Workbook

        book = Workbook()
        sheet = book.active
        if self.title:
            sheet.append(["Uitvoer"])
            sheet.append([])
        sheet.append([name for name, _ in self.columns])
        for at in range(ROWS):
            row = []
            for name, column in self.columns:
                value = column[at]
                if name == self.names[1]:
                    value = self.when[at] if not self.names[2] else self.when[at].date()
                elif name == self.names[2]:
                    value = self.when[at].time()
                elif name in self.names[4:]:
                    value = float(value.replace(",", "."))
                row.append(value)
            sheet.append(row)
        book.save(folder / "uitvoer.xlsx")
        return folder / "uitvoer.xlsx"

    def _layer(self, folder):
        lon, lat = transform_xy(self.x, self.y, LAMBERT72, WGS84)
        features = [
            {
                "type": "Feature",
                "properties": {
                    name: column[at] for name, column in self.columns if name not in self.names[4:]
                },
                "geometry": {"type": "Point", "coordinates": [lon[at], lat[at]]},
            }
            for at in range(ROWS)
        ]
        path = folder / "uitvoer.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        return path


def faults(made, city, folder):
    """What is wrong in silence with a file that was read by its own proposal; None where it was refused."""
    path, profile = made.write(folder), folder / "p.toml"
    try:
        proposed = propose_profile(path, city=city)
        profile.write_text(proposed, encoding="utf-8")
        result = ingest(path, profile=profile, city=city, now=NOW)
    except GenkGeoError as error:
        return None, str(error)
    found, wrong = result.incidents, []
    if len(found) + result.report.rejects != ROWS:
        wrong.append(f"{len(found)} + {result.report.rejects} of {ROWS} rows")
    if len(found) != ROWS:
        return (wrong or None), f"{dict(result.report.reasons)}"
    local = found["from"].dt.tz_convert("Europe/Brussels").dt.tz_localize(None)
    truth = [moment.replace(second=0) for moment in made.when]
    if (local.dt.date != [moment.date() for moment in truth]).any():
        wrong.append("dates")
    elif (local.dt.floor("min") != truth).any() and not (local == local.dt.normalize()).all():
        wrong.append("hours")
    elif (local.dt.floor("min") != truth).any():
        wrong.append("no hours")
    away = np.hypot(found.geometry.x - made.x, found.geometry.y - made.y)
    if not (away < 2).all():
        wrong.append(f"places {away.max():.0f} m")
    columns = tomllib.loads(proposed)["columns"]
    for field, name in (("category", made.names[3]), ("source_id", made.names[0])):
        accepted = columns.get(field, [])
        if name not in ([accepted] if isinstance(accepted, str) else accepted):
            wrong.append(f"{field} {accepted}")
    return wrong, ""


@pytest.mark.parametrize("part", range(4))
def test_nothing_of_a_suppliers_file_is_wrong_in_silence(part, city, tmp_path):
    refused = []
    for seed in range(part, FILES, 4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        made = Made(seed)
        wrong, why = faults(made, city, folder)
        if wrong is None:
            refused.append((seed, made.style, why))
            continue
        assert not wrong, (seed, made.style, made.kind, made.date, made.time, wrong)
    assert len(refused) <= 2, refused


X, Y = np.random.default_rng(77).uniform((228_000, 184_500), (229_000, 185_500), (ROWS, 2)).T.round(1)
LON, LAT = (values.round(6) for values in transform_xy(X, Y, LAMBERT72, WGS84))
WHEN = [dt.datetime(2026, 1, 3, 5, 7) + dt.timedelta(hours=31.7 * at) for at in range(ROWS)]  # noqa: DTZ001 - local
WHEN = [moment.replace(second=0, hour=max(moment.hour, 4)) for moment in WHEN]
WEEKDAYS = ["ma", "di", "wo", "do", "vr", "za", "zo"]


def utc(moment):
    return moment.replace(tzinfo=BRUSSELS).astimezone(dt.UTC)


def missing(word):
    """Every sixth row lacks its kind, and says so in a word of its program."""
    return lambda i, t: (
        f"{i + 1},{t:%Y-%m-%d %H:%M:%S},{word if i % 6 == 0 else KINDS[i % 4]},{X[i]},{Y[i]},{word}"
    )


NAMED = "id,date_time,category,x,y,note"
#: A header and the lines of an export, with what is odd about it in its name.
ODD = {
    "weekdays before the date": (
        "Nummer;Datum;Uur;Soort;X;Y",
        lambda i, t: f"A{i};{WEEKDAYS[t.weekday()]} {t:%d/%m/%Y};{t:%H:%M};{KINDS[i % 4]};{X[i]};{Y[i]}",
    ),
    "days of a spreadsheet": (
        "Nummer;Datum;Soort;X;Y",
        lambda i, t: (
            f"A{i};{str((t - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)).replace('.', ',')};"  # noqa: DTZ001
            f"{KINDS[i % 4]};{X[i]};{Y[i]}"
        ),
    ),
    "instants with Z": (
        "id,created_at,category,lon,lat",
        lambda i, t: f"r{i},{utc(t):%Y-%m-%dT%H:%M:%SZ},{KINDS[i % 4]},{LON[i]},{LAT[i]}",
    ),
    "offsets": (
        "id,created_at,category,lon,lat",
        lambda i, t: f"r{i},{t.replace(tzinfo=BRUSSELS).isoformat()},{KINDS[i % 4]},{LON[i]},{LAT[i]}",
    ),
    "milliseconds since 1970": (
        "id,timestamp,category,lon,lat",
        lambda i, t: f"r{i},{int(utc(t).timestamp() * 1000)},{KINDS[i % 4]},{LON[i]},{LAT[i]}",
    ),
    "seven digits of a second": (
        "IncidentNumber,OccurredAt,IncidentType,CoordX,CoordY",
        lambda i, t: f"{i + 1},{t:%Y-%m-%d %H:%M:%S}.1234567,{KINDS[i % 4]},{X[i]},{Y[i]}",
    ),
    "oracle with points and half days": (
        "INCIDENT_ID,OCCURRED_DATE,INCIDENT_TYPE,GEO_X,GEO_Y",
        lambda i, t: f"{i + 1},{t:%d-%b-%y %I.%M.%S.000000 %p},{KINDS[i % 4]},{X[i]},{Y[i]}".upper(),
    ),
    "row names of R": (
        '"","id","date_time","category","x","y"',
        lambda i, t: f'"{i + 1}","m{i}","{t:%Y-%m-%d %H:%M:%S}","{KINDS[i % 4]}",{X[i]},{Y[i]}',
    ),
    "index of pandas": (
        ",id,date_time,category,x,y",
        lambda i, t: f"{i},m{i},{t:%Y-%m-%d %H:%M:%S},{KINDS[i % 4]},{X[i]},{Y[i]}",
    ),
    "exponents": (
        "id,date_time,category,x,y",
        lambda i, t: f"m{i},{t:%Y-%m-%d %H:%M},{KINDS[i % 4]},{X[i]:.7E},{Y[i]:.7E}",
    ),
    "thousands": (
        "Nummer;Datum;Soort;X;Y",
        lambda i, t: (
            f"A{i};{t:%d/%m/%Y %H:%M};{KINDS[i % 4]};"
            + ";".join(f"{v:,.1f}".translate({44: 46, 46: 44}) for v in (X[i], Y[i]))
        ),
    ),
    "latitude under longitude": (
        "id,date_time,category,longitude,latitude",
        lambda i, t: f"m{i},{t:%Y-%m-%d %H:%M},{KINDS[i % 4]},{LAT[i]},{LON[i]}",
    ),
    "a point in words": (
        "id,date_time,category,geom",
        lambda i, t: f"m{i},{t:%Y-%m-%d %H:%M},{KINDS[i % 4]},POINT ({LON[i]} {LAT[i]})",
    ),
    "separators behind": (
        "Nummer;Datum;Soort;X;Y;;;",
        lambda i, t: f"A{i};{t:%d/%m/%Y %H:%M};{KINDS[i % 4]};{X[i]};{Y[i]};;;",
    ),
    "blanks around": (
        " Nummer ; Datum ; Soort ; X ; Y ",
        lambda i, t: f" A{i} ; {t:%d/%m/%Y %H:%M} ; {KINDS[i % 4]} ; {X[i]} ; {Y[i]} ",
    ),
    "a response time beside": (
        "Nummer;Datum;Response Time;Uur van het feit;Soort;X;Y",
        lambda i, t: f"A{i};{t:%d/%m/%Y};00:{i % 60:02}:12;{t:%H:%M};{KINDS[i % 4]};{X[i]};{Y[i]}",
    ),
    "a date of closing first": (
        "Nummer;Datum afgesloten;Datum feit;Soort;X;Y",
        lambda i, t: (
            f"A{i};{t + dt.timedelta(days=9):%d/%m/%Y %H:%M};{t:%d/%m/%Y %H:%M};{KINDS[i % 4]};{X[i]};{Y[i]}"
        ),
    ),
    "hours of one or two digits": (
        "Nummer;Datum;Uur;Soort;X;Y",
        lambda i, t: f"A{i};{t.day}/{t.month}/{t.year};{t.hour}:{t:%M};{KINDS[i % 4]};{X[i]};{Y[i]}",
    ),
    "hours without a sign": (
        "Nummer;Datum;Uur;Soort;X;Y",
        lambda i, t: f"A{i};{t:%d/%m/%Y};{int(f'{t:%H%M}')};{KINDS[i % 4]};{X[i]};{Y[i]}",
    ),
    "NULL": (NAMED, missing("NULL")), "NA": (NAMED, missing("NA")), "\\N": (NAMED, missing("\\N")),
    "None": (NAMED, missing("None")), "nan": (NAMED, missing("nan")), "#N/A": (NAMED, missing("#N/A")),
    "(null)": (NAMED, missing("(null)")),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_about_an_export_is_read_or_said(name, city, tmp_path):
    head, line = ODD[name]
    path, profile = tmp_path / "uitvoer.csv", tmp_path / "p.toml"
    path.write_text("\n".join([head, *(line(at, WHEN[at]) for at in range(ROWS))]) + "\n", encoding="utf-8")
    proposed = propose_profile(path, city=city)
    profile.write_text(proposed, encoding="utf-8")
    found = ingest(path, profile=profile, city=city, now=NOW).incidents
    assert len(found) == ROWS, proposed
    local = found["from"].dt.tz_convert("Europe/Brussels").dt.tz_localize(None).dt.floor("min")
    assert local.tolist() == WHEN, proposed
    assert np.hypot(found.geometry.x - X, found.geometry.y - Y).max() < 2, proposed
    assert f"{name} (" not in proposed  # a word for nothing is no category


def test_signs_of_degrees_in_two_columns_are_no_places(city, tmp_path):
    lines = [
        f"m{at},{t:%Y-%m-%d %H:%M},{KINDS[at % 4]},{LON[at]}° E,{LAT[at]}° N" for at, t in enumerate(WHEN)
    ]
    path = tmp_path / "uitvoer.csv"
    path.write_text("\n".join(["id,date_time,category,longitude,latitude", *lines]) + "\n", encoding="utf-8")
    assert "no column looks like the place" in propose_profile(path, city=city)
