"""What each kind of reader gets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from genk_geo.config._frozen import Frozen
from genk_geo.errors import Message

#: A public release is at least so many weeks behind.
PUBLIC_DELAY_WEEKS = 4
#: Fewer than this is a small count for the public, whatever else is set.
PUBLIC_SMALL_COUNT = 5


class ReleaseSettings(Frozen):
    """What one kind of reader gets.

    ``analist`` sees everything; ``wijkmanager`` areas without points; ``publiek`` counts by wijk, later.
    """

    profile: Literal["analist", "wijkmanager", "publiek"] = "wijkmanager"
    folder: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")] = Field(
        "", validate_default=False, description="folder of this release under `out`; absent: its profile"
    )
    small_count: Annotated[int, Field(ge=0)] | None = Field(
        None, description="absent: that of the settings; nothing is small for an analist"
    )
    min_addresses: Annotated[int, Field(ge=1)] = Field(
        8, description="an outline that incidents led to holds at least so many addresses"
    )
    delay_weeks: Annotated[int, Field(ge=0, le=104)] | None = Field(
        None, description=f"weeks behind; absent: 0, or {PUBLIC_DELAY_WEEKS} for the public"
    )
    readable: bool | None = Field(
        None,
        description="whether every user of the machine may read the files; absent: of the public's only",
    )
    lang: Literal["nl", "en"] | None = Field(None, description="absent: that of the settings")
    pdf: bool = Field(default=False, description="also as PDF, where a Chromium is found")

    def resolved(self, small_count: int) -> ReleaseSettings:
        """The same with nothing left open.

        Parameters
        ----------
        small_count : int
            That of the settings.

        Returns
        -------
        ReleaseSettings
            With a folder, a `small_count`, `delay_weeks` and `readable`.

        Raises
        ------
        ValueError
            If a public release comes too soon or shows small counts.
        """
        public = self.profile == "publiek"
        own = (
            (0 if self.profile == "analist" else small_count)
            if self.small_count is None
            else self.small_count
        )
        if public and self.small_count is None:
            own = max(own, PUBLIC_SMALL_COUNT)
        delay = (PUBLIC_DELAY_WEEKS if public else 0) if self.delay_weeks is None else self.delay_weeks
        if public and (delay < PUBLIC_DELAY_WEEKS or own < PUBLIC_SMALL_COUNT):
            raise ValueError(
                Message(
                    "a release for `publiek` needs delay_weeks of {public_delay_weeks} or more and "
                    "small_count of {public_small_count} or more",
                    public_delay_weeks=PUBLIC_DELAY_WEEKS,
                    public_small_count=PUBLIC_SMALL_COUNT,
                )
            )
        told = {"folder": self.folder or self.profile, "small_count": own, "delay_weeks": delay}
        told["readable"] = public if self.readable is None else self.readable
        return self.model_copy(update=told)
