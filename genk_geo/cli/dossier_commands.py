"""Dossiers by hand: which there are, and opening, taking up and closing one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genk_geo.cli.console import say, say_rows, texts_of
from genk_geo.cli.options import ConfigOption, LangOption, ThemeOption, settings_from

dossier_app = typer.Typer(help="Dossiers: places where partners act together.", no_args_is_help=True)

NumberArgument = Annotated[str, typer.Argument(help="Number of the dossier, such as 2026-014.")]


@dossier_app.command("list")
def show(
    *,
    closed: Annotated[bool, typer.Option("--closed", help="Those that are closed too.")] = False,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """List the dossiers as the last week left them, with what was done by hand since."""
    from genk_geo.jobs.dossiers.desk import dossiers_now

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    book = dossiers_now(settings)
    shown = [one for one in (() if book is None else book.dossiers) if closed or one.state != "closed"]
    if not shown:
        say(texts("dossier.none"))
        return
    columns = [texts(f"console.dossiers.{name}") for name in ("number", "theme", "place", "state", "since")]
    rows = [
        (
            one.number, texts.theme(one.theme),
            texts.listed([*one.streets, *([one.wijk or one.stadsdeel] if one.wijk or one.stadsdeel else [])]),
            texts(f"dossier.state.{one.state}"), texts.day(one.state_since),
        )
        for one in shown
    ]  # fmt: skip
    say_rows(columns, rows, left=range(len(columns)))


@dossier_app.command("open")
def open_one(
    area: Annotated[str, typer.Argument(help="Wijk or stadsdeel that the dossier is for.")],
    *,
    theme: ThemeOption,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Open a dossier for a whole wijk or stadsdeel that no hotspot asked for."""
    from genk_geo.jobs.dossiers.desk import open_dossier

    settings = settings_from(config, lang)
    number = open_dossier(settings, theme=theme, area=area)
    say(texts_of(settings)("console.dossiers.opened", number=number))


@dossier_app.command("take-up")
def take_up_one(number: NumberArgument, *, config: ConfigOption = None, lang: LangOption = None) -> None:
    """Take up a dossier that was proposed, or open one again that was closed."""
    from genk_geo.jobs.dossiers.desk import take_up

    settings = settings_from(config, lang)
    take_up(settings, number)
    say(texts_of(settings)("console.dossiers.taken_up", number=number))


@dossier_app.command("close")
def close_one(number: NumberArgument, *, config: ConfigOption = None, lang: LangOption = None) -> None:
    """Close a dossier; a hotspot that comes back there opens it again."""
    from genk_geo.jobs.dossiers.desk import close_dossier

    settings = settings_from(config, lang)
    close_dossier(settings, number)
    say(texts_of(settings)("console.dossiers.closed", number=number))


@dossier_app.command("presence")
def presence(
    log: Annotated[Path, typer.Argument(help="Shift log (CSV, Excel): day, from, to, and area or street.")],
    *,
    theme: ThemeOption,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="TOML file that says what the log calls its columns.")
    ] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Lay a log of presence on the street beside what was advised at the dossiers, and what became of it.

    For analysts. The log says when and where somebody was present, never who: a column that holds persons is
    refused.
    """
    from genk_geo.jobs.dossiers.presence import presence_at
    from genk_geo.release import Level, release_effects
    from genk_geo.render.words.measures.effects import effect_sentence

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    found, elsewhere = presence_at(settings, log, theme=theme, profile=profile)
    names = ("number", "place", "advised", "given", "on_time")
    rows = [
        (
            one.dossier.number, texts.listed([*one.dossier.streets, one.dossier.wijk]),
            texts(f"dossier.slot.{one.slot or 'none'}", day=texts.weekdays([one.day])),
            texts.number(one.given, 1), texts.share(one.advised / one.given if one.given else 0.0),
        )
        for one in found
    ]  # fmt: skip
    say_rows([texts(f"console.presence.{name}") for name in names], rows, left=(0, 1, 2))
    for one in found:
        effects = () if one.effect is None else release_effects([one.effect], Level.POINTS, 0)
        for effect in effects:
            say(
                texts(
                    "console.presence.became", number=one.dossier.number, text=effect_sentence(effect, texts)
                )
            )
    if elsewhere:
        say(texts.plural("console.presence.elsewhere", elsewhere))
