"""Dossiers and agreements to rows of the history, and back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import shapely

from genk_geo.results import Agreement, Book, Dossier
from genk_geo.store.dossiers import AgreementRow, BookRows, DossierRow

if TYPE_CHECKING:
    from genk_geo.store.dossiers import Act

#: What somebody typed freely: kept apart, because it may have to be forgotten.
_WORDS = ("partner", "words", "place")
_DAYS = frozenset({"state_since", "closed", "agreed", "due", "done", "until", "present_since"})


def rows_of(book: Book) -> BookRows:
    """A book as rows."""
    facts = {"day": book.day.isoformat(), "partners": book.partners, "acts": book.acts}
    return BookRows(
        book.week,
        json.dumps(facts, ensure_ascii=False),
        tuple(_dossier_row(one) for one in book.dossiers),
        tuple(_agreement_row(one) for one in book.agreements),
    )


def book_of(rows: BookRows) -> Book:
    """A book from its rows; what was to be looked at in the register is not among them."""
    facts = json.loads(rows.facts)
    return Book(
        rows.week,
        dt.date.fromisoformat(facts["day"]),
        tuple(_dossier(row.facts, row.ground) for row in rows.dossiers),
        tuple(
            Agreement(**_read({**json.loads(row.facts), **json.loads(row.words)})) for row in rows.agreements
        ),
        tuple(facts["partners"]),
        int(facts["acts"]),
    )


def facts_of(one: Dossier) -> dict[str, Any]:
    """What is known of a dossier, but for its ground, ready for JSON."""
    known = {part.name: getattr(one, part.name) for part in fields(one) if part.name != "ground"}
    return {name: _plain(value) for name, value in known.items()}


def dossier_of_act(act: Act) -> Dossier:
    """The dossier that was opened by hand."""
    return _dossier(act.facts, act.ground)


def _dossier_row(one: Dossier) -> DossierRow:
    ground = None if one.ground is None else bytes(shapely.to_wkb(one.ground))
    facts = json.dumps(facts_of(one), ensure_ascii=False)
    return DossierRow(one.number, one.theme, one.last_hot, facts, ground)


def _dossier(facts: str, ground: bytes | None) -> Dossier:
    shape = None if ground is None else shapely.from_wkb(ground)
    return Dossier(**_read(json.loads(facts)), ground=shape)


def _agreement_row(one: Agreement) -> AgreementRow:
    known = {name: _plain(value) for name, value in asdict(one).items()}
    words = {name: known.pop(name) for name in _WORDS}
    return AgreementRow(
        one.action_id,
        one.dossier,
        json.dumps(known, ensure_ascii=False),
        json.dumps(words, ensure_ascii=False),
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(known: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in known.items():
        if name in _DAYS and value is not None:
            read[name] = dt.date.fromisoformat(value)
        else:
            read[name] = tuple(value) if isinstance(value, list) else value
    return read
