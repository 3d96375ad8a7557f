"""What of a run goes into Monday's list."""

from __future__ import annotations

from types import SimpleNamespace

from genk_geo.config import Settings
from genk_geo.jobs.monday.build import _categories


def test_a_new_word_of_four_files_is_told_once():
    taken = SimpleNamespace(
        categories=(("meldpunt", "Andere", 21), ("meldpunt", "drone", 2), ("meldpunt", "Andere", 105))
    )
    assert _categories(taken, Settings()) == (("meldpunt", "Andere", 126), ("meldpunt", "drone", 2))
    assert _categories(taken, Settings(gates={"categories": 2})) == ()
