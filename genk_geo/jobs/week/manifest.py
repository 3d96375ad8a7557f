"""How a week was made, as far as the readers of a release may know."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genk_geo.release import Level
from genk_geo.show.leaflet import page_libraries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genk_geo.config import ReleaseSettings, Settings
    from genk_geo.ingestion import IngestReport
    from genk_geo.jobs.deliveries import Delivery
    from genk_geo.results import ThemeWeek, Traffic, WeekResult

#: Tables of the settings that change no figure: hosts, folders and addresses of the operator.
_OF_THE_OPERATOR = ("inbox", "gates", "running", "shares", "notify")
#: Libraries whose version can change a figure or a page.
LIBRARIES = ("genk_geo", "numpy", "pandas", "geopandas", "shapely", "scipy", "numba", "duckdb", "folium")


@dataclass(frozen=True)
class Inputs:
    """What came in for a run.

    Attributes
    ----------
    reports : tuple of IngestReport
        What became of each supplier file.
    deliveries : tuple of Delivery
        What came in of each source.
    accepted : mapping of str to str
        Gate -> why data that did not pass it was taken.
    """

    reports: tuple[IngestReport, ...]
    deliveries: tuple[Delivery, ...] = ()
    accepted: Mapping[str, str] = field(default_factory=dict)


def build_manifest(
    settings: Settings,
    release: ReleaseSettings,
    result: WeekResult,
    inputs: Inputs,
) -> dict[str, Any]:
    """Say how a release was made; no moment of running in it, so that the same input gives the same bytes.

    Parameters
    ----------
    settings : Settings
        Settings of the run.
    release : ReleaseSettings
        Who reads it, with nothing left open.
    result : WeekResult
        What was found.
    inputs : Inputs
        What came in.

    Returns
    -------
    dict
        ``week``, ``as_of``, ``release``, ``settings`` (no folders), ``versions`` and ``page_libraries``
        (version and checksum of what is inside the pages); for an analist also ``inputs``,
        ``deliveries``, ``rows``, ``themes``, ``environment`` and ``traffic``. What is for others holds
        nothing that was counted or computed from rows: a checksum of a small file, or exact numbers of
        rows, give its rows away.
    """
    level = Level.seen_by(release)
    told: dict[str, Any] = {
        "week": str(result.week),
        "as_of": result.as_of.isoformat(),
        "release": release.model_dump(mode="json"),
        "settings": _settings(settings, names=level.shows_points),
        "versions": {name: version(name) for name in LIBRARIES},
        "page_libraries": page_libraries(),
    }
    if not level.shows_points:
        return told
    return told | {
        "traffic": None if result.traffic is None else _points(result.traffic),
        "inputs": [_input(report) for report in inputs.reports],
        "deliveries": [delivery.told() for delivery in inputs.deliveries],
        **({"accepted": dict(inputs.accepted)} if inputs.accepted else {}),
        "rows": {
            "in": result.quality.rows_in,
            "incidents": result.quality.incidents,
            "duplicates": result.quality.duplicates,
            "rejects": result.quality.rejects,
        },
        "themes": {
            look.theme: {
                "window": f"{look.window.first}/{look.window.last}",
                "in_window": look.in_window,
                "located": look.located,
                "too_few": look.too_few,
                "hot_cells": len(look.hotspots),
                "areas": look.areas["status"].value_counts().sort_index().to_dict(),
                **_ahead(look),
            }
            for look in result.themes
        },
        "environment": {
            look.theme: {
                "zones": len(look.zones),
                "budget": look.budget,
                "capture": None if math.isnan(look.capture) else round(look.capture, 4),
                "baseline": None if math.isnan(look.baseline) else round(look.baseline, 4),
            }
            for look in result.environments
        },
    }


def _ahead(look: ThemeWeek) -> dict[str, Any]:
    """What was found of a theme besides hotspots; None for what was not looked for or could not be told."""
    model = None if look.outlook is None else look.outlook.model
    repeat = look.near_repeat
    return {
        "signals": None if look.signals is None else len(look.signals),
        "near_repeat": None
        if repeat is None
        else {
            "too_few": repeat.too_few,
            "distance_m": repeat.distance_m,
            "days": repeat.days,
            "zones": len(repeat.zones),
            "strings": len(repeat.strings),
        },
        "outlook": {"model": model, "places": None if look.outlook is None else len(look.outlook.places)},
    }


def _points(traffic: Traffic) -> dict[str, Any]:
    """Dangerous points by status, and stretches."""
    return {
        "points": traffic.points["status"].value_counts().sort_index().to_dict(),
        "stretches": len(traffic.stretches),
    }


def _input(report: IngestReport) -> dict[str, Any]:
    return {
        "sha256": report.sha256,
        "profile": Path(report.profile).stem,
        "rows_in": report.rows_in,
        "incidents": report.incidents,
        "duplicates": report.duplicates,
        "rejects": report.rejects,
        "reasons": report.reasons,
        "file": report.file,
        "warnings": report.warnings,
        "brought": report.brought,
    }


def _settings(settings: Settings, *, names: bool) -> dict[str, Any]:
    """Settings without those of the other releases, and with no more of a path than its name."""
    told = settings.model_dump(mode="json", exclude={"store", "out", "releases", *_OF_THE_OPERATOR})
    cleaned: dict[str, Any] = _without_paths(told, names=names)
    return cleaned


def _without_paths(value: Any, *, names: bool) -> Any:
    """The folders of a machine are nobody's business; names of files may hold names of people."""
    if isinstance(value, dict):
        parts = {key: _without_paths(part, names=names) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part is not None or value[key] is None}
    if isinstance(value, list):
        return [_without_paths(part, names=names) for part in value]
    if isinstance(value, str) and Path(value).is_absolute():
        return Path(value).name if names else None
    return value
