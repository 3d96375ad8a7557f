"""Layers of the user's own are no way out for places of incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from genk_geo.errors import DisclosureError, Message
from genk_geo.release.level import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import numpy.typing as npt

    from genk_geo.config import ReleaseSettings
    from genk_geo.results import Overlay

#: Less than the distance between two front doors, more than what rounding to five decimals of a degree and
#: another operation between two coordinate systems move a point.
NEAR_M = 3.0
#: A school, a bar or a crossing has incidents exactly on it now and then; a list of incidents has more.
LEAST_PLACES = 5
#: Of the features of a layer, and of one whose features are said to be places that everybody knows. Places of
#: a city that are picked without knowledge of incidents seldom have one within three metres; those that draw
#: incidents (schools, stations) may, so that for them it is said who they are.
MOST_SHARE = 0.1
MOST_SHARE_KNOWN = 0.5


def check_overlays(
    overlays: Iterable[Overlay], incidents: gpd.GeoDataFrame, releases: Iterable[ReleaseSettings]
) -> None:
    """Refuse layers whose features stand where incidents were, unless only analysts see them.

    A feature stands on incidents when every corner of it lies within 3 m of one (a point has one corner), or,
    of an area, its middle. A layer is refused when such features cover at least 5 places of incidents and are
    a tenth of the layer: one school with an incident on its doorstep is no leak, a list of burglaries is.
    Incidents that are known to a well-known place only (geocode level ``poi``) do not count: their point is
    that of the place, which a layer of such places has too.

    Parameters
    ----------
    overlays : iterable of Overlay
        Layers that were read, in the system of the incidents.
    incidents : geopandas.GeoDataFrame
        The whole history (contract ``incidents``): a place of years ago is as much a place as one of today.
    releases : iterable of ReleaseSettings
        Who reads the pages.

    Raises
    ------
    DisclosureError
        With the name of the layer, how much of it stands on incidents, and what to do.
    """
    levels = {Level.seen_by(release) for release in releases}
    seen = [one for one in overlays if Level.AREAS in levels or (one.public and Level.WIJKEN in levels)]
    exact = incidents[incidents.geometry.notna() & (incidents["geocode_level"] != "poi")]
    places = shapely.STRtree(
        shapely.points(np.unique(shapely.get_coordinates(exact.geometry.to_numpy()), axis=0))
    )
    for overlay in seen:
        _check(overlay, places)


def judged_by(overlays: Iterable[Overlay]) -> npt.NDArray[np.float64]:
    """Points of layers that :func:`check_overlays` looks at: no incident counts that is 3 m from all of them.

    Parameters
    ----------
    overlays : iterable of Overlay
        Layers that were read.

    Returns
    -------
    numpy.ndarray, shape (n, 2)
        Corners, and middles of areas.
    """
    parts = [shapely.get_parts(overlay.features.geometry.to_numpy()) for overlay in overlays]
    shapes = np.concatenate([np.empty(0, dtype=object), *parts])
    areas = shapes[shapely.get_dimensions(shapes) == 2]
    return np.concatenate([shapely.get_coordinates(shapes), shapely.get_coordinates(shapely.centroid(areas))])


def _check(overlay: Overlay, places: shapely.STRtree) -> None:
    parts = shapely.get_parts(overlay.features.geometry.to_numpy())
    on = [_places_under(part, places) for part in parts]
    standing, covered = sum(map(bool, on)), len(set().union(*on))
    most = MOST_SHARE_KNOWN if overlay.known_places else MOST_SHARE
    if covered >= LEAST_PLACES and standing >= most * len(parts):
        told = Message(
            "{standing} of its {count} features stand where incidents of the history were",
            standing=standing,
            count=len(parts),
        )
        raise DisclosureError(
            "{table} {overlay}: {told} ({covered} places), and others than analysts would see it. "
            "Leave it out of {table}, or replace it by areas. {advice}",
            table=overlay.table,
            overlay=overlay.name,
            told=told,
            covered=covered,
            advice=_advice(overlay),
        )


def _advice(overlay: Overlay) -> str:
    if overlay.known_places:
        return Message("That everybody knows its places does not explain so many.")
    return Message(
        "If its features are places that everybody knows, such as schools, whatever happened there, say so "
        "with `known_places = true` under it."
    )


def _places_under(part: shapely.Geometry, places: shapely.STRtree) -> set[int]:
    """Incident places that a feature stands on: under all its corners, or under the middle of an area."""
    under = _under(shapely.get_coordinates(part), places)
    if under is None and shapely.get_dimensions(part) == 2:
        under = _under(shapely.get_coordinates(shapely.centroid(part)), places)
    return under or set()


def _under(corners: npt.NDArray[np.float64], places: shapely.STRtree) -> set[int] | None:
    """Places near corners, if there is one near each of them."""
    corner, place = places.query(shapely.points(corners), predicate="dwithin", distance=NEAR_M)
    return set(place.tolist()) if len(np.unique(corner)) == len(corners) else None
