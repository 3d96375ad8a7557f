"""A supplier's file to incidents, with every row accounted for."""

from __future__ import annotations

import dataclasses
import gzip

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from genk_geo.calendar import occurred
from genk_geo.errors import GenkGeoError, SupplierFileError
from genk_geo.ingestion import Profile, ingest, load_profile
from genk_geo.ingestion import places as places_module
from genk_geo.schema import GEOCODE_LEVELS, check_table
from tests.examples import examples

NOW = "2026-11-20 12:00"
NUISANCE = "Meldingsnummer;Gemeld op;Vastgesteld op;Soort melding;Omschrijving;Adres;Breedtegraad;Lengtegraad"
TRAFFIC = "PV-nummer;Datum;Uur;Ernst;Slachtoffers;Weggebruiker 1;Weggebruiker 2;Plaats;X;Y"
STATBEL = (
    "DT_YEAR_COLLISION|DT_MONTH_COLLISION|DT_TIME|CD_NIS|MS_X_COORD|MS_Y_COORD|"
    "CD_CLASS_ACCIDENTS|TX_ROAD_USR_TYPE1_NL|TX_ROAD_USR_TYPE2_NL"
)
BURGLARY = (
    "PV-nummer;Datum van;Uur van;Datum tot;Uur tot;Datum vaststelling;Feit;"
    "Straat;Nr;Bus;Postcode;Gemeente;X;Y"
)


def conserved(result) -> bool:
    report = result.report
    lines = [*result.rejects["line"], *result.duplicates["line"]]
    return (
        report.rows_in
        == len(result.incidents) + len(result.duplicates) + len(result.rejects) + report.left_out
        and report.incidents == len(result.incidents)
        and sum(report.reasons.values()) == report.rejects == len(result.rejects)
        and sum(report.levels.values()) == report.incidents
        and len(lines) == len(set(lines))
    )


def burglary(pv="TG.1", begin="01/05/2026", hour="22:00", end="02/05/2026", until="06:00", **other) -> str:
    values = {
        "feit": "Diefstal in woning",
        "straat": "Europalaan",
        "nr": "12",
        "x": "228500,5",
        "y": "184800",
    }
    values |= other
    return (
        f"{pv};{begin};{hour};{end};{until};02/05/2026;{values['feit']};{values['straat']};{values['nr']};;3600;"
        f"Genk;{values['x']};{values['y']}"
    )


def test_a_burglary_becomes_an_incident(burglaries, city):
    result = burglaries(burglary())
    row = result.incidents.iloc[0]
    assert (row["source"], row["theme"], row["category"]) == ("politie", "burglary", "woninginbraak")
    assert row["from"] == pd.Timestamp("2026-05-01 22:00", tz=city.timezone)
    assert row["to"] == pd.Timestamp("2026-05-02 06:00", tz=city.timezone)
    assert row["reported"] == pd.Timestamp("2026-05-02", tz=city.timezone)
    assert (row["geocode_level"], row["geocode_uncertainty_m"]) == ("coordinate", 10.0)
    assert row.geometry.equals(shapely.Point(228500.5, 184800))
    place = city.locate([228500.5], [184800.0]).iloc[0]
    assert (row["wijk"], row["stadsdeel"], row["sector"]) == tuple(place[["wijk", "stadsdeel", "sector"]])
    assert occurred(result.incidents)[0] == pd.Timestamp("2026-05-02 02:00", tz=city.timezone)
    assert result.report.located_share == 1.0
    assert conserved(result)


@pytest.mark.parametrize(
    ("row", "reason", "seen"),
    [
        (burglary(begin=""), "missing_time", "Datum van: ;"),
        (burglary(begin="31/02/2026"), "bad_time", "Datum van: 31/02/2026"),
        (burglary(until="25:99"), "bad_time", "Uur tot: 25:99"),
        (burglary(end="30/04/2026"), "time_reversed", "Datum tot: 30/04/2026"),
        (burglary(begin="21/11/2026", end=""), "time_in_future", "Datum van: 21/11/2026"),
        (burglary(end="21/11/2026"), "time_in_future", "Datum tot: 21/11/2026"),
        (burglary(x="104000", y="193000"), "bad_coordinates", "X: 104000; Y: 193000"),
        (burglary(x="2,35", y="48,85"), "outside_city", "X: 2,35; Y: 48,85"),
        ("TG.1;01/05/2026;;;;;woning;Meir;1;;2000;Antwerpen;;", "outside_city", "Postcode: 2000"),
        ("TG.1;01/05/2026;;;;;woning;;;;;;;", "missing_location", "Gemeente: "),
        ("TG.1;01/05/2026;22:00", "unreadable_line", ""),
    ],
)
def test_each_fault_has_its_reason_and_keeps_what_shows_it(burglaries, row, reason, seen):
    result = burglaries(burglary(pv="TG.0"), row)
    assert result.rejects[["line", "reason"]].to_numpy().tolist() == [[3, reason]]
    kept = result.rejects.loc[0, "original"]
    assert seen in kept
    assert kept.startswith("PV-nummer: TG.1") or reason == "unreadable_line"
    assert not any(word in kept for word in ("Europalaan", "Meir", "woning"))
    assert result.rejects.loc[0, "detail"]
    assert conserved(result)


@pytest.mark.parametrize(
    ("times", "window"),
    [
        (("22:00", "", ""), ("2026-05-01 22:00", None)),
        (("", "", ""), ("2026-05-01", "2026-05-02")),
        (("99", "", ""), ("2026-05-01", "2026-05-02")),
        (("22:00", "03/05/2026", ""), ("2026-05-01 22:00", "2026-05-04")),
        (("22:00", "", "06:00"), ("2026-05-01 22:00", "2026-05-02 06:00")),
        (("10:00", "", "12:00"), ("2026-05-01 10:00", "2026-05-01 12:00")),
        (("10:00", "01/05/2026", "10:00"), ("2026-05-01 10:00", "2026-05-01 10:00")),
    ],
)
def test_windows(burglaries, city, times, window):
    hour, end, until = times
    row = burglaries(burglary(hour=hour, end=end, until=until)).incidents.iloc[0]
    assert row["from"] == pd.Timestamp(window[0], tz=city.timezone)
    assert (row["to"] == pd.Timestamp(window[1], tz=city.timezone)) if window[1] else pd.isna(row["to"])


def test_a_window_may_end_in_the_second_of_the_two_autumn_hours(burglaries):
    row = burglaries(
        burglary(begin="25/10/2026", hour="02:45", end="25/10/2026", until="02:15")
    ).incidents.iloc[0]
    assert row["to"] - row["from"] == pd.Timedelta(minutes=30)


def test_equal_rows_are_duplicates_and_of_changed_rows_the_last_counts(burglaries):
    changed = burglary(pv="TG.2", feit="poging")
    result = burglaries(burglary(), burglary(), burglary(pv="TG.2"), changed, changed, burglary(pv="TG.3"))
    assert result.duplicates[["line", "reason", "detail"]].to_numpy().tolist() == [
        [3, "duplicate", "same as line 2"],
        [4, "superseded", "replaced by line 5"],
        [6, "duplicate", "same as line 5"],
    ]
    assert result.incidents["category"].tolist() == ["woninginbraak", "poging", "woninginbraak"]
    assert conserved(result)


def test_a_later_version_that_is_no_good_does_not_replace_a_good_one(burglaries):
    result = burglaries(burglary(), burglary(begin="01/05/2030"))
    assert len(result.incidents) == len(result.rejects) == 1
    assert result.duplicates.empty


def test_reports_that_only_resemble_each_other_stay(burglaries):
    assert len(burglaries(burglary(), burglary(pv="TG.2"), burglary(pv="TG.3", nr="14")).incidents) == 3


def test_identity_is_stable_and_depends_on_source_and_number_only(burglaries):
    first = burglaries(burglary(), burglary(pv="TG.2")).incidents["incident_id"]
    second = burglaries(burglary(pv=" TG.2 ", feit="poging"), burglary(nr="99")).incidents["incident_id"]
    assert first.tolist() == second.tolist()[::-1]
    assert first.str.fullmatch("[0-9a-f]{16}").all()
    other = load_profile("burglary").model_copy(update={"source": "elders"})
    assert burglaries(burglary(), profile=other).incidents["incident_id"][0] != first[0]


def test_without_coordinates_the_address_is_geocoded(burglaries, city):
    result = burglaries(burglary(x="0", y="0"), burglary(pv="TG.2", x="", y="", nr=""))
    assert (result.incidents["geocode_level"] >= "street").all()
    assert (result.incidents["geocode_level"] < "coordinate").all()
    assert city.contains(result.incidents.geometry.x, result.incidents.geometry.y).all()
    assert result.incidents["wijk"].notna().all()


def test_only_the_city_is_known(burglaries):
    result = burglaries("TG.1;01/05/2026;;;;;woning;;;;3600;Genk;;")
    assert result.incidents.loc[0, "geocode_level"] == "city"
    assert result.incidents.geometry[0] is None
    assert any("only 0% of the incidents could be located" in warning for warning in result.report.warnings)


def test_what_the_geocoder_cannot_place_stays_an_incident_without_point(burglaries, monkeypatch):
    def nowhere(frame, city, **options):
        level = ["none", "wijk"][: len(frame)]
        return frame.assign(
            x_31370=228000.0, y_31370=184000.0, geocode_level=level, geocode_score=0.4,
            geocode_uncertainty_m=900.0, sector=None,
            wijk=[None, "Winterslag"], stadsdeel=[None, "Genk-Noord"],
        )  # fmt: skip

    monkeypatch.setattr(places_module, "geocode", nowhere)
    result = burglaries(burglary(x="", y="", straat="A"), burglary(pv="2", x="", y="", straat="B"))
    assert result.incidents["geocode_level"].tolist() == ["none", "wijk"]
    assert result.incidents.geometry.isna().all()
    assert result.incidents["wijk"].fillna("").tolist() == ["", "Winterslag"]
    assert result.report.located_share == 0.0


def test_coordinates_win_and_a_gross_disagreement_is_told(burglaries, monkeypatch):
    def far(frame, city, **options):
        return frame.assign(
            x_31370=226000.0, y_31370=184800.0, geocode_level="street", geocode_score=1.0,
            geocode_uncertainty_m=90.0, sector="s", wijk="w", stadsdeel="d",
        )  # fmt: skip

    monkeypatch.setattr(places_module, "geocode", far)
    result = burglaries(burglary())
    assert result.incidents.geometry.x[0] == 228500.5
    assert any(
        warning.startswith("1 rows have coordinates more than 1 km") for warning in result.report.warnings
    )


def test_unmapped_categories_become_other_or_a_reject(burglaries):
    result = burglaries(burglary(feit="ruzie"))
    assert result.incidents["category"].tolist() == ["other"]
    assert "1 rows have a category outside the profile's list: other" in result.report.warnings
    strict = load_profile("burglary").model_copy(update={"unmapped": "reject"})
    assert burglaries(burglary(feit="ruzie"), profile=strict).rejects["reason"].tolist() == ["bad_value"]


def test_nuisance_reads_degrees_drops_free_text_and_falls_back_on_the_report(written, city):
    spoken = '"Jan Peeters belt; ""boos"""'
    rows = (
        f"M1;03/05/2026 23:10;02/05/2026 22:00;Geluid;{spoken};Europalaan 12, 3600 Genk;50,9681;5,4863",
        "M2;04/05/2026;;Sluikstort;;Europalaan 12;;",
    )
    result = ingest(written("\n".join((NUISANCE, *rows))), profile="nuisance", city=city, now=NOW)
    assert result.incidents["category"].tolist() == ["geluid", "sluikstort"]
    assert result.incidents["from"].dt.strftime("%d %H:%M").tolist() == ["02 22:00", "04 00:00"]
    assert result.incidents["to"].dt.strftime("%d %H:%M").fillna("").tolist() == ["", "05 00:00"]
    assert "Peeters" not in result.incidents.to_csv()
    assert any("moment of the report was taken" in warning for warning in result.report.warnings)


def test_traffic_reads_severity_and_weak_road_users(written, city):
    rows = [
        f"V{number};03/05/2026;18u30;{severity};1;{one};{two};Europalaan 12;228500;184800"
        for number, (severity, one, two) in enumerate(
            [
                ("dodelijk", "personenwagen", "fietser"),
                ("zwaar gewond", "voetganger", ""),
                ("licht gewond", "personenwagen", "vrachtwagen"),
                ("stoffelijke schade", "", ""),
                ("?", "bus", "bus"),
            ]
        )
    ]
    incidents = ingest(written("\n".join((TRAFFIC, *rows))), profile="traffic", city=city, now=NOW).incidents
    assert incidents["severity"].fillna("").tolist() == ["fatal", "serious", "light", "material", ""]
    assert incidents["weak_road_user"].tolist() == [True, True, False, pd.NA, False]
    assert incidents["category"].tolist() == ["letselongeval"] * 3 + ["stoffelijke_schade", "other"]


@pytest.mark.parametrize(
    ("users", "weak"),
    [
        (("motorfiets", "personenwagen"), False),
        (("Motorfiets > 400 cc", "Motorfietser"), False),
        (("motocycliste", ""), False),
        (("motorfiets", "fietser"), True),
        (("motorfiets, fietser", ""), True),
        (("bromfiets klasse B", "auto"), True),
        (("e-step", "auto"), True),
        (("speed-pedelec", "auto"), True),
        (("Elektrische fiets", "auto"), True),
        (("elektrische rolstoel", "auto"), True),
        (("auto", "VOETGANGER"), True),
        (("cyclomotoriste", "voiture"), True),
        (("quadricycle", "voiture"), False),
    ],
)
@pytest.mark.parametrize("profile", ["traffic", "statbel_accidents"])
def test_weak_is_who_goes_on_foot_by_bicycle_or_moped(written, city, profile, users, weak):
    """The Flemish rule counts victims on a motorcycle once, not 1.7 times."""
    if profile == "traffic":
        one, two = users
        lines = [TRAFFIC, f"V1;03/05/2026;18u30;licht gewond;1;{one};{two};x;228500;184800"]
    else:
        lines = [STATBEL, f"2024|5|18|71016|228500,12|184800,34|4|{users[0]}|{users[1]}"]
    incidents = ingest(written("\n".join(lines)), profile=profile, city=city, now=NOW).incidents
    assert incidents["weak_road_user"].tolist() == [weak]


def test_the_accident_file_of_statbel_is_read_as_it_is(written, city):
    rows = (
        "2024|5|18|71016|228500,12|184800,34|4|Fiets|Personenauto",
        "2024|12|99|71016|228600,12|184900,34|1|Personenauto|",
        "2024|5|18|71022|218500,12|184800,34|4|Fiets|Personenauto",
        "2024|13|18|71016|228500,12|184800,34|4|Fiets|Personenauto",
    )
    path = written("\n".join((STATBEL, *rows)), encoding="utf-8-sig")
    result = ingest(path, profile="statbel_accidents", city=city, now=NOW)
    incidents = result.incidents
    assert incidents["from"].dt.strftime("%Y-%m-%d %H").tolist() == ["2024-05-01 00", "2024-12-01 00"]
    assert incidents["to"].dt.strftime("%Y-%m-%d %H").tolist() == ["2024-06-01 00", "2025-01-01 00"]
    assert incidents["hour"].tolist() == [18, pd.NA]
    assert incidents["severity"].tolist() == ["light", "fatal"]
    assert incidents["weak_road_user"].tolist() == [True, False]
    assert (result.report.reasons, result.report.left_out) == ({"bad_time": 1}, 1)
    assert conserved(result)


def test_themes_weights_selection_and_kept_columns(written, city):
    profile = Profile(
        source="s",
        columns={"theme": "soort", "from_date": "d", "x": "x", "y": "y", "weight": "w"},
        themes={"drugs": "*drugs*", "fire": ["brand*"]},
        select={"wijk": ["1", "2"]},
        keep="ploeg nr",
    )
    path = written(
        "soort;d;x;y;w;wijk;Ploeg-nr\n"
        "Drugs dealen;01/05/2026;228500;184800;2,5;1;P7\n"
        "Brand;01/05/2026;228500;184800;;2;\n"
        "Andere;01/05/2026;228500;184800;1;1;\n"
        "Brand;01/05/2026;228500;184800;-1;2;\n"
        "Brand;01/05/2026;228500;184800;1;3;\n"
    )
    result = ingest(path, profile=profile, city=city, now=NOW)
    assert result.incidents["theme"].tolist() == ["drugs", "fire"]
    assert result.incidents["weight"].tolist() == [2.5, 1.0]
    assert result.incidents["kept_ploegnr"].tolist() == ["P7", ""]
    assert result.rejects["reason"].tolist() == ["bad_value", "bad_value"]
    assert result.report.left_out == 1
    assert result.report.theme == "drugs, fire"


def test_a_geometry_layer_needs_no_columns_for_the_place(tmp_path, city):
    layer = gpd.GeoDataFrame(
        {
            "Meldingsnummer": ["1", "2"],
            "Gemeld op": ["2026-05-03 10:00", "2026-05-04 11:00"],
            "Soort": ["drugs", "x"],
        },
        geometry=[shapely.Point(228500, 184800), None],
        crs=31370,
    )
    layer.to_file(tmp_path / "m.gpkg")
    result = ingest(tmp_path / "m.gpkg", profile="nuisance", city=city, now=NOW)
    assert result.incidents.geometry.x.tolist() == [228500]
    assert result.rejects["reason"].tolist() == ["missing_location"]


def test_files_without_a_valid_row_give_empty_tables_that_keep_their_contract(burglaries, city):
    result = burglaries("TG.1;;;;;;;;;;;;;")
    assert result.incidents.empty
    check_table(result.incidents, "incidents", epsg=city.crs)
    assert conserved(result)


def test_the_report_names_absent_columns_and_the_clock_of_the_profile_counts(written, city):
    path = written("PV;Datum;Feit;Straat\nTG.1;01/05/2026 10:00;woning;Europalaan\n")
    result = ingest(path, profile="burglary", city=city, now=NOW)
    assert "the file has no column for to_date" in result.report.warnings
    london = load_profile("burglary").model_copy(update={"timezone": "Europe/London"})
    there = ingest(path, profile=london, city=city, now=NOW).incidents
    assert there["from"][0] - result.incidents["from"][0] == pd.Timedelta(hours=1)
    assert str(there["from"].dtype) == f"datetime64[us, {city.timezone}]"


def test_a_quoted_file_of_many_chunks_gives_the_same_as_an_unquoted_one(written, city, monkeypatch):
    monkeypatch.setattr("genk_geo.ingestion.reading.delimited._CHUNK", 500)
    rows = "\n".join(f"V{number};03/05/2026;18:30;licht;1;fiets;;;228500;184800" for number in range(1_510))
    plain = ingest(written(f"{TRAFFIC}\n{rows}\n"), profile="traffic", city=city, now=NOW).incidents
    quoted = written(f'{TRAFFIC}\n{rows}\n"W";;;;;;;;;\n')
    result = ingest(quoted, profile="traffic", city=city, now=NOW)
    pd.testing.assert_frame_equal(pd.DataFrame(result.incidents), pd.DataFrame(plain))
    assert result.rejects["line"].tolist() == [1_512]


def test_gzip_gives_the_same_incidents(written, city):
    content = f"{TRAFFIC}\nV1;03/05/2026;18:30;dodelijk;1;fiets;;Europalaan;228500;184800".encode()
    plain = ingest(written(content, "a.csv"), profile="traffic", city=city, now=NOW)
    packed = ingest(written(gzip.compress(content), "a.csv.gz"), profile="traffic", city=city, now=NOW)
    pd.testing.assert_frame_equal(pd.DataFrame(plain.incidents), pd.DataFrame(packed.incidents))


_USUAL = (
    "|TG.1|TG.2|01/05/2026|02/05/2026|22:00|99|0|228500,5|184800|50.97|5.49|Europalaan|Straat|3600|3500|Genk|"
    "woning|31/02/2026|2030-01-01|NULL|\u00a0"
)
_CELLS = st.one_of(
    st.sampled_from(_USUAL.split("|")),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6),
)
_ROWS = st.lists(st.lists(_CELLS, min_size=12, max_size=15).map(";".join), max_size=12)


@settings(
    deadline=None, max_examples=examples(50), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=_ROWS, end=st.sampled_from(["", "\n", "\r\n", '\n"', "\n;;;"]))
@example(rows=["TG.1;01/05/2026;22:00;;;;woning;Europalaan;;;3600;Genk;228500;184800"] * 3, end="")
def test_hostile_rows_are_conserved(written, city, rows, end):
    path = written("\n".join((BURGLARY, *rows)) + end)
    try:
        result = ingest(path, profile="burglary", city=city, now=NOW)
    except SupplierFileError:
        return
    assert conserved(result)
    assert set(result.report.levels) <= set(GEOCODE_LEVELS)
    assert (result.incidents["from"] <= pd.Timestamp(NOW, tz=city.timezone)).all()
    inside = result.incidents.loc[result.incidents["geocode_level"] == "coordinate"].geometry
    assert city.contains(inside.x, inside.y).all()


@settings(
    deadline=None, max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200))
@example(b"PK\x03\x04" + b"\x00" * 40)
@example(b"\x1f\x8b\x08\x00")
@example(b"\xff\xfea")
def test_any_bytes_give_a_result_or_one_of_our_errors(written, city, content):
    try:
        result = ingest(written(content), profile="burglary", city=city, now=NOW)
    except GenkGeoError:
        return
    assert conserved(result)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("example_name", "file", "profile", "rows", "duplicates"),
    [
        ("groningen", "incidents_bike_theft_groningen_2013_2017.csv.gz", "groningen_bicycle", 15947, 1),
        ("houston", "incidents_burglary_houston_2010.csv.gz", "houston_burglary", 17802, 62),
    ],
)
def test_real_files_of_other_cities(shared_data, root, example_name, file, profile, rows, duplicates):
    from genk_geo.config import Settings
    from genk_geo.reference import City

    city = City.from_settings(Settings.load(root / "examples" / f"{example_name}.toml").city)
    result = ingest(
        shared_data / file, profile=root / "examples" / "profiles" / f"{profile}.toml", city=city, now=NOW
    )
    report = result.report
    assert (report.rows_in, report.duplicates) == (rows, duplicates)
    assert 0 < report.rejects < 0.005 * rows
    assert conserved(result)
    assert set(report.reasons) == {"outside_city"}
    window = result.incidents["to"] - result.incidents["from"]
    assert (window >= pd.Timedelta(0)).all()
    if example_name == "houston":
        assert (window == pd.Timedelta(hours=1)).all()
    assert not np.isnan(result.incidents.geometry.x).any()
    assert dataclasses.asdict(report)["theme"] in {"bicycle_theft", "burglary"}
