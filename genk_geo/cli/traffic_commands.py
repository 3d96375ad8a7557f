"""Accidents on the street network, at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genk_geo.cli.console import short, show_table, words
from genk_geo.cli.options import ConfigOption, LangOption

if TYPE_CHECKING:
    from genk_geo.render.words.texts import Texts
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
    lang: LangOption = None,
) -> None:
    """Dangerous points and stretches of the last years, from the history; nothing is published."""
    from genk_geo.config import Settings
    from genk_geo.jobs.desk.accident_layers import look_at_traffic, write_layers

    settings = Settings.load(config, lang=lang)
    t = words(settings.lang)
    found = look_at_traffic(settings, week=week)
    _show(found, t)
    if out is not None:
        write_layers(found, out)
        typer.echo(t("console.traffic.layers", path=short(out)))


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
    from genk_geo.config import Settings
    from genk_geo.reference import City, StreetNetwork

    settings = Settings.load(config)
    city = City.from_settings(settings.city, settings.grouping)
    if source is not None:
        streets = StreetNetwork.load(source, crs=city.crs, columns=settings.network.columns)
    else:
        streets = StreetNetwork.download(place or city, crs=city.crs, overpass_url=overpass)
    streets.save(out)
    typer.echo(repr(streets))
    typer.echo(words(settings.lang)("console.traffic.named", name=short(out)))


def _show(found: Traffic, t: Texts) -> None:
    snapping = found.snapping
    lost = ", ".join(f"{count} x {reason}" for reason, count in snapping.lost.items())
    period = {"start": f"{found.start:%Y-%m-%d}", "end": f"{found.end:%Y-%m-%d}"}
    counted = {"injury": snapping.injury, "on_network": snapping.on_network, "km": f"{found.length_km:.0f}"}
    typer.echo(t("console.traffic.period", lost=lost or t("console.traffic.nothing"), **period, **counted))
    if found.fictitious:
        typer.echo(t("console.traffic.fictitious"))
    points = [
        (
            number, row["status"], row["kind"], ", ".join(row["place"]), f"{row['score']:.1f}",
            row["accidents"], f"{row['expected']:.2f}", f"{row['q_value']:.3f}",
            t("console.traffic.listed", listed=row["listed_in"], of=len(found.radii_m)),
        )
        for number, row in zip(found.points.index, found.points.to_dict("records"), strict=True)
    ]  # fmt: skip
    show_table(t.names("console.traffic.points"), points, left=(1, 2, 3))
    typer.echo(t("console.traffic.by_chance", points=f"{found.by_chance:.1f}"))
    stretches = [
        (
            number, ", ".join(row["place"]), f"{row['length_m']:.0f}", row["observed"],
            f"{row['expected']:.2f}", f"{row['p_value']:.3f}",
        )
        for number, row in zip(found.stretches.index, found.stretches.to_dict("records"), strict=True)
    ]  # fmt: skip
    show_table(t.names("console.traffic.stretches"), stretches, left=(1,))
