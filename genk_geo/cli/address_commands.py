"""Addresses of a whole file, and what was learnt from those that were not found."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genk_geo.cli.console import progress, say, say_rows, short, texts_of, warn
from genk_geo.cli.options import ConfigOption, LangOption, file_to_write, settings_from
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from genk_geo.render.words.texts import Texts


def geocode(  # noqa: PLR0913 - each argument is an option of the command
    file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet file with addresses.")],
    *,
    out: Annotated[Path, file_to_write(says="CSV, Excel or Parquet file to write.")],
    column: Annotated[str, typer.Option(help="Column with the address.")] = "adres",
    number: Annotated[str | None, typer.Option(help="Column with the house number.")] = None,
    postcode: Annotated[str | None, typer.Option(help="Column with the postcode.")] = None,
    area: Annotated[str | None, typer.Option(help="Column with the wijk or municipality.")] = None,
    review: Annotated[Path | None, file_to_write(says="Write what was not found here, to correct.")] = None,
    aliases: Annotated[Path | None, typer.Option(help="Alias file (TOML or CSV) with corrections.")] = None,
    online: Annotated[bool, typer.Option(help="Send what is not found to the Flemish service.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to --online without being asked.")] = False,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Give every address of a file a point, a level, a score and an uncertainty."""
    from genk_geo.jobs.desk.geocode_file import Columns, geocode_file
    from genk_geo.reference import City

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    city = City.of(settings)
    fallback = None
    if online:
        from genk_geo.geocoding.online import FlemishService

        fallback = FlemishService(city, consent=agreed(texts, yes=yes), lang=settings.lang).fill
    with progress(texts) as tell:
        found = geocode_file(
            file, out, city, columns=Columns(column, number, postcode, area, settings.lang), review=review,
            aliases=aliases or settings.aliases, fallback=fallback, progress=tell,
        )  # fmt: skip
    rows = [
        (level, texts.number(count), texts("count.share", share=texts.number(100 * count / found.rows, 1)))
        for level, count in found.levels.items()
    ]
    headings = (
        texts("console.addresses.level"),
        texts("console.addresses.rows"),
        texts("console.addresses.share"),
    )
    say_rows(headings, rows, left=(0,))
    say(texts.plural("console.addresses.located", found.rows, path=short(out)))
    if review is not None:
        say(texts.plural("console.addresses.review", found.to_review, path=short(review)))


def agreed(texts: Texts, *, yes: bool) -> Callable[[str, int], bool]:
    """Ask whoever sits here whether addresses may be sent; nobody sits at a job that runs by itself."""

    def ask(host: str, addresses: int) -> bool:
        warn(texts.plural("console.addresses.privacy", addresses, host=host))
        if yes:
            return True
        if not sys.stdin.isatty():
            raise ConfigError(texts("console.addresses.say_yes"))
        return typer.confirm(texts("console.addresses.send"))

    return ask


def aliases(
    review: Annotated[Path, typer.Argument(help="Review file with the column `correction` filled in.")],
    *,
    file: Annotated[
        Path,
        file_to_write("--aliases", says="Alias file (TOML or CSV) to add to.", endings=(".toml", ".csv")),
    ],
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Remember the corrections of an edited review file."""
    from genk_geo.doors import check_apart
    from genk_geo.jobs.desk.geocode_file import remember

    check_apart([config, review], [file])
    texts = texts_of(settings_from(config, lang))
    say(texts.plural("console.addresses.remembered", remember(review, file), path=short(file)))
