"""Files that suppliers might send."""

from __future__ import annotations

import pytest

BURGLARY = (
    "PV-nummer;Datum van;Uur van;Datum tot;Uur tot;Datum vaststelling;Feit;"
    "Straat;Nr;Bus;Postcode;Gemeente;X;Y"
)
NOW = "2026-11-20 12:00"


@pytest.fixture
def written(tmp_path):
    """Write a file and return its path."""

    def write(content: str | bytes, name: str = "levering.csv", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def burglaries(written, city):
    """Ingest burglary rows (without header) and return the result."""
    from genk_geo.ingestion import ingest

    def read(*rows: str, now: str = NOW, profile="burglary"):
        return ingest(written("\n".join((BURGLARY, *rows)) + "\n"), profile=profile, city=city, now=now)

    return read
