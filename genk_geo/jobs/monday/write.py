"""Where Monday's list goes: with the analyst's weeks, or beside the history, and nowhere else."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from genk_geo.calendar import Week
from genk_geo.errors import Message
from genk_geo.jobs.week.publication import published_weeks
from genk_geo.private import private_files
from genk_geo.render.pages.monday_page import monday_page, weeks_page
from genk_geo.render.words.operator.monday import todo_lines, told_lines
from genk_geo.render.words.texts import Texts
from genk_geo.render.words.told import told_in
from genk_geo.writing import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from genk_geo.config import Settings
    from genk_geo.release.values.monday import MondayList

#: The newest list, and the folder of those before it.
PAGE, FOLDER = "maandag.html", "maandag"
#: A list of a run whose week is not known.
_UNKNOWN = "zonder-week"


def folder_of_lists(settings: Settings) -> Path:
    """Folder of the analyst's weeks; that of the history where nothing is released to analysts.

    Parameters
    ----------
    settings : Settings
        The settings.

    Returns
    -------
    pathlib.Path
        A folder that no other reader gets.
    """
    for release in settings.resolved_releases:
        if release.profile == "analist":
            return settings.release_folders[release.folder]
    return settings.store.parent


def write_list(told: MondayList, settings: Settings) -> Path:
    """Write a list as a page and as JSON, for its owner only; the newest week also as the newest list.

    Parameters
    ----------
    told : MondayList
        What the run found.
    settings : Settings
        The settings.

    Returns
    -------
    pathlib.Path
        The page of the newest list.
    """
    folder = folder_of_lists(settings)
    texts = Texts.of(settings)
    name = _UNKNOWN if told.week is None else str(told.week)
    beside = told.week is not None and (folder / name / "index.html").is_file()
    with private_files():
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        page = monday_page(told, texts, first_page=f"../{name}/index.html" if beside else "")
        _write(folder / FOLDER / f"{name}.html", page)
        _write(
            folder / FOLDER / f"{name}.json", json.dumps(as_json(told, texts), indent=2, ensure_ascii=False)
        )
        if told.week is None or name >= max(_lists(folder), default=name):
            first = f"{name}/index.html" if beside else ""
            _write(folder / PAGE, monday_page(told, texts, first_page=first))
    return folder / PAGE


def as_json(told: MondayList, texts: Texts) -> dict[str, Any]:
    """A list as JSON: what was found, and its sentences.

    Parameters
    ----------
    told : MondayList
        What the run found.
    texts : Texts
        The reader's language.

    Returns
    -------
    dict
        The fields of the list, with ``to_do`` and ``to_know``.
    """
    facts = {name: _in_words(value, texts.lang) for name, value in asdict(told).items()}
    facts |= {
        "week": None if told.week is None else str(told.week),
        "made": told.made.isoformat(timespec="seconds"),
        "stale": [str(week) for week in told.stale],
        "seconds": round(told.seconds, 1),
        "precise": [{**one, "share": _number(one["share"])} for one in facts["precise"]],
    }
    return facts | {"to_do": todo_lines(told, texts), "to_know": told_lines(told, texts)}


def _in_words(value: Any, lang: str) -> Any:
    """A value with what faults say in it told in a language."""
    if isinstance(value, Message):
        return told_in(lang, value)
    if isinstance(value, dict):
        return {name: _in_words(one, lang) for name, one in value.items()}
    return tuple(_in_words(one, lang) for one in value) if isinstance(value, list | tuple) else value


def write_first_pages(settings: Settings) -> list[Path]:
    """Write ``index.html`` in each release's folder of weeks: the newest week, and those before it.

    Parameters
    ----------
    settings : Settings
        The settings.

    Returns
    -------
    list of pathlib.Path
        Pages that were written; none for a release of which no week stands.
    """
    written = []
    for release in settings.resolved_releases:
        folder = settings.release_folders[release.folder]
        if weeks := [Week.parse(week) for week in published_weeks(folder)]:
            page = folder / "index.html"
            _write(page, weeks_page(weeks, Texts.of(settings, release.lang), demo=settings.demo))
            page.chmod(0o644 if release.readable else 0o600)
            written.append(page)
    return written


def _lists(folder: Path) -> list[str]:
    return [path.stem for path in (folder / FOLDER).glob("????-W??.html")]


def _number(value: float) -> float | None:
    return None if value != value else round(value, 4)  # noqa: PLR0124 - NaN has no word in JSON


def _write(path: Path, text: str) -> None:
    with whole_file(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
