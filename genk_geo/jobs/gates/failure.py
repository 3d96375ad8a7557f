"""What did not pass a gate, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genk_geo.config import GATES
from genk_geo.errors import ConfigError, Message, QualityGateError, in_a_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genk_geo.config import GateSettings


@dataclass(frozen=True)
class Failure:
    """One gate that something did not pass.

    Attributes
    ----------
    gate : str
        Which one, as the settings name it.
    about : str
        File or theme.
    value, limit : float
        What was found, and what the settings or the past allow.
    held : bool
        Whether the theme is held back for it.
    because : str
        Why it was let through all the same; empty where it was not.
    words : tuple of str
        What else belongs to it: the source, or categories that were never seen before.
    """

    gate: str
    about: str
    value: float
    limit: float
    held: bool
    because: str = ""
    words: tuple[str, ...] = ()

    @classmethod
    def from_noted(cls, noted: Mapping[str, Any]) -> Failure:
        """The same as it was noted as JSON."""
        return cls(**{**noted, "words": tuple(noted["words"])})


class GateError(QualityGateError):
    """Nothing was published, because data did not pass a gate.

    Attributes
    ----------
    failures : tuple of Failure
        What did not pass.
    """

    def __init__(self, failures: Sequence[Failure]) -> None:
        self.failures = tuple(failures)
        told = [
            Message(
                "{gate} of {about}: {value:.4g}, allowed {limit:.4g}",
                gate=one.gate, about=one.about, value=one.value, limit=one.limit,
            )
            for one in failures
        ]  # fmt: skip
        gates = " ".join(f"--accept {gate}" for gate in dict.fromkeys(one.gate for one in failures))
        super().__init__(
            "Nothing was published: {failures}. Look at the file first; to take it as it is, add {gates} "
            '--because "..." to `genk-geo weekly`.',
            failures=in_a_row(told),
            gates=gates,
        )


def judged(failure: Failure, gates: GateSettings, accepted: Mapping[str, str]) -> Failure:
    """A failure with what follows from the settings and from what was accepted.

    Parameters
    ----------
    failure : Failure
        As it was found.
    gates : GateSettings
        Say which gates hold.
    accepted : mapping of str to str
        Gate -> why it is let through.
    """
    because = accepted.get(failure.gate, "")
    held = failure.gate in gates.hold and not because
    return Failure(failure.gate, failure.about, failure.value, failure.limit, held, because, failure.words)


def check_accepted(accepted: Mapping[str, str]) -> None:
    """Refuse to let through what is no gate, or without a reason.

    Parameters
    ----------
    accepted : mapping of str to str
        Gate -> why.

    Raises
    ------
    ConfigError
        If a name is not known or a reason is empty.
    """
    unknown = [gate for gate in accepted if gate not in GATES]
    if unknown:
        raise ConfigError(
            "{unknown}: no gate. Gates are {gates}.", unknown=", ".join(unknown), gates=", ".join(GATES)
        )
    if any(len(why.strip()) < 5 for why in accepted.values()):
        raise ConfigError('--accept needs --because "..." with the reason: it is kept in the manifest.')
