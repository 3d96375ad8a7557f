"""Build the packaged reference of Genk from the tables in `data/`. Same tables, same bytes.

python scripts/build_reference.py [--fit] [FOLDER]      (default: genk_geo/reference/embedded)
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from genk_geo.crs import LAMBERT72, WGS84, transform_xy
from genk_geo.reference.indicative import areas_of_sizes, levels_of_sizes

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
LEVELS = DATA / "genk_wijk_levels.csv"
EMBEDDED = ROOT / "genk_geo" / "reference" / "embedded"

_BEST = "BeST Address, January 2023, Digitaal Vlaanderen"
_STATBEL = "Statbel open data (statistical sectors)"
_WIJKEN = (
    "Wijken voor omgevingsanalyse. (c) gemeentebesturen, "
    "verzameld door Data & Analyse van de Vlaamse provincies"
)
_FLUVIUS = "Fluvius open data (electricity access points 2021)"
_REUSE = "Modellicentie Gratis Hergebruik (Vlaanderen) v1.0"

#: file -> origin, licence, date of the facts in it.
SOURCES = {
    "addresses.csv": (f"{_BEST}; {_STATBEL}", "CC BY 4.0", "2023-01-01"),
    "grouping.toml": ("Assumption of this project; no public list was found", "MIT", "2025-01-01"),
    "pois.csv": (_BEST, "CC BY 4.0", "2023-01-01"),
    "sectors.csv": (f"{_STATBEL}; {_WIJKEN}; {_FLUVIUS}", f"CC BY 4.0; {_REUSE}", "2025-01-01"),
    "streets.csv": (f"{_BEST}; {_STATBEL}", "CC BY 4.0", "2023-01-01"),
    "wijken.geojson": (
        f"Indicative boundaries drawn by this project from {_BEST}; names and areas: {_WIJKEN}; {_FLUVIUS}",
        f"CC BY 4.0; {_REUSE}",
        "2025-01-01",
    ),
}


def build(folder: Path) -> list[Path]:
    """Write all packaged files into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made if absent.

    Returns
    -------
    list of pathlib.Path
        What was written, `SOURCES.toml` last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    streets, addresses, wijken, sectors = read_facts()
    areas = draw_wijken(labelled_points(streets, addresses, sectors, wijken), wijken)
    pois = pd.read_csv(DATA / "genk_pois.csv")
    texts = {
        "addresses.csv": _csv(addresses),
        "grouping.toml": grouping_text(wijken),
        "pois.csv": _csv(pois),
        "sectors.csv": _csv(sectors),
        "streets.csv": _csv(streets),
        "wijken.geojson": geojson_text(areas),
    }
    texts["SOURCES.toml"] = sources_text(texts)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    return [folder / name for name in texts]


def fit() -> Path:
    """Fit the levels of the wijken anew and keep them in `data/`.

    They are kept because a fit may differ in its last digit from machine to machine; the build may not.
    """
    streets, addresses, wijken, sectors = read_facts()
    points = labelled_points(streets, addresses, sectors, wijken)
    levels = levels_of_sizes(points, "wijk", sizes_of(wijken))
    LEVELS.write_bytes(levels.to_csv(index_label="wijk", lineterminator="\n").encode())
    return LEVELS


def read_facts() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Streets, addresses, wijken and sectors from `data/`."""
    streets, addresses, wijken = (
        pd.read_csv(DATA / f"genk_{name}.csv", dtype={"postcode": str, "house_number": str})
        for name in ("streets", "address_points", "wijken")
    )
    return streets, addresses, wijken, current_sectors(pd.read_csv(DATA / "genk_sectors.csv"))


def current_sectors(listed: pd.DataFrame) -> pd.DataFrame:
    """One row per sector code of either edition, with its wijk of 2025 and how that was found.

    A sector of 2020-2024 keeps its wijk by the same code in 2025, else by the codes of 2025 that begin
    with the same eight characters, if these agree on one wijk.
    """
    new = listed[listed["edition"] == "2025"].set_index("sector")
    old = listed[listed["edition"] != "2025"].set_index("sector")
    names = new.drop_duplicates("wijk_code").set_index("wijk_code")["wijk"]
    stems = new.groupby(new.index.str[:8])["wijk_code"].agg(set)
    rows = []
    for sector, row in old.iterrows():
        if sector in new.index:
            code, how, edition = new.loc[sector, "wijk_code"], "code", "2020-2025"
        else:
            found = stems.get(str(sector)[:8], set())
            code, how, edition = next(iter(found)) if len(found) == 1 else None, "stem", "2020-2024"
            if code is None:
                raise SystemExit(f"Sector {sector} has no single wijk in 2025: {sorted(found)}.")
        meters = int(row["residential_meters_2021"])
        rows.append((sector, row["sector_name"], code, names[code], edition, how, meters))
    for sector, row in new[~new.index.isin(old.index)].iterrows():
        rows.append((sector, row["sector_name"], row["wijk_code"], row["wijk"], "2025", "code", None))
    columns = ["sector", "sector_name", "wijk_code", "wijk", "edition", "mapped_by", "exposure"]
    table = pd.DataFrame(rows, columns=columns).sort_values("sector", ignore_index=True)
    return table.astype({"exposure": "Int64"})


def labelled_points(
    streets: pd.DataFrame, addresses: pd.DataFrame, sectors: pd.DataFrame, wijken: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Every point of which the wijk is known: streets, addresses, and a point inside each wijk."""
    wijk_of = sectors.set_index("sector")["wijk"]
    known = pd.concat([streets, addresses], ignore_index=True)
    x, y = transform_xy(wijken["inside_lon"], wijken["inside_lat"], WGS84, LAMBERT72)
    known = pd.concat(
        [
            known[["x_31370", "y_31370"]].assign(wijk=known["sector"].map(wijk_of)),
            pd.DataFrame({"x_31370": x, "y_31370": y, "wijk": wijken["wijk"]}),
        ],
        ignore_index=True,
    )
    geometry = gpd.points_from_xy(known["x_31370"], known["y_31370"], crs=LAMBERT72)
    return gpd.GeoDataFrame(known[["wijk"]], geometry=geometry)


def sizes_of(wijken: pd.DataFrame) -> pd.DataFrame:
    """Known area and centroid of each wijk, metres."""
    x, y = transform_xy(wijken["centroid_lon"], wijken["centroid_lat"], WGS84, LAMBERT72)
    return pd.DataFrame({"area_m2": wijken["area_km2"] * 1e6, "x": x, "y": y}).set_axis(wijken["wijk"])


def draw_wijken(points: gpd.GeoDataFrame, wijken: pd.DataFrame) -> gpd.GeoDataFrame:
    """Indicative wijken with the known areas and centroids, by the fitted levels in `data/`."""
    levels = pd.read_csv(LEVELS, index_col="wijk")
    areas = areas_of_sizes(points, "wijk", sizes_of(wijken), levels=levels)
    if len(areas) < len(wijken):
        raise SystemExit(f"No area for {sorted(set(wijken['wijk']) - set(areas['wijk']))}; run with --fit.")
    facts = wijken[["wijk_code", "wijk", "residential_meters_2021"]]
    facts = facts.rename(columns={"residential_meters_2021": "exposure"})
    return areas.merge(facts, on="wijk").sort_values("wijk_code", ignore_index=True)


def geojson_text(areas: gpd.GeoDataFrame) -> str:
    """GeoJSON in Lambert 72 on whole metres, one feature a line."""
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"wijk_code": row.wijk_code, "wijk": row.wijk, "exposure": row.exposure},
                "geometry": json.loads(shapely.to_geojson(row.geometry).replace(".0", "")),
            },
            ensure_ascii=False,
        )
        for row in areas.itertuples()
    ]
    crs = '{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::31370"}}'
    body = ",\n".join(features)
    return f'{{"type": "FeatureCollection", "crs": {crs}, "features": [\n{body}\n]}}\n'


def grouping_text(wijken: pd.DataFrame) -> str:
    """The stadsdeel of each wijk as editable configuration."""
    lines = [
        "# Which wijk belongs to which stadsdeel. An assumption of this project: the city works with",
        "# 8 stadsdelen but no public list of their wijken was found. Copy this file, correct it, set",
        '# status = "official" and name it in the settings (grouping = "my-grouping.toml").',
        "# confidence: A = documented for an address in the wijk, B = enclosed by such wijken, C = a guess.",
        'status = "assumed"',
        "",
        "[wijken]",
    ]
    lines += [
        f'"{row.wijk}" = {{ stadsdeel = "{row.stadsdeel}", confidence = "{row.stadsdeel_confidence}" }}'
        for row in wijken.itertuples()
    ]
    return "\n".join(lines) + "\n"


def sources_text(texts: dict[str, str]) -> str:
    """Origin, licence, date and checksum of every packaged file."""
    blocks = [
        f'["{name}"]\norigin = "{SOURCES[name][0]}"\nlicence = "{SOURCES[name][1]}"\n'
        f'date = {SOURCES[name][2]}\nsha256 = "{hashlib.sha256(text.encode()).hexdigest()}"\n'
        for name, text in texts.items()
    ]
    return "\n".join(["# Made by scripts/build_reference.py\n", *blocks])


def _csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n")


def main() -> None:
    """Build, after a new fit if asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=EMBEDDED)
    parser.add_argument("--fit", action="store_true", help="fit the levels anew (half a minute)")
    told = parser.parse_args()
    if told.fit:
        print(fit())
    for written in build(told.folder):
        print(written)


if __name__ == "__main__":
    main()
