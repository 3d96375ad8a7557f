"""The city that everything is judged against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genk_geo.cli.console import progress, say, say_rows, short, texts_of, warn
from genk_geo.cli.options import ConfigOption, LangOption, settings_from
from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.official.difference import Difference
    from genk_geo.jobs.desk.official.faults import OfficialError
    from genk_geo.reference import City
    from genk_geo.render.words.texts import Texts

#: Streets and wijken that are named on the screen.
MOST_NAMED = 8

reference_app = typer.Typer(help="The city's areas, streets and addresses.", no_args_is_help=True)


@reference_app.command("show")
def show(*, config: ConfigOption = None, lang: LangOption = None) -> None:
    """Say which city is loaded, from which sources, and what is assumed."""
    from genk_geo.reference import City

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    city = City.of(settings)
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
    say_precision(settings, city, texts)


def say_precision(settings: Settings, city: City, texts: Texts) -> None:
    """How much of the history hotspots can use, and what is missing where no register is loaded."""
    from genk_geo.jobs.desk.official.precision import has_register, precision_on_record

    found = precision_on_record(settings, city)
    for one in found:
        say(precision_in_words(vars(one), texts))
    if not found:
        say(texts("console.precise.no_record"))
    if not has_register(settings):
        warn(texts("console.precise.no_register"))


def precision_in_words(values: dict[str, Any], texts: Texts) -> str:
    """One theme: how many of its incidents lie precisely enough."""
    return texts(
        "console.precise.share",
        theme=texts.theme(values["theme"]),
        incidents=texts.number(values["incidents"]),
        precise=texts.number(values["precise"]),
        share=texts.share(values["precise"] / values["incidents"]),
        within=texts.number(values["within_m"]),
    )


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
def update(  # noqa: PLR0913 - each argument is an option of the command
    *,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from", help="File that was fetched by hand, as LAYER=FILE or, of BeST, FILE; repeatable."
        ),
    ] = None,
    layer: Annotated[list[str] | None, typer.Option(help="Only this layer; repeatable.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be fetched; ask nobody.")
    ] = False,
    accept: Annotated[
        list[str] | None, typer.Option(help="Check that may fail, as its message names it; repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Only the addresses, into this Parquet file of your own.")
    ] = None,
    municipality: Annotated[list[str] | None, typer.Option(help="With --out: NIS code; repeatable.")] = None,
    postcode: Annotated[list[str] | None, typer.Option(help="With --out: postcode; repeatable.")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Fetch the official layers, check them, and take them into use together or not at all."""
    settings = settings_from(config, lang)
    texts = texts_of(settings)
    files = _files_by_hand(source or [], layer or [])
    if out is not None or settings.reference.folder is None:
        if layer or accept or dry_run or set(files) - {"addresses"}:
            raise ConfigError(texts("console.reference.no_folder"))
        _update_addresses(settings, files.get("addresses"), out, (municipality, postcode), texts)
    elif municipality or postcode:
        raise ConfigError(texts("console.reference.only_out"))
    elif dry_run:
        _say_plan(settings, layer or [], files, texts)
    else:
        _update_layers(settings, (layer or [], files, accept or []), texts)


@reference_app.command("back")
def back(*, config: ConfigOption = None, lang: LangOption = None) -> None:
    """Take the version of the official layers before the present one into use again."""
    from genk_geo.jobs.desk.official.versions import Versions

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    if settings.reference.folder is None:
        raise ConfigError(texts("console.reference.no_folder"))
    version = Versions(settings.reference.folder).go_back()
    say(texts("console.reference.back", path=short(version)))


@reference_app.command("reassign")
def reassign(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many would change.")] = False,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Put the incidents on record in the wijken of the present borders; what was known before stays known."""
    from genk_geo.jobs.desk.official.reassign import reassign_history

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    found = reassign_history(settings, dry_run=dry_run)
    key = "console.reference.would_reassign" if dry_run else "console.reference.reassigned"
    say(texts.plural(key, found.incidents))
    if found.outside:
        say(texts.plural("console.reference.outside", found.outside))
    if found.incidents and not dry_run:
        say(texts("console.reference.stale"))


def _files_by_hand(told: list[str], layers: list[str]) -> dict[str, Path]:
    """Layer -> file; one that names none is of the only layer asked for, or the address register."""
    nameless = layers[0] if len(layers) == 1 else "addresses"
    files: dict[str, Path] = {}
    for one in told:
        name, sign, path = one.partition("=")
        layer, file = (name, path) if sign and name.isidentifier() else (nameless, one)
        files[layer] = Path(file)
    return files


def _update_addresses(
    settings: Settings,
    source: Path | None,
    out: Path | None,
    codes: tuple[list[str] | None, list[str] | None],
    texts: Texts,
) -> None:
    from genk_geo.jobs.desk.official.address_register import update_addresses
    from genk_geo.jobs.desk.official.faults import OfficialError

    try:
        with progress(texts) as tell:
            count, target = update_addresses(
                settings, source=source, out=out, municipalities=tuple(codes[0] or ()),
                postcodes=tuple(codes[1] or ()), progress=tell,
            )  # fmt: skip
    except OfficialError as fault:
        raise _told(fault, texts) from fault
    say(texts.plural("console.addresses.register", count, path=short(target)))


def _say_plan(settings: Settings, layers: list[str], files: dict[str, Path], texts: Texts) -> None:
    import datetime as dt

    from genk_geo.jobs.desk.official.update import sources

    columns = [
        texts("console.reference.column.layer"), texts("console.reference.column.origin"),
        texts("console.city.licence"),
    ]  # fmt: skip
    rows = [
        (
            texts(f"console.reference.layer.{one.layer}"),
            short(one.file) if one.file else one.addresses[0],
            one.service.licence,
        )
        for one in sources(settings, layers, files, year=dt.datetime.now(dt.UTC).year)
    ]
    say_rows(columns, rows, left=range(len(columns)))
    say(texts("console.reference.nothing_asked"))


def _update_layers(
    settings: Settings, asked: tuple[list[str], dict[str, Path], list[str]], texts: Texts
) -> None:
    from genk_geo.jobs.desk.official.faults import OfficialError
    from genk_geo.jobs.desk.official.update import update_reference

    layers, files, accept = asked
    try:
        with progress(texts) as tell:
            updated = update_reference(settings, layers=layers, files=files, accept=accept, progress=tell)
    except OfficialError as fault:
        raise _told(fault, texts) from fault
    if updated.version is None:
        say(texts("console.reference.same"))
        return
    columns = [
        texts("console.reference.column.layer"), texts("console.reference.column.rows"),
        texts("console.reference.column.edition"), texts("console.city.licence"),
        texts("console.reference.column.origin"),
    ]  # fmt: skip
    rows = [
        (
            texts(f"console.reference.layer.{name}"), texts.number(one["rows"]),
            one["edition"] or one["fetched"][:10], one["licence"], one["origin"],
        )
        for name, one in updated.layers.items()
    ]  # fmt: skip
    say_rows(columns, rows, left=(0, 2, 3, 4))
    _say_difference(updated.difference, texts)
    for name in updated.accepted:
        warn(texts("console.reference.accepted", check=name))
    say(texts("console.reference.done", path=short(updated.version)))


def _say_difference(found: Difference, texts: Texts) -> None:
    """Streets and borders in a few lines; the whole list lies beside the layers."""
    for key, names in (("new", found.new), ("gone", found.gone)):
        if names:
            some = ", ".join(names[:MOST_NAMED]) + ("" if len(names) <= MOST_NAMED else " ...")
            say(texts.plural(f"console.reference.{key}", len(names), names=some))
    for old, new in found.renamed[:MOST_NAMED]:
        say(texts("console.reference.renamed", old=old, new=new))
    if found.borders:
        some = texts.listed([
            texts("console.reference.border", wijk=wijk, hectares=texts.number(moved, 1))
            for wijk, moved in list(found.borders.items())[:MOST_NAMED]
        ])  # fmt: skip
        say(texts.plural("console.reference.borders", len(found.borders), wijken=some))
    if found.placed:
        placed = texts.number(found.placed)
        say(texts.plural("console.reference.moving", found.moving, placed=placed))


def _told(fault: OfficialError, texts: Texts) -> ConfigError:
    """The same fault in the language of the settings, with its exit code."""
    said = ConfigError(fault.in_words(texts))
    said.exit_code = fault.exit_code  # type: ignore[misc] # of this one error: 3 or 4, as of the fault
    return said
