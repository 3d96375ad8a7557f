"""Kernel density along streets: as many events per km of street, not per km2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from genk_geo.errors import ConfigError, SchemaError, one_of
from genk_geo.reference.streets.street_network import StreetNetwork
from genk_geo.show import Look, MappedFrame, Note
from genk_geo.stats.checks import plain_numbers
from genk_geo.stats.network.reach import Spots
from genk_geo.stats.network.segments import lixel_frame, pieces_of, placed_on
from genk_geo.stats.network.streets import build_streets

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

# Integral of the kernel from 0 to u: coefficients of u, u^3 and u^5.
_KERNELS = {"quartic": (15 / 16, -10 / 16, 3 / 16), "epanechnikov": (3 / 4, -1 / 4, 0.0)}
#: Paths that carry less than this part of an event are left.
_TOLERANCE = 1e-9

_LOOK = Look(
    "street_density",
    "density_per_km",
    "density",
    unit="per_km",
    tips=("density_per_km", "events"),
    private=True,
)


def network_density(
    segments: gpd.GeoDataFrame | StreetNetwork,
    events: gpd.GeoDataFrame,
    *,
    bandwidth_m: float = 300.0,
    method: Literal["continuous", "discontinuous"] = "continuous",
    kernel: Literal["quartic", "epanechnikov"] = "quartic",
    lixel_m: float = 10.0,
    max_distance_m: float = 50.0,
    weights: npt.ArrayLike | None = None,
) -> gpd.GeoDataFrame:
    """Kernel density of events along a street network, by the equal-split rule.

    At a node where n segments meet, a kernel goes on as 2/n in each of the others and -(n - 2)/n back
    (continuous), or as 1/(n - 1) in each of the others (discontinuous; what arrives at a dead end is lost).

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        LineStrings in a metric system.
    events : geopandas.GeoDataFrame
        Points.
    bandwidth_m : float, default 300
        Reach of the kernel in metres.
    method : {"continuous", "discontinuous"}, default "continuous"
        What happens at junctions.
    kernel : {"quartic", "epanechnikov"}, default "quartic"
        Shape: 15/(16 b) (1 - u^2)^2 or 3/(4 b) (1 - u^2).
    lixel_m : float, default 10
        Length of the pieces that get a value.
    max_distance_m : float, default 50
        Events further from every segment are left out (:func:`snap_to_network` tells which).
    weights : array_like, optional
        What each event counts for; 1 by default.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a piece: ``segment_id``, ``lixel``, ``length_m``, ``events`` (its part of the events) and
        ``density_per_km`` (mean over the piece), geometry. With the continuous rule ``events`` adds up to
        the events on the network.

    Raises
    ------
    ConfigError
        If an option is impossible.
    SchemaError
        If the segments or events are not right, or a weight is missing or negative.

    Notes
    -----
    Okabe, Satoh and Sugihara (2009), "A kernel density estimation method for networks". The paths are found
    once for each end of a segment, whatever the number of events on it, and the integral of the kernel over
    each piece is exact. Where streets are so short that the paths cannot be followed one by one, distances
    are rounded to about a thousandth of the bandwidth.

    Examples
    --------
    By the continuous rule no part of an event is lost, at a junction neither:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> events = gpd.GeoDataFrame(geometry=gpd.points_from_xy([60, 100], [0, 0], crs=31370))
    >>> pieces = gg.stats.network_density(streets, events, bandwidth_m=50)
    >>> round(float(pieces["events"].sum()), 6)
    2.0
    """
    from genk_geo.stats.network.paths import Rule, spread

    if not 0 < bandwidth_m < np.inf:
        raise ConfigError(
            "bandwidth_m is {bandwidth_m:g}, needed a number of metres above 0.", bandwidth_m=bandwidth_m
        )
    if kernel not in _KERNELS or method not in {"continuous", "discontinuous"}:
        raise ConfigError(
            "Kernel {kernel!r}, method {method!r}: needed {kernels}; continuous or discontinuous.",
            kernel=kernel,
            method=method,
            kernels=one_of(list(_KERNELS)),
        )
    network = StreetNetwork.from_segments(segments)
    pieces = pieces_of(network, lixel_m)
    placed = placed_on(network, events, max_distance_m)
    on = placed.segment >= 0
    mass = spread(
        build_streets(network),
        pieces.start,
        Spots(placed.segment[on], placed.offset_m[on]),
        _weights(weights, len(events))[on],
        Rule(float(bandwidth_m), _KERNELS[kernel], method == "continuous", _TOLERANCE),
    )
    table = lixel_frame(network, pieces, events=mass, density_per_km=mass / pieces.length_m * 1000.0)
    facts = (
        ("bandwidth", f"{bandwidth_m:g} m ({kernel}, {method})"),
        ("events", f"{int(on.sum()):,} of {len(events):,} on a street"),
    )
    return MappedFrame.of(table, _LOOK, facts, _says)


def _says(table: pd.DataFrame) -> tuple[Note, ...]:
    """All of it, and the busiest piece."""
    values = {"events": table["events"].sum(), "km": table["length_m"].sum() / 1000.0}
    return (Note("street_density", {**values, "peak": table["density_per_km"].max()}),)


def segment_density(
    segments: gpd.GeoDataFrame | StreetNetwork, density: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Density by whole segment.

    Parameters
    ----------
    segments : geopandas.GeoDataFrame or StreetNetwork
        The segments of the density.
    density : geopandas.GeoDataFrame
        From :func:`network_density`.

    Returns
    -------
    geopandas.GeoDataFrame
        The segments with ``events`` (their part of the events), ``density_per_km`` (mean) and
        ``peak_per_km`` (highest piece).

    Examples
    --------
    The kernels of three accidents stay on the first segment:

    >>> lines = [[[0, 0], [100, 0]], [[100, 0], [200, 0]]]
    >>> streets = gpd.GeoDataFrame(geometry=shapely.linestrings(lines), crs=31370)
    >>> events = gpd.GeoDataFrame(geometry=gpd.points_from_xy([30, 40, 70], [0, 0, 0], crs=31370))
    >>> pieces = gg.stats.network_density(streets, events, bandwidth_m=20)
    >>> gg.stats.segment_density(streets, pieces)["events"].round(6).tolist()
    [3.0, 0.0]
    """
    table = StreetNetwork.from_segments(segments).segments
    pieces = density.groupby("segment_id", sort=False)
    length, mass = pieces["length_m"].sum(), pieces["events"].sum()
    found = pd.DataFrame(
        {
            "events": mass,
            "density_per_km": mass / length * 1000.0,
            "peak_per_km": pieces["density_per_km"].max(),
        }
    )
    values = {str(name): column.reindex(table.index).to_numpy() for name, column in found.items()}
    return table.assign(**values)


def _weights(weights: npt.ArrayLike | None, n: int) -> npt.NDArray[np.float64]:
    if weights is None:
        return np.ones(n)
    values = plain_numbers(weights)
    if values.shape != (n,) or not (np.isfinite(values) & (values >= 0)).all():
        raise SchemaError("The weights must be {count} numbers of 0 or more, one for each event.", count=n)
    return values
