"""The weekly job, on the suppliers' files or on fictitious ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from genk_geo.cli.console import progress, say, say_rows, short, texts_of, warn
from genk_geo.cli.options import ConfigOption, LangOption, WeekOption, folder_to_write, settings_from
from genk_geo.cli.reports import say_brought, say_deliveries, say_reports
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.jobs import Publication
    from genk_geo.render.words.texts import Texts

StaleOption = Annotated[
    bool, typer.Option("--stale", help="Publish again the weeks of which reports came in late or changed.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="`now`: show the week as it is known now, not as at its own moment."),
]
#: What `weekly` ends with when it published a week of which a file was missing or broken.
INCOMPLETE = 5


def weekly(
    *,
    week: WeekOption = None,
    config: ConfigOption = None,
    out: Annotated[Path | None, folder_to_write("Folder of all weeks.")] = None,
    stale: StaleOption = False,
    as_of: AsOfOption = None,
    lang: LangOption = None,
) -> None:
    """Read the suppliers' files, find the hotspots of a week and publish its maps."""
    from genk_geo.jobs import stale_weeks
    from genk_geo.jobs import weekly as run

    if stale and week is not None:
        raise ConfigError("--stale takes the weeks that changed. Leave out --week, or leave out --stale.")
    if as_of not in {None, "now"} or (stale and as_of is not None):
        raise ConfigError(
            "--as-of takes `now`, and not beside --stale. Another moment is `as_of` in the settings."
        )
    settings = settings_from(config, lang)
    texts, target = texts_of(settings), out and out.resolve()
    with progress(texts) as tell:
        if stale:
            publications = stale_weeks(settings, out=target, progress=tell)
        else:
            moment: Literal["now"] | None = None if as_of is None else "now"
            publications = [run(settings, week=week, out=target, as_of=moment, progress=tell)]
    _say_all(publications, settings.rejects_days, texts, as_of)
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


def _say_all(publications: list[Publication], days: int, texts: Texts, as_of: str | None) -> None:
    if not publications:
        say(texts("console.week.nothing_stale"))
        return
    first, last = publications[0], publications[-1]
    if first.forgotten_rejects:
        say(texts.plural("console.forgotten", first.forgotten_rejects, days=texts.number(days)))
    if first.skipped:
        say(texts.plural("console.skipped", first.skipped))
    say_brought(first.read, texts)
    if first.aged:
        say(texts.plural("console.aged", first.aged))
    for publication in publications:
        _say_publication(publication, texts)
        _say_moment(publication, texts, as_of)
    if last.stale:
        weeks = texts.listed([str(one) for one in last.stale])
        warn(texts.plural("console.stale", len(last.stale), weeks=weeks))


def _say_moment(publication: Publication, texts: Texts, as_of: str | None) -> None:
    """That a week is as it was, or as it is now, where that is not the same."""
    result = publication.result
    if publication.as_it_was and result.week in publication.stale:
        say(texts("console.week.as_it_was", week=result.week))
    if as_of is not None:
        warn(texts("console.week.as_of", week=result.week, moment=f"{result.as_of:%Y-%m-%d %H:%M}"))


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
