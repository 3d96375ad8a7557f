"""What an operator does once, and now and then: the first settings, the inbox, and looking at the pages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genk_geo.cli.console import say, short, texts_of
from genk_geo.cli.options import ConfigOption, LangOption, settings_from
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.config import Settings
    from genk_geo.jobs.inbox.receive import Received

ReaderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reader", help="analist, wijkmanager or publiek; may be repeated. Default: the first two."
    ),
]


def init(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder to work in; made where it is not there.")
    ] = None,
    *,
    file: Annotated[
        list[Path] | None, typer.Option("--file", help="A supplier's file, copied in; may be repeated.")
    ] = None,
    city: Annotated[
        Path | None, typer.Option("--city", help="Settings file with a [city] table; default: Genk.")
    ] = None,
    reader: ReaderOption = None,
    lang: LangOption = None,
) -> None:
    """Make a folder to work in: settings with comments, an inbox, and a profile for each file found there."""
    from genk_geo.jobs.inbox.start import start
    from genk_geo.reference import City

    texts = texts_of(settings_from(city, lang))
    settings = settings_from(city or next(map(Path, _several(texts("console.init.city"))), None), lang)
    place = folder or Path(_asked(texts("console.init.folder"), default="."))
    files = file or [Path(one) for one in _several(texts("console.init.files"))]
    readers = reader or _several(texts("console.init.readers"), default="analist, wijkmanager")
    where = City.of(settings)
    made = start(place, where, files=files, readers=readers, lang=settings.lang, own=settings.city)
    for one in made.files:
        if one.reason:
            say(texts("console.init.unreadable", file=one.file, reason=one.reason))
        elif one.own:
            told = {"file": one.file, "profile": Path(one.profile).stem, "share": texts.share(one.share)}
            say(texts("console.init.proposed", **told, path=short(place / one.profile)))
        else:
            say(texts("console.init.shipped", file=one.file, profile=Path(one.profile).stem))
    say(texts("console.init.made", path=short(made.settings)))
    say(texts("console.init.next", path=short(made.settings)))


def inbox(
    file: Annotated[Path | None, typer.Argument(help="A file of the inbox; all of them when absent.")] = None,
    *,
    profile: Annotated[str | None, typer.Option(help="The profile it is for.")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Give the files of the inbox their place; on a terminal it asks which profile a doubtful one is for."""
    from genk_geo.jobs.inbox.receive import take_as
    from genk_geo.jobs.session import Session

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    if (file is None) != (profile is None):
        raise ConfigError("Give a file together with --profile, or neither.")
    if file is not None and profile is not None:
        placed = take_as(settings, file, profile, Session(settings).now)
        say(texts("console.inbox.placed", file=file.name, path=short(placed)))
        return
    _tell(_received(settings), settings)


def _received(settings: Settings) -> Received:
    from genk_geo.jobs.inbox.receive import receive
    from genk_geo.jobs.session import Session

    session = Session(settings)
    return receive(settings, lambda: session.city, session.now)


def _tell(found: Received, settings: Settings) -> None:
    from genk_geo.jobs.inbox.receive import take_as
    from genk_geo.jobs.session import Session
    from genk_geo.release.values.monday import MondayWaiting
    from genk_geo.render.words.operator.monday import aside_text, waiting_text

    texts = texts_of(settings)
    for file, profile in found.archived:
        say(texts("console.inbox.archived", file=file, profile=Path(profile).stem))
    for file, _ in found.aside:
        say(aside_text(file, texts))
    for one in found.waiting:
        say(waiting_text(MondayWaiting(**vars(one)), texts))
        if len(one.profiles) > 1 and sys.stdin.isatty():
            asked = texts("console.inbox.which", file=one.file, profiles=texts.listed(one.profiles))
            if answer := _asked(asked, default=""):
                placed = take_as(settings, Path(one.file), answer, Session(settings).now)
                say(texts("console.inbox.placed", file=one.file, path=short(placed)))
    if not (found.archived or found.aside or found.waiting):
        say(texts("console.inbox.nothing"))


def serve(
    *,
    release: Annotated[str | None, typer.Option(help="Folder of the release; default: the first.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8710,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Show the published pages of one release in a browser on this computer, read only."""
    from genk_geo.jobs.monday.serve import server_of

    settings = settings_from(config, lang)
    server = server_of(settings, release, port)
    with server:
        address = f"http://127.0.0.1:{server.server_port}/"
        say(texts_of(settings)("console.serve.at", address=address))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _several(question: str, *, default: str = "") -> list[str]:
    """What somebody types, parted by commas."""
    return [part for one in _asked(question, default=default).split(",") if (part := one.strip())]


def _asked(question: str, *, default: str) -> str:
    """What somebody types; the default where nobody sits."""
    if not sys.stdin.isatty():
        return default
    return str(typer.prompt(question, default=default, show_default=bool(default)))
