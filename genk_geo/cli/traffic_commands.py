"""Accidents on the street network."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genk_geo.cli.console import say, say_rows, short, texts_of
from genk_geo.cli.options import ConfigOption, LangOption, file_to_write, settings_from

if TYPE_CHECKING:
    from collections.abc import Hashable

    from genk_geo.render.words.texts import Texts
    from genk_geo.results import Traffic

traffic_app = typer.Typer(help="Accidents on the street network.", no_args_is_help=True)


@traffic_app.command("show")
def show(
    *,
    week: Annotated[
        str | None,
        typer.Option(help="Last week that counts, such as 2026-W46; by default the period of the pages."),
    ] = None,
    config: ConfigOption = None,
    out: Annotated[
        Path | None, file_to_write(says="Also write the layers to this GeoPackage.", endings=(".gpkg",))
    ] = None,
    lang: LangOption = None,
) -> None:
    """Dangerous points and stretches of the last years, from the history; nothing is published."""
    from genk_geo.jobs.desk.accident_layers import look_at_traffic, write_layers

    settings = settings_from(config, lang)
    texts = texts_of(settings)
    found = look_at_traffic(settings, week=week)
    _say_losses(found, texts)
    _say_points(found, texts)
    _say_stretches(found, texts)
    if out is not None:
        write_layers(found, out)
        say(texts("console.traffic.layers", path=short(out)))


@traffic_app.command("network")
def network(
    *,
    out: Annotated[Path, file_to_write(says="GeoPackage to write.", endings=(".gpkg",))] = Path(
        "streets.gpkg"
    ),
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
    lang: LangOption = None,
) -> None:
    """Fetch the streets of the city, or read them from a file, and write them as one layer."""
    from genk_geo.doors import check_apart
    from genk_geo.reference import City, StreetNetwork

    settings = settings_from(config, lang)
    check_apart([config, source], [out])
    texts = texts_of(settings)
    city = City.of(settings)
    if source is not None:
        streets = StreetNetwork.load(source, crs=city.crs, columns=settings.network.columns)
    else:
        streets = StreetNetwork.download(place or city, crs=city.crs, overpass_url=overpass)
    streets.save(out)
    km = texts.number(streets.segments["length_m"].sum() / 1000, 1)
    told = {"segments": texts.number(len(streets)), "km": km, "source": streets.source}
    say(texts("console.traffic.network", **told, path=short(out)))
    say(texts("console.traffic.name_it", path=f'"{out.name}"'))


def _say_losses(found: Traffic, texts: Texts) -> None:
    snapping = found.snapping
    say(
        texts(
            "console.traffic.period",
            start=f"{found.start:%Y-%m-%d}",
            end=f"{found.end:%Y-%m-%d}",
            injury=texts.number(snapping.injury),
            on_network=texts.number(snapping.on_network),
            km=texts.number(found.length_km),
        )
    )
    if snapping.lost:
        limit = texts.number(snapping.max_distance_m)
        reasons = [
            texts(f"traffic.losses.{reason}", n=texts.number(count), distance=limit)
            for reason, count in snapping.lost.items()
        ]
        say(texts("console.traffic.lost", reasons=texts.listed(reasons)))
    if found.fictitious:
        say(texts("console.traffic.fictitious"))


def _say_points(found: Traffic, texts: Texts) -> None:
    columns = [
        texts("console.traffic.number"), texts("console.traffic.status"), texts("console.traffic.kind"),
        texts("console.traffic.place"), texts("console.traffic.score"), texts("console.traffic.accidents"),
        texts("console.traffic.expected"), texts("console.traffic.q"), texts("console.traffic.listed_in"),
    ]  # fmt: skip
    rows = [
        (
            str(number), texts(f"traffic.legend.{row['status']}"), texts(f"traffic.kind.{row['kind']}"),
            _place(row, texts), texts.number(row["score"], 1), texts.number(row["accidents"]),
            texts.number(row["expected"], 2), texts.number(row["q_value"], 3),
            texts("console.traffic.radii", n=row["listed_in"], all=len(found.radii_m)),
        )
        for number, row in zip(found.points.index, found.points.to_dict("records"), strict=True)
    ]  # fmt: skip
    say_rows(columns, rows, left=(1, 2, 3))
    if not math.isnan(found.by_chance):
        say(texts("console.traffic.by_chance", n=texts.number(found.by_chance, 1)))


def _say_stretches(found: Traffic, texts: Texts) -> None:
    columns = [
        texts("console.traffic.number"), texts("console.traffic.place"), texts("console.traffic.length"),
        texts("console.traffic.accidents"), texts("console.traffic.expected"), texts("console.traffic.p"),
    ]  # fmt: skip
    rows = [
        (
            str(number), _place(row, texts), texts.number(row["length_m"]), texts.number(row["observed"]),
            texts.number(row["expected"], 2), texts.number(row["p_value"], 3),
        )
        for number, row in zip(found.stretches.index, found.stretches.to_dict("records"), strict=True)
    ]  # fmt: skip
    say_rows(columns, rows, left=(1,))


def _place(row: dict[Hashable, Any], texts: Texts) -> str:
    return ", ".join(row["place"]) or texts("traffic.nameless")
