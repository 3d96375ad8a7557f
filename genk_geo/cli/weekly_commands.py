"""The weekly job, on the suppliers' files or on the demo's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genk_geo.cli.console import progress, short, show_table, words
from genk_geo.cli.options import ConfigOption, LangOption, WeekOption
from genk_geo.cli.reports import show_reports

if TYPE_CHECKING:
    from genk_geo.jobs import Publication


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
    with progress(settings.lang) as tell:
        publication = run(settings, week=week, out=out and out.resolve(), progress=tell)
    show_publication(publication, settings.lang)


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

    with progress(lang or "nl") as tell:
        tell("demo", 0, 1)
        files = generate(data, seed=seed)
        tell("demo", 1, 1)
        settings = Settings.load(files.config, lang=lang)
        publication = run(settings, week=DEMO_WEEK, out=out.resolve(), now=DEMO_NOW, progress=tell)
    show_publication(publication, settings.lang)


def show_publication(publication: Publication, lang: str) -> None:
    """What became of the files, what was found by theme, and where the pages stand."""
    t = words(lang)
    show_reports(publication.reports, lang)
    rows = []
    for look in publication.result.themes:
        status = look.areas["status"]
        found = t("console.few") if look.too_few else str(int((status != "gone").sum()))
        new = "" if look.too_few else str(int((status == "new").sum()))
        window = f"{look.window.first} - {look.window.last}"
        rows.append((look.label or look.theme, window, look.in_window, found, new))
    names = [t(f"console.{name}") for name in ("theme", "window", "incidents", "areas", "new")]
    show_table(names, rows, left=(0, 1))
    typer.echo(t("console.done", week=publication.result.week, index=short(publication.index)))
