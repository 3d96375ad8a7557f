"""The city in blocks of whole cells that hold enough addresses each: the grain of what others may see.

Blocks come from the reference alone. Squares of cells are joined from the finest level up: within each
larger square the cells that have too few addresses go together, and with the neighbour that has fewest where
they are too few even then. So blocks stay compact, and a house in the open shares its block with the nearest
houses.
A cell without any address is a block of its own: there is nobody's door to point at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from genk_geo.jobs.ground import Ground

#: Side of a block where the reference knows neither addresses nor dwellings.
UNKNOWN_M = 500.0
_MOST_STREETS = 2
#: A table of addresses is taken to be complete when it has this share of the dwellings.
_COMPLETE = 0.5
#: Spread-out dwellings below this are none.
_EMPTY = 0.05


@dataclass
class _Square:
    """Cells of one square: groups that are large enough, and the cells that are not."""

    done: list[list[int]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


def build_blocks(ground: Ground, min_addresses: int) -> gpd.GeoDataFrame:
    """Cut a city into blocks.

    Parameters
    ----------
    ground : Ground
        The city and its cells.
    min_addresses : int
        Addresses (dwellings where no address is known) that a block holds at least; fewer only where the
        whole city has fewer. Where neither is known, blocks are squares of 500 m.

    Returns
    -------
    geopandas.GeoDataFrame
        ``addresses`` (NaN where unknown), ``place`` (tuple of street names), ``wijk``, ``stadsdeel``,
        geometry; every cell of the ground lies in exactly one block. A cell without any address is a block
        with 0.
    """
    cells = ground.cells
    addresses = addresses_per_cell(ground)
    column, row = (ground.grid.cells[name].to_numpy(dtype=int) for name in ("col", "row"))
    if addresses is None:
        side = max(1, round(UNKNOWN_M / ground.grid.cell_m))
        label = pd.Series(list(zip(column // side, row // side, strict=True))).factorize()[0]
        weight = cells["area_m2"].to_numpy(dtype=float)
    else:
        weight = addresses.to_numpy(dtype=float)
        # Blocks are numbered first; each empty cell comes after them with a number of its own.
        label = np.arange(len(cells), 2 * len(cells))
        lived = np.flatnonzero(weight >= _EMPTY)
        groups = _grouped(column[lived], row[lived], weight[lived], float(min_addresses))
        for number, group in enumerate(groups):
            label[lived[group]] = number
        weight = np.where(weight >= _EMPTY, weight, 0.0)
    return _described(ground, label, weight, known=addresses is not None)


def addresses_per_cell(ground: Ground) -> pd.Series | None:
    """Addresses per cell of the ground, dwellings where no address is known, None where neither is."""
    city = ground.city
    # A reference may know a few addresses only, such as those of known places.
    if len(city.addresses) > _COMPLETE * float(np.nansum(city.wijken["exposure"].to_numpy(dtype=float))):
        places = city.addresses[["street", "house_number"]].assign(cell=ground.grid.assign(city.addresses))
        # Boxes and flats at one door are one address to whoever looks for a person.
        counted = places.drop_duplicates()["cell"].value_counts()
        known: pd.Series = counted.reindex(ground.cells.index, fill_value=0).astype(float)
        return known
    dwellings = ground.dwellings
    return None if dwellings is None else dwellings.fillna(0.0)


def _grouped(column: np.ndarray, row: np.ndarray, weight: np.ndarray, enough: float) -> list[list[int]]:
    """Join cells upward, square by square, until every group weighs enough."""
    squares: dict[tuple[int, int], _Square] = {}
    for at, key in enumerate(zip(column.tolist(), row.tolist(), strict=True)):
        alone = weight[at] >= enough
        squares[key] = _Square([[at]], []) if alone else _Square([], [at])
    while len(squares) > 1:
        larger: dict[tuple[int, int], _Square] = {}
        for (x, y), square in sorted(squares.items()):
            joined = larger.setdefault((x >> 1, y >> 1), _Square())
            joined.done += square.done
            joined.left += square.left
        squares = larger
        for square in squares.values():
            _settle(square, weight, enough)
        if all(x in {0, -1} and y in {0, -1} for x, y in squares):
            break
    whole = _Square([group for square in squares.values() for group in square.done])
    whole.left = [at for square in squares.values() for at in square.left]
    _settle(whole, weight, enough)
    return whole.done + ([whole.left] if whole.left else [])


def _settle(square: _Square, weight: np.ndarray, enough: float) -> None:
    """Make a group of the cells that are left, or add them to the group that weighs least."""
    if not square.left:
        return
    if weight[square.left].sum() >= enough:
        square.done.append(square.left)
    elif square.done:
        min(square.done, key=lambda group: (weight[group].sum(), group)).extend(square.left)
    else:
        return
    square.left = []


def _described(ground: Ground, label: np.ndarray, weight: np.ndarray, *, known: bool) -> gpd.GeoDataFrame:
    cells = ground.cells.assign(block=label, weight=weight)
    nameless = np.flatnonzero(cells["wijk"].isna())  # the middle lies in a gap or an enclave
    for row in nameless:
        named = ground.city.named(cells.geometry.iloc[row])
        cells.iloc[row, cells.columns.get_indexer(["wijk", "stadsdeel"])] = named
    heaviest = cells.sort_values("weight", ascending=False, kind="stable").drop_duplicates("block")
    heaviest = heaviest.set_index("block").sort_index()
    shapes = cells.groupby("block").geometry.agg(lambda part: shapely.union_all(part.to_numpy()))
    blocks = gpd.GeoDataFrame(
        {
            "addresses": cells.groupby("block")["weight"].sum() if known else np.nan,
            "wijk": heaviest["wijk"],
            "stadsdeel": heaviest["stadsdeel"],
        },
        geometry=gpd.GeoSeries(shapes, crs=cells.crs),
        crs=cells.crs,
    )
    return blocks.assign(place=_streets(ground, blocks)).reset_index(drop=True)


def _streets(ground: Ground, blocks: gpd.GeoDataFrame) -> pd.Series:
    """Streets with most places in each block; the nearest one where there is none."""
    parts = [
        part[["street", "geometry"]] for part in (ground.city.streets, ground.city.addresses) if len(part)
    ]
    if not parts:
        return pd.Series([()] * len(blocks), index=blocks.index, dtype=object)
    places = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=blocks.crs)
    found = places.sjoin(blocks[["geometry"]], predicate="intersects")
    number = found.groupby(["block", "street"]).size().rename("number").reset_index()
    ranked = number.sort_values(["block", "number", "street"], ascending=[True, False, True])
    named = ranked.groupby("block")["street"].agg(lambda names: tuple(names.head(_MOST_STREETS)))
    bare = blocks.loc[blocks.index.difference(named.index), ["geometry"]]
    nearest = bare.sjoin_nearest(places).sort_values("street").groupby(level=0)["street"].first()
    told = {**named.to_dict(), **{block: (street,) for block, street in nearest.items()}}
    return pd.Series([told.get(block, ()) for block in blocks.index], index=blocks.index, dtype=object)
