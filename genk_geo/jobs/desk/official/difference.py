"""What a new reference changes: streets that came, went or were renamed, borders, and who changes wijk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from genk_geo.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from genk_geo.config import Settings
    from genk_geo.reference import City

#: A house that stood so near under its old street is the same house.
_SAME_HOUSE_M = 10.0
#: A street was renamed when so much of its houses bear the new name.
_RENAMED = 0.6
#: Less than this moved is a border that was drawn anew.
_LEAST_HA = 0.1


@dataclass(frozen=True)
class Difference:
    """Between two versions of a city.

    Attributes
    ----------
    new, gone : tuple of str
        Names of streets.
    renamed : tuple of (str, str)
        Old name, new name.
    borders : dict of str to float
        Wijk -> hectares that it gained or lost together, the most first.
    moved : pandas.DataFrame
        ``old``, ``new`` (wijken; empty: outside the city) and ``incidents``; for analysts only.
    placed : int
        Incidents on record that have a place.
    """

    new: tuple[str, ...]
    gone: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    borders: dict[str, float]
    moved: pd.DataFrame
    placed: int

    @property
    def moving(self) -> int:
        """Incidents that change wijk."""
        return int(self.moved["incidents"].sum())

    def told(self) -> dict[str, Any]:
        """For the file beside the layers, which is for analysts."""
        return {
            "streets_new": list(self.new),
            "streets_gone": list(self.gone),
            "streets_renamed": [list(pair) for pair in self.renamed],
            "borders_moved_ha": self.borders,
            "incidents_placed": self.placed,
            "incidents_change_wijk": self.moved.to_dict("records"),
        }


NOTHING = Difference((), (), (), {}, pd.DataFrame({"old": [], "new": [], "incidents": []}), 0)


def differences(old: City, new: City, settings: Settings) -> Difference:
    """Hold two versions of a city against each other.

    Parameters
    ----------
    old, new : City
        In the same system.
    settings : Settings
        Where the history is; without one no incident moves.

    Returns
    -------
    Difference
    """
    before, after = set(old.streets["street"]), set(new.streets["street"])
    gone, came = sorted(before - after), sorted(after - before)
    renamed = _renamed(old.addresses, new.addresses, gone, came)
    moved, placed = _moved(old, new, settings)
    return Difference(
        new=tuple(name for name in came if name not in {pair[1] for pair in renamed}),
        gone=tuple(name for name in gone if name not in {pair[0] for pair in renamed}),
        renamed=tuple(renamed),
        borders=_borders(old.wijken, new.wijken),
        moved=moved,
        placed=placed,
    )


def _renamed(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, gone: Sequence[str], came: Sequence[str]
) -> list[tuple[str, str]]:
    """Streets whose houses stand where they stood, under the same numbers and another name."""
    left, right = old[old["street"].isin(gone)], new[new["street"].isin(came)]
    if left.empty or right.empty:
        return []
    tree = shapely.STRtree(right.geometry.to_numpy())
    mine, theirs = tree.query(left.geometry.to_numpy(), "dwithin", distance=_SAME_HOUSE_M)
    pairs = pd.DataFrame(
        {
            "old": left["street"].to_numpy(object)[mine],
            "new": right["street"].to_numpy(object)[theirs],
            "house": mine,
            "same": left["house_number"].to_numpy(object)[mine]
            == right["house_number"].to_numpy(object)[theirs],
        }
    )
    shared = pairs[pairs["same"]].groupby(["old", "new"])["house"].nunique().reset_index()
    shared["share"] = shared["house"] / shared["old"].map(left.groupby("street").size())
    best = shared.sort_values(["share", "old", "new"], ascending=[False, True, True]).drop_duplicates("old")
    best = best[best["share"] >= _RENAMED].drop_duplicates("new").sort_values("old")
    return list(zip(best["old"], best["new"], strict=True))


def _borders(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> dict[str, float]:
    before, after = (frame.set_index("wijk").geometry for frame in (old, new))
    found = {}
    for name in sorted(set(before.index) | set(after.index)):
        one, other = (side.get(name, shapely.Polygon()) for side in (before, after))
        hectares = shapely.symmetric_difference(one, other).area / 10_000
        if hectares >= _LEAST_HA:
            found[str(name)] = round(float(hectares), 1)
    return dict(sorted(found.items(), key=lambda part: (-part[1], part[0])))


def _moved(old: City, new: City, settings: Settings) -> tuple[pd.DataFrame, int]:
    """Incidents by the wijk in which their point lay and lies."""
    nobody = pd.DataFrame({"old": pd.Series(dtype="str"), "new": pd.Series(dtype="str"), "incidents": []})
    if not settings.store.exists():
        return nobody.astype({"incidents": int}), 0
    with Store.open(settings.store, crs=old.crs, timezone=old.timezone, read_only=True) as store:
        incidents = store.incidents()
    points = incidents.geometry[incidents.geometry.notna()].to_numpy()
    if not len(points):
        return nobody.astype({"incidents": int}), 0
    x, y = shapely.get_x(points), shapely.get_y(points)
    sides = {
        side: city.locate(x, y)["wijk"].fillna("").astype("str")
        for side, city in (("old", old), ("new", new))
    }
    table = pd.DataFrame(sides)
    other = table[table["old"] != table["new"]]
    counts = other.groupby(["old", "new"]).size().rename("incidents").reset_index()
    order = np.lexsort((counts["new"], counts["old"], -counts["incidents"]))
    return counts.iloc[order].reset_index(drop=True), len(points)
