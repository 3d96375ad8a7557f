"""New dossiers put into the register of agreements, after their week was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genk_geo.calendar import Week
from genk_geo.jobs.dossiers.register.write import Proposal, add_proposals
from genk_geo.release import Level
from genk_geo.render import told_in
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    from genk_geo.config import Settings
    from genk_geo.jobs.week.made.published import Published
    from genk_geo.results import Dossier


def propose(published: Published, settings: Settings) -> tuple[str, ...]:
    """Add a row to the register for each dossier that never stood in it.

    Partners read the register, so it says of a place what pages for wijkmanagers say. A dossier that these
    do not show is not proposed; without such pages only its wijk is named.

    Parameters
    ----------
    published : Published
        The week.
    settings : Settings
        The settings.

    Returns
    -------
    tuple of str
        Numbers that were added.

    Raises
    ------
    ConfigError
        If the register is open elsewhere, or cannot be read or written: what was to be added waits.
    """
    book, path = published.dossiers, settings.dossiers.path
    if book is None or path is None:
        return ()
    new = [one for one in book.dossiers if one.state != "closed" and not one.listed]
    places = _places(new, published, Texts.of(settings))
    return add_proposals(
        path,
        [
            Proposal(one.number, places[one.number], _why(one, settings))
            for one in new
            if one.number in places
        ],
    )


def _places(new: list[Dossier], published: Published, t: Texts) -> dict[str, str]:
    """Number -> place, of those that may be told."""
    shared = [one for one in published.releases if Level.seen_by(one.release) is Level.AREAS]
    told: dict[str, dict[str, Any]] = {}
    for one in shared:
        for record in told_in(one.folder):
            told |= record.get("dossiers", {})
    if not shared:
        told = {one.number: {"streets": (), "wijk": one.wijk} for one in new}
    whole = {one.number for one in new if one.whole_area}
    return {
        # The bare name of a wijk in this column would make what is agreed one about the whole wijk.
        number: ", ".join([*place["streets"], place["wijk"]])
        if place["streets"] or number in whole
        else t("dossier.somewhere", wijk=place["wijk"])
        for number, place in told.items()
    }


def _why(one: Dossier, settings: Settings) -> str:
    t = Texts.of(settings)
    opened = Week.parse(one.opened)
    since = t.week(Week.parse(one.since), beside=opened)
    return t("dossier.proposal", week=t.week(opened), theme=t.theme(one.theme), since=since)
