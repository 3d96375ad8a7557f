"""Which wijk belongs to which stadsdeel: editable configuration, not code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from genk_geo.config import read_toml, validated
from genk_geo.errors import ConfigError, some_rows
from genk_geo.spreadsheet import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Membership(BaseModel):
    """The stadsdeel of one wijk and how sure that is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stadsdeel: str
    confidence: Literal["A", "B", "C", ""] = ""


class Grouping(BaseModel):
    """The stadsdeel of every wijk.

    A wijk is given as ``"Bokrijk" = "Genk-Midden"`` or, with how sure it is (A documented, B enclosed, C a
    guess), as ``"Bokrijk" = { stadsdeel = "Genk-Midden", confidence = "C" }``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["assumed", "official"] = "assumed"
    wijken: dict[str, Membership]

    @field_validator("wijken", mode="before")
    @classmethod
    def _as_memberships(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            visible(str(wijk)).strip(): {"stadsdeel": given} if isinstance(given, str) else given
            for wijk, given in value.items()
        }

    @property
    def note(self) -> str:
        """``"assumed"`` or, for an official grouping, empty."""
        return "" if self.status == "official" else "assumed"


def read_grouping(path: Path | str, wijken: Iterable[str]) -> Grouping:
    """Read a grouping file and hold it against the wijken of the city.

    Parameters
    ----------
    path : path-like
        TOML file with ``status`` and a table ``[wijken]``.
    wijken : iterable of str
        Names that must all occur, and no others.

    Returns
    -------
    Grouping
        Checked.

    Raises
    ------
    ConfigError
        If the file cannot be read, names an unknown wijk or leaves one out.
    """
    grouping = validated(Grouping, read_toml(path), str(path))
    check_names(grouping.wijken, wijken, str(path))
    return grouping


def check_names(grouped: Iterable[str], wijken: Iterable[str], where: str) -> None:
    """Every wijk has its stadsdeel, and no stadsdeel has a wijk that does not exist."""
    named, known = list(grouped), list(wijken)
    unknown = [repr(name) for name in named if name not in known]
    if unknown:
        raise ConfigError(
            "{where} groups wijken that do not exist: {unknown}. Write the names as in the areas, for "
            "example {known!r}.",
            where=where,
            unknown=some_rows(unknown),
            known=known[0],
        )
    absent = [repr(name) for name in known if name not in named]
    if absent:
        raise ConfigError(
            "{where} gives no stadsdeel for {absent}. Add them.", where=where, absent=some_rows(absent)
        )
