"""Dossiers as a reader may see them.

A dossier says that there was a hotspot that lasted. So others than analysts see one only where it rests on a
hotspot that their own page shows, or was told to them before; its place is the one that this page, or that
telling, gave. What the register says of a place is for analysts, and so is everything in free words: a street
with three houses in the remark of a partner would undo every block of addresses.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genk_geo.calendar import Week
from genk_geo.release.identities import is_gone
from genk_geo.release.level import Level
from genk_geo.release.table_values import shown_name
from genk_geo.release.values.dossiers import ReleasedAgreement, ReleasedDossier, ReleasedPresence
from genk_geo.results import CHAIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genk_geo.config import ReleaseSettings
    from genk_geo.release.identities import Names
    from genk_geo.release.told import Told
    from genk_geo.release.values.effect import ReleasedEffect
    from genk_geo.release.values.findings import Hotspot
    from genk_geo.release.values.week import ReleasedTheme
    from genk_geo.results import Agreement, Book, Dossier

#: After so many weeks an open dossier without any partner is told to be nobody's.
_ALONE_WEEKS = 4


def release_dossiers(
    book: Book | None,
    reader: ReleaseSettings,
    themes: Sequence[ReleasedTheme],
    names: Names,
    told: Told,
    effects: Sequence[ReleasedEffect] = (),
) -> tuple[ReleasedDossier, ...] | None:
    """Dossiers by number.

    Parameters
    ----------
    book : Book or None
        As they stand; None where none are kept.
    reader : ReleaseSettings
        Who reads it.
    themes : sequence of ReleasedTheme
        What this reader sees of each theme.
    names : Names
        What hotspots are called for this reader.
    told : Told
        What was told before.
    effects : sequence of ReleasedEffect
        What became of what was done there, as this reader may see it.

    Returns
    -------
    tuple of ReleasedDossier, or None
        None where none are kept, and for readers of wijken.
    """
    level = Level.seen_by(reader)
    if book is None or not level.shows_areas:
        return None
    shown = {theme.theme: theme for theme in themes}
    found = [_dossier(one, book, shown.get(one.theme), names, told) for one in book.dossiers]
    seen = {one.number for one in found if one is not None}
    return tuple(
        replace(_among(one, seen), effects=_effects(one, shown.get(one.theme), effects, level))
        for one in found
        if one is not None
    )


def _effects(
    one: ReleasedDossier, theme: ReleasedTheme | None, effects: Sequence[ReleasedEffect], level: Level
) -> tuple[ReleasedEffect, ...]:
    """Its own; nothing of a week that did not come in: told once more, it would say what was in that."""
    own = tuple(each for each in effects if each.dossier == one.number)
    silent = not level.shows_points and (theme is None or theme.missing)
    return tuple(each.untold() for each in own) if silent else own


def _dossier(
    one: Dossier, book: Book, theme: ReleasedTheme | None, names: Names, told: Told
) -> ReleasedDossier | None:
    exact = names.secret is None
    spots = _spots(one, theme, names)
    before = told.dossier(one.number, book.week)
    if not exact and not spots and before is None:
        return None
    agreements = book.of(one.number)
    state, state_since = one.state, one.state_since
    if not exact and state == "reopened" and not spots and before is not None:
        # That it came back follows from a hotspot that this page does not show.
        state, state_since = before["state"], dt.date.fromisoformat(before["state_since"])
    place = _place(one, spots, before, exact=exact)
    return ReleasedDossier(
        number=one.number,
        theme=one.theme,
        state=state,
        state_since=state_since,
        hot=_hot(one, theme, spots, exact=exact),
        hotspots=tuple(spot.hotspot_id for spot in spots),
        together=one.together,
        sources=tuple(map(shown_name, one.sources)) if exact else (),
        **_peak(one, spots, exact=exact),
        owners=_owners(agreements, book.partners, exact=exact),
        alone=_alone(one, agreements, book),
        missing_links=tuple(link for link in CHAIN if all(each.link != link for each in agreements)),
        agreements=tuple(
            _agreement(each, book.partners, book.day, exact=exact) for each in agreements if each.says_what
        ),
        by_hand=one.by_hand,
        presence=_presence(one) if exact else None,
        **place,
    )


def _presence(one: Dossier) -> ReleasedPresence | None:
    """For an analist: a shift log says where police and others are, and hours in which few things happen."""
    if one.busiest_day is None:
        return None
    return ReleasedPresence(
        one.busiest_day, one.busiest_slot, one.present, one.present_then, one.present_since
    )


def _spots(one: Dossier, theme: ReleasedTheme | None, names: Names) -> list[Hotspot]:
    """Hotspots of this page that the dossier is about, the strongest first."""
    mine = {names(one.theme, name) for name in one.hotspots}
    spots = () if theme is None else theme.hotspots
    return [spot for spot in spots if spot.hotspot_id in mine and not is_gone(spot)]


def _hot(one: Dossier, theme: ReleasedTheme | None, spots: Sequence[Hotspot], *, exact: bool) -> bool | None:
    if spots:
        return True
    if theme is None or theme.missing or theme.too_few:
        return None
    return bool(exact and one.hotspots)


def _place(
    one: Dossier, spots: Sequence[Hotspot], before: Mapping[str, Any] | None, *, exact: bool
) -> dict[str, Any]:
    """Since when and where: as the hotspot on this page has it, else as it was told last."""
    if exact:
        streets = tuple(map(shown_name, one.streets))
        # A hotspot that came back is told since then, as its own row says; what is over, since the dossier's.
        since = spots[0].since if spots else one.since
        return {"since": since, "streets": streets, "wijk": one.wijk, "stadsdeel": one.stadsdeel}
    if spots:
        spot = spots[0]
        return {
            "since": spot.since, "streets": spot.streets, "wijk": spot.wijk, "stadsdeel": spot.stadsdeel
        }  # fmt: skip
    assert before is not None  # else it is not shown
    return {
        "since": before["since"], "streets": tuple(before["streets"]), "wijk": before["wijk"],
        "stadsdeel": before["stadsdeel"],
    }  # fmt: skip


def _peak(one: Dossier, spots: Sequence[Hotspot], *, exact: bool) -> dict[str, Any]:
    """Hours, as the table of hotspots on this page has them; of quiet places only for analysts."""
    own: Any = spots[0] if spots else one
    if not spots and not exact:
        return {"peak_days": (), "peak_from": None, "peak_to": None}
    return {"peak_days": own.peak_days, "peak_from": own.peak_from, "peak_to": own.peak_to}


def _owners(agreements: Sequence[Agreement], partners: Sequence[str], *, exact: bool) -> tuple[str, ...]:
    named = (_partner(each.partner, partners, exact=exact) for each in agreements if each.partner)
    return tuple(dict.fromkeys(named))


def _partner(name: str, partners: Sequence[str], *, exact: bool) -> str:
    """Name of an organisation, as the list of organisations writes it; of others nothing."""
    known = {partner.casefold(): partner for partner in partners}
    return shown_name(name) if exact else known.get(name.casefold(), "")


def _agreement(each: Agreement, partners: Sequence[str], day: dt.date, *, exact: bool) -> ReleasedAgreement:
    stand = "done" if each.is_done(day) else "late" if each.is_late(day) else "agreed"
    return ReleasedAgreement(
        partner=_partner(each.partner, partners, exact=exact),
        measure=each.measure,
        words=shown_name(each.words) if exact else "",
        link=each.link,
        due=each.due,
        done=each.done if stand == "done" else None,
        stand=stand,
        place=shown_name(each.place) if exact else "",
    )


def _alone(one: Dossier, agreements: Sequence[Agreement], book: Book) -> bool:
    if one.state == "closed" or any(each.partner for each in agreements):
        return False
    return Week.parse(book.week).minus(Week.parse(one.opened)) >= _ALONE_WEEKS


def _among(one: ReleasedDossier, seen: set[str]) -> ReleasedDossier:
    """Without the numbers of dossiers that this reader does not see."""
    return replace(one, together=tuple(number for number in one.together if number in seen))
