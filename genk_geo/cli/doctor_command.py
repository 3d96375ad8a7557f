"""The machine that the jobs run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from genk_geo.cli.console import say, texts_of
from genk_geo.cli.options import ConfigOption, LangOption, settings_from
from genk_geo.cli.reference_commands import note_in_words, precision_in_words

if TYPE_CHECKING:
    from genk_geo.jobs.desk.doctor import Finding
    from genk_geo.render.words.texts import Texts


def doctor(*, config: ConfigOption = None, lang: LangOption = None) -> None:
    """Check that this machine has what the weekly job needs."""
    from genk_geo.errors import GenkGeoError
    from genk_geo.jobs.desk.doctor import check_up

    try:
        texts = texts_of(settings_from(config, lang))
    except GenkGeoError:  # that the settings are wrong is a finding
        texts = texts_of(settings_from(None, lang))
    findings = check_up(config)
    for finding in findings:
        answer = texts("console.doctor.good") if finding.ok else texts("console.doctor.bad")
        say(f"{answer:>3}  {_in_words(finding, texts)}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(2)


def _in_words(finding: Finding, texts: Texts) -> str:
    values = finding.values
    if finding.what == "sources":
        return texts.plural("console.doctor.sources", values["n"])
    if finding.what == "city":
        notes = [note_in_words(note, texts) for note in values["notes"]]
        return " ".join([texts("console.doctor.city", **values), *notes])
    if finding.what == "file":
        return texts(
            "console.doctor.file",
            file=values["file"],
            rows=texts.number(values["rows"]),
            count=texts.number(values["n"]),
        )
    if finding.what == "precise":
        return precision_in_words(values, texts)
    if finding.what == "disk":
        free = texts.number(values["free_gb"], 1)
        return texts("console.doctor.disk", free_gb=free, folder=values["folder"])
    key = "console.precise.no_register" if finding.what == "no_register" else f"console.doctor.{finding.what}"
    return texts(key, **values)
