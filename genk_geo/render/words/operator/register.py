"""What to look at in the register of agreements, for the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genk_geo.render.words.texts import Texts

_DAYS = ("agreed", "due", "done", "until")


def note_text(kind: str, row: int, words: Sequence[str], t: Texts) -> str:
    """One note in a sentence, with the row where it is about one."""
    told = [t(f"register.day.{word}") if word in _DAYS else word for word in words]
    text = t(f"register.{kind}", **dict(zip(("one", "other"), told, strict=False)))
    return t("register.row", row=row, text=text) if row else t("register.whole", text=text)
