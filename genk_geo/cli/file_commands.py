"""One supplier's file into the history, and layers out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genk_geo.cli.console import say, short, texts_of
from genk_geo.cli.options import (
    ConfigOption,
    LangOption,
    ProfileOption,
    ThemeOption,
    WeekOption,
    file_to_write,
    settings_from,
)
from genk_geo.cli.reports import say_brought, say_reports


def ingest(
    file: Annotated[Path, typer.Argument(help="A supplier's file.")],
    *,
    profile: ProfileOption,
    config: ConfigOption = None,
    rejects: Annotated[Path | None, file_to_write(says="Write the rejected rows to this CSV file.")] = None,
    lang: LangOption = None,
) -> None:
    """Read one file into the history and say what became of each row."""
    from genk_geo.doors import check_apart
    from genk_geo.ingestion import ingest as read
    from genk_geo.jobs.deliveries import Delivery, check_any_valid
    from genk_geo.reference import City
    from genk_geo.spreadsheet import harmless_table
    from genk_geo.store import Store
    from genk_geo.writing import whole_file

    settings = settings_from(config, lang)
    check_apart([file, config, profile, settings.store, settings.aliases, settings.addresses], [rejects])
    texts = texts_of(settings)
    city = City.of(settings)
    result = read(file, profile=profile, city=city, aliases=settings.aliases)
    report = result.report
    if rejects is not None:
        with whole_file(rejects) as part:
            harmless_table(result.rejects).to_csv(part, index=False)
    added = None
    if report.incidents:
        settings.store.parent.mkdir(parents=True, exist_ok=True)
        with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
            added = store.add(result, rejects_days=settings.rejects_days)
    say_reports((report,), texts)
    if added is not None:
        say_brought([Delivery(report.file, report.profile, brought=vars(added))], texts)
        new, known = texts.number(added.new), texts.number(added.known)
        say(texts("console.files.added", new=new, known=known, path=short(settings.store)))
    for reason, count in report.reasons.items():
        say(texts("console.files.reason", count=texts.number(count), reason=reason))
    if rejects is not None:
        say(texts("console.files.rejected", path=short(rejects)))
    check_any_valid(report)


def profile(
    file: Annotated[Path, typer.Argument(help="A supplier's file.")],
    *,
    save: Annotated[Path | None, file_to_write(says="Write the proposal to this TOML file.")] = None,
    config: ConfigOption = None,
) -> None:
    """Propose a profile for a file from its names and values; save it, mend it, use it."""
    from genk_geo.errors import ConfigError
    from genk_geo.ingestion import propose_profile
    from genk_geo.reference import City

    if save is not None and save.exists():
        raise ConfigError("{save} exists already. Give another name, or remove it first.", save=short(save))
    settings = settings_from(config, None)
    city = None if config is None else City.of(settings)
    text = propose_profile(file, city=city)
    if save is None:
        say(text)
        return
    save.write_text(text, encoding="utf-8")
    say("".join(f"{line}\n" for line in text.splitlines() if line.startswith("#")).rstrip())
    say(texts_of(settings)("console.files.proposed", file=short(file), profile=short(save)))


def hotspots(
    *,
    theme: ThemeOption,
    out: Annotated[Path, file_to_write(says="GeoPackage or GeoJSON to write.")],
    week: WeekOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Write the hot cells of a theme, from the history, for a GIS."""
    from genk_geo.jobs.desk.hot_cells import hot_cells_of_week
    from genk_geo.jobs.desk.layer_file import write_layer
    from genk_geo.jobs.desk.systems.qgis_style import looks_of_classes, qml

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    cells = hot_cells_of_week(settings, theme=theme, week=week)
    looks = looks_of_classes(lambda key: texts(f"certainty.{key}"))
    write_layer(cells, out, style=qml("hotspot_class", looks, points=False))
    say(texts.plural("console.hot_cells", len(cells), path=short(out)))


def export(
    *,
    out: Annotated[
        Path | None, file_to_write(says="File to write: .gpkg, .geojson, .parquet or .csv.")
    ] = None,
    theme: Annotated[str | None, typer.Option(help="Only this theme.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First week, such as 2026-W40.")] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            help="Last week, or where to write: a file, or postgresql://user@host/database (its password "
            "is best left to PGPASSWORD or a password file). Twice for both.",
            metavar="WEEK|FILE|ADDRESS",
        ),
    ] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Write incidents of the history, with their exact points: for analysts only."""
    from genk_geo.jobs.desk.export import incidents_of_weeks, send_incidents, style_of
    from genk_geo.jobs.desk.keeping import note_export
    from genk_geo.jobs.desk.systems.destination import Database, read_route

    last, place = read_route(out, to or [])
    settings = settings_from(config, lang)
    texts = texts_of(settings)
    incidents = incidents_of_weeks(settings, theme=theme, first=first, last=last)
    asked = {"theme": theme, "from": first, "to": last}
    kind = "postgis" if isinstance(place, Database) else place.suffix.lower().lstrip(".")
    note_export(settings, kind, asked, len(incidents))
    about = f"Theme: {theme or 'all'}; weeks: {first or 'the first'} to {last or 'the last'}."
    replaced = send_incidents(incidents, place, style=style_of(incidents, texts.theme), about=about)
    path = str(place) if isinstance(place, Database) else short(place)
    say(texts.plural("console.exported", len(incidents), path=path))
    if replaced is not None:
        say(texts.plural("console.replaced", replaced.before, table=replaced.table))
