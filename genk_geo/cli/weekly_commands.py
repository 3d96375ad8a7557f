"""The weekly job, on the suppliers' files or on fictitious ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genk_geo.cli.console import progress, say, say_rows, short, texts_of, warn
from genk_geo.cli.options import ConfigOption, LangOption, WeekOption, folder_to_write, settings_from
from genk_geo.cli.reports import say_deliveries, say_reports
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.jobs import Publication
    from genk_geo.render.words.texts import Texts

StaleOption = Annotated[
    bool, typer.Option("--stale", help="Publish again the weeks of which reports came in late or changed.")
]
#: What `weekly` ends with when it published a week of which a file was missing or broken.
INCOMPLETE = 5


def weekly(
    *,
    week: WeekOption = None,
    config: ConfigOption = None,
    out: Annotated[Path | None, folder_to_write("Folder of all weeks.")] = None,
    stale: StaleOption = False,
    lang: LangOption = None,
) -> None:
    """Read the suppliers' files, find the hotspots of a week and publish its maps."""
    from genk_geo.jobs import stale_weeks
    from genk_geo.jobs import weekly as run

    if stale and week is not None:
        raise ConfigError("--stale takes the weeks that changed. Leave out --week, or leave out --stale.")
    settings = settings_from(config, lang)
    texts, target = texts_of(settings), out and out.resolve()
    with progress(texts) as tell:
        if stale:
            publications = stale_weeks(settings, out=target, progress=tell)
        else:
            publications = [run(settings, week=week, out=target, progress=tell)]
    if not publications:
        say(texts("console.week.nothing_stale"))
    for number, publication in enumerate(publications):
        if publication.forgotten_rejects and not number:
            days = texts.number(settings.rejects_days)
            say(texts.plural("console.forgotten", publication.forgotten_rejects, days=days))
        _say_publication(publication, texts)
    for publication in publications[-1:]:
        if publication.stale:
            weeks = texts.listed([str(one) for one in publication.stale])
            warn(texts.plural("console.stale", len(publication.stale), weeks=weeks))
    if not all(publication.whole for publication in publications):
        raise typer.Exit(INCOMPLETE)


def demo(
    *,
    out: Annotated[Path, folder_to_write("Folder of all weeks.")] = Path("maps"),
    data: Annotated[Path, folder_to_write("Folder for the supplier files.")] = Path("data/demo"),
    seed: Annotated[int, typer.Option(min=0, help="Another seed plants other hotspots.")] = 20261,
    lang: LangOption = None,
) -> None:
    """Make fictitious incidents for Genk and run the weekly job on them."""
    from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate
    from genk_geo.jobs import weekly as run

    texts = texts_of(settings_from(None, lang))
    with progress(texts) as tell:
        tell("demo", 0, 1)
        files = generate(data, seed=seed)
        tell("demo", 1, 1)
        settings = settings_from(files.config, lang)
        publication = run(settings, week=DEMO_WEEK, out=out.resolve(), now=DEMO_NOW, progress=tell)
    _say_publication(publication, texts_of(settings))


def _say_publication(publication: Publication, texts: Texts) -> None:
    say_reports(publication.reports, texts)
    say_deliveries(publication.deliveries, texts)
    rows = []
    for look in publication.result.themes:
        status = look.areas["status"]
        found = texts("console.week.few") if look.too_few else texts.number((status != "gone").sum())
        new = "" if look.too_few else texts.number((status == "new").sum())
        window = f"{look.window.first} - {look.window.last}"
        rows.append((texts.theme(look.theme), window, texts.number(look.in_window), found, new))
    columns = [
        texts("console.week.theme"), texts("console.week.window"), texts("console.week.incidents"),
        texts("console.week.areas"), texts("console.week.new"),
    ]  # fmt: skip
    say_rows(columns, rows, left=(0, 1))
    for one in publication.releases:
        if one.kept:
            name = one.release.folder or one.release.profile
            say(texts("console.week.kept", release=name, week=one.folder.name))
    say(texts("console.week.done", week=publication.result.week, index=short(publication.index)))
