"""The weekly job, on the suppliers' files or on fictitious ones."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from genk_geo.cli.console import logged, progress, say, say_rows, short, texts_of, warn
from genk_geo.cli.options import (
    ConfigOption,
    LangOption,
    WeekOption,
    file_to_write,
    folder_to_write,
    settings_from,
)
from genk_geo.cli.reports import say_brought, say_deliveries, say_monday, say_reports
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.config import Settings
    from genk_geo.jobs.monday.run import Monday
    from genk_geo.jobs.week.made.published import Published
    from genk_geo.render.words.texts import Texts

StaleOption = Annotated[
    bool, typer.Option("--stale", help="Publish again the weeks of which reports came in late or changed.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="`now`: show the week as it is known now, not as at its own moment."),
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option("--accept", help="Gate to let through, such as rejected; needs --because. May be repeated."),
]
BecauseOption = Annotated[
    str | None, typer.Option("--because", help="Why: it is kept in the manifest for analysts.")
]
LogOption = Annotated[
    Path | None, file_to_write("--log", says="Also write what is told to this file; it is rotated.")
]
#: What `weekly` ends with when it published a week without a theme: a file was missing, broken or held back.
INCOMPLETE = 5
#: What it ends with when the week stands here, but was not copied to a share or nobody could be told.
NOT_PASSED_ON = 7


def weekly(  # noqa: PLR0913 - each argument is an option of the command
    *,
    week: WeekOption = None,
    config: ConfigOption = None,
    out: Annotated[Path | None, folder_to_write("Folder of all weeks.")] = None,
    stale: StaleOption = False,
    as_of: AsOfOption = None,
    accept: AcceptOption = None,
    because: BecauseOption = None,
    log: LogOption = None,
    lang: LangOption = None,
) -> None:
    """Read the suppliers' files, find the hotspots of a week and publish its maps."""
    if stale and week is not None:
        raise ConfigError("--stale takes the weeks that changed. Leave out --week, or leave out --stale.")
    if as_of not in {None, "now"} or (stale and as_of is not None):
        raise ConfigError(
            "--as-of takes `now`, and not beside --stale. Another moment is `as_of` in the settings."
        )
    if because and not accept:
        raise ConfigError("--because goes with --accept GATE. Say which gate is let through.")
    if accept and stale:
        raise ConfigError("--accept is for one week. Leave out --stale.")
    settings = settings_from(config, lang)
    if out is not None:
        settings = settings.model_copy(update={"out": out.resolve()})
    moment: Literal["now"] | None = None if as_of is None else "now"
    accepted = dict.fromkeys(accept or [], because or "")
    with logged(log, settings.lang):
        done = _run(settings, week, moment, accepted, stale=stale)
    if not done.whole:
        raise typer.Exit(INCOMPLETE)
    if done.trouble:
        raise typer.Exit(NOT_PASSED_ON)


def _run(
    settings: Settings,
    week: str | None,
    as_of: Literal["now"] | None,
    accepted: dict[str, str],
    *,
    stale: bool,
) -> Monday:
    """Run, and tell; a fault is told in the log too."""
    from genk_geo.jobs.gates.failure import GateError
    from genk_geo.jobs.monday.build import gates_of
    from genk_geo.jobs.monday.run import monday
    from genk_geo.render.words.operator.monday import gate_text

    texts = texts_of(settings)
    try:
        with progress(texts) as tell:
            done = monday(settings, week=week, stale=stale, as_of=as_of, accept=accepted, progress=tell)
    except GateError as fault:
        warn(texts("console.week.held"))
        for gate in gates_of(fault.failures):
            warn(gate_text(gate, texts))
        raise typer.Exit(fault.exit_code) from fault
    _say_all(list(done.publications), settings.rejects_days, texts, as_of)
    say_monday(done, texts)
    if done.publications:
        last = done.publications[-1]
        done_text = "console.week.stood" if last.stood else "console.week.done"
        say(texts(done_text, week=last.week, index=short(last.index)))
    return done


def demo(
    *,
    out: Annotated[Path | None, folder_to_write("Folder of all weeks; absent: maps.")] = None,
    data: Annotated[
        Path | None, folder_to_write("Folder for the supplier files; absent: data/demo, or data/demo-jaar.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed plants other hotspots.")] = 20261,
    measures: Annotated[
        bool,
        typer.Option(
            "--measures",
            help="A busier city and two Mondays a year apart: 40 measures in a register, of which 10 work.",
        ),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Make fictitious incidents for Genk and run the weekly job on them."""
    from genk_geo.demo import DEMO_NOW, DEMO_WEEK, generate
    from genk_geo.jobs import weekly as run

    texts = texts_of(settings_from(None, lang))
    if measures:
        _demo_year(data or Path("data/demo-jaar"), out, seed, texts)
        return
    data, out = data or Path("data/demo"), out or Path("maps")
    with progress(texts) as tell:
        tell("demo", 0, 1)
        files = generate(data, seed=seed)
        tell("demo", 1, 1)
        settings = settings_from(files.config, lang)
        publication = run(settings, week=DEMO_WEEK, out=out.resolve(), now=DEMO_NOW, progress=tell)
    texts = texts_of(settings)
    _say_publication(publication, texts)
    say(texts("console.week.done", week=publication.week, index=short(publication.index)))


def _demo_year(data: Path, out: Path | None, seed: int, texts: Texts) -> None:
    """Make the demo with measures, and tell what its pages say of them against what is true."""
    from genk_geo.demo.measures.planted import TRUTH
    from genk_geo.demo.measures.year import run_year

    with progress(texts) as tell:
        settings, done, score = run_year(data, out, seed=seed, lang=texts.lang, progress=tell)
    register = settings.dossiers.path
    assert register is not None  # the demo names one
    texts = texts_of(settings)
    _say_publication(done.publications[-1], texts)
    say_monday(done, texts)
    known = {name: texts.number(count) for name, count in asdict(score).items()}
    say(texts("console.demo.told", **known))
    say(texts("console.demo.plain", **known))
    places = {"out": settings.out, "register": register, "truth": data / TRUTH}
    say(texts("console.demo.where", **{name: short(path) for name, path in places.items()}))
    last = done.publications[-1]
    say(texts("console.week.done", week=last.week, index=short(last.index)))


def _say_all(publications: list[Published], days: int, texts: Texts, as_of: str | None) -> None:
    if not publications:
        say(texts("console.week.nothing_stale"))
        return
    first, last = publications[0], publications[-1]
    if first.forgotten_rejects:
        say(texts.plural("console.forgotten", first.forgotten_rejects, days=texts.number(days)))
    if first.skipped:
        say(texts.plural("console.skipped", first.skipped))
    say_brought(first.taken.deliveries, texts)
    if first.aged:
        say(texts.plural("console.aged", first.aged))
    for publication in publications:
        _say_publication(publication, texts)
        _say_moment(publication, texts, as_of)
    if last.stale:
        weeks = texts.listed([str(one) for one in last.stale])
        warn(texts.plural("console.stale", len(last.stale), weeks=weeks))


def _say_moment(publication: Published, texts: Texts, as_of: str | None) -> None:
    """That a week is as it was, or as it is now, where that is not the same."""
    week = publication.week
    if publication.as_it_was and week in publication.stale:
        say(texts("console.week.as_it_was", week=week))
    if as_of is not None:
        warn(texts("console.week.as_of", week=week, moment=f"{publication.as_of:%Y-%m-%d %H:%M}"))


def _say_publication(publication: Published, texts: Texts) -> None:
    say_reports(publication.reports, texts)
    say_deliveries(publication.deliveries, texts)
    rows = []
    for one in publication.found:
        areas = texts("console.week.few") if one.too_few else texts.number(one.areas)
        new = "" if one.too_few else texts.number(one.new)
        window = f"{one.first} - {one.last}"
        rows.append((texts.theme(one.theme), window, texts.number(one.in_window), areas, new))
    columns = [
        texts("console.week.theme"), texts("console.week.window"), texts("console.week.incidents"),
        texts("console.week.areas"), texts("console.week.new"),
    ]  # fmt: skip
    say_rows(columns, rows, left=(0, 1))
    for part in publication.releases:
        if part.kept:
            name = part.release.folder or part.release.profile
            say(texts("console.week.kept", release=name, week=part.folder.name))
