"""The command line `genk-geo`: the only place that prints.

Messages of the weekly job are Dutch by default. Everything heavy is imported inside a command, so that
``genk-geo --help`` answers at once.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genk_geo.cli import look_back
from genk_geo.cli._options import ConfigOption, LangOption, ProfileOption, WeekOption, short
from genk_geo.cli.traffic_commands import traffic_app
from genk_geo.errors import ConfigError, GenkGeoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from genk_geo.ingestion import IngestReport
    from genk_geo.jobs import Publication

app = typer.Typer(
    help="Hotspots of nuisance, burglary and traffic incidents by wijk and stadsdeel.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
reference_app = typer.Typer(help="The city's areas, streets and addresses.", no_args_is_help=True)
app.add_typer(reference_app, name="reference")
app.add_typer(traffic_app, name="traffic")

#: Below this share of incidents with a place, a file is pointed out.
LEAST_LOCATED = 0.85

TEXTS = {
    "nl": {
        "reference": "stad laden",
        "demo": "fictieve gegevens maken",
        "ingest": "bestanden lezen",
        "geocode": "adressen zoeken",
        "best": "adresregister lezen",
        "analyse": "hotspots zoeken",
        "pages": "kaarten maken",
        "file": "bestand",
        "rows": "regels",
        "incidents": "incidenten",
        "duplicates": "dubbels",
        "rejects": "geweigerd",
        "located": "gelokaliseerd",
        "theme": "thema",
        "window": "periode",
        "areas": "hotspots",
        "new": "nieuw",
        "few": "te weinig om iets te zeggen",
        "unlocated": "Let op: van {file} kreeg maar {share} een plaats.",
        "done": "Week {week} staat klaar. Open: {index}",
    },
    "en": {
        "reference": "loading the city",
        "demo": "making fictitious data",
        "ingest": "reading files",
        "geocode": "finding addresses",
        "best": "reading the address register",
        "analyse": "finding hotspots",
        "pages": "making maps",
        "file": "file",
        "rows": "rows",
        "incidents": "incidents",
        "duplicates": "duplicates",
        "rejects": "rejected",
        "located": "located",
        "theme": "theme",
        "window": "period",
        "areas": "hotspots",
        "new": "new",
        "few": "too few to say anything",
        "unlocated": "Mind: only {share} of {file} got a place.",
        "done": "Week {week} is ready. Open: {index}",
    },
}


@app.callback()
def _configure(
    *, verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens.")] = False
) -> None:
    level = logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


@app.command()
def weekly(
    *,
    week: WeekOption = None,
    config: ConfigOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder of all weeks.")] = None,
    lang: LangOption = None,
) -> None:
    """Read the suppliers' files, find the hotspots of a week and publish its maps."""
    from genk_geo.config import Settings
    from genk_geo.jobs import weekly as run

    settings = Settings.load(config, lang=lang)
    with _progress(settings.lang) as tell:
        publication = run(settings, week=week, out=out and out.resolve(), progress=tell)
    _show_publication(publication, settings.lang)


@app.command()
def demo(
    *,
    out: Annotated[Path, typer.Option(help="Folder of all weeks.")] = Path("maps"),
    data: Annotated[Path, typer.Option(help="Folder for the supplier files.")] = Path("data/demo"),
    seed: Annotated[int, typer.Option(help="Another seed plants other hotspots.")] = 20261,
    lang: LangOption = None,
) -> None:
    """Make fictitious incidents for Genk and run the weekly job on them."""
    from genk_geo.config import Settings
    from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate
    from genk_geo.jobs import weekly as run

    with _progress(lang or "nl") as tell:
        tell("demo", 0, 1)
        files = generate(data, seed=seed)
        tell("demo", 1, 1)
        settings = Settings.load(files.config, lang=lang)
        publication = run(settings, week=DEMO_WEEK, out=out.resolve(), now=DEMO_NOW, progress=tell)
    _show_publication(publication, settings.lang)


@app.command()
def ingest(
    file: Annotated[Path, typer.Argument(help="A supplier's file.")],
    *,
    profile: ProfileOption,
    config: ConfigOption = None,
    rejects: Annotated[Path | None, typer.Option(help="Write the rejected rows to this CSV file.")] = None,
) -> None:
    """Read one file into the history and say what became of each row."""
    from genk_geo.config import Settings
    from genk_geo.ingestion import ingest as read
    from genk_geo.reference import City
    from genk_geo.spreadsheet import harmless_table
    from genk_geo.store import Store

    settings = Settings.load(config)
    city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    result = read(file, profile=profile, city=city, aliases=settings.aliases)
    settings.store.parent.mkdir(parents=True, exist_ok=True)
    with Store.open(settings.store, crs=city.crs, timezone=city.timezone) as store:
        added = store.add(result)
    _show_reports((result.report,), settings.lang)
    typer.echo(f"{added.new} new, {added.known} known before. History: {short(settings.store)}")
    for reason, count in result.report.reasons.items():
        typer.echo(f"  {count} x {reason}")
    for warning in result.report.warnings:
        typer.echo(f"! {warning}", err=True)
    if rejects is not None:
        harmless_table(result.rejects).to_csv(rejects, index=False)
        typer.echo(f"Rejected rows: {short(rejects)}")


@app.command()
def profile(file: Annotated[Path, typer.Argument(help="A supplier's file.")]) -> None:
    """Propose a profile for a file from its header; save it, mend it, use it."""
    from genk_geo.ingestion import propose_profile

    typer.echo(propose_profile(file))


@app.command()
def geocode(  # noqa: PLR0913 # each argument is an option of the command
    file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet file with addresses.")],
    *,
    out: Annotated[Path, typer.Option(help="CSV, Excel or Parquet file to write.")],
    column: Annotated[str, typer.Option(help="Column with the address.")] = "adres",
    number: Annotated[str | None, typer.Option(help="Column with the house number.")] = None,
    postcode: Annotated[str | None, typer.Option(help="Column with the postcode.")] = None,
    area: Annotated[str | None, typer.Option(help="Column with the wijk or municipality.")] = None,
    review: Annotated[Path | None, typer.Option(help="Write what was not found here, to correct.")] = None,
    aliases: Annotated[Path | None, typer.Option(help="Alias file (TOML or CSV) with corrections.")] = None,
    online: Annotated[bool, typer.Option(help="Send what is not found to the Flemish service.")] = False,
    config: ConfigOption = None,
) -> None:
    """Give every address of a file a point, a level, a score and an uncertainty."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.geocode_file import Columns, geocode_file
    from genk_geo.reference import City

    settings = Settings.load(config)
    city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    fallback = None
    if online:
        from genk_geo.geocoding.online import PRIVACY_WARNING, FlemishService

        typer.echo(f"! {PRIVACY_WARNING}", err=True)
        fallback = FlemishService(city, lang=settings.lang).fill
    with _progress(settings.lang) as tell:
        found = geocode_file(
            file, out, city, columns=Columns(column, number, postcode, area, settings.lang), review=review,
            aliases=aliases or settings.aliases, fallback=fallback, progress=tell,
        )  # fmt: skip
    for level, count in found.levels.items():
        typer.echo(f"{level:>14} {count:>8}  {count / found.rows:.1%}")
    typer.echo(f"{found.rows} rows: {short(out)}")
    if review is not None:
        typer.echo(f"{found.to_review} addresses to review: {short(review)}")


@app.command()
def aliases(
    review: Annotated[Path, typer.Argument(help="Review file with the column `correction` filled in.")],
    *,
    file: Annotated[Path, typer.Option("--aliases", help="Alias file (TOML or CSV) to add to.")],
) -> None:
    """Remember the corrections of an edited review file."""
    from genk_geo.jobs.desk.geocode_file import remember

    typer.echo(f"{remember(review, file)} corrections: {short(file)}")


@app.command()
def hotspots(
    *,
    theme: Annotated[str, typer.Option(help="Theme of the settings.")],
    out: Annotated[Path, typer.Option(help="GeoPackage or GeoJSON to write.")],
    week: WeekOption = None,
    config: ConfigOption = None,
) -> None:
    """Write the hot cells of a theme, from the history, for a GIS."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.hot_cells import hot_cells_of_week, write_layer

    settings = Settings.load(config)
    cells = hot_cells_of_week(settings, theme=theme, week=week)
    write_layer(cells, out)
    typer.echo(f"{len(cells)} hot cells: {short(out)}")


@app.command()
def export(
    *,
    out: Annotated[Path, typer.Option(help="File to write: .gpkg, .geojson, .parquet or .csv.")],
    theme: Annotated[str | None, typer.Option(help="Only this theme.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First week, such as 2026-W40.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last week.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write incidents of the history, with their exact points: for analysts only."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.export import incidents_of_weeks, write_incidents

    incidents = incidents_of_weeks(Settings.load(config), theme=theme, first=first, last=last)
    write_incidents(incidents, out)
    typer.echo(f"{len(incidents)} incidents, for analysts only: {short(out)}")


@app.command()
def risk(
    *,
    theme: Annotated[str, typer.Option(help="Theme of the settings.")],
    out: Annotated[Path, typer.Option(help="Folder for the GeoTIFF, tables, zones and sheets.")],
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Find what in the environment goes together with a theme, and make its zones and their sheets."""
    from genk_geo.config import Settings
    from genk_geo.jobs.week.environment import risk_of_theme, write_risk

    settings = Settings.load(config, lang=lang)
    found = risk_of_theme(settings, theme=theme)
    paths = write_risk(found, out, theme=theme, lang=settings.lang, demo=settings.demo)
    for name, row in found.terrain.factors.iterrows():
        reach = "" if row["kind"] == "value" else f" {row['distance_m']:.0f} m"
        told = f"{row['rrv']:.2f} ({row['rrv_low']:.2f} - {row['rrv_high']:.2f})"
        typer.echo(f"{name:>20}  {row['kind']}{reach}, {row['rule']}  RRV {told}")
    for _, row in found.terrain.capture.iterrows():
        span = f"{row['low']:.1%} - {row['high']:.1%}"
        typer.echo(f"{row['budget']:>20.0%}  {row['method']:<15} {row['capture']:.1%} ({span})")
    typer.echo(
        f"{len(found.terrain.factors)} factors, {len(found.zones)} zones, {len(paths)} files: {short(out)}"
    )


@app.command()
def schouw(
    forms: Annotated[list[Path] | None, typer.Argument(help="Returned forms: JSON or CSV.")] = None,
    *,
    template: Annotated[
        Path | None, typer.Option(help="Write an empty form (CSV or Excel) for --zones.")
    ] = None,
    zones: Annotated[Path | None, typer.Option(help="Layer of zones that `genk-geo risk` wrote.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the index per visit and quality (CSV).")] = None,
) -> None:
    """Read returned forms of the schouw, or write an empty one for a spreadsheet."""
    from genk_geo.jobs.desk.schouw import report, zone_ids
    from genk_geo.spreadsheet import harmless_table

    if (template is None) != (zones is None) or not (template or forms):
        raise ConfigError("Give forms to read, or --template and --zones to write an empty form.")
    if template is not None and zones is not None:
        from genk_geo.cpted import write_template

        write_template(zone_ids(zones), template)
        typer.echo(f"Form: {short(template)}")
    if forms:
        found = report(forms)
        for row in found.index.to_dict("records"):
            shown = "-" if row["index"] != row["index"] else f"{row['index']:.0f}"
            head = f"{row['zone_id']} {row['date']:%Y-%m-%d} {row['observer']}"
            typer.echo(f"{head:<40} {row['quality']:<18} {shown:>4}  {row['answered']}/{row['items']}")
        for one, other, kappa in found.agreement:
            typer.echo(f"kappa {one} / {other}: {kappa:.2f}")
        for row in found.change.to_dict("records"):
            typer.echo(f"{row['zone_id']} {row['quality']}: {row['change']:+.0f} ({row['items']} items)")
        if out is not None:
            harmless_table(found.index).to_csv(out, index=False)
            typer.echo(f"Index: {short(out)}")


app.command()(look_back.backtest)
app.command()(look_back.evaluate)


@reference_app.command("show")
def reference_show(*, config: ConfigOption = None) -> None:
    """Say which city is loaded, from which sources, and what is assumed."""
    from genk_geo.config import Settings
    from genk_geo.reference import City

    settings = Settings.load(config)
    for key, value in (
        City.from_settings(settings.city, settings.grouping, addresses=settings.addresses).describe().items()
    ):
        typer.echo(f"{key:>18}: {value}")


@reference_app.command("update")
def reference_update(
    *,
    source: Annotated[Path | None, typer.Option("--from", help="BeST file (.csv or .zip) on disk.")] = None,
    out: Annotated[Path | None, typer.Option(help="Parquet file; default: `addresses` of settings.")] = None,
    municipality: Annotated[list[str] | None, typer.Option(help="NIS code; repeatable.")] = None,
    postcode: Annotated[list[str] | None, typer.Option(help="Postcode; repeatable.")] = None,
    config: ConfigOption = None,
) -> None:
    """Take the city's addresses out of the full BeST file; without --from it is downloaded first."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.address_register import update_addresses

    settings = Settings.load(config)
    with _progress(settings.lang) as tell:
        count, target = update_addresses(
            settings, source=source, out=out, municipalities=tuple(municipality or ()),
            postcodes=tuple(postcode or ()), progress=tell,
        )  # fmt: skip
    typer.echo(f"{count} house numbers: {short(target)}")


@app.command()
def doctor(*, config: ConfigOption = None) -> None:
    """Check that this machine has what the weekly job needs."""
    from genk_geo.jobs.desk.doctor import check_up

    findings = check_up(config)
    for finding in findings:
        typer.echo(f"{'ok' if finding.ok else 'NO':>3}  {finding.what}: {finding.found}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(2)


@contextmanager
def _progress(lang: str) -> Iterator[Callable[[str, int, int], None]]:
    """A line a stage with a bar; only on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    texts = TEXTS.get(lang, TEXTS["nl"])
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(texts.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell


def _show_publication(publication: Publication, lang: str) -> None:
    from rich.console import Console
    from rich.table import Table

    texts = TEXTS[lang]
    _show_reports(publication.reports, lang)
    table = Table(box=None, header_style="bold")
    for name in ("theme", "window", "incidents", "areas", "new"):
        table.add_column(texts[name], justify="left" if name in {"theme", "window"} else "right")
    for look in publication.result.themes:
        status = look.areas["status"]
        found = texts["few"] if look.too_few else str(int((status != "gone").sum()))
        new = "" if look.too_few else str(int((status == "new").sum()))
        window = f"{look.window.first} - {look.window.last}"
        table.add_row(look.label or look.theme, window, str(look.in_window), found, new)
    Console().print(table)
    week, index = publication.result.week, short(publication.index)
    typer.echo(texts["done"].format(week=week, index=index))


def _show_reports(reports: tuple[IngestReport, ...], lang: str) -> None:
    from rich.console import Console
    from rich.table import Table

    texts = TEXTS[lang]
    table = Table(box=None, header_style="bold")
    table.add_column(texts["file"], overflow="fold")
    for name in ("rows", "incidents", "duplicates", "rejects", "located"):
        table.add_column(texts[name], justify="right")
    for report in reports:
        numbers = (report.rows_in, report.incidents, report.duplicates, report.rejects)
        table.add_row(report.file, *map(str, numbers), f"{report.located_share:.0%}")
    Console().print(table)
    _show_shares(reports)
    for report in reports:
        if report.incidents and report.located_share < LEAST_LOCATED:
            share = f"{report.located_share:.0%}"
            typer.echo(texts["unlocated"].format(file=report.file, share=share), err=True)


def _show_shares(reports: tuple[IngestReport, ...]) -> None:
    """Match rate by source and theme, and the wijken below the usual share."""
    for report in reports:
        for theme, (count, share) in report.by_theme.items():
            typer.echo(f"{report.source} / {theme}: {share:.0%} ({count})")
        low = [
            f"{wijk or '?'} {share:.0%} ({count})"
            for wijk, (count, share) in report.by_wijk.items()
            if share < LEAST_LOCATED
        ]
        if low:
            typer.echo(f"  < {LEAST_LOCATED:.0%}: {', '.join(low)}")


def main() -> None:
    """Run a command; a fault that is not a bug becomes one line and its exit code."""
    try:
        app()
    except GenkGeoError as error:
        typer.echo(f"genk-geo: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk, a folder without rights, a file that another program holds
        typer.echo(f"genk-geo: {error}. Nothing was published.", err=True)
        sys.exit(GenkGeoError.exit_code)
