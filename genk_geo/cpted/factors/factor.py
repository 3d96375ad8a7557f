"""A risk factor: features of the environment, or a value for every cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from genk_geo.errors import ConfigError, SchemaError, one_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Direction = Literal["aggravating", "protective", "unknown"]
Quality = Literal["zichtbaarheid", "eenduidigheid", "toegankelijkheid", "aantrekkelijkheid"]
Kind = Literal["proximity", "density", "value"]

#: The four qualities of "Veilig Ontwerp en Beheer".
QUALITIES: tuple[Quality, ...] = get_args(Quality)
#: How a factor can work: by being near, by standing close together, by its value in the cell.
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, eq=False)
class Factor:
    """Something in the environment that may go together with incidents.

    Attributes
    ----------
    name : str
        Key of the factor.
    features : geopandas.GeoDataFrame or None
        Points, lines or polygons in the grid's coordinate system.
    per_cell : pandas.Series or None
        A value for every cell of the grid instead, such as the mean of a raster; NaN where unknown.
    kinds : tuple of str
        Operationalisations to try, of ``proximity``, ``density`` and ``value``; empty: those that fit.
    direction : {"aggravating", "protective", "unknown"}
        What is expected; the fit is free to say otherwise.
    quality : str or None
        The CPTED quality that it belongs to.
    label : str
        What readers call it; empty: the name.

    Examples
    --------
    Features can work by being near and by standing close together:

    >>> stops = gpd.GeoDataFrame(geometry=gpd.points_from_xy([228500], [184500], crs=31370))
    >>> factor = gg.cpted.Factor("haltes", stops, direction="aggravating")
    >>> factor.kinds, factor.label
    (('proximity', 'density'), 'haltes')
    """

    name: str
    features: gpd.GeoDataFrame | None = None
    per_cell: pd.Series[float] | None = None
    kinds: tuple[Kind, ...] = field(default=())
    direction: Direction = "unknown"
    quality: Quality | None = None
    label: str = ""

    def __post_init__(self) -> None:
        if (self.features is None) == (self.per_cell is None):
            raise SchemaError("Factor {name}: needed one of features and per_cell.", name=self.name)
        fitting: tuple[Kind, ...] = ("proximity", "density") if self.per_cell is None else ("value",)
        wrong = [kind for kind in self.kinds if kind not in fitting]
        if wrong:
            raise ConfigError(
                "Factor {name}: {wrong} does not go with what is given; needed {fitting}.",
                name=self.name,
                wrong=", ".join(wrong),
                fitting=one_of(fitting),
            )
        if self.direction not in get_args(Direction):
            raise ConfigError(
                "Factor {name}: direction {direction!r}, needed {known}.",
                name=self.name,
                direction=self.direction,
                known=", ".join(get_args(Direction)),
            )
        if self.quality is not None and self.quality not in QUALITIES:
            raise ConfigError(
                "Factor {name}: quality {quality!r}, needed {qualities}.",
                name=self.name,
                quality=self.quality,
                qualities=", ".join(QUALITIES),
            )
        object.__setattr__(self, "kinds", self.kinds or fitting)
        object.__setattr__(self, "label", self.label or self.name)
