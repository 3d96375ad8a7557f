"""What the attackers share: reading a rule backwards, and a small city with its weeks."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    Rule = Callable[[tuple[int, ...]], tuple[Hashable, Sequence[bool]]]


class Narrowed(NamedTuple):
    """A count that is held back, and the values that it can have after reading the rule backwards."""

    told: Hashable
    at: int
    possible: frozenset[int]


def narrowed(rule: Rule, inputs: Iterable[tuple[int, ...]], limit: int) -> list[Narrowed]:
    """Publish every input, group the inputs by what is published: every count that cannot be 0 to limit - 1.

    `rule` gives what is published of an input, and which of its counts are held back. All inputs that could
    have been must be among `inputs`, as far as they are held back.
    """
    worlds: dict[Hashable, list[tuple[int, ...]]] = defaultdict(list)
    secret: dict[Hashable, Sequence[bool]] = {}
    for counts in inputs:
        told, hidden = rule(counts)
        worlds[told].append(counts)
        assert secret.setdefault(told, hidden) == hidden
    return [
        Narrowed(told, at, possible)
        for told, members in worlds.items()
        for at, hidden in enumerate(secret[told])
        if hidden and not frozenset(range(limit)) <= (possible := frozenset(c[at] for c in members))
    ]


def sums(counts: Sequence[int], parents: Sequence[str]) -> dict[str, int]:
    """Totals of the stadsdelen."""
    totals: dict[str, int] = {}
    for count, parent in zip(counts, parents, strict=True):
        totals[parent] = totals.get(parent, 0) + int(count)
    return totals


@pytest.fixture(scope="session")
def backwards() -> Any:
    """Reading a rule backwards."""
    return SimpleNamespace(narrowed=narrowed, sums=sums)
