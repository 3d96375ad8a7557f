"""What is told of the place of a dossier."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from genk_geo.release.matters.dossiers import _place

DOSSIER = SimpleNamespace(since="2025-W40", streets=("Dreef",), wijk="w0", stadsdeel="A")
SPOT = SimpleNamespace(since="2026-W45", streets=("Laan",), wijk="w0", stadsdeel="A")


@pytest.mark.parametrize("exact", [True, False], ids=["analist", "wijkmanager"])
def test_a_hotspot_that_came_back_is_told_since_then(exact):
    """As its own row on the page of the stadsdeel says, whoever reads it."""
    assert _place(DOSSIER, [SPOT], None, exact=exact)["since"] == "2026-W45"


def test_a_hotspot_that_is_over_is_told_since_it_began():
    assert _place(DOSSIER, [], None, exact=True)["since"] == "2025-W40"
