"""Emerging hot spots: what a place has been over time, in the categories that ESRI publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError
from genk_geo.show import Look, Note, on_cells_of
from genk_geo.stats.inference.false_discovery import q_values
from genk_geo.stats.inference.trend import mann_kendall
from genk_geo.stats.local.cells import graph_of
from genk_geo.stats.local.getis_ord import local_g

if TYPE_CHECKING:
    import numpy.typing as npt
    from libpysal.graph import Graph

    Bools = npt.NDArray[np.bool_]

_KINDS = (
    "new",
    "consecutive",
    "intensifying",
    "persistent",
    "diminishing",
    "sporadic",
    "oscillating",
    "historical",
)
#: Keys of the categories; pages give them their names.
EMERGING = (*(f"{kind}_hot" for kind in _KINDS), *(f"{kind}_cold" for kind in _KINDS), "none")

_TIPS = ("category", "hot_periods", "cold_periods", "trend_z")
_LOOK = Look("emerging", "category", "names", tips=_TIPS, hidden=("none",), private=True)

# "90 per cent of the periods" holds at 9 of 10.
_MOST = 0.9


def emerging_hotspots(
    cube: pd.DataFrame,
    graph: Graph | None = None,
    *,
    possible: pd.Series[bool] | None = None,
    level: float = 0.05,
    trend_level: float = 0.05,
) -> pd.DataFrame:
    """Classify every cell by when it was hot or cold.

    G* with its exact two-sided p-value in every period; a cell is hot (cold) in a period when its q-value
    over all cells *and* periods is at most `level` and it lies above (below) expectation; the trend is that
    of its z over the periods (Mann-Kendall).

    Parameters
    ----------
    cube : pandas.DataFrame
        Counts by cell (index) and period (columns, oldest first), as :func:`genk_geo.stats.space_time_cube`
        gives; NaN where nothing was reported.
    graph : libpysal.graph.Graph, optional
        Neighbours of exactly these cells; by default the cells around in the grid of the cube.
    possible : pandas.Series of bool, optional
        False where nothing can happen.
    level : float, default 0.05
        False-discovery rate of hot and cold.
    trend_level : float, default 0.05
        Level of the trend test.

    Returns
    -------
    pandas.DataFrame
        With the shapes of the cells where the cube knows its grid. Index of the cells; ``category`` (a key of
        ``EMERGING``), ``hot_periods``, ``cold_periods``, ``last`` ("hot", "cold" or "none"), ``trend_z``,
        ``trend_p``. See :func:`emerging_category`.

    Raises
    ------
    SchemaError
        If the cube has no period, or its cells are not those of the graph.
    ConfigError
        If a level is impossible.

    Examples
    --------
    A block that is hot in the last of four weeks:

    >>> grid = gg.stats.Grid.cover(shapely.box(0, 0, 1000, 1000), cell_m=100)
    >>> counts = grid.count([[450, 450], [450, 550], [550, 450], [550, 550]] * 3)
    >>> cube = pd.DataFrame({week: counts * (week == 3) for week in range(4)})
    >>> found = gg.stats.emerging_hotspots(cube, grid.graph())
    >>> found.loc["100m_E4_N4", ["category", "last"]].tolist()
    ['new_hot', 'hot']
    """
    for name, value in (("level", level), ("trend_level", trend_level)):
        if not 0 < value < 1:
            raise ConfigError(
                "{name}: given {value}, needed a share between 0 and 1.", name=name, value=value
            )
    if cube.shape[1] == 0:
        raise SchemaError("The cube: needed at least one period.")
    around = graph_of(cube, graph)
    found = [
        local_g(cube.iloc[:, k], around, permute="all", alternative="two-sided", possible=possible)
        for k in range(cube.shape[1])
    ]
    z = np.column_stack([one["z"] for one in found])
    q = q_values(np.column_stack([one["p_value"] for one in found]))
    states = np.where(q <= level, np.sign(np.nan_to_num(z)), 0).astype(np.int8)
    trend = mann_kendall(z)
    direction = np.where(trend.p_value <= trend_level, np.sign(trend.z), 0).astype(np.int8)
    words = np.array(["none", "hot", "cold"])  # 0, 1 and -1
    table = pd.DataFrame(
        {
            "category": emerging_category(states, direction),
            "hot_periods": (states > 0).sum(axis=1),
            "cold_periods": (states < 0).sum(axis=1),
            "last": words[states[:, -1]],
            "trend_z": trend.z,
            "trend_p": trend.p_value,
        },
        index=cube.index,
    )
    return on_cells_of(table, cube, _LOOK, _says)


def _says(table: pd.DataFrame) -> tuple[Note, ...]:
    """How many cells have a pattern."""
    return (Note("emerging", {"cells": (table["category"] != "none").sum(), "all": len(table)}),)


def emerging_category(states: npt.ArrayLike, trend: npt.ArrayLike) -> pd.Categorical[str]:
    """Name the pattern of hot and cold periods.

    With "most" for at least 90 % of the periods, the first that applies of:

    - new: hot in the last period only;
    - consecutive: hot in the last periods without a break, never before, not in most;
    - intensifying, persistent, diminishing: hot in most and the last; trend up, none, down;
    - historical: hot in most, not in the last;
    - oscillating: hot in the last, cold before, hot not in most;
    - sporadic: hot in at least two separate runs, not in most, never cold;

    then the mirror images for cold (intensifying: ever colder), then "none".

    Parameters
    ----------
    states : array_like
        1 hot, -1 cold, 0 neither; shape (cells, periods), oldest first.
    trend : array_like
        1 up, -1 down, 0 none; one a cell.

    Returns
    -------
    pandas.Categorical
        Keys of ``EMERGING``: the name and ``_hot`` or ``_cold``.

    Raises
    ------
    SchemaError
        If the shapes do not fit or there is another value than -1, 0 and 1.

    Examples
    --------
    >>> states = [[0, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]]
    >>> list(gg.stats.emerging_category(states, [0, 1, 0]))
    ['new_hot', 'intensifying_hot', 'none']
    """
    table, direction = np.asarray(states), np.asarray(trend)
    if table.ndim != 2 or table.shape[1] == 0 or direction.shape != table.shape[:1]:
        raise SchemaError(
            "States and trend: needed shapes (cells, periods) and (cells,), given {shape} and "
            "{direction_shape}.",
            shape=table.shape,
            direction_shape=direction.shape,
        )
    if not (np.isin(table, (-1, 0, 1)).all() and np.isin(direction, (-1, 0, 1)).all()):
        raise SchemaError("States and trend: needed only -1, 0 and 1.")
    codes = np.full(len(table), len(EMERGING) - 1)
    for side, sign in ((1, -1), (0, 1)):  # hot is written last: it goes before cold
        kinds = _kinds(table * sign, direction * sign)
        codes = np.where(kinds >= 0, kinds + side * len(_KINDS), codes)
    return pd.Categorical.from_codes(codes, categories=pd.Index(EMERGING))


def _kinds(
    states: npt.NDArray[np.signedinteger], trend: npt.NDArray[np.signedinteger]
) -> npt.NDArray[np.intp]:
    """Position of each cell's hot kind in the list, -1 for none."""
    hot = states > 0
    times, last, periods = hot.sum(axis=1), hot[:, -1], hot.shape[1]
    most = times >= _MOST * periods - 1e-9
    before = np.column_stack([np.zeros(len(hot), dtype=bool), hot[:, :-1]])
    runs = (hot & ~before).sum(axis=1)
    cold = (states < 0).any(axis=1)
    rules: list[tuple[str, Bools]] = [
        ("new", last & (times == 1)),
        ("consecutive", last & (runs == 1) & ~most),
        ("intensifying", last & most & (trend > 0)),
        ("persistent", last & most & (trend == 0)),
        ("diminishing", last & most & (trend < 0)),
        ("historical", ~last & most),
        ("oscillating", last & cold & ~most),
        ("sporadic", (runs >= 2) & ~cold & ~most),
    ]
    return np.select(
        [rule for _, rule in rules], [np.intp(_KINDS.index(name)) for name, _ in rules], default=np.intp(-1)
    )
