"""The city that everything is judged against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genk_geo.cli.console import progress, say, say_rows, short, texts_of
from genk_geo.cli.options import ConfigOption, LangOption, settings_from

if TYPE_CHECKING:
    from genk_geo.render.words.texts import Texts

reference_app = typer.Typer(help="The city's areas, streets and addresses.", no_args_is_help=True)


@reference_app.command("show")
def show(*, config: ConfigOption = None, lang: LangOption = None) -> None:
    """Say which city is loaded, from which sources, and what is assumed."""
    from genk_geo.reference import City

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    city = City.from_settings(settings.city, settings.grouping, addresses=settings.addresses)
    described = city.describe()
    sources = described.pop("sources")
    rows = [(texts(f"console.city.{key}"), _in_words(key, value, texts)) for key, value in described.items()]
    wide = max(len(name) for name, _ in rows)
    for name, value in rows:
        say(f"{name:>{wide}}: {value}")
    if sources:
        columns = [
            texts("console.city.file"), texts("console.city.date"), texts("console.city.licence"),
            texts("console.city.origin"),
        ]  # fmt: skip
        told = [
            (file, str(source["date"]), str(source["licence"]), str(source["origin"]))
            for file, source in sources.items()
        ]
        say_rows(columns, told, left=range(len(columns)))


def note_in_words(note: str, texts: Texts) -> str:
    """What is assumed of the city, as its pages say it; a note of one's own stays as it is."""
    if note == "indicative":
        return texts("quality.boundary_indicative")
    if note == "assumed":
        return texts("quality.grouping_assumed")
    return note


def _in_words(key: str, value: Any, texts: Texts) -> str:
    if key.endswith("_note") and value:
        return note_in_words(value, texts)
    if isinstance(value, float):
        return texts.number(value, 2)
    if isinstance(value, int):
        return texts.number(value)
    return str(value or texts("count.none"))


@reference_app.command("update")
def update(
    *,
    source: Annotated[Path | None, typer.Option("--from", help="BeST file (.csv or .zip) on disk.")] = None,
    out: Annotated[Path | None, typer.Option(help="Parquet file; default: `addresses` of settings.")] = None,
    municipality: Annotated[list[str] | None, typer.Option(help="NIS code; repeatable.")] = None,
    postcode: Annotated[list[str] | None, typer.Option(help="Postcode; repeatable.")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Take the city's addresses out of the full BeST file; without --from it is downloaded first."""
    from genk_geo.jobs.desk.address_register import update_addresses

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    with progress(texts) as tell:
        count, target = update_addresses(
            settings, source=source, out=out, municipalities=tuple(municipality or ()),
            postcodes=tuple(postcode or ()), progress=tell,
        )  # fmt: skip
    say(texts.plural("console.addresses.register", count, path=short(target)))
