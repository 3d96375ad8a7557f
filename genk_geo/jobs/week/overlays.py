"""Layers of the user's own for the maps: read, checked and brought into the city's coordinate system."""

from __future__ import annotations

import logging
from glob import escape
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from genk_geo.crs import reproject
from genk_geo.doors import read_layer, within
from genk_geo.errors import ConfigError, Message
from genk_geo.reference.backdrop.layers import read_map_layer
from genk_geo.release import NEAR_M as ON_INCIDENTS_M
from genk_geo.release import check_overlays, judged_by
from genk_geo.results import Overlay
from genk_geo.store.tallies import places_near

if TYPE_CHECKING:
    from genk_geo.config import OverlaySettings, Settings
    from genk_geo.jobs.session import Session
    from genk_geo.reference import City
    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.store import Store

log = logging.getLogger(__name__)

#: More features than this make a page heavy and a map unreadable.
MOST_FEATURES = 2000
#: Features so far outside the city are still drawn; a layer of which none lies nearer is a mistake.
NEAR_M = 1000.0
#: Columns in which a layer often keeps its names.
_NAMES = ("name", "naam", "label", "title", "titel")
_NAME_LENGTH = 120


def overlays(settings: Settings, city: City) -> tuple[Overlay, ...]:
    """Load every layer that the settings name under ``[[overlays]]``.

    Parameters
    ----------
    settings : Settings
        With absolute paths.
    city : City
        Gives the coordinate system and the area.

    Returns
    -------
    tuple of Overlay
        In the order of the settings; only features in or near the city.

    Raises
    ------
    ConfigError
        If a file is missing or damaged, lies outside the folder of the settings and those under
        `overlay_folders`, holds no features, has too many of them, has no coordinate system,
        lacks the column that is named, or lies elsewhere.
    """
    for each in settings.overlays:
        _check_place(each, settings)
    return tuple(load_overlay(each, city) for each in settings.overlays)


def checked_overlays(session: Session, store: Store) -> tuple[Overlay, ...]:
    """Layers of the user's own, none of which gives away where incidents were.

    Parameters
    ----------
    session : Session
        Settings and city.
    store : Store
        The history.

    Returns
    -------
    tuple of Overlay
        As :func:`overlays` reads them.

    Raises
    ------
    ConfigError
        If a layer cannot be used.
    DisclosureError
        If one stands where incidents were.
    """
    return _checked(overlays(session.settings, session.city), session, store)


def checked_backdrop(session: Session, store: Store) -> Backdrop:
    """What lies under the maps, of which no layer gives away where incidents were.

    Parameters
    ----------
    session, store
        As for :func:`checked_overlays`.

    Returns
    -------
    Backdrop
        That of the session.

    Raises
    ------
    ConfigError
        If a layer cannot be used.
    DisclosureError
        If places or areas under ``[map]`` stand where incidents were: a wrong file, such as a list of these.
    """
    _checked(_places_of_backdrop(session), session, store)
    return session.backdrop


def _checked(found: tuple[Overlay, ...], session: Session, store: Store) -> tuple[Overlay, ...]:
    if found:
        near = places_near(store, judged_by(found), ON_INCIDENTS_M)
        check_overlays(found, near, session.settings.resolved_releases)
    return found


def _places_of_backdrop(session: Session) -> tuple[Overlay, ...]:
    """What the settings draw under the maps that could be a list of incidents: points, areas."""
    own = session.settings.map
    layers = [(name, told) for name in ("landmarks", "green", "water") if (told := getattr(own, name))]
    read = [(name, read_map_layer(name, told, session.city)) for name, told in layers]
    return tuple(
        Overlay(name, "", features, public=True, known_places=True, table="[map]") for name, features in read
    )


def _check_place(overlay: OverlaySettings, settings: Settings) -> None:
    """A layer goes to readers as it is, so it may not be fetched from just anywhere, nor by a link."""
    folders = (settings.folder, *settings.overlay_folders)
    files = [overlay.path]
    if overlay.path.suffix.lower() == ".shp":
        files += sorted(overlay.path.parent.glob(f"{escape(overlay.path.stem)}.*"))
    for file in files:
        within(file, folders, Message("[[overlays]] {overlay}", overlay=overlay.name))


def load_overlay(overlay: OverlaySettings, city: City) -> Overlay:
    """Load one layer; see :func:`overlays`."""
    where = f"[[overlays]] {overlay.name}: {overlay.path.name}"
    layer = _read(overlay, where)
    if layer.crs is None:
        raise ConfigError(
            "{where} does not say its coordinate reference system. Save it with one.", where=where
        )
    names = _names(layer, overlay, where)
    features = gpd.GeoDataFrame(
        {"name": names}, geometry=shapely.force_2d(layer.geometry.to_numpy()), crs=layer.crs
    )
    whole = ~(features.geometry.isna() | features.geometry.is_empty)
    moved = reproject(features[whole], city.crs, where)
    moved = moved.set_geometry(moved.geometry.make_valid())
    near = moved[moved.intersects(city.wijken.union_all().buffer(NEAR_M))].reset_index(drop=True)
    if near.empty:
        raise ConfigError(
            "{where}: none of its {count} features lies in {city}. Are its coordinates in the order and the "
            "system that the file says (GeoJSON: longitude, latitude)?",
            where=where,
            count=len(features),
            city=city.name,
        )
    if len(near) > MOST_FEATURES:
        raise ConfigError(
            "{where} has {count} features; a map carries at most {most_features}. Keep those that matter.",
            where=where,
            count=len(near),
            most_features=MOST_FEATURES,
        )
    if left := len(features) - len(near):
        log.info("%s: %d features outside %s or without a place are left out", where, left, city.name)
    return Overlay(
        overlay.name, overlay.label, near, public=overlay.public, known_places=overlay.known_places
    )


def _read(overlay: OverlaySettings, where: str) -> gpd.GeoDataFrame:
    layer = read_layer(overlay.path, where)
    if layer.empty:
        raise ConfigError("{where} holds no features with a place.", where=where)
    return layer


def _names(layer: gpd.GeoDataFrame, overlay: OverlaySettings, where: str) -> list[str]:
    """Name of each feature; empty where none is known."""
    columns = {str(column).casefold(): column for column in layer.columns}
    asked = overlay.column.casefold()
    if asked and asked not in columns:
        known = ", ".join(
            str(column) for column in layer.columns if column != layer.geometry.name
        ) or Message("none")
        raise ConfigError(
            "{where} has no column {column!r} (`column`). It has: {known}.",
            where=where,
            column=overlay.column,
            known=known,
        )
    found = columns.get(asked) if asked else next((columns[name] for name in _NAMES if name in columns), None)
    return [""] * len(layer) if found is None else [_on_one_line(value) for value in layer[found]]


def _on_one_line(value: Any) -> str:
    """One line of text, not endless."""
    text = " ".join(str(value).split()) if isinstance(value, str | int) else ""
    return text if len(text) <= _NAME_LENGTH else text[: _NAME_LENGTH - 1] + "…"
