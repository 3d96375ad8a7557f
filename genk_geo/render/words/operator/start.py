"""The first settings file, with comments in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from genk_geo.render.words.texts import Texts


def settings_text(
    sources: Sequence[str],
    readers: Sequence[str],
    t: Texts,
    *,
    quote: Callable[[object], str],
    city: Mapping[str, object],
) -> str:
    """Text of ``genk-geo.toml``.

    Parameters
    ----------
    sources : sequence of str
        Profiles of what comes in.
    readers : sequence of str
        Profiles of the releases.
    t : Texts
        The reader's language.
    quote : callable
        Writes a value as TOML does.
    city : mapping
        The table of another city; empty for the embedded one.
    """
    lines = [
        f"# {t('start.head')}",
        f'lang = "{t.lang}"',
        f'store = "historiek.duckdb"    # {t("start.store")}',
        f'out = "maps"    # {t("start.out")}',
        f'contact = ""    # {t("start.contact")}',
        f'# addresses = "adressen.parquet"    # {t("start.addresses")}',
        f'# aliases = "aliassen.csv"    # {t("start.aliases")}',
        "",
        f"# {t('start.inbox')}",
        "[inbox]",
        'path = "inbox"',
        'profiles = "profielen"',
    ]
    if city:
        lines += ["", f"# {t('start.city')}", "[city]", *(f"{key} = {quote(city[key])}" for key in city)]
    for source in sources:
        lines += ["", f"# {t('start.source')}", "[[sources]]", f"profile = {quote(source)}"]
    if not sources:
        lines += ["", f"# {t('start.no_source')}", "# [[sources]]", '# profile = "burglary"']
    for reader in readers:
        lines += ["", f"# {t(f'start.reader.{reader}')}", "[[releases]]", f'profile = "{reader}"']
    lines += ["", f"# {t('start.gates')}", "# [gates]", "# rejected = 0.25", "# located = 0.5"]
    lines += ["", f"# {t('start.notify')}", "# [notify]", '# smtp = "mail.voorbeeld.invalid:587"']
    return "\n".join(lines) + "\n"
