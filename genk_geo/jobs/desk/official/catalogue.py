"""Which official layers there are, and where and how each is handed out."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from genk_geo.config import read_toml, validated
from genk_geo.doors import shown
from genk_geo.jobs.desk.official.faults import LayerError

if TYPE_CHECKING:
    import pandas as pd

#: Years that are looked back where the newest edition is not out yet.
_YEARS = 4


class Service(BaseModel):
    """One layer and its service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["file", "features", "overpass"]
    format: Literal["zip", "json", "xml"]
    addresses: tuple[str, ...]
    licence: str
    attribution: str
    limit: int = 500
    only: tuple[str, ...] = ()
    columns: dict[str, tuple[str, ...]] = {}

    def places(self, year: int) -> list[str]:
        """Addresses to try, those of the newest edition first.

        Parameters
        ----------
        year : int
            This year.

        Returns
        -------
        list of str
        """
        years = range(year, year - _YEARS, -1)
        found = [one.replace("{year}", str(at)) for at in years for one in self.addresses]
        return list(dict.fromkeys(found))

    def at(self, address: str) -> Service:
        """The same layer from an address of the user's own; its name says of which kind that is."""
        items = address.split("?", maxsplit=1)[0].rstrip("/").endswith("/items")
        kind = "features" if items else "file" if self.kind == "features" else self.kind
        form = "json" if items or self.kind == "features" else self.format
        return self.model_copy(update={"addresses": (address,), "kind": kind, "format": form})


def services() -> dict[str, Service]:
    """All layers by name.

    Returns
    -------
    dict of str to Service
    """
    return dict(_read())


@cache
def _read() -> tuple[tuple[str, Service], ...]:
    file = Path(str(files(__package__))) / "catalogue.toml"
    return tuple((name, validated(Service, one, str(file))) for name, one in read_toml(file).items())


def column_of(table: pd.DataFrame, service: Service, fact: str) -> str | None:
    """Name of the column with a fact; None where no known one is there.

    Parameters
    ----------
    table : pandas.DataFrame
        A layer as it came.
    service : Service
        Whose names are tried.
    fact : str
        What is looked for.

    Returns
    -------
    str or None
    """
    return next((name for name in service.columns[fact] if name in table.columns), None)


def needed_column(table: pd.DataFrame, service: Service, fact: str) -> str:
    """The same where there must be one.

    Raises
    ------
    LayerError
        If none is there: the supplier has changed the columns.
    """
    found = column_of(table, service, fact)
    if found is None:
        has = ", ".join(shown(str(name)) for name in table.columns[:20])
        raise LayerError("columns", wanted=" / ".join(service.columns[fact]), has=has)
    return found
