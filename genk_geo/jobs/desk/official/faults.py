"""Why a layer could not be had: a reason and its facts, put into words by who speaks to the user."""

from __future__ import annotations

from typing import Any, ClassVar

from genk_geo.errors import ConfigError
from genk_geo.render.words.texts import Texts


class OfficialError(ConfigError):
    """A layer is not to be had, or not to be used; what was there before is still in use.

    Parameters
    ----------
    why : str
        Key of the text that says what is wrong and what to do.
    **facts
        What the text is filled in with.
    """

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts
        #: Which layer it is about, where that is known.
        self.layer = ""

    @property
    def _key(self) -> str:
        return f"console.layer.{self.why}"

    def in_words(self, texts: Texts) -> str:
        """The message in the language of the texts."""
        said = texts(self._key, **self.facts)
        name = texts(f"console.reference.layer.{self.layer}") if self.layer else ""
        return texts("console.reference.failed", layer=name, reason=said) if name else said

    def __str__(self) -> str:
        """The message in English, for who has no texts; on one line, as every message."""
        return str(ConfigError(self.in_words(Texts("en"))))


class DownloadError(OfficialError):
    """A layer could not be fetched."""

    exit_code: ClassVar[int] = 4

    @property
    def _key(self) -> str:
        return f"console.download.{self.why}"


class PassingError(DownloadError):
    """What may be over in a moment: a busy server, a broken connection.

    Parameters
    ----------
    why : str
        As :class:`OfficialError`.
    wait_s : float, optional
        How long the server asks to wait.
    **facts
        As :class:`OfficialError`.
    """

    def __init__(self, why: str, *, wait_s: float | None = None, **facts: Any) -> None:
        super().__init__(why, **facts)
        self.wait_s = wait_s


class LayerError(OfficialError):
    """A file is there and is not the layer it should be."""


class UnfitError(OfficialError):
    """A new reference did not pass its checks."""

    exit_code: ClassVar[int] = 3

    @property
    def _key(self) -> str:
        return f"console.unfit.{self.why}"
