"""What a theme of one's own is called in sentences, in one language."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from genk_geo.config._frozen import Frozen
from genk_geo.errors import Message

#: Links of the safety chain, in its order.
Link = Literal["proactie", "preventie", "repressie", "nazorg"]
#: A word or a few, on one line.
_Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\r\n]*$")]
_Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class ThemeWords(Frozen):
    """Words of a theme; what is not told is the pages' own word, or made of its label."""

    named: _Word = Field("", description="the theme within a sentence: `fietsdiefstal`; absent: its label")
    unit_one: _Word = Field("", description="one of what is counted: `fietsdiefstal`")
    unit_other: _Word = Field("", description="several of them: `fietsdiefstallen`")
    article: _Word = Field("", description="before `unit_one`: `een`; absent: what its letters ask for")
    advice: dict[Link, _Sentence] = Field(
        default_factory=dict, description="what can help, by link of the safety chain"
    )

    @model_validator(mode="after")
    def _counts_one_and_several(self) -> ThemeWords:
        if bool(self.unit_one) != bool(self.unit_other):
            given, missing = ("unit_one", "unit_other") if self.unit_one else ("unit_other", "unit_one")
            raise ValueError(
                Message(
                    "{given} goes with {missing}: say both, such as `inbraak` and `inbraken`",
                    given=given, missing=missing,
                )
            )  # fmt: skip
        return self
