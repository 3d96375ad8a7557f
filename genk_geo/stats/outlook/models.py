"""Models of the next week: mixtures of components, and a boosted correction of the fullest one.

References
----------
Mohler et al. (2011), Journal of the American Statistical Association 106, for the mixture of background and
triggering by expectation-maximisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from threadpoolctl import ThreadpoolController

from genk_geo.errors import ConfigError
from genk_geo.stats.outlook.aftermath import SelfExciting
from genk_geo.stats.outlook.components import BASELINE_WEEKS, SCALES, Scale, harmonics, scale_name
from genk_geo.stats.outlook.mixing import LEAST, proportions, warm_from

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    import numpy.typing as npt

    from genk_geo.stats.outlook.examples import Examples, Rows

    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]

#: Key of the model that all others are measured against.
BASELINE = "decayed"
#: Weeks that the boosted correction learns from at most.
_BOOST_WEEKS = 104
#: A component this many halvings below or above the level is as good as absent, or as all.
_STEPS_OF_TWO = 7


class Fitted(Protocol):
    """A model that has learned."""

    def expected(self, components: Singles, origin: int) -> Floats:
        """Expected count of each cell in the week after the origin."""


class Model(Protocol):
    """A way to foresee next week.

    Attributes
    ----------
    key : str
        Its name.
    """

    @property
    def key(self) -> str:
        """Name of the model."""

    def fit(self, examples: Examples, origin: int) -> Fitted:
        """Learn from what was over and known at an origin."""


@dataclass(frozen=True)
class Weighted:
    """A weighted sum of components."""

    weights: Floats

    def expected(self, components: Singles, origin: int) -> Floats:  # noqa: ARG002 - the interface of all models
        """Expected counts: a sum of maps with weights of 0 or more."""
        used = self.weights > 0
        return np.asarray(np.maximum(self.weights[used] @ components[used].astype(float), LEAST))


@dataclass(frozen=True)
class Mixture:
    """Components in the proportions under which the past weeks were likeliest.

    Attributes
    ----------
    key : str
        Name.
    components : tuple of str
        Names of components; those that start with a name followed by ``:`` belong to it too. Empty: all.
    """

    key: str
    components: tuple[str, ...] = ()

    def fit(self, examples: Examples, origin: int) -> Weighted:
        """Expectation-maximisation for Poisson counts, from even weights; found once, also for trees."""
        return examples.once((self.components, origin), lambda: self._fit(examples, origin))

    def _fit(self, examples: Examples, origin: int) -> Weighted:
        chosen = np.array([self._has(name) for name in examples.names])
        at, stands_for, sums = examples.incidents(origin, from_origin=warm_from(origin))
        weights = np.zeros(len(examples.names))
        weights[chosen] = proportions(at[chosen], sums[chosen], stands_for)
        return Weighted(weights)

    def _has(self, name: str) -> bool:
        kind = name.split(":", maxsplit=1)[0]
        return not self.components or name in self.components or kind in self.components


@dataclass(frozen=True)
class Corrected:
    """A mixture times a factor that trees have learned."""

    mixture: Weighted
    trees: Any
    seasons: bool
    first: int

    def expected(self, components: Singles, origin: int) -> Floats:
        """Expected counts of the mixture, corrected."""
        base = self.mixture.expected(components, origin)
        looks = _looks(components, base, np.full(base.size, self.first + origin), seasons=self.seasons)
        with one_thread():
            corrected: Floats = np.maximum(base * self.trees.predict(looks), LEAST)
        return corrected


@dataclass(frozen=True)
class Boosted:
    """Poisson gradient boosting on top of a mixture: trees learn by how much it is wrong, and where.

    Attributes
    ----------
    key : str
        Name.
    mixture : Mixture
        What is corrected.
    """

    key: str
    mixture: Mixture

    def fit(self, examples: Examples, origin: int) -> Fitted:
        """Fit the mixture, then the trees on what it missed."""
        base = self.mixture.fit(examples, origin)
        rows = examples.rows(origin, from_origin=max(warm_from(origin), origin - _BOOST_WEEKS))
        if not rows.counts.any():
            return base
        seasons = origin >= _BOOST_WEEKS
        expected = base.expected(rows.components, origin)
        looks = _looks(rows.components, expected, examples.first + rows.origin, seasons=seasons)
        return Corrected(base, _trees(looks, expected, rows, examples.seed), seasons, examples.first)


def _trees(looks: Singles, expected: Floats, rows: Rows, seed: int) -> Any:
    """A Poisson model of counts with an offset is one of counts over expected, weighted by expected."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    trees = HistGradientBoostingRegressor(
        loss="poisson", max_iter=60, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=300,
        l2_regularization=5.0, max_bins=64, early_stopping=False, random_state=seed % 2**32,
    )  # fmt: skip
    with one_thread():
        return trees.fit(looks, rows.counts / expected, sample_weight=rows.weight * expected)


def one_thread() -> AbstractContextManager[Any]:
    """Trees and seasons are too small to be worth the waiting of threads for each other."""
    alone: AbstractContextManager[Any] = _threads().limit(limits=1)
    return alone


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def _looks(components: Singles, expected: Floats, weeks: npt.NDArray[Any], *, seasons: bool) -> Singles:
    """What the trees look at: the level, each component against it, and the place in the year.

    In steps: trees need no more, and finding the steps of the data is what takes most of their time.
    """
    columns = [_in_steps(np.log2(expected), 24, 2.0)[:, None]]
    ratio = np.log2(np.maximum(components / expected, 2.0**-_STEPS_OF_TWO))
    columns.append(_in_steps(ratio, _STEPS_OF_TWO, 2.0).T)
    if seasons:
        columns.append(_in_steps(harmonics(weeks), 1, 8.0))
    return np.hstack(columns)


def _in_steps(values: npt.NDArray[Any], limit: float, steps: float) -> Singles:
    """Values cut off at a limit and rounded to so many steps a unit."""
    return np.asarray(np.rint(np.clip(values, -limit, limit) * steps), dtype=np.float32)


_ALL_SCALES = Mixture(
    "scales", (*(scale_name(scale) for scale in SCALES), "season", "area", "exposure", "factor")
)
#: All models by key; the baseline is the plain decayed count of each cell, spread over nothing.
MODELS: dict[str, Model] = {
    BASELINE: Mixture(BASELINE, (scale_name(Scale(BASELINE_WEEKS, 0.0)), "even")),
    "promap": Mixture("promap", ("promap", "even")),
    "density": Mixture("density", ("density", "even")),
    "scales": _ALL_SCALES,
    "boosted": Boosted("boosted", _ALL_SCALES),
    "self_exciting": SelfExciting("self_exciting"),
}


def chosen_models(keys: Sequence[str]) -> dict[str, Model]:
    """Models by their keys, the baseline first."""
    unknown = [key for key in keys if key not in MODELS]
    if unknown:
        raise ConfigError(
            "Unknown model: {unknown}. Known: {models}.", unknown=", ".join(unknown), models=", ".join(MODELS)
        )
    return {key: MODELS[key] for key in dict.fromkeys([BASELINE, *keys])}
