"""Accidents on the street network, at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genk_geo.cli._options import ConfigOption  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from genk_geo.results import Traffic

traffic_app = typer.Typer(help="Accidents on the street network.", no_args_is_help=True)


@traffic_app.command("show")
def traffic_show(
    *,
    week: Annotated[
        str | None,
        typer.Option(help="Last week that counts, such as 2026-W46; by default the period of the pages."),
    ] = None,
    config: ConfigOption = None,
    out: Annotated[Path | None, typer.Option(help="Also write the layers to this GeoPackage.")] = None,
) -> None:
    """Dangerous points and stretches of the last years, from the history; nothing is published."""
    from rich import print as say

    from genk_geo.jobs.traffic.look import look_at_traffic, write_layers

    found = look_at_traffic(config, week=week)
    _print(found)
    if out is not None:
        write_layers(found, out)
        say(f"Layers for analysts, with exact places, in {out}")


@traffic_app.command("network")
def traffic_network(
    *,
    out: Annotated[Path, typer.Option(help="GeoPackage to write.")] = Path("streets.gpkg"),
    source: Annotated[
        Path | None, typer.Option("--from", help="Local .osm, GraphML or layer instead of a download.")
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="Name for the search service, such as 'Genk, Belgium'.")
    ] = None,
    overpass: Annotated[
        str | None, typer.Option(help="Another Overpass server, up to and with /api.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Fetch the streets of the city, or read them from a file, and write them as one layer."""
    from rich.console import Console

    from genk_geo.config import Settings
    from genk_geo.reference import City, StreetNetwork

    settings = Settings.load(config)
    city = City.from_settings(settings.city, settings.grouping)
    if source is not None:
        streets = StreetNetwork.load(source, crs=city.crs, columns=settings.network.columns)
    else:
        streets = StreetNetwork.download(place or city, crs=city.crs, overpass_url=overpass)
    streets.save(out)
    text = f'{streets!r}\nName it in the settings: [network] path = "{out.name}"'
    Console().print(text, markup=False, highlight=False)


def _print(found: Traffic) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False)
    snapping = found.snapping
    lost = ", ".join(f"{count} x {reason}" for reason, count in snapping.lost.items()) or "none"
    console.print(
        f"{found.start:%Y-%m-%d} to {found.end:%Y-%m-%d} (not in it): {snapping.injury} injury accidents, "
        f"{snapping.on_network} on {found.length_km:.0f} km of street; lost: {lost}"
    )
    if found.fictitious:
        console.print("The streets are fictitious.")
    table = Table("nr", "status", "kind", "place", "score", "accidents", "expected", "q", "listed at radii")
    for number, row in zip(found.points.index, found.points.to_dict("records"), strict=True):
        table.add_row(
            str(number), row["status"], row["kind"], ", ".join(row["place"]), f"{row['score']:.1f}",
            str(row["accidents"]), f"{row['expected']:.2f}", f"{row['q_value']:.3f}",
            f"{row['listed_in']} of {len(found.radii_m)}",
        )  # fmt: skip
    console.print(table)
    console.print(f"By chance alone the rule would list {found.by_chance:.1f} points.")
    stretches = Table("nr", "place", "length m", "observed", "expected", "p")
    for number, row in zip(found.stretches.index, found.stretches.to_dict("records"), strict=True):
        stretches.add_row(
            str(number), ", ".join(row["place"]), f"{row['length_m']:.0f}", str(row["observed"]),
            f"{row['expected']:.2f}", f"{row['p_value']:.3f}",
        )  # fmt: skip
    console.print(stretches)
