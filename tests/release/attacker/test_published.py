"""Some consecutive weeks, published in all releases and read backwards, file by file.

The small city as part of all tests; the demo by hand, before a release: GENK_GEO_DEMO_WEEKS=8.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import shutil
import sys
from zoneinfo import ZoneInfo

import pytest

from genk_geo import weekly
from genk_geo.calendar import Week
from genk_geo.config import Settings
from genk_geo.jobs.week.releases import publish_all
from tests.jobs.week.test_leaks import WEEK, plant

RELEASES = [{"profile": profile} for profile in ("analist", "wijkmanager", "publiek")]
#: What the attack reads; the pages of analysts, who may see all, are made on the demo and in test_leaks.py.
READ = RELEASES[1:]
DEMO_WEEKS = int(os.environ.get("GENK_GEO_DEMO_WEEKS", "0"))


@pytest.fixture(scope="module")
def attack_script(root):
    """The command that anybody can run on a folder of his own."""
    sys.path.insert(0, str(root / "scripts"))
    try:
        import attack

        yield attack
    finally:
        sys.path.remove(str(root / "scripts"))
        for name in ("attack", "_published", "_bounds", "_searched", "_weeks"):
            sys.modules.pop(name, None)


def day_of(row):
    """Day of a line: dd/mm/yyyy in its second column; long ago where it has none."""
    told = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", row[1])
    return dt.date(int(told[3]), int(told[2]), int(told[1])) if told else dt.date.min


def corrected(path, *, encoding, since):
    """A file that the supplier delivers again: every second report of late lies somewhere else."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=";"))
    street = rows[0].index("Straat")
    late = [row for row in rows[1:] if row and day_of(row) >= since.monday]
    places = [row[street:] for row in late]
    for at, row in enumerate(late):
        if at % 2:
            row[street:] = places[(at + 5) % len(places)]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(row for row in rows if row)
    path.write_bytes(text.getvalue().encode(encoding))
    return len(late) // 2


def publish_weeks(config, out, *, last, weeks, correct, langs=("nl", "en"), releases=RELEASES):
    """Publish week after week, with a correction halfway and a rerun of a week that was told before it."""
    half, kept = weeks // 2, []
    for lang in langs:
        # The same history twice, from its beginning: what was corrected is delivered again halfway.
        for at in range(weeks):
            week = last.shift(at - weeks + 1)
            now = dt.datetime.combine(week.shift(1).monday, dt.time(6), ZoneInfo("Europe/Brussels"))
            settings = Settings.load(config, releases=releases, tiles="none", lang=lang)
            settings = settings.model_copy(
                update={"out": out / lang, "store": settings.store.with_name(f"{lang}.duckdb")}
            )
            if at == half:
                correct(lang)
            weekly(settings, week=week, now=now)
            if at == half:
                # Made again as it was known then, and as it is known now.
                weekly(settings, week=week.shift(-1), now=now)
                again = weekly(settings, week=week.shift(-1), now=now, as_of="now")
                kept += [one.kept for one in again.releases if one.release.profile != "analist"]
    return last.shift(half - weeks + 1), kept


@pytest.fixture(scope="module")
def small_city(tmp_path_factory):
    """Three weeks of the small city in Dutch; the first two of them in English too, each told once."""
    folder = tmp_path_factory.mktemp("aanval")
    planted = plant(folder, seed=11, weeks=40)
    source = folder / "inbraken_Janssens.csv"

    def correct(_):
        assert corrected(source, encoding="utf-8", since=WEEK.shift(-8)) > 10

    def in_english_too(settings, results, week, inputs, **how):
        """What was found is told in both languages: it need not be found twice."""
        english = settings.model_copy(update={"lang": "en", "out": settings.out.with_name("en")})
        if week != WEEK and not (english.out / "wijkmanager" / str(week)).exists():
            publish_all(english, results, week, inputs, **how | {"saving": None})
        return publish_all(settings, results, week, inputs, **how)

    out = folder / "maps"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("genk_geo.jobs.week.made.weeks.publish_all", in_english_too)
        week, kept = publish_weeks(
            planted.config, out, last=WEEK, weeks=3, correct=correct, langs=("nl",), releases=READ
        )
    assert len(list((out / "en").glob("wijkmanager/*/told.json"))) == 2
    return planted.config, out, week, kept


@pytest.mark.slow
def test_nothing_follows_from_three_weeks_in_all_releases(attack_script, small_city, capsys):
    _, out, week, kept = small_city
    for lang in ("nl", "en"):
        done = attack_script.main([str(out / lang), "--corrected", str(week), "--since", str(WEEK.shift(-8))])
        said = capsys.readouterr().out
        assert done == 0, said
        assert "narrowed: 0; unread: 0; retold: 0" in said
        assert "counts by area: 0" not in said
    assert any(kept)


@pytest.mark.slow
def test_the_history_is_nowhere_in_the_files(attack_script, small_city, capsys):
    config, out, week, _ = small_city
    text = config.read_text(encoding="utf-8").replace("history.duckdb", "nl.duckdb")
    own = config.with_name("nl.toml")
    own.write_text(text, encoding="utf-8")
    reach = ["--corrected", str(week), "--since", str(WEEK.shift(-8))]
    assert attack_script.main([str(out / "nl"), "--config", str(own), *reach]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "0 told otherwise" in said
    # A page with a place of an incident in it is found, and so is the name of one.
    whole = next((out / "nl").glob("wijkmanager/*/index.html")).parent
    spoiled = shutil.copytree(whole, out.parent / "spoiled" / "wijkmanager" / whole.name)
    page = spoiled / "index.html"
    from genk_geo.store import Store

    with Store.open(config.with_name("nl.duckdb"), crs=31370) as store:
        known = store.incidents()
    points = [f"[{point.x:.3f}, {point.y:.3f}]" for point in known.geometry.dropna()[:60]]
    page.write_text(
        page.read_text(encoding="utf-8") + f"<!--{' '.join(points)} {known['incident_id'][0]}-->", "utf-8"
    )
    assert attack_script.main([str(spoiled), "--config", str(own), *reach]) == 1
    said = capsys.readouterr().out
    assert "PLACE wijkmanager" in said
    assert "KEY" in said


def spoil(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def otherwise(page):
    """Give a wijk of the week before another colour than it had."""
    text = page.read_text(encoding="utf-8")
    carried = re.search(r'id="weken-gegevens">(.*?)</script>', text)[1]
    told = json.loads(carried)
    told["texts"].append("much_more")
    next(iter(told["themes"].values()))[-2]["wijken"][0][0] = len(told["texts"]) - 1
    page.write_text(text.replace(carried, json.dumps(told)), encoding="utf-8")


@pytest.mark.slow
def test_the_attack_can_find_something(attack_script, small_city, tmp_path, capsys):
    """A week left out of the record, a count told finer, a number nobody reads, a week told otherwise."""
    _, out, week, _ = small_city
    reach = ["--corrected", str(week), "--since", str(WEEK.shift(-8))]
    for case in ("record", "count", "number", "earlier"):
        folder = tmp_path / case
        shutil.copytree(out / "nl", folder)
        week_folder = max(path.parent for path in folder.glob("wijkmanager/*/told.json"))
        if case == "record":
            path = week_folder / "told.json"
            record = json.loads(path.read_text(encoding="utf-8"))
            found = record["themes"]["burglary"]["weeks"]
            del found[str(Week.parse(week_folder.name).shift(-2))]
            path.write_text(json.dumps(record), encoding="utf-8")
        elif case == "count":
            page = next(
                path
                for path in week_folder.glob("stadsdeel-*.html")
                if '">&lt; 5</td>' in path.read_text("utf-8")
            )
            spoil(week_folder, page.name, '">&lt; 5</td>', '">3</td>')
        elif case == "earlier":
            otherwise(next(week_folder.glob("stadsdeel-*.html")))
        else:
            spoil(week_folder, "index.html", "</main>", "<section id='extra'><p>4711</p></section></main>")
        assert attack_script.main([str(folder), *reach]) == 1
        said = capsys.readouterr().out
        assert ("UNREAD 1 x extra/p" in said) == (case == "number")
        assert ("NARROWED" in said) == (case in {"record", "count"})
        assert ("RETOLD" in said) == (case == "earlier")


@pytest.mark.slow
@pytest.mark.skipif(not DEMO_WEEKS, reason="the demo week after week takes an hour: GENK_GEO_DEMO_WEEKS=8")
def test_nothing_follows_from_weeks_of_the_demo(attack_script, tmp_path):
    from genk_geo.demo import DEMO_WEEK, generate

    since = DEMO_WEEK.shift(-DEMO_WEEKS - 12)
    for lang in ("nl", "en"):
        files = generate(tmp_path / f"data-{lang}")

        def correct(_, files=files):
            assert corrected(files.files["burglary"][0], encoding="cp1252", since=since) > 10

        week, kept = publish_weeks(
            files.config, tmp_path / "maps", last=DEMO_WEEK, weeks=DEMO_WEEKS, correct=correct, langs=(lang,)
        )
        reach = ["--corrected", str(week), "--since", str(since)]
        assert attack_script.main([str(tmp_path / "maps" / lang), *reach]) == 0
        assert any(kept)


@pytest.mark.parametrize(
    ("text", "may_stand"),
    [
        ("2026-003 · Schaapsdries en Kriekboomstraat (Genk-Centrum-Noord)", True),
        ("hotspot sinds week 46 van 2025; vrijdag en zaterdag tussen 22 en 4 uur", True),
        ("Afspraken: 1 gedaan, 2 lopen nog, 0 te laat.", True),
        ("gedaan op 3 november 2026", True),
        ("Overlast: 7 meldingen sinds week 39", False),
        ("Overlast: het hielp. 40 % minder dan te verwachten (60 % tot 20 %, over ongeveer 52 weken).", True),
        ("Overlast: te vroeg. Een daling van 20 % is hier pas na 104 weken te zien (nu 38).", True),
        ("Overlast: het hielp. 38 % minder dan te verwachten was, over 52 weken.", False),
        ("Overlast: het hielp. 40 % minder dan te verwachten was, over 43 weken.", False),
        ("Van 5 maatregelen: 2 hielpen, 1 hielp niet en van 2 is het nog niet te zeggen.", True),
        (
            "Van 2 maatregelen: voor 1 is het te vroeg of gebeurt er te weinig en van 1 wordt niets gezegd.",
            True,
        ),
        ("Van 31 meldingen: 2 hielpen.", False),
        (
            "Of 5 measures: 1 helped, 2 did not help, of 1 it can't be told yet and of 1 nothing is said.",
            True,
        ),
        ("Kasteelweg 13", False),
        ("2026-003 · Kasteelweg 13-15", False),
    ],
)
def test_a_number_beside_a_dossier_is_its_own_a_day_or_an_hour(attack_script, text, may_stand):
    import _published

    assert _published.beside_a_dossier(text) is may_stand


def test_an_earlier_week_under_a_map_is_not_one_that_the_record_leaves_out(attack_script, tmp_path):
    import _published

    def read(where):
        told = [
            _published.Counted("burglary", "wijken", "A", week, (7, 7), file)
            for week, file in ((WEEK, "told.json"), (WEEK, "a.html"), (WEEK.shift(-9), where))
        ]
        return _published.Read(tmp_path, "wijkmanager", WEEK, counted=told)

    assert attack_script._left_out("burglary", [read("a.html spark")]) == {WEEK.shift(-9)}
    assert attack_script._left_out("burglary", [read("a.html weeks")]) == set()
