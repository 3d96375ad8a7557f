"""Where a layer of streets keeps the name, class and speed of each street."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from genk_geo.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

#: What may stand in a column of another name.
TELLABLE = ("segment_id", "name", "road_class", "speed_kmh")


class LayerColumns:
    """Columns of a layer by the name that was told or one that is usual."""

    def __init__(self, layer: gpd.GeoDataFrame, source: str, told: Mapping[str, str]) -> None:
        if unknown := set(told) - set(TELLABLE):
            raise ConfigError(
                "Columns of a street network: {unknown} is not one of {tellable}.",
                unknown=", ".join(sorted(unknown)),
                tellable=", ".join(TELLABLE),
            )
        self._layer, self._source, self._told = layer, source, told

    def find(self, name: str, *usual: str) -> pd.Series[Any]:
        """Column that was told for a name, or the first usual one that is there; empty where none is."""
        told = self._told.get(name)
        if told is not None and told not in self._layer:
            raise ConfigError(
                "{source} has no column {told!r}. It has {columns}.",
                source=self._source,
                told=told,
                columns=", ".join(map(str, self._layer.columns)),
            )
        for column in [told] if told is not None else [name, *usual]:
            if column in self._layer:
                return pd.Series(self._layer[column])
        return pd.Series(None, index=self._layer.index, dtype="object")

    def text(self, name: str, *usual: str) -> pd.Series[str]:
        """The same as text, missing where nothing is said."""
        found = self.find(name, *usual).astype("object")
        return (
            found.where(found.notna() & (found != ""), None).map(_one_text, na_action="ignore").astype("str")
        )

    def identities(self) -> list[str]:
        """Names that are unique: parts of one line get a number."""
        found = self.find("segment_id")
        names = [str(at) for at in (self._layer.index if found.isna().all() else found)]
        seen: dict[str, int] = {}
        unique = []
        for own in names:
            seen[own] = seen.get(own, 0) + 1
            unique.append(own if seen[own] == 1 else f"{own}#{seen[own]}")
        return unique


def _one_text(value: Any) -> str:
    """First of a list, as OpenStreetMap data may have it."""
    return str(value[0]) if isinstance(value, (list, tuple)) and value else str(value)
