"""What is said of a file that came in and cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from genk_geo.render.words.texts import Texts


def why_text(kind: str, file: str, reason: str, now: dt.datetime, t: Texts) -> str:
    """Text beside a file that was put aside.

    Parameters
    ----------
    kind : str
        ``no_rows`` or ``unreadable``.
    file : str
        Its name.
    reason : str
        What reading it said.
    now : datetime.datetime
        When it was tried.
    t : Texts
        The reader's language.
    """
    head = t("inbox.why_head", file=file, moment=t.moment(now))
    body = t("inbox.why_no_rows") if kind == "no_rows" else t("inbox.why_unreadable", reason=reason)
    return "\n".join((head, body, t("inbox.why_what_now")))
