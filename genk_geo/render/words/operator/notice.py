"""The message that a run ended: how, and nothing of what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genk_geo.render.words.texts import Texts


def notice_of(state: str, week: str, t: Texts) -> tuple[str, str]:
    """Subject and text of a message.

    Parameters
    ----------
    state : str
        ``published``, ``partly``, ``held``, ``busy`` or ``failed``.
    week : str
        The week; may be empty.
    t : Texts
        The reader's language.

    Returns
    -------
    tuple of str
    """
    subject = t("monday.notice_subject", what=t(f"monday.notice.{state}"), week=week).strip()
    return subject, f"{subject}\n\n{t('monday.notice_text')}\n"
